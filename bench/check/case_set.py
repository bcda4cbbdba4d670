"""The cases that are measured: a hundred teams, each with a values file of its own, on five Kubernetes versions.

Made by counting, so that everybody has the same; no two teams have a document in common, since a release's name is in
all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from pathlib import Path

VERSIONS = ("1.25", "1.28", "1.31", "1.34", "1.37")
# The modes that run on all five versions.
PRESETS = ("unprivileged", "privileged", "unprivileged-root", "openshift")


@dataclass(frozen=True, slots=True)
class Team:
    """One values file over one preset: a release in a namespace, both of the team's name."""

    name: str
    preset: str
    values: dict[str, Any]

    @property
    def runners(self) -> list[str]:
        """Names of the team's runners."""
        return list(self.values["runners"])


@dataclass(frozen=True, slots=True)
class CaseSet:
    """The teams, and the folder in which each has `values/<team>.yaml`; `matrix.yaml` there makes them cases."""

    folder: Path
    teams: tuple[Team, ...]

    @property
    def matrix(self) -> Path:
        """The matrix file of all cases."""
        return self.folder / "matrix.yaml"

    def values(self, team: Team) -> Path:
        """A team's values file."""
        return self.folder / f"values/{team.name}.yaml"

    def __len__(self) -> int:
        return len(self.teams) * len(VERSIONS)


def make_team(number: int) -> Team:
    """A team as it could be: two in three have a second runner, each its own sizes, nodes and mirrors."""
    name = f"team-{number:03}"
    runner = {"limit": 2 + number, "environment": [f"TEAM={name}"]}
    sizes = {"cpu_request": f"{100 + 10 * number}m", "node_selector": {"pool": f"pool-{number}"}}
    values: dict[str, Any] = {
        "gitlab": {"url": f"https://gitlab-{number}.example.com"},
        "config": {"concurrent": 10 + number},
        "podman": {"storage": {"size": f"{10 + number}Gi"}},
        "manager": {"podLabels": {"team": name}, "resources": {"requests": {"cpu": f"{50 + number}m"}}},
        "runners": {f"build-{number}": {"config": {**runner, "kubernetes": sizes}}},
    }
    if number % 3:
        values["runners"][f"docs-{number}"] = {"config": {"limit": 1}}
    if number % 2:
        values["podman"]["registries"] = {"mirrors": {"docker.io": [{"location": f"mirror-{number}.example.com:5000"}]}}
    return Team(name, PRESETS[number % len(PRESETS)], values)


def write_cases(folder: Path, count: int = 100) -> CaseSet:
    """Writes the values files of so many teams and the matrix of them on all versions."""
    cases = CaseSet(folder, tuple(make_team(number) for number in range(count)))
    (folder / "values").mkdir(parents=True, exist_ok=True)
    for team in cases.teams:
        cases.values(team).write_text(yaml.safe_dump(team.values, sort_keys=False), encoding="utf-8")
    entries = {
        team.name: {
            "preset": team.preset,
            "values": f"values/{team.name}.yaml",
            "release": team.name,
            "namespace": team.name,
        }
        for team in cases.teams
    }
    axes = {"team": entries, "kube": {"kubeVersion": list(VERSIONS)}}
    cases.matrix.write_text(yaml.safe_dump({"strategy": "full", "axes": axes}, sort_keys=False), encoding="utf-8")
    return cases
