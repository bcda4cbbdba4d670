"""The chart: what its folder says, read when it is first asked for and kept as long as the object."""

from __future__ import annotations

import atexit
import json
import tempfile
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podrunner.chart.chart_file import read_chart_file
from podrunner.chart.crds import load_chart_crds
from podrunner.chart.official import load_official
from podrunner.chart.package import is_package, unpack
from podrunner.chart.placeholder import PLACEHOLDER, asks_for_gitlab
from podrunner.chart.schema import SCHEMA, check_schema, load_schema
from podrunner.chart.yaml_file import load_map
from podrunner.findings.errors import UsageError
from podrunner.findings.suggest import did_you_mean, listed
from podrunner.formats.placed import Values, load_layer, load_values
from podrunner.manifests.schemas.crds import Crds, load_crds
from podrunner.values.clash import find_clashes
from podrunner.values.merge import coalesce, fill_in, merge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from podrunner.chart.chart_file import ChartFile
    from podrunner.chart.schema import Schema
    from podrunner.findings.finding import Finding

_TEMPLATES = (".yaml", ".yml", ".tpl", ".txt", ".json")
_MODES = Path("files/modes.yaml")
_FILLED = Path("files/defaults.json")
_HERE = Path(__file__).resolve().parents[1]
# As many sets of values as the cases of a large matrix have between them.
_KEPT = 4096


class Chart:
    """A chart on disk. What it read stays as it was; opened again, it is read anew.

    `path` is its folder, `source` what people call it: the same, or the package that it was unpacked from.
    Two charts are never equal. A process that is sent one opens the same folder.
    """

    def __init__(self, path: Path, source: Path | None = None) -> None:
        """A chart in a folder that has a Chart.yaml: `open` makes sure of that."""
        self.path, self.source = path, source or path
        self._effective: Callable[[tuple[Values, ...]], Mapping[str, Any]] = lru_cache(_KEPT)(self._lay_over_defaults)
        self._checked: Callable[[tuple[Values, ...], bool], tuple[Finding, ...]] = lru_cache(_KEPT)(self._check)

    @classmethod
    def open(cls, path: Path | None = None) -> Chart:
        """The chart of a folder or a package (`.tgz`); of None the copy inside the package podrunner, or the checkout's.

        A package is unpacked into a folder that is removed when the process ends. Raises UsageError when there is no
        Chart.yaml.
        """
        if path is None:
            return cls(_own_folder())
        if is_package(path):
            folder = tempfile.TemporaryDirectory(prefix="podrunner-")
            atexit.register(folder.cleanup)
            return cls(unpack(path, Path(folder.name)), path)
        if not (path / "Chart.yaml").is_file():
            raise UsageError(f"{path}: no chart here, there is no Chart.yaml. Give the chart's directory.")
        return cls(path)

    def __reduce__(self) -> tuple[type[Chart], tuple[Path, Path]]:
        return Chart, (self.path, self.source)

    def __repr__(self) -> str:
        return f"Chart({str(self.source)!r})"

    @cached_property
    def file(self) -> ChartFile:
        """What Chart.yaml says. Raises UsageError."""
        return read_chart_file(self.path, self.source)

    @cached_property
    def defaults(self) -> Values:
        """The chart's own values.yaml, the lowest layer of all; empty without one. Raises ValuesError."""
        path, shown = self.path / "values.yaml", str(self.source / "values.yaml")
        return load_values(path, shown) if path.is_file() else Values({}, shown)

    @cached_property
    def schema(self) -> Schema | None:
        """The chart's values.schema.json, None without one. Raises UsageError when it is not a JSON schema."""
        return load_schema(self.path / SCHEMA, self.source / SCHEMA)

    @cached_property
    def presets(self) -> dict[str, Path]:
        """Preset name → values file."""
        return {path.stem: path for path in sorted((self.path / "presets").glob("*.yaml"), key=lambda path: path.stem)}

    def preset(self, name: str) -> Values:
        """The values of a preset; what is wrong with its text are its findings. Raises UsageError that lists all presets."""
        if name not in self.presets:
            there = listed(self.presets) or "none"
            raise UsageError(f"No preset `{name}`.{did_you_mean(name, self.presets)} Presets: {there}.")
        return self._preset(name)

    @cached_property
    def _preset(self) -> Callable[[str], Values]:
        return lru_cache(lambda name: load_layer(self.presets[name], str(self.source / "presets" / f"{name}.yaml")))

    @cached_property
    def modes(self) -> dict[str, Any]:
        """The table of modes, `files/modes.yaml`: mode → what it promises. Empty for a chart without one.

        Raises UsageError.
        """
        file = self.path / _MODES
        return load_map(file, self.source / _MODES) if file.is_file() else {}

    @cached_property
    def filled(self) -> list[dict[str, Any]]:
        """What the chart itself puts where keys are missing, see `fill_in`; nothing for a chart that does not."""
        file = self.path / _FILLED
        return list(json.loads(file.read_text(encoding="utf-8"))) if self.modes and file.is_file() else []

    @cached_property
    def official(self) -> dict[str, Any]:
        """Keys of GitLab's own chart, and what became of them: `files/gitlab-runner.json`. Empty without one."""
        return load_official(self.path)

    @cached_property
    def templates(self) -> dict[str, str]:
        """Template → text, for every template of the chart itself; those of subcharts are somebody else's."""
        files = sorted((self.path / "templates").rglob("*"))
        return {
            file.relative_to(self.path).as_posix(): file.read_text(encoding="utf-8")
            for file in files
            if file.is_file() and file.suffix in _TEMPLATES
        }

    def template(self, name: str) -> str:
        """The text of a template, also of one of a subchart that is a folder; empty where there is none."""
        file = self.path / name
        return self.templates.get(name) or (file.read_text(encoding="utf-8") if name and file.is_file() else "")

    @cached_property
    def crds(self) -> Crds:
        """The custom kinds that the chart and its dependencies bring. Raises UsageError."""
        return load_chart_crds(self.path)

    def crds_with(self, folders: Sequence[Path]) -> Crds:
        """The chart's custom kinds and those of some folders, which win. Raises UsageError."""
        return Crds({**self.crds.schemas, **load_crds(folders).schemas})

    @cached_property
    def placeholder(self) -> tuple[Values, ...]:
        """The lowest layer for a preset alone; none for a chart that does not ask for the address of GitLab."""
        return (PLACEHOLDER,) if asks_for_gitlab(self.defaults.data) else ()

    def effective(self, layers: Iterable[Values]) -> Mapping[str, Any]:
        """Values laid over each other and over the chart's defaults, as templates see them. Not to be changed."""
        return self._effective(tuple(layers))

    def check(self, layers: Iterable[Values], *, by_schema: bool = True) -> tuple[Finding, ...]:
        """What is wrong with layers of values: in the text of each, by the chart's schema, keys of GitLab's chart.

        Not `by_schema`: in the text alone. Layers are shared between the cases of a matrix: each combination is checked once. Raises UsageError.
        """
        return self._checked(tuple(layers), by_schema)

    def _lay_over_defaults(self, layers: tuple[Values, ...]) -> Mapping[str, Any]:
        values = coalesce(self.defaults.data, merge(*(layer.data for layer in layers)))
        fill_in(values, self.filled)
        return values

    def _check(self, layers: tuple[Values, ...], by_schema: bool) -> tuple[Finding, ...]:
        own = [finding for layer in layers for finding in layer.findings]
        return (*own, *find_clashes(layers), *(check_schema(self, layers) if by_schema else ()))


def _own_folder() -> Path:
    candidates = [_HERE / "_chart", _HERE.parents[2] / "chart"]
    for candidate in candidates:
        if (candidate / "Chart.yaml").is_file():
            return candidate
    raise UsageError(f"No chart found (looked in {listed(candidates)}). Give its directory with --chart.")
