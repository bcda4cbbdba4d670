"""One preset out of a table of verdicts."""

from __future__ import annotations

from podrunner.chart.chart import Chart
from podrunner.preflight.candidate import Candidate, candidates
from podrunner.preflight.facts import Facts
from podrunner.preflight.recommendation import install_line, recommend, remedies
from podrunner.preflight.verdict import Answer, Reason, Verdict

SAFE = Candidate("user-namespace", "userNamespace")
PLAIN = Candidate("unprivileged", "unprivileged")
OPEN = Candidate("unprivileged", "unprivileged", "seccomp Unconfined", ("podman.seccomp.type=Unconfined",))
LAST = Candidate("privileged", "privileged")
ORDER = [SAFE, PLAIN, OPEN, LAST]


def table(*rows: tuple[Candidate, str]) -> list[Verdict]:
    """Make verdicts: for each candidate a letter a node, Yes, Likely, No, or ? for unknown."""
    answers = {"Y": Answer.YES, "L": Answer.LIKELY, "N": Answer.NO, "?": Answer.UNKNOWN}
    return [
        Verdict(candidate, f"node-{number}", answers[letter])
        for candidate, letters in rows
        for number, letter in enumerate(letters)
    ]


def name_of(*rows: tuple[Candidate, str]) -> str:
    """Name what is recommended; empty for nothing."""
    chosen = recommend(ORDER, table(*rows)).candidate
    return chosen.name if chosen else ""


def test_the_safest_that_works_is_recommended() -> None:
    assert name_of((SAFE, "Y"), (PLAIN, "Y"), (LAST, "Y")) == "user-namespace"
    assert name_of((SAFE, "N"), (PLAIN, "Y"), (LAST, "Y")) == "unprivileged"
    assert name_of((SAFE, "N"), (PLAIN, "N"), (LAST, "Y")) == "privileged"


def test_what_works_on_every_node_comes_before_what_is_safer_on_some() -> None:
    assert name_of((SAFE, "YN"), (PLAIN, "YY"), (LAST, "YY")) == "unprivileged"


def test_what_was_seen_to_work_comes_before_what_is_likely_to() -> None:
    assert name_of((SAFE, "L"), (PLAIN, "Y")) == "unprivileged"


def test_what_is_likely_is_recommended_where_nothing_was_tried() -> None:
    found = recommend(ORDER, table((SAFE, "L"), (PLAIN, "L")))

    assert found.candidate == SAFE
    assert found.warnings == ("Nothing speaks against it, but no build was tried.",)


def test_what_could_not_be_tried_is_not_recommended() -> None:
    assert name_of((SAFE, "?"), (PLAIN, "N")) == ""


def test_where_nothing_works_everywhere_it_is_said_where() -> None:
    found = recommend(ORDER, table((SAFE, "NYN"), (PLAIN, "NYY"), (LAST, "NNN")))

    assert (found.candidate, found.nodes, found.everywhere) == (PLAIN, ("node-1", "node-2"), False)


def test_privileged_and_unconfined_come_with_a_warning() -> None:
    privileged = recommend(ORDER, table((LAST, "Y")))
    unconfined = recommend(ORDER, table((OPEN, "Y")))

    assert privileged.warnings == (
        "A privileged container is a short way from the node: give these jobs nodes of their own.",
    )
    assert unconfined.warnings == ("No seccomp profile is in force in the build container.",)
    assert recommend(ORDER, table((PLAIN, "Y"))).warnings == ()


def test_what_a_job_can_become_on_the_node_is_said_of_what_is_recommended() -> None:
    every = candidates(Chart.open().modes, Facts("1.34.4", "ci"), "")
    said = {one.mode: recommend([one], table((one, "Y"))).warnings for one in every}
    root = "A job can become uid 0 of the node, by a setuid file in its own image, with no capabilities but SETGID and SETUID"

    assert said["unprivileged"] == (f"{root}.",)
    assert said["unprivilegedRoot"] == (
        "A job can become uid 0 of the node, with which it begins, with no capabilities but SETFCAP, SETGID and SETUID.",
    )
    assert said["userNamespace"] == ()


def test_the_install_line_has_preset_settings_namespace_and_cluster() -> None:
    line = install_line("chart", OPEN, ["--set", "podman.run=true"], "ci", " --kube-context prod")

    assert line == (
        "helm install ci chart -f chart/presets/unprivileged.yaml --set podman.run=true "
        "--set podman.seccomp.type=Unconfined --set gitlab.url=https://gitlab.example.com --namespace ci --kube-context prod"
    )


def test_what_a_shell_would_take_apart_is_quoted() -> None:
    line = install_line("my chart", PLAIN, ["--set", "podman.image=a b"], "ci", "")

    assert "'my chart'" in line
    assert "--set 'podman.image=a b'" in line


def test_the_same_change_is_said_once_with_all_that_it_helps() -> None:
    label = Reason("pod-security", "refused", "label the namespace")
    verdicts = [
        Verdict(SAFE, "a", Answer.NO, label),
        Verdict(SAFE, "b", Answer.NO, label),
        Verdict(PLAIN, "a", Answer.NO, label),
        Verdict(LAST, "a", Answer.NO, Reason("no-openshift", "not here")),
    ]

    assert remedies(verdicts) == [("label the namespace", ["user-namespace", "unprivileged"])]
