"""Helm inside this process: its Go library, by helm-python-sdk."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import weakref
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podrunner.cases.names import namespace_name, release_name
from podrunner.findings.errors import RenderError, UsageError
from podrunner.formats.kube_version import full_version
from podrunner.helm.altered import UNALTERED, Altered, alter, has_subcharts
from podrunner.helm.api_server import serve
from podrunner.helm.blind import MARK, SeesVersionError, looks_unseen
from podrunner.helm.kube_versions import UNLISTED_API_VERSIONS, is_in_range
from podrunner.helm.sdk import ask_render, load_library
from podrunner.manifests.objects import all_texts
from podrunner.manifests.rendering import Document, Rendering, manifest, parse_documents

if TYPE_CHECKING:
    from collections.abc import Callable

    from podrunner.cases.case import Case
    from podrunner.chart.chart import Chart

_NOTES = "templates/NOTES.txt"
_MOST_LOADED = 8
_MOST_ANSWERS = 4
# In the place of a Kubernetes version.
_ANY = "any"


class HelmLibrary:
    """One chart, loaded once, or for each render if it has subcharts: Helm removes those that a case disables.

    Loaded without its values.schema.json, unless it has dependencies: Helm compiles the schema again for each render,
    which costs more than the render. `Chart.check` looks at each set of values once.
    """

    def __init__(self, chart: Chart, *, loaded_from: Path | None = None) -> None:
        """`loaded_from` is a changed copy of the chart, made by `copy_without_schema`, to render in its place.

        Raises UsageError when the chart cannot be loaded or the library cannot be.
        """
        self._chart, self._loaded_from = chart, loaded_from
        # What was asked for → Kubernetes version → Helm's answer.
        self._answers: dict[tuple[object, ...], dict[str, str]] = {}
        self._can_be_blind, self._was_blind = True, False
        self._loaders: dict[Altered, Callable[[], Any]] = {}
        self._loader(UNALTERED)

    @property
    def is_3(self) -> bool:
        """See `Helm.is_3`."""
        return False

    def template(self, case: Case) -> Rendering:
        """See `Helm.template`."""
        documents, notes, text = _read(self.raw(case), f"{self._chart.file.name}/")
        return Rendering(case.name, case.release, case.namespace, documents, notes, text)

    def raw(self, case: Case) -> str:
        """See `Helm.raw`. Of what was asked for last, Helm is not asked again, nor for a version that templates do not tell apart."""
        version = full_version(case.kube_version)
        self._check_kube_version(version)
        of_release = (case.release, case.namespace, case.api_versions, case.revision, case.lookup)
        asked = (case.layers, *of_release, case.include_crds, self._altered(case))
        # The last ones only: an answer is long, and the versions of a case follow each other.
        for old in list(self._answers)[:-_MOST_ANSWERS]:
            del self._answers[old]
        answers = self._answers.setdefault(asked, {})
        # The second version of a case, or a case after one whose templates did not ask for the version.
        is_new = version not in answers and _ANY not in answers
        if is_new and self._can_be_blind and (answers or self._was_blind):
            answers[_ANY] = self._answer_for_any(case)
            self._was_blind = bool(answers[_ANY])
        if not answers.get(_ANY) and version not in answers:
            answers[version] = self._answer(case, self._altered(case))
        return answers.get(_ANY) or answers[version]

    def forget(self) -> None:
        """See `Helm.forget`."""
        self._answers.clear()

    def _answer_for_any(self, case: Case) -> str:
        """Helm's answer for every version of Kubernetes; empty where there is none, or none can be known."""
        altered = replace(self._altered(case), is_blind=True)
        if case.lookup or any(map(looks_unseen, all_texts(case.values))):
            return ""
        try:
            answer = self._answer(case, altered)
        except SeesVersionError:
            self._can_be_blind = False
            return ""
        except RenderError:
            return ""
        return "" if MARK in answer else answer

    def _answer(self, case: Case, altered: Altered) -> str:
        options = {
            "name": release_name(case.release),
            "namespace": namespace_name(case.namespace),
            "kube_version": full_version(case.kube_version),
            "api_versions": [*UNLISTED_API_VERSIONS, *case.api_versions],
            "revision": case.revision,
            "is_install": case.revision == 1,
            "is_upgrade": case.revision > 1,
        }
        loaded = self._loader(altered)()
        if case.lookup:
            with serve(case.lookup, case.namespace) as kubeconfig:
                answer = ask_render(loaded, case.values, options, kubeconfig)
        else:
            answer = ask_render(loaded, case.values, options)
        # Asked after the render, the chart is without the dependencies that the case disables.
        return json.dumps({**_crds_of(loaded), **json.loads(answer)}) if case.include_crds else answer

    def _altered(self, case: Case) -> Altered:
        # Without dependencies, the schema is left out anyhow.
        no_schemas = case.skip_schema_validation and has_subcharts(self._chart.path)
        return Altered(case.chart_version, case.app_version, no_schemas=no_schemas)

    def _loader(self, altered: Altered) -> Callable[[], Any]:
        """Gives the chart as it is on disk but for what is altered, to be rendered once. Raises UsageError."""
        if altered not in self._loaders:
            # A matrix may have a version a case: no more charts are kept than a few.
            for old in list(self._loaders)[_MOST_LOADED:]:
                del self._loaders[old]
            self._loaders[altered] = self._new_loader(altered)
        return self._loaders[altered]

    def _new_loader(self, altered: Altered) -> Callable[[], Any]:
        if self._loaded_from and altered == UNALTERED:
            return _loader(self._chart, self._loaded_from)
        folder = tempfile.mkdtemp(prefix="podrunner-")
        remove = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        # What is not altered is only read.
        is_read = altered == UNALTERED
        copy = copy_without_schema(self._loaded_from or self._chart.path, Path(folder), linked=is_read)
        alter(copy, altered)
        loader = _loader(self._chart, copy)
        if has_subcharts(self._chart.path):
            weakref.finalize(loader, remove)
        else:
            remove()
        return loader

    def _check_kube_version(self, kube_version: str) -> None:
        # The library does not look at kubeVersion, the helm command does.
        wanted = self._chart.file.kube_version
        if wanted and not is_in_range(wanted, kube_version):
            raise RenderError(
                f"chart requires kubeVersion: {wanted} which is incompatible with Kubernetes v{kube_version}. "
                "Give another --kube-version, or a kubeVersion of the matrix in that range."
            )


def _crds_of(loaded: Any) -> dict[str, str]:
    """File → text of what is in crds/ of a chart and its dependencies, as `helm template --include-crds` prints it."""
    return {crd["filename"]: crd["data"] for crd in loaded.crds}


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
    return documents, notes, manifest(prefix, documents)


def copy_without_schema(chart: Path, folder: Path, *, linked: bool = False) -> Path:
    """Copy a chart into `folder` and return the copy's directory; `linked`, it may be the same files. Raises UsageError."""
    copy = folder / chart.resolve().name
    unwanted = _ignored_folders(chart)

    def left_out(folder: str, names: list[str]) -> list[str]:
        # The top schema only: those of subcharts are Helm's to check.
        return [*_schema_of(chart, Path(folder), names), *unwanted.intersection(names)]

    try:
        shutil.copytree(chart, copy, ignore=left_out, copy_function=_link if linked else shutil.copyfile)
    except shutil.Error as error:
        source, _, why = error.args[0][0]
        raise UsageError(f"{source}: cannot be read, and Helm refuses such a chart: {why}") from None
    return copy


def _link(source: str, copy: str) -> None:
    """A second name for a file: a fifth of the time. Where there can be none, such as on another file system, a copy."""
    try:
        if not Path(source).is_symlink():
            os.link(source, copy)
            return
    except OSError:
        pass
    shutil.copyfile(source, copy)


def _ignored_folders(chart: Path) -> set[str]:
    """Folders of any depth that .helmignore names without wildcards, such as `.git/`: often the most of a checkout."""
    file = chart / ".helmignore"
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines() if file.is_file() else []
    names = {line.strip().removesuffix("/") for line in lines if line.strip().endswith("/")}
    return {name for name in names if name and not set(name) & set("/*?[!#\\")}


def _loader(chart: Chart, copy: Path) -> Callable[[], Any]:
    """Gives a chart as it is on disk, to be rendered once. Raises UsageError when the chart cannot be loaded."""
    loaded = _load(copy, chart)
    return partial(_load, copy, chart) if has_subcharts(chart.path) else lambda: loaded


def _load(copy: Path, chart: Chart) -> Any:
    helm_python = load_library()
    try:
        return helm_python.Chart.load(copy)
    except helm_python.HelmError as error:
        # What is wrong with the values has its line that way.
        _ = chart.defaults
        raise UsageError(f"{chart.source}: Helm cannot load this chart: {error.detail}") from None


def _schema_of(chart: Path, folder: Path, names: list[str]) -> list[str]:
    # Only Helm knows what dependencies add to the values: their charts are rendered with the schema.
    return [name for name in names if name == "values.schema.json" and folder == chart and not has_subcharts(chart)]
