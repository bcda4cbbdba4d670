"""A `.gitlab-ci.yml`: feature flags that are gone or misspelt, wherever variables are set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from podrunner.findings.errors import UsageError
from podrunner.findings.finding import Finding
from podrunner.findings.rules.pipelines import PIPELINE_NO_JOB, PIPELINE_REMOVED, PIPELINE_UNKNOWN_FLAG, PIPELINE_YAML
from podrunner.formats.flaw import NOT_YAML, yaml_flaw
from podrunner.formats.yaml import GoLoader, refuse_endless_aliases
from podrunner.pipeline.document import GLOBAL_KEYWORDS
from podrunner.runner.keys import load_keys
from podrunner.runner.rules import flag_fault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def check_pipeline(file: Path, runner_version: str) -> list[Finding]:
    """Findings with the line of each variable. Raises UsageError when the file cannot be read."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"--pipeline {file}: cannot be read: {reason}.") from None
    nodes = _nodes(text, str(file))
    if isinstance(nodes, Finding):
        return [nodes]
    if not nodes or not isinstance(nodes[-1], yaml.MappingNode):
        is_list = bool(nodes) and isinstance(nodes[-1], yaml.SequenceNode)
        reason = f"a pipeline must be a map of jobs, this is {'a list' if is_list else 'empty or a single value'}."
        return [Finding(PIPELINE_YAML, reason, file=str(file), line=1)]
    found = [finding for node in nodes if node is not None for finding in _walk(node, str(file), runner_version)]
    return [*_no_job(nodes[-1], str(file)), *found]


def _no_job(pipeline: yaml.MappingNode, file: str) -> Iterator[Finding]:
    """A warning for a file that says nothing a runner could do, be it because a keyword of GitLab's names the job."""
    names = {str(key.value): key for key, _ in pipeline.value}
    if "include" in names or any(name not in GLOBAL_KEYWORDS and not name.startswith(".") for name in names):
        return
    reason, line = "there is no job in this file: `NAME:` with `script:` below it.", 1
    for key, value in pipeline.value:
        if isinstance(value, yaml.MappingNode) and any(below.value == "script" for below, _ in value.value):
            what = "hidden, as its name begins with a dot" if key.value.startswith(".") else "named by a keyword"
            reason = f"there is no job in this file: `{key.value}` is {what}. Give it another name."
            line = key.start_mark.line + 1
            break
    yield Finding(PIPELINE_NO_JOB, reason, file=file, line=line)


def _nodes(text: str, file: str) -> list[yaml.Node] | Finding:
    """The documents of a pipeline, or why there are none."""
    try:
        # A pipeline with `spec:` inputs has two documents.
        nodes = list(yaml.compose_all(text, Loader=GoLoader))
        for node in filter(None, nodes):
            refuse_endless_aliases(node)
        return nodes
    except NOT_YAML as error:
        flaw = yaml_flaw(error, text)
        line, column = flaw.place
        return Finding(PIPELINE_YAML, flaw.sentence("not YAML"), file=file, line=line, column=column)


def _walk(node: yaml.Node, file: str, runner_version: str) -> Iterator[Finding]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _walk(item, file, runner_version)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == "variables" and isinstance(value, yaml.MappingNode):
                yield from _variables(value, file, runner_version)
            else:
                yield from _walk(value, file, runner_version)


def _variables(node: yaml.MappingNode, file: str, runner_version: str) -> Iterator[Finding]:
    for key, _ in node.value:
        name = str(key.value)
        if not name.startswith("FF_") and name not in load_keys().removed:
            continue
        fault = flag_fault(name, runner_version)
        if fault:
            rule = PIPELINE_UNKNOWN_FLAG if fault.is_unknown else PIPELINE_REMOVED
            line, column = key.start_mark.line + 1, key.start_mark.column + 1
            yield Finding(rule, fault.reason, path=name, file=file, line=line, column=column)
