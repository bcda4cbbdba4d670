"""What is generated of docs/bench-build.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.build.measurement import WORKLOADS
from bench.build.table import as_markdown, make_rows
from bench.build.verdict import judge

if TYPE_CHECKING:
    from bench.build.measurement import Results


def make_block(results: Results) -> str:
    """Verdict, plot, table and machine, as Markdown."""
    parts = [
        str(judge(results)),
        "![Time of the builds by preset and storage driver](bench-build.svg)",
        as_markdown(make_rows(results)).rstrip(),
        _explain(results),
    ]
    if results.absences:
        parts.append("Not measured:\n\n" + "\n".join(_absences(results)))
    parts.append("\n".join(f"- {label}: {text}" for label, text in results.about.items()))
    return "\n\n".join(parts) + "\n"


def _explain(results: Results) -> str:
    most = max((len(one.seconds) for one in results.measurements), default=0)
    builds = (
        f"the median of up to {most} builds (fastest to slowest)"
        if most > 1
        else "that of one build, so a small difference says nothing"
    )
    many, few = WORKLOADS.values()
    files = f"{3 * results.files:,}".replace(",", " ")
    return (
        f"Time is {builds}; disk is what all of podman's storage takes afterwards, base image included.\n"
        f"{many.capitalize()}: {files} of them.\n"
        f"{few.capitalize()}: two of {results.megabytes} MiB, and both together in a third."
    )


def _absences(results: Results) -> list[str]:
    """Places that share driver and reason share a line."""
    places: dict[tuple[str, str], list[str]] = {}
    for one in results.absences:
        places.setdefault((one.driver, one.reason), []).append(f"`{one.place}`")
    return [f"- {', '.join(names)} with {driver}: {reason}" for (driver, reason), names in places.items()]
