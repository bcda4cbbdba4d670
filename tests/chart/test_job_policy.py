"""The policy for job pods: what it says of each runner, for whom, and where the chart refuses it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from podrunner.findings.errors import RenderError
from podrunner.manifests.security import pod_security
from tests.matrix_cases import CHART, ROOT

MODES = yaml.safe_load((CHART / "files/modes.yaml").read_text())
ON = {"policies": {"jobs": {"enabled": True}}}
PROMISING = [name for name, mode in MODES.items() if mode.get("promise") and not mode["promise"]["privileged"]]


def spec_of(rendering: Any) -> dict[str, Any]:
    """The spec of the policy."""
    spec: dict[str, Any] = rendering.object("ValidatingAdmissionPolicy")["spec"]
    return spec


def runners_of(rendering: Any) -> dict[str, dict[str, list[str]]]:
    """What the pods of each runner may have."""
    variables = {one["name"]: one["expression"] for one in spec_of(rendering)["variables"]}
    found: dict[str, dict[str, list[str]]] = json.loads(variables["runners"])
    return found


def test_there_is_no_policy_unless_asked_for(render: Any) -> None:
    assert not render().objects("ValidatingAdmissionPolicy")
    assert not render().objects("ValidatingAdmissionPolicyBinding")


def test_it_judges_what_the_managers_account_makes_in_the_namespaces_of_jobs(render: Any) -> None:
    spec = spec_of(render({**ON, "jobs": {"namespace": "jobs"}}, release="ci", namespace="here"))

    assert spec["failurePolicy"] == "Fail"
    assert spec["matchConditions"] == [
        {
            "name": "by-the-manager",
            "expression": 'request.userInfo.username == "system:serviceaccount:here:ci-podrunner-manager"',
        }
    ]
    assert spec["matchConstraints"] == {
        "namespaceSelector": {
            "matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": "In", "values": ["jobs"]}]
        },
        "resourceRules": [
            {
                "apiGroups": [""],
                "apiVersions": ["v1"],
                "operations": ["CREATE", "UPDATE"],
                "resources": ["pods", "pods/ephemeralcontainers"],
            }
        ],
    }


def test_it_judges_everywhere_where_jobs_choose_their_namespace(render: Any) -> None:
    rendering = render({**ON, "runners": {"a": {"config": {"kubernetes": {"namespace_per_job": True}}}}})

    assert "namespaceSelector" not in spec_of(rendering)["matchConstraints"]
    assert sorted(runners_of(rendering)) == ["", "/a"]


@pytest.mark.parametrize("mode", PROMISING)
def test_a_runners_pods_may_have_what_its_mode_promises(render: Any, mode: str) -> None:
    promise = MODES[mode]["promise"]
    may = runners_of(render({**ON, "podman": {"mode": mode}}, release="ci", namespace="here"))["here/default"]

    assert may == {
        "mode": [mode],
        "uid": [] if promise["uid"] is None else [str(promise["uid"])],
        "capabilities": promise["capabilities"],
        "escalation": [] if promise["noNewPrivileges"] else ["true"],
        "ownUserNamespace": ["true"] if promise.get("hostUsers") is False else [],
        "accounts": ["ci-podrunner-jobs"],
        "accountPatterns": [],
        "appArmorUnconfined": [],
        "seccompUnconfined": [],
        "procMount": [],
        "hostPaths": [],
        "volumes": [],
    }


def test_it_allows_what_the_values_add(render: Any) -> None:
    values = (ROOT / "tests/values/job-policy.yaml").read_text()
    rendering = render(yaml.safe_load(values), namespace="here")
    base = {"mode": ["unprivileged"], "accounts": ["podrunner-jobs"]}
    added = {
        name.removeprefix("here/"): {
            key: found for key, found in may.items() if found and key not in ("uid", "capabilities", "escalation")
        }
        for name, may in runners_of(rendering).items()
        if name
    }

    assert added == {
        "plain": base,
        "bare": {**base, "seccompUnconfined": ["build"], "hostPaths": ["/images"]},
        "deep": {**base, "mode": ["userNamespace"], "ownUserNamespace": ["true"], "procMount": ["build"]},
        "root": {**base, "mode": ["unprivilegedRoot"], "appArmorUnconfined": ["build"]},
        "platform": {**base, "mode": ["openshift"]},
        "shared": {**base, "accountPatterns": ["^ci-"], "volumes": ["nfs"]},
        "bound": {**base, "accounts": ["default"]},
    }


def test_what_baseline_allows_is_said_as_elsewhere(render: Any) -> None:
    rules = " ".join(one["expression"] for one in spec_of(render(ON))["validations"])

    for names in (pod_security._BASELINE_CAPABILITIES, pod_security._SYSCTLS, pod_security._SELINUX):
        assert [said for said in lists(rules) if set(said) == names]
    kinds = {one.removeprefix("has(v.").split(")")[0] for one in rules.split() if one.startswith("has(v.")}
    assert kinds == pod_security.VOLUMES


def lists(rules: str) -> list[list[str]]:
    """Each list of texts in an expression."""
    return [json.loads(f"[{part.split(']')[0]}]") for part in rules.split("in [")[1:]]


def test_the_binding_says_what_becomes_of_other_pods(render: Any) -> None:
    rendering = render({"policies": {"jobs": {"enabled": True, "actions": ["Warn", "Audit"]}}}, release="ci")
    binding = rendering.object("ValidatingAdmissionPolicyBinding")

    assert binding["spec"] == {"policyName": "podrunner.ci-podrunner-jobs", "validationActions": ["Warn", "Audit"]}
    assert binding["metadata"]["name"] == rendering.object("ValidatingAdmissionPolicy")["metadata"]["name"]


def test_it_goes_with_the_release(render: Any) -> None:
    kept = [
        one["metadata"].get("annotations")
        for kind in ("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding")
        for one in render(ON).objects(kind)
    ]

    assert kept == [None, None]


def test_the_managers_permissions_do_not_grow(render: Any) -> None:
    kinds = ("Role", "ClusterRole")

    assert [render(ON).objects(kind) for kind in kinds] == [render().objects(kind) for kind in kinds]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"podman": {"mode": "none"}}, r"(?s)podman.mode is none \(runners.default\).*a release of its own"),
        ({"podman": {"mode": "privileged"}}, r"(?s)podman.mode is privileged.*a release of its own"),
        (
            {"jobs": {"config": {"kubernetes": {"autoscaler": {"max_pause_pods": 1}}}}},
            r"kubernetes.autoscaler lets the manager make Deployments",
        ),
        (
            {"jobs": {"config": {"kubernetes": {"host": "https://192.0.2.1"}}}},
            r"kubernetes.host makes job pods in another",
        ),
        (
            {"jobs": {"config": {"kubernetes": {"bearer_token_overwrite_allowed": True}}}},
            r"lets jobs choose the account that makes their pods",
        ),
    ],
    ids=["none", "privileged", "autoscaler", "host", "bearer-token"],
)
def test_where_it_would_hold_nothing_it_is_refused(render: Any, values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RenderError, match=sentence):
        render({**ON, **values})


def test_an_older_kubernetes_is_refused(render: Any) -> None:
    with pytest.raises(RenderError, match=r"this is Kubernetes v?1.29.*needs 1.30"):
        render(ON, kube_version="1.29")
    assert render(ON, kube_version="1.30").object("ValidatingAdmissionPolicy")


def test_the_notes_name_the_policy_and_what_it_does(render: Any) -> None:
    said = "The ValidatingAdmissionPolicy here.ci-podrunner-jobs judges every pod that the service account"

    assert f"{said} ci-podrunner-manager makes by the mode of its runner (Deny). It is removed" in (
        render(ON, release="ci", namespace="here").notes
    )
    assert "ValidatingAdmissionPolicy" not in render().notes
