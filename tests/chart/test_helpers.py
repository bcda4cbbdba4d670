"""Helpers of the templates: each has one place that is easy to find, and files of them do not need each other in circles."""

from __future__ import annotations

import re
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

from podrunner.check.coverage.actions import find_actions

TEMPLATES = Path(__file__).parents[2] / "chart/templates"
DEFINE = re.compile(r'^define "([^"]+)"')
# By its name, or by a name that ends in a value: include (printf "podrunner.podman.defaults.%s" …)
INCLUDE = re.compile(r'\b(?:include|template) \(?(?:printf )?"([^"]+)"')
# The comment that a file opens with: its scope, the helpers one a line, and notes.
LISTED = re.compile(r"^  (podrunner\.[\w.]+)  +\S", re.MULTILINE)


def texts(pattern: str) -> dict[str, str]:
    """Path below chart/templates → text."""
    return {path.relative_to(TEMPLATES).as_posix(): path.read_text() for path in sorted(TEMPLATES.rglob(pattern))}


@cache
def declared() -> list[tuple[str, str]]:
    """(helper, file), in the order of files."""
    return [
        (found[1], file)
        for file, text in texts("*.*").items()
        for action in find_actions(text)
        if (found := DEFINE.match(action.text))
    ]


def included(text: str) -> set[str]:
    """The helpers that a file needs."""
    names = {name for action in find_actions(text) for name in INCLUDE.findall(action.text)}
    open_ended = {name for name in names if name.endswith("%s")}
    known = dict(declared())
    return names - open_ended | {name for name in known if any(name.startswith(one[:-2]) for one in open_ended)}


def test_files_of_helpers_need_each_other_in_no_circle() -> None:
    place = dict(declared())
    needs = {file: {place[name] for name in included(text)} - {file} for file, text in texts("*.tpl").items()}

    # Raises CycleError, which names the circle.
    order = list(TopologicalSorter(needs).static_order())

    assert len(order) == len(needs)
    assert sum(map(len, needs.values())) > 60


def test_every_helper_has_one_place() -> None:
    helpers = declared()

    assert len(helpers) == len(dict(helpers))
    assert [file for _, file in helpers if not file.endswith(".tpl")] == []


def test_helpers_stand_beside_the_component_that_they_are_of() -> None:
    components = {file.partition("/")[0] for file in texts("*.tpl")}

    assert components == {"config", "extra", "jobs", "manager", "monitoring", "release", "tests"}


def test_every_helper_that_is_included_is_declared_and_the_other_way_round() -> None:
    assert set().union(*map(included, texts("*.*").values())) == set(dict(declared()))


def test_a_file_of_helpers_opens_with_its_scope_and_the_list_of_what_it_declares() -> None:
    listed = {}
    for file, text in texts("*.tpl").items():
        header = re.match(r"\{\{/\*\n(\S.*?)\n\n(.*?)\*/\}\}\n", text, re.DOTALL)
        assert header, f"{file} does not begin with a comment of a scope, an empty line and a list"
        listed[file] = sorted(LISTED.findall(header[2]))

    assert listed == {file: sorted(name for name, place in declared() if place == file) for file in texts("*.tpl")}


def test_a_file_of_helpers_is_short() -> None:
    assert {file: lines for file, text in texts("*.tpl").items() if (lines := text.count("\n")) > 200} == {}


def test_a_template_has_one_object() -> None:
    objects = {file: len(re.findall(r"^kind:", text, re.MULTILINE)) for file, text in texts("*.yaml").items()}

    assert {file for file, number in objects.items() if number != 1} == {"extra/objects.yaml"}
    assert objects["extra/objects.yaml"] == 0


def test_what_is_kept_between_templates_is_known_to_one_helper() -> None:
    users = {file: text.count("podrunnerRunners") for file, text in texts("*.*").items() if "podrunnerRunners" in text}
    kept = {
        (file, action.text)
        for file, text in texts("*.*").items()
        for action in find_actions(text)
        if re.search(r"\b(?:un)?set \$(?:root)? ", action.text)
    }

    assert users == {"config/_runners.tpl": 3}
    assert kept == {("config/_runners.tpl", '$_ := set $root "podrunnerRunners" $runners')}
