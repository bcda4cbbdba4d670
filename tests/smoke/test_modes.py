"""Modes by container runtimes, cell by cell: the real runner builds, and the build container is as promised.

The table is modes.yaml beside this file; ci/node.yaml is what its rows need on the nodes. A preset by itself runs the built-in
pipeline; with further values it builds less: a compiler on fuse-overlayfs takes minutes, and shows nothing more.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from podrunner.chart.chart import Chart
from podrunner.cluster.objects import namespace as namespace_object
from podrunner.cluster.rollout import wait_for_deployment
from podrunner.modes.promise import INSIDE_SCRIPT, Promise, check_inside
from podrunner.values.merge import merge

from .waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from conftest import Said, Smoke

    from podrunner.cluster.cluster import Cluster
    from podrunner.cluster.images import ImageSet

HERE = Path(__file__).parent
TABLE: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "modes.yaml").read_text(encoding="utf-8"))
RUNTIMES = {"containerd": "smoke_cluster", "crio": "crio_cluster"}
BUILTIN = [
    "Trying to pull docker.io/library/golang:1.23.1...",
    "STEP 1/6: FROM docker.io/library/golang:1.23.1 AS builder",
    'STEP 2/6: WORKDIR "/workspace"',
    "STEP 3/6: COPY . .",
    "STEP 4/6: RUN go build -v main.go",
    "STEP 5/6: RUN ls -halF",
    'STEP 6/6: CMD ["exec", "main"]',
    "Successfully tagged localhost/playground-bis:testing",
    "Job succeeded",
]
# The layer belongs to two users of the image: neither the build container's own nor root alone.
SMALL = {
    "Dockerfile": """\
FROM docker.io/library/golang:1.23.1
COPY --chown=33:33 Dockerfile /workspace/
RUN chown 1:1 /workspace && stat --format "owners %u" /workspace /workspace/Dockerfile
""",
    ".gitlab-ci.yml": """\
small:
  image: quay.io/podman/stable
  script: podman build . -t small:test
""",
}
SMALL_LINES = [
    "Trying to pull docker.io/library/golang:1.23.1...",
    "STEP 1/3: FROM docker.io/library/golang:1.23.1",
    "STEP 2/3: COPY --chown=33:33 Dockerfile /workspace/",
    "STEP 3/3: RUN chown 1:1 /workspace",
    "owners 1\n",
    "owners 33\n",
    "Successfully tagged localhost/small:test",
    "Job succeeded",
]
NODE = "podrunner-test-node"
FUSE = "github.com/fuse"


@dataclass(frozen=True, slots=True)
class Cell:
    """A row on a container runtime; `says` is empty unless the cell is impossible."""

    row: str
    runtime: str
    preset: str
    values: dict[str, Any]
    podman: dict[str, Any]
    level: str
    promise: Promise
    says: str

    def __str__(self) -> str:
        """Return the test's name."""
        return f"{self.row}-{self.runtime}"

    @property
    def needs_node(self) -> bool:
        """Whether something of the row has to be on the node."""
        return self.podman["storage"]["driver"] == "fuse-overlayfs" or self.podman["seccomp"]["type"] == "Localhost"

    @property
    def marks(self) -> list[pytest.MarkDecorator]:
        """On containerd, cells run beside each other unless something has to be on the node."""
        group = "crio" if self.runtime == "crio" else "whole-cluster" if self.needs_node else ""
        return [pytest.mark.xdist_group(group)] if group else []

    @property
    def builtin(self) -> bool:
        """Whether the row is a preset and nothing else."""
        return "values" not in TABLE[self.row]

    @property
    def seccomp(self) -> str:
        """What the build container's process has to be."""
        return "filtered" if self.podman["seccomp"]["type"] == "Localhost" else "off"


def cells() -> Iterator[Cell]:
    """All cells, one runtime after the other."""
    chart = Chart.open()
    for runtime in RUNTIMES:
        for name, row in TABLE.items():
            values = merge(row.get("values") or {}, row.get("surrogate") or {})
            podman = merge(chart.defaults.data, chart.preset(row["preset"]).data, values)["podman"]
            mode = chart.modes[podman["mode"]]
            level = row.get("podSecurity", mode["podSecurity"])
            own = {key: row[key] for key in ("uid", "hostUsers") if key in row}
            promise = Promise.from_dict({**mode["promise"], **own})
            says = "" if row[runtime] == "runs" else row[runtime]["says"]
            yield Cell(name, runtime, row["preset"], values, podman, level, promise, says)


CELLS = list(cells())
POSSIBLE = [pytest.param(cell, marks=cell.marks, id=str(cell)) for cell in CELLS if not cell.says]
IMPOSSIBLE = [pytest.param(cell, marks=cell.marks, id=str(cell)) for cell in CELLS if cell.says]


@pytest.fixture(scope="module")
def prepare_node(images: ImageSet) -> Iterator[Callable[[Cluster], None]]:
    """Return a function that puts a device plugin and the seccomp profile on a cluster's node, once."""
    prepared: list[Cluster] = []

    def prepare(cluster: Cluster) -> None:
        if cluster in prepared:
            return
        plugin = next((image for image, _ in images.archives if "/device-plugin:" in image), "")
        if not plugin:
            pytest.skip("needs an image of a device plugin: PODRUNNER_SMOKE_IMAGES=DIR, made by ci/airgap/build")
        prepared.append(cluster)
        for item in (namespace_object(NODE, "privileged"), profile(), node(plugin)):
            cluster.api.create(item)
        wait_for_deployment(cluster.api, NODE, "node")

    yield prepare
    for cluster in prepared:
        cluster.api.delete("Namespace", NODE)
        _wait_until_nothing_is_offered(cluster)


def _wait_until_nothing_is_offered(cluster: Cluster) -> None:
    """The kubelet says later that the device plugin is gone, and until then a preflight would try it."""
    until(
        lambda: not any(_offered(node) for node in cluster.api.list("Node")),
        "the node offers no /dev/fuse any more",
    )


def _offered(node: dict[str, Any]) -> bool:
    return str(node["status"]["allocatable"].get(FUSE, "0")) != "0"


def profile() -> dict[str, Any]:
    """Return the ConfigMap with the chart's seccomp profile."""
    data = {"podman.json": (Chart.open().path / "files/seccomp/podman.json").read_text(encoding="utf-8")}
    return {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "seccomp", "namespace": NODE}, "data": data}


def node(plugin: str) -> dict[str, Any]:
    """Return the Deployment of ci/node.yaml with an image for the device plugin."""
    deployment: dict[str, Any] = yaml.safe_load((HERE.parents[1] / "ci/node.yaml").read_text(encoding="utf-8"))
    deployment["metadata"]["namespace"] = NODE
    deployment["spec"]["template"]["spec"]["containers"][0]["image"] = plugin
    return deployment


@pytest.fixture
def cluster(cell: Cell, request: pytest.FixtureRequest, prepare_node: Callable[[Cluster], None]) -> Cluster:
    """Return the cluster of the cell's runtime, its node prepared if the row needs it."""
    cluster: Cluster = request.getfixturevalue(RUNTIMES[cell.runtime])
    if cell.needs_node:
        prepare_node(cluster)
    return cluster


@pytest.fixture
def namespace(cell: Cell, cluster: Cluster) -> Iterator[str]:
    """Return a new namespace that enforces the cell's Pod Security level."""
    name = f"podrunner-test-{uuid.uuid4().hex[:6]}"
    cluster.api.create(namespace_object(name, cell.level))
    yield name
    cluster.api.delete("Namespace", name)


@pytest.fixture
def run(
    smoke: Smoke, cluster: Cluster, namespace: str, make_repository: Callable[[Mapping[str, str]], Path]
) -> Callable[[Cell], Said]:
    """Return a function that runs the smoke with the values of a cell."""

    def with_values(cell: Cell) -> Said:
        where = ("--kubeconfig", cluster.kubeconfig, "--namespace", namespace, "--evidence", "evidence")
        values, what = cell.values, ()
        if not cell.builtin:
            # The smoke reads the inside of the built-in pipeline's container only.
            config = {"post_build_script": INSIDE_SCRIPT}
            values = merge(values, {"runners": {"default": {"config": config}}})
            what = ("--repository", make_repository(SMALL))
        (smoke.folder / "values.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
        return smoke.run("--preset", cell.preset, "-f", "values.yaml", *what, *where)

    return with_values


@pytest.fixture
def left_over(cluster: Cluster, namespace: str) -> Callable[[], list[str]]:
    """Return a function that names what is in the namespace beside what every namespace has."""

    def look() -> list[str]:
        kinds = ("Deployment", "Service", "ConfigMap", "Secret")
        found = {f"{kind}/{item['metadata']['name']}" for kind in kinds for item in cluster.api.list(kind, namespace)}
        return sorted(found - {"ConfigMap/kube-root-ca.crt"})

    return look


@pytest.mark.parametrize("cell", POSSIBLE)
def test_a_cell_builds_an_image_in_a_real_job(
    cell: Cell, run: Callable[[Cell], Said], left_over: Callable[[], list[str]]
) -> None:
    said = run(cell)

    assert said.code == 0
    assert [line for line in (BUILTIN if cell.builtin else SMALL_LINES) if line not in said.output] == []
    inside = check_inside(said.output.replace("   │ ", ""), cell.promise)
    assert inside.problem == ""
    assert f", seccomp {cell.seccomp}, " in inside.text
    assert inside.text.endswith(f", storage driver {cell.podman['storage']['driver']}")
    assert f": {'only `build`' if cell.promise.privileged else 'none'} is privileged\n" in said.output
    assert "could not lock config file //.gitconfig" not in said.output
    assert left_over() == []


@pytest.mark.parametrize("cell", IMPOSSIBLE)
def test_a_cell_that_cannot_be_fails_with_its_reason(cell: Cell, run: Callable[[Cell], Said]) -> None:
    said = run(cell)

    assert said.code == 1
    assert cell.says in said.output
    assert "Job succeeded" not in said.output


@pytest.mark.parametrize("runtime", ["containerd", pytest.param("crio", marks=pytest.mark.xdist_group("crio"))])
def test_the_cluster_of_a_column_has_its_runtime(runtime: str, request: pytest.FixtureRequest) -> None:
    cluster: Cluster = request.getfixturevalue(RUNTIMES[runtime])

    (node,) = cluster.api.list("Node")

    prefix = {"containerd": "containerd://", "crio": "cri-o://"}[runtime]
    assert node["status"]["nodeInfo"]["containerRuntimeVersion"].startswith(prefix)


def test_every_preset_has_a_row_of_its_own() -> None:
    alone = {row["preset"] for row in TABLE.values() if "values" not in row}

    assert alone == set(Chart.open().presets)
