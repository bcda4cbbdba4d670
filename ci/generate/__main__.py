"""Write generated files, or compare them: the schema of the values, and tables and pages of the documentation."""

from __future__ import annotations

import argparse
import sys

from ci.generate.files import GROUPS
from ci.generate.sources import ROOT


def main() -> int:
    """Write the files that are not up to date; with --check, only name them. Gives the exit code."""
    options = _parse()
    texts = {name: make() for group in options.groups or GROUPS for name, make in GROUPS[group].items()}
    stale = [name for name, text in texts.items() if _kept(name) != text]
    if options.check:
        for name in stale:
            print(f"{name}: is not up to date. Run: make generate", file=sys.stderr)
        return 1 if stale else 0
    for name in stale:
        (ROOT / name).write_text(texts[name], encoding="utf-8")
        print(f"{name}: written")
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m ci.generate", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"one of {', '.join(GROUPS)} (default: all)")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file is not up to date")
    options = parser.parse_args()
    if unknown := [name for name in options.groups if name not in GROUPS]:
        parser.error(f"{unknown[0]} is not a group of generated files; available: {', '.join(GROUPS)}")
    return options


def _kept(name: str) -> str | None:
    file = ROOT / name
    return file.read_text(encoding="utf-8") if file.is_file() else None


if __name__ == "__main__":
    sys.exit(main())
