"""Two runners of one release in one namespace, for two teams: each line of docs/teams.md is a test here."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from podrunner.manifests.checks.selectors import selects
from podrunner.runner.job_pod.objects import job_objects
from podrunner.runner.job_pod.request import JobRequest, JobVariable
from tests.matrix_cases import CHART, ROOT

PAGE = (ROOT / "docs/teams.md").read_text(encoding="utf-8")
LABEL = "manager.runner.gitlab.com/name"
TEAMS: dict[str, Any] = yaml.safe_load(PAGE.partition("```yaml\n")[2].partition("```")[0])
# All that a job of the other team can say of its pod.
ASKED = {
    "KUBERNETES_NAMESPACE_OVERWRITE": "kube-system",
    "KUBERNETES_SERVICE_ACCOUNT_OVERWRITE": "ci-podrunner-manager",
    "KUBERNETES_BEARER_TOKEN": "another",
    "KUBERNETES_POD_LABELS_1": f"{LABEL}=team-a",
    "KUBERNETES_POD_ANNOTATIONS_1": "a=b",
    "KUBERNETES_NODE_SELECTOR_1": "pool=team-a",
}


@pytest.fixture
def rendering(render: Any) -> Any:
    """The release of the page."""
    return render(TEAMS, release="ci", namespace="ci")


def pod_of(rendering: Any, name: str, variables: dict[str, str] | None = None) -> dict[str, Any]:
    """The pod of a team's job."""
    (runner,) = [one for one in rendering.config_toml["runners"] if one["name"] == name]
    said = tuple(JobVariable(key, value) for key, value in (variables or {}).items())
    pod: dict[str, Any] = job_objects(runner, JobRequest(variables=said)).pod
    return pod


def test_a_registry_login_of_one_team_is_not_in_pods_of_the_other(rendering: Any) -> None:
    assert "'team-a-registry'" in str(pod_of(rendering, "team-a")["spec"])
    assert "team-a-registry" not in str(pod_of(rendering, "team-b", ASKED)["spec"])


def test_no_variable_of_a_job_adds_a_volume_or_an_account(rendering: Any) -> None:
    asked, plain = pod_of(rendering, "team-b", ASKED)["spec"], pod_of(rendering, "team-b")["spec"]

    assert asked["volumes"] == plain["volumes"]
    assert asked["serviceAccountName"] == plain["serviceAccountName"] == "ci-podrunner-jobs"
    assert asked.get("nodeSelector") == plain.get("nodeSelector")


def test_the_account_of_jobs_reads_nothing_and_has_no_token(rendering: Any) -> None:
    subjects = [one["name"] for each in rendering.objects("RoleBinding") for one in each["subjects"]]

    assert set(subjects) == {"ci-podrunner-manager"}
    assert pod_of(rendering, "team-b")["spec"]["automountServiceAccountToken"] is False


def test_a_job_stays_in_the_namespace_and_under_the_name_of_its_runner(rendering: Any) -> None:
    metadata = pod_of(rendering, "team-b", ASKED)["metadata"]

    assert (metadata["namespace"], metadata["labels"][LABEL]) == ("builds", "team-b")


def test_tokens_of_runners_are_in_no_job(rendering: Any) -> None:
    sources = str(rendering.object("Deployment")["spec"])

    assert "team-a.token" in sources
    assert "RUNNER_TOKEN" not in str(
        [one["env"] for one in pod_of(rendering, "team-b")["spec"]["containers"] if "env" in one]
    )


def test_files_of_a_job_are_on_volumes_of_its_own(rendering: Any) -> None:
    kinds = {kind for one in pod_of(rendering, "team-b")["spec"]["volumes"] for kind in one if kind != "name"}

    assert kinds == {"emptyDir"}


def test_no_connection_of_one_team_reaches_a_job_of_the_other(rendering: Any) -> None:
    (policy,) = [one for one in rendering.objects("NetworkPolicy") if one["metadata"]["name"] == "ci-podrunner-jobs"]

    assert policy["spec"]["ingress"] == []
    for name in ("team-a", "team-b"):
        assert selects(policy["spec"]["podSelector"], pod_of(rendering, name, ASKED)["metadata"]["labels"])


def test_the_list_of_all_jobs_is_closed_to_both(rendering: Any) -> None:
    (policy,) = [one for one in rendering.objects("NetworkPolicy") if one["metadata"]["name"] == "ci-podrunner-manager"]
    ((peer,),) = [one["from"] for one in policy["spec"]["ingress"]]

    for name in ("team-a", "team-b"):
        assert not selects(peer["podSelector"], pod_of(rendering, name, ASKED)["metadata"]["labels"])


def test_images_that_a_node_has_are_for_everybody_unless_they_are_asked_for_again(rendering: Any) -> None:
    policies = {
        name: {
            one.get("imagePullPolicy")
            for one in pod_of(rendering, name)["spec"]["containers"]
            if one["name"] == "build"
        }
        for name in ("team-a", "team-b")
    }

    assert policies == {"team-a": {"Always"}, "team-b": {None}}


def test_one_quota_counts_the_jobs_of_both(render: Any) -> None:
    quotas = render({**TEAMS, "jobs": {**TEAMS["jobs"], "quota": {"pods": "20"}}}).objects("ResourceQuota")

    assert [one["metadata"]["namespace"] for one in quotas] == ["builds"]


def test_root_of_the_node_is_nobodys_in_the_mode_that_the_page_names() -> None:
    modes = yaml.safe_load((CHART / "files/modes.yaml").read_text())

    assert TEAMS["podman"]["mode"] == "userNamespace"
    assert modes["userNamespace"]["reach"].startswith("nobody")


def test_every_line_of_the_page_is_a_test() -> None:
    named = re.findall(r"`(test_\w+)` \|$", PAGE, re.MULTILINE)

    assert sorted(named) == sorted(name for name in globals() if name.startswith("test_") and "every_line" not in name)
