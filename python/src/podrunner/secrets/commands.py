"""Secrets on command lines, in headers of HTTP and in URLs: by where they stand, whatever they are called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from podrunner.secrets.patterns import compiled
from podrunner.secrets.value import is_drawn, is_opaque, is_reference, is_secret, is_user_and_password

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# A word of a command line, in quotes or without, of at most as many characters as anybody writes.
_VALUE = r"""(?P<quote>["'])?(?P<secret>(?(quote)(?:(?!(?P=quote))[^\n]){1,4096}|[^\s"']{1,4096}))"""
# Anything on the way from a command to its option, also on the next line.
_FAR = r"(?:[^|;&\n]|\\\n){0,400}?"
# What follows an option in help and in messages.
# fmt: off
_PROSE = frozenset({
    "string", "text", "value", "file", "must", "is", "was", "are", "and", "or", "needs", "has", "cannot", "for", "to",
    "in", "of", "with", "from", "the", "a", "as", "by", "option",
    "options", "flag", "argument",
})
# fmt: on


class ArgumentPlace(NamedTuple):
    """`pattern` has a group `secret`; it is looked for in lines that have `hint`, in small letters."""

    hint: str
    pattern: str
    accepts: Callable[[re.Match[str]], bool]
    flags: int = 0


def _any(found: re.Match[str]) -> bool:
    return not is_reference("", found["secret"])


def _named(found: re.Match[str]) -> bool:
    return found["secret"].lower().rstrip(",.;:") not in _PROSE and is_secret(found["name"], found["secret"])


def _login(found: re.Match[str]) -> bool:
    return _any(found) and is_opaque(found["secret"]) and "=" not in found["secret"]


def _with_scheme(found: re.Match[str]) -> bool:
    return _any(found) and (found["scheme"] is not None or is_opaque(found["secret"]))


def _bearer(found: re.Match[str]) -> bool:
    return _any(found) and len(found["secret"]) >= 8 and is_opaque(found["secret"])


def _basic(found: re.Match[str]) -> bool:
    return is_user_and_password(found["secret"]) or is_drawn(found["secret"])


def _cookie(found: re.Match[str]) -> bool:
    return "=" in found["secret"] and _any(found)


def _drawn(found: re.Match[str]) -> bool:
    return is_drawn(found["secret"])


_ANYTHING = r"(?P<secret>[^\s\"']{1,4096})"
COMMANDS = tuple(
    ArgumentPlace(hint, pattern, accepts)
    for hint, pattern, accepts in (
        # -p SECRET of a login, the lines of .netrc, --creds user:SECRET.
        ("login", rf"\blogin\b(?!/){_FAR}[ \t\"',]-p[\"']?[ \t=,]{{0,9}}{_VALUE}", _any),
        ("login", rf"\blogin[ \t]+\S{{1,200}}[ \t]+password[ \t]+{_VALUE}", _any),
        ("creds", rf"--(?:src-|dest-)?creds[ =]{_VALUE}", _any),
        # curl -u USER:SECRET, mysql -pSECRET (not a port's -p3306:3306), sshpass -p SECRET, redis-cli -a SECRET.
        (
            "curl",
            (
                rf"\bcurl\b{_FAR}[ \t](?:-[A-Za-z]{{0,9}}[uU]|--(?:proxy-)?user)[ =]{{0,9}}(?!\d+:\d+\b)"
                r"""(?P<quote>["'])?[^\s:"']{0,200}:(?P<secret>(?(quote)(?:(?!(?P=quote))[^\n]){1,4096}|[^\s"']{1,4096}))"""
            ),
            _any,
        ),
        (
            "-p",
            rf"\b(?:mysql|mariadb)[\w-]{{0,20}}[ \t](?:{_FAR}[ \t])?-p(?!\d+:\d|[ \t]){_VALUE}",
            _any,
        ),
        ("sshpass", rf"\bsshpass[ \t]+-p[ \t]*{_VALUE}", _any),
        ("redis-cli", rf"\bredis-cli\b{_FAR}[ \t]-a[ \t]+{_VALUE}", _any),
        # echo SECRET | podman login --password-stdin, and the same by a here-string.
        (
            "--password-stdin",
            r"\b(?:echo|printf)[ \t]+(?:-n[ \t]+)?(?P<secret>[^|\n]{1,400}?)(?=[ \t]*\|[^|\n]{0,400}--password-stdin)",
            _any,
        ),
        ("--password-stdin", rf"--password-stdin\b{_FAR}<<<[ \t]*{_VALUE}", _any),
        ("from-literal", rf"--from-literal[= ][\"']?[\w.-]{{1,253}}={_ANYTHING}", _any),
        # --db-password SECRET, -storepass SECRET, also as items of a list in one line; the next option is no value.
        (
            "-",
            r"(?<![\w-])-{1,2}(?P<name>[A-Za-z_][\w.-]{1,60})(?:=|(?:[ \t]+|[\"'],[ \t]*)(?![\"']?-))" + _VALUE,
            _named,
        ),
        # npm config set //registry/:_authToken SECRET, aws configure set aws_secret_access_key SECRET, set -x NAME SECRET.
        (
            "set",
            rf"\bset(?:x|env)?[ \t]+(?:-[A-Za-z]{{1,5}}[ \t]+)?(?:\S{{1,200}}:)?(?P<name>[\w.-]{{1,100}})[ \t]+{_VALUE}",
            _named,
        ),
        # A line of a Containerfile, as builds print it.
        ("env", rf"\bENV[ \t]+(?P<name>[A-Za-z_]\w{{0,100}})[ \t]+{_VALUE}", _named),
        # vault login TOKEN; echo 'root:SECRET' | chpasswd.
        ("vault", rf"\bvault[ \t]+login[ \t]+(?:-\S{{1,200}}[ \t]+){{0,5}}(?!-){_VALUE}", _login),
        (
            "chpasswd",
            r"\b(?:echo|printf)[ \t]+(?:-\w[ \t]+)?[\"']?[\w.-]{1,64}:(?P<secret>[^|\n\"']{1,400}?)(?=[\"']?[ \t]*\|[^|\n]{0,40}\bchpasswd)",
            _any,
        ),
    )
)
HEADERS = tuple(
    ArgumentPlace(hint, pattern, accepts, re.IGNORECASE)
    for hint, pattern, accepts in (
        (
            "authorization",
            (
                r"\bauthorization\\*[\"']?[ \t]*[:=][ \t]*\\*[\"']?"
                rf"(?:(?P<scheme>basic|bearer|token|digest|negotiate|apikey|key|splunk)[ \t]+)?{_ANYTHING}"
            ),
            _with_scheme,
        ),
        ("bearer", r"\bbearer[ \t]+(?P<secret>[\w.~+/=-]{8,4096})", _bearer),
        ("basic", r"\bbasic[ \t]+(?P<secret>[\w+/=-]{6,4096})", _basic),
        ("cookie", r"\b(?:set-)?cookie:[ \t]*(?P<secret>[^\n\"']{4,4096})", _cookie),
    )
)
URLS = tuple(
    ArgumentPlace("@", pattern, accepts)
    for pattern, accepts in (
        # user:password@host; the port of `http://host:80/a@b` is none.
        (
            (
                r"\b[A-Za-z][\w+.-]{0,30}://[^\s:/@\"']{0,200}:(?!\d{1,5}[/?#])"
                r"(?P<secret>[^\s@\"']{1,300}(?:@[^\s@/\"']{1,300}){0,3})(?=@)"
            ),
            _any,
        ),
        # user:password@tcp(host:3306)/database, as Go's drivers have it.
        (r"(?<![\w/:])[\w.-]{1,100}:(?P<secret>[^\s:@\"']{1,300})(?=@(?:tcp|udp|unix)\()", _any),
        # A token alone, or before a password that is none: longer than a name, and with a digit.
        (r"\bhttps?://(?=[\w-]{0,200}\d)(?P<secret>[\w-]{12,200})(?=@)", _any),
        (r"\bhttps?://(?P<secret>[\w.-]{16,200})(?=:[^\s/@\"']{0,100}@)", _drawn),
    )
)


def find_places(places: tuple[ArgumentPlace, ...], text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """(start, end) of what stands at such places of a line."""
    line = text[start:end].lower()
    for place in places:
        if place.hint in line:
            for found in compiled(place.pattern, place.flags).finditer(text, start, end):
                if place.accepts(found):
                    yield found.span("secret")
