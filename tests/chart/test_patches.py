"""Patches of the manager's objects: laid as kubectl patch lays them, and refused where the chart would break."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from podrunner.findings.errors import RenderError
from podrunner.runner.job_pod.patches import MERGE_KEYS, patched

if TYPE_CHECKING:
    from collections.abc import Callable

KEYS = Path(__file__).parents[2] / "chart/templates/release/_patched.tpl"
# Every object is there.
ALL = {
    "manager": {"podDisruptionBudget": {"enabled": True}, "replicas": 2},
    "metrics": {"service": {"enabled": True}},
}
SESSION = {"sessionServer": {"enabled": True, "address": "terminals.example.com:443"}}
STABLE = {"manager": {"stableIdentity": True}}


def merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    return {
        **base,
        **{
            key: merged(base[key], value) if isinstance(value, dict) and key in base else value
            for key, value in over.items()
        },
    }


def with_patches(values: dict[str, Any], **patches: Any) -> dict[str, Any]:
    return merged(values, {"manager": {"patches": patches}})


def of_pod(**spec: Any) -> dict[str, Any]:
    return {"spec": {"template": {"spec": spec}}}


def of_manager(**container: Any) -> dict[str, Any]:
    return of_pod(containers=[{"name": "manager", **container}])


def manager_of(rendering: Any) -> dict[str, Any]:
    return dict(rendering.object("Deployment")["spec"]["template"]["spec"]["containers"][0])


def test_without_a_patch_no_object_changes(render: Any) -> None:
    assert render(with_patches(ALL, workload={}, networkPolicy=None)).text == render(ALL).text


def test_a_field_that_no_value_sets_is_set_and_the_rest_stays(render: Any) -> None:
    before, after = (
        render(values).object("Deployment")
        for values in (ALL, with_patches(ALL, workload=of_pod(shareProcessNamespace=True)))
    )

    expected = deepcopy(before)
    expected["spec"]["template"]["spec"]["shareProcessNamespace"] = True
    assert after == expected


def test_a_container_is_found_by_its_name_and_its_lists_by_their_own_keys(render: Any) -> None:
    patch = of_manager(
        env=[{"name": "HOME", "value": "/home"}],
        ports=[{"containerPort": 9252, "protocol": "TCP"}],
        volumeMounts=[{"mountPath": "/tmp", "subPath": "a"}],
    )
    container = manager_of(render(with_patches(ALL, workload=patch)))

    assert [one["name"] for one in container["env"]] == ["HOME", "RUNNER_TOKEN_DEFAULT"]
    assert container["env"][0] == {"name": "HOME", "value": "/home"}
    assert container["ports"] == [{"name": "metrics", "containerPort": 9252, "protocol": "TCP"}]
    assert {"name": "tmp", "mountPath": "/tmp", "subPath": "a"} in container["volumeMounts"]


def test_an_item_is_removed_by_a_directive_and_a_field_by_null(render: Any) -> None:
    mount = {"mountPath": "/etc/machine-id", "$patch": "delete"}
    container = manager_of(render(with_patches(ALL, workload=of_manager(volumeMounts=[mount], livenessProbe=None))))

    assert "livenessProbe" not in container
    assert [one["mountPath"] for one in container["volumeMounts"]] == ["/etc/gitlab-runner", "/tmp"]


def test_lists_without_a_key_are_replaced(render: Any) -> None:
    tolerations = {"manager": {**ALL["manager"], "tolerations": [{"key": "a", "operator": "Exists"}]}}
    patch = of_pod(tolerations=[{"key": "b", "operator": "Exists"}])
    spec = render(with_patches(tolerations, workload=patch)).object("Deployment")["spec"]["template"]["spec"]

    assert spec["tolerations"] == [{"key": "b", "operator": "Exists"}]


def test_the_chart_joins_the_lists_that_the_runner_joins_by_the_same_keys() -> None:
    line = next(one for one in KEYS.read_text().splitlines() if one.startswith('{{- dict "containers" "name"'))
    words = re.findall(r'"(\w+)"', line)

    assert dict(zip(words[::2], words[1::2], strict=True)) == MERGE_KEYS


@pytest.mark.parametrize(
    ("values", "name", "kind", "patch", "at", "value"),
    [
        (
            ALL,
            "metricsService",
            "Service",
            {"spec": {"ports": [{"port": 9252, "appProtocol": "x"}]}},
            "ports",
            [{"name": "metrics", "port": 9252, "targetPort": "metrics", "appProtocol": "x"}],
        ),
        (ALL, "networkPolicy", "NetworkPolicy", {"spec": {"ingress": [{}]}}, "ingress", [{}]),
        (
            ALL,
            "podDisruptionBudget",
            "PodDisruptionBudget",
            {"spec": {"maxUnavailable": "50%"}},
            "maxUnavailable",
            "50%",
        ),
        (
            SESSION,
            "sessionService",
            "Service",
            {"spec": {"sessionAffinity": "ClientIP"}},
            "sessionAffinity",
            "ClientIP",
        ),
        (STABLE, "service", "Service", {"spec": {"publishNotReadyAddresses": True}}, "publishNotReadyAddresses", True),
        (STABLE, "workload", "StatefulSet", {"spec": {"minReadySeconds": 5}}, "minReadySeconds", 5),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_each_object_of_the_manager_has_its_patch(
    render: Any, values: dict[str, Any], name: str, kind: str, patch: dict[str, Any], at: str, value: Any
) -> None:
    before, after = (render(one).object(kind) for one in (values, with_patches(values, **{name: patch})))

    assert after == {**before, "spec": {**before["spec"], at: value}}


@pytest.mark.parametrize(
    ("patches", "why"),
    [
        ({"service": {"spec": {"publishNotReadyAddresses": True}}}, r"does not make this object, because manager\.stableIdentity is false"),
        ({"workload": {"spec": {"replicas": 2}}}, "changes nothing: the object is so already"),
        ({"workload": of_pod(hostAliases=None)}, "changes nothing: the object is so already"),
        ({"workload": of_pod(containers=[{"name": "manger", "tty": True}])}, r"no container has \(available: manager\), and no image"),
        ({"workload": of_pod(volumes=[{"name": "temp", "$patch": "delete"}])}, r"does not have \(available: config, tmp, machine-id\)"),
        ({"workload": of_pod(containers=[{"tty": True}])}, "items of containers are joined by name"),
        ({"workload": of_pod(containers={"manager": {"tty": True}})}, "but the object has a list there"),
        ({"workload": of_pod(containers="manager")}, "but the object has a list there"),
        ({"workload": of_pod(securityContext="none")}, "but the object has a map there"),
        ({"workload": {"spec": {"$retainKeys": ["a"]}}}, r"a patch may have \$patch alone"),
        ({"workload": {"spec": {"$patch": "merge"}}}, r"\$patch is merge: it may be replace or delete"),
        ({"workload": {"spec": {"selector": {"matchLabels": {"a": "b"}}}}}, r"changes spec\.selector, by which"),
        ({"workload": {"spec": {"template": {"metadata": {"labels": {"app.kubernetes.io/instance": "b"}}}}}}, r"changes spec\.template\.metadata\.labels\.app\.kubernetes\.io/instance"),
        ({"workload": {"spec": {"template": {"metadata": {"$patch": "delete"}}}}}, r"changes spec\.template\.metadata\.labels"),
        ({"workload": {"metadata": {"name": "b"}}}, r"changes metadata\.name"),
        ({"workload": of_pod(containers=[{"name": "manager", "$patch": "delete"}])}, "removes the container manager"),
        ({"metricsService": {"spec": {"selector": {"a": "b"}}}}, r"changes spec\.selector"),
        ({"networkPolicy": {"spec": {"podSelector": None}}}, r"changes spec\.podSelector"),
        ({"podDisruptionBudget": {"spec": {"selector": {"$patch": "delete"}}}}, r"changes spec\.selector"),
        ({"workload": of_pod(volumes=[{"name": "tmp", "$patch": "remove"}])}, r"volumes\[0\]\.\$patch is remove: it may be replace or delete"),
        ({"workload": {"spec": {"replicas": 3}}}, r"changes spec\.replicas: manager\.replicas and manager\.autoscaling say"),
        ({"workload": of_pod(serviceAccountName="root")}, r"changes spec\.template\.spec\.serviceAccountName: manager\.serviceAccount says"),
        ({"workload": of_pod(serviceAccount="root")}, r"changes spec\.template\.spec\.serviceAccount: manager\.serviceAccount says"),
        ({"workload": of_pod(automountServiceAccountToken=False)}, r"automountServiceAccountToken: without its token"),
        ({"workload": of_pod(securityContext={"runAsUser": 0})}, r"sets securityContext\.runAsUser to 0"),
        ({"workload": of_pod(containers=[{"name": "manager", "securityContext": {"runAsUser": 0}}])}, r"sets securityContext\.runAsUser to 0"),
        ({"workload": of_pod(terminationGracePeriodSeconds=5)}, r"manager\.terminationGracePeriodSeconds says"),
        ({"workload": of_pod(containers=[{"name": "manager", "args": ["run"]}])}, r"changes args of the container manager: manager\.command says"),
        ({"workload": of_pod(containers=[{"name": "manager", "command": None}])}, r"changes command of the container manager"),
        ({"workload": of_pod(containers=[{"name": "manager", "image": "other:1"}])}, r"changes image of the container manager: image says"),
        ({"workload": {"status": {"replicas": 1}}}, r"changes status: status is what Kubernetes writes itself"),
        ({"networkPolicy": {"metadata": {"annotations": {"helm.sh/hook": "pre-install"}}}}, r"helm\.sh/hook: with it Helm no longer keeps"),
    ],
)  # fmt: skip
def test_a_patch_that_hits_nothing_or_what_the_chart_needs_is_refused_with_the_reason(
    render: Any, patches: dict[str, Any], why: str
) -> None:
    with pytest.raises(RenderError, match=why) as error:
        render(with_patches(ALL, **patches))

    assert f"manager.patches.{next(iter(patches))}" in str(error.value)


@pytest.mark.parametrize(
    ("part", "name"), [("containers", "credentials"), ("initContainers", "assemble"), ("initContainers", "identity")]
)
def test_no_container_of_the_chart_is_removed(render: Any, part: str, name: str) -> None:
    values = merged(STABLE, {"runners": {"a": None, "b": None}})
    with pytest.raises(RenderError, match=f"removes the container {name}, without which no job runs"):
        render(with_patches(values, workload=of_pod(**{part: [{"name": name, "$patch": "delete"}]})))


# --- against kubectl and what the package knows of patches

FIELDS: dict[str, Callable[[random.Random], Any]] = {
    "env": lambda draw: items(draw, "name", ["HOME", "RUNNER_TOKEN_DEFAULT", "A", "B"], value="x"),
    "ports": lambda draw: items(draw, "containerPort", [9252, 8093, 80], protocol="TCP"),
    "volumeMounts": lambda draw: items(draw, "mountPath", ["/tmp", "/etc/machine-id", "/a"], name="tmp"),
    "lifecycle": lambda draw: {"preStop": {"exec": {"command": draw.sample(["a", "b", "c"], 2)}}},
    "livenessProbe": lambda draw: draw.choice([None, {"periodSeconds": 9, "timeoutSeconds": None}, {"$patch": "replace", "exec": {"command": ["a"]}}]),
    "securityContext": lambda draw: draw.choice([{"readOnlyRootFilesystem": False}, {"capabilities": {"drop": ["A"]}}, {"capabilities": {"$patch": "delete"}}]),
    "resources": lambda draw: draw.choice([{"limits": {"cpu": "1"}}, {"requests": None}]),
}  # fmt: skip
POD: dict[str, Callable[[random.Random], Any]] = {
    "volumes": lambda draw: items(draw, "name", ["config", "tmp", "machine-id", "new"], emptyDir={}),
    "initContainers": lambda draw: items(draw, "name", ["one", "two"], ["a"], image="a:1"),
    "tolerations": lambda draw: [{"key": draw.choice("ab"), "operator": "Exists"}],
    "hostAliases": lambda draw: items(draw, "ip", ["192.0.2.1", "192.0.2.2"], ["192.0.2.1"], hostnames=["a"]),
    "topologySpreadConstraints": lambda draw: items(draw, "topologyKey", ["zone", "host"], ["zone"], maxSkew=2),
    "securityContext": lambda draw: draw.choice([{"fsGroup": 1}, {"runAsUser": None}, {"seccompProfile": {"type": "Localhost"}}]),
    "nodeSelector": lambda draw: {draw.choice("ab"): "c"},
    "affinity": lambda draw: draw.choice([None, {"nodeAffinity": {"a": [1]}}]),
}  # fmt: skip


def items(draw: random.Random, by: str, names: list[Any], absent: list[Any] | None = None, **more: Any) -> list[Any]:
    """Some items of a list that is joined by a key; those of the object may go, but not those that it does not have."""
    found = []
    for name in draw.sample(names, draw.randint(1, len(names))):
        is_there = names.index(name) < 2 and absent is None and name != 8093
        gone = is_there and draw.random() < 0.3
        found.append({by: name, "$patch": "delete"} if gone else {by: name, **more})
    return found


def drawn(seed: int) -> dict[str, Any]:
    draw = random.Random(seed)
    container = {name: FIELDS[name](draw) for name in draw.sample(sorted(FIELDS), draw.randint(1, 4))}
    pod = {name: POD[name](draw) for name in draw.sample(sorted(POD), draw.randint(0, 4))}
    aside = [{"name": "aside", "image": "a:1"}] if draw.random() < 0.4 else []
    containers = [{"name": "manager", **container}, *aside]
    draw.shuffle(containers)
    # Something that changes in any case.
    return {"spec": {"minReadySeconds": seed + 1, "template": {"spec": {"containers": containers, **pod}}}}


@pytest.mark.parametrize("seed", range(60))
def test_a_drawn_patch_is_laid_as_the_package_lays_patches_of_job_pods(render: Any, seed: int) -> None:
    patch = drawn(seed)
    before, after = (render(one).object("Deployment") for one in (ALL, with_patches(ALL, workload=patch)))

    expected = patched(before["spec"]["template"]["spec"], json.dumps(patch["spec"]["template"]["spec"]), "strategic")
    assert after["spec"]["template"]["spec"] == expected


@pytest.mark.process
@pytest.mark.skipif(not shutil.which("kubectl"), reason="needs kubectl")
@pytest.mark.parametrize("seed", range(12))
def test_a_drawn_patch_is_laid_as_kubectl_lays_it(render: Any, seed: int, tmp_path: Path) -> None:
    patch = drawn(seed)
    before, after = (render(one).object("Deployment") for one in (ALL, with_patches(ALL, workload=patch)))
    (tmp_path / "object.json").write_text(json.dumps(before))

    command = ["kubectl", "patch", "--local", "--type=strategic", "--output=yaml"]
    said = subprocess.run(
        [*command, f"--filename={tmp_path / 'object.json'}", f"--patch={json.dumps(patch)}"],
        check=True,
        capture_output=True,
        text=True,
    )

    expected = yaml.safe_load(said.stdout)
    assert without_empty(after) == without_empty(expected)


def without_empty(data: Any) -> Any:
    """What kubectl writes that has read an object as Go does: empty maps of its own, and no empty lists."""
    if isinstance(data, dict):
        parts = {key: without_empty(value) for key, value in data.items() if key not in ("status", "creationTimestamp")}
        return {key: value for key, value in parts.items() if value not in ({}, [], None)}
    return [without_empty(one) for one in data] if isinstance(data, list) else data
