"""The Pod Security level of the job pod, against the table of modes."""

from __future__ import annotations

from typing import Any

import pytest

from podrunner.manifests.rendering import Document, Rendering
from podrunner.runner.job_pod.pod import check_job_pods

MODES = {"unprivileged": {"podSecurity": "baseline"}, "none": {}}


def found(toml: str, mode: str = "unprivileged") -> list[str]:
    data = {"config.toml": f'[[runners]]\nname = "a"\n[runners.kubernetes]\n{toml}'}
    config: dict[str, Any] = {"kind": "ConfigMap", "metadata": {"name": "c"}, "data": data}
    rendering = Rendering("", "r", "ci", (Document("t", "", config),), "", "")
    return [finding.message for finding in check_job_pods(rendering, {"podman": {"mode": mode}}, MODES, "1.34")]


WRONG = {
    "privileged = true\n": "containers[0].securityContext.privileged: true",
    'cap_add = ["SYS_ADMIN"]\n': "containers[0].securityContext.capabilities.add: SYS_ADMIN",
    '[runners.kubernetes.build_container_security_context]\nproc_mount = "unmasked"\n': (
        "containers[0].securityContext.procMount: Unmasked"
    ),
    '[[runners.kubernetes.volumes.host_path]]\nname = "h"\n': "volumes[0].hostPath",
    '[[runners.kubernetes.pod_spec]]\npatch = "hostNetwork: true"\n[runners.feature_flags]\n'
    "FF_USE_ADVANCED_POD_SPEC_CONFIGURATION = true\n": "hostNetwork: true",
}


@pytest.mark.parametrize("toml", WRONG)
def test_a_job_pod_that_needs_more_than_its_mode_promises_is_named(toml: str) -> None:
    (message,) = found(toml)

    assert message.startswith("jobs of runner a need the Pod Security level privileged, mode unprivileged promises")
    assert WRONG[toml] in message


def test_what_the_mode_promises_is_no_finding() -> None:
    assert found('cap_add = ["SETUID"]\n') == []
    assert found("privileged = true\n", mode="none") == []
