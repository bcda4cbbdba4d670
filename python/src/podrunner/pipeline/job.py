"""One job of a pipeline with everything it inherits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from podrunner.findings.errors import UsageError
from podrunner.findings.suggest import did_you_mean
from podrunner.pipeline.document import JobReference, Key, Pipeline
from podrunner.pipeline.duration import read_duration
from podrunner.pipeline.fields import Image, Variable, read_image, read_script, read_services, read_variables

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
M = TypeVar("M")

DEFAULT_TIMEOUT = 3600
# Keywords that can stand under `default:` and, the old way, at the top of the file.
_INHERITED = frozenset(["after_script", "before_script", "hooks", "image", "services", "timeout"])
_READ = _INHERITED | {"script", "stage", "variables", "inherit"}

# Without these a job is another job: leaving them out would mislead.
_REFUSED = {
    "extends": "`extends` is not supported: write the keywords into the job, or share them by a YAML anchor",
    "run": "`run` is not supported: use `script`",
    "trigger": "a `trigger` job starts another pipeline and runs nothing itself",
    "include": "`include` is not supported: write what it includes into this file",
    "spec": "`spec` with inputs is not supported",
}
_WITHOUT_EFFECT = {
    "allow_failure": "a failure of the job is a failure of the smoke",
    "artifacts": "nothing is uploaded",
    "cache": "nothing is kept",
    "dependencies": "no artifacts are fetched",
    "except": "the job runs in any case",
    "needs": "no other job runs before",
    "only": "the job runs in any case",
    "parallel": "the job runs once",
    "retry": "the job runs once",
    "rules": "the job runs in any case, without variables of a rule",
    "tags": "the runner under test gets the job whatever its tags",
    "when": "the job runs in any case",
    "workflow": "the pipeline runs in any case",
}


@dataclass(frozen=True, slots=True)
class PipelineJob:
    """A job ready to be sent. `timeout` in seconds; `notes` say, with file and line, what has no effect."""

    name: str
    stage: str
    script: tuple[str, ...]
    after_script: tuple[str, ...] = ()
    image: Image | None = None
    services: tuple[Image, ...] = ()
    variables: tuple[Variable, ...] = ()
    hooks: tuple[tuple[str, tuple[str, ...]], ...] = ()
    timeout: int = DEFAULT_TIMEOUT
    notes: tuple[str, ...] = ()


def choose_job(pipeline: Pipeline, name: str | None) -> str:
    """The job of that name, or the only job. Raises UsageError that lists the jobs there are."""
    jobs = pipeline.jobs
    if name in jobs and name is not None:
        return name
    if name is None and len(jobs) == 1:
        return jobs[0]
    listed = ", ".join(jobs) or "none"
    if name is None:
        raise UsageError(f"{pipeline.path} has {len(jobs)} jobs: say which one with --job. Jobs: {listed}.")
    if name.startswith(".") and name in pipeline.data:
        raise UsageError(f"{pipeline.at(name)}: `{name}` is a hidden job, which never runs. Jobs: {listed}.")
    raise UsageError(f"{pipeline.path}: there is no job `{name}`.{did_you_mean(name, jobs)} Jobs: {listed}.")


def read_job(pipeline: Pipeline, name: str) -> PipelineJob:
    """The job `name` (see `choose_job`). Raises PipelineError, with file and line, for what cannot be run."""
    body = _resolve(pipeline, (name,), pipeline.data[name])
    _refuse(pipeline, (), pipeline.data)
    _refuse(pipeline, (name,), body)
    reader = _Reader(pipeline, name, body)
    script = reader.read("script", read_script, ())
    if not script:
        raise pipeline.error((name,), f"the job `{name}` has no `script`.")
    return PipelineJob(
        name=name,
        stage=str(body.get("stage", "test")),
        script=(*reader.read("before_script", read_script, ()), *script),
        after_script=reader.read("after_script", read_script, ()),
        image=reader.read("image", read_image, None),
        services=reader.read("services", read_services, ()),
        variables=_variables(pipeline, name, body),
        hooks=reader.read("hooks", _read_hooks, ()),
        timeout=reader.read("timeout", _read_timeout, DEFAULT_TIMEOUT),
        notes=tuple(_notes(pipeline, name, body)),
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Finds a keyword in the job, under `default:`, or at the top of the file, in this order."""

    pipeline: Pipeline
    name: str
    body: dict[str, Any]

    def read(self, keyword: str, read: Callable[[Pipeline, Key, Any], T], missing: M) -> T | M:
        for key, around in self._places(keyword):
            if around.get(keyword) is not None:
                value = _resolve(self.pipeline, (*key, keyword), around[keyword])
                return read(self.pipeline, (*key, keyword), value)
            if keyword in around:  # `image: null` takes the default away
                return missing
        return missing

    def _places(self, keyword: str) -> list[tuple[Key, dict[str, Any]]]:
        places: list[tuple[Key, dict[str, Any]]] = [((self.name,), self.body)]
        if keyword in _INHERITED and _inherits(self.body, "default", keyword):
            default = self.pipeline.data.get("default")
            places += [(("default",), default)] if isinstance(default, dict) else []
            places.append(((), self.pipeline.data))
        return places


def _inherits(body: dict[str, Any], what: str, name: str) -> bool:
    inherit = body.get("inherit")
    rule = inherit.get(what, True) if isinstance(inherit, dict) else True
    return name in rule if isinstance(rule, list) else bool(rule)


def _variables(pipeline: Pipeline, name: str, body: dict[str, Any]) -> tuple[Variable, ...]:
    shared = read_variables(pipeline, ("variables",), pipeline.data.get("variables"))
    own = read_variables(pipeline, (name, "variables"), body.get("variables"))
    kept = [variable for variable in shared if _inherits(body, "variables", variable.key)]
    return tuple({variable.key: variable for variable in (*kept, *own)}.values())


def _read_timeout(pipeline: Pipeline, key: Key, value: Any) -> int:
    try:
        return read_duration(str(value))
    except ValueError as error:
        raise pipeline.error(key, f"`timeout`: {error}; write it like `1h 30m`.") from None


def _read_hooks(pipeline: Pipeline, key: Key, value: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, dict):
        raise pipeline.error(key, "`hooks` must be a map such as `pre_get_sources_script: […]`.")
    return tuple((str(hook), read_script(pipeline, (*key, hook), script)) for hook, script in value.items())


def _resolve(pipeline: Pipeline, key: Key, value: Any, depth: int = 10) -> Any:
    """The value with each `!reference` replaced by what it names."""
    if isinstance(value, JobReference):
        found: Any = pipeline.data
        for step in value.keys:
            found = found.get(step) if isinstance(found, dict) else None
        if found is None or depth == 0:
            raise pipeline.error(key, f"!reference [{', '.join(value.keys)}] names nothing in this file.")
        return _resolve(pipeline, key, found, depth - 1)
    if isinstance(value, dict):
        return {name: _resolve(pipeline, (*key, name), item, depth) for name, item in value.items()}
    if isinstance(value, list):
        return [_resolve(pipeline, (*key, index), item, depth) for index, item in enumerate(value)]
    return value


def _refuse(pipeline: Pipeline, key: Key, body: dict[str, Any]) -> None:
    for keyword in body:
        # At the top of the file `run` or `trigger` would be the name of a job.
        if keyword in _REFUSED and (key or keyword in ("include", "spec")):
            raise pipeline.error((*key, keyword), f"{_REFUSED[keyword]}.")


def _notes(pipeline: Pipeline, name: str, body: dict[str, Any]) -> list[str]:
    places: list[tuple[Key, dict[str, Any]]] = [((name,), body)]
    if isinstance(pipeline.data.get("default"), dict):
        places.append((("default",), pipeline.data["default"]))
    keys = [((*key, keyword), keyword) for key, around in places for keyword in around if keyword not in _READ]
    keys += [((keyword,), keyword) for keyword in ("cache", "workflow") if keyword in pipeline.data]
    reason = "it is not supported here"
    return [f"{pipeline.at(*key)}: `{word}` has no effect: {_WITHOUT_EFFECT.get(word, reason)}." for key, word in keys]
