"""One side of a comparison: a chart, or values files for a chart."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from podrunner.chart.chart import Chart
from podrunner.chart.package import is_package
from podrunner.diff.revision import extract_path, is_revision, is_shallow, repository_of
from podrunner.findings.errors import UsageError

_VALUES = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class Side:
    """`label` is what the user typed; `files` are values files by name, empty for a chart alone."""

    label: str
    chart: Chart
    files: dict[str, Path] = field(default_factory=dict)
    is_folder: bool = False

    @property
    def name(self) -> str:
        """The chart's name."""
        return self.chart.file.name


def find_side(text: str, chart: Chart, scratch: Path) -> Side:
    """A revision, `revision:path`, folder, packaged chart or values file. `chart` is the one that values are for.

    What is not on disk is put into `scratch`. Raises UsageError that says what was tried.
    """
    path = Path(text)
    if path.exists():
        return _on_disk(text, path, chart)
    revision, colon, within = text.partition(":")
    repository = repository_of(Path.cwd() if colon else chart.path)
    if repository is None or not is_revision(repository, revision):
        around = "" if colon else f" the chart, {chart.source}: a checkout's is given by --chart"
        where = f"nor a revision of {repository}" if repository else f"and there is no git repository around{around}"
        shallow = is_shallow(repository) if repository else False
        hint = f" This clone is shallow: `git fetch --depth=1 origin {revision}` brings it." if shallow else ""
        raise UsageError(f"{text}: no such file or folder, {where}.{hint} {_FORMS}")
    inside = _from_top(repository, within) if colon else chart.path.resolve().relative_to(repository).as_posix()
    return _on_disk(text, extract_path(repository, revision, inside, scratch, asked=text), chart)


_FORMS = (
    "Write a git revision (main, HEAD~1, v1.0), REVISION:PATH (main:values/team-a.yaml), a chart's folder or package, "
    "a values file, or a folder of them."
)


def _from_top(repository: Path, path: str) -> str:
    """A path in a repository: from its top, or from the current folder when it begins with a dot, as in git."""
    if not path.startswith("."):
        return path or "."
    try:
        return (Path.cwd() / path).resolve().relative_to(repository).as_posix()
    except ValueError:
        raise UsageError(f"{path}: outside of the repository {repository}.") from None


def _on_disk(label: str, path: Path, chart: Chart) -> Side:
    if is_package(path):
        return Side(label, Chart.open(path))
    if path.is_file():
        return Side(label, chart, {path.stem: path})
    for folder in (path, path / "chart"):
        if (folder / "Chart.yaml").is_file():
            return Side(label, Chart.open(folder))
    files = {file.stem: file for file in sorted(path.iterdir()) if file.suffix in _VALUES and file.is_file()}
    if not files:
        raise UsageError(f"{label}: neither Chart.yaml nor a values file in this folder. {_FORMS}")
    return Side(label, chart, files, is_folder=True)
