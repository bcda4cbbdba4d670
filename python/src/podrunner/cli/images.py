"""`podrunner images`: every image a release and its jobs pull, for mirroring."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from podrunner.cli.layers import read_selection
from podrunner.cli.options import HELM, OF_RELEASE, OF_VALUES, RUNNER_VERSION, add_options
from podrunner.cli.outputs import formats, read_outputs

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Mapping, Sequence

EXAMPLES = """\
examples:
  podrunner images --preset unprivileged
  podrunner images team-a.yaml team-b.yaml --format json
  podrunner images team-a.yaml | while read i; do skopeo copy "docker://$i" "docker://mirror.example.com/${i#*/}"; done

The last one copies each image to where the chart looks for it with global.imageRegistry: mirror.example.com, which stands
in for the registry alone: quay.io/podman/stable:v5.8.7 is mirror.example.com/podman/stable:v5.8.7 then.

Images that a job names itself in .gitlab-ci.yml, and what its builds pull, are not known here.
"""


def add_arguments(parser: ArgumentParser) -> None:
    """The options of `podrunner images`."""
    add_options(parser, "values", *OF_VALUES)
    add_options(parser, "what they are listed for", *OF_RELEASE, RUNNER_VERSION)
    add_options(parser, "output", formats("text", "json"))
    add_options(parser, "how", HELM)


def run(args: Namespace) -> int:
    """Print the images, one a line, sorted. Raises ValuesError and RenderError for values that do not make a release."""
    from podrunner.cases.selection import values_cases
    from podrunner.chart.chart import Chart
    from podrunner.helm.renderer import renderer
    from podrunner.output.files import write_text
    from podrunner.runner.images import find_images
    from podrunner.runner.release import release_of

    outputs = read_outputs(args)
    chart = Chart.open(args.chart)
    selection = read_selection(args, chart)
    helm = renderer(args.helm, chart)
    users: dict[str, set[str]] = {}
    for case in values_cases(selection, chart, selection.presets):
        rendering = helm.render(case.over(*chart.placeholder))
        values = chart.effective(case.layers) if chart.modes else {}
        version = release_of(values, args.runner_version or "", chart.file.app_version).version
        for image, names in find_images(rendering, version).items():
            users.setdefault(image, set()).update(names)
    images = {image: sorted(users[image]) for image in sorted(users)}
    for output in outputs:
        written = _json(images) if output.format == "json" else "".join(f"{image}\n" for image in images)
        write_text(written, output.file)
    return 0


def _json(images: Mapping[str, Sequence[str]]) -> str:
    entries = [{"image": image, "used_by": users} for image, users in images.items()]
    return json.dumps(entries, indent=2) + "\n"
