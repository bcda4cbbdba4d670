"""The life of a release: changes, `helm rollback`, uninstall and install again, by the Helms that the chart allows.

Helm before 3.22 cannot go back across an upgrade that leaves a kept object: it takes nothing over that the last manifest has not.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.go_modules import go_program

from .conftest import IMAGES
from .test_defaults import ready

if TYPE_CHECKING:
    from .trial import Bench

CHART = Path(__file__).parents[2] / "chart"
NAMESPACE = "life"
URL = {"gitlab": {"url": "https://gitlab.example.com"}}
FIRST: dict[str, Any] = {"jobs": {"namespace": "life-a"}}
ELSEWHERE: dict[str, Any] = {"jobs": {"namespace": "life-b"}}
CHANGES: dict[str, dict[str, Any]] = {
    "jobs elsewhere": ELSEWHERE,
    "a policy": {**FIRST, "networkPolicy": {"jobs": {"enabled": True}}},
    "no policy any more": FIRST,
    "several managers": {**FIRST, "manager": {"replicas": 5}},
    "an autoscaler": {**FIRST, "manager": {"autoscaling": {"enabled": True, "minReplicas": 2}}},
    "a stable identity": {**FIRST, "manager": {"stableIdentity": True}},
    "a namespace of one runner": {**FIRST, "runners": {"a": {"config": {"kubernetes": {"namespace": "life-b"}}}}},
    "another runner": {**FIRST, "runners": {"a": None, "b": None}},
    "an account of one's own": {"jobs": {"namespace": "life-a", "serviceAccount": {"create": False, "name": "own"}}},
    "labels": {**FIRST, "commonLabels": {"team": "ci"}},
}
# What the message of Helm says, with the name of the account of jobs.
NOT_FOUND = 'no ServiceAccount with the name "ci-podrunner-jobs" found'
OLD = [pytest.param("3.21.4"), pytest.param("3.18.4", marks=pytest.mark.exhaustive)]


class Life:
    """A release `ci` of one Helm."""

    def __init__(self, program: Path, bench: Bench, folder: Path) -> None:
        for namespace in (NAMESPACE, "life-a", "life-b"):
            ready(bench, namespace)
        self.program, self.bench, self.folder = program, bench, folder
        self.kubeconfig = bench.cluster.plane.folder / "admin.json"

    def run(self, *command: str, values: dict[str, Any] | None = None) -> tuple[int, str]:
        """Exit code and output of a command; values are over the address of GitLab."""
        given = self.folder / "values.yaml"
        given.write_text(yaml.safe_dump({**URL, **(values or {})}))
        where = ["--namespace", NAMESPACE, "--kubeconfig", str(self.kubeconfig)]
        options = ["--values", str(given)] if values is not None else []
        done = subprocess.run([self.program, *command, *where, *options], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def replicas(self) -> int:
        """How many managers the API server was asked for."""
        return int(self.bench.cluster.get("apps/v1", "Deployment", "ci-podrunner", NAMESPACE)["spec"]["replicas"])

    def end(self) -> None:
        """Uninstall, and remove what stays."""
        self.run("uninstall", "ci")
        for namespace in (NAMESPACE, "life-a", "life-b"):
            for kind in ("ServiceAccount", "Role", "RoleBinding", "NetworkPolicy"):
                self.bench.cluster.remove_all(kind, namespace, "app.kubernetes.io/instance=ci")


@pytest.fixture(params=["helm", "helm3"])
def life(request: pytest.FixtureRequest, bench: Bench, tmp_path: Path) -> Any:
    """A release of each Helm of the build."""
    it = Life(Path(IMAGES).resolve() / "parts/helm" / request.param, bench, tmp_path)
    yield it
    it.end()


@pytest.fixture(params=OLD)
def old_life(request: pytest.FixtureRequest, bench: Bench, tmp_path: Path) -> Any:
    """A release of a Helm that takes nothing over in a rollback."""
    module = f"helm.sh/helm/v3@v{request.param}"
    stamp = f"-X helm.sh/helm/v3/internal/version.version=v{request.param}"
    it = Life(go_program(module, "helm.sh/helm/v3/cmd/helm", stamp), bench, tmp_path)
    yield it
    it.end()


def test_ten_changes_are_made_taken_back_and_made_again(life: Life) -> None:
    ends = [("install", life.run("install", "ci", str(CHART), values=FIRST))]
    for name, values in CHANGES.items():
        ends.append((name, life.run("upgrade", "ci", str(CHART), values=values)))
        ends.append((f"{name}, taken back", life.run("rollback", "ci")))
        ends.append((f"{name}, again", life.run("upgrade", "ci", str(CHART), values=values)))
    ends.append(("uninstall", life.run("uninstall", "ci")))
    ends.append(("install again", life.run("install", "ci", str(CHART), values=FIRST)))

    assert {name: said for name, (code, said) in ends if code} == {}


def test_an_older_helm_cannot_go_back_where_an_object_was_kept_and_an_upgrade_can(old_life: Life) -> None:
    life = old_life
    installed = life.run("install", "ci", str(CHART), values=FIRST)
    life.run("upgrade", "ci", str(CHART), values=ELSEWHERE)

    code, said = life.run("rollback", "ci", "1")

    assert (installed[0], code) == (0, 1)
    assert NOT_FOUND in said
    assert "cannot roll back, nor upgrade with --atomic, across such a change" in installed[1]
    assert life.run("upgrade", "ci", str(CHART), values=FIRST)[0] == 0
    assert life.run("upgrade", "ci", str(CHART), values=ELSEWHERE)[0] == 0
    assert life.run("uninstall", "ci")[0] == 0
    assert life.run("install", "ci", str(CHART), values=FIRST)[0] == 0


def test_an_older_helm_cannot_go_back_from_an_atomic_upgrade_that_failed_and_an_upgrade_can(old_life: Life) -> None:
    life = old_life
    life.run("install", "ci", str(CHART), values=FIRST)

    # No manager ever gets ready: there are no nodes.
    code, said = life.run("upgrade", "ci", str(CHART), "--atomic", "--timeout", "2s", values=ELSEWHERE)

    assert (code, NOT_FOUND in said) == (1, True), said
    assert life.run("upgrade", "ci", str(CHART), values=ELSEWHERE)[0] == 0


def test_an_autoscaler_takes_over_the_managers_that_run(life: Life) -> None:
    life.run("install", "ci", str(CHART), values={"manager": {"replicas": 5}})

    code, said = life.run(
        "upgrade", "ci", str(CHART), values={"manager": {"autoscaling": {"enabled": True, "minReplicas": 2}}}
    )

    assert (code, life.replicas()) == (0, 5), said


def test_values_of_a_release_without_a_section_are_reused(life: Life, tmp_path: Path) -> None:
    before = shutil.copytree(CHART, tmp_path / "before")
    (before / "values.schema.json").unlink()
    defaults = yaml.safe_load((before / "values.yaml").read_text())
    del defaults["sessionServer"], defaults["manager"]["sidecars"], defaults["manager"]["keepOnUninstall"]
    (before / "values.yaml").write_text(yaml.safe_dump(defaults))
    installed = life.run("install", "ci", str(before), values={"commonLabels": None, "podman": {"storage": None}})

    code, said = life.run("upgrade", "ci", str(CHART), "--reuse-values", "--set", "config.concurrent=3")

    assert (installed[0], code) == (0, 0), said
