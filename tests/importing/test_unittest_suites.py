"""Helm unittest's own suites, imported and run: what pytest says of each test is what helm unittest says.

They lie in its Go module, and are run from a copy: nothing of them is kept here.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from podrunner.findings.errors import UsageError
from podrunner.importing.unittest.module import import_suites, name_of
from tests.go_modules import go_module

CHECKOUT = Path(__file__).parents[2]
VERSION = re.search(r"HELM_UNITTEST_VERSION=(\S+)", (CHECKOUT / "bench/build-peers").read_text())
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
# Of the tests of version 1.1.2: 200 were imported, of 182 that both ran 161 ended alike, and 11 were left out. The others
# need templates that fail to be left alone, or no API versions at all, see docs/pytest.md.
FEWEST_IMPORTED, FEWEST_ALIKE, MOST_LEFT_OUT = 200, 161, 11


@dataclass(frozen=True, slots=True)
class Seen:
    """What both say of one test: passed, failed or skipped."""

    name: str
    helm: str
    pytest: str


@pytest.fixture(scope="module")
def helm_unittest() -> str:
    """Return the command, which the bench builds, or skip."""
    assert VERSION is not None
    command = CACHE / "podrunner" / "bench" / f"helm-unittest-{VERSION[1]}"
    if not command.exists():
        pytest.skip(f"{command} is not there: bench/build-peers {command.parent} helm-unittest builds it")
    return str(command)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of helm unittest's charts and suites, or skip."""
    assert VERSION is not None
    module = go_module(f"github.com/helm-unittest/helm-unittest@v{VERSION[1]}", "helm unittest's suites")
    copy = tmp_path_factory.mktemp("suites") / "data"
    shutil.copytree(module / "test" / "data", copy, copy_function=shutil.copyfile)
    for folder in [copy, *copy.rglob("*/")]:
        folder.chmod(0o755)
    return copy


def said_by_helm(command: str, source: Path) -> list[str]:
    """Outcome of each test of a file, in order; none where the whole file is refused."""
    chart = next(folder for folder in source.parents if (folder / "Chart.yaml").exists())
    report = source.with_suffix(".xml")
    arguments = [command, "--with-subchart=false", "-t", "JUnit", "-o", report, "-f", source.relative_to(chart), "."]
    subprocess.run(arguments, cwd=chart, capture_output=True, check=False)
    return outcomes(report) if report.exists() else []


def outcomes(report: Path) -> list[str]:
    """Outcome of each test of a JUnit file, in order."""
    found = []
    for case in ET.parse(report).getroot().iter("testcase"):
        inside = {child.tag for child in case}
        found.append("skipped" if "skipped" in inside else "failed" if inside & {"failure", "error"} else "passed")
    return found


def said_by_pytest(file: Path) -> list[str]:
    """Outcome of each function of a file, in order."""
    report = file.with_suffix(".xml")
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", f"--rootdir={file.parent}", "-c", "/dev/null"]
    environment = {**os.environ, "CI": ""}
    arguments = [sys.executable, "-m", "pytest", *options, f"--junitxml={report}", file]
    subprocess.run(arguments, capture_output=True, check=False, env=environment)
    return outcomes(report)


@pytest.mark.process
@pytest.mark.full(reason="a pytest run for each of a hundred suites takes two minutes")
def test_pytest_says_of_every_test_what_helm_unittest_says(
    helm_unittest: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[Seen] = []
    refused: list[str] = []
    for source in sorted(data.rglob("*_test.yaml")):
        name = source.relative_to(data).as_posix()
        try:
            module = import_suites(source, source.parent / name_of(source), None)
        except UsageError as error:
            refused.append(f"{name}: {error}")
            continue
        helm = said_by_helm(helm_unittest, source)
        module.file.write_text(module.text, encoding="utf-8")
        ours = said_by_pytest(module.file)
        if len(helm) == len(ours):
            seen += [Seen(f"{name} #{at}", *both) for at, both in enumerate(zip(helm, ours, strict=True), 1)]
        else:
            refused.append(f"{name}: helm unittest refuses it, or reads other tests ({len(helm)}, {len(ours)})")
    report(seen, refused, capsys)

    run = [one for one in seen if "skipped" not in (one.helm, one.pytest)]
    assert len(seen) >= FEWEST_IMPORTED
    assert len([one for one in run if one.helm == one.pytest]) >= FEWEST_ALIKE
    assert len([one for one in seen if one.pytest == "skipped" and one.helm != "skipped"]) <= MOST_LEFT_OUT


def report(seen: list[Seen], refused: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Print the counts, and every test of which the two say something else."""
    counts = Counter((one.helm, one.pytest) for one in seen)
    with capsys.disabled():
        print(f"\nhelm unittest's suites: {len(seen)} tests imported, {len(refused)} files not")
        for (helm, ours), count in sorted(counts.items()):
            print(f"  helm unittest {helm}, pytest {ours}: {count}")
        for one in seen:
            if one.helm != one.pytest and "skipped" not in (one.helm, one.pytest):
                print(f"  {one.name}: helm unittest {one.helm}, pytest {one.pytest}")
        print("".join(f"  {line}\n" for line in refused))
