"""What `helm install` prints."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(("preset", "level"), [("unprivileged", "baseline"), ("privileged", "privileged")])
def test_the_notes_name_the_pod_security_level_of_the_preset(render: Any, preset: str, level: str) -> None:
    notes = render(preset=preset, release="ci", namespace="runners").notes

    assert f'which has to allow the Pod Security level "{level}"' in notes
    assert f"kubectl label namespace runners pod-security.kubernetes.io/enforce={level} --overwrite" in notes


@pytest.mark.parametrize(
    "podman", [{"mode": "userNamespace", "run": True}, {"mode": "unprivileged", "seccomp": {"type": "Unconfined"}}]
)
def test_the_notes_name_the_level_that_an_option_needs(render: Any, podman: dict[str, Any]) -> None:
    assert 'which has to allow the Pod Security level "privileged"' in render({"podman": podman}).notes


def test_the_notes_show_how_to_make_a_missing_secret_without_writing_the_token_down(render: Any) -> None:
    notes = render(release="ci", namespace="runners").notes

    assert (
        "kubectl create secret generic ci-podrunner-default --namespace runners --from-file=token=/dev/stdin" in notes
    )


def test_the_notes_end_with_the_next_commands(render: Any) -> None:
    lines = render(release="ci", namespace="runners").notes.strip().splitlines()

    assert lines[-2:] == [
        "  kubectl rollout status deployment/ci-podrunner --namespace runners",
        "  helm test ci --namespace runners --logs",
    ]


def test_the_notes_warn_of_a_token_in_the_values(render: Any) -> None:
    notes = render({"runners": {"a": {"token": {"insecureInline": "glrt-x"}}}}).notes

    assert "The token is part of this release's values" in notes
    assert "kubectl create secret" not in notes
