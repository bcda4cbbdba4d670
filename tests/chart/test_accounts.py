"""The service accounts of job pods: one for all runners, or one of a runner's own, as clouds identify jobs by."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from podrunner.findings.errors import RenderError
from podrunner.runner.job_pod.access import access_of
from podrunner.runner.job_pod.objects import job_objects
from podrunner.runner.job_pod.request import JobRequest
from tests.matrix_cases import ROOT

ROLE = {"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/team-a"}
PAGE = (ROOT / "docs/identities.md").read_text(encoding="utf-8")
EXAMPLES: dict[str, dict[str, Any]] = {
    name: yaml.safe_load(text) for name, text in re.findall(r"```yaml\n# values/(\w+)\.yaml\n(.*?)```", PAGE, re.DOTALL)
}


def accounts(rendering: Any) -> dict[str, dict[str, str]]:
    """namespace/name of each account of jobs → its annotations, without those of Helm."""
    return {
        f"{each['metadata']['namespace']}/{each['metadata']['name']}": {
            key: value for key, value in each["metadata"]["annotations"].items() if key != "helm.sh/resource-policy"
        }
        for each in rendering.objects("ServiceAccount")
        if each["metadata"]["labels"]["app.kubernetes.io/component"] == "jobs"
    }


def pods(rendering: Any) -> dict[str, dict[str, Any]]:
    """Name of each runner → the spec of the pod of its jobs."""
    return {one["name"]: job_objects(one, JobRequest()).pod["spec"] for one in rendering.config_toml["runners"]}


def test_the_account_of_all_jobs_has_the_annotations_of_the_values(render: Any) -> None:
    rendering = render({"jobs": {"serviceAccount": {"annotations": ROLE}}}, release="ci", namespace="ci")

    assert accounts(rendering) == {"ci/ci-podrunner-jobs": ROLE}


def test_a_runner_has_an_account_of_its_own_in_the_namespace_of_its_jobs(render: Any) -> None:
    own = {"serviceAccount": {"annotations": ROLE}, "config": {"kubernetes": {"namespace": "team-a"}}}
    rendering = render({"runners": {"a": own, "b": None}}, release="ci", namespace="ci")

    assert accounts(rendering) == {"team-a/ci-podrunner-jobs-a": ROLE, "ci/ci-podrunner-jobs": {}}
    assert {name: one["serviceAccountName"] for name, one in pods(rendering).items()} == {
        "a": "ci-podrunner-jobs-a",
        "b": "ci-podrunner-jobs",
    }


@pytest.mark.parametrize("mode", ["none", "unprivileged"])
def test_it_is_that_of_the_runner_in_every_mode_whatever_all_runners_have(render: Any, mode: str) -> None:
    shared = {"config": {"kubernetes": {"service_account": "shared"}}}
    values = {"podman": {"mode": mode}, "jobs": shared, "runners": {"a": {"serviceAccount": {"name": "deploy"}}}}
    rendering = render(values, namespace="ci")

    assert accounts(rendering) == {"ci/deploy": {}}
    assert pods(rendering)["a"]["serviceAccountName"] == "deploy"


def test_an_account_that_exists_is_used_and_not_made(render: Any) -> None:
    rendering = render({"runners": {"a": {"serviceAccount": {"create": False, "name": "deploy"}}}})

    assert accounts(rendering) == {}
    assert pods(rendering)["a"]["serviceAccountName"] == "deploy"


def test_no_account_of_jobs_has_a_right_or_a_token_that_opens_the_cluster(render: Any) -> None:
    rendering = render({"runners": {"a": {"serviceAccount": {"annotations": ROLE}}}}, release="ci")
    account = rendering.object("ServiceAccount", "ci-podrunner-jobs-a")
    bound = {one["name"] for each in rendering.objects("RoleBinding") for one in each["subjects"]}

    assert account["automountServiceAccountToken"] is False
    assert access_of(pods(rendering)["a"]).tokens == ()
    assert bound == {"ci-podrunner-manager"}


def test_constraints_are_bound_to_the_accounts_of_the_runners_that_need_them(render: Any) -> None:
    runners = {"a": {"serviceAccount": {"name": "own"}}, "b": None, "c": {"podman": {"mode": "unprivileged"}}}
    rendering = render({"runners": runners}, preset="openshift", release="ci")

    assert [one["name"] for one in rendering.object("RoleBinding", "ci-podrunner-jobs")["subjects"]] == [
        "ci-podrunner-jobs",
        "own",
    ]


def test_the_policy_allows_each_runner_its_own_account_alone(render: Any) -> None:
    values = {"policies": {"jobs": {"enabled": True}}, "runners": {"a": {"serviceAccount": {"name": "own"}}, "b": None}}
    policy = render(values, release="ci", namespace="ci").object("ValidatingAdmissionPolicy")
    runners = yaml.safe_load(policy["spec"]["variables"][0]["expression"])

    assert {key: one["accounts"] for key, one in runners.items()} == {
        "": [],
        "ci/a": ["own"],
        "ci/b": ["ci-podrunner-jobs"],
    }


def test_the_pod_of_helm_test_has_the_account_of_its_runner(render: Any) -> None:
    rendering = render({"runners": {"a": {"serviceAccount": {"name": "own"}}}})

    assert rendering.object("Pod")["spec"]["serviceAccountName"] == "own"


@pytest.mark.parametrize(
    ("runners", "sentence"),
    [
        ({"a": {"serviceAccount": {"create": False}}}, "runners.a.serviceAccount.name is empty.*Name an account"),
        (
            {"a": {"serviceAccount": {"name": "x"}, "config": {"kubernetes": {"service_account": "y"}}}},
            "both say the account.*set runners.a.serviceAccount.name to y",
        ),
        (
            {"a": {"serviceAccount": {"name": "x"}, "config": {"kubernetes": {"namespace_per_job": True}}}},
            "runners.a.serviceAccount is set, but .*namespace_per_job is true",
        ),
        (
            {"a": {"serviceAccount": {"name": "x"}}, "b": {"serviceAccount": {"name": "x"}}},
            "runners.a.serviceAccount.name and runners.b.serviceAccount.name create two service accounts .*Kubernetes has it",
        ),
        (
            {"a": {"serviceAccount": {"name": "ci-podrunner-manager"}}},
            "runners.a.serviceAccount.name and manager.serviceAccount.name .*would have the permissions of the manager",
        ),
    ],
    ids=["no name", "two accounts", "no namespace", "one name", "the manager's"],
)
def test_an_account_that_could_not_be_the_runners_own_is_refused(
    render: Any, runners: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(RenderError, match=f"(?s){sentence}"):
        render({"runners": runners}, release="ci", namespace="ci")


MANAGERS = "the manager's own account .*would have the permissions of the manager"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"runners": {"a": {"serviceAccount": {"create": False, "name": "ci-podrunner-manager"}}}}, "runners.a.serviceAccount.name is"),
        ({"jobs": {"serviceAccount": {"create": False, "name": "ci-podrunner-manager"}}}, "jobs.serviceAccount.name is"),
        ({"runners": {"a": {"config": {"kubernetes": {"service_account": "ci-podrunner-manager"}}}}}, "runners.a.config.kubernetes.service_account is"),
        ({"jobs": {"config": {"kubernetes": {"service_account": "ci-podrunner-manager"}}}}, "service_account is"),
        ({"manager": {"serviceAccount": {"create": False}}, "jobs": {"serviceAccount": {"create": False, "name": "default"}}}, "is default, which is"),
        ({"manager": {"serviceAccount": {"create": False, "name": "ci-podrunner-jobs"}}}, "jobs.serviceAccount.name is ci-podrunner-jobs"),
    ],
    ids=["of a runner", "of all", "key of a runner", "key of all", "default", "the manager as a job"],
)  # fmt: skip
def test_jobs_never_get_the_account_of_the_manager(render: Any, values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RenderError, match=f"(?s){sentence}.*{MANAGERS}"):
        render(values, release="ci", namespace="ci")


def test_an_account_of_the_same_name_elsewhere_is_not_the_managers(render: Any) -> None:
    account = {"serviceAccount": {"create": False, "name": "ci"}}
    rendering = render({"manager": account, "jobs": {"namespace": "builds", **account}}, namespace="ci")

    assert pods(rendering)["default"]["serviceAccountName"] == "ci"


def test_two_runners_may_share_an_account_that_one_of_them_makes(render: Any) -> None:
    runners = {"a": {"serviceAccount": {"name": "x"}}, "b": {"serviceAccount": {"create": False, "name": "x"}}}

    assert list(accounts(render({"runners": runners}, namespace="ci"))) == ["ci/x"]


@pytest.mark.parametrize(
    ("cloud", "annotation", "beside"),
    [
        ("eks", "eks.amazonaws.com/role-arn", {}),
        (
            "gke",
            "iam.gke.io/gcp-service-account",
            {"node_selector": {"iam.gke.io/gke-metadata-server-enabled": "true"}},
        ),
        ("aks", "azure.workload.identity/client-id", {"pod_labels": {"azure.workload.identity/use": "true"}}),
    ],
)
def test_values_of_the_page_give_one_runner_what_its_cloud_asks_for(
    render: Any, cloud: str, annotation: str, beside: dict[str, Any]
) -> None:
    rendering = render(EXAMPLES[cloud], release="ci", namespace="ci")
    (runner,) = [one for one in rendering.config_toml["runners"] if one["name"] == "team-a"]

    assert list(accounts(rendering)["builds/ci-podrunner-jobs-team-a"]) == [annotation]
    assert {key: runner["kubernetes"][key] for key in beside} == beside


def test_the_metadata_server_is_open_where_the_page_opens_it_and_only_there(render: Any) -> None:
    def blocked(values: dict[str, Any]) -> list[str]:
        egress = render(values, release="ci").object("NetworkPolicy", "ci-podrunner-jobs-egress")["spec"]["egress"]
        return [
            one for rule in egress for peer in rule.get("to", []) for one in peer.get("ipBlock", {}).get("except", [])
        ]

    assert "169.254.169.254/32" not in blocked(EXAMPLES["gke"])
    assert "169.254.169.254/32" in blocked({**EXAMPLES["eks"], "networkPolicy": {"jobs": {"enabled": True}}})
