"""The project's container registry: whom it answers, and how a request gets to the registry behind.

That registry listens on the pod's own loopback address, asks for no login and knows no projects: whoever reaches it has
come this way. A job proves itself as it does for git, and gets to the repositories of its project:
`<project>` and all below it.
"""

from __future__ import annotations

import re
import shutil
import socket
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

if TYPE_CHECKING:
    from .exchange import Exchange

_COMPONENT = r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*"
_REFERENCE = r"\w[\w.+:-]*"
# Read as it was sent: what is not spelled out here, such as `..` or `%2e`, gets nowhere.
_PATH = re.compile(
    rf"/v2/({_COMPONENT}(?:/{_COMPONENT})*)"
    rf"/(?:manifests/{_REFERENCE}|blobs/{_REFERENCE}|blobs/uploads/[\w=-]*|referrers/{_REFERENCE}|tags/list)",
    re.ASCII,
)
# Where a name ends must not be a matter of opinion.
_WORDS = frozenset(["manifests", "blobs", "referrers", "tags"])
# Meant for this server alone, or for this connection.
_OWN = frozenset(["authorization", "connection", "content-length", "expect", "keep-alive", "transfer-encoding", "te"])
# Seconds for the registry to answer: it checks the digest of a large layer meanwhile.
_PATIENCE = 300


class RegistryBehind:
    """The registry behind, on a port of this machine."""

    def __init__(self, port: int) -> None:
        self.port = port

    def is_up(self) -> bool:
        """Whether it takes connections."""
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def pass_on(self, exchange: Exchange) -> None:
        """Sends the request there and the answer back, piece by piece: a layer is larger than this pod's memory."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE)) as connection:
            try:
                self._send(connection, exchange)
                answer = connection.getresponse()
            except (OSError, HTTPException) as problem:
                exchange.send(502, error("UNKNOWN", f"the registry behind does not answer: {problem}"))
                return
            # The length may not be known: the end of the connection is the end of the answer.
            exchange.close_connection = True
            exchange.send_response(answer.status)
            length = (
                [("Content-Length", answer.headers["Content-Length"])] if "Content-Length" in answer.headers else []
            )
            for name, value in [*_passed_on(answer.headers.items()), *length, ("Connection", "close")]:
                exchange.send_header(name, value)
            exchange.end_headers()
            shutil.copyfileobj(answer, exchange.wfile)

    def _send(self, connection: HTTPConnection, exchange: Exchange) -> None:
        target = f"{exchange.url.path}?{_own_query(exchange.url.query)}".removesuffix("?")
        connection.putrequest(exchange.command, target, skip_host=True, skip_accept_encoding=True)
        for name, value in _passed_on(exchange.headers.items()):
            connection.putheader(name, value)
        if exchange.chunked:
            connection.putheader("Transfer-Encoding", "chunked")
        else:
            connection.putheader("Content-Length", str(exchange.length))
        connection.endheaders(exchange.pieces(), encode_chunked=exchange.chunked)


def repository_of(path: str) -> str:
    """The repository that a path of the registry is about; empty when it is no such path."""
    found = _PATH.fullmatch(path)
    return found[1] if found and not _WORDS.intersection(found[1].split("/")) else ""


def belongs(repository: str, project: str) -> bool:
    """Whether a repository is one of a project's. Names of repositories are lower case, as GitLab makes them."""
    return f"{repository}/".startswith(f"{project.lower()}/")


def error(code: str, message: str) -> dict[str, list[dict[str, str]]]:
    """A refusal in the form of the distribution specification."""
    return {"errors": [{"code": code, "message": message}]}


def _own_query(query: str) -> str:
    """Without the wish to take over a layer from another repository, which may be another project's.

    The specification lets a registry begin an ordinary upload instead.
    """
    return urlencode(
        [(key, value) for key, value in parse_qsl(query, keep_blank_values=True) if key not in ("mount", "from")]
    )


def _passed_on(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name.lower() not in _OWN]
