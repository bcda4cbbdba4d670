"""What `helm upgrade` fails on beside single fields, and what the API server lets through of those that cannot change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from podrunner.cli.main import main

CANNOT = "Cannot be applied"
POD = "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, image: a}], %s}}"
GATED = POD % "schedulingGates: [{name: example.com/g}], %s"
TERM = "nodeSelectorTerms: [{matchExpressions: [{key: a, operator: Exists}]}]"
NODES = f"affinity: {{nodeAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: {{{TERM}}}}}}}"
JOB = (
    "{apiVersion: batch/v1, kind: Job, metadata: {name: a}, spec: {%s, template: {metadata: {%s}, "
    "spec: {restartPolicy: Never, containers: [{name: a, image: a}], %s}}}}"
)
SUSPENDED = JOB % ("suspend: true", "%s", "%s")
INDEXED = JOB % ("completionMode: Indexed, completions: %s, parallelism: %s", "", "")
SERVICE = "{apiVersion: v1, kind: Service, metadata: {name: %s}, spec: {ports: [{port: 80%s}], %s}}"
BALANCED = SERVICE % ("a", "", "type: LoadBalancer, %s")
DEPLOYMENT = (
    "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {selector: {matchLabels: {a: b}}, %s, "
    "template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: a, env: [%s]}]}}}}"
)
STRATEGY = DEPLOYMENT % ("strategy: {%s}", "")
CONFIG = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, annotations: {%s}}}"
HOOK = CONFIG % "helm.sh/hook: %s"
FAILED = "%s, helm.sh/hook-delete-policy: hook-failed"

REFUSED = {
    "an image with a blank before it": (POD % "", (POD % "").replace("image: a", 'image: " a"')),
    "a toleration of a Pod is gone": (POD % "tolerations: [{key: a, operator: Exists}]", POD % ""),
    "all taints are tolerated in place of the two that the API server added": (
        POD % "",
        POD % "tolerations: [{operator: Exists}]",
    ),
    "a deadline is longer": (POD % "activeDeadlineSeconds: 5", POD % "activeDeadlineSeconds: 6"),
    "a deadline is gone": (POD % "activeDeadlineSeconds: 5", POD % ""),
    "a gate comes": (POD % "", GATED % ""),
    "a gated Pod asks for another node": (GATED % "nodeSelector: {a: b}", GATED % "nodeSelector: {a: c}"),
    "a gated Pod asks for other pods": (GATED % "", GATED % "affinity: {podAffinity: {}}"),
    "a Pod asks for a node": (POD % "", POD % "nodeSelector: {a: b}"),
    "a suspended Job has another priority": (SUSPENDED % ("", ""), SUSPENDED % ("", "priorityClassName: a")),
    "a Job that is not suspended asks for a node": (
        JOB % ("suspend: false", "", ""),
        SUSPENDED % ("", "nodeSelector: {a: b}"),
    ),
    "completions change alone": (INDEXED % (2, 2), INDEXED % (3, 2)),
    "a class of load balancers changes": (BALANCED % "loadBalancerClass: a.b/c", BALANCED % "loadBalancerClass: a.b/d"),
    "a class of load balancers is gone": (BALANCED % "loadBalancerClass: a.b/c", BALANCED % ""),
    "a headless Service becomes a load balancer": (SERVICE % ("a", "", "clusterIP: None"), BALANCED % ""),
    "a strategy of which only the type was said": (STRATEGY % "type: RollingUpdate", STRATEGY % "type: Recreate"),
    "a hook is none any more": (HOOK % "pre-install", CONFIG % ""),
    "a hook that stays after it failed is none any more": (HOOK % (FAILED % "post-install"), CONFIG % ""),
    "a hook is made beside itself": (
        HOOK % (FAILED % '"pre-install,pre-upgrade"'),
        HOOK % (FAILED % '"pre-install,pre-upgrade", a: b'),
    ),
    "a hook is made beside what it was": (CONFIG % "", HOOK % (FAILED % "pre-upgrade")),
    "a variable stands there twice": (
        DEPLOYMENT % ("replicas: 1", "{name: A}"),
        DEPLOYMENT % ("replicas: 1", "{name: A}, {name: A}"),
    ),
    "a Service takes the port of one that goes": (
        SERVICE % ("a", ", nodePort: 30080", "type: NodePort"),
        SERVICE % ("b", ", nodePort: 30080, protocol: UDP", "type: NodePort"),
    ),
    "two Services change their ports": (
        SERVICE % ("a", ", nodePort: 30080", "type: NodePort")
        + "\n---\n"
        + SERVICE % ("b", ", nodePort: 30081", "type: NodePort"),
        SERVICE % ("a", ", nodePort: 30081", "type: NodePort")
        + "\n---\n"
        + SERVICE % ("b", ", nodePort: 30080", "type: NodePort"),
    ),
    "a Service takes a port that one before it leaves out and keeps": (
        SERVICE % ("a", ", nodePort: 30080", "type: NodePort"),
        SERVICE % ("a", "", "type: NodePort") + "\n---\n" + SERVICE % ("b", ", nodePort: 30080", "type: NodePort"),
    ),
    "a Service takes the address of one that goes": (
        SERVICE % ("a", "", "clusterIP: 10.112.0.77"),
        SERVICE % ("b", "", "clusterIP: 10.112.0.77"),
    ),
    "a value that is not valid comes": (DEPLOYMENT % ("replicas: 1", ""), DEPLOYMENT % ("replicas: -1", "")),
}
TAKEN = {
    "a toleration of a Pod comes": (POD % "", POD % "tolerations: [{key: a, operator: Exists}]"),
    "seconds of a toleration change": (
        POD % "tolerations: [{key: a, operator: Exists, effect: NoExecute, tolerationSeconds: 5}]",
        POD % "tolerations: [{key: a, operator: Exists, effect: NoExecute, tolerationSeconds: 9}]",
    ),
    "a deadline comes": (POD % "", POD % "activeDeadlineSeconds: 5"),
    "an image that no kubelet can pull": (POD % "", (POD % "").replace("image: a", "image: A")),
    "a gate goes": (GATED % "", POD % ""),
    "a gated Pod asks for a node": (GATED % "", GATED % "nodeSelector: {a: b}"),
    "a gated Pod asks for more of its node": (GATED % "nodeSelector: {a: b}", GATED % "nodeSelector: {a: b, c: d}"),
    "a gated Pod asks for some nodes": (GATED % "", GATED % NODES),
    "a suspended Job has labels": (SUSPENDED % ("", ""), SUSPENDED % ("labels: {a: b}", "")),
    "a suspended Job asks for a node": (
        SUSPENDED % ("", "nodeSelector: {a: c}"),
        SUSPENDED % ("", "nodeSelector: {a: b}"),
    ),
    "a suspended Job asks for some nodes": (SUSPENDED % ("", ""), SUSPENDED % ("", NODES)),
    "a suspended Job begins elsewhere": (
        SUSPENDED % ("", ""),
        JOB % ("suspend: false", "", "tolerations: [{operator: Exists}], nodeSelector: {a: b}"),
    ),
    "completions change with parallelism": (INDEXED % (2, 2), INDEXED % (3, 3)),
    "a Service becomes a load balancer of a class": (
        SERVICE % ("a", "", "type: ClusterIP"),
        BALANCED % "loadBalancerClass: a.b/c",
    ),
    "a load balancer of a class becomes none": (
        BALANCED % "loadBalancerClass: a.b/c",
        SERVICE % ("a", "", "type: ClusterIP"),
    ),
    "a name becomes a headless Service": (
        SERVICE % ("a", "", "type: ExternalName, externalName: a.example.com"),
        SERVICE % ("a", "", "clusterIP: None"),
    ),
    "a strategy of which something was said": (
        STRATEGY % "type: RollingUpdate, rollingUpdate: {maxSurge: 1}",
        STRATEGY % "type: Recreate",
    ),
    "a hook that is gone once it succeeded": (
        HOOK % "pre-install, helm.sh/hook-delete-policy: hook-succeeded",
        CONFIG % "",
    ),
    "a hook of upgrades is none any more": (HOOK % "pre-upgrade", CONFIG % ""),
    "an object becomes a hook": (CONFIG % "", HOOK % "pre-upgrade"),
    "an object becomes a hook of after the upgrade": (CONFIG % "", HOOK % (FAILED % "post-upgrade")),
    "a Service takes a port that one before it gives up": (
        SERVICE % ("a", ", nodePort: 30080", "type: NodePort"),
        SERVICE % ("a", "", "type: ClusterIP") + "\n---\n" + SERVICE % ("b", ", nodePort: 30080", "type: NodePort"),
    ),
    "a value that was not valid stays": (
        DEPLOYMENT % ("replicas: -1", ""),
        DEPLOYMENT % ("replicas: -1, paused: true", ""),
    ),
}


Change = Callable[[str, str], list[str]]


@pytest.fixture
def change(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Change:
    """Give the lines that a change of one template prints, without blank ones and the summary."""

    def lines(*sides: str) -> list[str]:
        folders = []
        for name, text in zip(("before", "after"), sides, strict=True):
            folder = tmp_path / name
            (folder / "templates").mkdir(parents=True)
            (folder / "Chart.yaml").write_text("apiVersion: v2\nname: demo\nversion: 1.0.0\n")
            (folder / "templates" / "it.yaml").write_text(text)
            folders.append(str(folder))
        main(["diff", *folders])
        return [line.strip() for line in capsys.readouterr().out.splitlines()[:-1] if line]

    return lines


@pytest.mark.parametrize("name", REFUSED)
def test_an_upgrade_fails_where(change: Change, name: str) -> None:
    assert change(*REFUSED[name])[0] == CANNOT


@pytest.mark.parametrize("name", TAKEN)
def test_an_upgrade_goes_through_where(change: Change, name: str) -> None:
    assert CANNOT not in change(*TAKEN[name])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "a hook is none any more",
            [
                "ConfigMap/a: was a hook, which Helm leaves without its labels, and is none any more",
                "Helm finds it in the cluster (invalid ownership metadata): helm upgrade fails. Delete it before the upgrade, "
                "give the new one another name, or upgrade once with --take-ownership (Helm 3.17 and newer).",
            ],
        ),
        (
            "a hook is made beside what it was",
            [
                "ConfigMap/a: is a hook, and its helm.sh/hook-delete-policy leaves in the cluster what was there before",
                "It already exists: helm upgrade of Helm 3 fails. Add before-hook-creation to the policy.",
            ],
        ),
        (
            "a Service takes the port of one that goes",
            [
                "Service/b: asks for nodePort 30080, which Service/a has until it is removed, which is the last that Helm does",
                "It is already allocated: helm upgrade fails. Leave it out, take another one, or delete Service/a before the "
                "upgrade.",
            ],
        ),
        (
            "a variable stands there twice",
            [
                "Deployment/a: spec.template.spec.containers[0].env[1]: name A stands in item 0 of the list, too. Server-side "
                "apply, which Helm 4 uses, refuses that; Helm 3 takes both. Keep one.",
                "Server-side apply refuses that: helm upgrade of Helm 4 fails. Keep one, or go on with --server-side=false.",
            ],
        ),
        (
            "a value that is not valid comes",
            [
                "Deployment/a: spec.replicas: -1 must not be negative. Number of desired pods. (Kubernetes 1.34)",
                "The API server refuses it: helm upgrade fails. `podrunner check` says which template or value it comes from.",
            ],
        ),
    ],
)
def test_the_reason_and_a_way_out_are_told(change: Change, name: str, said: list[str]) -> None:
    assert change(*REFUSED[name])[1:3] == said


def test_a_hook_that_an_upgrade_made_is_told_of(change: Change) -> None:
    lines = change(*TAKEN["a hook of upgrades is none any more"])

    assert lines[-1].startswith("After an upgrade has made it, the next one fails (invalid ownership metadata).")
