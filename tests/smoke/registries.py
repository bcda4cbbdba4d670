"""Two registries that let nobody in: one wants a login, one has had enough. What they are called is their port."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

ANSWERS = {
    5401: (401, "UNAUTHORIZED", "authentication required", {"WWW-Authenticate": 'Basic realm="Registry"'}),
    5429: (429, "TOOMANYREQUESTS", "You have reached your pull rate limit.", {"Retry-After": "0"}),
}


class Refusal(BaseHTTPRequestHandler):
    """Refuses every request in the words of the distribution specification."""

    # Who tries TLS gets a status line, too: by it containerd knows that it is to speak HTTP.
    default_request_version = "HTTP/1.0"

    def do_GET(self) -> None:
        """Answer a question for a manifest, or for what the registry speaks."""
        status, code, message, headers = ANSWERS[self.server.server_port]
        body = json.dumps({"errors": [{"code": code, "message": message}]}).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815 - the name is http.server's


if __name__ == "__main__":
    for port in ANSWERS:
        Thread(target=ThreadingHTTPServer(("", port), Refusal).serve_forever).start()
