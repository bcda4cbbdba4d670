"""SARIF 2.1.0."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from podrunner.cases.case import Case
from podrunner.check.result import Result
from podrunner.cli.main import main
from podrunner.findings.finding import Finding
from podrunner.findings.rules.coverage import COVERAGE
from podrunner.findings.rules.manifests import LABEL as LABEL_RULE
from podrunner.findings.rules.rule import Rule
from podrunner.findings.rules.values import RENDER, VALUES_TYPE
from podrunner.findings.severity import Severity
from podrunner.formats.placed import Values
from podrunner.report import sarif
from tests.go_modules import go_module

TYPE = Finding(VALUES_TYPE, "limit: text.", case="b", path="limit", file="my team.yaml", line=6, column=7)
NOWHERE = Finding(COVERAGE, "100 %.", case="a")
LABEL = Finding(
    replace(LABEL_RULE, severity=Severity.WARNING), "too long.", object="Service/a", case="b", file="/charts/x.yaml"
)
RESULTS = [Result(Case("a"), (TYPE, NOWHERE)), Result(Case("b"), (TYPE, LABEL)), Result(Case("c"))]
# Go code that has the standard's schema in it; nothing of it is kept here.
MODULE = "github.com/owenrumney/go-sarif/v3@v3.3.1"


def run_of(*results: Result) -> dict[str, Any]:
    report = json.loads(sarif.write(list(results)))
    assert report["version"] == "2.1.0"
    (run,) = report["runs"]
    return dict(run)


def test_a_finding_of_many_cases_is_one_result_at_its_place() -> None:
    first, _ = run_of(*RESULTS)["results"]

    fingerprints = first.pop("partialFingerprints")
    assert [len(value) for value in fingerprints.values()] == [32]
    assert first == {
        "ruleId": "values-type",
        "ruleIndex": 2,
        "level": "error",
        "message": {"text": "limit: text."},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "my%20team.yaml", "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": 6, "startColumn": 7},
                },
                "logicalLocations": [{"fullyQualifiedName": "limit"}],
            }
        ],
        "properties": {"cases": ["a", "b"]},
    }


def test_a_file_elsewhere_has_an_absolute_address() -> None:
    _, label = run_of(*RESULTS)["results"]

    assert label["locations"][0] == {
        "physicalLocation": {"artifactLocation": {"uri": "file:///charts/x.yaml"}, "region": {"startLine": 1}},
        "logicalLocations": [{"fullyQualifiedName": "Service/a"}],
    }
    assert label["message"] == {"text": "Service/a: too long."}


def test_what_has_no_place_is_a_notification_for_code_hosts_refuse_such_results() -> None:
    (invocation,) = run_of(*RESULTS)["invocations"]

    assert invocation["toolExecutionNotifications"] == [
        {
            "level": "note",
            "message": {"text": "100 %."},
            "associatedRule": {"id": "coverage"},
            "properties": {"cases": ["a"]},
        }
    ]


def test_a_finding_without_a_file_is_at_the_values_file_of_its_case() -> None:
    case = Case("t", layers=(Values({}, "base.yaml", is_file=True), Values({}, "team.yaml", is_file=True)))

    (result,) = run_of(Result(case, (Finding(RENDER, "no."),)))["results"]

    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "team.yaml"


def test_rules_have_help_of_the_page_about_findings_and_the_worst_level_they_were_found_at() -> None:
    rules = run_of(*RESULTS)["tool"]["driver"]["rules"]

    assert [(rule["id"], rule["defaultConfiguration"]["level"]) for rule in rules] == [
        ("coverage", "note"),
        ("label", "warning"),
        ("values-type", "error"),
    ]
    assert rules[1] == {
        "id": "label",
        "shortDescription": {"text": "Kubernetes refuses a label, an annotation or a node selector."},
        "fullDescription": {
            "text": "What is wrong: Kubernetes refuses a label, an annotation or a node selector. What to do: Use at most 63 letters, digits, dashes, dots and underscores. A key may begin with a domain and a slash."
        },
        "help": {
            "text": "What is wrong: Kubernetes refuses a label, an annotation or a node selector. What to do: Use at most 63 letters, digits, dashes, dots and underscores. A key may begin with a domain and a slash.",
            "markdown": (
                "**What is wrong:** Kubernetes refuses a label, an annotation or a node selector.\n\n"
                "**What to do:** Use at most 63 letters, digits, dashes, dots and underscores. A key may begin with a domain and a slash."
            ),
        },
        "defaultConfiguration": {"level": "warning"},
    }


def test_a_rule_that_is_in_no_register_brings_its_own_help() -> None:
    made_up = Rule("made-up", Severity.NOTE, wrong="It is `made up`.", remedy="Do what the message says.")

    (rule,) = run_of(Result(Case("a"), (Finding(made_up, "x", file="a"),)))["tool"]["driver"]["rules"]

    assert rule["help"]["text"] == "What is wrong: It is made up. What to do: Do what the message says."


@pytest.fixture(scope="module", params=["fixtures", "ignored", "matrix", "coverage"])
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> dict[str, Any]:
    """Make the report of every fixture, of the matrix, and of what values cover of a chart, once: it takes many renders."""
    file = tmp_path_factory.mktemp("report") / "out.sarif"
    files = [str(file) for file in sorted((checkout / "tests/fixtures/values").glob("*.yaml"))]
    of_small = ["--chart", "tests/fixtures/charts/small", "tests/fixtures/charts/small/values.yaml", "--coverage"]
    ignored = [*files, "--ignore", "values-type", "--ignore", "values-u*"]
    cases = {"fixtures": files, "ignored": ignored, "matrix": ["--matrix", "tests/matrix.yaml"], "coverage": of_small}

    with contextlib.chdir(checkout):
        main(["check", *cases[request.param], "--format", f"sarif={file}"])

    return dict(json.loads(file.read_text()))


@pytest.mark.process
def test_a_real_report_has_what_the_standard_and_code_hosts_ask_for(report: dict[str, Any]) -> None:
    (run,) = report["runs"]
    rules = run["tool"]["driver"]["rules"]

    assert len(run["results"]) >= 9
    for result in run["results"]:
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        assert place["region"]["startLine"] >= 1
        assert place["artifactLocation"]["uri"]
        assert place["artifactLocation"].get("uriBaseId", "%SRCROOT%") in run["originalUriBaseIds"]
    assert len({result["partialFingerprints"]["podrunner/v1"] for result in run["results"]}) == len(run["results"])
    assert len({rule["id"] for rule in rules}) == len(rules)


@pytest.mark.process
def test_a_real_report_fits_the_schema_of_the_standard(report: dict[str, Any]) -> None:
    file = go_module(MODULE, "the schema of SARIF") / "pkg/report/v210/sarif/schema.go"
    text = file.read_text()
    schema = json.loads(text[text.index("`") + 1 : text.rindex("`")])

    assert [str(error) for error in jsonschema_rs.validator_for(schema).iter_errors(report)] == []
