"""Helm inside this process: its Go library, by helm-python-sdk."""

from __future__ import annotations

import json
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podrunner.chart.chart import read_chart_file
from podrunner.chart.schema import load_defaults
from podrunner.findings.errors import RenderError, UsageError
from podrunner.helm.refusal import read_refusal
from podrunner.helm.release import namespace_name, release_name
from podrunner.manifests.rendering import Document, Rendering, parse_documents
from podrunner.manifests.version import UNLISTED_API_VERSIONS, full_version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NOTES = "templates/NOTES.txt"


class LibraryRenderer:
    """One chart, loaded once.

    Loaded without its values.schema.json, unless it has dependencies: Helm compiles the schema again for each render,
    which costs more than the render. podrunner checks each set of values against the schema once, see `podrunner.values.check_schema`.
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
        release, namespace = release_name(release), namespace_name(namespace)
        kube_version = full_version(kube_version)
        self._check_kube_version(kube_version)
        options = {
            "name": release,
            "namespace": namespace,
            "kube_version": kube_version,
            "api_versions": [*UNLISTED_API_VERSIONS, *api_versions],
        }
        payload = _call_render(self._chart, values, options)
        documents, notes, text = _read(payload, f"{self._chart_file.name}/")
        return Rendering(case, release, namespace, documents, notes, text)

    def _check_kube_version(self, kube_version: str) -> None:
        # The library does not look at kubeVersion, the helm command does.
        wanted = self._chart_file.kube_version
        if wanted and not is_in_range(wanted, kube_version):
            raise RenderError(
                f"chart requires kubeVersion: {wanted} which is incompatible with Kubernetes v{kube_version}. "
                "Give another --kube-version, or a kubeVersion of the matrix in that range."
            )


def _documents(name: str, text: str) -> list[Document]:
    return list(parse_documents(name, text)) if name.endswith((".yaml", ".yml", ".tpl", ".json")) else []


@lru_cache(maxsize=256)
def _read(payload: str, prefix: str) -> tuple[tuple[Document, ...], str, str]:
    """(documents, notes, manifest) of what Helm answers, which is often the same for several Kubernetes versions."""
    outputs: dict[str, str] = json.loads(payload)
    # Deepest path last is how Helm orders them; people look for them by name.
    texts = {name.removeprefix(prefix): text for name, text in sorted(outputs.items())}
    notes = texts.pop(_NOTES, "")
    documents = tuple(document for name, text in texts.items() for document in _documents(name, text))
    text = "".join(f"---\n# Source: {prefix}{document.template}\n{document.text}" for document in documents)
    return documents, notes, text


def copy_without_schema(chart: Path, folder: Path) -> Path:
    """Copy a chart into `folder` and return the copy's directory. Raises UsageError."""
    copy = folder / chart.resolve().name
    unwanted = _ignored_folders(chart)

    def left_out(folder: str, names: list[str]) -> list[str]:
        # The top schema only: those of subcharts are Helm's to check.
        return [*_schema_of(chart, Path(folder), names), *unwanted.intersection(names)]

    try:
        shutil.copytree(chart, copy, ignore=left_out)
    except shutil.Error as error:
        source, _, why = error.args[0][0]
        raise UsageError(f"{source}: cannot be read, and Helm refuses such a chart: {why}") from None
    return copy


def _ignored_folders(chart: Path) -> set[str]:
    """Folders of any depth that .helmignore names without wildcards, such as `.git/`: often the most of a checkout."""
    file = chart / ".helmignore"
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines() if file.is_file() else []
    names = {line.strip().removesuffix("/") for line in lines if line.strip().endswith("/")}
    return {name for name in names if name and not set(name) & set("/*?[!#\\")}


def _load_without_schema(chart: Path) -> Any:
    with tempfile.TemporaryDirectory(prefix="podrunner-") as folder:
        return _load(copy_without_schema(chart, Path(folder)), chart)


def _load(copy: Path, chart: Path) -> Any:
    helm_python = load_library()
    try:
        return helm_python.Chart.load(copy)
    except helm_python.HelmError as error:
        # What is wrong with the values has its line that way.
        load_defaults(chart)
        raise UsageError(f"{chart}: Helm cannot load this chart: {error.detail}") from None


def _schema_of(chart: Path, folder: Path, names: list[str]) -> list[str]:
    # Only Helm knows what dependencies add to the values: their charts are rendered with the schema.
    has_dependencies = (chart / "charts").is_dir()
    return [name for name in names if name == "values.schema.json" and folder == chart and not has_dependencies]


def load_library() -> Any:
    """The module of helm-python-sdk. Raises UsageError when it cannot work here."""
    try:
        import helm_python
    except (ImportError, OSError, RuntimeError) as error:
        raise UsageError(
            f"Helm's library cannot be loaded here ({error}). Install helm and use --helm command."
        ) from None
    return helm_python


def _call_render(chart: Any, values: Mapping[str, Any], options: Mapping[str, Any]) -> str:
    """Helm's answer: JSON, template → text."""
    helm_python = load_library()
    # The public Chart.render cannot be told a Kubernetes version or API versions.
    from helm_python import _native

    try:
        handle = chart._raw()  # noqa: SLF001, no public way to what it stands for
        return _native.call_string("helm_render", handle, json.dumps(values), json.dumps(options))
    except helm_python.HelmError as error:
        raise read_refusal(error.detail or str(error)) from None


@lru_cache
def is_in_range(wanted: str, version: str) -> bool:
    """Whether Helm's own semver library says so: asked by rendering one line. Raises UsageError for no range."""
    chart = _semver_chart()
    values = {"wanted": wanted, "version": version}
    options = {"name": "semver", "namespace": "default", "kube_version": "1.34.0"}
    try:
        outputs: dict[str, str] = json.loads(_call_render(chart, values, options))
    except RenderError:
        message = f"kubeVersion of Chart.yaml: `{wanted}` is no range of versions. Write it like >=1.25.0-0."
        raise UsageError(message) from None
    return "true" in "".join(outputs.values())


@lru_cache
def _semver_chart() -> Any:
    with tempfile.TemporaryDirectory(prefix="podrunner-") as folder:
        chart = Path(folder) / "semver"
        (chart / "templates").mkdir(parents=True)
        (chart / "Chart.yaml").write_text("apiVersion: v2\nname: semver\nversion: 0.0.1\n", encoding="utf-8")
        template = "{{ semverCompare .Values.wanted .Values.version }}\n"
        (chart / "templates" / "NOTES.txt").write_text(template, encoding="utf-8")
        return load_library().Chart.load(chart)
