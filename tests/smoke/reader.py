"""What a reader of a page has: a home with a kubeconfig, and podrunner and helm, which take images from a folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from podrunner.cluster.images import load_images

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podrunner.cluster.cluster import Cluster

IMAGES = os.environ.get("PODRUNNER_SMOKE_IMAGES", "")
FOLDER = Path(IMAGES).parent if Path(IMAGES).is_file() else Path(IMAGES)
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


def make_home(folder: Path, cluster: Cluster, *smoke: object) -> Path:
    """Make a home folder whose kubeconfig leads to the cluster, by a context called prod.

    `smoke` are further options of `podrunner smoke`.
    """
    config = yaml.safe_load(cluster.kubeconfig.read_text(encoding="utf-8"))
    (context,) = config["contexts"]
    config |= {"contexts": [{**context, "name": "prod"}], "current-context": "prod"}
    (folder / ".kube").mkdir(parents=True)
    (folder / ".kube/config").write_text(yaml.safe_dump(config), encoding="utf-8")
    (folder / "bin").mkdir()
    given = load_images(Path(IMAGES)).values if IMAGES else {}
    podrunner = PODRUNNER.format(
        python=sys.executable,
        smoke=" ".join(map(str, [*(["--images", IMAGES] if IMAGES else []), *smoke])),
        preflight=f"--image {given['podman']['image']}" if given else "",
    )
    _write_program(folder / "bin/podrunner", podrunner)
    if given:
        values = folder / "images.yaml"
        values.write_text(yaml.safe_dump(given), encoding="utf-8")
        _write_program(folder / "bin/helm", HELM.format(values=values, helm=FOLDER / "bin/helm"))
    return folder


def _write_program(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    file.chmod(0o755)


def reader_environment(home: Path, checkout: Path) -> Mapping[str, str]:
    """The environment of a reader with that home, who has the repository's files in `checkout`."""
    programs = [str(home / "bin"), *(str(path) for path in tools())]
    return {
        "HOME": str(home),
        "PATH": os.pathsep.join([*programs, os.environ["PATH"]]),
        "PYTHONPATH": str(checkout / "python/src"),
        "RUNNER_TOKEN": "glrt-0123456789",
    }


def tools() -> Iterator[Path]:
    """Folders of what ci/airgap/build made, for what is not on PATH: helm, kubectl."""
    if IMAGES:
        yield from (FOLDER / "parts/helm", FOLDER / "bin")
