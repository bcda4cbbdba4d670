"""A pod against SecurityContextConstraints: every reason to refuse it has a pod that nearly gives it."""

from __future__ import annotations

from typing import Any

import pytest

from podrunner.manifests.security.scc import judge

NAMESPACE = {
    "openshift.io/sa.scc.uid-range": "1000650000/10000",
    "openshift.io/sa.scc.supplemental-groups": "1000660000/10000",
    "openshift.io/sa.scc.mcs": "s0:c26,c5",
}
# Allows what the chart's own allow.
CONSTRAINTS: dict[str, Any] = {
    "metadata": {"name": "builds"},
    "allowPrivilegeEscalation": True,
    "allowedCapabilities": ["SETUID", "SETGID"],
    "requiredDropCapabilities": ["KILL", "MKNOD"],
    "runAsUser": {"type": "MustRunAsRange"},
    "fsGroup": {"type": "MustRunAs"},
    "supplementalGroups": {"type": "RunAsAny"},
    "seLinuxContext": {"type": "MustRunAs"},
    "seccompProfiles": ["runtime/default", "localhost/podman.json"],
    "volumes": ["emptyDir", "secret"],
}


def refused(
    context: dict[str, Any] | None = None,
    constraints: dict[str, Any] | None = None,
    annotations: dict[str, str] | None = None,
    **spec: Any,
) -> list[str]:
    """Why a pod of one container is refused."""
    pod = {"containers": [{"name": "build", "securityContext": context or {}}], **spec}
    judgement = judge(pod, {**CONSTRAINTS, **(constraints or {})}, NAMESPACE if annotations is None else annotations)
    assert judgement.admitted is (not judgement.findings)
    return [finding.message for finding in judgement.findings]


def test_a_finding_names_the_constraints_and_the_field() -> None:
    (finding,) = judge({"hostPID": True}, CONSTRAINTS, NAMESPACE).findings

    assert str(finding) == ("SecurityContextConstraints/builds: error: hostPID: true, allowHostPID is false. [scc]")
    assert finding.path == "hostPID"


def test_a_pod_that_names_no_ids_gets_the_first_of_the_namespaces_ranges() -> None:
    judgement = judge({"containers": [{"name": "build"}]}, CONSTRAINTS, NAMESPACE)

    assert (judgement.admitted, judgement.uid, judgement.fs_group) == (True, 1000650000, 1000660000)


@pytest.mark.parametrize("uid", [1000650000, 1000659999])
def test_a_uid_of_the_namespaces_range_is_admitted(uid: int) -> None:
    assert refused({"runAsUser": uid}) == []


@pytest.mark.parametrize("uid", [1000, 1000649999, 1000660000])
def test_a_uid_beside_the_namespaces_range_is_refused(uid: int) -> None:
    assert refused({"runAsUser": uid}) == [
        f"containers[0].securityContext.runAsUser: {uid} is not in 1000650000-1000659999 "
        "(the namespace's openshift.io/sa.scc.uid-range, strategy MustRunAsRange)."
    ]


def test_the_pods_uid_counts_for_a_container_without_one() -> None:
    assert len(refused(securityContext={"runAsUser": 1000})) == 1
    assert refused({"runAsUser": 1000650001}, securityContext={"runAsUser": 1000}) == []


def test_a_range_of_the_constraints_takes_the_place_of_the_namespaces() -> None:
    own = {"runAsUser": {"type": "MustRunAsRange", "uidRangeMin": 1000, "uidRangeMax": 2000}}

    assert refused({"runAsUser": 1000}, own) == []
    assert refused({"runAsUser": 2001}, own) == [
        "containers[0].securityContext.runAsUser: 2001 is not in 1000-2000 "
        "(runAsUser.uidRangeMin and Max, strategy MustRunAsRange)."
    ]


def test_one_uid_is_the_only_one() -> None:
    own = {"runAsUser": {"type": "MustRunAs", "uid": 1000}}

    assert refused({"runAsUser": 1000}, own) == []
    assert len(refused({"runAsUser": 1001}, own)) == 1


@pytest.mark.parametrize(
    ("context", "admitted"),
    [({}, True), ({"runAsUser": 1000}, True), ({"runAsUser": 0}, False), ({"runAsNonRoot": False}, False)],
)
def test_any_uid_but_root(context: dict[str, Any], admitted: bool) -> None:
    assert (refused(context, {"runAsUser": {"type": "MustRunAsNonRoot"}}) == []) is admitted


def test_a_namespace_without_a_range_is_named() -> None:
    without = {name: value for name, value in NAMESPACE.items() if not name.endswith("uid-range")}

    assert refused(annotations=without) == [
        "containers[0].securityContext.runAsUser: the strategy is MustRunAsRange, and the namespace has no annotation "
        "openshift.io/sa.scc.uid-range."
    ]
    assert refused(constraints={"runAsUser": {"type": "RunAsAny"}}, annotations=without) == []


def test_a_range_that_cannot_be_read_is_named() -> None:
    (why, *_) = refused(annotations={**NAMESPACE, "openshift.io/sa.scc.uid-range": "1000650000"})

    assert "is '1000650000'. Write 1000650000/10000 or 1000650000-1000659999." in why
    assert refused(annotations={**NAMESPACE, "openshift.io/sa.scc.uid-range": "1000650000-1000659999"}) == []


def test_an_fs_group_of_another_range_is_refused() -> None:
    assert refused(securityContext={"fsGroup": 1000660001}) == []
    assert refused(securityContext={"fsGroup": 1000}) == [
        "securityContext.fsGroup: 1000 is not in 1000660000-1000669999 "
        "(the namespace's openshift.io/sa.scc.supplemental-groups, strategy MustRunAs)."
    ]


def test_supplemental_groups_are_judged_by_their_own_ranges() -> None:
    own = {"supplementalGroups": {"type": "MustRunAs", "ranges": [{"min": 10, "max": 20}, {"min": 30, "max": 30}]}}

    assert refused(securityContext={"supplementalGroups": [5]}) == []
    assert refused(constraints=own, securityContext={"supplementalGroups": [10, 30]}) == []
    assert refused(constraints=own, securityContext={"supplementalGroups": [25]}) == [
        "securityContext.supplementalGroups: 25 is not in 10-20, 30 (supplementalGroups.ranges, strategy MustRunAs)."
    ]


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"level": "s0:c26,c5"}, []),
        (
            {"level": "s0:c1,c2"},
            ["containers[0].securityContext.seLinuxOptions.level: s0:c1,c2, seLinuxContext wants s0:c26,c5."],
        ),
        (
            {"type": "container_engine_t"},
            ["containers[0].securityContext.seLinuxOptions.type: container_engine_t, seLinuxContext wants none."],
        ),
    ],
)
def test_selinux_options_have_to_be_those_of_the_constraints(asked: dict[str, str], why: list[str]) -> None:
    engine = {"seLinuxContext": {"type": "MustRunAs", "seLinuxOptions": {"type": "container_engine_t"}}}

    assert refused({"seLinuxOptions": asked}) == why
    assert refused({"seLinuxOptions": {"type": "container_engine_t"}}, engine) == []
    assert refused({"seLinuxOptions": asked}, {"seLinuxContext": {"type": "RunAsAny"}}) == []


def test_a_capability_that_is_not_allowed_is_refused() -> None:
    assert refused({"capabilities": {"add": ["SETUID", "SETGID"], "drop": ["ALL"]}}) == []
    assert refused({"capabilities": {"add": ["SETFCAP"]}}) == [
        "containers[0].securityContext.capabilities.add: SETFCAP is not among allowedCapabilities: SETUID, SETGID."
    ]
    assert refused({"capabilities": {"add": ["SETFCAP"]}}, {"allowedCapabilities": ["*"]}) == []
    assert refused({"capabilities": {"add": ["SETFCAP"]}}, {"defaultAddCapabilities": ["SETFCAP"]}) == []


def test_a_capability_that_has_to_be_dropped_cannot_be_added() -> None:
    assert refused({"capabilities": {"drop": ["KILL"]}}) == []
    assert refused({"capabilities": {"add": ["KILL"]}}, {"allowedCapabilities": ["*"]}) == [
        "containers[0].securityContext.capabilities.add: KILL is among requiredDropCapabilities: KILL, MKNOD."
    ]


@pytest.mark.parametrize(("asked", "admitted"), [(True, False), (False, True), (None, True)])
def test_privilege_escalation_is_refused_only_where_it_is_asked_for(asked: bool | None, admitted: bool) -> None:
    context = {} if asked is None else {"allowPrivilegeEscalation": asked}

    assert (refused(context, {"allowPrivilegeEscalation": False}) == []) is admitted
    assert refused(context, {"allowPrivilegeEscalation": None}) == []


def test_a_privileged_container_is_refused() -> None:
    assert refused({"privileged": False}) == []
    assert refused({"privileged": True}, {"allowPrivilegedContainer": True}) == []
    assert refused({"privileged": True}) == [
        "containers[0].securityContext.privileged: true, allowPrivilegedContainer is false."
    ]


def test_a_root_file_system_has_to_be_read_only_where_the_constraints_say_so() -> None:
    assert refused({"readOnlyRootFilesystem": False}) == []
    assert refused({}, {"readOnlyRootFilesystem": True}) == []
    assert len(refused({"readOnlyRootFilesystem": False}, {"readOnlyRootFilesystem": True})) == 1


@pytest.mark.parametrize("field", ["hostNetwork", "hostPID", "hostIPC"])
def test_the_nodes_namespaces_are_refused(field: str) -> None:
    allow = f"allow{field[0].upper()}{field[1:]}"

    assert refused(**{field: False}) == []
    assert refused(constraints={allow: True}, **{field: True}) == []
    assert refused(**{field: True}) == [f"{field}: true, {allow} is false."]


def test_a_port_of_the_node_is_refused() -> None:
    def ports(port: dict[str, int]) -> list[dict[str, Any]]:
        return [{"name": "build", "ports": [port]}]

    assert refused(containers=ports({"containerPort": 80})) == []
    assert refused(containers=ports({"containerPort": 80, "hostPort": 80})) == [
        "containers[0].ports[0].hostPort: 80, allowHostPorts is false."
    ]


@pytest.mark.parametrize(("host_users", "admitted"), [(False, True), (True, False), (None, False)])
def test_a_user_namespace_of_its_own_has_to_be_asked_for(host_users: bool | None, admitted: bool) -> None:
    spec = {} if host_users is None else {"hostUsers": host_users}

    assert (refused(constraints={"userNamespaceLevel": "RequirePodLevel"}, **spec) == []) is admitted
    assert refused(constraints={"userNamespaceLevel": "AllowHostLevel"}, **spec) == []


def test_a_kind_of_volume_that_is_not_listed_is_refused() -> None:
    assert refused(volumes=[{"name": "a", "emptyDir": {}}]) == []
    assert refused(volumes=[{"name": "a", "nfs": {}}], constraints={"volumes": ["*"]}) == []
    assert refused(volumes=[{"name": "a", "nfs": {}}]) == ["volumes[0].nfs: not among volumes: emptyDir, secret."]


def test_a_folder_of_the_node_needs_two_fields() -> None:
    volume = [{"name": "a", "hostPath": {"path": "/"}}]
    both = {"volumes": ["hostPath"], "allowHostDirVolumePlugin": True}

    assert refused(volumes=volume, constraints=both) == []
    assert refused(volumes=volume, constraints={"volumes": ["*"]}) == [
        "volumes[0].hostPath: allowHostDirVolumePlugin is false."
    ]


@pytest.mark.parametrize(
    ("profile", "name"),
    [
        ({"type": "RuntimeDefault"}, None),
        ({"type": "Localhost", "localhostProfile": "podman.json"}, None),
        ({"type": "Localhost", "localhostProfile": "other.json"}, "localhost/other.json"),
        ({"type": "Unconfined"}, "unconfined"),
    ],
)
def test_a_seccomp_profile_has_to_be_listed(profile: dict[str, str], name: str | None) -> None:
    listed = "runtime/default, localhost/podman.json"
    why = [f"containers[0].securityContext.seccompProfile: {name} is not among seccompProfiles: {listed}."]

    assert refused({"seccompProfile": profile}) == (why if name else [])
    assert refused({"seccompProfile": profile}, {"seccompProfiles": ["*"]}) == []
    assert len(refused({"seccompProfile": profile}, {"seccompProfiles": None})) == 1


def test_an_init_container_is_judged_like_any_other() -> None:
    (why,) = refused(initContainers=[{"name": "identity", "securityContext": {"privileged": True}}])

    assert why.startswith("initContainers[0].securityContext.privileged: true")


def test_an_unmasked_proc_is_not_the_constraints_business() -> None:
    assert refused({"procMount": "Unmasked"}) == []
