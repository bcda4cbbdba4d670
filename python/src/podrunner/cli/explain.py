"""`podrunner explain`: why a job failed, from its log or its pod."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from podrunner.cli.layers import load_files, read_settings
from podrunner.cli.options import NAMESPACE, OF_CLUSTER, SETTINGS, VALUES, add_options, name, option
from podrunner.cli.outputs import formats, read_outputs

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
  podrunner explain --pod runner-abc-project-1-concurrent-0 -n ci --context prod
  podrunner explain job.log --values team-a.yaml     says which line of the values to change
  podrunner explain job.log --format json | jq .cause

exit code: 0 a cause is named, 1 none is (and what to collect is said), 2 wrong use.
"""
# What no text holds in its first lines.
_NUL, _GZIP, _BEGINNING = "\0", "\x1f", 10


_LOG = option("log", nargs="?", type=name, metavar="LOG", suggest=None, help="a job log; - for standard input")
_POD = option("--pod", metavar="[NAMESPACE/]NAME", help="a job's pod, with its status, events, logs and node")


def add_arguments(parser: ArgumentParser) -> None:
    """The options of `podrunner explain`."""
    add_options(parser, "what to explain", _LOG, _POD)
    add_options(parser, "cluster of --pod", *OF_CLUSTER, NAMESPACE.default("that of --pod"))
    add_options(parser, "values of the release, to name the line to change", VALUES, *SETTINGS)
    add_options(parser, "output", formats("text", "json"))


def run(args: Namespace) -> int:
    """Explain and report. 0 when a cause is named, 1 when none is. Raises UsageError, ValuesError, PodrunnerError."""
    from podrunner.explain.report import write_json, write_text
    from podrunner.output.files import write_text as write_file
    from podrunner.output.terminal import wants_colour, width_of

    outputs = read_outputs(args)
    layers = _layers(args)
    explanation, unread = _explain(args)
    changes = explanation.changes(layers)
    pod = args.pod or ""
    for output in outputs:
        if output.format == "json":
            write_file(write_json(explanation, changes, unread, pod=pod), output.file)
        else:
            colour = not output.file and wants_colour(sys.stdout)
            width = None if output.file else width_of(sys.stdout)
            text = write_text(explanation, changes, unread, pod=pod, colour=colour, width=width)
            write_file(text, output.file, for_people=True)
    return 0 if explanation.cause else 1


def _layers(args: Namespace) -> list[Values]:
    from podrunner.findings.errors import UsageError, ValuesError

    if "-" in map(str, args.values) and not args.pod and args.log in (None, "-"):
        raise UsageError("standard input is the log or the values: name a file for one of them.")
    (files,) = load_files(args.values)
    if wrong := [finding for layer in files if not layer.data for finding in layer.findings]:
        raise ValuesError(wrong)
    return [*files, *read_settings(args)]


def _explain(args: Namespace) -> tuple[Explanation, list[str]]:
    from podrunner.findings.errors import UsageError
    from podrunner.formats.text import standard_input

    if args.pod and args.log:
        raise UsageError("LOG and --pod exclude each other: --pod reads the pod's own log.")
    cluster = {"--kubeconfig": args.kubeconfig, "--context": args.context, "--namespace": args.namespace}
    for word, value in cluster.items():
        if value and not args.pod:
            raise UsageError(f"{word} is for --pod.")
    if args.pod:
        return _explain_pod(args)
    if not args.log and standard_input().isatty():
        raise UsageError("name a job log, - for standard input, or --pod NAMESPACE/NAME.")
    return _explain_log(args.log or "-"), []


def _explain_log(name: str) -> Explanation:
    from podrunner.explain.diagnosis import examine
    from podrunner.findings.errors import UsageError
    from podrunner.formats.text import STANDARD_INPUT, standard_input

    if name == "-":
        return examine(_lines(standard_input().buffer, STANDARD_INPUT))
    try:
        with Path(name).open("rb") as file:
            return examine(_lines(file, name))
    except FileNotFoundError:
        raise UsageError(f"{name}: no such file.") from None
    except OSError as error:
        raise UsageError(f"{name}: cannot be read: {error.strerror}.") from None


def _lines(stream: BinaryIO, name: str) -> Iterator[str]:
    """The lines of a log. Raises UsageError for what is not text, such as an archive."""
    from podrunner.explain.trace import read_lines
    from podrunner.findings.errors import UsageError

    for number, line in enumerate(read_lines(stream)):
        if number < _BEGINNING and (_NUL in line or line.startswith(_GZIP)):
            raise UsageError(f"{name}: is not UTF-8 text. Unpack it first if it is an archive.")
        yield line


def _explain_pod(args: Namespace) -> tuple[Explanation, list[str]]:
    from podrunner.cluster.pod import connect, read_pod
    from podrunner.explain.diagnosis import examine
    from podrunner.findings.errors import UsageError
    from podrunner.secrets.redact import redact

    said, slash, name = args.pod.rpartition("/")
    namespace = said or args.namespace
    if not (name and namespace) or (slash and not said) or "/" in said:
        raise UsageError(f"--pod {args.pod}: write NAMESPACE/NAME. Or give the namespace with --namespace.")
    if args.namespace not in (None, namespace):
        raise UsageError(f"--pod {args.pod}: --namespace is {args.namespace}. Give one of them.")
    evidence = read_pod(connect(args.kubeconfig, args.context), namespace, name)
    return examine(evidence.log, others=evidence.others), [redact(one) for one in evidence.unread]
