"""From a key of config.toml back to the value of the chart that it was made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.findings.path import value_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from podrunner.findings.path import Path


_BUILD = ("kubernetes", "build_container_security_context")
# Keys of a runner that the chart makes of a value below `podman`, and of others.
_OF_PODMAN: dict[Path, Path] = {
    ("kubernetes", "image"): ("image",),
    (*_BUILD, "seccomp_profile"): ("seccomp", "type"),
    (*_BUILD, "app_armor_profile"): ("appArmor", "type"),
    (*_BUILD, "proc_mount"): ("run",),
    ("kubernetes", "volumes", "host_path"): ("storage", "additionalImageStores"),
}
_OF_ALL: dict[Path, tuple[Path, ...]] = {
    ("kubernetes", "helper_image"): (("helperImage", "tag"), ("helperImage", "repository")),
    ("url",): (("gitlab", "url"),),
}


def written_path(path: Path, config: dict[str, Any], values: Mapping[str, Any], about: str = "") -> Path | None:
    """Where in the values a key of config.toml was written; None for what is the chart's own.

    `runners[0].kubernetes.image` → `runners.NAME.config.kubernetes.image`, else `jobs.config.kubernetes.image`, else
    `podman.image` of the runner or of all; `runners[0].url` at last → `gitlab.url`, the helper's image →
    `helperImage.tag`, keys of the cache → `cache.…`, the timeout of web terminals → `sessionServer.timeout`, what NO_PROXY has → `proxy.noProxy[…]`;
    all other keys → `config.…`. `config` is the parsed config.toml, `about` the part of the value that is meant. An item that is in none of the lists is at its list.
    """
    at_list: Path | None = None
    for home, depth in _homes(path, config, values):
        found, is_whole = _follow(path[depth:], value_at(config, path[:depth]), value_at(values, home))
        if found is not None and is_whole:
            return (*home, *found)
        if found is not None and at_list is None:
            at_list = (*home, *found)
    return _of_the_proxy(path, config, values, about) or at_list or _of_the_chart(path, config, values)


def _of_the_proxy(path: Path, config: dict[str, Any], values: Mapping[str, Any], about: str) -> Path | None:
    """The item that the chart joins with others into one variable."""
    hosts = value_at(values, ("proxy", "noProxy"))
    is_joined = path[2:3] == ("environment",) and str(value_at(config, path)).lower().startswith("no_proxy=")
    return (
        ("proxy", "noProxy", hosts.index(about)) if is_joined and isinstance(hosts, list) and about in hosts else None
    )


def _of_the_chart(path: Path, config: dict[str, Any], values: Mapping[str, Any]) -> Path | None:
    """A value of the chart's own that a key is made of."""
    if path == ("session_server", "session_timeout") and value_at(values, ("sessionServer", "timeout")) is not None:
        return ("sessionServer", "timeout")
    if path[:1] != ("runners",):
        return None
    name = value_at(config, (*path[:2], "name"))
    places = _OF_ALL.get(path[2:], (path[2:],) if path[2:3] == ("cache",) else ())
    if below := next((below for key, below in _OF_PODMAN.items() if path[2 : 2 + len(key)] == key), None):
        places = (("runners", name, "podman", *below), ("podman", *below))
    return next((place for place in places if value_at(values, place) is not None), None)


def _homes(path: Path, config: dict[str, Any], values: Mapping[str, Any]) -> list[tuple[Path, int]]:
    """(where in the values a table of config.toml is written, how many parts of `path` say which table)."""
    if len(path) > 1 and path[0] == "runners":
        name = value_at(config, (*path[:2], "name"))
        if isinstance(name, str):
            return [(("runners", _key(name, values), "config"), 2), (("jobs", "config"), 2)]
    return [(("config",), 0)]


def _key(name: str, values: Mapping[str, Any]) -> str:
    """The key of the runner that has this name, which it may say itself."""
    runners = value_at(values, ("runners",))
    keys = runners if isinstance(runners, dict) and name not in runners else {}
    return next((key for key in keys if value_at(keys, (key, "config", "name")) == name), name)


def _follow(rest: Path, made: Any, written: Any) -> tuple[Path | None, bool]:
    """(`rest` as it is in `written`, whether all of it is there). `made` is the same table in config.toml."""
    found: Path = ()
    is_in_list = False
    for number, part in enumerate(rest):
        if isinstance(part, int) and not isinstance(written, str):
            is_in_list = True
            index = _index(written, value_at(made, (part,)))
            if index is None:
                return found, False
            found, written = (*found, index), written[index]
        elif isinstance(written, dict) and part in written:
            found, written = (*found, part), written[part]
        elif isinstance(written, str) and found[-1:] == ("patch",):
            # A patch is one text: what is in it is where it was.
            return (*found, *rest[number:]), True
        else:
            # What an item lacks is a mistake of the item; what a table lacks may be the chart's.
            return ((*found, *rest[number:]) if is_in_list else None), is_in_list
        made = value_at(made, (part,))
    return (found, True) if written is not None else (None, False)


def _index(written: Any, item: Any) -> int | None:
    """Which item it is, by what it says: the chart joins lists, its own items first, so numbers say nothing."""
    if not isinstance(written, list) or item is None:
        return None
    if item in written:
        return written.index(item)
    names = [one.get("name") if isinstance(one, dict) else None for one in written]
    name = item.get("name") if isinstance(item, dict) else None
    return names.index(name) if name is not None and name in names else None
