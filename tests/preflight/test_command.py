"""`podrunner preflight` as a command, asked of a small API server that answers as a cluster does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from podrunner.cli.main import main

if TYPE_CHECKING:
    from conftest import Cluster

REFUSED = 'pods "x" is forbidden: violates PodSecurity "restricted:latest": seccompProfile'


def run(cluster: Cluster, *arguments: str) -> int:
    """Run the command on the cluster."""
    return main(["preflight", "--kubeconfig", str(cluster.kubeconfig), *arguments])


def report(cluster: Cluster, capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """Give the JSON report."""
    run(cluster, "--format", "json", *arguments)
    data: dict[str, Any] = json.loads(capsys.readouterr().out)
    return data


def answers(data: dict[str, Any]) -> dict[str, str]:
    """Candidate → answer."""
    return {verdict["name"]: verdict["answer"] for verdict in data["verdicts"]}


def test_a_cluster_on_which_all_works_gets_the_safest_preset(
    cluster: Cluster, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.label(enforce="baseline")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "110")
    monkeypatch.setenv("NO_COLOR", "1")

    code = run(cluster)

    said = capsys.readouterr()
    assert code == 0
    assert (
        said.out.partition("\n")[2]
        == f"""\
  namespace ci: Pod Security enforces baseline
  node worker: Ubuntu 24.04.1 LTS; Linux 6.8.0-45-generic; containerd 2.1.4; user namespaces for pods: yes;
       seccompDefault: no; user.max_user_namespaces 96365

preset              worker
openshift           no [1]
user-namespace      no [2]
unprivileged        yes
unprivileged-root   yes
privileged          yes

[1] This is not OpenShift: the API security.openshift.io is not there.
[2] It builds, but not as the mode promises: root is uid 0 of the node, promised is nobody on the node.

Recommended: unprivileged
  ! A job can become uid 0 of the node, by a setuid file in its own image, with no capabilities but SETGID and
    SETUID.
  helm install ci chart -f chart/presets/unprivileged.yaml --set gitlab.url=https://gitlab.example.com --namespace ci --kubeconfig {cluster.kubeconfig}
"""
    )
    assert " ✓ unprivileged on worker: yes\n" in said.err


def test_probe_pods_are_the_chart_s_test_pods_and_all_are_removed(cluster: Cluster) -> None:
    run(cluster)

    assert cluster.pods == {}
    assert len(cluster.made) == 4
    pod = next(pod for pod in cluster.made if pod["spec"].get("hostUsers") is False)
    build = pod["spec"]["containers"][0]
    assert pod["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "podrunner-preflight"
    assert pod["spec"]["serviceAccountName"] == "default"
    assert build["image"] == "quay.io/podman/stable:v5.8.7"
    assert build["imagePullPolicy"] == "IfNotPresent"
    assert build["securityContext"] == {
        "runAsUser": 1000,
        "runAsGroup": 1000,
        "runAsNonRoot": True,
        "privileged": False,
        "allowPrivilegeEscalation": True,
        "capabilities": {"drop": ["ALL"], "add": ["SETUID", "SETGID"]},
    }
    assert pod["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"] == {
        "nodeSelectorTerms": [{"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["worker"]}]}]
    }


def test_the_image_and_settings_reach_probes_and_the_install_line(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    data = report(cluster, capsys, "--image", "mirror.example.com/podman:v5", "--set", "podman.storage.driver=vfs")

    images = {pod["spec"]["containers"][0]["image"] for pod in cluster.made}
    assert images == {"mirror.example.com/podman:v5"}
    assert (
        "--set podman.storage.driver=vfs --set podman.image=mirror.example.com/podman:v5"
        in data["recommended"]["command"]
    )


def test_values_files_reach_probes_and_the_install_line(
    cluster: Cluster, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    base, team = tmp_path / "base.yaml", tmp_path / "team.yaml"
    base.write_text("podman: {image: a.example/podman, home: /below}\n")
    team.write_text("podman: {image: mirror.example.com/podman:v5}\ngitlab: {url: 'https://gitlab.example.org'}\n")

    data = report(cluster, capsys, str(team), "-f", str(base), "--set-string", "podman.home=/home")

    containers = [pod["spec"]["containers"][0] for pod in cluster.made]
    assert {container["image"] for container in containers} == {"mirror.example.com/podman:v5"}
    assert data["recommended"]["command"].partition(".yaml ")[2] == (
        f"-f {base} -f {team} --set-string podman.home=/home --namespace ci --kubeconfig {cluster.kubeconfig}"
    )


@pytest.mark.parametrize("arguments", [["team.yaml"], ["--set", "podman.mode=privileged"], ["--preset", "privileged"]])
def test_only_the_mode_that_the_values_say_is_tried(
    arguments: list[str],
    cluster: Cluster,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("team.yaml").write_text("podman: {mode: privileged}\n")

    data = report(cluster, capsys, *arguments)

    assert answers(data) == {"privileged": "yes"}
    assert [pod["spec"]["containers"][0]["securityContext"]["privileged"] for pod in cluster.made] == [True]


@pytest.mark.parametrize(
    ("account", "arguments", "expected"),
    [
        ("{create: true, name: ours}", [], "default"),
        ("{create: false, name: builder}", [], "builder"),
        ("{create: false, name: builder}", ["--service-account", "other"], "other"),
    ],
)
def test_probes_have_an_account_that_is_there(
    account: str,
    arguments: list[str],
    expected: str,
    cluster: Cluster,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    (tmp_path / "team.yaml").write_text(f"jobs: {{serviceAccount: {account}}}\n")

    report(cluster, capsys, str(tmp_path / "team.yaml"), *arguments)

    assert {pod["spec"]["serviceAccountName"] for pod in cluster.made} == {expected}


def test_one_set_of_values_is_tried_at_once(
    cluster: Cluster, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    files = [tmp_path / "a.yaml", tmp_path / "b.yaml"]
    for file in files:
        file.write_text("{}\n")

    code = run(cluster, *map(str, files))

    assert code == 2
    assert capsys.readouterr().err.endswith(
        "podrunner: preflight tries one set of values. Lay several files over each other with -f A -f B.\n"
    )


def test_quiet_prints_the_answer_and_what_is_wrong_alone(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    run(cluster)
    loud = capsys.readouterr()
    run(cluster, "--quiet")
    quiet = capsys.readouterr()

    assert "Connect to the cluster" in loud.err
    assert [line[:3] for line in quiet.err.splitlines()] == [" ! "]
    assert quiet.out == loud.out


def test_admission_is_asked_for_a_pod_with_all_containers_of_a_job(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.refuse_pods(REFUSED)

    data = report(cluster, capsys)

    assert set(answers(data).values()) == {"no"}
    assert data["recommended"] is None
    assert data["changes"][0] == {
        "fix": "kubectl label namespace ci pod-security.kubernetes.io/enforce=baseline --overwrite, "
        "or another namespace for jobs (--namespace).",
        "for": ["user-namespace", "unprivileged", "unprivileged-root"],
    }
    assert cluster.made == []


def test_none_fits_ends_with_1_and_says_what_to_change(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    cluster.refuse_pods(REFUSED)

    code = run(cluster)

    out = capsys.readouterr().out
    assert code == 1
    assert "No preset fits.\nWhat to change, any of these, and then ask again:\n" in out
    assert "  - kubectl label namespace ci pod-security.kubernetes.io/enforce=baseline --overwrite" in out


def test_no_probe_makes_no_pod_and_proves_nothing(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    data = report(cluster, capsys, "--no-probe")

    assert cluster.made == []
    assert answers(data)["user-namespace"] == "likely"
    assert data["recommended"]["preset"] == "user-namespace"
    assert data["recommended"]["warnings"] == ["Nothing speaks against it, but no build was tried."]
    assert data["untried"] == ["No mode was tried (--no-probe)."]


def test_with_seccomp_default_the_reading_alone_finds_the_way_out(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.answers["/api/v1/nodes/worker/proxy/configz"]["kubeletconfig"]["seccompDefault"] = True

    data = report(cluster, capsys, "--no-probe")

    assert answers(data) == {
        "user-namespace": "no",
        "user-namespace, seccomp Unconfined": "likely",
        "unprivileged": "no",
        "unprivileged, seccomp Unconfined": "likely",
        "unprivileged-root": "no",
        "unprivileged-root, seccomp Unconfined": "likely",
        "openshift": "no",
        "privileged": "likely",
    }


def test_what_may_not_be_read_is_said_and_the_rest_is_done(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in ("/api/v1/nodes", "/api/v1/namespaces/ci", "/api/v1/namespaces/ci/resourcequotas"):
        cluster.forbid(path)

    data = report(cluster, capsys)

    assert data["unread"] == [
        "labels of the namespace ci: this kubeconfig may not get namespaces.",
        "nodes: this kubeconfig may not list nodes.",
        "quotas of the namespace ci: this kubeconfig may not list resourcequotas.",
    ]
    assert [node["name"] for node in data["nodes"]] == ["any node"]
    assert data["untried"] == ["Each mode was tried on the node that the scheduler chose; others may differ."]
    assert answers(data)["unprivileged"] == "yes"
    assert all("affinity" not in pod["spec"] for pod in cluster.made)


def test_the_kubelets_setting_that_may_not_be_read_is_said(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.forbid("/api/v1/nodes/worker/proxy/configz")

    data = report(cluster, capsys)

    assert data["unread"] == ["seccompDefault of the kubelets: this kubeconfig may not get nodes/proxy."]
    assert data["nodes"][0]["seccomp_default"] is None


@pytest.mark.parametrize("right", ["create pods", "delete pods", "get pods/log"])
def test_without_a_right_that_probes_need_none_is_made(
    right: str, cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.denied = {right}

    data = report(cluster, capsys)

    assert cluster.made == []
    assert data["untried"] == [f"No mode was tried, this kubeconfig may not {right}."]


def test_without_the_right_to_ask_admission_the_label_decides(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.denied = {"create pods"}
    cluster.label(enforce="baseline")

    data = report(cluster, capsys)

    assert answers(data)["privileged"] == "no"
    assert answers(data)["unprivileged"] == "likely"


def test_beyond_max_nodes_nodes_are_only_read(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    cluster.add_node("old", kernel="4.18.0-553.el8")

    data = report(cluster, capsys, "--max-nodes", "1")

    own = {verdict["node"]: verdict for verdict in data["verdicts"] if verdict["name"] == "unprivileged"}
    assert (own["worker"]["answer"], own["old"]["answer"]) == ("yes", "no")
    assert own["old"]["reason"]["text"] == "Linux 4.18.0-553.el8 is older than 5.11"
    assert data["untried"] == ["old: more kinds of nodes than --max-nodes."]
    assert data["recommended"]["everywhere"] is False


def test_nodes_that_no_job_gets_to_are_named(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    taint = {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}
    cluster.add_node("control", spec={"taints": [taint]})

    run(cluster, "--no-probe")

    line = "  node control: tainted node-role.kubernetes.io/control-plane:NoSchedule, jobs do not get there\n"
    assert line in capsys.readouterr().out


def test_where_jobs_get_to_no_node_nothing_fits(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    cluster.answers["/api/v1/nodes"]["items"].clear()
    cluster.add_node("worker", spec={"unschedulable": True})

    code = run(cluster)

    out = capsys.readouterr().out
    assert code == 1
    assert "  node worker: cordoned, jobs do not get there\n" in out
    assert "No preset fits.\n" in out


def test_on_an_old_kubernetes_the_chart_says_what_the_mode_needs(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.answers["/version"] = {"gitVersion": "v1.31.5-eks-1"}

    data = report(cluster, capsys)

    reason = next(one["reason"] for one in data["verdicts"] if one["name"] == "user-namespace")
    assert reason["code"] == "chart"
    assert "needs Kubernetes 1.33, and this is v1.31.5" in reason["text"]
    assert data["recommended"]["preset"] == "unprivileged"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--context", "prdo"], "--context prdo: there is none. Did you mean `prod`? Contexts: prod, elsewhere."),
        (
            ["--context", "elsewhere"],
            "there is no namespace nowhere: make it (kubectl create namespace nowhere), or name another with --namespace.",
        ),
        (["--max-nodes", "0"], "--max-nodes 0: must be 1 or more. To try nothing, give --no-probe."),
        (["--timeout", "0"], "--timeout 0: must be 1 second or more."),
        (["--set", "podman.image"], "--set podman.image: "),
        (["--set", "podman.imag=x"], "Did you mean `image`?"),
        (["--set", "podman.mode=none"], "podman.mode none: adds nothing to jobs, so there is nothing to try."),
        (["--preset", "privilegd"], "No preset `privilegd`. Did you mean `privileged`?"),
        (
            ["--preset", "privileged", "--set", "podman.mode=unprivileged"],
            "--preset privileged: the values say podman.mode unprivileged, which is the preset unprivileged.",
        ),
        (["a.yaml", "b.yaml"], "a.yaml: no such file."),
        (["--chart", "nowhere"], "nowhere: no chart here, there is no Chart.yaml. Give the chart's directory."),
    ],
)
def test_wrong_use_is_one_sentence_and_2(
    arguments: list[str], expected: str, cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(cluster, *arguments)

    assert code == 2
    assert expected in capsys.readouterr().err


def test_a_chart_that_is_somebody_else_s_is_not_judged(
    cluster: Cluster, small_chart: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(cluster, "--chart", str(small_chart))

    assert code == 2
    assert "no chart with modes: preflight is for podrunner's chart and forks of it." in capsys.readouterr().err


def test_a_kubeconfig_that_is_not_there_is_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["preflight", "--kubeconfig", str(tmp_path / "nothing")])

    assert code == 2
    assert capsys.readouterr().err == f"podrunner: --kubeconfig {tmp_path}/nothing: no such file.\n"


def test_a_kubeconfig_that_is_none_is_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "text").write_text("hello\n", encoding="utf-8")

    code = main(["preflight", "--kubeconfig", str(tmp_path / "text")])

    assert code == 2
    assert "not a usable kubeconfig" in capsys.readouterr().err


def test_a_cluster_that_cannot_be_asked_is_2(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    cluster.answers["/version"] = {"code": 401, "message": "Unauthorized"}

    code = run(cluster)

    assert code == 2
    assert "podrunner: the cluster cannot be asked: GET /version: Unauthorized\n" in capsys.readouterr().err


@pytest.mark.parametrize("status", [401, 500])
def test_a_cluster_that_answers_with_an_error_is_2(
    status: int, cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.answers["/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"] = {"code": status, "message": "no"}
    cluster.answers["/apis/security.openshift.io/v1"] = {"code": 500, "message": "etcdserver: request timed out"}

    code = run(cluster)

    expected = (
        "podrunner: the cluster cannot be asked: GET /apis/security.openshift.io/v1: etcdserver: request timed out"
    )
    assert code == 2
    assert f"{expected}\n" in capsys.readouterr().err


def test_where_nobody_says_what_one_may_do_that_is_said_and_nothing_is_tried(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.forbid("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews")

    data = report(cluster, capsys)

    assert data["unread"] == [
        "what this kubeconfig may do: this kubeconfig may not create selfsubjectaccessreviews.",
    ]
    assert data["untried"] == ["No mode was tried, nobody says what this kubeconfig may do."]
    assert answers(data)["unprivileged"] == "likely"
    assert cluster.made == []


def test_a_cluster_whose_nodes_take_no_jobs_says_so_and_what_to_tell(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.taint("worker", "pool", "ci")

    code = run(cluster)

    said = capsys.readouterr().out
    assert code == 1
    assert "  node worker: tainted pool=ci:NoSchedule, jobs do not get there\n" in said
    assert "\nNo node takes jobs.\n\nNo preset fits.\n" in said
    assert "each one is cordoned or has a taint" in said
    assert cluster.made == []


def test_a_taint_that_jobs_tolerate_keeps_no_probe_away(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    cluster.taint("worker", "pool", "ci")

    data = report(cluster, capsys, "--set", r"runners.default.config.kubernetes.node_tolerations.pool\=ci=NoSchedule")

    assert answers(data)["unprivileged"] == "yes"
    wanted = {"key": "pool", "operator": "Equal", "value": "ci", "effect": "NoSchedule"}
    assert [pod["spec"]["tolerations"] for pod in cluster.made] == [[wanted]] * len(cluster.made)
    assert r"node_tolerations.pool\=ci=NoSchedule" in data["recommended"]["command"]


@pytest.mark.parametrize(
    "settings",
    [
        (r"runners.b.config.kubernetes.node_tolerations.gpu\=yes=NoSchedule", "runners.a.{}"),
        ("runners.b.config.limit=1", "jobs.{}"),
    ],
    ids=["of the first runner by name", "of all runners"],
)
def test_the_taints_that_count_are_those_that_the_probes_tolerate(
    settings: tuple[str, str], cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster.taint("worker", "pool", "ci")
    tolerated = r"config.kubernetes.node_tolerations.pool\=ci=NoSchedule"

    data = report(cluster, capsys, *(word for text in settings for word in ("--set", text.format(tolerated))))

    assert answers(data)["unprivileged"] == "yes"
    assert {pod["spec"]["tolerations"][0]["key"] for pod in cluster.made} == {"pool"}


@pytest.mark.process
@pytest.mark.parametrize(
    ("redirection", "environment", "expected"),
    [
        ("> /dev/full", {"PYTHONUNBUFFERED": ""}, (2, True)),
        ("2> /dev/full", {}, (2, False)),
        ("", {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, (0, False)),
    ],
    ids=["standard output is full", "standard error is full", "ASCII"],
)
def test_an_output_that_cannot_be_written_leaves_no_pod_behind(
    redirection: str, environment: dict[str, str], expected: tuple[int, bool], cluster: Cluster
) -> None:
    words = ["preflight", "--kubeconfig", str(cluster.kubeconfig)]
    command = ["bash", "-c", f'"$0" -m podrunner "$@" {redirection}', sys.executable, *words]

    done = subprocess.run(command, capture_output=True, check=False, env={**os.environ, **environment})

    said = done.stderr.decode()
    assert "Traceback" not in said
    assert (done.returncode, "cannot be written: No space left on device.\n" in said) == expected
    assert cluster.pods == {}
