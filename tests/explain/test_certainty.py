"""How sure a diagnosis is, and what it says where it is not."""

from __future__ import annotations

import pytest
import yaml

from podrunner.explain.diagnosis import examine, explain
from podrunner.explain.report import write_text

HIDDEN = "cannot clone: Operation not permitted"
FAILED = "ERROR: Job failed: command terminated with exit code 125"


def test_a_specific_cause_where_the_job_failed_is_certain() -> None:
    first = explain(["$ podman build .", HIDDEN, FAILED])[0]

    assert (first.id, first.certainty, first.decide) == ("userns-clone-eperm", "certain", "")


def test_a_log_without_its_end_makes_it_likely() -> None:
    assert explain(["$ podman build .", HIDDEN])[0].certainty == "likely"


def test_words_that_have_several_causes_make_it_likely() -> None:
    first = explain(["$ curl https://a.example.com", "curl: (6) Could not resolve host: a.example.com", FAILED])[0]

    assert (first.id, first.certainty) == ("dns", "likely")


def test_a_log_that_was_cut_makes_it_possible() -> None:
    log = ["$ podman build .", HIDDEN, "Job's log exceeded limit of 4194304 bytes.", FAILED]

    assert explain(log)[0].certainty == "possible"


def test_what_failed_without_a_reason_is_possible_and_names_what_would_decide() -> None:
    first = explain(["$ podman info || true", HIDDEN, "$ make", FAILED])[0]

    assert (first.id, first.certainty) == ("script-failed", "possible")
    assert first.rival == "seccomp forbids new user namespaces"
    assert first.decide == (
        "the output of the last command, run alone with `set -x` in the job's image; "
        "the kernel log of the node (`dmesg`) at that time"
    )


def test_the_report_tells_how_sure_it_is() -> None:
    sure = write_text(examine(["$ podman build .", HIDDEN, FAILED]), [], [])
    unsure = write_text(examine(["$ make", FAILED]), [], [])

    assert "  Sure    certain\n" in sure
    assert (
        "  Sure    possible. It may also be: something that the log does not show. What decides: the output of"
        in unsure
    )


@pytest.mark.parametrize("runner", ["k8s: prod", "#1", "*x", "@at", "- dash", "true", "12", 'a "b"', "plain-name"])
def test_the_name_of_a_runner_becomes_a_key_of_yaml_as_it_is(runner: str) -> None:
    log = [
        "Running with gitlab-runner 18.0.0",
        f"  on {runner} abcdefgh1, system ID: r_x",
        "0/3 nodes are available: 3 Insufficient cpu.",
    ]

    assert list(yaml.safe_load(explain(log)[0].values)["runners"]) == [runner]
