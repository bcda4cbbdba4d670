"""Versions of GitLab Runner as options, charts and tags of images write them."""

from __future__ import annotations

import re
from functools import lru_cache

# `alpine-v19.5.3`, `v19.5`, `19.5.3-ubi`. A version has two digits first, so that 2.1.0 and 2026.11.1, which companies
# number their own images with, are none. chart/templates/release/_version.tpl has the same expression.
_IN_TAG = re.compile(r"((?:^|-)v[0-9]{2}\.[0-9]+(?:\.[0-9]+)?|^[0-9]{2}\.[0-9]+\.[0-9]+)")


def version_of_tag(tag: str) -> str:
    """`19.5.3` of `alpine-v19.5.3`; empty for a tag that has no version, such as `latest`."""
    found = _IN_TAG.search(tag)
    return found[1].lstrip("-v") if found else ""


@lru_cache(maxsize=4096)
def parts_of(version: str) -> tuple[int, ...]:
    """(19, 5, 3) of `v19.5.3`, at most three; () of a text that is no version."""
    found = re.match(r"v?(\d+(?:\.\d+){0,2})", version)
    return tuple(int(part) for part in found[1].split(".")) if found else ()


def is_older(version: str, than: str) -> bool:
    """Whether a version is of an older minor release than another: 18.10.4 is older than 18.11. No version is not."""
    return bool(parts_of(version)) and parts_of(version)[:2] < parts_of(than)[:2]


def agree(one: str, other: str) -> bool:
    """Whether two versions may be the same release: 19.4 and 19.4.1, but not 19.4.0 and 19.4.1."""
    return all(a == b for a, b in zip(parts_of(one), parts_of(other), strict=False))
