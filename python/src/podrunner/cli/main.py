"""The command `podrunner`: arguments in, exit code out."""

from __future__ import annotations

import argparse
import importlib
import re
import sys
from typing import TYPE_CHECKING, NoReturn

from podrunner import __version__
from podrunner.findings.errors import FindingsError, PodrunnerError, UsageError
from podrunner.findings.suggest import did_you_mean, listed
from podrunner.output.streams import adapt_streams, flush, give_up, say, show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from _typeshed import SupportsWrite

COMMANDS = {
    "check": ("podrunner.cli.check", "find every mistake in values, without a cluster"),
    "render": ("podrunner.cli.render", "print what Helm makes of values"),
    "diff": ("podrunner.cli.diff", "compare charts or values: what changes in the cluster, by consequence"),
    "images": ("podrunner.cli.images", "list every image a release and its jobs pull"),
    "preflight": ("podrunner.cli.preflight", "ask a cluster which preset fits it, and why the others do not"),
    "smoke": ("podrunner.cli.smoke", "run a real podman build through a real GitLab Runner on Kubernetes"),
    "init": ("podrunner.cli.init", "write a values file to begin with: a fork of a preset"),
    "import": (
        "podrunner.cli.import_",
        "make values of an existing config.toml, or of values of GitLab's own chart",
    ),
    "rule": ("podrunner.cli.rule", "say what the code of a finding means, and what to do about it"),
    "explain": ("podrunner.cli.explain", "say why a job failed, from its log or its pod, and what to change"),
}
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
    try:
        args = _parse(argv)
        return int(args.run(args))
    finally:
        # Here and not at the end of Python, where nothing can be said about it.
        flush()


class _Parser(argparse.ArgumentParser):
    """An argument parser whose errors end with the way out."""

    def print_help(self, file: SupportsWrite[str] | None = None) -> None:
        """Print the help. Raises OutputError."""
        if file is None:
            show(self.format_help())
        else:
            super().print_help(file)

    def error(self, message: str) -> NoReturn:
        """Print a sentence, not the whole usage, and leave with 2."""
        raise UsageError(f"{message}. See `{self.prog} --help`.")


class _Version(argparse.Action):
    """Prints the version, and says when that cannot be done, which argparse's own action does not."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        show(f"podrunner {__version__}\n")
        parser.exit()


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = _Parser(
        prog="podrunner",
        # Whoever abbreviates an option is surprised by the next one that begins alike.
        allow_abbrev=False,
        description="GitLab Runner whose jobs run `podman build` without root: check values, render, smoke.",
        epilog="Each command has its own --help with examples.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    asked = next((word for word in argv if not word.startswith("-")), None)
    if asked is not None and asked not in COMMANDS:
        raise UsageError(f"there is no command `{asked}`.{did_you_mean(asked, COMMANDS)} Commands: {listed(COMMANDS)}.")
    for name, (module, summary) in COMMANDS.items():
        # Only the command that was asked for is imported: the others cost time and may need more to be installed.
        command = commands.add_parser(name, help=summary, description=_sentence(summary), allow_abbrev=False)
        if name == asked:
            _wire(command, name, module)
    args, unknown = parser.parse_known_args(argv)
    if unknown:
        raise UsageError(_unknown(str(asked), unknown[0], commands.choices[str(asked)]))
    return args


def _unknown(name: str, word: str, command: argparse.ArgumentParser) -> str:
    what = f"`podrunner {name}` has no option `{word}`." if word.startswith("-") else f"`{word}` has no place here."
    near = did_you_mean(word.partition("=")[0], re.findall(r"(?<!\S)--[a-z][-a-z]+", command.format_help()))
    files = " Give values files with -f." if word.endswith((".yaml", ".yml")) else ""
    return f"{what}{near}{files} See `podrunner {name} --help`."


def _wire(parser: argparse.ArgumentParser, name: str, module: str) -> None:
    try:
        command = importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise UsageError(f"`podrunner {name}` cannot run here, {error.name} is not installed.") from None
    parser.epilog = command.EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    command.add_arguments(parser)
    parser.set_defaults(run=command.run)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
