"""`podrunner explain`: why a job failed, from its log or its pod."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator
    from typing import BinaryIO

    from podrunner.explain.diagnosis import Explanation
    from podrunner.formats.placed import Values

EXAMPLES = """\
examples:
  podrunner explain job.log                          a job log, saved by "Show complete raw"
  kubectl logs POD -c build | podrunner explain -    any log, through a pipe
  podrunner explain --pod ci/runner-abc-project-1-concurrent-0 --context prod
  podrunner explain job.log --values team-a.yaml     says which line of the values to change
  podrunner explain job.log --json | jq .cause

exit code: 0 a cause is named, 1 none is (and what to collect is said), 2 wrong use.
"""
# What no text holds in its first lines.
_NUL, _GZIP, _BEGINNING = "\0", "\x1f", 10


def add_arguments(parser: ArgumentParser) -> None:
    """The options of `podrunner explain`."""
    parser.epilog = EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("log", nargs="?", metavar="LOG", help="a job log; - for standard input")
    parser.add_argument("--pod", metavar="NAMESPACE/NAME", help="a job's pod: its status, events, logs and node")
    parser.add_argument(
        "--kubeconfig", type=Path, metavar="FILE", help="the cluster of --pod (default: as kubectl chooses)"
    )
    parser.add_argument(
        "--context", default="", metavar="NAME", help="context of the kubeconfig (default: its current one)"
    )
    parser.add_argument(
        "-f",
        "--values",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="values file of the release, to name the line to change; several: last wins",
    )
    parser.add_argument("--json", action="store_true", help="JSON instead of text")


def run(args: Namespace) -> int:
    """Explain and report. 0 when a cause is named, 1 when none is. Raises UsageError, ValuesError, PodrunnerError."""
    from podrunner.explain.changes import find_changes
    from podrunner.explain.report import write_json, write_text
    from podrunner.formats.placed import load_values
    from podrunner.output.streams import show, show_data
    from podrunner.output.terminal import wants_colour

    layers: list[Values] = [load_values(path) for path in args.values]
    explanation, unread = _explain(args)
    changes = [find_changes(one.values, layers, explanation.runner) for one in explanation.diagnoses]
    if args.json:
        show_data(write_json(explanation, changes, unread, pod=args.pod or ""))
    else:
        colour = wants_colour(sys.stdout)
        show(write_text(explanation, changes, unread, pod=args.pod or "", colour=colour))
    return 0 if explanation.cause else 1


def _explain(args: Namespace) -> tuple[Explanation, list[str]]:
    from podrunner.findings.errors import UsageError

    if args.pod and args.log:
        raise UsageError("LOG and --pod exclude each other: --pod reads the pod's own log.")
    for option, value in (("--kubeconfig", args.kubeconfig), ("--context", args.context)):
        if value and not args.pod:
            raise UsageError(f"{option} is for --pod.")
    if args.pod:
        return _explain_pod(args.pod, args.kubeconfig, args.context)
    if not args.log and sys.stdin.isatty():
        raise UsageError("name a job log, - for standard input, or --pod NAMESPACE/NAME.")
    return _explain_log(args.log or "-"), []


def _explain_log(name: str) -> Explanation:
    from podrunner.explain.diagnosis import examine
    from podrunner.findings.errors import UsageError

    if name == "-":
        return examine(_lines(sys.stdin.buffer, "standard input"))
    try:
        with Path(name).open("rb") as file:
            return examine(_lines(file, name))
    except FileNotFoundError:
        raise UsageError(f"{name}: no such file.") from None
    except OSError as error:
        raise UsageError(f"{name}: cannot be read: {error.strerror}.") from None


def _lines(stream: BinaryIO, name: str) -> Iterator[str]:
    """The lines of a log. Raises UsageError for what is no text, such as an archive."""
    from podrunner.explain.trace import read_lines
    from podrunner.findings.errors import UsageError

    for number, line in enumerate(read_lines(stream)):
        if number < _BEGINNING and (_NUL in line or line.startswith(_GZIP)):
            raise UsageError(f"{name}: is no text in UTF-8. Unpack it first if it is an archive.")
        yield line


def _explain_pod(pod: str, kubeconfig: Path | None, context: str) -> tuple[Explanation, list[str]]:
    from podrunner.cluster.pod import connect, read_pod
    from podrunner.explain.diagnosis import examine
    from podrunner.findings.errors import UsageError
    from podrunner.secrets.redact import redact

    namespace, slash, name = pod.partition("/")
    if not (namespace and slash and name):
        raise UsageError(f"--pod {pod}: write NAMESPACE/NAME.")
    evidence = read_pod(connect(kubeconfig, context), namespace, name)
    return examine(evidence.log, others=evidence.others), [redact(one) for one in evidence.unread]
