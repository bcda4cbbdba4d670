"""Values and cases that the options mean, read once: the files, and what `--set` and its kin say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podrunner.cli.options import SETTINGS

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable
    from pathlib import Path

    from podrunner.cases.selection import Selection
    from podrunner.chart.chart import Chart
    from podrunner.formats.placed import Values


def load_files(*groups: Iterable[Path]) -> list[tuple[Values, ...]]:
    """The layers of groups of files; a file that is named twice is read once. Raises UsageError."""
    from podrunner.formats.placed import load_layer, read_layer
    from podrunner.formats.text import DASH, STANDARD_INPUT, read_standard_input

    read: dict[str, Values] = {}
    loaded = []
    for group in groups:
        names = [str(path) for path in group]
        for name in names:
            if name not in read:
                is_piped = name == DASH
                read[name] = read_layer(read_standard_input(), STANDARD_INPUT) if is_piped else load_layer(name)
        loaded.append(tuple(read[name] for name in names))
    return loaded


def read_expressions(args: Namespace) -> dict[str, list[str]]:
    """What `--set` and its kin say, by option."""
    names = [one.names[0] for one in SETTINGS]
    return {name: getattr(args, name.removeprefix("--").replace("-", "_")) for name in names}


def read_settings(args: Namespace) -> tuple[Values, ...]:
    """The layers of `--set` and its kin, lowest first. Raises UsageError."""
    from podrunner.cases.case import Case

    return Case("").with_expressions(read_expressions(args)).layers


def read_selection(args: Namespace, chart: Chart) -> Selection:
    """Which cases the options mean; those that a command does not have say nothing. Raises UsageError."""
    from podrunner.cases.lookup import load_objects
    from podrunner.cases.selection import Selection
    from podrunner.helm.kube_versions import kube_versions

    files, values = load_files(getattr(args, "files", ()), args.values)
    return Selection(
        files=files,
        values=values,
        settings=read_settings(args),
        presets=tuple(dict.fromkeys(args.preset)),
        all_presets=getattr(args, "all_presets", False),
        matrix=getattr(args, "matrix", None),
        strategy=getattr(args, "strategy", None),
        release=getattr(args, "release", None) or "",
        namespace=args.namespace or "",
        kube_versions=tuple(kube_versions(getattr(args, "kube_version", ()), chart)),
        api_versions=tuple(getattr(args, "api_versions", ())),
        revision=getattr(args, "revision", None) or 0,
        chart_version=getattr(args, "chart_version", None) or "",
        app_version=getattr(args, "app_version", None) or "",
        lookup=tuple(one for file in getattr(args, "lookup", ()) for one in load_objects(file)),
        include_crds=getattr(args, "include_crds", False),
        skip_schema_validation=getattr(args, "skip_schema_validation", False),
    )
