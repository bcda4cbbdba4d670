"""Placeholders of terraform and envsubst that nobody filled in: GitLab Runner would take them for what they look like."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.findings.path import Path

# `${ns}`, `${var.ns}`, `${lower(name)}`, `%{ if x }`: no variable of a job or of a shell is written like this.
_TERRAFORM = re.compile(
    r"""\$\{\s*(?:[a-z_][a-z0-9_]*|[a-z_]+(?:\.[\w\[\]"*-]+)+|\w+\([^{}]*\))\s*\}|%\{\s*(?:if|for|else|endif|endfor)\b"""
)
_VARIABLE = re.compile(r"\$\{?[A-Za-z_]\w*\}?")
# Where neither GitLab Runner nor Kubernetes fills in a variable.
_FIXED = re.compile(
    r"(namespace|service_account|image_pull_secrets|priority_class_name|runtime_class_name|scheduler_name|pull_policy"
    r"|\w+_limit|\w+_request|BucketName|ServerAddress|BucketLocation|ContainerName|AccountName|gitlabUrl|secretName|secret)\Z"
)
# Programs of a shell, which has variables of its own.
_PROGRAMS = re.compile(
    r"(?i)script|command|args|entrypoint|environment|env|patch|lifecycle|regex|overwrite|extraObjects|configMaps|containers"
)


def find_placeholders(data: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """(path, placeholder) of each text that has one."""
    if isinstance(data, dict):
        for name, value in data.items():
            yield from find_placeholders(value, (*path, name))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from find_placeholders(value, (*path, index))
    elif isinstance(data, str) and "\n" not in data:
        names = [part for part in path if isinstance(part, str)]
        if any(_PROGRAMS.search(name) for name in names):
            return
        found = _TERRAFORM.search(data) or (_VARIABLE.search(data) if names and _FIXED.match(names[-1]) else None)
        if found:
            yield path, found[0]


def said(placeholder: str) -> str:
    """What is wrong with it."""
    return f"`{placeholder}` is a leftover of a template: nothing fills it in here. Write what it stands for."
