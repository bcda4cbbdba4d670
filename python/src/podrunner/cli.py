"""The command `podrunner`: arguments in, exit code out."""

from __future__ import annotations

import argparse
import importlib
import sys
from typing import TYPE_CHECKING, NoReturn

from podrunner import __version__
from podrunner.errors import FindingsError, PodrunnerError, UsageError
from podrunner.nearest import did_you_mean, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "check": ("podrunner.commands.check", "find every mistake in values, without a cluster"),
    "render": ("podrunner.commands.render", "print what Helm makes of values"),
    "images": ("podrunner.commands.images", "list every image a release and its jobs pull"),
    "smoke": ("podrunner.smoke.command", "run a real podman build through a real GitLab Runner on Kubernetes"),
    "explain": ("podrunner.diagnose.command", "say why a job failed, from its log or its pod, and what to change"),
}
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 fine, 1 something is wrong, 2 wrong use, 130 after Ctrl-C."""
    try:
        args = _parse(list(sys.argv[1:] if argv is None else argv))
        return int(args.run(args))
    except FindingsError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except PodrunnerError as error:
        print(f"podrunner: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # Whoever read our output has enough of it.
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        print("podrunner: interrupted", file=sys.stderr)
        return INTERRUPTED


class _Parser(argparse.ArgumentParser):
    """An argument parser whose errors end with the way out."""

    def error(self, message: str) -> NoReturn:
        """Print a sentence, not the whole usage, and leave with 2."""
        raise UsageError(f"{message}. See `{self.prog} --help`.")


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = _Parser(
        prog="podrunner",
        description="GitLab Runner whose jobs run `podman build` without root: check values, render, smoke.",
        epilog="Each command has its own --help with examples.",
    )
    parser.add_argument("--version", action="version", version=f"podrunner {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    asked = next((word for word in argv if not word.startswith("-")), None)
    if asked is not None and asked not in COMMANDS:
        raise UsageError(f"there is no command `{asked}`.{did_you_mean(asked, COMMANDS)} Commands: {listed(COMMANDS)}.")
    for name, (module, summary) in COMMANDS.items():
        # Only the command that was asked for is imported: the others cost time and may need more to be installed.
        command = commands.add_parser(name, help=summary, description=_sentence(summary))
        if name == asked:
            _wire(command, name, module)
    return parser.parse_args(argv)


def _wire(parser: argparse.ArgumentParser, name: str, module: str) -> None:
    try:
        command = importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise UsageError(f"`podrunner {name}` cannot run here, {error.name} is not installed.") from None
    command.add_arguments(parser)
    parser.set_defaults(run=command.run)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
