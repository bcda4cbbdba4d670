"""The same assertions on the same cases twice: for helm unittest and for pytest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

from bench.check.case_set import VERSIONS

if TYPE_CHECKING:
    from pathlib import Path

    from bench.check.case_set import CaseSet, Team

# What both suites assert of each case, by template: path in the document → value.
Expected = dict[str, dict[str, str]]
PYTEST = '''"""Made by bench.check: what helm-unittest asserts, with podrunner's pytest plugin."""

import json
import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CASES = json.loads((HERE / "cases.json").read_text())


def find(data, path):
    for part in path.split("."):
        data = data[int(part)] if isinstance(data, list) else data[part]
    return data


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(podrunner_render, case):
    name = case["team"]
    rendering = podrunner_render(
        HERE / "values" / f"{name}.yaml", preset=case["preset"], release=name, namespace=name, kube_version=case["kube"]
    )

    for template, expected in case["expected"].items():
        (document,) = [one for one in rendering.documents if one.template == f"templates/{template}"]
        for path, value in expected.items():
            assert find(document.data, path) == value
    assert re.search(case["pattern"], rendering.object("ConfigMap")["data"]["config.toml"])
'''


def expected(team: Team) -> Expected:
    """Eight values of three documents."""
    name, container = f"{team.name}-podrunner", "spec.template.spec.containers.0"
    return {
        "manager/deployment.yaml": {
            "metadata.name": name,
            "metadata.namespace": team.name,
            "spec.template.metadata.labels.team": team.values["manager"]["podLabels"]["team"],
            f"{container}.resources.requests.cpu": team.values["manager"]["resources"]["requests"]["cpu"],
            f"{container}.env.1.valueFrom.secretKeyRef.name": f"{name}-{team.runners[0]}",
        },
        "jobs/role.yaml": {"metadata.name": f"{name}-manager", "metadata.namespace": team.name},
        "config/configmap.yaml": {"metadata.name": name},
    }


def pattern(team: Team) -> str:
    """A line of config.toml, as a regular expression."""
    return f"(?m)^concurrent = {team.values['config']['concurrent']}$"


def write_helm_unittest(cases: CaseSet, chart: Path) -> Path:
    """Writes a suite for each team, with a test for each version; gives the folder."""
    folder = cases.folder / "helm-unittest"
    folder.mkdir(exist_ok=True)
    for team in cases.teams:
        suite = {
            "suite": team.name,
            "templates": list(expected(team)),
            "values": [str(chart / f"presets/{team.preset}.yaml"), str(cases.values(team))],
            "release": {"name": team.name, "namespace": team.name},
            "tests": [_test(team, version) for version in VERSIONS],
        }
        (folder / f"{team.name}_test.yaml").write_text(yaml.safe_dump(suite, sort_keys=False), encoding="utf-8")
    return folder


def _test(team: Team, version: str) -> dict[str, Any]:
    major, minor = version.split(".")
    asserts: list[dict[str, Any]] = [
        {"template": template, "equal": {"path": _with_brackets(path), "value": value}}
        for template, values in expected(team).items()
        for path, value in values.items()
    ]
    matches = {"path": 'data["config.toml"]', "pattern": pattern(team)}
    asserts.append({"template": "config/configmap.yaml", "matchRegex": matches})
    return {"it": version, "capabilities": {"majorVersion": major, "minorVersion": minor}, "asserts": asserts}


def _with_brackets(path: str) -> str:
    """`env.1.name` as `env[1].name`."""
    first, *parts = path.split(".")
    return first + "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in parts)


def write_pytest(cases: CaseSet) -> Path:
    """Writes a file of tests beside the values; gives its path."""
    listed = [
        {
            "name": f"{team.name}-{version}",
            "team": team.name,
            "preset": team.preset,
            "kube": version,
            "expected": expected(team),
            "pattern": pattern(team),
        }
        for team in cases.teams
        for version in VERSIONS
    ]
    (cases.folder / "cases.json").write_text(json.dumps(listed), encoding="utf-8")
    file = cases.folder / "test_teams.py"
    file.write_text(PYTEST, encoding="utf-8")
    return file
