"""`python3 -m stand_in --tokens FILE --data DIR [--address HOST] [--port N] [--registry PORT]`."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path

from .registry import RegistryBehind
from .server import Tokens, make_server


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(prog="stand_in", description="A stand-in for GitLab.")
    parser.add_argument("--tokens", type=Path, required=True, help='{"control": "…", "runners": {"TOKEN": "name"}}')
    parser.add_argument("--data", type=Path, required=True, help="an empty folder for repositories and job logs")
    parser.add_argument("--address", default="0.0.0.0", help="address to listen on")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--registry", type=int, metavar="PORT", help="port of this machine with a container registry")
    args = parser.parse_args()
    tokens = Tokens.from_dict(json.loads(args.tokens.read_text(encoding="utf-8")))
    registry = RegistryBehind(args.registry) if args.registry else None
    server = make_server((args.address, args.port), tokens, args.data, registry)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"listening on {args.address}:{args.port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
