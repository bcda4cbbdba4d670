"""Secrets in quoted lines: GitLab masks what it knows of, a log may hold more."""

from __future__ import annotations

import re

CENSORED = "[censored]"
_NAME = r"[\w.-]*(?:password|passwd|passphrase|secret|token|api_?key|access_?key|private_?key|credentials?|auth)"
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
        (r"(?P<before>\blogin\b.*?\s-p[ =]?)(?![\"']?\$)[^\s$][^\s]*", rf"\g<before>{CENSORED}"),
        (r"(?P<before>--(?:password|creds|token)[ =])(?![\"']?\$|stdin)[^\s$][^\s]*", rf"\g<before>{CENSORED}"),
        # name=value, "name": "value", and a line `name: value`.
        (
            rf"(?i)(?P<before>\b{_NAME}(?:=[\"']?|[\"']\s*:\s*[\"']))(?!\$|\[)[^\s\"',;&]{{4,}}",
            rf"\g<before>{CENSORED}",
        ),
        (rf"(?i)^(?P<before>\s*(?:-\s+)?{_NAME}:\s+)(?!\$|\[)\S{{4,}}$", rf"\g<before>{CENSORED}"),
    )
)


def censor(text: str) -> str:
    """The text, with what looks like a secret replaced."""
    for rule, into in _RULES:
        text = rule.sub(into, text)
    return text
