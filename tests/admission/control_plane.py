"""etcd and kube-apiserver as processes: real admission and RBAC, without a node and without controllers.

Nothing makes what controllers would make: the account `default` of a namespace is made by `Cluster`, Deployments get no
pods, a pod stays where admission put it, and what is deleted has to be deleted object by object.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from ssl import create_default_context
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_SECONDS_TO_START = 180
# Before a command: it is killed when the process ends that started it, such as a worker of pytest-xdist after Ctrl-C.
LEASH = ("setpriv", "--pdeathsig", "KILL", "--")
# Every request of a service account, with the answer's status, and the objects that were asked for before admission
# completed them: what the runner really does.
_AUDIT = """
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived, ResponseStarted]
rules:
  - level: Request
    userGroups: ["system:serviceaccounts"]
    verbs: [create]
    resources: [{group: "", resources: [pods, secrets, namespaces, services]}, {group: policy, resources: [poddisruptionbudgets]}]
  - {level: Metadata, userGroups: ["system:serviceaccounts"]}
  - {level: None}
"""


@dataclass(frozen=True)
class ControlPlane:
    """A running API server. `folder` has its certificate, logs and audit log."""

    folder: Path
    url: str
    admin: str = field(repr=False)

    @property
    def certificate(self) -> Path:
        """What proves the server."""
        return self.folder / "certificates" / "apiserver.crt"

    def kubeconfig(self, file: Path, token: str, namespace: str = "default") -> Path:
        """Write a kubeconfig for whoever has `token`."""
        cluster = {"server": self.url, "certificate-authority": str(self.certificate)}
        content = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "admission", "cluster": cluster}],
            "users": [{"name": "user", "user": {"token": token}}],
            "contexts": [
                {"name": "it", "context": {"cluster": "admission", "user": "user", "namespace": namespace}},
            ],
            "current-context": "it",
        }
        file.write_text(json.dumps(content), encoding="utf-8")
        return file

    def requests(self, user: str) -> list[dict[str, Any]]:
        """What a user asked for so far: events of the audit log."""
        return [event for event in self.events() if event["user"]["username"] == user]

    def events(self, since: int = 0) -> list[dict[str, Any]]:
        """What service accounts asked for since the audit log was so long, see `noted`."""
        with (self.folder / "audit.log").open("rb") as log:
            log.seek(since)
            return [json.loads(line) for line in log.read().splitlines()]

    @property
    def noted(self) -> int:
        """The length of the audit log, in bytes."""
        return (self.folder / "audit.log").stat().st_size


@contextlib.contextmanager
def control_plane(parts: Path, folder: Path, version: str = "", more: Iterable[str] = ()) -> Iterator[ControlPlane]:
    """Start etcd and kube-apiserver of `parts` (a folder made by ci/airgap/build), and end them afterwards.

    `version` is that of another API server than the cluster's, made by `ci/airgap/build --api-server`; `more` are options.
    """
    client, peer, port = free_ports(3)
    etcd = f"http://127.0.0.1:{client}"
    made = ControlPlane(folder, f"https://127.0.0.1:{port}", secrets.token_urlsafe(24))
    _write_files(made)
    with _process(_etcd(parts, folder, etcd, peer), folder / "etcd.log"):
        program = parts / (f"kube-apiserver-{version}" if version else "kubernetes") / "kube-apiserver"
        command = [*_apiserver(program, folder, etcd, port), *more]
        with _process(command, folder / "kube-apiserver.log") as process:
            _wait(made, process)
            yield made


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 on which nobody listens."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [int(one.getsockname()[1]) for one in sockets]


def _write_files(made: ControlPlane) -> None:
    (made.folder / "tokens.csv").write_text(f'{made.admin},admin,admin,"system:masters"\n', encoding="utf-8")
    (made.folder / "audit.yaml").write_text(_AUDIT, encoding="utf-8")
    (made.folder / "audit.log").touch()
    key = ["openssl", "genrsa", "-out", str(made.folder / "accounts.key"), "2048"]
    subprocess.run(key, check=True, capture_output=True)


def _etcd(parts: Path, folder: Path, url: str, peer: int) -> list[str]:
    return [
        str(parts / "etcd" / "etcd"),
        f"--data-dir={folder / 'etcd'}",
        f"--listen-client-urls={url}",
        f"--advertise-client-urls={url}",
        f"--listen-peer-urls=http://127.0.0.1:{peer}",
        "--unsafe-no-fsync",
    ]


def _apiserver(program: Path, folder: Path, etcd: str, port: int) -> list[str]:
    """Admission as it is by default: ServiceAccount, RuntimeClass and PodSecurity are among it."""
    return [
        str(program),
        f"--etcd-servers={etcd}",
        f"--cert-dir={folder / 'certificates'}",
        "--bind-address=127.0.0.1",
        f"--secure-port={port}",
        "--authorization-mode=RBAC",
        f"--token-auth-file={folder / 'tokens.csv'}",
        f"--service-account-key-file={folder / 'accounts.key'}",
        f"--service-account-signing-key-file={folder / 'accounts.key'}",
        "--service-account-issuer=https://kubernetes.default.svc",
        "--service-cluster-ip-range=10.112.0.0/16",
        # There is no node that could reach an address of it.
        "--endpoint-reconciler-type=none",
        "--allow-privileged",
        f"--audit-policy-file={folder / 'audit.yaml'}",
        f"--audit-log-path={folder / 'audit.log'}",
        "--audit-log-mode=blocking",
    ]


@contextlib.contextmanager
def _process(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        process = subprocess.Popen([*LEASH, *command], stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(made: ControlPlane, process: subprocess.Popen[bytes]) -> None:
    """Return once the API server is ready. Raises RuntimeError with the end of its log when it will not be."""
    deadline = time.monotonic() + _SECONDS_TO_START
    while process.poll() is None and time.monotonic() < deadline:
        if made.certificate.exists() and _ready(made):
            return
        time.sleep(0.1)
    log = (made.folder / "kube-apiserver.log").read_text(encoding="utf-8", errors="replace")
    raise RuntimeError("kube-apiserver does not get ready:\n" + "\n".join(log.splitlines()[-15:]))


def _ready(made: ControlPlane) -> bool:
    request = urllib.request.Request(f"{made.url}/readyz", headers={"Authorization": f"Bearer {made.admin}"})
    try:
        context = create_default_context(cafile=str(made.certificate))
        with urllib.request.urlopen(request, context=context, timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False
