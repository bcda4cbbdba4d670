"""`podrunner render`: what Helm makes of values, or one part of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from podrunner.cli.options import HELM, KUBE_VERSION, OF_RELEASE, OF_VALUES, add_options, option, read_case

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from podrunner.manifests.rendering import Rendering

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
    show_data(select(rendering, args.show))
    return 0


def select(rendering: Rendering, what: str | None) -> str:
    """The whole manifest, or the part that `--show` names. Raises UsageError that lists what there is."""
    from podrunner.findings.errors import UsageError
    from podrunner.findings.suggest import did_you_mean, listed

    if what is None:
        return rendering.text
    files = {"config.toml": "".join(rendering.config_texts.values()), "notes": rendering.notes}
    if files.get(what):
        return files[what]
    found = [document.text for document in rendering.documents if document.template.endswith(what)]
    if found:
        return "---\n".join(found)
    if what == "notes":
        raise UsageError("--show notes: there are none. `helm template` renders no notes, --helm library does.")
    there = [
        *(name for name, text in files.items() if text),
        *dict.fromkeys(one.template for one in rendering.documents),
    ]
    raise UsageError(f"--show {what}: not in this rendering.{did_you_mean(what, there)} There: {listed(there, 40)}.")
