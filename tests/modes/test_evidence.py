"""What is kept of a failure has no secret in it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, cast

import pytest

from podrunner.findings.errors import PodrunnerError
from podrunner.secrets.redact import Redactor
from podrunner.smoke.evidence import EvidenceFolder, Own, gather_namespace
from podrunner.smoke.job import JobRun

if TYPE_CHECKING:
    from pathlib import Path

    from pods import Server

    from podrunner.cluster.api import Api


@pytest.fixture
def evidence(tmp_path: Path) -> EvidenceFolder:
    redactor = Redactor()
    redactor.add("the-job-token", "the-control-token", "")
    return EvidenceFolder(tmp_path / "evidence", redactor)


def test_secrets_of_the_run_are_redacted_plain_and_in_base64(evidence: EvidenceFolder) -> None:
    encoded = base64.b64encode(b"the-job-token").decode()

    evidence.write("pod.yaml", f"url: http://gitlab-ci-token:the-job-token@host\ndata: {encoded}\n")

    text = (evidence.folder / "pod.yaml").read_text()
    assert text == "url: http://gitlab-ci-token:[redacted]@host\ndata: [redacted]\n"


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("token glrt-0123456789abcdefghij seen", "token [redacted] seen"),
        ('  token = "glrt-t1_0123456789"', '  token = "[redacted]"'),
        ('  SecretKey = "abc"', '  SecretKey = "[redacted]"'),
        ("password: 'abc'", "password: '[redacted]'"),
        ('  token = "$RUNNER_TOKEN_DEFAULT"', '  token = "$RUNNER_TOKEN_DEFAULT"'),
        ('  name = "default"', '  name = "default"'),
    ],
)
def test_tokens_and_secret_keys_are_known_by_their_look(evidence: EvidenceFolder, text: str, redacted: str) -> None:
    evidence.write("config.toml", text)

    assert (evidence.folder / "config.toml").read_text() == redacted


def test_logs_lose_their_colours(evidence: EvidenceFolder) -> None:
    evidence.write("manager.log", "\x1b[31;1mERROR\x1b[0;m\n")

    assert (evidence.folder / "manager.log").read_text() == "ERROR\n"


def test_objects_lose_what_nobody_reads(evidence: EvidenceFolder) -> None:
    evidence.write_yaml("pod.yaml", [{"kind": "Pod", "metadata": {"name": "a", "managedFields": [{}]}}])

    assert (evidence.folder / "pod.yaml").read_text() == "kind: Pod\nmetadata:\n  name: a\n"


def test_no_folder_is_made_for_nothing(evidence: EvidenceFolder) -> None:
    evidence.write_yaml("pod.yaml", [])

    assert not evidence.folder.exists()


class Cluster:
    """A namespace with one pod, each of whose containers has a log."""

    def list(self, kind: str, namespace: str) -> list[dict[str, Any]]:
        spec = {"initContainers": [{"name": "prepare"}], "containers": [{"name": "build"}]}
        return [{"metadata": {"name": "job", "namespace": namespace}, "spec": spec}] if kind == "Pod" else []

    def logs(self, namespace: str, pod: str, container: str) -> str:
        return f"{namespace}/{pod}/{container}\n"


def test_init_containers_have_their_logs_kept_too(evidence: EvidenceFolder) -> None:
    gather_namespace(evidence, cast("Api", Cluster()), "ci")

    logs = {file.name: file.read_text() for file in evidence.folder.glob("*.log")}
    assert logs == {"job-prepare.log": "ci/job/prepare\n", "job-build.log": "ci/job/build\n"}


def test_what_cannot_be_collected_is_noted(evidence: EvidenceFolder) -> None:
    def fail() -> None:
        raise PodrunnerError("no answer")

    evidence.gather("events", fail)

    assert evidence.problems == ["events: no answer"]


def test_of_a_namespace_that_was_there_only_what_is_the_trial_s_is_kept(
    evidence: EvidenceFolder, pods: tuple[Server, Api]
) -> None:
    server, api = pods
    server.add("ci", "manager", instance="podrunner-abc")
    server.add("ci", "runner-gone", job=7)
    run = JobRun(7, pods={"runner-gone": server.pods["ci"].pop("runner-gone")})
    server.add("ci", "stand-in-abc", instance="abc")
    server.add("ci", "runner-a", job=7)
    server.add("ci", "runner-b", job=8)
    server.add("ci", "theirs", instance="production")

    gather_namespace(evidence, api, "ci", own=Own("abc", run))

    text = {file.name: file.read_text() for file in evidence.folder.iterdir()}
    assert sorted(text) == [
        "events.txt",
        "manager-build.log",
        "pods.yaml",
        "runner-a-build.log",
        "stand-in-abc-build.log",
    ]
    assert "theirs" not in text["pods.yaml"] + text["events.txt"]
    assert "runner-b" not in text["pods.yaml"] + text["events.txt"]
    about = ["manager", "runner-gone", "stand-in-abc", "runner-a"]
    assert [line.partition("about ")[2] for line in text["events.txt"].splitlines()] == about


def test_of_a_namespace_of_the_trial_everything_is_kept(evidence: EvidenceFolder, pods: tuple[Server, Api]) -> None:
    server, api = pods
    server.add("ci", "anything")

    gather_namespace(evidence, api, "ci", "ci-")

    assert (evidence.folder / "ci-anything-build.log").read_text() == "log of anything\n"
    assert "about anything" in (evidence.folder / "ci-events.txt").read_text()
