"""What a cluster says of itself, before anything is tried on it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBERS = re.compile(r"(\d+)\.(\d+)")
# The name of the only node where nodes may not be listed: whichever the scheduler takes.
ANY_NODE = "any node"
_KEEPS_PODS_AWAY = frozenset(["NoSchedule", "NoExecute"])


@dataclass(frozen=True, slots=True)
class Node:
    """One node. `user_namespaces` and `seccomp_default` are None where the cluster does not tell.

    `runtime` is such as `containerd://2.1.4`, `resources` what it offers to pods, `away` why no job gets there.
    """

    name: str
    kernel: str = ""
    runtime: str = ""
    system: str = ""
    architecture: str = ""
    kubelet: str = ""
    user_namespaces: bool | None = None
    seccomp_default: bool | None = None
    resources: frozenset[str] = frozenset()
    away: str = ""

    @property
    def runtime_name(self) -> str:
        """`containerd`, `cri-o`."""
        return self.runtime.partition("://")[0]

    @property
    def kind(self) -> tuple[str, ...]:
        """Nodes that agree in this are tried once."""
        return (self.kernel, self.runtime, self.system, self.architecture, *sorted(self.resources))


@dataclass(frozen=True, slots=True)
class NodeKind:
    """Nodes that are alike; `node` is the one that is tried for all of them."""

    node: Node
    names: tuple[str, ...]

    @property
    def title(self) -> str:
        """The node's name, and how many are like it."""
        more = len(self.names) - 1
        return f"{self.node.name} (and {more} more)" if more else self.node.name


@dataclass(frozen=True, slots=True)
class Facts:
    """A cluster and the namespace of jobs in it.

    `enforce` and `warn` are Pod Security levels; empty without such a label, None when it may not be read. `quotas` are
    sentences. `unread` says what could not be looked at, and why.
    """

    version: str
    namespace: str
    enforce: str | None = ""
    warn: str | None = ""
    openshift: bool = False
    nodes: tuple[Node, ...] = ()
    quotas: tuple[str, ...] = ()
    unread: tuple[str, ...] = field(default=())


def kinds(nodes: tuple[Node, ...]) -> list[NodeKind]:
    """The kinds of nodes that jobs get to, that with the most nodes first; one unknown kind without any nodes."""
    if not nodes:
        return [NodeKind(Node(ANY_NODE), (ANY_NODE,))]
    found: dict[tuple[str, ...], list[Node]] = {}
    for node in nodes:
        if not node.away:
            found.setdefault(node.kind, []).append(node)
    alike = [NodeKind(same[0], tuple(node.name for node in same)) for same in found.values()]
    return sorted(alike, key=lambda kind: -len(kind.names))


def numbers(version: str) -> tuple[int, int] | None:
    """(5, 14) of `5.14.0-362.el9`, (2, 1) of `containerd://2.1.4`; None when there are none."""
    found = _NUMBERS.search(version)
    return (int(found[1]), int(found[2])) if found else None


def keeps_away(taints: list[dict[str, str]], tolerations: Mapping[str, str], *, unschedulable: bool) -> str:
    """Why no job gets to a node with these taints; empty when one does. `tolerations` are as in config.toml."""
    if unschedulable:
        return "cordoned"
    for taint in taints:
        if taint.get("effect") in _KEEPS_PODS_AWAY and not _is_tolerated(taint, tolerations):
            value = f"={taint['value']}" if taint.get("value") else ""
            return f"tainted {taint['key']}{value}:{taint['effect']}"
    return ""


def _is_tolerated(taint: Mapping[str, str], tolerations: Mapping[str, str]) -> bool:
    """By one of `key=value: effect`; without a value any will do, without an effect every one, without a key every taint."""
    known = {"", taint["key"], f"{taint['key']}={taint.get('value', '')}"}
    return any(key in known and effect in {"", taint["effect"]} for key, effect in tolerations.items())
