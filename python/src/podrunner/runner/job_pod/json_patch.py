"""JSON patches (RFC 6902) of pod_spec: laid over the pod by jsonpatch, and why one cannot be."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from podrunner.findings.suggest import nearest
from podrunner.manifests.objects import maps, texts

_OPERATIONS = ("add", "remove", "replace", "move", "copy", "test")
_WITH_VALUE, _WITH_FROM = ("add", "replace", "test"), ("move", "copy")
_AROUND = ("spec", "metadata")
# How a path says the place behind the last item.
_END = "-"


def malformed(operations: Any) -> str:
    """Why this is no JSON patch, whatever the pod, as the rest of a sentence; empty when it is one."""
    found = maps(operations) if isinstance(operations, list) else []
    if not isinstance(operations, list) or len(found) != len(operations) or not all(map(_has_texts, found)):
        return "must be a list of maps with `op` and `path`, as patch_type is json"
    return next(filter(None, map(_flaw, found)), "")


def _has_texts(operation: dict[str, Any]) -> bool:
    return len(texts([operation.get("op"), operation.get("path")])) == 2


def _flaw(operation: dict[str, Any]) -> str:
    kind = operation["op"]
    if kind not in _OPERATIONS:
        return f"must have {', '.join(_OPERATIONS[:-1])} or {_OPERATIONS[-1]} as `op`, not `{kind}`"
    if kind in _WITH_FROM and not isinstance(operation.get("from"), str):
        return f"must have `from` beside {kind}: the path that it takes"
    if kind in _WITH_VALUE and "value" not in operation:
        return f"must have `value` beside {kind}"
    for path in (operation["path"], operation["from"] if kind in _WITH_FROM else ""):
        if path and not path.startswith("/"):
            return f"must have paths that begin with /: write `/{path}`"
    return ""


def json_patched(spec: dict[str, Any], operations: list[dict[str, Any]]) -> tuple[dict[str, Any], str]:
    """A pod spec after the operations, and why one is not possible in it, as a sentence without its end."""
    import jsonpatch
    import jsonpointer

    found: Any = deepcopy(spec)
    for operation in operations:
        try:
            found = jsonpatch.apply_patch(found, [operation])
        except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException):
            return spec, f"{operation['op']} {operation['path']} is not possible in this pod{_why(found, operation)}"
    # The path "" is the whole pod.
    return (found if isinstance(found, dict) else spec), ""


def _why(spec: Any, operation: dict[str, Any]) -> str:
    is_taken = operation["op"] in _WITH_FROM
    path = operation["from"] if is_taken else operation["path"]
    parts = [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]
    if parts[:1] and parts[0] in _AROUND and parts[0] not in spec:
        return f": it is laid over the pod's spec, which has no {parts[0]} in it"
    below, said = spec, ""
    for number, part in enumerate(parts):
        is_last = number == len(parts) - 1
        if reason := _missing(below, part, said, may_be_new=is_last and operation["op"] == "add"):
            return f": {reason}"
        below = (
            below[int(part)]
            if isinstance(below, list) and part.isdigit()
            else below.get(part)
            if isinstance(below, dict)
            else None
        )
        said += f"/{part}"
    return f": {said} is {below!r}" if operation["op"] == "test" and not isinstance(below, (dict, list)) else ""


def _missing(below: Any, part: str, said: str, *, may_be_new: bool) -> str:
    """Why there is no such part of what is at a path."""
    if isinstance(below, list):
        if not part.isdigit() and not (part == _END and may_be_new):
            return f"{said} is a list, whose items are counted from 0, so `{part}` is none of them"
        is_there = part == _END or int(part) < len(below) + may_be_new
        return "" if is_there else f"{said} has {len(below)} items, counted from 0"
    if not isinstance(below, dict):
        return f"{said} is neither a map nor a list"
    if may_be_new or part in below:
        return ""
    meant = nearest(part, below)
    return f"there is no {said}/{part}{f', perhaps {said}/{meant} is meant' if meant else ''}"
