"""Where values say what became a field of an object: by what it says, by a part of that, or by its name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from podrunner.findings.path import parse_dotted
from podrunner.formats.patch import patch_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.findings.path import Path

_WORD = re.compile(r"[A-Z]?[a-z]+")
# Too many things are called so.
_ANYTHING = ({"spec"}, {"template"}, {"metadata"}, {"container"}, {"init", "container"}, {"volume"}, {"name"}, {"port"})
# Fields whose name says nothing of the value that they are made from: what is typed in their place.
_MADE_OF = {"nameservers": "dnsPolicy", "containerPort": "listenAddress", "tolerations": "node_tolerations"}


def find_value(data: Any, value: Any, field: str) -> Path | None:
    """Where a value, or a key that is called so, is written; None when it is nowhere.

    Of several places the one whose names are most like those of `field`, the dotted path of what was made of it.
    """
    places = [*_places(data, value, ())]
    words = words_of(field)
    return max(places, key=lambda path: len(words & words_of(".".join(map(str, path)))), default=None)


def _places(data: Any, value: Any, path: Path) -> Iterator[Path]:
    for part, below in _below(data, path):
        here = (*path, part)
        is_scalar = isinstance(below, str | int | float) and not isinstance(below, bool)
        # A toleration is KEY=VALUE.
        is_key = isinstance(part, str) and value in (part, *part.partition("=")[::2])
        if (is_scalar and str(below) == str(value)) or is_key:
            yield here
        yield from _places(below, value, here)


def words_of(text: str) -> set[str]:
    """The words of names: `cpuRequest`, `cpu_request` → cpu, request."""
    return {word.lower().removesuffix("s") for word in _WORD.findall(text)}


def find_key(data: Any, field: str) -> Path | None:
    """Where the key is written that is called like a field, or like what is nearest around it; None when none is.

    `field` is the dotted path of what was made of the values: `dnsConfig.options` is dns_config of a runner, too.
    """
    every = [*_keys(data, ())]
    around = words_of(field)
    for part in reversed(parse_dotted(field)):
        for name in (str(part), _MADE_OF.get(str(part), "")):
            words = words_of(name)
            if not words or words in _ANYTHING:
                continue
            places = [path for path, called in every if words_of(called) == words]
            if "limit" not in around:
                places = [path for path in places if "limits" not in path]
            if places:
                return max(places, key=lambda path: len(around & words_of(".".join(map(str, path)))))
    return None


def find_container(data: Any, name: str) -> Path | None:
    """Where a container of this name is written, as an item of a list of containers or in a JSON patch."""
    return next(_containers(data, name, ()), None)


def _containers(data: Any, name: str, path: Path) -> Iterator[Path]:
    for part, below in _below(data, path):
        here = (*path, part)
        lists = {word for one in here[-2:] if isinstance(one, str) for word in words_of(one)}
        if isinstance(below, dict) and below.get("name") == name and lists & {"container", "value"}:
            yield here
        yield from _containers(below, name, here)


def found_at(data: Any, path: Path) -> Any:
    """What stands at a path that was found here, which may go on in a patch; None where there is nothing."""
    for end, part in enumerate(path):
        data = dict(_below(data, path[:end])).get(part)
    return data


def _keys(data: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """All keys, and what each calls a part of: that of an operation of a JSON patch is the last in its path."""
    for part, below in _below(data, path):
        here = (*path, part)
        if isinstance(part, str):
            is_pointer = part == "path" and isinstance(below, str) and below.startswith("/")
            names = [one for one in below.split("/") if one.strip("-0123456789")] if is_pointer else []
            yield here, names[-1] if names else part
        yield from _keys(below, here)


def _below(data: Any, path: Path) -> list[tuple[str | int, Any]]:
    """What is in a map or a list, and what is in a patch, which is a text."""
    if isinstance(data, str):
        data = patch_at(path, data)
    return [*data.items()] if isinstance(data, dict) else [*enumerate(data)] if isinstance(data, list) else []
