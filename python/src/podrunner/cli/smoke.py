"""`podrunner smoke`: a real job through a real GitLab Runner on Kubernetes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podrunner.cli.layers import read_selection
from podrunner.cli.options import (
    CONTEXT,
    KUBECONFIG,
    NAMESPACE,
    OF_VALUES,
    PIPELINE,
    QUIET,
    TIMEOUT,
    add_options,
    option,
    path,
    several,
)

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from podrunner.smoke.plan import SmokeOptions

EXAMPLES = """\
examples:
  podrunner smoke                                          the default preset, on a new kind cluster
  podrunner smoke --preset privileged --preset unprivileged
  podrunner smoke team-a.yaml --pipeline .gitlab-ci.yml --job build
  podrunner smoke --workers 2                              jobs on two nodes beside the control plane
  podrunner smoke --kubeconfig ~/.kube/config --namespace ci-trial
  podrunner smoke --images ~/.cache/podrunner/airgap       where no container registry can be reached

Everything that it makes is removed, also after Ctrl-C, unless --keep is given.
exit code: 0 the job did what the values promise; 1 it did not, and a folder with evidence is named; 2 wrong use;
130 interrupted.
"""


_JOB = (
    PIPELINE.default("a built-in one that builds an image"),
    several("--job", metavar="NAME", help="a job to run, one after the other").default("the only one"),
    option("--repository", type=path, metavar="DIR", help="the Git repository to clone").default("the pipeline's own"),
    TIMEOUT.default("900", 900),
)
_CLUSTER = (
    KUBECONFIG.default("a new kind cluster"),
    CONTEXT,
    NAMESPACE.default("a new one"),
    option("--kind-image", default="", metavar="IMAGE", help="node image of the kind cluster"),
    option("--workers", type=int, metavar="N", help="nodes of the kind cluster beside its control plane").default(
        "none", 0
    ),
    option(
        "--images",
        type=path,
        metavar="DIR",
        help="a folder with kind and all images, made by ci/airgap/build, or a file in it, such as smoke-1.37.2.json; with --kubeconfig the cluster must have the images already",
    ),
    option("--stand-in-image", default="", metavar="IMAGE", help="image with Python and git for the stand-in GitLab"),
    option("--registry-image", default="", metavar="IMAGE", help="image with the registry that your jobs push to"),
)
_AFTERWARDS = (
    option("--evidence", type=path, metavar="DIR", help="folder for what is kept of a failure").default(
        "./podrunner-smoke-<time>"
    ),
    option("--keep", action="store_true", help="remove nothing, say how to look and how to remove it"),
    QUIET,
)


def add_arguments(parser: ArgumentParser) -> None:
    """The options of `podrunner smoke`."""
    add_options(parser, "values", *OF_VALUES)
    add_options(parser, "job", *_JOB)
    add_options(parser, "cluster", *_CLUSTER)
    add_options(parser, "output", *_AFTERWARDS)


def run(args: Namespace) -> int:
    """Run the smoke. Raises UsageError for options that exclude each other."""
    from podrunner.output.steps import Progress
    from podrunner.smoke.run import smoke

    progress = Progress(quiet=args.quiet)
    exit_code = smoke(read_options(args), progress)
    if progress.failure:
        raise progress.failure
    return exit_code


def read_options(args: Namespace) -> SmokeOptions:
    """The options of the command line. Raises UsageError."""
    from podrunner.chart.chart import Chart
    from podrunner.findings.errors import UsageError
    from podrunner.helm.renderer import renderer
    from podrunner.smoke.plan import SmokeOptions

    if (args.kubeconfig or args.context) and args.kind_image:
        raise UsageError(
            "--kind-image is for a new kind cluster, --kubeconfig for one that is there: give one of them."
        )
    if args.workers < 0:
        raise UsageError(f"--workers {args.workers}: must be 0 or more.")
    if (args.kubeconfig or args.context) and args.workers:
        raise UsageError("--workers is for a new kind cluster, --kubeconfig for one that is there: give one of them.")
    if args.timeout <= 0:
        raise UsageError(f"--timeout {args.timeout:g}: must be more than 0 seconds.")
    chart = Chart.open(args.chart)
    return SmokeOptions(
        renderer=renderer("library", chart),
        selection=read_selection(args, chart),
        pipeline=args.pipeline,
        jobs=tuple(args.job),
        repository=args.repository,
        kubeconfig=args.kubeconfig,
        context=args.context,
        kind_image=args.kind_image,
        workers=args.workers,
        images=args.images,
        stand_in_image=args.stand_in_image,
        registry_image=args.registry_image,
        namespace=args.namespace or "",
        evidence=args.evidence,
        timeout=args.timeout,
        keep=args.keep,
    )
