"""The plan of the package: rooms, the arrows between them, and which way they go."""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cache
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

import grimp
import pytest

from tests.sources import PACKAGE, sources

if TYPE_CHECKING:
    pass

MOST_ROOMS, MOST_ARROWS = 26, 120
# Who may be imported by whom; what is not named here is bound by the absence of circles alone.
FOUNDATIONS = ("formats", "secrets", "output")
# Where a command or the plugin decides what is loaded at all.
LAZY = ("cli/", "testing/plugin.py")


@cache
def arrows() -> dict[str, dict[str, list[str]]]:
    """Room → room that it imports → the modules that do, of all imports, those for types alone, too."""
    graph = grimp.build_graph("podrunner", cache_dir=None)
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for module in sorted(graph.modules):
        for imported in graph.find_modules_directly_imported_by(module):
            room, other = _room(module), _room(imported)
            if room and other and room != other:
                found[room][other].append(module)
    return {room: dict(others) for room, others in found.items()}


def _room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and (PACKAGE / parts[1]).is_dir() else ""


def rooms() -> list[str]:
    return sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))


def test_there_are_few_rooms_and_few_arrows(capsys: pytest.CaptureFixture[str]) -> None:
    count = sum(map(len, arrows().values()))
    with capsys.disabled():
        print(f"\nimport graph: {len(rooms())} rooms, {count} arrows")
        for room, others in sorted(arrows().items()):
            print(f"  {room} -> {', '.join(sorted(others))}")

    assert len(rooms()) <= MOST_ROOMS
    assert count <= MOST_ARROWS


def test_no_module_lies_outside_the_rooms() -> None:
    assert sorted(path.name for path in PACKAGE.glob("*.py")) == ["__init__.py", "__main__.py"]


def test_no_arrows_make_a_circle() -> None:
    try:
        TopologicalSorter(arrows()).prepare()
    except CycleError as error:
        pytest.fail(f"rooms in a circle: {' -> '.join(error.args[1])}", pytrace=False)


def test_findings_import_no_other_room() -> None:
    assert arrows().get("findings", {}) == {}


@pytest.mark.parametrize("room", FOUNDATIONS)
def test_a_foundation_imports_findings_alone(room: str) -> None:
    assert arrows().get(room, {}).keys() <= {"findings"}


def test_manifests_know_no_helm_no_runner_and_no_chart() -> None:
    assert not arrows()["manifests"].keys() & {"helm", "runner", "chart"}


def test_the_chart_knows_no_helm() -> None:
    assert "helm" not in arrows()["chart"]


def test_the_runner_knows_no_smoke() -> None:
    assert "smoke" not in arrows()["runner"]


def test_nobody_imports_the_command_line() -> None:
    assert [room for room, others in arrows().items() if "cli" in others] == []


def test_the_command_line_alone_knows_argparse() -> None:
    found = [
        name
        for name, tree in sources()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Import) and any(alias.name == "argparse" for alias in node.names))
        or (isinstance(node, ast.ImportFrom) and node.module == "argparse")
    ]

    # The stand-in GitLab is a program of its own: a pod runs it with nothing but Python and git.
    assert [name for name in found if not name.startswith("cli/")] == ["gitlab/stand_in/__main__.py"]


def test_no_function_imports_the_package_but_in_the_command_line_and_the_plugin() -> None:
    found = [
        f"{name}:{node.lineno}"
        for name, tree in sources()
        if not name.startswith(LAZY)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("podrunner")
    ]

    assert found == []


def test_a_name_of_a_class_means_one_thing() -> None:
    places = defaultdict(list)
    for name, tree in sources():
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                places[node.name].append(name)

    assert {name: files for name, files in places.items() if len(files) > 1} == {}
