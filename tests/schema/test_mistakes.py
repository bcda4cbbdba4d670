"""Values against a schema: what is wrong, where, and what to write instead."""

from __future__ import annotations

from pathlib import Path

import helm_python
import pytest

from podrunner.chart.chart import Chart
from podrunner.chart.schema import check_schema
from podrunner.findings.errors import UsageError, ValuesError
from podrunner.findings.finding import Finding
from podrunner.findings.rules.values import VALUES_REQUIRED
from podrunner.formats.placed import load_values, read_values
from podrunner.values.places import locate
from podrunner.values.set_expression import parse_set

KEYS = "config, image, labels, limit, mode, name, objects, refuse, replicas, token"
WRONG = {
    "imge: x": [
        f"team.yaml:1:1: error: imge: unknown key. Did you mean `image`? Allowed: {KEYS}. [values-unknown-key]"
    ],
    "cpu: x": [
        f"team.yaml:1:1: error: cpu: unknown key. It is a key of limit. Allowed: {KEYS}. [values-unknown-key]",
    ],
    "axes: {mode: [loud]}": [
        "team.yaml:1:1: error: axes: unknown key. This is a matrix file: give it by --matrix. [values-unknown-key]"
    ],
    "mode: lowd": [
        'team.yaml:1:1: error: mode: "lowd" is not allowed. Did you mean `loud`? Allowed: quiet, loud. [values-enum]'
    ],
    "mode: silent": ['team.yaml:1:1: error: mode: "silent" is not allowed. Allowed: quiet, loud. [values-enum]'],
    "image: 5": ['team.yaml:1:1: error: image: must be text, is 5. For text write "5". [values-type]'],
    "image: 0644": [
        "team.yaml:1:1: error: image: must be text, is 0644, which YAML reads as 420. "
        'For text write "0644". [values-type]'
    ],
    "image: no": [
        "team.yaml:1:1: error: image: must be text, is no, which YAML reads as false. "
        'For text write "no". [values-type]'
    ],
    "image: [x]": ["team.yaml:1:1: error: image: must be text, is a list. [values-type]"],
    "replicas: many": [
        'team.yaml:1:1: error: replicas: must be a whole number, is the text "many". [values-type]',
    ],
    "replicas: 1.5": ["team.yaml:1:1: error: replicas: must be a whole number, is 1.5. [values-type]"],
    "replicas: -1": ["team.yaml:1:1: error: replicas: -1 is less than 0. [values-value]"],
    "labels: {a: 1}": ['team.yaml:1:10: error: labels.a: must be text, is 1. For text write "1". [values-type]'],
    "labels:\n  a:": [
        "team.yaml:2:3: error: labels.a: must be text, is null (nothing stands after the colon). [values-type]"
    ],
    "objects:\n  - a: 1\n  - b": ['team.yaml:3:5: error: objects[1]: must be a map, is the text "b". [values-type]'],
    "name: A": [
        'team.yaml:1:1: error: name: "A" does not match the pattern ^[a-z]+$. Lower-case letters. [values-value]'
    ],
    "name: https://ann:s3cret@git.example.com": [
        'team.yaml:1:1: error: name: "https://ann:[redacted]@git.example.com" does not match the pattern ^[a-z]+$. '
        "Lower-case letters. [values-value]"
    ],
    "limit: 5": ['team.yaml:1:1: error: limit: must be a map or text, is 5. For text write "5". [values-type]'],
    "limit: {cpu: 5}": ['team.yaml:1:9: error: limit.cpu: must be text, is 5. For text write "5". [values-type]'],
    "limit: {memory: x, cpu: x}": [
        "team.yaml:1:9: error: limit.memory: unknown key. Allowed: cpu. [values-unknown-key]"
    ],
    "limit: {}": ["team.yaml:1:1: error: limit.cpu: missing. [values-required]"],
    "gone: 1": ["team.yaml:1:1: error: gone: not allowed here. Remove it. [values-not-allowed]"],
    "token: abcdef": ["team.yaml:1:1: error: token: [redacted] is longer than 3. [values-value]"],
    "token: 123456": [
        "team.yaml:1:1: error: token: must be text, is [redacted]. For text write it in quotes. [values-type]"
    ],
}


@pytest.mark.parametrize(("text", "lines"), WRONG.items(), ids=WRONG)
def test_a_mistake_is_named_with_its_place_and_the_way_out(small_chart: Path, text: str, lines: list[str]) -> None:
    findings = check_schema(Chart.open(small_chart), [read_values(text, "team.yaml")])

    assert [str(finding) for finding in findings] == lines


@pytest.mark.parametrize("text", ["", "image: x", "mode: loud", "replicas: null", "limit: x", "limit: {cpu: x}"])
def test_what_the_schema_allows_gives_no_finding(small_chart: Path, text: str) -> None:
    assert check_schema(Chart.open(small_chart), [read_values(text, "team.yaml")]) == []


def test_the_place_is_in_the_file_whose_value_wins(small_chart: Path) -> None:
    first = read_values("mode: lowd\n", "first.yaml")
    last = read_values("# on top\nmode: silent\n", "last.yaml")

    (finding,) = check_schema(Chart.open(small_chart), [first, last])

    assert (finding.file, finding.line, finding.column) == ("last.yaml", 2, 1)


def test_a_wrong_value_that_a_later_file_mends_is_no_finding(small_chart: Path) -> None:
    layers = [read_values("mode: lowd\n", "first.yaml"), read_values("mode: loud\n", "last.yaml")]

    assert check_schema(Chart.open(small_chart), layers) == []


def test_a_wrong_value_of_the_command_line_names_the_option(small_chart: Path) -> None:
    layers = [read_values("mode: loud\n", "team.yaml"), *parse_set(["mode=lowd"])]

    (finding,) = check_schema(Chart.open(small_chart), layers)

    assert str(finding) == (
        '--set mode=lowd: error: mode: "lowd" is not allowed. Did you mean `loud`? Allowed: quiet, loud. [values-enum]'
    )


def test_a_set_that_names_an_item_says_nothing_of_those_before_it() -> None:
    layers = [read_values("mirrors: [{}]\n", "team.yaml"), *parse_set(["mirrors[1].location=x"])]

    assert locate(Finding(VALUES_REQUIRED, "no."), layers, ("mirrors", 0)).file == "team.yaml"
    assert locate(Finding(VALUES_REQUIRED, "no."), layers, ("mirrors", 1)).object == ("--set mirrors[1].location=x")


def test_a_key_with_dots_is_written_so_that_it_can_be_pasted(small_chart: Path) -> None:
    (finding,) = check_schema(Chart.open(small_chart), [read_values("labels:\n  example.com/a: 1\n", "team.yaml")])

    assert finding.path == r"labels.example\.com/a"
    assert (finding.line, finding.column) == (2, 3)


def test_a_chart_without_a_schema_allows_everything(tmp_path: Path) -> None:
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: open\nversion: 0.0.1\n")

    assert check_schema(Chart.open(tmp_path), [read_values("anything: 1", "team.yaml")]) == []


def test_a_schema_that_is_not_json_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: open\nversion: 0.0.1\n")
    (tmp_path / "values.schema.json").write_text("{")

    with pytest.raises(UsageError, match=r"values\.schema\.json: not a JSON schema"):
        check_schema(Chart.open(tmp_path), [])


@pytest.mark.broad
def test_our_verdict_is_helms_verdict_for_every_fixture(checkout: Path, fixtures: Path) -> None:
    chart = Chart.open(checkout / "chart")
    helm = helm_python.Chart.load(chart.path)
    files = [*(fixtures / "values").glob("*.yaml"), *(chart.path / "presets").glob("*.yaml")]
    verdicts: dict[str, tuple[bool, bool]] = {}
    for file in files:
        try:
            values = load_values(file)
        except ValuesError:
            continue
        # The schema lets keys of GitLab's chart pass: Helm's templates refuse them.
        ours = [finding for finding in check_schema(chart, [values]) if finding.rule.code != "values-official"]
        verdicts[file.name] = (ours == [], _helm_takes(helm, values.data))

    assert len(verdicts) > 12
    assert {name for name, (takes, helm_takes) in verdicts.items() if takes != helm_takes} == set()


@pytest.mark.parametrize("text", [*WRONG, "", "mode: loud", "replicas: null", "limit: x", "global: {a: 1}"])
def test_our_verdict_is_helms_verdict_for_every_mistake(small_chart: Path, text: str) -> None:
    values = read_values(text, "team.yaml")

    assert (check_schema(Chart.open(small_chart), [values]) == []) == _helm_takes(
        helm_python.Chart.load(small_chart), values.data
    )


def _helm_takes(chart: helm_python.Chart, values: dict[str, object]) -> bool:
    try:
        chart.validate_schema(values)
    except helm_python.HelmValuesError:
        return False
    return True


def test_a_general_key_of_items_far_away_is_no_home() -> None:
    values = read_values(
        "gitlab: {url: https://gitlab.example.com}\nrunners: {a: {token: {value: x}}}\n", "values.yaml"
    )

    (found,) = Chart.open().check((values,))

    assert "runners.a.token.value: unknown key" in found.message
    assert "It is a key of" not in found.message
