"""The HTML report: one file that loads nothing, with everything in it once."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest

from podrunner.cases.case import Case
from podrunner.check.coverage.branches import find_branches
from podrunner.check.coverage.exercise import Exercised
from podrunner.check.coverage.lines import Reach, cover_lines
from podrunner.check.result import Result
from podrunner.cli.main import main
from podrunner.findings.finding import Finding
from podrunner.findings.rules.values import VALUES_TYPE
from podrunner.manifests.rendering import Rendering, parse_documents
from podrunner.report import html
from podrunner.report.grid import entries, make_grid

from .page import Page

WRONG = Finding(VALUES_TYPE, 'limit: <b>text</b> & "more".', file="team.yaml", line=6)
ATTACK = "</script></style><script>alert(1)</script><img src=x onerror=alert(1)>"
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\ndata:\n  config.toml: |\n    concurrent = 1\n"
SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {token: glrt-very-secret}\n"
LIST = (
    "apiVersion: v1\nkind: List\nitems: [{kind: Secret, metadata: {name: s}, stringData: {token: glrt-very-secret}}]\n"
)
SECRETS = "apiVersion: v1\nkind: SecretList\nitems: [{metadata: {name: s}, stringData: {token: glrt-very-secret}}]\n"


def rendering(case: str, *texts: str) -> Rendering:
    documents = tuple(document for text in texts for document in parse_documents("templates/it.yaml", text))
    return Rendering(case, "r", "n", documents, "", "")


def test_a_page_has_every_case_every_finding_and_the_counts() -> None:
    page = Page(html.write([Result(Case("a")), Result(Case("b"), (WRONG,)), Result(Case("c"), (WRONG,))]))

    assert [(one["id"], one["data-state"]) for one in page.all("details", class_="case")] == [
        ("c0", "passed"),
        ("c1", "failed"),
        ("c2", "failed"),
    ]
    assert [one["data-severity"] for one in page.all("details", class_="finding")] == ["error"]
    assert "podrunner check: 2 failed" in page.text
    assert 'limit: <b>text</b> & "more".' in page.text


@pytest.mark.parametrize("where", ["name", "message", "file", "object", "rule", "text", "expect"])
def test_whatever_a_value_looks_like_it_is_text(where: str) -> None:
    finding = {"rule": "r", "message": "m", "file": "f", "object": "o"} | {where: ATTACK}
    case = Case(ATTACK if where == "name" else "n", expect_fail=ATTACK if where == "expect" else "")
    text = f"kind: ConfigMap\nmetadata: {{name: x}}\ndata: {{a: '{ATTACK}'}}\n" if where == "text" else SECRET
    rule = replace(VALUES_TYPE, code=finding["rule"])
    one = Finding(rule, finding["message"], file=finding["file"], object=finding["object"])

    page = Page(html.write([Result(case, (one,), rendering("n", text))]))

    assert len(page.all("script")) == 1
    assert page.all("img") == []
    assert ATTACK in page.text or where == "rule"


def test_a_page_loads_nothing_and_runs_only_its_own_script() -> None:
    text = html.write([Result(Case("a"), (WRONG,), rendering("a", MAP % "m"))])
    page = Page(text)

    (policy,) = [one["content"] for one in page.all("meta") if one.get("http-equiv") == "Content-Security-Policy"]
    script, style = (re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL) for tag in ("script", "style"))
    assert script is not None
    assert style is not None
    assert policy == (
        f"default-src 'none'; script-src '{digest(script[1])}'; style-src '{digest(style[1])}'; "
        "base-uri 'none'; form-action 'none'"
    )
    addresses = [found[name] for _, found in page.elements for name in ("src", "href", "action") if name in found]
    assert addresses
    assert all(address.startswith("#") for address in addresses)
    # A policy of hashes lets no style attribute through.
    assert not any("style" in found for _, found in page.elements)


def digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def test_a_document_of_many_cases_is_there_once_and_config_toml_for_itself() -> None:
    results = [
        Result(Case(name), (), rendering(name, MAP % "m", MAP % other)) for name, other in (("a", "x"), ("b", "y"))
    ]

    page = Page(html.write(results))

    assert [one["data-cases"] for one in page.all("article")] == ["2 cases", "2 cases", "1 case", "1 case"]
    targets = {f"#{one['id']}" for _, one in page.elements if one.get("id")}
    assert {one["href"] for one in page.all("a")} <= targets


@pytest.mark.parametrize("text", [SECRET, LIST, SECRETS])
def test_secrets_are_not_in_the_page(text: str) -> None:
    page = html.write([Result(Case("a"), (), rendering("a", text))])

    assert "glrt-very-secret" not in page
    assert "token: '[redacted]'" in Page(page).text


def test_what_the_check_calls_a_secret_is_not_in_the_page() -> None:
    config = MAP % "a" + "    [[runners]]\n    environment = ['DB_PASS=hunter2']\n  password: hunter3\n"
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{env: [{name: SSH_KEY, value: hunter4}]}]}\n"
    page = html.write([Result(Case("a"), (), rendering("a", config, pod))])

    assert "hunter" not in page
    assert "DB_PASS=[redacted]" in Page(page).text


def test_cases_of_a_matrix_are_a_grid_of_its_first_two_axes() -> None:
    names = ["preset=a,kube=1,x=1", "preset=a,kube=2,x=1", "preset=b,kube=2,x=1", "preset=b,kube=2,x=2", "by-hand"]

    grid = make_grid([Result(Case(name)) for name in names])

    assert (grid.row_axis, grid.column_axis, grid.columns, grid.others) == ("preset", "kube", ("1", "2"), (4,))
    assert grid.cells == {"a": {"1": [0], "2": [1]}, "b": {"1": [], "2": [2, 3]}}


def test_cases_without_axes_need_no_grid() -> None:
    assert make_grid([Result(Case("team-a"))]).cells == {}
    assert entries("preset=a,team-a") == {"preset": "a", "": "team-a"}
    assert 'id="matrix"' not in html.write([Result(Case("team-a"))])


def test_lines_of_a_template_are_taken_partly_or_missed() -> None:
    text = "a\n{{- if .x }}\nb\n{{- else }}\nc\n{{- end }}\n{{- with .y }}\nd\n{{- end }}\n"
    branches = find_branches("t", text)
    missed = [branch for branch in branches if branch.text in ("not: if .x", "not: with .y")]

    (found,) = cover_lines({"t": text, "plain": "x"}, Exercised(tuple(branches), tuple(missed)))
    (excused,) = cover_lines({"t": text}, Exercised(tuple(branches), tuple(missed)), ["t: not: if .x"])

    assert [(line, reach.name) for line, reach in found.lines] == [
        ("a", "PLAIN"),
        ("{{- if .x }}", "TAKEN"),
        ("b", "PLAIN"),
        ("{{- else }}", "MISSED"),
        ("c", "MISSED"),
        ("{{- end }}", "PLAIN"),
        ("{{- with .y }}", "PARTLY"),
        ("d", "PLAIN"),
        ("{{- end }}", "PLAIN"),
    ]
    assert (found.branches, found.missed) == (4, ("not: if .x", "not: with .y"))
    assert excused.missed == ("not: with .y",)
    assert [reach for _, reach in excused.lines][3:5] == [Reach.EXCUSED, Reach.EXCUSED]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast_in_both_schemes(scheme: str) -> None:
    css = (Path(html.__file__).parent / "page/page.css").read_text()
    found = dict(re.findall(r"--([\w-]+): (#\w{6})", css.partition("@media")[0]))
    if scheme == "dark":
        found |= dict(re.findall(r"--([\w-]+): (#\w{6})", css.partition("@media")[2].partition("* {")[0]))
    pairs = [(ink, paper) for ink in ("ink", "quiet", "accent") for paper in ("paper", "card", "hover")]
    pairs += [(name, f"{name}-bg") for name in ("error", "warning", "note", "good")]
    pairs += [(name, "card") for name in ("error", "warning", "note", "good")]

    assert {pair: ratio for pair in pairs if (ratio := contrast(*(found[name] for name in pair))) < 4.5} == {}


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, as WCAG 2 defines it."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_a_page_with_coverage_shows_templates_line_by_line(tmp_path: Path, small_chart: Path) -> None:
    file = tmp_path / "report.html"

    main(["check", "--chart", str(small_chart), "--coverage", "--format", f"html={file}"])

    page = Page(file.read_text())
    assert len(page.all("details", class_="template")) >= 1
    assert page.all("span", class_="missed")
