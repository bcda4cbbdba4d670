"""Which mode of podman a configuration amounts to, and what is left to write then."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from podrunner.importing.mode import recognise_mode

if TYPE_CHECKING:
    from collections.abc import Callable

FIXTURES = Path(__file__).parents[1] / "fixtures" / "import"
IDS = {"capabilities": {"add": ["SETUID", "SETGID"]}}
HOST_USERS = {"pod_spec": [{"name": "u", "patch": "hostUsers: false"}]}
PATCHES = {"FF_USE_ADVANCED_POD_SPEC_CONFIGURATION": True}


@pytest.mark.parametrize(
    ("runner", "mode"),
    [
        ({"kubernetes": {"privileged": True, "pod_security_context": {"run_as_user": 1000}}}, "privileged"),
        ({"kubernetes": {"build_container_security_context": {"privileged": True, "run_as_user": 1000}}}, "privileged"),
        (
            {
                "kubernetes": {
                    "privileged": True,
                    "pod_security_context": {"run_as_user": 1000},
                    "services": [{"name": "docker:29-dind"}],
                }
            },
            "none",
        ),
        ({"kubernetes": {"privileged": True}}, "none"),
        ({"kubernetes": {"privileged": True, "pod_security_context": {"run_as_user": 1001}}}, "none"),
        ({"kubernetes": {"build_container_security_context": {"run_as_user": 1000, **IDS}}}, "unprivileged"),
        (
            {"kubernetes": {"cap_add": ["SETGID", "SETUID"], "pod_security_context": {"run_as_user": 1000}}},
            "unprivileged",
        ),
        ({"kubernetes": {"build_container_security_context": {"run_as_user": 1000}}}, "none"),
        (
            {
                "kubernetes": {
                    "build_container_security_context": {
                        "run_as_user": 1000,
                        "allow_privilege_escalation": False,
                        **IDS,
                    }
                }
            },
            "none",
        ),
        (
            {"kubernetes": {**HOST_USERS, "pod_security_context": {"run_as_user": 1000}}, "feature_flags": PATCHES},
            "userNamespace",
        ),
        ({"kubernetes": {**HOST_USERS, "pod_security_context": {"run_as_user": 1000}}}, "none"),
        ({"kubernetes": {**HOST_USERS}, "feature_flags": PATCHES}, "none"),
        (
            {
                "kubernetes": {
                    "allow_privilege_escalation": False,
                    "build_container_security_context": {"run_as_user": 0},
                }
            },
            "unprivilegedRoot",
        ),
        ({"kubernetes": {"build_container_security_context": {"run_as_user": 0}}}, "none"),
        ({}, "none"),
    ],
)
def test_a_mode_is_recognised_by_the_security_state_of_the_build_container(runner: dict[str, Any], mode: str) -> None:
    assert recognise_mode(runner) == mode


def test_only_what_differs_from_the_mode_is_written(imports: Callable[..., Any]) -> None:
    run = imports(FIXTURES / "privileged-podman.toml")

    assert run.values == {
        "gitlab": {"url": "https://gitlab.example.com/"},
        "podman": {"mode": "privileged", "image": "registry.example.com/tools/podman:5", "home": "/workspace"},
        "jobs": {"namespace": "builds", "serviceAccount": {"create": False, "name": "builder"}},
        "runners": {
            "builds": {
                "token": {"existingSecret": {"name": "gitlab-runner-builds"}},
                "config": {
                    "environment": ["GOFLAGS=-mod=vendor"],
                    "kubernetes": {
                        "node_selector_overwrite_allowed": ".*",
                        "cpu_limit": "4",
                        "pod_labels": {"team": "platform"},
                        "pod_security_context": {"run_as_user": 1000},
                        "volumes": {
                            "empty_dir": [
                                {
                                    "name": "scratch",
                                    "mount_path": "/scratch",
                                    "medium": "Memory",
                                    "size_limit": "1Gi",
                                }
                            ]
                        },
                    },
                },
            }
        },
        "config": {"concurrent": 3, "log_level": "debug"},
    }


def test_a_configuration_that_the_mode_refuses_is_imported_key_by_key(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    text = """\
concurrent = 1
[[runners]]
name = "a"
url = "https://gitlab.example.com"
executor = "kubernetes"
[runners.kubernetes]
privileged = true
namespace = "a"
[runners.kubernetes.build_container_security_context]
privileged = false
run_as_user = 1000
capabilities = {add = ["SETUID", "SETGID"]}
"""

    run = imports(written(text))

    assert run.values["podman"] == {"mode": "none"}
    assert run.messages("changed")["runners[0]"].startswith("amounts to podman.mode unprivileged, but: ")


def test_an_unknown_mode_is_answered_with_the_modes_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    from podrunner.cli.main import main

    assert main(["import", str(FIXTURES / "root.toml"), "--mode", "priviledged"]) == 2
    assert "--mode priviledged: no such mode. Did you mean `privileged`?" in capsys.readouterr().err
