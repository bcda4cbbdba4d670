"""The connection to a cluster whose API server gives no answer, as on a busy machine."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
import yaml

from podrunner.cluster.api import Api, ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.server


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Callable[[int], tuple[Api, list[str]]]]:
    """Return a function: an API server that hangs up on the first requests, and what it was asked."""
    stops: list[Callable[[], None]] = []

    def asked(silent: int) -> tuple[Api, list[str]]:
        methods: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                methods.append(self.command)
                if len(methods) > silent:
                    self.send_response(200)
                    self.send_header("Content-Length", "2")
                    self.end_headers()
                    self.wfile.write(b"{}")
                self.close_connection = True

            do_GET = do_POST = do_DELETE = answer  # noqa: N815  the base class calls them so

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        clusters = [{"name": "a", "cluster": {"server": f"http://127.0.0.1:{server.server_port}"}}]
        contexts = [{"name": "a", "context": {"cluster": "a", "user": "a"}}]
        file = tmp_path / "kubeconfig"
        written = {
            "current-context": "a",
            "clusters": clusters,
            "contexts": contexts,
            "users": [{"name": "a", "user": {}}],
        }
        file.write_text(yaml.safe_dump(written), encoding="utf-8")
        api = Api(file, tmp_path)
        stops.extend((server.shutdown, server.server_close, api.close))
        return api, methods

    yield asked
    for stop in stops:
        stop()


def test_what_is_removed_is_removed_when_there_was_no_answer_once(
    asked: Callable[[int], tuple[Api, list[str]]],
) -> None:
    api, methods = asked(1)

    api.delete("Namespace", "ci")

    assert methods == ["DELETE", "DELETE"]


def test_what_never_answers_is_not_asked_for_ever(asked: Callable[[int], tuple[Api, list[str]]]) -> None:
    api, methods = asked(9)

    with pytest.raises(ApiError, match="the API server cannot be reached"):
        api.get("Namespace", "ci")

    assert methods == ["GET", "GET"]


def test_what_is_made_is_asked_for_once_since_it_may_have_been_made(
    asked: Callable[[int], tuple[Api, list[str]]],
) -> None:
    api, methods = asked(1)

    with pytest.raises(ApiError, match="the API server cannot be reached"):
        api.create({"kind": "Namespace", "metadata": {"name": "ci"}})

    assert methods == ["POST"]
