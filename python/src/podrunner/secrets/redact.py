"""Secrets in texts: those that are known, and what looks like one. GitLab masks what it knows of, a log may hold more."""

from __future__ import annotations

import base64
import re

CENSORED = "[censored]"
_WORD = r"(?:password|passwd|passphrase|secret|token|api_?key|access_?key|private_?key|credentials?|auth)"
_NAME = rf"[\w.-]*{_WORD}"
# The same where more may follow, but no longer word: DB_PASSWORD_2, not CI_COMMIT_AUTHOR.
_VARIABLE = rf"{_NAME}s?(?![a-z])[\w.-]*"
# What is no variable, and not censored already.
_GIVEN = r"(?![\"']?[$\[])"
_VALUE = rf"""{_GIVEN}(?:"[^"\n]+"|'[^'\n]+'|[^\s"']+)"""
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
        # A token alone: longer than a name, and with a digit.
        (r"(?P<before>\bhttps?://)(?=[\w-]*\d)[\w-]{12,}(?=@)", rf"\g<before>{CENSORED}"),
        (
            r"(?i)(?P<before>\b(?:authorization|proxy-authorization): *(?:basic|bearer|token) +)\S+",
            rf"\g<before>{CENSORED}",
        ),
        # PRIVATE-TOKEN, JOB-TOKEN and the like of curl's arguments and of what it sends.
        (
            rf"""(?im)(?P<before>(?:["']|^> |(?:-H|--header)[ =])(?:[\w-]+-token|x-api-key): *){_GIVEN}[^\s"']+""",
            rf"\g<before>{CENSORED}",
        ),
        # On command lines: -p SECRET of a login, --password SECRET, --creds user:SECRET.
        (r"(?P<before>\blogin\b.*?[ \t]-p[ =]?)(?![\"']?\$)[^\s$][^\s]*", rf"\g<before>{CENSORED}"),
        (r"(?P<before>--(?:password|creds|token)[ =])(?![\"']?\$|stdin)[^\s$][^\s]*", rf"\g<before>{CENSORED}"),
        # curl -u USER:SECRET, mysql -pSECRET (not a port's -p3306:3306), sshpass -p SECRET, redis-cli -a SECRET.
        (
            (
                r"""(?P<before>\bcurl\b[^|;\n]*?[ \t](?:-[A-Za-z]*[uU]|--(?:proxy-)?user)[ =]*(?!\d+:\d+\b)(?P<quote>["'])?[^\s:"']*:)"""
                rf"""{_GIVEN}(?(quote)(?:(?!(?P=quote))[^\n])+|[^\s"']+)"""
            ),
            rf"\g<before>{CENSORED}",
        ),
        (
            rf"(?P<before>\b(?:mysql|mariadb)[\w-]*[ \t](?:[^|;&\n]*?[ \t])?-p)(?!\d+:\d|[ \t]){_VALUE}",
            rf"\g<before>{CENSORED}",
        ),
        (rf"(?P<before>\b(?:sshpass[ \t]+-p|redis-cli\b.*?[ \t]-a)[ \t]*){_VALUE}", rf"\g<before>{CENSORED}"),
        # echo SECRET | podman login --password-stdin, kubectl create secret --from-literal=key=SECRET.
        (
            r"(?P<before>\b(?:echo|printf)[ \t]+)[^|$\[\n]+?(?=[ \t]*\|[^|\n]*--password-stdin)",
            rf"\g<before>{CENSORED}",
        ),
        (rf"(?P<before>--from-literal[= ][\"']?[\w.-]+=){_VALUE}", rf"\g<before>{CENSORED}"),
        # A variable of Kubernetes, as YAML with its further lines, and in one line or as JSON.
        (
            (
                rf"""(?im)(?P<before>^[ \t]*(?:-[ \t]+)?name:[ \t]*["']?{_VARIABLE}["']?[ \t]*\n(?P<indent>[ \t]*)value:[ \t]*)"""
                rf"""{_GIVEN}(?!["']{{2}}$)\S[^\n]*(?:\n(?:[ \t]*\n)*(?P=indent)[ \t]+[^\n]+)*"""
            ),
            rf"\g<before>{CENSORED}",
        ),
        (
            (
                rf"""(?i)(?P<before>\bname["']?:\s*["']?{_VARIABLE}["']?,\s*["']?value["']?:\s*)"""
                rf"""{_GIVEN}(?P<quote>["'])?(?(quote)(?:(?!(?P=quote))[^\\]|\\.)+|[^\s,}}]+)"""
            ),
            rf"\g<before>\g<quote>{CENSORED}",
        ),
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
