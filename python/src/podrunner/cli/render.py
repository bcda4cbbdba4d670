"""`podrunner render`: what Helm makes of values, or one part of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from podrunner.cli.options import HELM, KUBE_VERSION, OF_RELEASE, OF_VALUES, add_options, option, read_case

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

EXAMPLES = """\
examples:
  podrunner render --preset unprivileged --set gitlab.url=https://gitlab.com
  podrunner render -f team-a.yaml --show config.toml     what the runner will read
  podrunner render -f team-a.yaml --show notes           what helm prints after an install
  podrunner render -f team-a.yaml --show templates/manager/deployment.yaml
"""


_SHOW = option("--show", metavar="WHAT", help="config.toml, notes, or a template by its path or file name")


def add_arguments(parser: ArgumentParser) -> None:
    """The options of `podrunner render`."""
    add_options(parser, "values", *OF_VALUES)
    add_options(parser, "what it is rendered for", *OF_RELEASE, KUBE_VERSION.default("1.34", "1.34"))
    add_options(parser, "output", _SHOW)
    add_options(parser, "how", HELM)


def run(args: Namespace) -> int:
    """Print the rendering. 1 when the values do not fit the schema or Helm refuses them."""
    from podrunner.cases.case import NAMESPACE, RELEASE
    from podrunner.chart.chart import Chart
    from podrunner.helm.renderer import renderer
    from podrunner.output.streams import show_data

    chart = Chart.open(args.chart)
    case = replace(
        read_case(args, chart),
        release=args.release or RELEASE,
        namespace=args.namespace or NAMESPACE,
        kube_version=args.kube_version,
        api_versions=tuple(args.api_versions),
    )
    rendering = renderer(args.helm, chart).render(case)
    show_data(rendering.part(args.show) if args.show else rendering.text)
    return 0
