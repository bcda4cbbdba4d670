"""Texts without secrets: those that are known, and what looks like one. GitLab masks what it knows of, a log may hold more."""

from __future__ import annotations

import base64
import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from podrunner.secrets.find import PlainSecret, find_secrets
from podrunner.secrets.patterns import compiled
from podrunner.secrets.spans import find_spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from podrunner.findings.path import Path

REDACTED = "[redacted]"
# A shorter text is found in too many places where it is not a secret; one that is not long only as a word.
_SHORT, _LONG = 4, 8


class Redactor:
    """Takes secrets out of texts: those it was told, and those that look like one."""

    def __init__(self, *secrets: str) -> None:
        # The longest first: one may be a part of another.
        self._known: tuple[str, ...] = ()
        self.add(*secrets)

    def add(self, *secrets: str) -> None:
        """Secrets that are known, of four characters or more; they are found in base64, JSON and folded lines, too."""
        new = {secret for secret in secrets if len(secret.strip()) >= _SHORT and secret != REDACTED}
        if not new.issubset(self._known):
            self._known = tuple(sorted(new.union(self._known), key=len, reverse=True))

    def knowing(self, *secrets: str) -> Redactor:
        """One that knows these, too."""
        return self if set(secrets).issubset(self._known) else Redactor(*self._known, *secrets)

    def redact(self, text: str) -> str:
        """The text, of any number of lines, without them."""
        for secret in self._known:
            for part, pattern in _patterns(secret):
                # Most are not there, which is known at once.
                text = compiled(pattern).sub(REDACTED, text) if part in text else text
        return redact(text)


def redact(text: str, secrets: Iterable[PlainSecret] = ()) -> str:
    """The text, with `secrets`, and what looks like one, replaced."""
    known = [one.text for one in secrets if one.text]
    if known:
        return Redactor(*known).redact(text)
    parts, at = [], 0
    for start, end in find_spans(text):
        parts += [text[at:start], REDACTED]
        at = end
    return "".join([*parts, text[at:]]) if parts else text


def redact_data(data: Any, redactor: Redactor | None = None, *, path: Path = (), name: str = "") -> Any:
    """A text, or all in maps and lists, without what `redactor` knows, what is found in it, and what looks like a secret.

    `path` is where the data stands, `name` what it is called there, which says whether it is a secret itself.
    """
    own = {one.path: one.text for one in find_secrets(data, path, name=name) if one.text}
    return _redacted(data, path, own, (redactor or Redactor()).knowing(*own.values()))


def _redacted(data: Any, path: Path, own: Mapping[Path, str], redactor: Redactor) -> Any:
    if isinstance(data, dict):
        return {key: _redacted(item, (*path, str(key)), own, redactor) for key, item in data.items()}
    if isinstance(data, list):
        return [_redacted(item, (*path, index), own, redactor) for index, item in enumerate(data)]
    if path in own:
        # The whole, or what is behind NAME=.
        return REDACTED.join(str(data).rsplit(own[path], 1))
    return redactor.redact(data) if isinstance(data, str) else data


@lru_cache(maxsize=4096)
def _patterns(secret: str) -> tuple[tuple[str, str], ...]:
    """How a secret is written: as it is, in base64 with and without a line end, in JSON, YAML and URLs.

    (a part that is in every such text, the pattern), the longest first.
    """
    encoded = [base64.b64encode(text.encode()).decode().rstrip("=") for text in (secret, f"{secret}\n")]
    in_json = [json.dumps(secret, ensure_ascii=is_ascii)[1:-1] for is_ascii in (True, False)]
    forms = dict.fromkeys([secret, *in_json, secret.replace("'", "''"), _in_url(secret)])
    patterns = [(form.split()[0], _pattern(form)) for form in sorted(forms, key=len, reverse=True)]
    return (*patterns, *((form, f"{re.escape(form)}={{0,2}}") for form in encoded))


def _in_url(text: str) -> str:
    return "".join(one if one.isascii() and (one.isalnum() or one in "-._~") else _percent(one) for one in text)


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())


def _pattern(form: str) -> str:
    # Lines may be folded, or indented.
    pattern = r"\s+".join(map(re.escape, form.split()))
    return pattern if len(form) >= _LONG else rf"(?<!\w){pattern}(?!\w)"
