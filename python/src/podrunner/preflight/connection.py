"""The cluster and the namespace that a command line means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podrunner.cluster.api import Api
from podrunner.cluster.cluster import plain_version
from podrunner.cluster.kubeconfig import Access, find_context

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Target:
    """A cluster as kubectl names it. `kubeconfig` is None for the default one, `context` empty for the current one."""

    kubeconfig: Path | None
    context: str
    namespace: str

    def kubectl(self) -> str:
        """`kubectl`, for this cluster and namespace."""
        return f"{Access(self.kubeconfig, self.context).kubectl} --namespace {self.namespace}"

    def helm_flags(self) -> str:
        """What helm needs to get to the cluster, with a space before it."""
        return Access(self.kubeconfig, self.context).helm_flags


def find_target(kubeconfig: Path | None, context: str, namespace: str) -> Target:
    """The cluster, with the context's namespace where none is given. Raises UsageError for one that is not there."""
    chosen = find_context(kubeconfig, context)
    return Target(kubeconfig, context, namespace or chosen.get("namespace") or "default")


def connect(target: Target, temporary: Path) -> tuple[Api, str]:
    """The cluster's API and its version. Raises UsageError for a kubeconfig that cannot be used, ApiError."""
    api = Api(target.kubeconfig, temporary, target.context)
    return api, plain_version(api.version())
