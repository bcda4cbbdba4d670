"""What a smoke is going to do, read and checked before anything is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from podrunner.cases.selection import Selection, values_cases
from podrunner.cluster.images import ImageSet, load_images
from podrunner.pipeline.document import load_pipeline
from podrunner.pipeline.job import PipelineJob, choose_job, read_job
from podrunner.smoke.repository import PIPELINE_FILE, builtin_pipeline, find_repository, pack

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from podrunner.cases.case import Case
    from podrunner.gitlab.repository import Bundle
    from podrunner.helm.renderer import Renderer

# The chart's default mode.
DEFAULT_PRESET = "unprivileged"
_ANY_URL = "https://gitlab.example.com"


@dataclass(frozen=True, slots=True)
class SmokeOptions:
    """The command line. `selection` is the values to try, `jobs` the names of those to run, `timeout` what each gets, in seconds.

    `workers` is how many nodes a new kind cluster has beside its control plane.
    """

    renderer: Renderer
    selection: Selection = field(default_factory=Selection)
    pipeline: Path | None = None
    jobs: tuple[str, ...] = ()
    repository: Path | None = None
    kubeconfig: Path | None = None
    context: str = ""
    kind_image: str = ""
    workers: int = 0
    images: Path | None = None
    stand_in_image: str = ""
    registry_image: str = ""
    namespace: str = ""
    evidence: Path | None = None
    timeout: float = 900
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A job and the subjects, sets of values, that it is tried with.

    `builtin` when the pipeline is the built-in one. `more` are jobs that run after the first, one after the other.
    """

    job: PipelineJob
    bundle: Bundle
    subjects: tuple[Case, ...]
    images: ImageSet
    builtin: bool
    more: tuple[PipelineJob, ...] = ()


def make_plan(options: SmokeOptions, temporary: Path) -> Plan:
    """Reads pipeline, repository, values and images.

    Raises PodrunnerError for whatever is wrong with them: a PipelineError, a UsageError for a job that is not there, a
    ValuesError for values that do not fit the chart's schema, a RenderError for values that the chart refuses.
    """
    pipeline = _pipeline(options, temporary)
    document = load_pipeline(pipeline)
    job, *more = (read_job(document, choose_job(document, name)) for name in options.jobs or (None,))
    return Plan(
        job=job,
        bundle=pack(_repository(options, pipeline, temporary), temporary),
        subjects=tuple(_checked(options.renderer, subject) for subject in _subjects(options)),
        images=load_images(options.images) if options.images else ImageSet(),
        builtin=not (options.pipeline or options.repository),
        more=tuple(more),
    )


def _pipeline(options: SmokeOptions, temporary: Path) -> Path:
    """The pipeline given, that of the repository given, else the built-in one."""
    if options.pipeline:
        return options.pipeline
    if options.repository:
        return options.repository / PIPELINE_FILE
    return builtin_pipeline(temporary / "playground")


def _repository(options: SmokeOptions, pipeline: Path, temporary: Path) -> Path:
    """The repository to send: the one given, the pipeline's own, else the built-in one."""
    if options.repository:
        return options.repository
    own = find_repository(pipeline.resolve().parent)
    return own or builtin_pipeline(temporary / "playground").parent


def _subjects(options: SmokeOptions) -> list[Case]:
    """One case for each values file and preset; the default preset where neither is named."""
    selection = options.selection
    presets = selection.presets if selection.names_values else (DEFAULT_PRESET,)
    return values_cases(selection, options.renderer.chart, presets, partial(_title, selection))


def _title(selection: Selection, preset: str, files: Sequence[str]) -> str:
    """What a subject is called; files that lie below each of them are left out beside a preset."""
    own = files[len(selection.values) :] if preset else files
    return " + ".join([*([preset] if preset else []), *own])


def _checked(renderer: Renderer, subject: Case) -> Case:
    renderer.render(subject.with_values({"gitlab": {"url": _ANY_URL}}, "the smoke"))
    return subject
