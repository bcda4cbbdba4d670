"""Where the fixtures are."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.cluster.api import Api
from podrunner.helm import renderer

from .go_modules import go_module
from .pods import Server, served
from .processes import Guard, mark

# What a script starts in the background ignores Ctrl-C, and so would everything that the tests start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = ("tests.schedule",)
HERE = Path(__file__).parent
# The SecurityContextConstraints of OpenShift 4.20, from the Go module cache: nothing of it is kept here.
OPENSHIFT = "github.com/openshift/api@v0.0.0-20251015095338-264e80a2b6e7"
CRD = "security/v1/zz_generated.crd-manifests/0000_03_config-operator_01_securitycontextconstraints.crd.yaml"


GUARD = Guard()
# Fixtures that are a server of the test's own.
SERVERS = {"cluster", "pods", "stand_in"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """https://docs.pytest.org/en/stable/reference/reference.html#pytest.hookspec.pytest_addoption."""
    parser.addoption("--full", action="store_true", help="also run what is marked full, as .ci/run does")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what starts a process by a fixture, and leave out what is for .ci/run, with the reason."""
    mark(items)
    for item in items:
        if _is_broad(item):
            item.add_marker(pytest.mark.broad)
        if SERVERS.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.server)
        full = item.get_closest_marker("full")
        if full and not config.getoption("--full"):
            item.add_marker(pytest.mark.skip(reason=f"left to .ci/run and make test FULL=1: {full.kwargs['reason']}"))


def _is_broad(item: pytest.Item) -> bool:
    """Whether a test is one for every case of the matrix, or draws its inputs."""
    if not isinstance(item, pytest.Function):
        return item.path.suffix == ".yaml"
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    return hasattr(item.obj, "is_hypothesis_test") or any(isinstance(one, Case) for one in parameters.values())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """No test starts a process without saying so."""
    GUARD.begin(item)
    try:
        return (yield)
    finally:
        GUARD.end()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """Nor does a thread of a test."""
    result = yield
    GUARD.fail_if_refused()
    return result


@pytest.fixture(scope="session", autouse=True)
def _no_bytecode_of_temporary_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Remove what Python keeps of modules in temporary folders, which have another name in each run."""
    yield
    if sys.pycache_prefix:
        kept = Path(sys.pycache_prefix, *tmp_path_factory.getbasetemp().parts[1:])
        shutil.rmtree(kept, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def _own_chart_once() -> Iterator[None]:
    """Open and load the chart of this repository once in a process, which no test changes: half of a short command's time."""
    open_chart, load = Chart.open, renderer.HelmLibrary
    opened: dict[Path | None, Chart] = {}
    loaded: dict[Path, renderer.HelmLibrary] = {}

    def open_once(path: Path | None = None) -> Chart:
        if path is not None and path.resolve() != HERE.parent / "chart":
            return open_chart(path)
        if path not in opened:
            opened[path] = open_chart(path)
        return opened[path]

    def load_once(chart: Chart) -> renderer.HelmLibrary:
        if chart not in opened.values():
            return load(chart)
        if chart.path not in loaded:
            loaded[chart.path] = load(chart)
        return loaded[chart.path]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Chart, "open", open_once)
        patch.setattr(renderer, "HelmLibrary", load_once)
        yield


@pytest.fixture(scope="session")
def fixtures() -> Path:
    """Return the folder of files that are wrong on purpose."""
    return HERE / "fixtures"


@pytest.fixture(scope="session")
def small_chart() -> Path:
    """Return a chart that renders whatever a test asks for."""
    return HERE / "fixtures" / "charts" / "small"


@pytest.fixture(scope="session")
def checkout() -> Path:
    """Return the top folder of this repository."""
    return HERE.parent


@pytest.fixture(scope="session")
def openshift_definitions() -> list[dict[str, Any]]:
    """Return OpenShift's own CustomResourceDefinition of SecurityContextConstraints, or skip."""
    file = go_module(OPENSHIFT, "OpenShift's SecurityContextConstraints") / CRD
    return [yaml.safe_load(file.read_text(encoding="utf-8"))]


@pytest.fixture(scope="session")
def monitoring_definitions(checkout: Path) -> list[dict[str, Any]]:
    """Return the Prometheus operator's own CustomResourceDefinitions, or skip."""
    done = subprocess.run([checkout / "ci/generate/crds/monitoring"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"ci/generate/crds/monitoring: {done.stderr.strip()}")
    files = sorted(Path(done.stdout.strip()).glob("*.yaml"))
    return [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]


@pytest.fixture
def pods(tmp_path: Path) -> Iterator[tuple[Server, Api]]:
    """Return an API server that knows pods, and the way to it."""
    with served(tmp_path) as both:
        yield both
