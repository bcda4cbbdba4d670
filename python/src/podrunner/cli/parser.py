"""The parser of the command line: every command, of which only the one that was asked for is loaded."""

from __future__ import annotations

import argparse
import importlib
import re
from typing import TYPE_CHECKING, NoReturn

from podrunner import __version__
from podrunner.findings.errors import UsageError
from podrunner.findings.suggest import did_you_mean, listed
from podrunner.output.streams import show

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
    "import-tests": ("podrunner.cli.import_tests", "make pytest files of suites of helm unittest"),
    "schema": ("podrunner.cli.schema", "print the JSON schema by which editors complete a file"),
    "rule": ("podrunner.cli.rule", "say what the code of a finding means, and what to do about it"),
    "explain": ("podrunner.cli.explain", "say why a job failed, from its log or its pod, and what to change"),
    "completion": ("podrunner.cli.completion", "print the script by which a shell completes all of this"),
}


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


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The arguments, with the function `run` of their command. Raises UsageError; ends the process for --help."""
    asked = _command(argv)
    if asked is not None and asked not in COMMANDS:
        raise UsageError(
            f"there is no command `{asked}`.{did_you_mean(asked, COMMANDS)} Commands: {listed(COMMANDS, len(COMMANDS))}."
        )
    args, unknown = make_parser(argv).parse_known_args(argv)
    if unknown:
        raise UsageError(_unknown(str(asked), unknown[0], args.parser))
    return args


def make_parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """The parser for words of which the first that is not an option is the command."""
    parser = _Parser(
        prog="podrunner",
        # Whoever abbreviates an option is surprised by the next one that begins alike.
        allow_abbrev=False,
        description="GitLab Runner whose jobs run `podman build` without root: check values, render, smoke.",
        epilog="Each command has its own --help with examples.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    asked = _command(words)
    for name, (module, summary) in COMMANDS.items():
        # Only the command that was asked for is imported: the others cost time and may need more to be installed.
        command = commands.add_parser(name, help=summary, description=_sentence(summary), allow_abbrev=False)
        if name == asked:
            _wire(command, name, module)
    return parser


def _command(words: Sequence[str]) -> str | None:
    return next((word for word in words if not word.startswith("-")), None)


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
    parser.set_defaults(run=command.run, parser=parser)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
