"""The address of GitLab, as GitLab Runner takes it: it puts /api/v4/ behind it, and a host's port before that.

A path may be right: GitLab can be installed below one (https://docs.gitlab.com/install/relative_url/). What can be told
is that a path is one of GitLab's own.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

_VARIABLE = re.compile(r"\$\{?[A-Za-z_]")
_SCHEMES = ("http://", "https://")
# What git clones from without a helper of one's own.
_CLONED_BY = ("https", "http", "ssh", "git", "file", "ftp", "ftps")
_SCHEME = re.compile(r"[A-Za-z][-+.A-Za-z0-9]*\Z")
_BEFORE_HOST = re.compile(r"[A-Za-z][-+.A-Za-z0-9]*://")
_BLANK = "must have no blanks and nothing that cannot be printed"
_LABEL = re.compile(r"[-\w]{1,63}\Z")
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_API = re.compile(r"/api/v\d+(/|\Z)")
# What browsers show: below /-/ GitLab has its pages alone, others are known by two parts.
_PAGE = re.compile(r"/-(/.*)?\Z|/users/sign_(in|up)\Z|/(admin|dashboard|explore)/(runners|projects|groups)\Z")
# GitLab's own installation, which has no path.
_GITLAB_COM = "gitlab.com"
_OLD_CI = "/ci"
_PORT = "must have a port from 1 to 65535, or none"
_HOST = "must have a host such as gitlab.example.com, 192.0.2.10 or [2001:db8::10]"


def address_reason(value: str) -> str:
    """Why a text is not an address of GitLab, as the rest of a sentence; empty when it may be one, or is a variable."""
    if _VARIABLE.match(value):
        return ""
    if not value.startswith(_SCHEMES):
        return "must begin with https:// or http://, or be a variable such as $CI_SERVER_URL"
    return _parts_reason(value, _host)


def _parts_reason(value: str, host_reason: Callable[[SplitResult], str]) -> str:
    """The same of its parts; the host is judged by whom it is for."""
    if not value.isprintable() or " " in value:
        return _BLANK
    try:
        parts = urlsplit(value)
    except ValueError:
        return _HOST
    return _port(parts) or host_reason(parts) or _path(parts)


def _port(parts: SplitResult) -> str:
    try:
        return _PORT if parts.port == 0 else ""
    except ValueError:
        return _PORT


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").partition("%")[0]
    if host in ("http", "https") and parts.path.startswith("//"):
        return f"must begin with {host}:// once"
    if parts.netloc == "ci" and not parts.path.strip("/"):
        port = 443 if parts.scheme == "https" else 80
        return f"must be {parts.scheme}://ci:{port}: GitLab Runner leaves /ci out at the end, though it is the host"
    if "[" in parts.netloc:
        try:
            ipaddress.IPv6Address(host)
        except ValueError:
            return _HOST
        return ""
    return "" if host and all(_LABEL.match(label) for label in host.removesuffix(".").split(".")) else _HOST


def _path(parts: SplitResult) -> str:
    path = parts.path.rstrip("/")
    if parts.query or parts.fragment:
        return "must be the address of GitLab without `?` and `#`: the runner's own path would be lost behind them"
    if _ESCAPE.search(path):
        return "must have two hexadecimal digits behind each %"
    if _API.search(path):
        return "must be the address of GitLab without /api/v4, which the runner adds itself"
    if page := _PAGE.search(path):
        return f"must end before the page `{page[0]}`"
    if path.endswith(".git"):
        return "must be the address of GitLab, not of a repository"
    if parts.hostname == _GITLAB_COM and path.removesuffix(_OLD_CI):
        return "must be https://gitlab.com, which has no path: a project or group is chosen where the runner is created"
    return ""


def clone_reason(value: str) -> str:
    """The same of `clone_url`, behind which GitLab Runner puts the path of the project; variables are not expanded there."""
    scheme = value.partition(":")[0].lower()
    if scheme not in _CLONED_BY or not value[len(scheme) :].startswith("://"):
        return "must begin with https://, http:// or ssh://"
    if scheme not in ("https", "http", "ssh"):
        return ""
    # Where jobs clone from, nothing is left out at the end.
    return _parts_reason(value, lambda parts: "" if parts.netloc == "ci" else _host(parts))


def is_without_scheme(value: str) -> bool:
    """Whether Go's url.Parse finds no scheme, or nothing that it can read."""
    scheme, colon, _ = value.partition(":")
    return not (colon and _SCHEME.match(scheme))


def without_scheme(value: str) -> str:
    """What is behind `https://` or the like, for keys that are of a host alone; the same where there is none."""
    return _BEFORE_HOST.sub("", value, count=1) if _BEFORE_HOST.match(value) else value


def is_of_old_ci(value: str) -> bool:
    """Whether an address ends as those of the old GitLab CI did, which GitLab Runner takes for that of GitLab."""
    return value.rstrip("/").endswith(_OLD_CI) and not address_reason(value)
