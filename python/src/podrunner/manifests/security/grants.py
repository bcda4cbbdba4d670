"""Who may do what: bindings and the roles that they name, taken together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from podrunner.manifests.objects import maps, table, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

EVERYWHERE = ""
_ANY = "*"
_ROLES = ("Role", "ClusterRole")


class Right(NamedTuple):
    """One verb on one resource, or on a URL (`group` is then "URL"). `name` is empty for all of them."""

    group: str
    resource: str
    name: str
    verb: str

    def covers(self, other: Right) -> bool:
        """Whether who has this one has the other, too."""
        pairs = zip(self[:2] + self[3:], other[:2] + other[3:], strict=True)
        return all(one in (_ANY, two) for one, two in pairs) and self.name in ("", other.name)


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """What one subject (`ServiceAccount ci in runners`) may do in one namespace, or EVERYWHERE."""

    subject: str
    namespace: str
    right: Right

    def covers(self, other: Grant) -> bool:
        """Whether this one allows what the other does."""
        everywhere = self.namespace in (EVERYWHERE, other.namespace)
        return everywhere and self.subject == other.subject and self.right.covers(other.right)


def grants(objects: Iterable[Mapping[str, Any]], namespace: str) -> set[Grant]:
    """All that the bindings among some objects give. `namespace` is that of objects that name none.

    A role that is not among the objects is one right, to do what it allows.
    """
    every = list(objects)
    roles = {_role_key(one, namespace): list(_rights(one)) for one in every if str(one.get("kind")) in _ROLES}
    found: set[Grant] = set()
    for binding in every:
        if str(binding.get("kind")) not in ("RoleBinding", "ClusterRoleBinding"):
            continue
        within = _namespace(binding, namespace) if binding["kind"] == "RoleBinding" else EVERYWHERE
        reference = table(binding.get("roleRef"))
        kind, name = str(reference.get("kind")), str(reference.get("name"))
        key = (kind, within if kind == "Role" else EVERYWHERE, name)
        rights = roles.get(key, [Right("role", kind, name, "have")])
        for subject in maps(binding.get("subjects")):
            who = _subject(subject, within or namespace)
            found |= {Grant(who, within, right) for right in rights}
    return found


def gained(before: set[Grant], after: set[Grant]) -> list[Grant]:
    """What is allowed after and was not before."""
    return sorted(grant for grant in after - before if not any(one.covers(grant) for one in before))


def _role_key(role: Mapping[str, Any], namespace: str) -> tuple[str, str, str]:
    kind = str(role["kind"])
    within = _namespace(role, namespace) if kind == "Role" else EVERYWHERE
    return kind, within, str(table(role.get("metadata")).get("name"))


def _namespace(item: Mapping[str, Any], default: str) -> str:
    return str(table(item.get("metadata")).get("namespace") or default)


def _subject(subject: Mapping[str, Any], namespace: str) -> str:
    kind, name = str(subject.get("kind")), str(subject.get("name"))
    return f"{kind} {name} in {subject.get('namespace') or namespace}" if kind == "ServiceAccount" else f"{kind} {name}"


def _rights(role: Mapping[str, Any]) -> Iterator[Right]:
    for rule in maps(role.get("rules")):
        for verb in texts(rule.get("verbs")):
            for url in texts(rule.get("nonResourceURLs")):
                yield Right("URL", url, "", verb)
            for group in texts(rule.get("apiGroups")):
                for resource in texts(rule.get("resources")):
                    for name in texts(rule.get("resourceNames")) or [""]:
                        yield Right(group, resource, name, verb)
