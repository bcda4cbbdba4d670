"""`--format`: what a command writes, and where each of it goes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from podrunner.cli.options import several
from podrunner.findings.errors import UsageError
from podrunner.findings.suggest import did_you_mean, listed

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable

    from podrunner.cli.options import Option


@dataclass(frozen=True, slots=True)
class Output:
    """One output that was asked for: its format, and its file; None is standard output."""

    format: str
    file: Path | None = None


def formats(*names: str) -> Option:
    """`--format` of a command that writes these formats, text unless another is asked for."""

    def read(text: str) -> Output:
        name, separator, file = text.partition("=")
        if name not in names:
            raise UsageError(
                f"--format {text}: no format `{name}`.{did_you_mean(name, names)} Formats: {listed(names)}."
            )
        if separator and not file.strip():
            raise UsageError(f"--format {text}: the name of the file is missing. Write --format {name}=FILE.")
        return Output(name, Path(file) if file not in ("", "-") else None)

    return several(
        "--format",
        type=read,
        metavar="FORMAT[=FILE]",
        suggest=lambda _: names,
        help=f"{listed(names)}; to standard output or a file",
    ).default("text")


def read_outputs(args: Namespace) -> list[Output]:
    """The outputs asked for, text when none is. Raises UsageError for two in one place."""
    outputs: list[Output] = args.format or [Output("text")]
    for index, output in enumerate(outputs):
        if before := _in_the_same_place(output, outputs[:index]):
            place = output.file or "standard output"
            raise UsageError(
                f"--format {output.format}: {before.format} goes to {place}, too. Give one of them a file of its own: "
                f"--format {output.format}=FILE."
            )
    return outputs


def _in_the_same_place(output: Output, others: Iterable[Output]) -> Output | None:
    return next((one for one in others if one.file == output.file), None)
