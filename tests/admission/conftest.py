"""The wide matrix against real admission and RBAC: etcd, kube-apiserver and gitlab-runner as processes, no node.

PODRUNNER_SMOKE_IMAGES names a folder made by ci/airgap/build, which has the three programs. PODRUNNER_API_SERVER is the
version of another API server than the cluster's, such as 1.37.2, made by `ci/airgap/build --api-server`.
"""

from __future__ import annotations

import os
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .cluster import Cluster
from .control_plane import control_plane
from .gitlab import gitlab
from .trial import Bench

if TYPE_CHECKING:
    from collections.abc import Iterator

IMAGES = os.environ.get("PODRUNNER_SMOKE_IMAGES", "")
API_SERVER = os.environ.get("PODRUNNER_API_SERVER", "")
PROGRAMS = (
    "parts/etcd/etcd",
    f"parts/{f'kube-apiserver-{API_SERVER}' if API_SERVER else 'kubernetes'}/kube-apiserver",
    "bin/gitlab-runner",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests of this folder, and skip them where nothing can run them."""
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    reason = why_not()
    for item in here:
        item.add_marker(pytest.mark.smoke)
        # One API server and one GitLab for each process. Those of a group use the same trials, or namespaces of the same names.
        item.add_marker(pytest.mark.xdist_group(_group_of(item)))
        if reason:
            item.add_marker(pytest.mark.skip(reason=reason))


def _group_of(item: pytest.Item) -> str:
    """Two groups take about as long: the trials of two of three cases of the matrix are one, all else is the other."""
    case = getattr(item, "callspec", None) and item.callspec.params.get("trial")  # type: ignore[attr-defined]
    return "matrix" if case and zlib.crc32(case.name.encode()) % 3 else "admission"


def why_not() -> str:
    """Say why nothing can run here; empty when it can."""
    if not IMAGES:
        return "needs etcd, kube-apiserver and gitlab-runner: PODRUNNER_SMOKE_IMAGES=DIR, made by ci/airgap/build"
    missing = [name for name in PROGRAMS if not (Path(IMAGES) / name).exists()]
    return f"{IMAGES} has no {', '.join(missing)}: run ci/airgap/build again" if missing else ""


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Return an API server that runs, its administrator, and a GitLab."""
    folder = Path(IMAGES).resolve()
    with control_plane(folder / "parts", tmp_path_factory.mktemp("control-plane"), API_SERVER) as plane:
        cluster = Cluster(plane)
        with gitlab(tmp_path_factory.mktemp("gitlab")) as running:
            yield Bench(cluster, running, folder / "bin" / "gitlab-runner")
        cluster.close()


@pytest.fixture(scope="session")
def constraints(bench: Bench, openshift_definitions: list[dict[str, Any]]) -> None:
    """Let the API server know SecurityContextConstraints."""
    bench.cluster.define(openshift_definitions)


@pytest.fixture(scope="session")
def monitoring(bench: Bench, monitoring_definitions: list[dict[str, Any]]) -> None:
    """Let the API server know the kinds of the Prometheus operator."""
    bench.cluster.define(monitoring_definitions)
