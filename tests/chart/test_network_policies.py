"""NetworkPolicies for the manager and for job pods. That a network heeds them is for the cluster to say."""

from __future__ import annotations

from typing import Any

import pytest

from podrunner.findings.errors import RenderError
from podrunner.manifests.checks.selectors import selects
from podrunner.runner.job_pod.objects import job_objects
from podrunner.runner.job_pod.request import JobRequest, JobVariable

BOTH = {"manager": {"enabled": True}, "jobs": {"enabled": True}}
OPEN = [
    {"ipBlock": {"cidr": "0.0.0.0/0", "except": ["169.254.169.254/32"]}},
    {"ipBlock": {"cidr": "::/0", "except": ["fd00:ec2::254/128"]}},
    {"namespaceSelector": {}},
]
# The pods of OpenShift's name servers listen on 5353.
DNS = {"ports": [{"port": port, "protocol": protocol} for port in (53, 5353) for protocol in ("UDP", "TCP")]}


def policy(rendering: Any, name: str) -> dict[str, Any]:
    """The spec of the release's NetworkPolicy for manager or jobs."""
    return next(each["spec"] for each in rendering.objects("NetworkPolicy") if each["metadata"]["name"].endswith(name))


# Pods of jobs have the label, whatever release they are of.
NO_JOBS = {
    "namespaceSelector": {},
    "podSelector": {"matchExpressions": [{"key": "manager.runner.gitlab.com/name", "operator": "DoesNotExist"}]},
}


def test_there_is_no_policy_for_jobs_unless_asked_for(render: Any) -> None:
    rendering = render()

    assert [one["metadata"]["name"] for one in rendering.objects("NetworkPolicy")] == ["podrunner-manager"]
    assert "pod_labels" not in rendering.config_toml["runners"][0]["kubernetes"]


def test_all_pods_but_those_of_jobs_reach_the_manager_and_it_reaches_everything(render: Any) -> None:
    spec = policy(render(), "-manager")

    assert spec["policyTypes"] == ["Ingress"]
    assert spec["ingress"] == [{"from": [NO_JOBS]}]
    assert "egress" not in spec


def test_jobs_may_reach_the_manager_where_the_values_say_so(render: Any) -> None:
    assert render({"networkPolicy": {"manager": {"closedToJobs": False}}}).objects("NetworkPolicy") == []


@pytest.mark.parametrize(("enabled", "kept"), [(True, "keep"), (False, None)])
def test_only_what_opens_the_managers_way_out_stays_when_the_release_goes(
    render: Any, enabled: bool, kept: str | None
) -> None:
    (made,) = render({"networkPolicy": {"manager": {"enabled": enabled}}}).objects("NetworkPolicy")

    assert (made["metadata"].get("annotations") or {}).get("helm.sh/resource-policy") == kept


def test_a_web_terminal_of_gitlab_is_reachable_by_everybody(render: Any) -> None:
    spec = policy(render({"sessionServer": {"enabled": True}}), "-manager")

    assert spec["ingress"] == [{"from": [NO_JOBS]}, {"ports": [{"port": 8093}]}]


@pytest.mark.parametrize("enabled", [True, False])
def test_no_job_of_any_runner_is_among_those_who_reach_the_metrics(render: Any, enabled: bool) -> None:
    keys = {"pod_labels_overwrite_allowed": ".*", "pod_labels": {"app": "prometheus"}}
    rendering = render(
        {"networkPolicy": {"manager": {"enabled": enabled}}, "runners": {"a": {"config": {"kubernetes": keys}}}}
    )
    ((peer,),) = [one["from"] for one in policy(rendering, "-manager")["ingress"]]
    label = JobVariable("KUBERNETES_POD_LABELS_1", "manager.runner.gitlab.com/name=")
    job = job_objects(rendering.config_toml["runners"][0], JobRequest(variables=(label,))).pod

    assert not selects(peer["podSelector"], job["metadata"]["labels"])
    assert selects(peer["podSelector"], {"app.kubernetes.io/name": "prometheus"})


def test_the_manager_lets_metrics_in_and_goes_where_it_has_to(render: Any) -> None:
    spec = policy(render({"networkPolicy": BOTH, "gitlab": {"url": "https://gitlab.example.com:8443"}}), "-manager")

    assert spec["policyTypes"] == ["Ingress", "Egress"]
    assert spec["ingress"] == [{"ports": [{"port": 9252}], "from": [NO_JOBS]}]
    assert spec["egress"] == [DNS, {"ports": [{"port": 443}, {"port": 6443}, {"port": 8443}]}]


def test_every_pod_reads_the_metrics_where_jobs_may(render: Any) -> None:
    manager = {"enabled": True, "closedToJobs": False}
    spec = policy(render({"networkPolicy": {"manager": manager}}), "-manager")

    assert spec["ingress"] == [{"ports": [{"port": 9252}], "from": [{"namespaceSelector": {}}]}]


def test_the_managers_policy_selects_the_managers_pod(render: Any) -> None:
    rendering = render({"networkPolicy": BOTH})
    labels = rendering.object("Deployment")["spec"]["template"]["metadata"]["labels"]

    assert policy(rendering, "-manager")["podSelector"]["matchLabels"].items() <= labels.items()


@pytest.mark.parametrize(
    ("values", "port"),
    [
        ({"gitlab": {"url": "http://gitlab.example.com"}}, 80),
        ({"proxy": {"https": "http://proxy.example.com:3128"}}, 3128),
        ({"cache": {"type": "s3", "s3": {"BucketName": "ci-cache", "ServerAddress": "s3.example.com:9000"}}}, 9000),
        ({"cache": {"type": "s3", "s3": {"BucketName": "ci-cache", "ServerAddress": "s3", "Insecure": True}}}, 80),
        ({"runners": {"a": {"config": {"url": "https://other.example.com:444/"}}}}, 444),
    ],
    ids=["plain-http", "proxy", "cache", "plain-cache", "runner"],
)
def test_the_ports_that_values_name_are_open_to_the_manager(render: Any, values: dict[str, Any], port: int) -> None:
    ports = [one["port"] for one in policy(render({"networkPolicy": BOTH, **values}), "-manager")["egress"][1]["ports"]]

    assert sorted(ports) == sorted({443, 6443, port})


def test_the_session_server_and_further_rules_are_let_in(render: Any) -> None:
    monitoring = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}
    further = {"from": [{"podSelector": {}}]}
    manager = {"enabled": True, "metricsFrom": [monitoring], "ingress": [further], "egress": [{"to": [monitoring]}]}
    config = {"session_server": {"listen_address": "[::]:8093"}}
    spec = policy(render({"networkPolicy": {"manager": manager}, "config": config}), "-manager")

    assert spec["ingress"] == [
        {"ports": [{"port": 9252}], "from": [monitoring]},
        {"ports": [{"port": 8093}]},
        further,
    ]
    assert spec["egress"][-1] == {"to": [monitoring]}


def test_a_manager_without_metrics_lets_nothing_in(render: Any) -> None:
    spec = policy(render({"networkPolicy": BOTH, "config": {"listen_address": None}}), "-manager")

    assert spec["ingress"] == []


def test_nothing_reaches_job_pods_and_they_do_not_reach_the_nodes_credentials(render: Any) -> None:
    rendering = render({"networkPolicy": BOTH})
    into, out_of = policy(rendering, "-jobs"), policy(rendering, "-jobs-egress")

    assert into["podSelector"] == out_of["podSelector"]
    assert {key: one for key, one in into.items() if key != "podSelector"} == {
        "policyTypes": ["Ingress"],
        "ingress": [],
    }
    assert {key: one for key, one in out_of.items() if key != "podSelector"} == {
        "policyTypes": ["Egress"],
        "egress": [{"to": OPEN}],
    }


@pytest.mark.parametrize("network", ["0.0.0.0/0", "::/0"])
def test_to_block_every_address_is_refused_with_the_value_that_says_what_is_allowed(render: Any, network: str) -> None:
    jobs = {"enabled": True, "blocked": ["10.0.0.0/8", network]}

    with pytest.raises(
        RenderError, match=rf"(?s)blocked has {network}, which is every address.*networkPolicy.jobs.egress"
    ):
        render({"networkPolicy": {"jobs": jobs}})


def test_egress_of_jobs_can_be_named_instead(render: Any) -> None:
    rule = {"to": [{"ipBlock": {"cidr": "192.0.2.0/24"}}], "ports": [{"port": 443}]}
    spec = policy(render({"networkPolicy": {"jobs": {"enabled": True, "egress": [rule]}}}), "-jobs-egress")

    assert spec["egress"] == [DNS, rule]


def selected(policy: dict[str, Any], runner: dict[str, Any], job: JobRequest) -> bool:
    """Whether the policy selects the pod of a runner's job."""
    pod = job_objects(runner, job).pod["metadata"]
    here = pod["namespace"] == policy["metadata"]["namespace"]
    return here and selects(policy["spec"]["podSelector"], pod["labels"])


def test_the_jobs_policy_finds_the_pods_of_every_runner_in_each_namespace(render: Any) -> None:
    own = {"config": {"kubernetes": {"namespace": "own", "pod_labels": {"team": "b"}}}}
    rendering = render({"networkPolicy": BOTH, "runners": {"a": None, "b": own}}, release="ci", namespace="here")
    runners = {runner["name"]: runner for runner in rendering.config_toml["runners"]}
    policies = {
        each["metadata"]["namespace"]: each
        for each in rendering.objects("NetworkPolicy")
        if each["metadata"]["name"] == "ci-podrunner-jobs"
    }

    assert sorted(policies) == ["here", "own"]
    assert policies["own"]["spec"]["podSelector"] == {
        "matchExpressions": [{"key": "manager.runner.gitlab.com/name", "operator": "In", "values": ["b"]}]
    }
    assert {name: selected(policies["own"], one, JobRequest()) for name, one in runners.items()} == {
        "a": False,
        "b": True,
    }
    assert selected(policies["here"], runners["a"], JobRequest())
    assert runners["b"]["kubernetes"]["pod_labels"] == {"team": "b"}


@pytest.mark.parametrize(
    "name", ["Team A: builds (größer)", "-_.", "x" * 62 + ".y", "a/b"], ids=["words", "nothing", "long", "slash"]
)
def test_the_policy_writes_a_runners_name_as_gitlab_runner_does(render: Any, name: str) -> None:
    rendering = render({"networkPolicy": BOTH, "runners": {"a": {"config": {"name": name}}}})
    (policy,) = [each for each in rendering.objects("NetworkPolicy") if each["metadata"]["name"].endswith("-jobs")]

    assert selected(policy, rendering.config_toml["runners"][0], JobRequest())


@pytest.mark.parametrize(
    "label",
    [
        "app.kubernetes.io/instance=another",
        "manager.runner.gitlab.com/name=another",
        "MANAGER.runner.gitlab.com/name=another",
        "manager.runner.gitlab.com/name=",
    ],
)
def test_no_label_that_a_job_sets_takes_its_pod_out_of_the_policy(render: Any, label: str) -> None:
    keys = {"pod_labels_overwrite_allowed": ".*", "pod_labels": {"manager.runner.gitlab.com/name": "another"}}
    rendering = render({"networkPolicy": BOTH, "runners": {"a": {"config": {"kubernetes": keys}}}})
    (policy,) = [each for each in rendering.objects("NetworkPolicy") if each["metadata"]["name"].endswith("-jobs")]
    job = JobRequest(variables=(JobVariable("KUBERNETES_POD_LABELS_1", label),))

    assert selected(policy, rendering.config_toml["runners"][0], job)


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        (
            "namespace_per_job",
            True,
            "namespace_per_job lets job pods run in namespaces without this NetworkPolicy",
        ),
        ("namespace_overwrite_allowed", ".*", "namespace_overwrite_allowed lets job pods run in namespaces"),
    ],
)
def test_what_leads_around_the_policy_is_refused(render: Any, key: str, value: Any, sentence: str) -> None:
    values = {"networkPolicy": BOTH, "runners": {"a": {"config": {"kubernetes": {key: value}}}}}

    with pytest.raises(RenderError, match=sentence):
        render(values)
