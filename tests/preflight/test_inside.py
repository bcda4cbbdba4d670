"""The script that tells a probe's state from inside, run by bash here, and what is read of it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from podrunner.preflight.inside import Inside, inside_script, read_inside

LOG = """\
podrunner-preflight uid=1000
podrunner-preflight bounding=00000000000000c0
podrunner-preflight no_new_privileges=0
podrunner-preflight seccomp=2
podrunner-preflight id_map=0 1850343424      65536,
podrunner-preflight user_namespaces=2147483647
podrunner-preflight modules=lockdown,capability,landlock,yama,apparmor
podrunner-preflight label=cri-containerd.apparmor.d (enforce)
podrunner-preflight fuse=denied
uid=1000(podman) gid=1000(podman) groups=1000(podman)
"""


def test_a_log_is_read() -> None:
    assert read_inside(LOG) == Inside(
        uid="1000",
        bounding="00000000000000c0",
        no_new_privileges="0",
        seccomp="2",
        id_map=("0 1850343424 65536",),
        user_namespaces="2147483647",
        modules="lockdown,capability,landlock,yama,apparmor",
        label="cri-containerd.apparmor.d (enforce)",
        fuse="denied",
    )


def test_a_log_without_it_tells_nothing() -> None:
    assert read_inside("bash: syntax error\n") is None


def test_what_a_later_version_tells_beside_it_is_passed_over() -> None:
    assert read_inside("podrunner-preflight uid=0\npodrunner-preflight weather=fine\n") == Inside(uid="0")


@pytest.mark.parametrize(
    ("id_map", "expected"),
    [("0 0 4294967295,", True), ("0 1850343424 65536,", False), ("0 1000 1,1 100000 65536,", False), ("", False)],
)
def test_only_the_node_s_own_root_is_of_the_node(id_map: str, expected: bool) -> None:
    inside = read_inside(f"podrunner-preflight uid=0\npodrunner-preflight id_map={id_map}\n")

    assert inside
    assert inside.is_of_the_node == expected


@pytest.mark.process
def test_the_script_tells_what_the_kernel_says_of_this_process() -> None:
    told = subprocess.run(["bash", "-euc", inside_script()], capture_output=True, text=True, check=True)

    inside = read_inside(told.stdout)

    status = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line)
    assert inside
    assert told.stderr == ""
    assert inside.uid == str(os.getuid())
    assert inside.bounding == status["CapBnd"]
    assert inside.seccomp == status["Seccomp"]
    assert inside.id_map == tuple(
        " ".join(line.split()) for line in Path("/proc/self/uid_map").read_text().splitlines()
    )
    assert inside.fuse in {"yes", "no", "denied"}


@pytest.mark.process
def test_the_script_does_not_end_the_one_that_follows_it() -> None:
    told = subprocess.run(
        ["bash", "-euc", f"{inside_script()}\necho goes on"], capture_output=True, text=True, check=True
    )

    assert told.stdout.splitlines()[-1] == "goes on"
