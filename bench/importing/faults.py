"""What of a label is not true of a trial."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podrunner.findings.path import parse_dotted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from bench.importing.trial import Trial


@dataclass(frozen=True, slots=True)
class Fault:
    """`is_said`: the list of changes names what is another way, so that a reader knows of it."""

    text: str
    is_said: bool = False


def find_faults(trial: Trial, expected: Mapping[str, Any]) -> list[Fault]:
    """All keys of a label that are not true, each told in a line."""
    return [fault for key, value in expected.items() for fault in _CHECKS[key](trial, value)]


def names(text: str, words: Iterable[str]) -> bool:
    """Whether one line has all words, whatever their case; `a|b` is either of two."""
    wanted = [[one.casefold() for one in word.split("|")] for word in words]
    return any(all(any(one in line for one in either) for either in wanted) for line in text.casefold().splitlines())


def _config(trial: Trial, expected: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _differing(trial, "config.toml", _config_data(trial), expected)


def _values(trial: Trial, expected: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _differing(trial, "values", trial.effective, expected)


def _differing(trial: Trial, where: str, data: Any, expected: Mapping[str, Any]) -> Iterator[Fault]:
    for path, value in expected.items():
        found = _at(data, path)
        if not any(_holds(one, value) for one in found):
            yield Fault(f"{where} {path} is {_told(found)}, not {value!r}", _is_named(trial, path))


def _contains(trial: Trial, expected: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _missing(trial, "config.toml", _config_data(trial), expected)


def _contains_values(trial: Trial, expected: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _missing(trial, "values", trial.effective, expected)


def _missing(trial: Trial, where: str, data: Any, expected: Mapping[str, Any]) -> Iterator[Fault]:
    for path, entries in expected.items():
        there = [_plain(entry) for found in _at(data, path) if isinstance(found, list) for entry in found]
        for entry in entries:
            if entry not in there:
                is_said = names(trial.said, [str(entry).partition("=")[0]])
                yield Fault(f"{where} {path} lacks {entry!r}: {there}", is_said)


def _counts(trial: Trial, expected: Mapping[str, int]) -> Iterator[Fault]:
    for path, count in expected.items():
        found = _at(_config_data(trial), path)
        if [len(one) for one in found] != [count]:
            yield Fault(f"config.toml has {[len(one) for one in found]} {path}, not {count}")


def _absent(trial: Trial, paths: Sequence[str]) -> Iterator[Fault]:
    for path in paths:
        if found := _at(trial.values, path):
            yield Fault(f"values {path} is there: {_told(found)}")


def _without(trial: Trial, texts: Sequence[str]) -> Iterator[Fault]:
    for text in texts:
        if text in trial.bare:
            yield Fault(f"the result has {text!r}")


def _contains_text(trial: Trial, texts: Sequence[str]) -> Iterator[Fault]:
    text = trial.config.toml.text if trial.config else ""
    for wanted in texts:
        if wanted not in text:
            yield Fault(f"config.toml lacks {wanted!r}", names(trial.said, [wanted]))


def _comments(trial: Trial, texts: Sequence[str]) -> Iterator[Fault]:
    comments = "\n".join(line.partition("#")[2] for line in trial.text.splitlines())
    for text in texts:
        if text not in comments:
            yield Fault(f"the comment {text!r} is gone")


def _named(trial: Trial, groups: Sequence[Sequence[str]]) -> Iterator[Fault]:
    for words in groups:
        if not names(trial.said, words):
            yield Fault(f"no line names {', '.join(words)}")


def _release(trial: Trial, expected: Mapping[str, str]) -> Iterator[Fault]:
    if trial.release != expected["namespace"]:
        yield Fault(f"it is installed in {trial.release}, not {expected['namespace']}")


_CHECKS: dict[str, Callable[[Trial, Any], Iterator[Fault]]] = {
    "config": _config,
    "values": _values,
    "contains": _contains,
    "contains-values": _contains_values,
    "counts": _counts,
    "absent": _absent,
    "without": _without,
    "contains-text": _contains_text,
    "comments": _comments,
    "named": _named,
    "release": _release,
}


def _config_data(trial: Trial) -> Any:
    return trial.config.toml.data if trial.config else {}


def _at(data: Any, path: str) -> list[Any]:
    """What stands at a path; each part is a key, an index, the name of an entry, or `*`."""
    found = [data]
    for part in parse_dotted(path):
        found = [below for one in found for below in _below(one, str(part))]
    return found


def _below(data: Any, part: str) -> list[Any]:
    if isinstance(data, dict):
        return list(data.values()) if part == "*" else [data[part]] if part in data else []
    if not isinstance(data, list):
        return []
    if re.fullmatch(r"\d+", part):
        return data[int(part) : int(part) + 1]
    return [one for one in data if part == "*" or (isinstance(one, dict) and one.get("name") == part)]


def _holds(found: Any, expected: Any) -> bool:
    """Equality; of a mapping, the expected keys alone count. A number is no text of it."""
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(key in found and _holds(found[key], expected[key]) for key in expected)
    if isinstance(expected, list):
        is_long = isinstance(found, list) and len(found) == len(expected)
        return is_long and all(_holds(one, other) for one, other in zip(found, expected, strict=True))
    # A list of one and its entry are the same to the runner where it takes both.
    if isinstance(found, list) and len(found) == 1:
        found = found[0]
    return type(found) is type(expected) and bool(found == expected)


def _plain(entry: Any) -> Any:
    """A pull Secret as {name: …} and as its name are the same."""
    return entry["name"] if isinstance(entry, dict) and [*entry] == ["name"] else entry


def _is_named(trial: Trial, path: str) -> bool:
    last = str(parse_dotted(path)[-1])
    return names(trial.said, [last])


def _told(found: Sequence[Any]) -> str:
    return " and ".join(repr(one) for one in found) or "not there"
