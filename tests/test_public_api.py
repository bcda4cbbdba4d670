"""What the package exports: all of it, sorted, and nothing else."""

from __future__ import annotations

import re
import subprocess
import sys
import types
from pathlib import Path

import pytest

import podrunner


def test_the_list_is_sorted_and_complete() -> None:
    assert podrunner.__all__ == sorted(podrunner.__all__)
    assert set(podrunner.__all__) == {*podrunner._PLACES, "__version__"}
    assert dir(podrunner) == podrunner.__all__


@pytest.mark.parametrize("name", sorted(set(podrunner.__all__) - {"__version__"}))
def test_a_name_is_what_its_module_defines(name: str) -> None:
    exported = getattr(podrunner, name)

    assert exported.__module__.startswith("podrunner.")
    assert exported.__module__ == podrunner._PLACES[name][0]


def test_nothing_else_is_exported() -> None:
    names = {
        name
        for name, value in vars(podrunner).items()
        if not name.startswith("_") and not isinstance(value, types.ModuleType)
    }

    assert names <= set(podrunner.__all__)
    with pytest.raises(AttributeError, match="module 'podrunner' has no attribute 'utils'"):
        _ = podrunner.utils


@pytest.mark.process
def test_importing_the_package_loads_nothing_of_it() -> None:
    code = "import sys, podrunner; print([name for name in sys.modules if name.startswith('podrunner.')])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


def test_the_example_of_the_page_runs(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (checkout / "docs" / "pytest.md").read_text(encoding="utf-8").partition("## In Python")[2]
    code = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "values").mkdir()
    (tmp_path / "values" / "team-a.yaml").write_text("gitlab: {url: 'https://gitlab.example.com'}\n")

    assert code is not None
    exec(code[1], {})

    assert capsys.readouterr().out == "default\n"


def test_the_page_names_everything_that_is_exported(checkout: Path) -> None:
    page = (checkout / "docs" / "pytest.md").read_text(encoding="utf-8").partition("## In Python")[2]

    assert [name for name in podrunner.__all__ if name != "__version__" and name not in page] == []
