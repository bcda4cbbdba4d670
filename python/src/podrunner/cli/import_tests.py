"""`podrunner import-tests`: suites of helm unittest as pytest files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from podrunner.cli.options import ANY_CHART, FORCE, QUIET, add_options, name, option, path

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from podrunner.importing.unittest.module import TestModule

EXAMPLES = """\
examples:
  podrunner import-tests 'tests/*_test.yaml'                       a test_*.py beside each suite
  podrunner import-tests 'tests/*_test.yaml' --output-dir pytests  in another folder
  pytest tests                                                     runs them with podrunner's plugin

exit code: 0 imported, 1 something was left out, which is printed and skipped by the test, 2 wrong use.
docs/pytest.md says what becomes of what.
"""
_SUITES = option(
    "suites", nargs="+", type=name, metavar="FILE", suggest=None, help="suite of helm unittest, or a pattern in quotes"
)
_FOLDER = option("--output-dir", type=path, metavar="DIR", help="folder of the pytest files").default(
    "that of each suite"
)


def add_arguments(parser: ArgumentParser) -> None:
    """The options of `podrunner import-tests`."""
    add_options(parser, "what to import", _SUITES, ANY_CHART.default("the one around each suite"))
    add_options(parser, "output", _FOLDER, FORCE, QUIET)


def run(args: Namespace) -> int:
    """Import every suite, and say what was left out. 0, or 1 when something was. Raises UsageError before anything is written."""
    from podrunner.findings.errors import UsageError
    from podrunner.importing.unittest.module import import_suites, name_of
    from podrunner.output.files import refuse_to_overwrite, write_text

    modules: dict[Path, TestModule] = {}
    for source in _found(args.suites):
        file = (args.output_dir or source.parent) / name_of(source)
        if file in modules:
            raise UsageError(
                f"{source}: becomes {file}, as {modules[file].source} does. Import it into another --output-dir."
            )
        refuse_to_overwrite(file, force=args.force)
        modules[file] = import_suites(source, file, args.chart)
    for module in modules.values():
        write_text(module.text, module.file)
    _report(list(modules.values()), quiet=args.quiet)
    return 1 if any(module.left for module in modules.values()) else 0


def _found(patterns: list[str]) -> list[Path]:
    """The files of patterns that a shell did not expand, in order. Raises UsageError for a pattern without one."""
    from podrunner.findings.errors import UsageError

    found: dict[Path, None] = {}
    for pattern in patterns:
        there = Path(pattern)
        root = Path(there.anchor or ".")
        files = [there] if there.exists() else sorted(root.glob(str(there.relative_to(there.anchor))))
        if not files:
            raise UsageError(
                f"{pattern}: no such file. Suites of helm unittest are called tests/*_test.yaml as a rule."
            )
        found |= dict.fromkeys(files)
    return list(found)


def _report(modules: list[TestModule], *, quiet: bool) -> None:
    from podrunner.output.streams import say

    for module in modules:
        if not quiet:
            say(f"{module.file}: {module.tests} test{'s' if module.tests > 1 else ''}")
        for left in module.left:
            say(f"{module.source}:{left.line}: left out: {left.why}.")
    if not quiet:
        tests, missing = sum(one.tests for one in modules), sum(len(one.left) for one in modules)
        say(
            f"{tests} tests imported"
            + (f", {missing} assertions or tests left out, as each skip says." if missing else ".")
        )
