"""Ignores that match nothing: each would hide the next finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podrunner.cases.case import Case
from podrunner.check.policy.ignore import matches_code
from podrunner.check.result import Result
from podrunner.findings.rules.ignores import IGNORE_UNUSED
from podrunner.findings.rules.register import RULES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from podrunner.check.policy.ignore import Ignore
    from podrunner.check.policy.policy import Policy
    from podrunner.findings.finding import Finding


def unused_ignores(policy: Policy, results: Sequence[Result], not_checked: Collection[str]) -> list[Result]:
    """A result for each file that has ignores which match nothing in judged results.

    `not_checked` are codes, or shell patterns, of what was not looked for: an ignore of them alone may be needed.
    """
    ignored = [one.finding for result in results for one in result.suppressed]
    looked_for = {
        code
        for code in RULES
        if not matches_code(code, not_checked) and (not policy.select or matches_code(code, policy.select))
    }
    found: dict[str, list[Finding]] = {}
    for ignore in _unused(policy.ignores, ignored):
        about = {code for code in RULES if matches_code(code, ignore.codes)}
        if about & looked_for and IGNORE_UNUSED.code not in about:
            finding = ignore.unused()
            found.setdefault(finding.file or finding.object, []).append(finding)
    return [policy.judge(Result(Case(name), tuple(findings))) for name, findings in found.items()]


def _unused(ignores: Sequence[Ignore], ignored: Sequence[Finding]) -> Iterator[Ignore]:
    return (one for one in ignores if not any(one.matches(finding) for finding in ignored))
