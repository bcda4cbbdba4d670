"""How two sets of objects differ, object by object and field by field. Order and formatting make no difference."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from podrunner.manifests.difference.embedded import parsed_text
from podrunner.manifests.difference.sets import as_set
from podrunner.manifests.objects import table
from podrunner.secrets.find import called_at, find_secrets
from podrunner.secrets.redact import Redactor, redact_data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from podrunner.findings.path import Path

    Field = tuple[tuple[str, ...], Any, Any]

# In place of a value that one side does not have.
ABSENT: Any = object()


class Identity(NamedTuple):
    """What makes two manifests the same object: the version of its API does not."""

    group: str
    kind: str
    namespace: str
    name: str

    def within(self, namespace: str) -> Identity:
        """The identity for a release in a namespace: an object that names it is the one that names none."""
        return self._replace(namespace="") if self.namespace == namespace else self

    def __str__(self) -> str:
        """`Deployment/ci in runners`."""
        return f"{self.kind}/{self.name}" + (f" in {self.namespace}" if self.namespace else "")


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs, or a whole object when there are no `parts`. `before` or `after` may be ABSENT.

    `parts` are keys, and items of lists in brackets: ("spec", "containers", "[manager]", "image").
    """

    identity: Identity
    parts: tuple[str, ...]
    before: Any
    after: Any
    # Knows those of both objects: an argument is a secret by what stands before it.
    redactor: Redactor = field(default_factory=Redactor, compare=False, repr=False)

    @property
    def object(self) -> str:
        """The object, as people call it."""
        return str(self.identity)

    @property
    def path(self) -> str:
        """`spec.containers[manager].image`; empty for a whole object."""
        return ".".join(self.parts).replace(".[", "[")

    @property
    def text(self) -> str:
        """How it differs, in one line or several. Nothing out of a Secret."""
        if not self.parts:
            return "is new" if self.before is ABSENT else "is gone"
        if self.identity.kind == "Secret" and self.parts[0] in ("data", "stringData"):
            return "is new" if self.before is ABSENT else "is gone" if self.after is ABSENT else "is another value"
        before, after = self.shown
        if (before, after) != (self.before, self.after) and before == after:
            return "is another value, a secret"
        return _text(before, after)

    @property
    def shown(self) -> tuple[Any, Any]:
        """Both values without what `podrunner check` calls a secret."""
        path = tuple(0 if part.startswith("[") else part for part in self.parts)
        name, around = self.parts[-1], self.parts[-2] if len(self.parts) > 1 else ""
        name = around[1:-1] if name == "value" and around.startswith("[") else called_at(path)
        before, after = (redact_data(side, self.redactor, path=path, name=name) for side in (self.before, self.after))
        return before, after

    def __str__(self) -> str:
        """`Deployment/ci: spec.replicas: 1 → 2`."""
        return f"{self.object}: {self.path}: {self.text}" if self.parts else f"{self.object}: {self.text}"


def identity_of(item: Mapping[str, Any]) -> Identity:
    """Group, kind, namespace and name of an object."""
    metadata = table(item.get("metadata"))
    group = str(item.get("apiVersion", "")).rpartition("/")[0]
    return Identity(group, str(item.get("kind")), str(metadata.get("namespace") or ""), str(metadata.get("name")))


def differences(
    before: Iterable[Mapping[str, Any]],
    after: Iterable[Mapping[str, Any]],
    namespace: str = "",
    complete: Callable[[Mapping[str, Any]], Any] = lambda item: item,
) -> list[Difference]:
    """All differences, by object in the order of their names.

    Objects that name `namespace` are those that name none. Two that are equal once `complete` made them whole do not
    differ.
    """
    old, new = ({identity_of(item).within(namespace): item for item in items} for items in (before, after))
    found: list[Difference] = []
    for identity in sorted(old.keys() | new.keys()):
        one, other = old.get(identity, ABSENT), new.get(identity, ABSENT)
        shown = identity_of(one if other is ABSENT else other)
        if one is ABSENT or other is ABSENT:
            found.append(Difference(shown, (), one, other))
        elif one is not other:
            found += _differences(shown, one, other, complete)
    return found


def _differences(identity: Identity, one: Any, other: Any, complete: Callable[[Any], Any]) -> list[Difference]:
    fields = list(_fields(one, other, ()))
    if fields:
        fields = _of_both(fields, list(_fields(complete(one), complete(other), ())))
    redactor = Redactor()
    for side in (one, other) if fields else ():
        redactor.add(*(secret.text for secret in find_secrets(side, read=_embedded)))
    return [Difference(identity, *field, redactor) for field in fields]


def _of_both(written: list[Field], whole: list[Field]) -> list[Field]:
    """What differs as it was written, where whole objects differ too.

    What differs in whole objects alone is no change: Helm's patch leaves alone what neither manifest says.
    """

    def touches(one: Field, other: Field) -> bool:
        ways = [_kept_at(path) for path, _, _ in (one, other)]
        length = min(map(len, ways))
        return ways[0][:length] == ways[1][:length]

    return [one for one in written if any(touches(one, other) for other in whole)]


def _kept_at(path: tuple[str, ...]) -> tuple[str, ...]:
    """Where the API server keeps a field: stringData of a Secret go into its data."""
    return ("data", *path[1:]) if path[:1] == ("stringData",) else path


def _embedded(path: Path, text: str) -> Any:
    return parsed_text(tuple(map(str, path)), text)


def _fields(before: Any, after: Any, path: tuple[str, ...]) -> Iterator[Field]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            yield from _fields(before.get(key, ABSENT), after.get(key, ABSENT), (*path, str(key)))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _items(before, after, path)
    elif before is ABSENT or after is ABSENT or type(before) is not type(after) or before != after:
        old, new = parsed_text(path, before), parsed_text(path, after)
        if old is None or new is None:
            yield path, before, after
        else:
            yield from _fields(old, new, path)


def _items(before: list[Any], after: list[Any], path: tuple[str, ...]) -> Iterator[Field]:
    """By what they are, by name where all items have one of their own, as Kubernetes merges them, else by place."""
    for keyed in (lambda items: as_set(path, items), _by_name):
        old, new = keyed(before), keyed(after)
        if old is not None and new is not None:
            pairs = _by_key(old, new)
            break
    else:
        pairs = _by_place(before, after)
    for name, one, other in pairs:
        yield from _fields(one, other, (*path, f"[{name}]"))


def _by_key(old: dict[str, Any], new: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for key in [*old, *(key for key in new if key not in old)]:
        yield key, old.get(key, ABSENT), new.get(key, ABSENT)


def _by_name(items: list[Any]) -> dict[str, Any] | None:
    named = {item["name"]: item for item in items if isinstance(item, dict) and isinstance(item.get("name"), str)}
    return named if len(named) == len(items) else None


def _by_place(before: list[Any], after: list[Any]) -> Iterator[tuple[str, Any, Any]]:
    """Items that are equal meet, wherever they moved behind others that came or went."""
    old, new = ([json.dumps(item, sort_keys=True, default=str) for item in items] for items in (before, after))
    for tag, start, end, begin, stop in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        for offset in range(max(end - start, stop - begin)):
            one = before[start + offset] if start + offset < end else ABSENT
            other = after[begin + offset] if begin + offset < stop else ABSENT
            yield str(begin + offset if one is ABSENT else start + offset), one, other


def _text(before: Any, after: Any) -> str:
    if before is ABSENT:
        return f"is new: {_short(after)}"
    if after is ABSENT:
        return f"is gone: {_short(before)}"
    if isinstance(before, str) and isinstance(after, str) and "\n" in before + after:
        lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0))
        return "\n".join(["", *(f"    {line}" for line in lines[2:] if not line.startswith("@@"))]) or "line ends"
    return f"{_short(before)} → {_short(after)}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 200 else f"{text[:200]}…"
