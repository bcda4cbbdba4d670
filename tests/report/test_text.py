"""The report for people."""

from __future__ import annotations

from podrunner.cases.case import Case
from podrunner.check.result import Result
from podrunner.findings.finding import Finding
from podrunner.findings.rules.config_toml import CONFIG_DEBUG_LOG
from podrunner.findings.rules.manifests import KUBERNETES_UNKNOWN_KIND
from podrunner.findings.rules.values import RENDER, VALUES_TYPE
from podrunner.report.text import write

TYPE = Finding(VALUES_TYPE, "limit: must be a whole number.", file="team.yaml", line=6, column=7)
DEBUG = Finding(CONFIG_DEBUG_LOG, "log_level: prints tokens.", file="team.yaml", line=9, column=1)
KIND = Finding(KUBERNETES_UNKNOWN_KIND, "not checked.", object="PodMonitor/m", file="chart/m.yaml")
REFUSED = Finding(RENDER, "no.")


def result(name: str, *findings: Finding) -> Result:
    return Result(Case(name), findings)


def test_a_check_without_findings_is_one_line() -> None:
    assert write([result("a"), result("b")]) == "2 cases, all passed\n"


def test_a_finding_has_place_severity_message_and_rule() -> None:
    assert write([result("a", TYPE)]) == (
        "team.yaml:6:7: error: limit: must be a whole number. [values-type]\n1 case, 1 failed: 1 error\n"
    )


def test_findings_are_sorted_by_place_and_errors_come_last() -> None:
    assert write([result("a", TYPE, DEBUG, KIND)]) == (
        "chart/m.yaml: note: PodMonitor/m: not checked. [kubernetes-unknown-kind]\n"
        "team.yaml:9:1: warning: log_level: prints tokens. [config-debug-log]\n"
        "team.yaml:6:7: error: limit: must be a whole number. [values-type]\n"
        "1 case, 1 failed: 1 error, 1 warning, 1 note\n"
    )


def test_the_same_finding_of_many_cases_is_one_line_that_counts_them() -> None:
    assert write([result("a", TYPE), result("b", TYPE), result("c")]) == (
        "team.yaml:6:7: error: limit: must be a whole number. [values-type] in 2 cases, first a\n"
        "3 cases, 2 failed: 1 error\n"
    )


def test_a_finding_of_every_case_says_so() -> None:
    assert write([result("a", TYPE), result("b", TYPE)]).splitlines()[0].endswith("[values-type] in all 2 cases")


def test_a_finding_of_one_case_among_several_names_it() -> None:
    assert write([result("a"), result("b", TYPE)]).splitlines()[0].endswith("[values-type] in case b")


def test_a_finding_without_a_place_is_headed_by_its_case() -> None:
    assert write([result("a"), result("b", REFUSED)]).splitlines()[0] == "b: error: no. [render]"


def test_colours_are_only_there_when_asked_for() -> None:
    plain, coloured = write([result("a", TYPE)]), write([result("a", TYPE)], colour=True)

    assert "\x1b" not in plain
    assert coloured == (
        "team.yaml:6:7: \x1b[1;31merror:\x1b[0m limit: must be a whole number. [values-type]\n"
        "\x1b[1;31m1 case, 1 failed: 1 error\x1b[0m\n"
    )


def test_what_is_said_of_a_kind_is_said_once() -> None:
    again = Finding(KUBERNETES_UNKNOWN_KIND, "not checked.", object="PodMonitor/n", file="chart/n.yaml")

    assert write([result("a", KIND, again)]) == (
        "chart/m.yaml: note: PodMonitor/m: not checked. [kubernetes-unknown-kind]\n1 case, all passed: 1 note\n"
    )


def test_the_summary_says_by_which_release_job_pods_were_judged() -> None:
    judged = "as GitLab Runner 19.4.0 makes them, with the keys of 18.11.2"
    results = [Result(Case("a"), job_pods=judged), Result(Case("b"))]

    assert write(results) == f"2 cases, all passed (job pods {judged})\n"
    assert write(results, quiet=True) == ""
