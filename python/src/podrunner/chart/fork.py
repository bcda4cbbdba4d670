"""A fork: a preset and what teams change of it, as a values file that explains itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.findings.errors import ValuesError
from podrunner.values.document import Comment, write_values
from podrunner.values.merge import merge

if TYPE_CHECKING:
    from podrunner.chart.chart import Chart
    from podrunner.findings.path import Path as Parts

_CONCURRENT = 10
_RUNNER: Parts = ("runners", "*")
# For a person who edits the file; the chart's values.yaml has more to each.
_COMMENTS: dict[Parts, str] = {
    ("gitlab", "url"): "Address of the GitLab instance.",
    ("podman", "mode"): "How jobs build images: docs/modes.md helps to choose.",
    ("podman", "image"): "Image of jobs that name none.",
    ("podman", "storage", "size"): "What the images of a job may take of the node's disk.",
    _RUNNER: "A runner in GitLab, and the Secret with its token; more runners go below, by name.",
    (*_RUNNER, "config"): "Any key of [[runners]] in config.toml; it wins over what the mode sets.",
    (*_RUNNER, "config", "limit"): "Jobs of this runner that run at a time.",
    (*_RUNNER, "config", "kubernetes"): "What a job gets that asks for nothing; the limit spares the node's memory.",
    ("config", "concurrent"): "Jobs of all runners that run at a time.",
    ("jobs", "namespace"): "Namespace of the job pods, which has to exist; empty for the release's own.",
}


def fork_values(name: str, preset: str, chart: Chart, url: str, schema: str) -> str:
    """The text of a file: values of a team, or of its runner, called `name`, over a preset of the chart.

    `schema` is the path of a schema for editors, as it is found from the file. Raises UsageError when there is no such preset, ValuesError when it is not YAML.
    """
    below = chart.preset(preset)
    if below.findings:
        raise ValuesError(below.findings)
    changes: dict[str, Any] = {
        "gitlab": {"url": url},
        "podman": {"image": _image(chart), "storage": {"size": "20Gi"}},
        "jobs": {"namespace": ""},
        "config": {"concurrent": _CONCURRENT},
        "runners": {name: _runner(name)},
    }
    values = merge(below.data, changes)
    comments = {tuple(name if part == "*" else part for part in path): text for path, text in _COMMENTS.items()}
    header = [
        f"yaml-language-server: $schema={schema}",
        f"{name}: a fork of the preset {preset}. What is not written here is as in values.yaml of the chart",
        f"{chart.file.name} {chart.file.version}, which describes every value.",
    ]
    above = {path: Comment((text,)) for path, text in comments.items()}
    return write_values(values, chart.defaults.data, above, header)


def _image(chart: Chart) -> str:
    podman = chart.defaults.data.get("podman")
    return str(podman.get("image") or "") if isinstance(podman, dict) else ""


def _runner(name: str) -> dict[str, Any]:
    resources = {"cpu_request": "1", "memory_request": "2Gi", "memory_limit": "4Gi"}
    return {
        "token": {"existingSecret": {"name": f"gitlab-runner-{name}", "key": "token"}},
        "config": {"limit": _CONCURRENT, "kubernetes": resources},
    }
