"""The CRDs that a chart brings in `crds/`, those of its dependencies too, unpacked or not."""

from __future__ import annotations

import io
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from podrunner.findings.errors import UsageError
from podrunner.manifests.schemas.crds import Crds, read_crds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_YAML = (".yaml", ".yml")


def load_chart_crds(chart: Path) -> Crds:
    """Every CRD of the chart. Raises UsageError for a file that is not YAML, or an archive that is not one."""
    crds = Crds()
    for name, text in crd_texts(chart):
        crds = read_crds(crds, text, name)
    return crds


def crd_texts(chart: Path) -> Iterator[tuple[str, str]]:
    """(name for people, text) of each file in crds/. Raises UsageError for an archive that is not one."""
    folder, dependencies = chart / "crds", chart / "charts"
    for file in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if file.suffix in _YAML and file.is_file():
            yield str(file), file.read_text(encoding="utf-8")
    for entry in sorted(dependencies.iterdir()) if dependencies.is_dir() else ():
        if entry.suffix == ".tgz":
            yield from _of_archive(str(entry), entry.read_bytes())
        elif entry.is_dir():
            yield from crd_texts(entry)


def _of_archive(name: str, data: bytes) -> Iterator[tuple[str, str]]:
    import tarfile

    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
            for member in archive:
                path = PurePosixPath(member.name)
                if not member.isfile() or not (_is_crd(path) or _is_dependency(path)):
                    continue
                content = archive.extractfile(member)
                inside = content.read() if content else b""
                if _is_crd(path):
                    yield f"{name}/{path}", inside.decode(errors="replace")
                else:
                    yield from _of_archive(f"{name}/{path}", inside)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise UsageError(f"{name}: cannot be unpacked: {error}. Fetch it again with `helm dependency build`.") from None


def _is_crd(path: PurePosixPath) -> bool:
    """`NAME/crds/x.yaml`, or the same of a dependency: `NAME/charts/OTHER/crds/x.yaml`."""
    parents = path.parts[1:-1]
    while parents[:1] == ("charts",):
        parents = parents[2:]
    return parents[:1] == ("crds",) and path.suffix in _YAML


def _is_dependency(path: PurePosixPath) -> bool:
    return path.suffix == ".tgz" and path.parent.name == "charts"
