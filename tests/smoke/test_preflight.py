"""What preflight says of a real cluster, and what `podrunner smoke` then finds there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from podrunner.cluster import objects
from podrunner.cluster.images import load_images
from podrunner.cluster.kind import find_kind
from podrunner.cluster.processes import run
from podrunner.values.merge import merge
from podrunner.values.set_expression import parse_set

from .reader import IMAGES

if TYPE_CHECKING:
    from conftest import Smoke

    from podrunner.cluster.cluster import Cluster
    from podrunner.cluster.images import ImageSet

# Another test that puts a device plugin on the node or a kind into the API server would change the answers.
ALONE = pytest.mark.xdist_group("whole-cluster")
POD_SECURITY = "no: pod-security"
NOT_OPENSHIFT = "no: no-openshift"
SECCOMP = "no: userns-clone-eperm"
NO_USER_NAMESPACES = "no: userns-quota"


@dataclass(frozen=True)
class Said:
    """How a preflight ended. `answers` is candidate → answer, with the code of the reason."""

    code: int
    report: dict[str, Any]

    @property
    def answers(self) -> dict[str, str]:
        found = {}
        for verdict in self.report["verdicts"]:
            reason = f": {verdict['reason']['code']}" if verdict["reason"] else ""
            found[verdict["name"]] = f"{verdict['answer']}{reason}"
        return found

    def reason(self, name: str) -> str:
        """Why a candidate does not fit, in words."""
        (reason,) = (verdict["reason"]["text"] for verdict in self.report["verdicts"] if verdict["name"] == name)
        return reason

    @property
    def recommended(self) -> str:
        return self.report["recommended"]["name"] if self.report["recommended"] else ""


@dataclass(frozen=True)
class Place:
    """A namespace of a cluster that preflight and smoke are asked about."""

    cluster: Cluster
    namespace: str

    def command(self, *arguments: str) -> list[str]:
        """Write the command line."""
        where = ["--kubeconfig", str(self.cluster.kubeconfig), "--namespace", self.namespace]
        given = load_images(Path(IMAGES)).values.get("podman", {}) if IMAGES else {}
        image = ["--image", given["image"]] if given else []
        return [sys.executable, "-m", "podrunner", "preflight", *where, *image, *arguments]

    def preflight(self, *arguments: str) -> Said:
        """Run it; its progress is shown as it comes."""
        done = subprocess.run(
            self.command("--format", "json", *arguments), stdout=subprocess.PIPE, text=True, check=False
        )
        print(done.stdout)
        return Said(done.returncode, json.loads(done.stdout))

    def pods(self) -> list[str]:
        """Name the pods that are there."""
        return [pod["metadata"]["name"] for pod in self.cluster.api.list("Pod", self.namespace)]


@pytest.fixture
def place() -> Iterator[Callable[..., Place]]:
    """Return a function that makes a namespace with a Pod Security level; it is removed at the end."""
    made: list[Place] = []

    def make(cluster: Cluster, level: str = "", prefix: str = "preflight") -> Place:
        name = f"{prefix}-{uuid.uuid4().hex[:6]}"
        cluster.api.create(objects.namespace(name, level))
        # Pods are refused until the controller has made the namespace's account.
        while not _has_account(cluster, name):
            time.sleep(0.1)
        made.append(Place(cluster, name))
        return made[-1]

    yield make
    for one in made:
        one.cluster.api.delete("Namespace", one.namespace)


def _has_account(cluster: Cluster, namespace: str) -> bool:
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts"
    return bool(json.loads(cluster.api.request("GET", path))["items"])


def smoke_of(said: Said, name: str, where: Place, smoke: Smoke) -> int:
    """Run the smoke with a candidate's preset and settings in the same namespace; give its exit code."""
    chosen = next(one for one in said.report["verdicts"] if one["name"] == name)
    values = merge(*(layer.data for layer in parse_set(chosen["settings"]))) if chosen["settings"] else {}
    file = smoke.folder / "values.yaml"
    file.write_text(yaml.safe_dump(values), encoding="utf-8")
    cluster = ["--kubeconfig", where.cluster.kubeconfig, "--namespace", where.namespace]
    return smoke.run("--preset", chosen["preset"], "-f", file, *cluster).code


@ALONE
def test_on_plain_kind_every_preset_but_openshift_fits(
    smoke_cluster: Cluster, place: Callable[..., Place], smoke: Smoke
) -> None:
    here = place(smoke_cluster)

    said = here.preflight()

    assert said.code == 0
    assert said.answers == {
        "user-namespace": "yes",
        "unprivileged": "yes",
        "unprivileged-root": "yes",
        "openshift": NOT_OPENSHIFT,
        "privileged": "yes",
    }
    assert here.pods() == []
    assert said.recommended == "user-namespace"
    assert smoke_of(said, said.recommended, here, smoke) == 0


@ALONE
def test_a_namespace_that_enforces_baseline_refuses_privileged_alone(
    smoke_cluster: Cluster, place: Callable[..., Place], smoke: Smoke
) -> None:
    here = place(smoke_cluster, "baseline")

    said = here.preflight()

    assert said.answers == {
        "user-namespace": "yes",
        "unprivileged": "yes",
        "unprivileged-root": "yes",
        "openshift": NOT_OPENSHIFT,
        "privileged": POD_SECURITY,
    }
    assert said.recommended == "user-namespace"
    assert smoke_of(said, said.recommended, here, smoke) == 0


@ALONE
def test_in_a_namespace_that_enforces_restricted_none_fits_and_the_label_is_named(
    smoke_cluster: Cluster, place: Callable[..., Place], smoke: Smoke
) -> None:
    here = place(smoke_cluster, "restricted")

    said = here.preflight()

    assert (said.code, said.recommended) == (1, "")
    assert said.answers == {
        "user-namespace": POD_SECURITY,
        "unprivileged": POD_SECURITY,
        "unprivileged-root": POD_SECURITY,
        "openshift": NOT_OPENSHIFT,
        "privileged": POD_SECURITY,
    }
    label = f"kubectl label namespace {here.namespace} pod-security.kubernetes.io/enforce=baseline --overwrite"
    assert said.report["changes"][0]["fix"].startswith(label)
    assert smoke_of(said, "unprivileged", here, smoke) == 1


def test_where_kubelets_set_seccomp_default_the_variation_without_a_profile_fits(
    seccomp_default_cluster: Cluster, place: Callable[..., Place], smoke: Smoke
) -> None:
    here = place(seccomp_default_cluster)

    said = here.preflight()

    assert said.answers == {
        "user-namespace": SECCOMP,
        "user-namespace, seccomp Unconfined": "yes",
        "unprivileged": SECCOMP,
        "unprivileged, seccomp Unconfined": "yes",
        "unprivileged-root": SECCOMP,
        "unprivileged-root, seccomp Unconfined": "yes",
        "openshift": NOT_OPENSHIFT,
        "privileged": "yes",
    }
    assert said.recommended == "user-namespace, seccomp Unconfined"
    assert smoke_of(said, said.recommended, here, smoke) == 0


def test_with_seccomp_default_and_baseline_none_fits_and_a_profile_is_the_way_out(
    seccomp_default_cluster: Cluster, place: Callable[..., Place], smoke: Smoke
) -> None:
    here = place(seccomp_default_cluster, "baseline")

    said = here.preflight()

    assert (said.code, said.recommended) == (1, "")
    assert set(said.answers.values()) == {SECCOMP, POD_SECURITY, NOT_OPENSHIFT}
    assert any("Localhost" in change["fix"] for change in said.report["changes"])
    assert smoke_of(said, "unprivileged", here, smoke) == 1


def test_on_cri_o_that_heeds_the_annotation_fuse_fits_too(
    crio_cluster: Cluster, place: Callable[..., Place], smoke: Smoke
) -> None:
    here = place(crio_cluster)

    said = here.preflight()

    assert said.answers == {
        "user-namespace": "yes",
        "unprivileged": "yes",
        "unprivileged, fuse by CRI-O": "yes",
        "unprivileged-root": "yes",
        "openshift": NOT_OPENSHIFT,
        "privileged": "yes",
    }
    assert said.recommended == "user-namespace"
    assert smoke_of(said, said.recommended, here, smoke) == 0


def test_on_cri_o_that_does_not_heed_the_annotation_fuse_does_not_fit(
    crio_cluster_without_devices: Cluster, place: Callable[..., Place], smoke: Smoke
) -> None:
    here = place(crio_cluster_without_devices)

    said = here.preflight()

    assert said.answers["unprivileged, fuse by CRI-O"] == "no: fuse-missing"
    assert said.answers["unprivileged"] == "yes"
    assert said.recommended == "user-namespace"
    assert smoke_of(said, "unprivileged, fuse by CRI-O", here, smoke) == 1


@pytest.fixture
def runc_without_user_namespaces(images: ImageSet, smoke_cluster: Cluster, tmp_path: Path) -> Iterator[None]:
    """Put a program before the node's runc; see runc_without_user_namespaces for what it does.

    The sysctl of the machine itself is left alone: it is everybody's, and setting it takes CAP_SYS_RESOURCE.
    """
    (tmp_path / "look").mkdir()
    kind = find_kind("look", images, tmp_path / "look")
    (node,) = (item["metadata"]["name"] for item in smoke_cluster.api.list("Node"))
    script = Path(__file__).parent / "runc_without_user_namespaces"
    place = "cd /usr/local/sbin && chmod 755 runc.before && ln -f runc runc.real && mv runc.before runc"
    run([kind.engine, "cp", str(script), f"{node}:/usr/local/sbin/runc.before"], kind.environment)
    try:
        run([kind.engine, "exec", node, "sh", "-euc", place], kind.environment)
        yield
    finally:
        run([kind.engine, "exec", node, "mv", "/usr/local/sbin/runc.real", "/usr/local/sbin/runc"], kind.environment)


@ALONE
def test_where_user_namespaces_are_switched_off_none_fits_and_the_sysctl_is_named(
    smoke_cluster: Cluster, place: Callable[..., Place], smoke: Smoke, runc_without_user_namespaces: None
) -> None:
    here = place(smoke_cluster, prefix="no-user-namespaces")

    said = here.preflight()

    assert (said.code, said.recommended) == (1, "")
    assert said.answers == {
        "user-namespace": NO_USER_NAMESPACES,
        "unprivileged": NO_USER_NAMESPACES,
        "unprivileged-root": NO_USER_NAMESPACES,
        "openshift": NOT_OPENSHIFT,
        "privileged": NO_USER_NAMESPACES,
    }
    assert "(user.max_user_namespaces is 0)" in said.reason("unprivileged")
    assert said.report["changes"][0]["fix"].startswith("Set user.max_user_namespaces to 15000 or more on the nodes")
    assert smoke_of(said, "privileged", here, smoke) == 1


@ALONE
def test_an_image_that_cannot_be_pulled_is_no_verdict_on_modes(
    smoke_cluster: Cluster, place: Callable[..., Place]
) -> None:
    here = place(smoke_cluster)

    said = here.preflight("--image", "registry.invalid/nothing:1")

    assert (said.code, said.recommended) == (1, "")
    unknown = {name for name, answer in said.answers.items() if answer.startswith("?")}
    assert unknown == {"user-namespace", "unprivileged", "unprivileged-root", "privileged"}


def test_ctrl_c_leaves_no_pod_behind(smoke_cluster: Cluster, place: Callable[..., Place]) -> None:
    here = place(smoke_cluster)
    # A process group of its own: the signal is for it alone.
    with subprocess.Popen(here.command(), stdout=subprocess.PIPE, start_new_session=True) as process:
        while not here.pods():
            assert process.poll() is None
            time.sleep(0.1)

        os.kill(process.pid, signal.SIGINT)

        out, _ = process.communicate()
    assert (process.returncode, out) == (130, b"")
    assert here.pods() == []
