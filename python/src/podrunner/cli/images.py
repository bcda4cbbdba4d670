"""`podrunner images`: every image a release and its jobs pull, for mirroring."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from podrunner.cli.options import add_render_options, add_values_options, read_case

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

EXAMPLES = """\
examples:
  podrunner images --preset unprivileged
  podrunner images -f team-a.yaml --json
  podrunner images -f team-a.yaml | while read i; do skopeo copy "docker://$i" "docker://mirror.example.com/${i#*/}"; done

The last one copies each image to where the chart looks for it with global.imageRegistry: mirror.example.com, which stands
in for the registry alone: quay.io/podman/stable is mirror.example.com/podman/stable then.

Images that a job names itself in .gitlab-ci.yml, and what its builds pull, are not known here.
"""


def add_arguments(parser: ArgumentParser) -> None:
    """The options of `podrunner images`."""
    parser.epilog = EXAMPLES
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add_values_options(parser)
    parser.add_argument("--json", action="store_true", help="a list of objects that say what uses an image")
    parser.add_argument("--runner-version", metavar="V", help="GitLab Runner version (default: the chart's appVersion)")
    add_render_options(parser)


def run(args: Namespace) -> int:
    """Print the images, one a line, sorted. Raises ValuesError and RenderError for values that do not make a release."""
    from podrunner.chart.chart import Chart
    from podrunner.helm.renderer import renderer
    from podrunner.output.streams import show, show_data
    from podrunner.runner.images import find_images

    chart = Chart.open(args.chart)
    case = read_case(args, chart)
    case = replace(case, layers=(*chart.placeholder, *case.layers))
    images = find_images(renderer(args.helm, chart).render(case), args.runner_version or chart.file.app_version)
    if args.json:
        show_data(json.dumps([{"image": image, "used_by": users} for image, users in images.items()], indent=2) + "\n")
    else:
        show("".join(f"{image}\n" for image in images))
    return 0
