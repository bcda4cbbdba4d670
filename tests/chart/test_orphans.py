"""Job pods that outlive a manager which was killed: the next manager of its name finds them, and nobody else's."""

from __future__ import annotations

import os
import subprocess
import tomllib
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from podrunner.chart.chart import Chart
from podrunner.findings.errors import RenderError
from podrunner.runner.permissions import check_role

if TYPE_CHECKING:
    from pathlib import Path

FILES = Chart.open().path / "files"
ON = {"manager": {"stableIdentity": True, "removeOrphans": True}}
LABELS = {"podrunner/manager": "ci-podrunner", "podrunner/manager-namespace": "runners"}
# In the place of curl: notes what it is asked for and what it is told beside its arguments, and fails as often as NOTES says.
CURL = """\
#!/bin/sh
for last; do :; done
echo "$last" >>"$FOLDER/asked"
cat >>"$FOLDER/told"
[ "$(wc -l <"$FOLDER/asked")" -gt "$FAILURES" ]
"""


def pod_of(rendering: Any) -> dict[str, Any]:
    return dict(rendering.object("StatefulSet")["spec"]["template"]["spec"])


def overwritten(render: Any, pattern: str) -> Any:
    return render({**ON, "jobs": {"config": {"kubernetes": {"pod_labels_overwrite_allowed": pattern}}}})


def test_a_manager_runs_through_a_script_that_knows_its_name_and_the_namespaces_of_its_jobs(render: Any) -> None:
    runners = {"a": None, "b": {"config": {"kubernetes": {"namespace": "team"}}}}
    rendering = render({**ON, "runners": runners}, release="ci", namespace="runners")
    manager = pod_of(rendering)["containers"][0]
    environment = {one["name"]: one.get("value") or one["valueFrom"].get("fieldRef") for one in manager["env"]}

    assert manager["command"][-3:] == ["sh", "/etc/podrunner/scripts/orphans.sh", "gitlab-runner"]
    assert environment["POD_NAME"] == {"fieldPath": "metadata.name"}
    assert (environment["POD_NAMESPACE"], environment["JOB_NAMESPACES"]) == ("runners", "runners team")


def test_every_job_pod_says_which_manager_of_which_namespace_made_it(render: Any) -> None:
    rendering = render({**ON, "runners": {"a": None, "b": None}}, release="ci", namespace="runners")

    assert [one["kubernetes"]["pod_labels"] for one in rendering.config_toml["runners"]] == [LABELS, LABELS]


def test_labels_of_ones_own_stay_and_none_takes_the_place_of_the_managers(render: Any) -> None:
    labels = {"team": "a", "podrunner/manager": "another"}
    rendering = render(
        {**ON, "jobs": {"config": {"kubernetes": {"pod_labels": labels}}}}, release="ci", namespace="runners"
    )

    assert rendering.config_toml["runners"][0]["kubernetes"]["pod_labels"] == {"team": "a", **LABELS}


def test_config_toml_is_written_by_a_container_that_knows_the_pods_name_without_any_secret(render: Any) -> None:
    pod = pod_of(render(ON))
    names = [one["name"] for one in pod["initContainers"] + pod["containers"]]
    environment = [pod["initContainers"][1]["env"], pod["containers"][1]["env"]]

    assert names == ["identity", "assemble", "manager", "credentials"]
    assert environment == [[{"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]] * 2
    assert [one["name"] for one in pod["volumes"]] == ["template", "config", "tmp", "machine-id", "scripts"]


@pytest.mark.process
def test_the_label_in_the_written_file_is_the_pods_name(render: Any, tmp_path: Path) -> None:
    for folder in ("config", "credentials", "into"):
        (tmp_path / folder).mkdir()
    text = render(ON, release="ci", namespace="runners").configs[0].toml.text
    (tmp_path / "config/config.toml").write_text(text)
    script = (FILES / "assemble.sh").read_text().replace("/etc/podrunner/", f"{tmp_path}/")
    (tmp_path / "assemble.sh").write_text(script.replace("/etc/gitlab-runner", f"{tmp_path}/into"))

    subprocess.run(
        ["sh", tmp_path / "assemble.sh", "once"], check=True, env={**os.environ, "POD_NAME": "ci-podrunner-1"}
    )

    written = tomllib.loads((tmp_path / "into/config.toml").read_text())
    expected = tomllib.loads(text)
    expected["runners"][0]["kubernetes"]["pod_labels"]["podrunner/manager"] = "ci-podrunner-1"
    assert written == expected


def test_one_verb_more_and_only_where_jobs_run(render: Any) -> None:
    plain = render({"manager": {"stableIdentity": True}, "jobs": {"namespace": "jobs"}})
    rendering = render({**ON, "jobs": {"namespace": "jobs"}})
    (before, after) = (one.object("Role")["rules"] for one in (plain, rendering))

    assert after[0] == {**before[0], "verbs": [*before[0]["verbs"], "deletecollection"]}
    assert after[1:] == before[1:]
    assert rendering.object("Role")["metadata"]["namespace"] == "jobs"
    assert check_role(rendering) == []


def test_a_role_without_the_verb_is_told(render: Any) -> None:
    rendering = deepcopy(render(ON))
    for document in rendering.documents:
        if document.data["kind"] == "Role":
            document.data["rules"][0]["verbs"].remove("deletecollection")

    (finding,) = check_role(rendering)
    assert finding.message == "does not allow pods: deletecollection, needed for manager.removeOrphans."


@pytest.mark.parametrize(
    "pattern",
    [
        "^team=",
        "^team=(one|two)$",
        "^app.example.com/team=.*$",
        "^(team|stage)=[a-z]+$",
        "^(?:team|stage)=.+$",
        "^(team=one|stage=.*)$",
        "^podrunner/team=",
        "^team=((a|b)-(c|d)|e)$",
    ],
)
def test_a_pattern_that_names_its_labels_is_allowed(render: Any, pattern: str) -> None:
    assert overwritten(render, pattern).object("StatefulSet")


@pytest.mark.parametrize(
    "pattern",
    [
        ".*",
        "team=",
        "^.*=prod$",
        "^[a-z/-]+=prod$",
        "^podrunner/manager=ci-podrunner-7$",
        "^podrunner.manager=",
        "^(team|podrunner/manager)=prod$",
        "^(team=one|podrunner/manager-namespace=.*)$",
        "^team=a|podrunner/manager=b",
        "^(team=a|b)|podrunner/manager=b",
        "^(team=a)?podrunner/manager=b",
        "^(team)*=?podrunner/manager=b",
        "^team=a[(]|podrunner/manager=b[)]",
        r"^team=a\(|podrunner/manager=b\)",
        "^p=?odrunner/manager=b",
        "(?m)^team=",
        "^(?i:PODRUNNER/MANAGER)=b",
        r"^\Qpodrunner/manager\E=",
    ],
)
def test_a_pattern_by_which_a_job_could_call_another_manager_its_own_is_refused(render: Any, pattern: str) -> None:
    with pytest.raises(RenderError, match="give its pod to another manager or to none") as error:
        overwritten(render, pattern)

    assert "runners.default.config.kubernetes.pod_labels_overwrite_allowed is " in str(error.value)


@pytest.mark.parametrize(
    ("key", "value"), [("namespace_per_job", True), ("namespace_overwrite_allowed", "^ci-"), ("host", "https://a")]
)
def test_jobs_that_run_where_nobody_looks_are_refused(render: Any, key: str, value: Any) -> None:
    with pytest.raises(RenderError, match=f"runners.default.config.kubernetes.{key} .*would not know where to look"):
        render({**ON, "jobs": {"config": {"kubernetes": {key: value}}}})


def test_without_a_stable_identity_nobody_would_have_the_name_of_the_dead(render: Any) -> None:
    with pytest.raises(RenderError, match=r"Set manager.stableIdentity to true, or manager.removeOrphans to false"):
        render({"manager": {"removeOrphans": True}})


def run_script(folder: Path, failures: int, script: str = "") -> subprocess.CompletedProcess[str]:
    """chart/files/orphans.sh with a curl that fails so often at first."""
    (folder / "account").mkdir()
    (folder / "account/token").write_text("a-token")
    (folder / "curl").write_text(CURL)
    (folder / "curl").chmod(0o755)
    (folder / "orphans.sh").write_text(script or (FILES / "orphans.sh").read_text().replace("sleep 2", "sleep 0.01"))
    environment = {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "FOLDER": str(folder),
        "FAILURES": str(failures),
        "SERVICE_ACCOUNT": str(folder / "account"),
        "KUBERNETES_SERVICE_HOST": "2001:db8::1",
        "KUBERNETES_SERVICE_PORT": "443",
        "POD_NAME": "ci-podrunner-0",
        "POD_NAMESPACE": "runners",
        "JOB_NAMESPACES": "a b",
    }
    command = ["sh", folder / "orphans.sh", "echo", "run", "--config", "file"]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True)


def address(namespace: str) -> str:
    selector = "podrunner%2Fmanager%3Dci-podrunner-0,podrunner%2Fmanager-namespace%3Drunners"
    return f"https://[2001:db8::1]:443/api/v1/namespaces/{namespace}/pods?labelSelector={selector}"


@pytest.mark.process
def test_each_namespace_is_asked_once_more_than_it_fails_and_then_the_runner_runs(tmp_path: Path) -> None:
    done = run_script(tmp_path, failures=1)

    assert (tmp_path / "asked").read_text().splitlines() == [address("a"), address("b"), address("a")]
    assert set((tmp_path / "told").read_text().splitlines()) == {'header = "Authorization: Bearer a-token"'}
    assert done.stdout == "run --config file\n"
    assert done.stderr == "podrunner: no job pod is left that ci-podrunner-0 left behind when it was killed, in: a b\n"


@pytest.mark.process
def test_an_api_server_that_does_not_answer_keeps_no_manager_from_its_jobs(tmp_path: Path) -> None:
    script = (FILES / "orphans.sh").read_text().replace("sleep 2", "sleep 0.01").replace("+ 25", "+ 0")
    done = run_script(tmp_path, failures=1000, script=script)

    assert done.stdout == "run --config file\n"
    assert done.stderr == (
        "podrunner: job pods that ci-podrunner-0 may have left behind when it was killed stay until their deadlines, "
        "in: a b (see above).\n"
    )
