"""HTTP itself: reading a request whole, answering with JSON or bytes."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler
from json import dumps, loads
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECE = 1 << 16


class Exchange(BaseHTTPRequestHandler):
    """One connection. `answer` is called for each request, with `url` and `body` set."""

    protocol_version = "HTTP/1.1"
    server_version = "stand-in"

    def answer(self) -> None:
        """Sends the answer."""
        raise NotImplementedError

    def is_passed_on(self) -> bool:
        """Whether `answer` takes the body by `pieces`, since it may be too large to be held."""
        return False

    def do_GET(self) -> None:
        """Answer any method; http.server wants these names."""
        self.url = urlsplit(self.path)
        self.body = b"" if self.is_passed_on() else b"".join(self.pieces())
        self.answer()

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815  # http.server's names

    @property
    def chunked(self) -> bool:
        """Whether the body says itself where it ends."""
        return self.headers.get("Transfer-Encoding", "").lower() == "chunked"

    @property
    def length(self) -> int:
        """Bytes of a body that is not chunked."""
        return int(self.headers.get("Content-Length") or 0)

    def pieces(self) -> Iterator[bytes]:
        """The body, once. Raises ConnectionError when the caller goes away meanwhile."""
        if not self.chunked:
            yield from self._take(self.length)
            return
        while size := int(self.rfile.readline().split(b";")[0], 16):
            yield from self._take(size)
            self.rfile.readline()
        self.rfile.readline()

    def _take(self, size: int) -> Iterator[bytes]:
        while size > 0:
            piece = self.rfile.read(min(size, _PIECE))
            if not piece:
                raise ConnectionError("the caller has gone")
            size -= len(piece)
            yield piece

    def json(self) -> dict[str, Any]:
        """The request's body as a map; empty when it is none."""
        try:
            data = loads(self.body or b"{}")
        except ValueError:
            return {}
        return data if isinstance(data, dict) else {}

    def send(self, status: int, data: Any = None, headers: dict[str, str] | None = None) -> None:
        """Answers with JSON, or with nothing."""
        body = b"" if data is None else dumps(data).encode()
        self.send_bytes(status, body, "application/json", headers)

    def send_bytes(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        """Answers with a body of the media type `kind`."""
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        # A connection for each request: when the Service is taken away, nobody is connected any more.
        self.send_header("Connection", "close")
        if status != 204:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """One line a request, without query: a token could be in it. Requests that come every second are left out."""
        del size
        if self.path != "/healthz" and int(code) != 204 and not self.path.startswith("/control/"):
            print(f"{self.command} {urlsplit(self.path).path} {int(code)}", flush=True)
