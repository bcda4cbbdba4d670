"""What `helm install` prints."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from podrunner.cases.case import Case
from podrunner.modes.runners import pod_security, read_runners
from tests.matrix_cases import CASES, helm, render_case


@pytest.mark.parametrize(("preset", "level"), [("unprivileged", "baseline"), ("privileged", "privileged")])
def test_the_notes_name_the_pod_security_level_of_the_preset(render: Any, preset: str, level: str) -> None:
    notes = render(preset=preset, release="ci", namespace="runners").notes

    assert f'which has to allow the Pod Security level "{level}"' in notes
    assert f"kubectl label namespace runners pod-security.kubernetes.io/enforce={level} --overwrite" in notes


def test_a_namespace_of_several_runners_gets_the_level_of_the_most_demanding_once(render: Any) -> None:
    runners = {"a": None, "b": {"podman": {"mode": "privileged"}}, "c": {"podman": {"mode": "none"}}}
    notes = render({"runners": runners}, release="ci", namespace="runners").notes

    assert re.findall("kubectl label .*", notes) == [
        "kubectl label namespace runners pod-security.kubernetes.io/enforce=privileged --overwrite"
    ]


def test_the_notes_label_no_namespace_that_the_chart_makes_or_whose_level_it_does_not_know(render: Any) -> None:
    values = {"jobs": {"namespace": "builds", "createNamespace": True}, "runners": {"a": None}}

    assert "kubectl label" not in render(values).notes
    assert "kubectl label" not in render({"podman": {"mode": "none"}}).notes


def test_the_notes_find_what_upgrades_have_left_in_the_whole_cluster(render: Any) -> None:
    command = (
        "  kubectl get namespaces,serviceaccounts,roles,rolebindings,networkpolicies,clusterroles,clusterrolebindings{}"
        " --all-namespaces --selector app.kubernetes.io/name=podrunner,app.kubernetes.io/instance=ci --output "
    )
    openshift = render(preset="openshift", release="ci", api_versions=["security.openshift.io/v1"]).notes

    assert command.format("") in render(release="ci").notes
    assert command.format(",securitycontextconstraints") in openshift
    assert "kubectl get" not in render({"manager": {"keepOnUninstall": False}}).notes


@pytest.mark.parametrize(
    "podman", [{"mode": "userNamespace", "run": True}, {"mode": "unprivileged", "seccomp": {"type": "Unconfined"}}]
)
def test_the_notes_name_the_level_that_an_option_needs(render: Any, podman: dict[str, Any]) -> None:
    assert 'which has to allow the Pod Security level "privileged"' in render({"podman": podman}).notes


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_notes_name_the_level_that_is_worked_out_from_config_toml(case: Case) -> None:
    rendering = render_case(case)
    runners = read_runners(helm().chart.effective(case.layers), rendering)

    where = (
        r"^  (?:Job pods run in namespace [^,\s]+|Each job's pod runs in a namespace that the manager creates for it)"
    )
    told = re.findall(where + r"(?:[,;] .* \"(\w+)\"[.:])?", rendering.notes, re.MULTILINE)

    assert told == [pod_security(helm().chart.modes, runner, case.kube_version) for runner in runners]


def test_the_notes_print_the_rights_that_somebody_else_has_to_give(render: Any) -> None:
    values = {"rbac": {"create": False}, "runners": {"a": None, "b": {"config": {"kubernetes": {"namespace": "two"}}}}}
    notes = render(values, release="ci", namespace="one").notes

    start = notes.index(
        "rbac.create is false. Grant these permissions to the service account ci-podrunner-manager of namespace one"
    )
    rules = [
        yaml.safe_load(part.partition(":\n")[2])
        for part in notes[start : notes.index("\n\nhelm uninstall")].split("\nA Role in namespace ")[1:]
    ]
    assert [rule["resources"] for rule in rules[0]][:2] == [["pods"], ["pods/exec", "pods/attach"]]
    assert "A Role in namespace one:\n" in notes
    assert "A Role in namespace two:\n" in notes
    assert "A ClusterRole:" not in notes


def test_the_notes_print_the_rights_of_the_whole_cluster(render: Any) -> None:
    values = {"rbac": {"create": False}, "jobs": {"config": {"kubernetes": {"namespace_per_job": True}}}}
    notes = render(values, release="ci", namespace="one").notes

    assert "A Role in namespace" not in notes
    assert "A ClusterRole:\n  # namespace_per_job: " in notes
    assert "    resources: [namespaces]\n    verbs: [create, delete]\n" in notes


def test_the_notes_print_the_right_to_use_the_constraints(render: Any) -> None:
    rendering = render({"rbac": {"create": False}}, preset="openshift", release="ci", namespace="one")

    _, found, rule = rendering.notes.partition(
        "For the service accounts of the jobs, ci-podrunner-jobs, a Role in namespace one:\n"
    )
    assert found
    assert yaml.safe_load(rule.partition("\n\n")[0])[0]["resourceNames"] == ["one.ci-podrunner-jobs"]
    assert rendering.objects("Role") + rendering.objects("RoleBinding") == []


def test_the_notes_say_what_is_missing_where_jobs_choose_their_namespace(render: Any) -> None:
    notes = render({"jobs": {"config": {"kubernetes": {"namespace_overwrite_allowed": "^ci-"}}}}).notes

    assert (
        "Jobs may choose any namespace that matches ^ci-. In such a namespace the manager has no permissions" in notes
    )


def test_the_notes_leave_the_secrets_of_namespaces_that_are_made_for_jobs_to_the_cluster(render: Any) -> None:
    kubernetes = {"namespace_per_job": True, "image_pull_secrets": ["login"]}
    notes = render({"jobs": {"config": {"kubernetes": kubernetes}}}).notes

    assert "Job pods need these Secrets in that namespace, where the cluster has to create them: login." in notes


def test_the_notes_are_silent_about_rights_that_the_chart_gives(render: Any) -> None:
    assert "rbac.create" not in render().notes


def test_the_notes_show_how_to_make_a_missing_secret_without_writing_the_token_down(render: Any) -> None:
    notes = render(release="ci", namespace="runners").notes

    assert (
        "kubectl create secret generic ci-podrunner-default --namespace runners --from-file=token=/dev/stdin" in notes
    )


def test_the_notes_end_with_the_next_commands(render: Any) -> None:
    lines = render(release="ci", namespace="runners").notes.strip().splitlines()

    assert lines[-2:] == [
        "  kubectl rollout status deployment/ci-podrunner --namespace runners",
        "  helm test ci --namespace runners --logs",
    ]


def test_the_notes_warn_of_a_token_in_the_values(render: Any) -> None:
    notes = render({"runners": {"a": {"token": {"insecureInline": "glrt-x"}}}}).notes

    assert "The token is part of this release's values" in notes
    assert "kubectl create secret" not in notes
