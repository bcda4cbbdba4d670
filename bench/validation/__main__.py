"""Who finds what the API server refuses: podrunner, and what people use beside it?

Writes docs/validation.json and the generated part of docs/validation.md, of records that a run of
tests/admission/test_single_changes.py makes with PODRUNNER_JUDGED=FILE.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bench.marked_page import MarkedPage
from bench.peers import build_peers
from bench.validation.block import make_block
from bench.validation.judged import Judged, Sample, read_sample
from bench.validation.results import Figures, Results, Tool, load, save
from bench.validation.tools import helm_lint, kube_score, kubeconform
from podrunner.findings.errors import PodrunnerError
from podrunner.formats.kube_version import minor_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROOT = Path(__file__).resolve().parents[2]
RESULTS = "validation.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """Counts, or writes the page anew. Gives the exit code."""
    options = _parse(arguments)
    page = MarkedPage(options.output / "validation.md", "make bench-validation")
    try:
        page.read()
        results = load(options.output / RESULTS)
        for file in options.records:
            results = _with_figures(results, read_sample(file))
        if options.beside:
            results = _with_tools(results, read_sample(options.beside))
        block = make_block(results)
        save(results, options.output / RESULTS)
        page.write(block)
    except PodrunnerError as error:
        print(f"bench: {error}", file=sys.stderr)
        return error.exit_code
    print(f"{block}Written: validation.md and validation.json in {options.output}")
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m bench.validation",
        description=__doc__,
        epilog="Without a record, the page is written from validation.json. exit code: 0 written; 2 wrong use.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("records", nargs="*", type=Path, metavar="RECORD", help="its figures are a row of the table")
    add("--beside", type=Path, metavar="RECORD", help="the same, and other tools are asked about its changes")
    add("--output", type=Path, default=ROOT / "docs", metavar="DIR", help="where the page is (default: docs/)")
    return parser.parse_args(arguments)


def _with_figures(results: Results, sample: Sample) -> Results:
    refused, taken = _parted(sample.changes)
    figures = Figures(
        kubernetes=_minor(sample),
        seed=sample.seed,
        date=dt.datetime.now(tz=dt.UTC).date().isoformat(),
        refused=len(refused),
        found=sum(one.said for one in refused),
        taken=len(taken),
        wrong=sum(one.said and not one.on_purpose for one in taken),
        on_purpose=sum(one.said and one.on_purpose for one in taken),
    )
    rest = [one for one in results.versions if one.kubernetes != figures.kubernetes]
    return replace(results, versions=tuple(sorted([*rest, figures], key=lambda one: minor_version(one.kubernetes))))


def _with_tools(results: Results, sample: Sample) -> Results:
    peers = build_peers("kubeconform", "kube-score", "helm")
    kubernetes, objects = _minor(sample), [one.object for one in sample.changes]
    with tempfile.TemporaryDirectory(prefix="podrunner-bench-") as temporary:
        folder = Path(temporary).resolve()
        scores = kube_score(peers["kube-score"], folder, objects, kubernetes)
        said = {
            "kubeconform": kubeconform(peers["kubeconform"], folder, objects, kubernetes),
            "kube-score": [one.is_invalid for one in scores],
            "kube-score, all": [one.fails for one in scores],
            "helm": helm_lint(peers["helm"], folder, objects, kubernetes),
        }
    named = {
        "kubeconform": (
            f"kubeconform {peers['kubeconform'].version}",
            "exit code of `-strict`, with the published schemas",
        ),
        "kube-score": (
            f"kube-score {peers['kube-score'].version}",
            "what it cannot read, and what is critical among its checks of validity",
        ),
        "kube-score, all": (
            f"kube-score {peers['kube-score'].version}",
            "its exit code: all checks, most of them of good practice",
        ),
        "helm": (f"`helm lint` {peers['helm'].version}", "`[ERROR]`, with the object as the only template of a chart"),
    }
    tools = (Tool(*named[key], *_counts(sample.changes, verdicts)) for key, verdicts in said.items())
    return replace(_with_figures(results, sample), beside=kubernetes, tools=tuple(tools))


def _counts(changes: Iterable[Judged], verdicts: Iterable[bool]) -> tuple[int, int]:
    """Found of those refused, and called an error of those taken."""
    called = [one for one, is_error in zip(changes, verdicts, strict=True) if is_error]
    refused, taken = _parted(called)
    return len(refused), len(taken)


def _parted(changes: Iterable[Judged]) -> tuple[list[Judged], list[Judged]]:
    listed = [*changes]
    return [one for one in listed if one.refused], [one for one in listed if not one.refused]


def _minor(sample: Sample) -> str:
    return ".".join(map(str, minor_version(sample.kubernetes)))


if __name__ == "__main__":
    sys.exit(main())
