"""Where the manager listens, as GitLab Runner takes it: HOST:PORT of Go's net.Listen. Seen of gitlab-runner 19.4.0."""

from __future__ import annotations

import ipaddress
import re

from podrunner.manifests.admission.forms import LAST_PORT

# A name may not end as an IPv4 address does: then nobody looks it up, and it is none.
_NAME = re.compile(
    r"([A-Za-z0-9_]([-A-Za-z0-9_]*[A-Za-z0-9_])?\.)*(?!\d+\Z)[A-Za-z0-9_]([-A-Za-z0-9_]*[A-Za-z0-9_])?\Z"
)
_ADDRESS = re.compile(r"(?P<host>\[[^][]*\]|[^][:]*)(:(?P<port>[^:]*))?\Z")
# What Go knows without a file (net/port.go). Of other names, /etc/services of the image decides.
_SERVICES = frozenset(
    [
        "ftp",
        "ftps",
        "gopher",
        "http",
        "https",
        "imap2",
        "imap3",
        "imaps",
        "pop3",
        "pop3s",
        "smtp",
        "submissions",
        "ssh",
        "telnet",
    ]
)


def metrics_reason(value: str) -> str:
    """Why the manager cannot listen there for metrics, as the rest of a sentence; empty when it can, or need not.

    Without a port, it is 9252.
    """
    return _reason(value, ":9252", needs_port=False)


def session_reason(value: str) -> str:
    """The same for web terminals, which have no port of their own."""
    return _reason(value, ":8093", needs_port=True)


def _reason(value: str, example: str, *, needs_port: bool) -> str:
    if not value:
        return ""
    if re.fullmatch(r"[0-9]{1,5}", value):
        return f'must be "HOST:PORT" or ":PORT", without a colon it is the name of a host: write ":{value}"'
    found = _ADDRESS.match(value)
    if found is None:
        return f'must be "HOST:PORT" such as "{example}", an IPv6 address in brackets, and nothing before it'
    port = found["port"]
    if port is None and needs_port:
        return f'must have a port behind the host, such as "{example}"'
    if port is not None and not _is_port(port):
        return f'must have a port from 0 to {LAST_PORT} behind the colon, such as "{example}"'
    return "" if _is_host(found["host"]) else f'must have the name or address of a host, or none, as in "{example}"'


def _is_port(text: str) -> bool:
    return text.lower() in _SERVICES or bool(re.fullmatch(r"[0-9]{1,5}", text) and int(text) <= LAST_PORT)


def _is_host(text: str) -> bool:
    if not text or _NAME.match(text):
        return True
    try:
        return ipaddress.ip_address(text.strip("[]")).version == (6 if text.startswith("[") else 4)
    except ValueError:
        return False
