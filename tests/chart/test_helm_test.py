"""The pod of `helm test`: what it tries is what a job's build container gets."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from podrunner.cases.case import Case
from podrunner.runner.job_pod.objects import job_objects
from podrunner.runner.job_pod.pod import job_pod
from tests.build_part import build_part
from tests.matrix_cases import CASES, render_case


def names(pod: dict[str, Any]) -> list[str]:
    """Variables of a pod of `helm test`."""
    return [one["name"] for one in pod["containers"][0]["env"]]


def assert_equal(rendering: Any) -> None:
    """Every pod of `helm test` has what the job's pod of its runner has."""
    pods = {pod["metadata"]["name"]: pod["spec"] for pod in rendering.objects("Pod")}
    for runner in rendering.config_toml["runners"]:
        pod = next((one for name, one in pods.items() if name.endswith(f"-{runner['name']}-build")), None)
        if pod:
            assert build_part(pod, names(pod)) == build_part(job_pod(runner), names(pod))


@pytest.mark.broad
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_pod_is_that_of_the_job_in_every_case_of_the_matrix(case: Case) -> None:
    assert_equal(render_case(case))


SHAPED = {
    "affinity": {
        "node_affinity": {
            "required_during_scheduling_ignored_during_execution": {
                "node_selector_terms": [
                    {"match_expressions": [{"key": "zone", "operator": "In", "values": ["a", "b"]}]},
                    {"match_fields": [{"key": "metadata.name", "operator": "NotIn", "values": ["c"]}]},
                ]
            },
            "preferred_during_scheduling_ignored_during_execution": [
                {"weight": 7, "preference": {"match_expressions": [{"key": "ssd", "operator": "Exists"}]}}
            ],
        },
        "pod_anti_affinity": {
            "required_during_scheduling_ignored_during_execution": [
                {"topology_key": "kubernetes.io/hostname", "label_selector": {"match_labels": {"is_ci_job": "yes"}}}
            ],
            "preferred_during_scheduling_ignored_during_execution": [
                {
                    "weight": 1,
                    "pod_affinity_term": {
                        "topology_key": "zone",
                        "namespaces": ["ci"],
                        "label_selector": {"match_expressions": [{"key": "app", "operator": "In", "values": ["x"]}]},
                        "namespace_selector": {"match_labels": {"team": "a"}},
                    },
                }
            ],
        },
    },
    "priority_class_name": "ci",
    "scheduler_name": "own",
    "runtime_class_name": "kata",
    "dns_policy": "none",
    "dns_config": {
        "nameservers": ["192.0.2.53"],
        "searches": ["example.com"],
        "options": [{"name": "ndots", "value": "2"}],
    },
    "host_aliases": [{"ip": "192.0.2.10", "hostnames": ["gitlab.example.com"]}],
    "node_selector": {"pool": "ci"},
    "node_tolerations": {"pool=ci": "NoSchedule", "spot": ""},
    "image_pull_secrets": ["login"],
    "automount_service_account_token": True,
    "pod_termination_grace_period_seconds": 0,
    "pod_cpu_limit": "4",
    "cpu_request": "1",
    "ephemeral_storage_limit": "10Gi",
    "cap_drop": ["KILL"],
    "pod_security_context": {"fs_group": 2000, "supplemental_groups": [3000], "selinux_type": "container_t"},
    "build_container_security_context": {
        "run_as_group": None,
        "proc_mount": "default",
        "read_only_root_filesystem": False,
    },
    "container_lifecycle": {
        "post_start": {"http_get": {"port": 80, "path": "/", "http_headers": [{"name": "A", "value": "b"}]}}
    },
    "volumes": {
        "host_path": [{"name": "h", "mount_path": "/h", "read_only": True, "mount_propagation": "HostToContainer"}],
        "secret": [{"name": "s", "mount_path": "/s", "items": {"key": "path"}, "sub_path": "path"}],
        "pvc": [
            {"name": "p", "mount_path": "/p"},
            {"name": "p", "mount_path": "/q", "sub_path": "q", "read_only": True},
        ],
        "config_map": [{"name": "c", "mount_path": "/c", "items": {"a": "b"}}],
        "empty_dir": [{"name": "e", "mount_path": "/e", "medium": "Memory", "size_limit": "1Gi"}],
        "csi": [{"name": "v", "mount_path": "/v", "driver": "csi.example.com", "volume_attributes": {"a": "b"}}],
        "nfs": [{"name": "n", "mount_path": "/n", "server": "nfs.example.com", "path": "/exports", "read_only": True}],
    },
}


def test_the_pod_is_that_of_the_job_with_every_key_that_shapes_it(render: Any) -> None:
    environment = ["A=1", "B=$CI_JOB_ID ${A}$AB-$A", "A=2", "HOME=/elsewhere", "EMPTY="]
    rendering = render({"runners": {"a": {"config": {"environment": environment, "kubernetes": SHAPED}}}})
    pod = rendering.object("Pod")["spec"]

    assert_equal(rendering)
    assert len(names(pod)) == len(set(names(pod)))
    values = {one["name"]: one["value"] for one in pod["containers"][0]["env"]}
    assert (values["A"], values["HOME"], values["EMPTY"]) == ("2", "/elsewhere", "")
    assert pod["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"] == [
        {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"is_ci_job": "yes"}}}
    ]


PATCHES = {
    "strategic": [
        "dnsPolicy: Default",
        "containers: [{name: build, env: [{name: HOME, value: /patched}, {name: NEW, value: b}]}]",
        "containers: [{name: build, volumeMounts: [{mountPath: /podrunner, name: podrunner-storage, readOnly: true}]}]",
        "containers: [{name: build, resources: {limits: {nvidia.com/gpu: 1}}}, {name: helper, tty: true}]",
        "containers: [{name: build, securityContext: null}]",
        "containers: [{name: build, securityContext: {$patch: replace, runAsUser: 1000}}]",
        "containers: [{name: build, env: [{name: XDG_RUNTIME_DIR, $patch: delete}]}]",
        "containers: [{name: aside, image: aside}]",
        "initContainers: [{name: first, image: first}, {name: init-permissions, tty: true}]",
        "volumes: [{name: podrunner-home, emptyDir: {sizeLimit: 1Gi}}, {name: more, emptyDir: {}}]",
        "tolerations: [{key: a, operator: Exists}]",
        "affinity: {nodeAffinity: {$patch: delete}}",
        "securityContext: {fsGroup: 7}",
        "",
    ],
    "merge": [
        "priorityClassName: high",
        "nodeSelector: {pool: null, more: b}",
        "tolerations: [{key: a, operator: Exists}]",
        "volumes: [{name: podrunner-home, emptyDir: {}}, {name: podrunner-storage, emptyDir: {sizeLimit: 2Gi}}]",
        "containers: [{name: build, image: x, env: [], volumeMounts: []}]",
        "dnsConfig: null",
    ],
    "json": [
        "[{op: add, path: /volumes/-, value: {name: last, emptyDir: {}}}]",
        "[{op: replace, path: /containers/0/image, value: other}]",
        "[{op: add, path: /containers/0/env/0, value: {name: FIRST, value: a}}]",
        "[{op: add, path: /initContainers/-, value: {name: last, image: last}}]",
        "[{op: add, path: /nodeSelector/example.com~1pool, value: ci}, {op: remove, path: /nodeSelector/pool}]",
        "[{op: test, path: /restartPolicy, value: Never}, {op: remove, path: /containers/0/securityContext/capabilities}]",
        "[{op: copy, from: /nodeSelector/pool, path: /nodeSelector/copied}]",
        "[{op: move, from: /nodeSelector/pool, path: /nodeSelector/moved}]",
        '[{"op": "add", "path": "/containers/1/tty", "value": true}]',
    ],
}
ONE = st.sampled_from([(kind, text) for kind, texts in PATCHES.items() for text in texts])


@pytest.mark.broad
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(drawn=st.lists(ONE, min_size=1, max_size=4))
def test_the_pod_is_that_of_the_job_under_drawn_patches(podrunner_render: Any, drawn: list[tuple[str, str]]) -> None:
    patches = [{"name": f"p{at}", "patch_type": kind, "patch": text} for at, (kind, text) in enumerate(drawn)]
    kubernetes = {"node_selector": {"pool": "ci"}, "dns_config": {"searches": ["example.com"]}, "pod_spec": patches}
    values = {"gitlab": {"url": "https://gitlab.example.com"}, "runners": {"a": {"config": {"kubernetes": kubernetes}}}}
    rendering = podrunner_render(values)
    (runner,) = rendering.config_toml["runners"]
    job = job_objects(runner)
    # A patch that fails lets no job start.
    assume(not job.refusal)
    pod = rendering.object("Pod")["spec"]

    assert build_part(pod, names(pod)) == build_part(job.spec, names(pod))


@pytest.mark.parametrize("preset", ["privileged", "unprivileged"])
def test_the_pod_has_the_build_containers_security_settings(render: Any, preset: str) -> None:
    rendering = render(preset=preset)
    (runner,) = rendering.config_toml["runners"]
    wanted = runner["kubernetes"]["build_container_security_context"]
    (container,) = rendering.object("Pod")["spec"]["containers"]
    got = container["securityContext"]

    assert got["runAsUser"] == wanted["run_as_user"]
    assert got["runAsGroup"] == wanted["run_as_group"]
    assert got["privileged"] == wanted["privileged"]
    # GitLab Runner takes NET_RAW from every container that says nothing of capabilities.
    assert got["capabilities"] == wanted.get("capabilities", {"drop": ["NET_RAW"]})
    assert got.get("allowPrivilegeEscalation") == wanted.get("allow_privilege_escalation")


def test_the_pod_has_the_jobs_image_environment_and_volumes(render: Any) -> None:
    rendering = render({"runners": {"a": {"config": {"environment": ["TWO=1=2"]}}}}, release="ci")
    (runner,) = rendering.config_toml["runners"]
    pod = rendering.object("Pod", "ci-podrunner-a-build")["spec"]
    (container,) = pod["containers"]

    assert container["image"] == "quay.io/podman/stable:v5.8.7"
    assert [f"{each['name']}={each['value']}" for each in container["env"]] == runner["environment"]
    assert runner["pre_build_script"] in container["args"][0]
    assert pod["volumes"] == [{"name": "podrunner-home", "emptyDir": {}}, {"name": "podrunner-storage", "emptyDir": {}}]
    assert pod["serviceAccountName"] == "ci-podrunner-jobs"


def test_the_pod_has_the_jobs_resources_beside_those_of_patches(render: Any) -> None:
    kubernetes = {"cpu_request": "2", "memory_limit": "4Gi", "helper_memory_limit": "1Gi"}
    podman = {"fuse": {"source": "devicePlugin", "resource": "squat.ai/fuse"}}
    rendering = render({"podman": podman, "jobs": {"config": {"kubernetes": kubernetes}}})

    assert rendering.object("Pod")["spec"]["containers"][0]["resources"] == {
        "requests": {"cpu": "2"},
        "limits": {"memory": "4Gi", "squat.ai/fuse": "1"},
    }


@pytest.mark.parametrize("image", [None, ""])
def test_jobs_that_have_to_name_their_image_are_tested_with_podmans(render: Any, image: str | None) -> None:
    rendering = render({"jobs": {"config": {"kubernetes": {"image": image}}}})

    assert rendering.object("Pod")["spec"]["containers"][0]["image"] == "quay.io/podman/stable:v5.8.7"


def test_a_claim_with_two_image_stores_is_one_volume(render: Any) -> None:
    stores = {"a": {"persistentVolumeClaim": "images"}, "b": {"persistentVolumeClaim": "images"}}
    pod = render({"podman": {"storage": {"additionalImageStores": stores}}}).object("Pod")["spec"]

    assert [one["name"] for one in pod["volumes"]] == ["images", "podrunner-home", "podrunner-storage"]
    assert [one["mountPath"] for one in pod["containers"][0]["volumeMounts"]][:2] == [
        "/podrunner-stores/a",
        "/podrunner-stores/b",
    ]


def test_the_build_runs_a_program(render: Any) -> None:
    script = render().object("Pod")["spec"]["containers"][0]["args"][0]

    assert "FROM scratch" in script
    assert "RUN echo" in script
    assert "podman build" in script


def test_a_fork_with_its_own_security_context_is_tested_as_it_is(render: Any) -> None:
    kubernetes = {
        "runtime_class_name": "kata",
        "node_selector": {"pool": "ci"},
        "image_pull_secrets": ["login"],
        "pod_security_context": {"fs_group": 1000},
        "build_container_security_context": {
            "seccomp_profile": {"type": "Localhost", "localhost_profile": "podman.json"},
            "selinux_type": "container_engine_t",
            "proc_mount": "unmasked",
            "run_as_group": None,
        },
        "volumes": {"empty_dir": [{"name": "m", "mount_path": "/m", "medium": "Memory", "size_limit": "1Gi"}]},
    }
    pod = render({"runners": {"a": {"config": {"kubernetes": kubernetes}}}}).object("Pod")["spec"]
    context = pod["containers"][0]["securityContext"]

    assert (pod["runtimeClassName"], pod["nodeSelector"]) == ("kata", {"pool": "ci"})
    assert (pod["imagePullSecrets"], pod["securityContext"]) == ([{"name": "login"}], {"fsGroup": 1000})
    assert pod["volumes"][-1] == {"name": "m", "emptyDir": {"medium": "Memory", "sizeLimit": "1Gi"}}
    assert context["seccompProfile"] == {"type": "Localhost", "localhostProfile": "podman.json"}
    assert context["seLinuxOptions"] == {"type": "container_engine_t"}
    assert context["procMount"] == "Unmasked"
    assert "runAsGroup" not in context


def test_a_runner_that_configures_podman_itself_has_no_such_pod(render: Any) -> None:
    assert render({"podman": {"mode": "none"}}).objects("Pod") == []


def test_the_pod_tolerates_what_jobs_do(render: Any) -> None:
    kubernetes = {"node_tolerations": {"pool=ci": "NoSchedule", "spot": ""}}
    rendering = render({"runners": {"a": {"config": {"kubernetes": kubernetes}}}})

    assert rendering.object("Pod")["spec"]["tolerations"] == [
        {"key": "pool", "operator": "Equal", "value": "ci", "effect": "NoSchedule"},
        {"key": "spot", "operator": "Exists"},
    ]
