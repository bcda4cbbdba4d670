"""The real gitlab-runner as a process, with the configuration, environment and rights that the release gives it."""

from __future__ import annotations

import base64
import contextlib
import os
import re
import signal
import subprocess
from typing import TYPE_CHECKING, Any

from .control_plane import LEASH, free_ports
from .release import manager_pod, secret_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from podrunner.manifests.rendering import Rendering

    from .cluster import Cluster
    from .control_plane import ControlPlane

# Earlier variables may be part of a value.
_REFERENCE = re.compile(r"\$\((\w+)\)")
# The one that --listen-address does not take the place of.
_LISTENS = re.compile(r"^(\s*listen_address\s*=\s*).*$", re.MULTILINE)


class Manager:
    """A running manager."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        self._process = process
        self._folder = folder

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    @property
    def log(self) -> str:
        """What it said so far."""
        return (self._folder / "manager.log").read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        """End it once its jobs are over, as Kubernetes does."""
        self._process.send_signal(signal.SIGQUIT)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()


@contextlib.contextmanager
def manager(binary: Path, rendering: Rendering, cluster: Cluster, folder: Path) -> Iterator[Manager]:
    """Start the manager of a release whose objects are in the cluster."""
    template = manager_pod(rendering)
    account = str(template.get("serviceAccountName", "default"))
    token = cluster.token(rendering.namespace, account)
    environment = _environment(template["containers"][0], cluster, rendering.namespace)
    text = _configuration(rendering, cluster)
    with running_manager(binary, text, cluster.plane, token, folder, environment, rendering.namespace) as running:
        yield running


@contextlib.contextmanager
def running_manager(
    binary: Path,
    text: str,
    plane: ControlPlane,
    token: str,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    namespace: str = "default",
) -> Iterator[Manager]:
    """Start a manager with a config.toml, as the account of a token; its files are in `folder`."""
    variables = {
        "PATH": os.environ["PATH"],
        **(environment or {}),
        "HOME": str(folder),
        # In a pod it finds the API server by what the kubelet mounts.
        "KUBECONFIG": str(plane.kubeconfig(folder / "kubeconfig", token, namespace)),
    }
    # What is not the release's: two managers of one machine cannot share the ports of sessions and metrics.
    session, port = free_ports(2)
    text = _LISTENS.sub(rf'\g<1>"127.0.0.1:{session}"', text)
    (folder / "config.toml").write_text(text, encoding="utf-8")
    command = [*LEASH, str(binary), "run", f"--config={folder / 'config.toml'}", f"--listen-address=127.0.0.1:{port}"]
    with (folder / "manager.log").open("wb") as log:
        process = subprocess.Popen(command, env=variables, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        try:
            yield Manager(process, folder)
        finally:
            process.kill()
            process.wait()


def _configuration(rendering: Rendering, cluster: Cluster) -> str:
    """config.toml, with the secrets that a container beside the manager would put into it."""
    text = rendering.configs[0].toml.text
    for file, secret, key in secret_files(manager_pod(rendering)):
        text = text.replace(f"@podrunner-secret:{file}@", _secret(cluster, rendering.namespace, secret, key))
    return text


def _secret(cluster: Cluster, namespace: str, name: str, key: str) -> str:
    return base64.b64decode(cluster.get("v1", "Secret", name, namespace)["data"][key]).decode()


def _environment(container: Mapping[str, Any], cluster: Cluster, namespace: str) -> dict[str, str]:
    """The container's variables, read as the kubelet reads them."""
    found = {}
    for variable in container.get("env") or []:
        reference = (variable.get("valueFrom") or {}).get("secretKeyRef")
        if reference:
            found[variable["name"]] = _secret(cluster, namespace, reference["name"], reference["key"])
        elif "valueFrom" in variable:
            # Fields of the pod, which is not there; no variable of the runner's own is such a one.
            found[variable["name"]] = ""
        else:
            found[variable["name"]] = _REFERENCE.sub(lambda one: found.get(one[1], one[0]), variable["value"])
    return found
