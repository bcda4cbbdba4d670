"""Single changes of objects: each field of each object, changed in each way in which people get it wrong.

Made of the objects alone, by the types and the look of their values: what Kubernetes' rules are, nothing here knows.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

Path = tuple[str | int, ...]
# A word as options have it: RollingUpdate, TCP, IfNotPresent.
_OPTION = re.compile(r"[A-Z][A-Za-z0-9]*\Z")
# Fields of which an object has one → a value of each. They stand in the map below any of these fields, or in an item of it.
_ONE_OF: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
    (
        ("livenessProbe", "readinessProbe", "startupProbe", "postStart", "preStop"),
        {
            "exec": {"command": ["true"]},
            "httpGet": {"port": 80, "path": "/"},
            "tcpSocket": {"port": 80},
            "grpc": {"port": 80},
        },
    ),
    (
        ("volumes",),
        {
            "emptyDir": {},
            "configMap": {"name": "other"},
            "secret": {"secretName": "other"},
            "hostPath": {"path": "/other"},
            "persistentVolumeClaim": {"claimName": "other"},
            "nfs": {"server": "other", "path": "/other"},
        },
    ),
    (
        ("sources",),
        {
            "secret": {"name": "other"},
            "configMap": {"name": "other"},
            "serviceAccountToken": {"path": "other"},
        },
    ),
    (("env",), {"value": "other", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}),
    (("envFrom",), {"configMapRef": {"name": "other"}, "secretRef": {"name": "other"}}),
    (
        ("valueFrom", "items"),
        {
            "fieldRef": {"fieldPath": "metadata.name"},
            "resourceFieldRef": {"resource": "limits.cpu", "containerName": "other"},
            "secretKeyRef": {"name": "other", "key": "other"},
            "configMapKeyRef": {"name": "other", "key": "other"},
        },
    ),
    (("volumeMounts",), {"subPath": "other", "subPathExpr": "$(OTHER)"}),
    (("spec",), {"minAvailable": 1, "maxUnavailable": 1}),
    (
        ("spec",),
        {"hostPath": {"path": "/other"}, "nfs": {"server": "other", "path": "/other"}, "local": {"path": "/o"}},
    ),
    (("spec",), {"hostNetwork": True, "hostUsers": False}),
    (("strategy", "updateStrategy"), {"type": "Recreate", "rollingUpdate": {"maxUnavailable": 1}}),
    (
        ("backend", "defaultBackend"),
        {"service": {"name": "other", "port": {"number": 80}}, "resource": {"kind": "A", "name": "a"}},
    ),
    (("port",), {"number": 80, "name": "other"}),
    (("from", "to"), {"ipBlock": {"cidr": "10.0.0.0/8"}, "podSelector": {}}),
    (("target",), {"averageUtilization": 50, "averageValue": "50", "value": "50"}),
    (
        ("metrics",),
        {
            "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}},
            "pods": {"metric": {"name": "other"}, "target": {"type": "AverageValue", "averageValue": "1"}},
            "external": {"metric": {"name": "other"}, "target": {"type": "Value", "value": "1"}},
        },
    ),
    (("clientConfig",), {"url": "https://other.example.com", "service": {"name": "other", "namespace": "other"}}),
    (
        ("rules",),
        {
            "onExitCodes": {"operator": "In", "values": [1]},
            "onPodConditions": [{"type": "Other", "status": "True"}],
        },
    ),
    (("rules",), {"resources": ["pods"], "nonResourceURLs": ["/other"]}),
    (("subjects",), {"user": {"name": "other"}, "group": {"name": "other"}}),
    (("paramRef",), {"name": "other", "selector": {}}),
    (("spec",), {"limited": {"limitResponse": {"type": "Reject"}}, "exempt": {}}),
)


@dataclass(frozen=True)
class SingleChange:
    """A change of `item` at `path`: `kind` is what was done, `value` what is there then, `GONE` for nothing."""

    item: dict[str, Any]
    path: Path
    kind: str
    value: Any

    @property
    def field(self) -> str:
        """Kind and field, without the places in lists: `Pod spec.containers[].image`."""
        dotted = "".join("[]" if isinstance(part, int) else f".{part}" for part in self.path)
        return f"{self.item.get('kind')} {dotted.removeprefix('.')}"

    @property
    def name(self) -> str:
        """The change in one line."""
        dotted = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.path)
        value = "" if self.value is GONE else f" = {str(self.value)[:60]!r}"
        return f"{self.item['kind']}/{self.item['metadata']['name']} {dotted.removeprefix('.')}: {self.kind}{value}"

    @cached_property
    def data(self) -> dict[str, Any]:
        """The object with the change."""
        made: dict[str, Any] = copy.deepcopy(self.item)
        *way, last = self.path
        below: Any = made
        for part in way:
            below = below[part]
        if self.value is not GONE:
            below[last] = self.value
        else:
            del below[last]
        return made


class _Gone:
    def __repr__(self) -> str:
        return "GONE"


GONE = _Gone()


def draw(random: Random, items: Sequence[dict[str, Any]], count: int) -> list[SingleChange]:
    """Different changes: an object, a kind of change, a field and one of its changes, each as likely as its neighbours."""
    known = [_by_kind(item) for item in items]
    found: dict[str, SingleChange] = {}
    while len(found) < count:
        of_item = random.choice(known)
        of_kind = of_item[random.choice(list(of_item))]
        one = random.choice(of_kind[random.choice(list(of_kind))])
        found.setdefault(f"{one.name} {one.value!r}", one)
    return list(found.values())


def _by_kind(item: dict[str, Any]) -> dict[str, dict[Path, list[SingleChange]]]:
    found: dict[str, dict[Path, list[SingleChange]]] = {}
    for one in single_changes(item):
        found.setdefault(one.kind, {}).setdefault(one.path, []).append(one)
    return found


def single_changes(item: dict[str, Any]) -> Iterator[SingleChange]:
    """Every change of an object."""
    yield from (SingleChange(item, *one) for one in _below(item, ()))


def _below(value: Any, path: Path) -> Iterator[tuple[Path, str, Any]]:
    if path:
        yield from ((path, kind, new) for kind, new in _of_any(value))
    if isinstance(value, dict):
        yield from ((path, kind, new) for kind, new in _of_map(value, path) if path)
        for key, below in value.items():
            yield from _below(below, (*path, key))
    elif isinstance(value, list):
        yield from ((path, kind, new) for kind, new in _of_list(value))
        for index, below in enumerate(value):
            yield from _below(below, (*path, index))
    elif isinstance(value, str):
        yield from ((path, kind, new) for kind, new in _of_text(value))
    elif isinstance(value, int) and not isinstance(value, bool):
        yield from ((path, kind, new) for kind, new in _of_number(value))


def _of_any(value: Any) -> Iterator[tuple[str, Any]]:
    yield "removed", GONE
    yield "null", None
    empty = type(value)()
    if isinstance(value, (str, list, dict)) and value != empty:
        yield "empty", empty
    for other in ("text", 7, True, ["text"], {"key": "text"}):
        if type(other) is not type(value):
            yield "wrong type", other


def _of_map(value: dict[str, Any], path: Path) -> Iterator[tuple[str, Any]]:
    yield "unknown field", {**value, "unknownField": "text"}
    for key in value:
        if len(key) > 3:
            wrong = key[:-2] + key[-1] + key[-2]
            yield "misspelt field", {(wrong if name == key else name): below for name, below in value.items()}
    names = [part for part in path if isinstance(part, str)]
    for above, fields in _ONE_OF:
        if names[-1:] and names[-1] in above and any(name in value for name in fields):
            for name, other in fields.items():
                if name not in value:
                    yield "second of one", {**value, name: other}


def _of_list(value: list[Any]) -> Iterator[tuple[str, Any]]:
    for item in value:
        yield "duplicate item", [*value, item]
        if isinstance(item, dict):
            for key, below in item.items():
                if isinstance(below, (str, int)):
                    # The same name with something else beside it.
                    yield "duplicate key", [*value, {key: below, **_otherwise(item, key)}]


def _otherwise(item: dict[str, Any], key: str) -> dict[str, Any]:
    """The rest of an item with other numbers and texts."""
    rest = {name: below for name, below in item.items() if name != key}
    return {
        name: below + 1
        if isinstance(below, int) and not isinstance(below, bool)
        else f"{below}x"
        if isinstance(below, str) and below.islower() and not below.endswith("/")
        else below
        for name, below in rest.items()
    }


def _of_text(value: str) -> Iterator[tuple[str, Any]]:
    yield "too long", (value + "-" + "a" * 300 if value else "a" * 300)
    yield "too long", (value + "a" * 64)[:70]
    yield "blank inside", f"{value[:1]} {value[1:]}"
    yield "trailing dash", f"{value}-"
    if _OPTION.match(value):
        yield "wrong case", value.lower() if value.lower() != value else value.upper()
        yield "wrong case", value.upper() if value.upper() != value else value.capitalize()
        yield "misspelt option", f"{value[:-1]}"
        yield "misspelt option", f"{value}s"
    elif value != value.upper():
        yield "upper case", value.upper()
        yield "upper case", value[:1].upper() + value[1:]
    if any(sign.isdigit() for sign in value):
        yield "negative", f"-{value}"
        yield "out of range", re.sub(r"\d+", "99999999", value, count=1)
        yield "out of range", re.sub(r"\d+", "0", value, count=1)
    yield "odd sign", f"{value}_!"
    yield "odd sign", f"/{value}"


def _of_number(value: int) -> Iterator[tuple[str, Any]]:
    yield "negative", -1
    if value:
        yield "zero", 0
    yield "65536", 65536
    yield "huge", 2**31
    yield "huge", 2**63
    yield "fraction", value + 0.5
