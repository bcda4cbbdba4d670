"""`podrunner smoke`: a real job through a real GitLab Runner on Kubernetes."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from podrunner.smoke.plan import Options

EXAMPLES = """\
examples:
  podrunner smoke                                          the default preset, on a new kind cluster
  podrunner smoke --preset privileged --preset unprivileged
  podrunner smoke -f team-a.yaml --pipeline .gitlab-ci.yml --job build
  podrunner smoke --kubeconfig ~/.kube/config --namespace ci-trial
  podrunner smoke --images ~/.cache/podrunner/airgap       where no container registry can be reached

Everything that it makes is removed, also after Ctrl-C, unless --keep is given.
exit code: 0 the job did what the values promise; 1 it did not, and a folder with evidence is named; 2 wrong use;
130 interrupted.
"""


def add_arguments(parser: ArgumentParser) -> None:
    """The options of `podrunner smoke`."""
    parser.epilog = EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    _add_subject(parser)
    _add_job(parser)
    _add_place(parser)
    after = parser.add_argument_group("afterwards")
    after.add_argument(
        "--evidence",
        type=Path,
        metavar="DIR",
        help="folder for what is kept of a failure (default: ./podrunner-smoke-<time>)",
    )
    after.add_argument("--keep", action="store_true", help="remove nothing, say how to look and how to remove it")


def _add_subject(parser: ArgumentParser) -> None:
    what = parser.add_argument_group("what to try")
    what.add_argument("--chart", type=Path, metavar="DIR", help="the chart (default: the one of podrunner)")
    what.add_argument(
        "--preset",
        action="append",
        default=[],
        metavar="NAME",
        help="a preset of the chart; several: one after the other (default: unprivileged)",
    )
    what.add_argument(
        "-f",
        "--values",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="values file, above the preset; several: last wins",
    )


def _add_job(parser: ArgumentParser) -> None:
    job = parser.add_argument_group("which job")
    job.add_argument(
        "--pipeline", type=Path, metavar="FILE", help="a .gitlab-ci.yml (default: a built-in one that builds an image)"
    )
    job.add_argument("--job", metavar="NAME", help="the job to run (default: the only one)")
    job.add_argument(
        "--repository", type=Path, metavar="DIR", help="the Git repository to clone (default: the pipeline's own)"
    )
    job.add_argument(
        "--timeout", type=float, default=900, metavar="S", help="seconds that the job may take (default: 900)"
    )


def _add_place(parser: ArgumentParser) -> None:
    where = parser.add_argument_group("where")
    where.add_argument(
        "--kubeconfig", type=Path, metavar="FILE", help="an existing cluster (default: a new kind cluster)"
    )
    where.add_argument("--namespace", default="", metavar="NS", help="namespace of the release (default: a new one)")
    where.add_argument("--kind-image", default="", metavar="IMAGE", help="node image of the kind cluster")
    where.add_argument(
        "--images",
        type=Path,
        metavar="DIR",
        help="a folder with kind and all images, made by ci/airgap/build; with --kubeconfig the cluster must have the images already",
    )
    where.add_argument(
        "--stand-in-image", default="", metavar="IMAGE", help="image with Python and git for the stand-in GitLab"
    )


def run(args: Namespace) -> int:
    """Run the smoke. Raises UsageError for options that exclude each other."""
    from podrunner.output.steps import Progress
    from podrunner.smoke.run import smoke

    progress = Progress()
    exit_code = smoke(read_options(args), progress)
    if progress.failure:
        raise progress.failure
    return exit_code


def read_options(args: Namespace) -> Options:
    """The options of the command line. Raises UsageError."""
    from podrunner.chart.chart import Chart
    from podrunner.findings.errors import UsageError
    from podrunner.helm.renderer import renderer
    from podrunner.smoke.plan import Options

    if args.kubeconfig and args.kind_image:
        raise UsageError(
            "--kind-image is for a new kind cluster, --kubeconfig for one that is there: give one of them."
        )
    if args.timeout <= 0:
        raise UsageError(f"--timeout {args.timeout:g}: must be more than 0 seconds.")
    return Options(
        renderer=renderer("library", Chart.open(args.chart)),
        presets=tuple(dict.fromkeys(args.preset)),
        values=tuple(args.values),
        pipeline=args.pipeline,
        job=args.job,
        repository=args.repository,
        kubeconfig=args.kubeconfig,
        kind_image=args.kind_image,
        images=args.images,
        stand_in_image=args.stand_in_image,
        namespace=args.namespace,
        evidence=args.evidence,
        timeout=args.timeout,
        keep=args.keep,
    )
