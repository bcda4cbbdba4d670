"""What a smoke is going to do, read and checked before anything is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podrunner.cluster.images import ImageSet, load_images
from podrunner.findings.errors import FindingsError
from podrunner.gitlab.repository import PIPELINE_FILE, Bundle, builtin_pipeline, find_repository, pack
from podrunner.pipeline.document import load_pipeline
from podrunner.pipeline.job import PipelineJob, choose_job, read_job

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from podrunner.formats.placed import Values

# The chart's default mode.
DEFAULT_PRESET = "unprivileged"
_ANY_URL = "https://gitlab.example.com"


@dataclass(frozen=True, slots=True)
class Options:
    """The command line. `timeout` is what a job gets, in seconds."""

    chart: Path
    presets: tuple[str, ...] = ()
    values: tuple[Path, ...] = ()
    pipeline: Path | None = None
    job: str | None = None
    repository: Path | None = None
    kubeconfig: Path | None = None
    kind_image: str = ""
    images: Path | None = None
    stand_in_image: str = ""
    namespace: str = ""
    evidence: Path | None = None
    timeout: float = 900
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """One set of values to try: its name, and its layers, lowest first."""

    name: str
    layers: tuple[Values, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A job and the subjects it is tried with. `builtin` when the pipeline is the built-in one."""

    job: PipelineJob
    bundle: Bundle
    subjects: tuple[Subject, ...]
    images: ImageSet
    builtin: bool


def make_plan(options: Options, temporary: Path) -> Plan:
    """Reads pipeline, repository, values and images.

    Raises PodrunnerError for whatever is wrong with them: a PipelineError, a UsageError for a job that is not there, a
    FindingsError for values that do not fit the chart's schema, a RenderError for values that the chart refuses.
    """
    pipeline = _pipeline(options, temporary)
    document = load_pipeline(pipeline)
    job = read_job(document, choose_job(document, options.job))
    return Plan(
        job=job,
        bundle=pack(_repository(options, pipeline, temporary), temporary),
        subjects=tuple(_checked(options.chart, subject) for subject in _subjects(options)),
        images=load_images(options.images) if options.images else ImageSet(),
        builtin=not (options.pipeline or options.repository),
    )


def _pipeline(options: Options, temporary: Path) -> Path:
    """The pipeline given, that of the repository given, else the built-in one."""
    if options.pipeline:
        return options.pipeline
    if options.repository:
        return options.repository / PIPELINE_FILE
    return builtin_pipeline(temporary / "playground")


def _repository(options: Options, pipeline: Path, temporary: Path) -> Path:
    """The repository to send: the one given, the pipeline's own, else the built-in one."""
    if options.repository:
        return options.repository
    own = find_repository(pipeline.resolve().parent)
    return own or builtin_pipeline(temporary / "playground").parent


def _subjects(options: Options) -> Iterator[Subject]:
    from podrunner.chart.chart import find_preset
    from podrunner.formats.placed import load_values

    files = tuple(load_values(path) for path in options.values)
    presets = options.presets or (() if files else (DEFAULT_PRESET,))
    for preset in presets:
        yield Subject(preset, (load_values(find_preset(options.chart, preset)), *files))
    if not presets:
        yield Subject(" + ".join(path.stem for path in options.values), files)


def _checked(chart: Path, subject: Subject) -> Subject:
    from podrunner.chart.schema import check_schema
    from podrunner.findings.finding import errors
    from podrunner.formats.placed import Values
    from podrunner.helm.renderer import renderer
    from podrunner.values.merge import merge

    layers = [*subject.layers, Values({"gitlab": {"url": _ANY_URL}}, "the smoke")]
    findings = [*(finding for layer in layers for finding in layer.findings), *check_schema(chart, layers)]
    if wrong := errors(findings):
        raise FindingsError(wrong)
    renderer("library", chart).render(merge(*(layer.data for layer in layers)))
    return subject
