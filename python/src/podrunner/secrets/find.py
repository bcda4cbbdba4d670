"""Secrets in plain sight: what looks like one by its name or by itself, and texts without them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from podrunner.findings.path import Path

# Tokens of GitLab, GitHub and AWS, private keys: secrets whatever they are called.
_KNOWN = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bgl(?:pat|rt|dt|cbt)-[\w-]{16,}|\bgh[pousr]_\w{30,}|\bAKIA[0-9A-Z]{16}\b"
)
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
_HEADER = re.compile(r"(?i)(\b[\w-]+-(?:TOKEN|API-KEY): *)(?!\$)[\w.~+/=-]{8,}")
_WORDS = (
    *("PASSWORD", "PASSWD", "PASSPHRASE", "PASS", "PW", "PAT", "TOKEN", "CREDENTIALS?", "DOCKER_AUTH_CONFIG"),
    *("API[_-]?KEY", "(?:ACCESS|SECRET|PRIVATE|ACCOUNT|SSH)[_-]KEY"),
)
# Of a variable, an annotation or another key. What ends in "-secret" there is the name of a Secret.
_NAME = re.compile(rf"(?:(?:^|[_./-])(?:{'|'.join(_WORDS)})|(?:^|_)SECRET)(?:_?\d+)?$", re.IGNORECASE)
# A path, a reference to a variable, to this chart's Secrets or to a vault, a switch, a number: not the secret itself.
_HARMLESS = re.compile(
    r"\s*(?:(?:~|\.\.?)?/.*|\$.*|@podrunner-secret:.*|vault:.*|true|false|yes|no|on|off|null|\d{0,5})\Z",
    re.IGNORECASE | re.DOTALL,
)
# A user and a password that come from variables.
_REFERRED = re.compile(r"://(?:\$[({]?\w+[)}]?:?)+@")
_ASSIGNED = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
# A shorter text is found in too many places where it is no secret.
_SHORT = 4


@dataclass(frozen=True, slots=True)
class PlainSecret:
    """`path` is that of the text, `name` its key or variable; `text` is the secret, empty where it is a part of more."""

    path: Path
    name: str
    text: str = ""


@lru_cache(maxsize=4096)
def is_secret(name: str, value: str) -> bool:
    """Whether a value is a secret by the name that it has, and no reference to one."""
    return bool(_NAME.search(name)) and not name.startswith("checksum/") and not _HARMLESS.match(value)


def is_known(text: str) -> bool:
    """Whether there is a secret of a well-known form in a text."""
    return bool(_KNOWN.search(text))


@lru_cache(maxsize=4096)
def holds_secret(text: str) -> bool:
    """Whether something in a text, such as a script, looks like a secret."""
    text = _REFERRED.sub("://", text)
    return is_known(text) or _clean(text) != text


def find_secrets(data: Any, path: Path = ()) -> Iterator[PlainSecret]:
    """Every text in maps and lists that is a secret by its key, by its name (`{name, value}`, `NAME=value`) or its look."""
    if isinstance(data, dict):
        for key, value in data.items():
            at = (*path, str(key))
            if isinstance(value, str):
                yield from _in_text(at, str(data.get("name", key)) if key == "value" else str(key), value)
            else:
                yield from find_secrets(value, at)
    elif isinstance(data, list):
        for index, item in enumerate(data):
            if isinstance(item, str):
                assigned = _ASSIGNED.match(item)
                name, value = assigned.groups() if assigned else ("", item)
                yield from _in_text((*path, index), name, value, item)
            else:
                yield from find_secrets(item, (*path, index))


def _in_text(path: Path, name: str, value: str, whole: str = "") -> Iterator[PlainSecret]:
    inside = _patch(value) if name == "patch" else None
    if inside is not None:
        yield from (PlainSecret(path, one.name, one.text) for one in find_secrets(inside))
    # The value of `secret` is the name of one, but for files.
    elif (name != "secret" or path[-2:-1] == ("data",)) and is_secret(name, value):
        yield PlainSecret(path, name, value)
    elif holds_secret(whole or value):
        yield PlainSecret(path, name)


def _patch(text: str) -> Any:
    """A patch of pod_spec, JSON or YAML; None for a text that is neither."""
    from podrunner.formats.patch import read_patch

    data, _ = read_patch(text)
    return data if isinstance(data, dict | list) else None


def without_secrets(value: Any, secrets: Iterable[PlainSecret]) -> Any:
    """A text, or all in maps and lists, without secrets that were found and what looks like one."""
    known = tuple(one.text for one in secrets if len(one.text) >= _SHORT)
    if isinstance(value, dict):
        return {key: without_secrets(item, secrets) for key, item in value.items()}
    if isinstance(value, list):
        return [without_secrets(item, secrets) for item in value]
    return _clean(value, known) if isinstance(value, str) else value


def _clean(text: str, known: Iterable[str] = ()) -> str:
    from podrunner.secrets.redact import CENSORED, Censor

    censor = Censor()
    censor.add(*known)
    text = _PRIVATE_KEY.sub(CENSORED, _HEADER.sub(rf"\g<1>{CENSORED}", text))
    return censor.clean(text)
