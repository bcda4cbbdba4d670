"""Cases that agree are one entry; text, JSON and Markdown."""

from __future__ import annotations

import json

import pytest

from podrunner.diff import json as json_format
from podrunner.diff import markdown, text
from podrunner.diff.entry import ComparedCase, Consequence, DiffEntry, group
from podrunner.diff.report import Comparison
from podrunner.manifests.difference.objects import Difference, Identity


def entry(name: str, before: object = 1, after: object = 2, consequence: Consequence = Consequence.OTHER) -> DiffEntry:
    difference = Difference(Identity("apps", "Deployment", "", name), ("spec", "replicas"), before, after)
    return DiffEntry(consequence, difference.object, difference.text, difference)


def comparison(*outcomes: ComparedCase) -> Comparison:
    return Comparison("v1", "v2", tuple(one.case for one in outcomes), {}, tuple(group(outcomes)))


REFUSED = DiffEntry(Consequence.IMMUTABLE, "Job/x", "a → b", None, "It cannot change.")
TWO = comparison(ComparedCase("a", (entry("ci"), REFUSED)), ComparedCase("b", (entry("ci"),)), ComparedCase("c"))


def test_the_same_change_in_two_releases_is_one_entry_with_both_names() -> None:
    outcomes = [
        ComparedCase("a", (entry("ci-demo-worker"),), fullname="ci-demo", plain="demo"),
        ComparedCase("b", (entry("demo-worker"),), fullname="demo", plain="demo"),
    ]

    (found,) = group(outcomes)

    assert (found.cases, found.subjects) == (("a", "b"), ("Deployment/ci-demo-worker", "Deployment/demo-worker"))


def test_another_value_is_another_entry_however_long_both_are() -> None:
    long = "x" * 300

    found = group(
        [ComparedCase("a", (entry("ci", long, long + "a"),)), ComparedCase("b", (entry("ci", long, long + "b"),))]
    )

    assert [one.cases for one in found] == [("a",), ("b",)]


def test_text_begins_with_the_worst_and_ends_with_the_summary() -> None:
    assert text.write(TWO) == (
        "Cannot be applied\n"
        "  in 1 of 3 cases, first a\n"
        "    Job/x: a → b\n"
        "        It cannot change.\n"
        "\n"
        "Changes otherwise\n"
        "  in 2 of 3 cases, first a\n"
        "    Deployment/ci: spec.replicas: 1 → 2\n"
        "\n"
        "v1 → v2: 1 object differs in 2 of 3 cases: cannot be applied (1)\n"
    )


def test_text_is_coloured_when_asked_for() -> None:
    lines = text.write(comparison(ComparedCase("a", (entry("ci", "a\nb", "a\nc"),))), colour=True).splitlines()

    assert lines[0] == "\x1b[1;0mChanges otherwise\x1b[0m"
    assert lines[2:4] == ["    \x1b[1;31m    -b\x1b[0m", "    \x1b[1;32m    +c\x1b[0m"]


def test_json_has_both_values_and_the_object_of_every_case() -> None:
    report = json.loads(json_format.write(TWO))

    assert (report["old"], report["new"], report["differs"], report["cases"]) == ("v1", "v2", True, ["a", "b", "c"])
    assert report["changes"][1] == {
        "consequence": "other",
        "object": "Deployment/ci",
        "field": True,
        "path": "spec.replicas",
        "text": "1 → 2",
        "advice": "",
        "before": 1,
        "after": 2,
        "cases": [{"case": "a", "object": "Deployment/ci"}, {"case": "b", "object": "Deployment/ci"}],
    }
    assert report["changes"][0]["field"] is False


def test_a_comment_without_differences_is_one_line() -> None:
    assert markdown.write(comparison(ComparedCase("a"))) == (
        "<!-- podrunner diff -->\n**podrunner diff** `v1` → `v2`: no difference in 1 case.\n"
    )


def test_a_comment_opens_what_matters_and_folds_the_rest() -> None:
    assert markdown.write(TWO) == (
        "<!-- podrunner diff -->\n"
        "**podrunner diff** `v1` → `v2`: 1 object differs in 2 of 3 cases: cannot be applied (1).\n"
        "\n"
        "<details open><summary><b>Cannot be applied</b> (1)</summary>\n"
        "\n"
        "\n"
        "in 1 of 3 cases, first `a`:\n"
        "\n"
        "- `Job/x`: `a → b`\n"
        "  <br>It cannot change.\n"
        "\n"
        "</details>\n"
        "\n"
        "<details><summary><b>Changes otherwise</b> (1)</summary>\n"
        "\n"
        "\n"
        "in 2 of 3 cases, first `a`:\n"
        "\n"
        "- `Deployment/ci` `spec.replicas`: `1 → 2`\n"
        "\n"
        "</details>\n"
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [("<b>@all</b>", "`<b>@all</b>`"), ("a `b` c", "``a `b` c``"), ("`x`", "`` `x` ``"), ("a\nb", "`a b`"), ("", "")],
)
def test_values_are_code_whatever_they_look_like(value: str, shown: str) -> None:
    assert markdown.code(value) == shown


def test_a_text_of_several_lines_is_a_block_that_its_content_cannot_end() -> None:
    comment = markdown.write(comparison(ComparedCase("a", (entry("ci", "```\na", "```\nb`````"),))))

    assert "  ``````diff\n  -a\n  +b`````\n  ``````\n" in comment


def test_a_comment_that_would_be_too_long_says_how_much_it_leaves_out() -> None:
    entries = tuple(entry(f"d{number}", "x" * 190, "y" * 190) for number in range(300))

    comment = markdown.write(comparison(ComparedCase("a", entries)))

    assert len(comment) < 61_000
    assert comment.count("</details>") == 1
    assert comment.endswith(" more do not fit into a comment: `podrunner diff` prints all of them.\n")
