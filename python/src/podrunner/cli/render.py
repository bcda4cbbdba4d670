"""`podrunner render`: what Helm makes of values, or one part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podrunner.cli.layers import read_selection
from podrunner.cli.options import HELM, OF_RELEASE, OF_TEST, OF_VALUES, add_options, option, several
from podrunner.cli.outputs import formats, read_outputs
from podrunner.cli.suggestions import parts, templates

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Mapping, Sequence
    from typing import Any

EXAMPLES = """\
examples:
  podrunner render team-a.yaml --set gitlab.url=https://gitlab.com
  podrunner render --preset unprivileged --set gitlab.url=https://gitlab.com
  podrunner render -f team-a.yaml --show config.toml     what the runner will read
  podrunner render -f team-a.yaml --show notes           what helm prints after an install
  podrunner render -f team-a.yaml --show templates/manager/deployment.yaml
  podrunner render --chart ../shop --show-only 'templates/*.yaml' --include-crds     as helm template
"""


_SHOW_ONLY = several(
    "--show-only",
    metavar="PATH",
    help="templates by their whole path in the chart or a pattern, as in helm",
    suggest=templates,
)
_SHOW = option(
    "--show", metavar="WHAT", help="config.toml, notes, or a template by its path or file name", suggest=parts
)


def add_arguments(parser: ArgumentParser) -> None:
    """The options of `podrunner render`."""
    add_options(parser, "values", *OF_VALUES)
    add_options(parser, "what it is rendered for", *OF_RELEASE, *OF_TEST)
    add_options(parser, "output", _SHOW_ONLY, _SHOW, formats("text", "json"))
    add_options(parser, "how", HELM)


def run(args: Namespace) -> int:
    """Print the renderings. Raises ValuesError and RenderError for values that do not make a release."""
    from podrunner.cases.selection import values_cases
    from podrunner.chart.chart import Chart
    from podrunner.helm.renderer import renderer
    from podrunner.output.files import write_text

    outputs = read_outputs(args)
    chart = Chart.open(args.chart)
    selection = read_selection(args, chart)
    helm = renderer(args.helm, chart)
    cases = values_cases(selection, chart, selection.presets)
    renderings = {case.name: helm.render(case).only(args.show_only) for case in cases}
    for output in outputs:
        if output.format == "json":
            found = [one.data for each in renderings.values() for one in each.documents_of(args.show or "")]
            write_text(_json(found), output.file)
        else:
            parts = {name: each.part(args.show) if args.show else each.text for name, each in renderings.items()}
            write_text(_text(parts), output.file)
    return 0


def _text(parts: Mapping[str, str]) -> str:
    """The text of each case, of several each below a comment that names its case."""
    if len(parts) == 1:
        return "".join(parts.values())
    return "".join(f"# {name}\n{text}" for name, text in parts.items())


def _json(objects: Sequence[Mapping[str, Any]]) -> str:
    """The objects, as kubectl prints several of them."""
    import json

    return json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}, indent=2, ensure_ascii=False) + "\n"
