"""`podrunner completion`: commands, options and what options take, completed by the Tab key of a shell."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from podrunner.cli.options import add_options, option
from podrunner.output.streams import show_data

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Mapping

EXAMPLES = """\
examples:
  source <(podrunner completion bash)         in this shell; written into ~/.bashrc, in every one
  source <(podrunner completion zsh)          the same for zsh, in ~/.zshrc behind compinit
  podrunner completion fish > ~/.config/fish/completions/podrunner.fish
"""
SHELLS = ("bash", "zsh", "fish")
# Set by the script of a shell that asks what may come next.
ASKED = "_ARGCOMPLETE"
_SHELL = option("shell", choices=SHELLS, metavar="SHELL", help="bash, zsh or fish")


def add_arguments(parser: ArgumentParser) -> None:
    """The options of `podrunner completion`."""
    add_options(parser, "what to print", _SHELL)


def run(args: Namespace) -> int:
    """Print the script for a shell."""
    from argcomplete.shell_integration import shellcode

    show_data(shellcode(["podrunner"], shell=args.shell))
    return 0


def asked_words(environment: Mapping[str, str]) -> list[str]:
    """The words of the line to complete that are complete themselves, without the name of the program."""
    line = environment.get("COMP_LINE", "").encode()[: int(environment.get("COMP_POINT") or 0)]
    words = line.decode(errors="replace").split(" ")
    return [word for word in words[1:-1] if word]


def complete(parser: ArgumentParser) -> None:
    """Tell the shell what may come next, and end."""
    import argcomplete

    argcomplete.autocomplete(parser, always_complete_options=False)
    # It ends the process, unless the shell asked in a way that it does not understand.
    sys.exit(1)
