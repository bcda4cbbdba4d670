"""The two ends of what people write: a URL alone, and every feature at once; on every version of Kubernetes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from podrunner.findings.severity import Severity
from podrunner.formats.placed import load_values
from podrunner.manifests.checks.check import check_manifests
from podrunner.manifests.schemas.crds import Crds
from tests.matrix_cases import CHART, ROOT, helm
from tests.renders import render_values

VALUES = yaml.safe_load((CHART / "values.yaml").read_text())
EVERYTHING = yaml.safe_load((ROOT / "tests/values/everything.yaml").read_text())
VERSIONS = [f"1.{minor}" for minor in range(25, 38)]
# Switches that everything.yaml leaves off, each with the reason. A switch is a boolean of values.yaml.
OFF = {
    "manager.autoscaling.enabled": "rules out sessionServer: GitLab has to reach the manager that runs the job",
    "manager.unregister": "rules out manager.stableIdentity, which keeps what it takes away",
    "metrics.serviceMonitor.enabled": "rules out metrics.podMonitor: managers would be counted twice",
    "policies.jobs.enabled": "refused beside the privileged runner of team-b, which no policy could hold",
    "podman.run": "takes another mode than unprivileged; one runner has it",
}


def switches(values: dict[str, Any], parent: str = "") -> Iterator[str]:
    """The path of every boolean."""
    for key, value in values.items():
        path = f"{parent}.{key}".lstrip(".")
        if isinstance(value, bool):
            yield path
        elif isinstance(value, dict):
            yield from switches(value, path)


def at(values: Any, path: str) -> Any:
    """What stands at a path; None where nothing does."""
    for key in path.split("."):
        values = (values or {}).get(key)
    return values


@pytest.mark.parametrize("path", sorted(switches(VALUES)))
def test_everything_says_every_switch(path: str) -> None:
    assert at(EVERYTHING, path) is (None if path in OFF else True)


@pytest.mark.parametrize("section", VALUES)
def test_everything_has_every_section(section: str) -> None:
    assert EVERYTHING.get(section)


@pytest.mark.parametrize("path", OFF)
def test_a_switch_that_is_left_off_is_there(path: str) -> None:
    assert path in set(switches(VALUES))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ["minimal", "everything"])
def test_both_ends_are_what_each_kubernetes_takes(name: str, version: str, monitoring_crds: Crds) -> None:
    values = load_values(ROOT / f"tests/values/{name}.yaml").data
    rendering = render_values(helm(), values, kube_version=version)

    findings = check_manifests(rendering, version, monitoring_crds)

    # A cluster's own definition of OpenShift's kind is not among those that are here.
    unknown = {
        f"SecurityContextConstraints/{each['metadata']['name']}"
        for each in rendering.objects("SecurityContextConstraints")
    }
    assert [one for one in findings if one.object not in unknown] == []
    assert [one for one in findings if one.severity is Severity.ERROR] == []


def test_the_definitions_see_a_mistake(monitoring_crds: Crds) -> None:
    values = load_values(ROOT / "tests/values/everything.yaml").data
    wrong = [{"sourceLabels": "__name__"}]
    values["metrics"]["podMonitor"]["metricRelabelings"] = wrong
    rendering = render_values(helm(), values)

    (finding, *_) = [
        one for one in check_manifests(rendering, "1.34", monitoring_crds) if one.severity is Severity.ERROR
    ]

    assert (finding.rule.code, finding.object) == ("crd-schema", "PodMonitor/podrunner-everything")
    assert "metricRelabelings[0].sourceLabels" in finding.message
