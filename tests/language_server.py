"""A client of a language server: what an editor would underline in some files.

https://microsoft.github.io/language-server-protocol/
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

# What the server asks the editor for: nothing but what a file says itself, no catalogue of the internet.
SETTINGS = {"yaml": {"validate": True, "schemaStore": {"enable": False}}}


def diagnose(command: Sequence[str], files: Sequence[Path]) -> dict[str, list[str]]:
    """File name → what is underlined, as `LINE: MESSAGE`."""
    waiting = {file.resolve().as_uri(): file for file in files}
    found: dict[str, list[str]] = {}
    with subprocess.Popen([*command, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        capabilities = {"workspace": {"configuration": True}, "textDocument": {"publishDiagnostics": {}}}
        _send(server.stdin, id=0, method="initialize", params={"rootUri": None, "capabilities": capabilities})
        while len(found) < len(waiting):
            message = _receive(server.stdout)
            if message.get("id") == 0 and "result" in message:
                _open(server.stdin, waiting)
            elif "id" in message and "method" in message:
                _send(server.stdin, id=message["id"], result=_answer(message))
            elif message.get("method") == "textDocument/publishDiagnostics":
                said = message["params"]["diagnostics"]
                lines = sorted((one["range"]["start"]["line"] + 1, one["message"]) for one in said)
                found[waiting[message["params"]["uri"]].name] = [f"{line}: {text}" for line, text in lines]
        server.kill()
    return found


def _open(stream: IO[bytes], files: dict[str, Path]) -> None:
    _send(stream, method="initialized", params={})
    _send(stream, method="workspace/didChangeConfiguration", params={"settings": SETTINGS})
    for address, file in files.items():
        document = {"uri": address, "languageId": "yaml", "version": 1, "text": file.read_text(encoding="utf-8")}
        _send(stream, method="textDocument/didOpen", params={"textDocument": document})


def _answer(question: dict[str, Any]) -> Any:
    if question["method"] != "workspace/configuration":
        return None
    return [SETTINGS.get(item["section"]) for item in question["params"]["items"]]


def _send(stream: IO[bytes], **message: Any) -> None:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    stream.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    stream.flush()


def _receive(stream: IO[bytes]) -> dict[str, Any]:
    length = 0
    for line in iter(stream.readline, b"\r\n"):
        assert line, "the server ended"
        name, _, value = line.decode().partition(":")
        length = int(value) if name.lower() == "content-length" else length
    return dict(json.loads(stream.read(length)))
