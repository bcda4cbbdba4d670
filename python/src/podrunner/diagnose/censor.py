"""Secrets in texts: those that are known, and what looks like one. GitLab masks what it knows of, a log may hold more."""

from __future__ import annotations

import base64
import re

CENSORED = "[censored]"
_WORD = r"(?:password|passwd|passphrase|secret|token|api_?key|access_?key|private_?key|credentials?|auth)"
_NAME = rf"[\w.-]*{_WORD}"
_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), into)
    for pattern, into in (
        # By their look: GitLab, GitHub, Docker Hub, AWS, JSON web tokens.
        (r"\bgl[a-z]{2,5}-[0-9A-Za-z_.-]{10,}", CENSORED),
        (r"\b(?:gh[opsur]_|github_pat_|dckr_[a-z]{3}_)[0-9A-Za-z_-]{10,}", CENSORED),
        (r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b", CENSORED),
        (r"\beyJ[0-9A-Za-z_-]{10,}(?:\.[0-9A-Za-z_-]+){0,2}", CENSORED),
        # In URLs: user:password@host.
        (r"(?P<before>\b[a-z][a-z0-9+.-]*://[^\s:/@]*:)[^\s@]+(?=@)", rf"\g<before>{CENSORED}"),
        (
            r"(?i)(?P<before>\b(?:authorization|proxy-authorization): *(?:basic|bearer|token) +)\S+",
            rf"\g<before>{CENSORED}",
        ),
        # On command lines: -p SECRET of a login, --password SECRET, --creds user:SECRET.
        (r"(?P<before>\blogin\b.*?[ \t]-p[ =]?)(?![\"']?\$)[^\s$][^\s]*", rf"\g<before>{CENSORED}"),
        (r"(?P<before>--(?:password|creds|token)[ =])(?![\"']?\$|stdin)[^\s$][^\s]*", rf"\g<before>{CENSORED}"),
        # A line of TOML, YAML or JSON: name = "value", name: 'value'.
        (
            rf"""(?im)(?P<before>^[ \t]*(?:-[ \t]+)?["']?{_NAME}[\w.-]*["']?[ \t]*[=:][ \t]*)(?P<quote>["'])(?!\$|\[)[^"'\n]+(?P=quote)""",
            rf"\g<before>\g<quote>{CENSORED}\g<quote>",
        ),
        # name=value, "name": "value", and a line `name: value`.
        (
            rf"(?i)(?P<before>\b{_NAME}(?:=[\"']?|[\"']\s*:\s*[\"']))(?!\$|\[)[^\s\"',;&]{{4,}}",
            rf"\g<before>{CENSORED}",
        ),
        (
            rf"(?im)^(?P<before>[ \t]*(?:-[ \t]+)?{_NAME}:[ \t]+)(?!\$|\[|(?:true|false|null)$)[^\s\"']\S{{3,}}$",
            rf"\g<before>{CENSORED}",
        ),
    )
)


class Censor:
    """Takes secrets out of texts: those it was told, and those that look like one."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()

    def add(self, *secrets: str) -> None:
        """Secrets that are known; they are found in base64, too."""
        for secret in secrets:
            if secret:
                self._secrets |= {secret, base64.b64encode(secret.encode()).decode()}

    def clean(self, text: str) -> str:
        """The text, of any number of lines, without them."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, CENSORED)
        return censor(text)


def censor(text: str) -> str:
    """The text, with what looks like a secret replaced."""
    for rule, into in _RULES:
        text = rule.sub(into, text)
    return text
