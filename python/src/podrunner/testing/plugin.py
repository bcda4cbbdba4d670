"""The pytest plugin: hooks and fixtures only, the work is in `podrunner.testing.cases`.

Every option begins with `--podrunner-`, every fixture with `podrunner_`. Nothing heavy is imported here, because
pytest loads this module in every run on every project.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from podrunner.helm.renderer import Kind
    from podrunner.testing.cases import MatrixFile, Render, Setup
    from podrunner.testing.snapshot import Snapshot

_SETUPS = pytest.StashKey["dict[Path | None, Setup]"]()
_SNAPSHOTS = pytest.StashKey["dict[Path, Snapshot]"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """https://docs.pytest.org/en/stable/reference/reference.html#pytest.hookspec.pytest_addoption."""
    group = parser.getgroup("podrunner", "Helm charts: cases of a matrix file as tests")
    group.addoption(
        "--podrunner-matrix",
        action="append",
        default=[],
        metavar="FILE",
        help="matrix file whose cases are tests, one each; several",
    )
    group.addoption("--podrunner-strategy", choices=("full", "pairwise", "each"), help="combinations of its axes")
    group.addoption("--podrunner-chart", metavar="DIR", help="the chart to render (default: podrunner's own)")
    group.addoption(
        "--podrunner-crds",
        action="append",
        default=[],
        metavar="DIR",
        help="CRDs to check custom objects with; several",
    )
    group.addoption(
        "--podrunner-helm",
        choices=("library", "command"),
        default="library",
        help="Helm in this process or the helm command (default: library)",
    )
    group.addoption("--podrunner-strict", action="store_true", help="a case with a warning fails, too")
    group.addoption(
        "--podrunner-update-snapshots",
        action="store_true",
        help="write the snapshots of podrunner_snapshot anew (without it, one that is missing fails where CI is set)",
    )
    parser.addini(
        "podrunner_matrix", "matrix files whose cases are tests when pytest meets them", type="paths", default=[]
    )
    parser.addini("podrunner_chart", "the chart to render, relative to this file", default="")
    parser.addini("podrunner_crds", "folders of CRDs to check custom objects with", type="paths", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """A matrix file of the command line is collected wherever it lies; one of the ini file when pytest meets it."""
    _given_chart(config)
    for file in _files_of_option(config):
        if str(file) not in config.args:
            config.args.append(str(file))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> MatrixFile | None:
    """https://docs.pytest.org/en/stable/reference/reference.html#pytest.hookspec.pytest_collect_file."""
    if file_path not in _matrix_files(parent.config):
        return None
    from podrunner.testing.cases import MatrixFile

    return MatrixFile.of(parent, file_path, partial(_setup, parent.config))


@pytest.fixture(scope="session")
def podrunner_chart(pytestconfig: pytest.Config) -> Path:
    """Directory of the chart under test. A module, or a conftest.py, that overrides it renders another chart."""
    return _setup(pytestconfig).checker.chart.path


@pytest.fixture(scope="session")
def podrunner_renderer(pytestconfig: pytest.Config) -> Callable[[Path | str], Render]:
    """`podrunner_renderer(folder)` renders another chart as `podrunner_render` does; each is loaded once in a run.

    For fixtures of a wider scope than a function, and for tests of several charts.
    """
    return partial(_render, pytestconfig)


@pytest.fixture
def podrunner_render(podrunner_chart: Path | str, podrunner_renderer: Callable[[Path | str], Render]) -> Render:
    """Render the chart: `podrunner_render({"podman": {"mode": "none"}}, preset=None, kube_version="1.34")`.

    Values are maps or files, each over the one before. Raises ValuesError or RenderError.
    """
    return podrunner_renderer(podrunner_chart)


@pytest.fixture
def podrunner_snapshot(request: pytest.FixtureRequest) -> Snapshot:
    """Compare a rendering with the one kept in `snapshots/` beside the test: `podrunner_snapshot(rendering)`."""
    from podrunner.testing.snapshot import Snapshot

    folder = request.path.parent / "snapshots" / request.path.stem
    test = request.node.nodeid.partition("::")[2]
    used = request.config.stash.setdefault(_SNAPSHOTS, {})
    return Snapshot(folder, test, request.config.getoption("podrunner_update_snapshots"), used)


def _files_of_option(config: pytest.Config) -> list[Path]:
    return [(config.invocation_params.dir / name).resolve() for name in config.getoption("podrunner_matrix")]


def _matrix_files(config: pytest.Config) -> list[Path]:
    return [*_files_of_option(config), *(path.resolve() for path in config.getini("podrunner_matrix"))]


def _given_chart(config: pytest.Config) -> Path | None:
    option, ini = config.getoption("podrunner_chart"), config.getini("podrunner_chart")
    chart = config.invocation_params.dir / option if option else config.rootpath / ini if ini else None
    # A file may be a package.
    if chart is not None and not (chart / "Chart.yaml").is_file() and not chart.is_file():
        raise pytest.UsageError(f"{chart}: no chart here, there is no Chart.yaml. Give the chart's directory.")
    return chart


def _render(config: pytest.Config, chart: Path | str) -> Render:
    __tracebackhide__ = True
    from podrunner.testing.cases import Render

    of_run = config.stash.get(_SETUPS, {}).get(None)
    path = (config.rootpath / chart).resolve()
    return Render(of_run if of_run and of_run.checker.chart.path.resolve() == path else _setup(config, path))


def _setup(config: pytest.Config, chart: Path | None = None) -> Setup:
    """A chart and its renderer, made when first asked for; without one, the chart of this run."""
    __tracebackhide__ = True
    setups = config.stash.setdefault(_SETUPS, {})
    if chart not in setups:
        from podrunner.testing.cases import Setup, Wanted

        given = [config.invocation_params.dir / name for name in config.getoption("podrunner_crds")]
        wanted = Wanted(
            chart or _given_chart(config),
            cast("Kind", config.getoption("podrunner_helm")),
            config.getoption("podrunner_strategy"),
            [*config.getini("podrunner_crds"), *given],
            config.getoption("podrunner_strict"),
        )
        setups[chart] = Setup.make(config.rootpath, wanted)
    return setups[chart]
