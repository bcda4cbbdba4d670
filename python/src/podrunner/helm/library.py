"""Helm inside this process: its Go library, by helm-python-sdk."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from podrunner.chart import read_chart_file
from podrunner.errors import RenderError, UsageError
from podrunner.helm.kubernetes_version import full_version
from podrunner.helm.refusal import read_refusal
from podrunner.helm.rendering import Rendering, parse_documents

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NOTES = "templates/NOTES.txt"


class LibraryRenderer:
    """One chart, loaded once.

    Loaded without its values.schema.json: Helm compiles the schema again for each render, which costs more than the
    render. podrunner checks each set of values against the schema once, see `podrunner.values.check_schema`.
    """

    def __init__(self, chart: Path, *, loaded_from: Path | None = None) -> None:
        """`loaded_from` is a changed copy of the chart, made by `copy_without_schema`, to render in its place.

        Raises UsageError when the chart cannot be loaded or the library cannot be.
        """
        self._chart_file = read_chart_file(chart)
        self._chart = _load(loaded_from, chart) if loaded_from else _load_without_schema(chart)

    def render(
        self,
        values: Mapping[str, Any],
        *,
        case: str = "",
        release: str = "podrunner",
        namespace: str = "podrunner",
        kube_version: str = "1.34.0",
        api_versions: Sequence[str] = (),
    ) -> Rendering:
        """See `Renderer.render`."""
        kube_version = full_version(kube_version)
        self._check_kube_version(kube_version)
        options = {
            "name": release,
            "namespace": namespace,
            "kube_version": kube_version,
            "api_versions": list(api_versions),
        }
        outputs = _call_render(self._chart, values, options)
        prefix = f"{self._chart_file.name}/"
        # Deepest path last is how Helm orders them; people look for them by name.
        texts = {name.removeprefix(prefix): text for name, text in sorted(outputs.items())}
        notes = texts.pop(_NOTES, "")
        documents = [document for name, text in texts.items() for document in _documents(name, text)]
        text = "".join(f"---\n# Source: {prefix}{document.template}\n{document.text}" for document in documents)
        return Rendering(case, release, namespace, tuple(documents), notes, text)

    def _check_kube_version(self, kube_version: str) -> None:
        # The library does not look at kubeVersion, the helm command does.
        wanted = self._chart_file.kube_version
        if wanted and not is_in_range(wanted, kube_version):
            raise RenderError(
                f"chart requires kubeVersion: {wanted} which is incompatible with Kubernetes v{kube_version}. "
                "Give another --kube-version, or a kubeVersion of the matrix in that range."
            )


def _documents(name: str, text: str) -> list[Any]:
    return list(parse_documents(name, text)) if name.endswith((".yaml", ".yml", ".tpl", ".json")) else []


def copy_without_schema(chart: Path, folder: Path) -> Path:
    """Copy a chart into `folder` and return the copy's directory."""
    copy = folder / chart.resolve().name
    # The top schema only: those of subcharts are Helm's to check.
    shutil.copytree(chart, copy, ignore=lambda folder, names: _schema_of(chart, Path(folder), names))
    return copy


def _load_without_schema(chart: Path) -> Any:
    with tempfile.TemporaryDirectory(prefix="podrunner-") as folder:
        return _load(copy_without_schema(chart, Path(folder)), chart)


def _load(copy: Path, chart: Path) -> Any:
    helm_python = _import_library()
    try:
        return helm_python.Chart.load(copy)
    except helm_python.HelmError as error:
        raise UsageError(f"{chart}: Helm cannot load this chart: {error.detail}") from None


def _schema_of(chart: Path, folder: Path, names: list[str]) -> list[str]:
    return [name for name in names if name == "values.schema.json" and folder == chart]


def _import_library() -> Any:
    try:
        import helm_python
    except (ImportError, OSError, RuntimeError) as error:
        raise UsageError(
            f"Helm's library cannot be loaded here ({error}). Install helm and use --helm command."
        ) from None
    return helm_python


def _call_render(chart: Any, values: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, str]:
    helm_python = _import_library()
    # The public Chart.render cannot be told a Kubernetes version or API versions.
    from helm_python import _native

    try:
        handle = chart._raw()  # noqa: SLF001, no public way to what it stands for
        payload = _native.call_string("helm_render", handle, json.dumps(values), json.dumps(options))
    except helm_python.HelmError as error:
        raise read_refusal(error.detail or str(error)) from None
    return cast("dict[str, str]", json.loads(payload))


@lru_cache
def is_in_range(wanted: str, version: str) -> bool:
    """Whether Helm's own semver library says so: asked by rendering one line."""
    chart = _semver_chart()
    values = {"wanted": wanted, "version": version}
    options = {"name": "semver", "namespace": "default", "kube_version": "1.34.0"}
    outputs = _call_render(chart, values, options)
    return re.search("true", "".join(outputs.values())) is not None


@lru_cache
def _semver_chart() -> Any:
    with tempfile.TemporaryDirectory(prefix="podrunner-") as folder:
        chart = Path(folder) / "semver"
        (chart / "templates").mkdir(parents=True)
        (chart / "Chart.yaml").write_text("apiVersion: v2\nname: semver\nversion: 0.0.1\n")
        template = "{{ semverCompare .Values.wanted .Values.version }}\n"
        (chart / "templates" / "NOTES.txt").write_text(template)
        return _import_library().Chart.load(chart)
