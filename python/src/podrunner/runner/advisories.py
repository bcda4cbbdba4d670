"""Releases of GitLab Runner that must not be used, and why, from advisories.json."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from podrunner.formats.runner_version import version_of_tag
from podrunner.manifests.image import split_image

_FILE = Path(__file__).with_name("advisories.json")


@lru_cache
def _entries() -> list[dict[str, Any]]:
    """Each `versions` (whole ones, such as 19.4.0), `why`, its `source` and what to `use` instead."""
    entries: list[dict[str, Any]] = json.loads(_FILE.read_text(encoding="utf-8"))
    return entries


def advisory(version: str) -> str:
    """Why a release must not be used, and which to use; empty for any other, and for a minor release alone."""
    for entry in _entries():
        if version.removeprefix("v") in entry["versions"]:
            return f"GitLab Runner {version} must not be used: {entry['why']} ({entry['source']}). Use {entry['use']}."
    return ""


def advisory_of_image(image: str) -> str:
    """The same for an image of the manager or the helper, by its tag; empty for images of other programs."""
    repository, tag, _ = split_image(image)
    return advisory(version_of_tag(tag)) if "gitlab-runner" in repository else ""
