"""A kind cluster with two workers, and what can be done to its nodes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podrunner.cluster.processes import run

if TYPE_CHECKING:
    from podrunner.cluster.cluster import Cluster
    from podrunner.cluster.kind import Kind

COUNT = 2
# Ends, as the kernel does where memory is short, the processes of a pod whose command line has a text.
KILL = """\
for process in /proc/[0-9]*; do
  grep -q "pod$1" "$process/cgroup" 2>/dev/null || continue
  if tr '\\0' ' ' <"$process/cmdline" | grep -q "$2"; then kill -9 "${process#/proc/}"; fi
done
"""


@dataclass(frozen=True)
class Workers:
    """The cluster, and kind, which made it. Pods run on `first` and `second`."""

    cluster: Cluster
    kind: Kind

    @property
    def control_plane(self) -> str:
        return f"{self.kind.name}-control-plane"

    @property
    def first(self) -> str:
        return self.kind.workers(COUNT)[0]

    @property
    def second(self) -> str:
        return self.kind.workers(COUNT)[1]

    def kill(self, node: str, pod: str, text: str) -> None:
        """End processes of a pod, by its uid, whose command line has a text, by SIGKILL."""
        self._engine("exec", node, "sh", "-c", KILL, "kill", pod, text)

    def restart_api_server(self) -> None:
        """End the API server; the kubelet starts it again."""
        self._engine("exec", self.control_plane, "pkill", "-KILL", "kube-apiserver")

    def stop(self, node: str) -> None:
        """Take the power from a node."""
        self._engine("kill", node)

    def cordon(self, node: str, *, cordoned: bool = True) -> None:
        """Let no more pods on a node, or let them again."""
        body = json.dumps({"spec": {"unschedulable": cordoned}}).encode()
        path, kind = f"/api/v1/nodes/{node}", "application/merge-patch+json"
        self.cluster.api.request("PATCH", path, body=body, kind=kind)

    def _engine(self, *arguments: str) -> None:
        run([self.kind.engine, *arguments], self.kind.environment)
