"""`podrunner.toml`: it says what the command line does not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Sequence

    from podrunner.check.policy.file import PolicyFile
    from podrunner.check.policy.policy import Policy
    from podrunner.check.result import Result
    from podrunner.formats.placed import Values

# Options by which a command line says itself what to check.
_CASES = ("files", "values", "preset", "all_presets", "matrix", "pipeline")


def fill_in(args: Namespace) -> None:
    """Give a command what the file says of its options and the command line does not. Raises UsageError.

    `args.policy_file` is what was found. Cases are for `check`: it alone takes those of the file.
    """
    if not hasattr(args, "chart"):
        return
    from podrunner.check.policy.file import find_policy_file

    found = find_policy_file(Path.cwd())
    args.policy_file = found
    args.chart = args.chart or found.chart
    if hasattr(args, "kube_version"):
        args.kube_version = args.kube_version or list(found.kube_versions)
    if hasattr(args, "runner_version"):
        args.runner_version = args.runner_version or found.runner_version
    if hasattr(args, "fail_on"):
        args.says_cases = any(getattr(args, name) for name in _CASES)
        _fill_in_cases(args, found)


def _fill_in_cases(args: Namespace, found: PolicyFile) -> None:
    if not args.says_cases:
        args.files, args.matrix = list(found.files), found.matrix
    # Below whatever is checked; a pipeline may be asked for alone.
    if not args.pipeline:
        args.values = args.values or list(found.values)


def policy_of(args: Namespace, layers: Iterable[Values]) -> Policy:
    """What the command line, the file and comments in layers of values say of findings. Raises UsageError."""
    from podrunner.check.policy.comments import comments_of
    from podrunner.check.policy.ignore import Ignore, Origin
    from podrunner.check.policy.policy import Policy
    from podrunner.findings.severity import Severity

    said = args.policy_file.policy
    options = [Ignore((code,), f"--ignore {code}", Origin.OPTION) for code in args.ignore]
    return Policy(
        tuple(args.select) or said.select,
        (*said.ignores, *options, *comments_of(layers)),
        Severity(args.fail_on) if args.fail_on else said.fail_on,
    )


def unused_of(args: Namespace, policy: Policy, results: Sequence[Result]) -> list[Result]:
    """The ignores that match nothing; of some of the cases alone, or while one is not looked at as a whole, nobody can tell."""
    from podrunner.check.policy.unused import unused_ignores

    is_cut = any(result.findings and not result.is_whole for result in results)
    if is_cut or args.case or (args.says_cases and args.policy_file.names_cases):
        return []
    coverage = [] if args.coverage or args.coverage_fail_under else ["coverage*"]
    return unused_ignores(policy, results, [*coverage, *([] if args.pipeline else ["pipeline*"])])
