"""Keywords of a job, read one by one: scripts, images, variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from podrunner.pipeline.document import Key, Pipeline

# GitLab flattens nested lists (mostly made by YAML anchors) down to this depth.
_DEPTH = 10


@dataclass(frozen=True, slots=True)
class Variable:
    """A job variable. `raw` ones are not expanded in others."""

    key: str
    value: str
    raw: bool = False


@dataclass(frozen=True, slots=True)
class Image:
    """The image of a job or of one of its services."""

    name: str
    alias: str = ""
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    pull_policy: tuple[str, ...] = ()
    user: str = ""
    variables: tuple[Variable, ...] = ()


def read_script(pipeline: Pipeline, key: Key, value: Any) -> tuple[str, ...]:
    """Lines of a script: text, or a list of texts and of such lists. Raises PipelineError."""
    if isinstance(value, str):
        return (value,)
    lines: list[str] = []
    _flatten(pipeline, key, value, lines, _DEPTH)
    return tuple(lines)


def _flatten(pipeline: Pipeline, key: Key, value: Any, lines: list[str], depth: int) -> None:
    if not isinstance(value, list) or depth == 0:
        raise pipeline.error(key, f"`{key[-1]}` must be text or a list of texts.")
    for index, item in enumerate(value):
        here = (*key, index)
        if isinstance(item, str):
            lines.append(item)
        elif isinstance(item, list):
            _flatten(pipeline, here, item, lines, depth - 1)
        else:
            raise pipeline.error(here, _not_a_command(item))


def _not_a_command(item: Any) -> str:
    if isinstance(item, dict):
        first = next(iter(item), "")
        return f"this command is a map (`{first}:` …) to YAML, because of its colon: write the whole command in quotes."
    return f"a command must be text, not {item!r}: write it in quotes."


def read_variables(pipeline: Pipeline, key: Key, value: Any) -> tuple[Variable, ...]:
    """Variables: `NAME: value` or `NAME: {value: …, expand: false}`. Raises PipelineError."""
    if value is None:
        return ()
    if not isinstance(value, dict):
        raise pipeline.error(key, "`variables` must be a map of names and values.")
    return tuple(_read_variable(pipeline, (*key, str(name)), item) for name, item in value.items())


def _read_variable(pipeline: Pipeline, key: Key, value: Any) -> Variable:
    raw = False
    if isinstance(value, dict):
        raw = value.get("expand") is False
        value = value.get("value", "")
    if isinstance(value, bool):
        text = str(value).lower()
        raise pipeline.error(key, f'GitLab refuses `{key[-1]}: {text}`: write `{key[-1]}: "{text}"`.')
    if not isinstance(value, str | int | float):
        raise pipeline.error(key, f"the value of `{key[-1]}` must be text or a number.")
    return Variable(str(key[-1]), str(value), raw)


def read_image(pipeline: Pipeline, key: Key, value: Any) -> Image:
    """An image: its name, or a map with `name`. Raises PipelineError."""
    if isinstance(value, str):
        value = {"name": value}
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        raise pipeline.error(key, f"`{key[-1]}` must be the name of an image or a map with `name`.")
    runner_options = value.get("kubernetes") if isinstance(value.get("kubernetes"), dict) else {}
    return Image(
        name=value["name"],
        alias=str(value.get("alias") or ""),
        entrypoint=_texts(pipeline, (*key, "entrypoint"), value.get("entrypoint")),
        command=_texts(pipeline, (*key, "command"), value.get("command")),
        pull_policy=_texts(pipeline, (*key, "pull_policy"), value.get("pull_policy")),
        user=str((runner_options or {}).get("user") or ""),
        variables=read_variables(pipeline, (*key, "variables"), value.get("variables")),
    )


def read_services(pipeline: Pipeline, key: Key, value: Any) -> tuple[Image, ...]:
    """The services of a job, each an image. Raises PipelineError."""
    if not isinstance(value, list):
        raise pipeline.error(key, "`services` must be a list of images.")
    return tuple(read_image(pipeline, (*key, index), item) for index, item in enumerate(value))


def _texts(pipeline: Pipeline, key: Key, value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(item, str) for item in values):
        raise pipeline.error(key, f"`{key[-1]}` must be text or a list of texts.")
    return tuple(values)
