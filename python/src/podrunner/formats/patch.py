"""A patch of `pod_spec`, written as YAML or JSON."""

from __future__ import annotations

from functools import lru_cache
from typing import Any


@lru_cache(maxsize=1024)
def read_patch(patch: str) -> tuple[Any, str]:
    """(patch, not to be changed by anybody: runners of a mode share theirs; why it cannot be read)."""
    import yaml

    from podrunner.formats.yaml import GoLoader

    try:
        return yaml.load(patch, Loader=GoLoader), ""
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return None, f"{error.problem}{f' in line {mark.line + 1} of it' if mark else ''}"
    except yaml.YAMLError:
        return None, "it has a character that YAML forbids"
    except RecursionError:
        return None, "it is nested too deeply"
