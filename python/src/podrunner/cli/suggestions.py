"""What an option may take, for the Tab key. Whatever goes wrong here, nothing is suggested."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable

    from podrunner.chart.chart import Chart


def nothing(_args: Namespace) -> Iterable[str]:
    """What is free text."""
    return ()


def _chart(args: Namespace) -> Chart:
    """The chart of the command line, else of podrunner.toml."""
    from podrunner.chart.chart import Chart
    from podrunner.check.policy.file import find_policy_file

    return Chart.open(args.chart or find_policy_file(Path.cwd()).chart)


def presets(args: Namespace) -> Iterable[str]:
    """The presets of the chart."""
    return _chart(args).presets


def modes(args: Namespace) -> Iterable[str]:
    """The modes of the chart."""
    return _chart(args).modes


def parts(args: Namespace) -> Iterable[str]:
    """What `--show` takes: a part of a rendering by its name, or a template."""
    folder = _chart(args).path / "templates"
    return ["config.toml", "notes", *sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*.yaml"))]


def templates(args: Namespace) -> Iterable[str]:
    """What `--show-only` takes: a template by its path in the chart."""
    return [f"templates/{one}" for one in parts(args) if one.endswith(".yaml")]


def kube_versions(_args: Namespace) -> Iterable[str]:
    """The Kubernetes versions that there is data for."""
    from podrunner.helm.kube_versions import ALL, versions_with_data

    return [*versions_with_data(), ALL]


def codes(_args: Namespace) -> Iterable[str]:
    """The codes of findings."""
    from podrunner.findings.rules.register import RULES

    return RULES


def contexts(args: Namespace) -> Iterable[str]:
    """The contexts of the kubeconfig. Read here: the client of Kubernetes takes a second to load."""
    import yaml

    files = [args.kubeconfig] if args.kubeconfig else os.environ.get("KUBECONFIG", "~/.kube/config").split(os.pathsep)
    for file in (Path(one).expanduser() for one in files if one):
        if file.is_file():
            data = yaml.safe_load(file.read_text(encoding="utf-8"))
            yield from (one["name"] for one in data["contexts"])
