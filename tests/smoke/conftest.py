"""The clusters of all tests of this folder, each made once and only when a test asks for it; and the smoke as a command.

PODRUNNER_SMOKE_IMAGES names a folder made by ci/airgap/build, or a file in it for another Kubernetes; without it the smoke uses public images.
With pytest-xdist, `-n 3 --dist loadgroup` runs tests beside each other, but for those of a group: see tests/schedule.py.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import uuid
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from podrunner.cluster.cluster import connect
from podrunner.cluster.images import ImageSet, load_images
from podrunner.cluster.kind import find_kind
from podrunner.cluster.processes import run
from podrunner.values.merge import merge
from tests.schedule import group_of

from .clusters import Clusters, run_crio
from .guarantees import Scene, present, scene_values
from .installed import installed
from .reader import FOLDER, IMAGES
from .workers import COUNT, Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from podrunner.cluster.cluster import Cluster

    from .guarantees import Begin
    from .installed import Install, Installed

# Images that no test on workers needs: loading takes as long as making the nodes.
UNUSED = ("/registry:", "/device-plugin:", "/kube-router:")
# Clusters of one group of tests each, which share a role's name with it.
OF_A_GROUP = ("crio", "disturbed-workers", "two-workers")
# Groups that take long begin first; then come tests of no group, in any order.
FIRST = ("crio", "disturbed-workers", "two-workers", "whole-cluster", "many-runners", "levels", "seccomp-default")
SECCOMP_DEFAULT = """\
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
seccompDefault: true
"""


CLUSTERS = pytest.StashKey[Clusters]()


def pytest_configure(config: pytest.Config) -> None:
    """Have a place for the clusters: that of the process which started this one, if it is a worker of pytest-xdist."""
    given = getattr(config, "workerinput", {}).get("podrunner_clusters")
    config.stash[CLUSTERS] = Clusters(Path(given or tempfile.mkdtemp(prefix="podrunner-clusters-")))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where the clusters are."""
    node.workerinput["podrunner_clusters"] = str(node.config.stash[CLUSTERS].folder)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Remove the clusters, once all tests and workers have ended."""
    if "podrunner_clusters" not in getattr(session.config, "workerinput", {}):
        session.config.stash[CLUSTERS].remove(_images)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Remove a cluster with the last test of its group: a cluster that does nothing takes half a core and more."""
    group = group_of(item)
    if group in OF_A_GROUP and (nextitem is None or group_of(nextitem) != group):
        item.config.stash[CLUSTERS].remove(_images, group)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests of this folder, skip them where nothing can run them, and begin with what takes long."""
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    reason = why_not()
    for item in here:
        item.add_marker(pytest.mark.smoke)
        if reason:
            item.add_marker(pytest.mark.skip(reason=reason))
        for name in ("crio", "seccomp_default_cluster"):
            if name in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.xdist_group(name.removesuffix("_cluster").replace("_", "-")))
        if {"begin", "two_workers"}.intersection(getattr(item, "fixturenames", ())) and not group_of(item):
            item.add_marker(pytest.mark.xdist_group("two-workers"))
    items[:] = [item for item in items if item not in here] + sorted(here, key=turn)


def turn(item: pytest.Item) -> tuple[int, int]:
    """When a test has its turn. CRI-O starts again to heed no annotation, and to heed it again: once each."""
    group = group_of(item)
    place = FIRST.index(group) if group in FIRST else len(FIRST)
    if group != "crio" or item.path.name == "test_crio.py":
        return place, 0
    return place, 1 if "crio_cluster_without_devices" in getattr(item, "fixturenames", ()) else 2


def _images() -> ImageSet:
    return load_images(Path(IMAGES)) if IMAGES else ImageSet()


def why_not() -> str:
    """Say why no smoke can run here; empty when it can."""
    if IMAGES:
        return ""
    engines = [name for name in ("docker", "podman", "nerdctl") if shutil.which(name)]
    if not engines or not shutil.which("kind"):
        return "needs kind and docker, podman or nerdctl; or PODRUNNER_SMOKE_IMAGES=DIR, made by ci/airgap/build"
    return ""


@dataclass(frozen=True)
class Said:
    """How a smoke ended."""

    code: int
    output: str


class Smoke:
    """`podrunner smoke` in a folder of its own, with a temporary folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.temporary = folder / "tmp"
        self.home = folder / "home"
        self.temporary.mkdir()
        self.home.mkdir()
        self.mark = uuid.uuid4().hex

    @property
    def environment(self) -> Mapping[str, str]:
        """Where podman keeps its images is not our business, but ~/.kube is: HOME stays, KUBECONFIG is nowhere."""
        return os.environ | {
            "TMPDIR": str(self.temporary),
            "KUBECONFIG": str(self.home / "kubeconfig"),
            "PODRUNNER_TEST_MARK": self.mark,
            "PYTHONUNBUFFERED": "1",
        }

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        """Start it; what it says can be read line by line."""
        images = ["--images", IMAGES] if IMAGES else []
        return subprocess.Popen(
            [sys.executable, "-m", "podrunner", "smoke", *images, *map(str, arguments)],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: object) -> Said:
        """Run it to its end; what it says is shown as it comes."""
        with self.start(*arguments) as process:
            return Said(output=read(process), code=process.wait())

    def processes(self) -> list[str]:
        """Command lines of all processes that descend from this smoke."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if self.mark.encode() in (folder / "environ").read_bytes():
                    found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:
                continue
        return found


def read(process: subprocess.Popen[str], until: str = "\0") -> str:
    """Read and show what a smoke says, up to a line with a text or to the end."""
    lines: list[str] = []
    for line in process.stdout or ():
        print(line, end="", flush=True)
        lines.append(line)
        if until in line:
            break
    return "".join(lines)


@pytest.fixture
def smoke(tmp_path: Path) -> Smoke:
    """Return the smoke, not started."""
    return Smoke(tmp_path)


@pytest.fixture
def make_repository(tmp_path: Path) -> Callable[[Mapping[str, str]], Path]:
    """Return a function that makes a Git repository of files, given by name."""

    def make(texts: Mapping[str, str]) -> Path:
        folder = tmp_path / "repository"
        folder.mkdir()
        for name, text in texts.items():
            (folder / name).write_text(text)
        quiet = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"]
        for command in (
            ["init", "--quiet", "--initial-branch=main"],
            ["add", "."],
            ["commit", "--quiet", "-m", "First"],
        ):
            subprocess.run(["git", "-C", str(folder), *identity, *command], env=quiet, check=True)
        return folder

    return make


@pytest.fixture(scope="session")
def read_until() -> Callable[[subprocess.Popen[str], str], str]:
    """Return `read`."""
    return read


@pytest.fixture(scope="session")
def images() -> ImageSet:
    """Return the images of this run."""
    return _images()


@pytest.fixture
def left(images: ImageSet, smoke: Smoke, tmp_path: Path) -> Callable[[str], list[str]]:
    """Return a function that names what the smoke left on this machine, given what it said.

    Other things on the machine may come and go meanwhile: ours are known by the name of the cluster.
    """
    (tmp_path / "look").mkdir()
    kind = find_kind("look", images, tmp_path / "look")
    external = ["--external"] if kind.engine == "podman" else []
    lists = [
        [kind.command, "get", "clusters"],
        [kind.engine, "ps", "--all", *external, "--format", "{{.Names}} {{.Labels}}"],
        [kind.engine, "network", "ls", "--format", "{{.Name}}"],
        [kind.engine, "volume", "ls", "--format", "{{.Name}} {{.Labels}}"],
    ]

    def look(said: str) -> list[str]:
        names = set(re.findall(r"kind cluster (podrunner-[0-9a-f]{6})", said))
        lines = [line for command in lists for line in run(command, kind.environment).splitlines()]
        made = [line for line in lines if any(name in line for name in names)]
        files = [str(path) for folder in (smoke.temporary, smoke.home) for path in folder.iterdir()]
        files += [str(path) for name in names for path in Path("/var/lib/cni").glob(f"*/{name}*")]
        return made + files + smoke.processes()

    return look


@pytest.fixture(scope="session")
def clusters(pytestconfig: pytest.Config) -> Clusters:
    """Return the clusters of this run."""
    return pytestconfig.stash[CLUSTERS]


@pytest.fixture(scope="session")
def smoke_cluster(clusters: Clusters, images: ImageSet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Return a kind cluster with the images in it."""
    with connected(clusters.kind("plain", images), tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


@contextmanager
def connected(kubeconfig: Path, temporary: Path) -> Iterator[Cluster]:
    """A cluster of this run."""
    cluster = connect(kubeconfig, temporary, ours=True)
    try:
        yield cluster
    finally:
        cluster.api.close()


@pytest.fixture(scope="module")
def seccomp_default_cluster(
    clusters: Clusters, images: ImageSet, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cluster]:
    """Return a kind cluster whose kubelet gives containers without a seccomp profile the runtime's default one.

    It is that of one group of tests, and goes with the last of them, as that on CRI-O.
    """
    temporary = tmp_path_factory.mktemp("seccomp-default")
    config = {"kind": "Cluster", "apiVersion": "kind.x-k8s.io/v1alpha4"}
    if images.kind_config:
        config = yaml.safe_load(images.kind_config.read_text(encoding="utf-8"))
    config.setdefault("kubeadmConfigPatches", []).append(SECCOMP_DEFAULT)
    (temporary / "kind.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    changed = replace(images, kind_config=temporary / "kind.yaml")
    with connected(clusters.kind("seccomp-default", changed), temporary) as cluster:
        yield cluster
    clusters.remove(lambda: changed, "seccomp-default")


@pytest.fixture
def install(smoke_cluster: Cluster, images: ImageSet, tmp_path: Path) -> Iterator[Install]:
    """Return a function that installs a release with values above those that the tests need, beside Secrets by name."""
    with ExitStack() as stack:

        def install(values: Mapping[str, Any] | None = None, **secrets: Mapping[str, str]) -> Installed:
            return stack.enter_context(installed(smoke_cluster, images, tmp_path, values or {}, secrets))

        yield install


@pytest.fixture(scope="session")
def two_workers(clusters: Clusters, images: ImageSet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    """Return a kind cluster with two workers, and the images in them."""
    with workers_of("two-workers", clusters, images, tmp_path_factory) as workers:
        yield workers


@pytest.fixture(scope="session")
def disturbed_workers(
    clusters: Clusters, images: ImageSet, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workers]:
    """Return another such cluster, to whose nodes and API server things may happen."""
    with workers_of("disturbed-workers", clusters, images, tmp_path_factory) as workers:
        yield workers


@contextmanager
def workers_of(role: str, clusters: Clusters, images: ImageSet, folders: pytest.TempPathFactory) -> Iterator[Workers]:
    """The cluster with two workers for a role."""
    needed = [(image, file) for image, file in images.archives if not any(word in image for word in UNUSED)]
    kubeconfig = clusters.kind(role, replace(images, archives=tuple(needed)), COUNT)
    temporary = folders.mktemp(role)
    kind = find_kind((kubeconfig.parent / "kind").read_text(encoding="utf-8"), images, temporary)
    with connected(kubeconfig, temporary) as cluster:
        yield Workers(cluster, kind)


@pytest.fixture
def begin(request: pytest.FixtureRequest, images: ImageSet, tmp_path: Path) -> Iterator[Begin]:
    """Return a function that installs a release on two workers and starts a job, for a fault by its name."""
    group = group_of(request.node)
    workers: Workers = request.getfixturevalue(group.replace("-", "_"))
    with ExitStack() as stack:

        def begin(name: str, values: Mapping[str, Any] | None = None, **more: Any) -> Scene:
            layers = [scene_values(workers), *([dict(values)] if values else [])]
            it = stack.enter_context(installed(workers.cluster, images, tmp_path, merge(*layers), {}, workers.first))
            return Scene(name, it, workers, present(it)).begin(**more)

        yield begin


def why_no_crio() -> str:
    """Say why no CRI-O cluster can be made here; empty when it can."""
    if not IMAGES:
        return "a CRI-O cluster needs PODRUNNER_SMOKE_IMAGES=DIR, made by ci/airgap/build"
    if os.geteuid() != 0:
        return "a CRI-O cluster needs root, for namespaces and mounts"
    if not (FOLDER / "parts/crio/crio").exists():
        return f"{IMAGES} has no CRI-O; ci/airgap/build makes it"
    return ""


@pytest.fixture(scope="session")
def crio() -> Callable[..., str]:
    """Return the command ci/airgap/crio: gives what it printed, raises CommandError when it failed."""
    if reason := why_no_crio():
        pytest.skip(reason)
    return run_crio


@pytest.fixture(scope="session")
def cluster_on_crio(
    clusters: Clusters, crio: Callable[..., str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cluster]:
    """Return a cluster on CRI-O with the images in it."""
    with connected(clusters.crio(str(FOLDER)), tmp_path_factory.mktemp("crio")) as cluster:
        yield cluster


@pytest.fixture
def crio_cluster(cluster_on_crio: Cluster, crio: Callable[..., str]) -> Cluster:
    """Return the cluster on CRI-O; pods get /dev/fuse by annotation."""
    crio("devices", "allow")
    return cluster_on_crio


@pytest.fixture
def crio_cluster_without_devices(cluster_on_crio: Cluster, crio: Callable[..., str]) -> Cluster:
    """Return the cluster on CRI-O, which does not heed the annotation for devices."""
    crio("devices", "refuse")
    return cluster_on_crio


@pytest.fixture(scope="session")
def kube_config(smoke_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the kubeconfig that pytest-helm-charts' `kube_cluster` and `namespace_factory` use."""
    before = tempfile.tempdir
    # pykube writes certificates and keys into the temporary folder and leaves them there.
    tempfile.tempdir = str(tmp_path_factory.mktemp("pykube"))
    yield str(smoke_cluster.kubeconfig)
    tempfile.tempdir = before
