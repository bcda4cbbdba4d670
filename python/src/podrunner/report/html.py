"""One HTML file for a browser: cases, findings, coverage, and everything that was rendered. It loads nothing else.

Written by Jinja2, which escapes whatever it is given; styles and script are files beside the template.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from podrunner import __version__
from podrunner.findings.severity import Severity
from podrunner.report.documents import collect_texts
from podrunner.report.grid import entries, make_grid
from podrunner.report.group import count_suppressed, group_findings

if TYPE_CHECKING:
    from collections.abc import Sequence

    import jinja2

    from podrunner.check.result import Result
    from podrunner.findings.finding import Finding
    from podrunner.report.documents import Text

_PAGE = Path(__file__).resolve().parent / "page"
_ORDER = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


@dataclass(frozen=True, slots=True)
class Row:
    """One case as the page shows it; `state` is failed, warned or passed."""

    number: int
    name: str
    entries: dict[str, str]
    state: str
    expects: str
    counts: Counter[str]
    findings: tuple[Finding, ...]
    texts: tuple[Text, ...]


def write(results: Sequence[Result]) -> str:
    """The page. Its script and styles are in it, and its policy lets it run and load nothing else."""
    texts, of_case = collect_texts(results)
    rows = [_row(number, result, of_case.get(result.case.name, [])) for number, result in enumerate(results)]
    findings = dict(reversed(group_findings(results).items()))
    script, style = (_PAGE.joinpath(name).read_text(encoding="utf-8") for name in ("page.js", "page.css"))
    template = _environment().get_template("page.html")
    return template.render(
        version=__version__,
        rows=rows,
        grid=make_grid(results),
        findings=[(finding, list(dict.fromkeys(cases))) for finding, cases in findings.items()],
        counts=Counter(finding.severity.value for finding in findings),
        suppressed=count_suppressed(results),
        states=Counter(row.state for row in rows),
        severities=[severity.value for severity in _ORDER],
        texts=texts,
        templates=[template for result in results for template in result.templates],
        script=script,
        style=style,
        hashes={"script": _hash(script), "style": _hash(style)},
    )


def _row(number: int, result: Result, texts: Sequence[Text]) -> Row:
    counts = Counter(finding.severity.value for finding in result.findings)
    state = "failed" if not result.passed else "warned" if counts[Severity.WARNING.value] else "passed"
    findings = tuple(sorted(result.findings, key=lambda finding: _ORDER.index(finding.severity)))
    name, expects = result.case.name, result.case.expect_fail
    return Row(number, name, entries(name), state, expects, counts, findings, tuple(texts))


@cache
def _environment() -> jinja2.Environment:
    import jinja2

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_PAGE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _hash(text: str) -> str:
    """What a Content-Security-Policy calls a text."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
