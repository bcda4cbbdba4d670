"""The command `podrunner`: arguments in, exit code out."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from podrunner.cli.completion import ASKED, asked_words, complete
from podrunner.cli.parser import make_parser, parse
from podrunner.cli.policy_file import fill_in
from podrunner.findings.errors import FindingsError, PodrunnerError, UsageError
from podrunner.output.streams import adapt_streams, flush, give_up, say

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED = 130
# Packages that only some commands need.
_EXTRAS = {
    "kubernetes": "asking a cluster needs the Python package kubernetes: pip install './python[cluster]' in podrunner's repository.",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 fine, 1 something is wrong, 2 wrong use, 130 after Ctrl-C."""
    adapt_streams()
    try:
        return _run(list(sys.argv[1:] if argv is None else argv))
    except FindingsError as error:
        say(_redacted(str(error)))
        return error.exit_code
    except PodrunnerError as error:
        say(_redacted(f"podrunner: {error}"))
        return error.exit_code
    except ModuleNotFoundError as error:
        if error.name not in _EXTRAS:
            raise
        say(f"podrunner: {_EXTRAS[error.name]}")
        return UsageError.exit_code
    except BrokenPipeError:
        # Whoever read our output has enough of it.
        give_up(sys.stdout)
        return 0
    except KeyboardInterrupt:
        say("podrunner: interrupted")
        return INTERRUPTED


def _redacted(sentence: str) -> str:
    """A sentence about something wrong, without secrets: of a file it may quote a line, of an option its value."""
    from podrunner.secrets.redact import redact

    return redact(sentence)


def _run(argv: list[str]) -> int:
    if ASKED in os.environ:
        # Before anything is checked: the line is not complete yet.
        complete(make_parser(asked_words(os.environ)))
    try:
        args = parse(argv)
        if getattr(args, "helm", ""):
            from podrunner.check.warm_up import warm_up

            warm_up(args.helm)
        fill_in(args)
        return int(args.run(args))
    finally:
        # Here and not at the end of Python, where nothing can be said about it.
        flush()
