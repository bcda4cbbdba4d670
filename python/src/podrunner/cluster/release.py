"""Helm actions on a cluster, each in a process of its own: `python -m podrunner.smoke.helm_process < request`.

Helm's library is a Go one, which looks at the environment a process was started with and at nothing later: only so can
it be told not to keep its caches in ~/.kube. And an interrupted process is gone at once, whatever it was waiting for.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podrunner.cluster.processes import CommandError, run
from podrunner.findings.errors import PodrunnerError

if TYPE_CHECKING:
    from pathlib import Path

# Seconds for Helm's own requests; the smoke waits for pods itself.
TIMEOUT = 120


class HelmError(PodrunnerError):
    """Helm could not do it; the text has Helm's reason."""


@dataclass(frozen=True, slots=True)
class Release:
    """A Helm release in one namespace of one cluster. `temporary` is a folder for Helm's caches.

    `kubeconfig` and `context` are as in `Access`.
    """

    chart: Path
    name: str
    namespace: str
    kubeconfig: Path | None
    temporary: Path
    context: str = ""

    def install(self, values: dict[str, Any]) -> None:
        """Install the chart, hooks included, without waiting for pods. Raises HelmError."""
        self._ask("install", chart=str(self.chart), values=values)

    def upgrade(self, values: dict[str, Any]) -> None:
        """Upgrade the release to these values and no others, without waiting for pods. Raises HelmError."""
        self._ask("upgrade", chart=str(self.chart), values=values)

    def rollback(self) -> None:
        """Go back to the revision before. Raises HelmError."""
        self._ask("rollback")

    def uninstall(self) -> None:
        """Remove the release; none is fine. Raises HelmError."""
        self._ask("uninstall")

    def test(self, timeout: int = 300) -> str:
        """Run the release's test pods and give their log. Raises HelmError when one fails."""
        return self._ask("test", timeout=timeout)

    def _ask(self, action: str, **more: object) -> str:
        kubeconfig = str(self.kubeconfig) if self.kubeconfig else None
        cluster = {"kubeconfig": kubeconfig, "context": self.context or None, "namespace": self.namespace}
        request = {"action": action, **cluster, **more}
        environment = os.environ | {"KUBECACHEDIR": str(self.temporary / "helm-cache")}
        command = [sys.executable, "-m", "podrunner.cluster.release"]
        # By standard input: values may hold a token, and arguments are for all to see.
        given = json.dumps({**request, "name": self.name}).encode()
        try:
            return run(command, environment, given=given)
        except CommandError as error:
            raise HelmError(f"helm {action} {self.name}: {error.output.strip()}") from None


def _serve(request: dict[str, Any]) -> str:
    import helm_python

    name, timeout = request["name"], request.get("timeout", TIMEOUT)
    with helm_python.Config(
        kubeconfig_path=request["kubeconfig"], kube_context=request["context"], namespace=request["namespace"]
    ) as config:
        if request["action"] == "install":
            config.install(request["chart"], name, request["values"], wait="hookOnly", timeout=timeout)
        elif request["action"] == "upgrade":
            chart, values = request["chart"], request["values"]
            config.upgrade(chart, name, values, reset_values=True, wait="hookOnly", timeout=timeout)
        elif request["action"] == "rollback":
            config.rollback(name, wait="hookOnly", timeout=timeout)
        elif request["action"] == "uninstall":
            config.uninstall(name, ignore_not_found=True, timeout=timeout)
        elif request["action"] == "test":
            return str(config.test(name, timeout=timeout, logs=True).get("logs", ""))
    return ""


def main() -> int:
    """Serve the request on standard input: the answer on standard output, or Helm's reason and 1."""
    import helm_python

    try:
        _answer(_serve(json.load(sys.stdin)))
    except helm_python.HelmError as error:
        _answer(f"{getattr(error, 'detail', '') or error}\n")
        return 1
    return 0


def _answer(text: str) -> None:
    # As `run` reads it, whatever the locale.
    sys.stdout.buffer.write(text.encode())


if __name__ == "__main__":
    sys.exit(main())
