"""The seccomp profile for nodes whose default forbids what podman does: files/seccomp/podman.json."""

from __future__ import annotations

import json
from typing import Any

import pytest

from podrunner.chart.chart import Chart


@pytest.fixture(scope="module")
def profile() -> dict[str, Any]:
    """Return the profile."""
    text = (Chart.open().path / "files/seccomp/podman.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


def allowed(profile: dict[str, Any]) -> list[str]:
    """Return what is allowed whatever its arguments."""
    return [name for rule in profile["syscalls"] if "args" not in rule for name in rule["names"]]


def test_what_is_not_listed_is_refused(profile: dict[str, Any]) -> None:
    assert profile["defaultAction"] == "SCMP_ACT_ERRNO"
    assert {rule["action"] for rule in profile["syscalls"]} == {"SCMP_ACT_ALLOW"}


def test_podman_may_make_namespaces_and_mounts(profile: dict[str, Any]) -> None:
    (engine,) = (rule["names"] for rule in profile["syscalls"] if rule["comment"].startswith("What podman asks for"))

    assert engine == [
        *("chroot", "clone", "clone3", "fsconfig", "fsmount", "fsopen", "fspick", "mount", "mount_setattr"),
        *("move_mount", "open_tree", "pivot_root", "sethostname", "setns", "umount", "umount2", "unshare"),
    ]


@pytest.mark.parametrize(
    "names",
    [
        ("init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot"),
        ("bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register"),
        ("add_key", "keyctl", "request_key"),
        ("open_by_handle_at", "fanotify_init", "quotactl", "swapon", "swapoff", "acct", "syslog"),
        ("settimeofday", "clock_settime", "clock_settime64", "stime"),
        ("iopl", "ioperm"),
    ],
    ids=["kernel", "attack surface", "keys", "files", "time", "hardware"],
)
def test_what_no_build_needs_is_refused(profile: dict[str, Any], names: tuple[str, ...]) -> None:
    assert [name for name in names if name in allowed(profile)] == []


def test_each_name_is_listed_once(profile: dict[str, Any]) -> None:
    names = allowed(profile)

    assert len(names) == len(set(names))


def test_sockets_that_reach_past_the_container_are_refused(profile: dict[str, Any]) -> None:
    rules = [rule["args"] for rule in profile["syscalls"] if rule["names"] == ["socket"]]

    assert "socket" not in allowed(profile)
    assert rules == [
        [{"index": 0, "value": 38, "op": "SCMP_CMP_LT"}],
        [{"index": 0, "value": 39, "op": "SCMP_CMP_EQ"}],
        [{"index": 0, "value": 40, "op": "SCMP_CMP_GT"}],
    ]
