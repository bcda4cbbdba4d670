"""Secrets in data: by the key or the name that they have, and by what they look like."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from podrunner.secrets.patterns import compiled
from podrunner.secrets.spans import find_spans
from podrunner.secrets.value import is_secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from podrunner.findings.path import Path

    # The data in a text that is a document of its own, by its path; None for another text.
    Read = Callable[[Path, str], Any]

_ASSIGNED = r"(?s)(-{0,2}[A-Za-z_][\w.-]*)=(.*)"
_OPTION = r"--?([A-Za-z][\w-]*)\Z"
# Keys that say nothing of their value: it is called as the map around is, or as what stands beside it.
_ANONYMOUS = frozenset(["value", "insecureInline", "inline", "plain", "plaintext", "content", "stringValue"])
_BESIDE = ("name", "key", "env")


@dataclass(frozen=True, slots=True)
class PlainSecret:
    """`path` is that of the text, `name` its key or variable; `text` is the secret, empty where it is a part of more."""

    path: Path
    name: str
    text: str = ""


@lru_cache(maxsize=4096)
def holds_secret(text: str) -> bool:
    """Whether something in a text, such as a script, looks like a secret."""
    return bool(find_spans(text))


def find_in_text(text: str) -> list[str]:
    """What looks like a secret in a text, in its order."""
    return [text[start:end] for start, end in find_spans(text)]


def find_secrets(data: Any, path: Path = (), *, name: str = "", read: Read | None = None) -> Iterator[PlainSecret]:
    """Every text in maps and lists that is a secret by its key, by its name (`{name, value}`, `NAME=value`) or its look.

    `name` is that of the data itself. `read` gives the data of a text that is a document, such as a patch: what is
    found in it has the path of the text.
    """
    if isinstance(data, dict):
        for key, value in data.items():
            yield from find_secrets(value, (*path, str(key)), name=_name(data, str(key), name), read=read)
    elif isinstance(data, list):
        for index, item in enumerate(data):
            called = _called(data, index, name)
            yield from find_secrets(item, (*path, index), name=called, read=read)
    elif isinstance(data, str):
        yield from _in_text(data, path, name, read)
    elif isinstance(data, int | float) and not isinstance(data, bool) and is_secret(name, str(data)):
        yield PlainSecret(path, name, str(data))


def _name(data: dict[Any, Any], key: str, around: str) -> str:
    if key not in _ANONYMOUS:
        return key
    beside = next((data[one] for one in _BESIDE if isinstance(data.get(one), str)), around)
    return str(beside) or key


def called_at(path: Path) -> str:
    """What the value at a path is called: the last key that says something."""
    names = [part for part in path if isinstance(part, str)]
    return next((name for name in reversed(names) if name not in _ANONYMOUS), names[-1] if names else "")


def _called(items: list[Any], index: int, around: str) -> str:
    """What an item of a list is called: `--password` before it, else as the list."""
    before = items[index - 1] if index else None
    option = compiled(_OPTION).match(before) if isinstance(before, str) else None
    return option[1] if option else around


def _is_item(path: Path, value: str) -> bool:
    """Whether a text is the file of a key of a mounted Secret: `volumes.secret[0].items`, where keys are called as secrets."""
    return (
        path[-2:-1] == ("items",)
        and path[-4:-3] == ("secret",)
        and compiled(r"[\w.-]+(?:/[\w.-]+)*").fullmatch(value) is not None
    )


def _in_text(text: str, path: Path, name: str, read: Read | None) -> Iterator[PlainSecret]:
    inside = read(path, text) if read else None
    if inside is not None:
        yield from (PlainSecret(path, one.name, one.text) for one in find_secrets(inside, read=None))
        return
    called, value = name, text
    if isinstance(path[-1] if path else "", int) and not is_secret(name, text):
        assigned = compiled(_ASSIGNED).match(text)
        called, value = assigned.groups() if assigned else (name, text)
    # The value of `secret` is the name of one, but for files.
    is_file = called == "secret" and path[-2:-1] == ("data",)
    is_named = is_secret("SECRET" if is_file else called, value) and not _is_item(path, value)
    if is_named:
        yield PlainSecret(path, called, value)
    elif holds_secret(text):
        yield PlainSecret(path, called)
