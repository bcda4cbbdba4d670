"""The job pod of the preset openshift, made by the real runner, against OpenShift's SecurityContextConstraints.

There is no OpenShift here. Its CustomResourceDefinition is real, and so are RBAC and the pod; what constraints say of
the pod is judged by `podrunner.manifests.security.scc`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from podrunner.cases.case import Case
from podrunner.formats.placed import Values
from podrunner.manifests.security.scc import judge

from .release import CHART, ID_RANGES, installed, render
from .trial import attempt

if TYPE_CHECKING:
    from .release import Release
    from .trial import Bench

pytestmark = pytest.mark.usefixtures("constraints")

Shipped = dict[str, dict[str, Any]]
# A namespace as nested-container wants it: its pods have a user namespace of 65536 ids.
SMALL_RANGES = {name: "1000/64536" for name in ID_RANGES if not name.endswith("mcs")}
NESTED_CONTAINER = {"podman": {"openshift": {"scc": {"create": False, "name": "nested-container"}}}}


@pytest.fixture(scope="module")
def release(bench: Bench) -> Release:
    """Return the preset openshift, rendered."""
    return openshift(bench)


@pytest.fixture(scope="module")
def job_pod(release: Release, bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the spec of the pod that the real runner makes with the preset."""
    return made(release, bench, tmp_path_factory.mktemp("manager"))


@pytest.fixture(scope="module")
def shipped(bench: Bench) -> Shipped:
    """Return the shipped constraints by name, as the API server keeps them."""
    text = (Path(__file__).parent / "constraints.yaml").read_text(encoding="utf-8")
    return {one["metadata"]["name"]: bench.cluster.create(one) for one in yaml.safe_load_all(text)}


def openshift(bench: Bench, values: dict[str, Any] | None = None) -> Release:
    layers = (CHART.preset("openshift"), Values(values or {}, "the test"))
    return render(Case("openshift", layers), bench.gitlab.url, bench.cluster.version)


def made(release: Release, bench: Bench, folder: Path) -> dict[str, Any]:
    (pod,) = attempt(release, bench, folder).pods.values()
    assert pod
    return dict(pod["spec"])


def test_the_api_server_keeps_every_field_of_the_charts_constraints(release: Release, bench: Bench) -> None:
    rendered = release.rendering.object("SecurityContextConstraints")
    with installed(release, bench.cluster):
        kept = bench.cluster.get(rendered["apiVersion"], rendered["kind"], rendered["metadata"]["name"])

    assert {key: kept[key] for key in rendered if key != "metadata"} == {
        key: value for key, value in rendered.items() if key != "metadata"
    }
    assert kept["userNamespaceLevel"] == "AllowHostLevel"


def test_the_api_server_drops_a_field_that_constraints_do_not_have(release: Release, bench: Bench) -> None:
    rendered = release.rendering.object("SecurityContextConstraints")
    wrong = {**rendered, "metadata": {"name": "wrong"}, "runAsUser": {"type": "RunAsAny", "ranges": [{"min": 0}]}}

    assert bench.cluster.create(wrong)["runAsUser"] == {"type": "RunAsAny"}


def test_the_charts_constraints_admit_the_job_pod_with_a_uid_of_the_namespace(
    release: Release, job_pod: dict[str, Any]
) -> None:
    judgement = judge(job_pod, release.rendering.object("SecurityContextConstraints"), ID_RANGES)

    assert judgement.findings == ()
    assert judgement.uid == 1000650000


def test_container_build_admits_the_job_pod(job_pod: dict[str, Any], shipped: Shipped) -> None:
    judgement = judge(job_pod, shipped["container-build"], ID_RANGES)

    assert (judgement.findings, judgement.uid) == ((), 1000650000)


def test_nested_container_wants_a_user_namespace_and_nothing_else(job_pod: dict[str, Any], shipped: Shipped) -> None:
    findings = judge(job_pod, shipped["nested-container"], ID_RANGES).findings

    assert [one.message for one in findings] == ["hostUsers: not false, userNamespaceLevel is RequirePodLevel."]


def test_nested_container_admits_the_job_pod_of_values_that_name_it(
    bench: Bench, shipped: Shipped, tmp_path: Path
) -> None:
    pod = made(openshift(bench, NESTED_CONTAINER), bench, tmp_path)

    assert judge(pod, shipped["nested-container"], SMALL_RANGES).findings == ()
    assert judge(pod, shipped["nested-container"], SMALL_RANGES).uid == 1000


def test_restricted_v2_refuses_the_capabilities_and_the_escalation(job_pod: dict[str, Any], shipped: Shipped) -> None:
    findings = judge(job_pod, shipped["restricted-v2"], ID_RANGES).findings
    at = "containers[0].securityContext"

    assert job_pod["containers"][0]["name"] == "build"
    assert [one.message for one in findings] == [
        f"{at}.allowPrivilegeEscalation: true, allowPrivilegeEscalation is false.",
        f"{at}.capabilities.add: SETUID is not among allowedCapabilities: NET_BIND_SERVICE.",
        f"{at}.capabilities.add: SETGID is not among allowedCapabilities: NET_BIND_SERVICE.",
    ]


def test_the_job_account_alone_may_use_the_constraints(release: Release, bench: Bench) -> None:
    name = release.rendering.object("SecurityContextConstraints")["metadata"]["name"]
    (job,) = (runner.entry["kubernetes"]["service_account"] for runner in release.runners)

    def use(account: str, constraints: str) -> bool:
        group, resource = "security.openshift.io", "securitycontextconstraints"
        return bench.cluster.may(f"podrunner:{account}", "podrunner", "use", group, resource, constraints)

    with installed(release, bench.cluster):
        allowed = {account: use(account, name) for account in (job, release.account, "default")}
        others = use(job, "privileged")

    assert allowed == {job: True, release.account: False, "default": False}
    assert not others
