"""Kubernetes versions that a chart is rendered for: those that were asked for, and those that Chart.yaml allows."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podrunner.findings.errors import RenderError, UsageError
from podrunner.formats.kube_version import full_version
from podrunner.helm.sdk import call_render, load_library
from podrunner.manifests.schemas.kinds import known_versions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from podrunner.chart.chart import Chart

# Every cluster has this one, and Helm without a cluster does not know it: its list is that of a Go client.
UNLISTED_API_VERSIONS = ("apiregistration.k8s.io/v1", "apiregistration.k8s.io/v1/APIService")
ALL = "all"


def kube_versions(asked: Iterable[str], chart: Chart) -> list[str]:
    """The versions asked for; `all` is every one that there is data for and that the chart allows. Raises UsageError."""
    wanted = chart.file.kube_version
    versions: list[str] = []
    for version in asked:
        if version != ALL:
            full_version(version)
            versions.append(version)
            continue
        versions += [one for one in versions_with_data() if not wanted or is_in_range(wanted, full_version(one))]
    return list(dict.fromkeys(versions))


def versions_with_data() -> list[str]:
    """Every version that there is data for, oldest first."""
    return [f"{major}.{minor}" for major, minor in known_versions()]


@lru_cache
def is_in_range(wanted: str, version: str) -> bool:
    """Whether Helm's own semver library says so: asked by rendering one line. Raises UsageError for no range."""
    values = {"wanted": wanted, "version": version}
    options = {"name": "semver", "namespace": "default", "kube_version": "1.34.0"}
    try:
        outputs = call_render(_semver_chart(), values, options)
    except RenderError:
        message = f"kubeVersion of Chart.yaml: `{wanted}` is not a range of versions. Write it like >=1.25.0-0."
        raise UsageError(message) from None
    return "true" in "".join(outputs.values())


@lru_cache
def _semver_chart() -> Any:
    with tempfile.TemporaryDirectory(prefix="podrunner-") as folder:
        chart = Path(folder) / "semver"
        (chart / "templates").mkdir(parents=True)
        (chart / "Chart.yaml").write_text("apiVersion: v2\nname: semver\nversion: 0.0.1\n", encoding="utf-8")
        template = "{{ semverCompare .Values.wanted .Values.version }}\n"
        (chart / "templates" / "NOTES.txt").write_text(template, encoding="utf-8")
        return load_library().Chart.load(chart)
