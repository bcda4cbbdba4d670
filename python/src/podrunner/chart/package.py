"""A packaged chart, as `helm package` makes it: a `.tgz` with one folder in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podrunner.findings.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

_ENDINGS = (".tgz", ".tar.gz")


def is_package(path: Path) -> bool:
    """Whether this is a chart's package, by its name."""
    return path.name.endswith(_ENDINGS) and not path.is_dir()


def unpack(package: Path, folder: Path) -> Path:
    """The chart's folder, unpacked into `folder`. Raises UsageError for what is not a packaged chart."""
    import tarfile

    try:
        with tarfile.open(package, "r:gz") as archive:
            archive.extractall(folder, filter="data")
    except FileNotFoundError:
        raise UsageError(f"{package}: no such file.") from None
    except (tarfile.TarError, OSError, EOFError) as error:
        raise UsageError(f"{package}: not a packaged chart: {error}.") from None
    charts = sorted(folder.glob("*/Chart.yaml"))
    if len(charts) != 1:
        raise UsageError(f"{package}: not a packaged chart: there is no single Chart.yaml in its top folder.")
    return charts[0].parent
