"""The cluster on CRI-O: what it gives, and that it goes without a trace."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from podrunner.cluster.processes import CommandError, run

from .reader import FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable

    from podrunner.cluster.cluster import Cluster

RECORD = Path("/run/podrunner-crio")
LINK = Path("/sys/class/net/podrunner-crio")
CGROUPS = Path("/sys/fs/cgroup")
ANNOTATION = "io.kubernetes.cri-o.Devices=/dev/fuse"


def marks() -> list[str]:
    """Name what a CRI-O cluster shows of itself on this machine."""
    mounts = [
        line for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines() if "podrunner-crio" in line
    ]
    cgroups = [str(path) for pattern in ("podrunner-crio", "*/podrunner-crio") for path in CGROUPS.glob(pattern)]
    files = [str(path) for path in (RECORD, LINK) if path.exists()]
    return processes() + mounts + cgroups + files


def processes() -> list[str]:
    """Command lines of the processes of a CRI-O cluster."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if b"podrunner-crio" in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


@pytest.mark.parametrize(
    ("signum", "sign"), [(signal.SIGINT, "the link"), (signal.SIGTERM, "log/kubelet.log")], ids=["at once", "late"]
)
@pytest.mark.usefixtures("crio")
def test_an_interrupted_start_leaves_nothing(checkout: Path, signum: signal.Signals, sign: str) -> None:
    if RECORD.exists():
        pytest.skip("a CRI-O cluster is there already: run this file by itself")

    command = [checkout / "ci/airgap/crio", "up", "--directory", FOLDER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        state = Path(process.stderr.readline().split()[-1]) if process.stderr else Path()
        expected = LINK if sign == "the link" else state / sign
        while not expected.exists() and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signum)
        said = process.communicate()[1]

    assert (process.returncode, said) == (130, "crio: interrupted; everything is removed\n")
    assert not state.exists()
    assert marks() == []


def test_a_second_cluster_is_refused_with_the_place_of_the_first(
    crio_cluster: Cluster, crio: Callable[..., str]
) -> None:
    with pytest.raises(CommandError) as refused:
        crio("up", "--directory", str(FOLDER))

    sentence = f"crio: there is a CRI-O cluster already: {crio_cluster.kubeconfig}. End it with `crio down`\n"
    assert refused.value.output == sentence


def test_a_pod_gets_the_device_that_its_annotation_names(crio_cluster: Cluster) -> None:
    assert list_devices(crio_cluster) == "crw-rw-rw- root a,e5 /dev/fuse\n"


def test_a_pod_gets_no_device_where_crio_does_not_heed_the_annotation(crio_cluster_without_devices: Cluster) -> None:
    assert list_devices(crio_cluster_without_devices) == "no /dev/fuse\n"


def list_devices(cluster: Cluster) -> str:
    """Give what a pod with the annotation sees of /dev/fuse."""
    kubectl = [str(FOLDER / "bin/kubectl"), "--kubeconfig", str(cluster.kubeconfig)]
    options = ["--image=quay.io/podman/stable:latest", "--image-pull-policy=Never", f"--annotations={ANNOTATION}"]
    script = "stat -c '%A %U %t,%T %n' /dev/fuse 2>/dev/null || echo no /dev/fuse"
    run([*kubectl, "run", "devices", "--restart=Never", *options, "--", "sh", "-c", script], os.environ)
    try:
        run([*kubectl, "wait", "--for=jsonpath={.status.phase}=Succeeded", "--timeout=60s", "pod/devices"], os.environ)
        return run([*kubectl, "logs", "devices"], os.environ)
    finally:
        run([*kubectl, "delete", "pod", "devices", "--grace-period=0", "--wait"], os.environ)
