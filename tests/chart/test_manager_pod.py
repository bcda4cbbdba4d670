"""What platforms add to the manager's pod, how it is probed, how many there are and how many may be away."""

from __future__ import annotations

from typing import Any


def container(rendering: Any) -> dict[str, Any]:
    """The manager's container."""
    return dict(rendering.object("Deployment")["spec"]["template"]["spec"]["containers"][0])


def test_the_probes_have_the_timings_of_the_values(render: Any) -> None:
    probes = {"liveness": {"timeoutSeconds": 9, "initialDelaySeconds": None}, "startup": {"enabled": True}}
    manager = container(render({"manager": {"probes": probes}}))

    assert manager["readinessProbe"] == {"httpGet": {"path": "/health/ready", "port": "metrics"}, "periodSeconds": 5}
    assert manager["livenessProbe"] == {
        "httpGet": {"path": "/metrics", "port": "metrics"},
        "periodSeconds": 20,
        "timeoutSeconds": 9,
    }
    assert manager["startupProbe"] == {
        "httpGet": {"path": "/health/ready", "port": "metrics"},
        "periodSeconds": 5,
        "failureThreshold": 60,
    }


def test_each_probe_can_be_left_out(render: Any) -> None:
    off = {"readiness": {"enabled": False}, "liveness": {"enabled": False}}

    assert (
        not {"readinessProbe", "livenessProbe", "startupProbe"} & container(render({"manager": {"probes": off}})).keys()
    )


def test_variables_are_texts_or_come_from_elsewhere(render: Any) -> None:
    source = {"valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}
    manager = container(
        render({"manager": {"env": {"LIMIT": 4, "NODE": source}, "envFrom": [{"secretRef": {"name": "s"}}]}})
    )

    assert manager["env"][2:] == [{"name": "LIMIT", "value": "4"}, {"name": "NODE", **source}]
    assert manager["envFrom"] == [{"secretRef": {"name": "s"}}]


def test_volumes_and_containers_stand_after_the_charts_own(render: Any) -> None:
    manager = {
        "extraVolumes": [{"name": "cloud", "emptyDir": {}}],
        "extraVolumeMounts": [{"name": "cloud", "mountPath": "/etc/cloud"}],
        "extraContainers": [{"name": "beside", "image": "beside:1"}],
        "extraInitContainers": [{"name": "before", "image": "before:1"}],
        "reloadTokens": True,
    }
    spec = render({"manager": manager}).object("Deployment")["spec"]["template"]["spec"]

    assert [one["name"] for one in spec["initContainers"]] == ["assemble", "before"]
    assert [one["name"] for one in spec["containers"]] == ["manager", "credentials", "beside"]
    assert spec["volumes"][-1] == {"name": "cloud", "emptyDir": {}}
    assert spec["containers"][0]["volumeMounts"][-1] == {"name": "cloud", "mountPath": "/etc/cloud"}


def test_managers_are_spread_among_themselves_unless_told_otherwise(render: Any) -> None:
    zone = {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"}
    mine = {**zone, "labelSelector": {"matchLabels": {"team": "a"}}}
    deployment = render({"manager": {"topologySpreadConstraints": [zone, mine]}}).object("Deployment")["spec"]

    assert deployment["template"]["spec"]["topologySpreadConstraints"] == [
        {**zone, "labelSelector": deployment["selector"]},
        mine,
    ]


def test_classes_and_labels_reach_pod_and_workload(render: Any) -> None:
    manager = {
        "priorityClassName": "ci",
        "runtimeClassName": "crun",
        "schedulerName": "other",
        "labels": {"team": "a"},
        "annotations": {"owner": "b"},
    }
    deployment = render({"manager": manager}).object("Deployment")
    spec = deployment["spec"]["template"]["spec"]

    assert (spec["priorityClassName"], spec["runtimeClassName"], spec["schedulerName"]) == ("ci", "crun", "other")
    assert (deployment["metadata"]["labels"]["team"], deployment["metadata"]["annotations"]) == ("a", {"owner": "b"})


def test_a_budget_lets_one_manager_go_at_a_time(render: Any) -> None:
    rendering = render({"manager": {"podDisruptionBudget": {"enabled": True}}}, kube_version="1.30")
    budget = rendering.object("PodDisruptionBudget")["spec"]

    assert budget == {
        "maxUnavailable": 1,
        "unhealthyPodEvictionPolicy": "AlwaysAllow",
        "selector": rendering.object("Deployment")["spec"]["selector"],
    }


def test_a_budget_may_say_how_many_stay(render: Any) -> None:
    manager = {"replicas": 4, "podDisruptionBudget": {"enabled": True, "minAvailable": "50%"}}
    budget = render({"manager": manager}, kube_version="1.25").object("PodDisruptionBudget")["spec"]

    assert (budget["minAvailable"], set(budget)) == ("50%", {"minAvailable", "selector"})


def test_the_autoscaler_holds_managers_at_a_share_of_what_they_may_run(render: Any) -> None:
    autoscaling = {"enabled": True, "minReplicas": 2, "maxReplicas": 9, "targetUtilization": 60}
    rendering = render({"manager": {"autoscaling": autoscaling}}, release="ci")
    autoscaler = rendering.object("HorizontalPodAutoscaler")["spec"]

    assert autoscaler["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "ci-podrunner"}
    assert (autoscaler["minReplicas"], autoscaler["maxReplicas"]) == (2, 9)
    assert autoscaler["metrics"] == [
        {
            "type": "Pods",
            "pods": {
                "metric": {"name": "gitlab_runner_utilization"},
                "target": {"type": "AverageValue", "averageValue": "600m"},
            },
        }
    ]
    assert autoscaler["behavior"]["scaleDown"]["policies"] == [{"type": "Pods", "value": 1, "periodSeconds": 300}]


def test_the_autoscaler_finds_managers_with_a_stable_identity(render: Any) -> None:
    manager = {"stableIdentity": True, "autoscaling": {"enabled": True}}
    rendering = render({"manager": manager})

    assert rendering.object("HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]["kind"] == "StatefulSet"
    assert "replicas" not in rendering.object("StatefulSet")["spec"]


def test_the_small_containers_beside_the_manager_have_the_resources_of_the_values(render: Any) -> None:
    resources = {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": "32Mi", "cpu": None}}
    manager = {"reloadTokens": True, "stableIdentity": True, "sidecars": {"resources": resources}}
    spec = render({"manager": manager}).object("StatefulSet")["spec"]["template"]["spec"]
    small = [one for one in spec["initContainers"] + spec["containers"] if one["name"] != "manager"]

    given = {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": "32Mi"}}
    assert [(one["name"], one["resources"]) for one in small] == [
        ("identity", given),
        ("assemble", given),
        ("credentials", given),
    ]
