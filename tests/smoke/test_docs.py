"""The commands of the documentation that need a cluster, run on one."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parents[1] / "docs"))

from documentation import Page, execute, pages

from podrunner.cluster.images import load_images

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.cluster.cluster import Cluster

# What a block of commands needs → the commands that make it so.
CLUSTERS = {
    "on a cluster": "",
    "on a cluster with the release ci": Page("docs/operate.md").scripts("on a cluster")[0],
}
IMAGES = os.environ.get("PODRUNNER_SMOKE_IMAGES", "")
# What a reader's machine has on PATH; images come from PODRUNNER_SMOKE_IMAGES instead of a registry.
PODRUNNER = """\
#!/bin/sh
case $1 in
smoke) shift; set -- smoke {smoke} "$@" ;;
preflight) shift; set -- preflight {preflight} "$@" ;;
esac
exec {python} -m podrunner "$@"
"""
HELM = """\
#!/bin/sh
case $1 in install | upgrade) set -- "$@" --values {values} ;; esac
exec {helm} "$@"
"""


@pytest.fixture
def home(smoke_cluster: Cluster, tmp_path: Path) -> Path:
    """Return a home folder whose kubeconfig leads to the cluster, by a context called prod."""
    config = yaml.safe_load(smoke_cluster.kubeconfig.read_text(encoding="utf-8"))
    (context,) = config["contexts"]
    config |= {"contexts": [{**context, "name": "prod"}], "current-context": "prod"}
    folder = tmp_path / "home"
    (folder / ".kube").mkdir(parents=True)
    (folder / ".kube/config").write_text(yaml.safe_dump(config), encoding="utf-8")
    (folder / "bin").mkdir()
    given = load_images(Path(IMAGES)).values if IMAGES else {}
    podrunner = PODRUNNER.format(
        python=sys.executable,
        smoke=f"--images {IMAGES}" if IMAGES else "",
        preflight=f"--image {given['podman']['image']}" if given else "",
    )
    _write_program(folder / "bin/podrunner", podrunner)
    if given:
        values = folder / "images.yaml"
        values.write_text(yaml.safe_dump(given), encoding="utf-8")
        _write_program(folder / "bin/helm", HELM.format(values=values, helm=Path(IMAGES) / "bin/helm"))
    return folder


def _write_program(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    file.chmod(0o755)


@pytest.fixture
def without_namespace(smoke_cluster: Cluster) -> Iterator[None]:
    """Remove the namespace that the pages use, before a page and after it."""
    smoke_cluster.api.delete("Namespace", "ci")
    wait_until_gone(smoke_cluster)
    yield
    smoke_cluster.api.delete("Namespace", "ci")
    wait_until_gone(smoke_cluster)


@pytest.mark.exhaustive
@pytest.mark.xdist_group("docs")
@pytest.mark.parametrize("page", [page for page in pages() if any(page.scripts(mark) for mark in CLUSTERS)], ids=str)
@pytest.mark.usefixtures("without_namespace")
def test_the_commands_of_a_page_do_what_it_says_on_a_cluster(page: Page, home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "checkout"
    page.set_up(folder)
    programs = [str(home / "bin"), *(str(path) for path in tools())]
    environment = {
        "HOME": str(home),
        "PATH": os.pathsep.join([*programs, os.environ["PATH"]]),
        "PYTHONPATH": str(folder / "python/src"),
        "RUNNER_TOKEN": "glrt-0123456789",
    }

    scripts = [block for block in page.blocks if block.language == "sh" and block.mark in ("", *CLUSTERS)]
    before = {CLUSTERS[block.mark] for block in scripts if block.mark} - {""}
    ends = []
    for script in (*before, *(block.text for block in scripts)):
        ends.append(execute(script, folder, environment))
        print(ends[-1].stdout)

    assert [end.returncode for end in ends] == [0] * len(ends)


def tools() -> Iterator[Path]:
    """Folders of what ci/airgap/build made, for what is not on PATH: helm, kubectl."""
    if IMAGES:
        yield from (Path(IMAGES) / "parts/helm", Path(IMAGES) / "bin")


def wait_until_gone(cluster: Cluster) -> None:
    """Wait until the namespace is not there."""
    while cluster.api.find("Namespace", "ci"):
        time.sleep(0.5)
