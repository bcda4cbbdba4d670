"""What each mode adds to config.toml beyond the security contexts, and what it is refused with."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from podrunner.findings.errors import RenderError


def one_runner(rendering: Any) -> dict[str, Any]:
    """The `[[runners]]` table of a release with one runner."""
    (runner,) = rendering.config_toml["runners"]
    return dict(runner)


def patches(runner: dict[str, Any]) -> dict[str, Any]:
    """The patches of the job pod, by name, as Kubernetes reads them."""
    return {patch["name"]: yaml.safe_load(patch["patch"]) for patch in runner["kubernetes"].get("pod_spec", [])}


MODES = ["openshift", "userNamespace", "unprivileged", "unprivilegedRoot", "privileged"]


@pytest.mark.parametrize("mode", MODES)
def test_a_job_pod_that_is_deleted_is_gone_after_five_seconds(render: Any, mode: str) -> None:
    runner = one_runner(render({"podman": {"mode": mode}}))

    assert runner["kubernetes"]["pod_termination_grace_period_seconds"] == 5


@pytest.mark.parametrize("seconds", [0, 120])
def test_runners_set_another_time_for_a_pod_to_end(render: Any, seconds: int) -> None:
    keys = {"kubernetes": {"pod_termination_grace_period_seconds": seconds}}

    for_all = one_runner(render({"jobs": {"config": keys}}))
    for_one = one_runner(
        render(
            {
                "jobs": {"config": {"kubernetes": {"pod_termination_grace_period_seconds": 7}}},
                "runners": {"a": {"config": keys}},
            }
        )
    )

    assert for_all["kubernetes"]["pod_termination_grace_period_seconds"] == seconds
    assert for_one["kubernetes"]["pod_termination_grace_period_seconds"] == seconds


def test_null_leaves_the_time_for_a_pod_to_end_to_kubernetes(render: Any) -> None:
    keys = {"kubernetes": {"pod_termination_grace_period_seconds": None}}

    runner = one_runner(render({"runners": {"a": {"config": keys}}}))

    assert "pod_termination_grace_period_seconds" not in runner["kubernetes"]


def test_the_mode_none_sets_no_time_for_a_pod_to_end(render: Any) -> None:
    runner = one_runner(render({"podman": {"mode": "none"}}))

    assert "pod_termination_grace_period_seconds" not in runner["kubernetes"]


def test_the_pod_of_a_user_namespace_is_patched_behind_the_feature_flag(render: Any) -> None:
    runner = one_runner(render(preset="user-namespace"))

    assert patches(runner) == {"podrunner-user-namespace": {"hostUsers": False}}
    assert runner["feature_flags"] == {"FF_USE_ADVANCED_POD_SPEC_CONFIGURATION": True}


def test_a_pod_with_a_user_namespace_is_polled_half_as_often_as_each_poll_asks_twice(render: Any) -> None:
    nested = {"mode": "openshift", "openshift": {"scc": {"create": False, "name": "nested-container"}}}

    assert one_runner(render(preset="user-namespace"))["kubernetes"]["poll_interval"] == 6
    assert one_runner(render({"podman": nested}))["kubernetes"]["poll_interval"] == 6
    assert "poll_interval" not in one_runner(render())["kubernetes"]


def test_a_runner_polls_as_often_as_it_says(render: Any) -> None:
    keys = {"poll_interval": 3, "print_pod_warning_events": False}
    runner = one_runner(render({"jobs": {"config": {"kubernetes": keys}}}, preset="user-namespace"))

    assert runner["kubernetes"]["poll_interval"] == 3
    assert runner["kubernetes"]["print_pod_warning_events"] is False


@pytest.mark.parametrize(("run", "proc_mount"), [(True, "unmasked"), (False, None)])
def test_podman_run_unmasks_proc_and_podman_build_does_not(render: Any, run: bool, proc_mount: str | None) -> None:
    runner = one_runner(render({"podman": {"mode": "userNamespace", "run": run}}))

    assert runner["kubernetes"]["build_container_security_context"].get("proc_mount") == proc_mount


@pytest.mark.parametrize("mode", ["unprivileged", "unprivilegedRoot", "openshift"])
def test_podman_run_is_refused_where_proc_stays_masked(render: Any, mode: str) -> None:
    with pytest.raises(RenderError, match=rf"(?s)podman.run is true, but podman.mode is {mode}.*userNamespace"):
        render({"podman": {"mode": mode, "run": True}})


def test_crio_gives_fuse_by_both_names_of_its_annotation(render: Any) -> None:
    runner = one_runner(render({"podman": {"fuse": {"source": "crio"}}}))

    assert runner["kubernetes"]["pod_annotations"] == {
        "io.kubernetes.cri-o.Devices": "/dev/fuse",
        "devices.crio.io": "/dev/fuse",
    }


def test_a_device_plugin_gives_fuse_to_the_build_container_alone(render: Any) -> None:
    runner = one_runner(render({"podman": {"fuse": {"source": "devicePlugin", "resource": "squat.ai/fuse"}}}))

    assert patches(runner) == {
        "podrunner-fuse": {"containers": [{"name": "build", "resources": {"limits": {"squat.ai/fuse": "1"}}}]}
    }


def test_without_a_source_nothing_asks_for_fuse(render: Any) -> None:
    runner = one_runner(render())

    assert {"pod_annotations", "pod_spec"} & runner["kubernetes"].keys() == set()
    assert "feature_flags" not in runner


def test_fuse_overlayfs_is_named_as_the_mount_program(render: Any) -> None:
    script = one_runner(render({"podman": {"mode": "privileged", "storage": {"driver": "fuse-overlayfs"}}}))[
        "pre_build_script"
    ]

    assert 'driver = "overlay"' in script
    assert 'mount_program = "/usr/bin/fuse-overlayfs"' in script


def test_fuse_overlayfs_without_a_device_is_refused(render: Any) -> None:
    with pytest.raises(RenderError, match=r"(?s)podman.fuse.source is empty.*crio or devicePlugin"):
        render({"podman": {"storage": {"driver": "fuse-overlayfs"}}})


@pytest.mark.parametrize(
    ("seccomp", "profile"),
    [
        ({"type": ""}, None),
        ({"type": "Unconfined"}, {"type": "Unconfined"}),
        (
            {"type": "Localhost", "localhostProfile": "profiles/podman.json"},
            {"type": "Localhost", "localhost_profile": "profiles/podman.json"},
        ),
    ],
)
@pytest.mark.parametrize("mode", ["unprivileged", "unprivilegedRoot", "userNamespace", "openshift"])
def test_the_seccomp_profile_reaches_the_build_container(
    render: Any, mode: str, seccomp: dict[str, str], profile: dict[str, str] | None
) -> None:
    runner = one_runner(render({"podman": {"mode": mode, "seccomp": seccomp}}))

    assert runner["kubernetes"]["build_container_security_context"].get("seccomp_profile") == profile


def test_a_localhost_profile_without_a_name_is_refused(render: Any) -> None:
    with pytest.raises(RenderError, match=r"(?s)podman.seccomp.localhostProfile is empty.*profiles/podman.json"):
        render({"podman": {"seccomp": {"type": "Localhost"}}})


def test_a_users_patch_comes_after_the_modes(render: Any) -> None:
    own = {"kubernetes": {"pod_spec": [{"name": "mine", "patch": "priority: 1"}]}}
    runner = one_runner(render({"podman": {"mode": "userNamespace"}, "runners": {"a": {"config": own}}}))

    assert list(patches(runner)) == ["podrunner-user-namespace", "mine"]


@pytest.mark.parametrize("mode", [*MODES, "none"])
def test_a_users_patch_turns_on_the_flag_without_which_it_is_ignored(render: Any, mode: str) -> None:
    gpu = {"name": "gpu", "patch": "containers: [{name: build, resources: {limits: {nvidia.com/gpu: 1}}}]"}
    own = {"kubernetes": {"pod_spec": [gpu]}, "feature_flags": {"FF_SCRIPT_SECTIONS": True}}
    runner = one_runner(render({"podman": {"mode": mode}, "runners": {"a": {"config": own}}}))

    assert runner["feature_flags"] == {"FF_SCRIPT_SECTIONS": True, "FF_USE_ADVANCED_POD_SPEC_CONFIGURATION": True}


def test_a_flag_in_the_environment_stands_in_feature_flags_too_where_no_job_can_turn_it_off(render: Any) -> None:
    own = {
        "environment": ["FF_USE_ADVANCED_POD_SPEC_CONFIGURATION=1"],
        "kubernetes": {"pod_spec": [{"name": "mine", "patch": "priority: 1"}]},
    }
    runner = one_runner(render({"podman": {"mode": "none"}, "runners": {"a": {"config": own}}}))

    assert runner["feature_flags"] == {"FF_USE_ADVANCED_POD_SPEC_CONFIGURATION": True}


@pytest.mark.parametrize("mode", ["unprivileged", "none"])
@pytest.mark.parametrize(
    "off",
    [
        {"feature_flags": {"FF_USE_ADVANCED_POD_SPEC_CONFIGURATION": False}},
        {"environment": ["FF_USE_ADVANCED_POD_SPEC_CONFIGURATION=false"]},
    ],
    ids=["feature_flags", "environment"],
)
def test_a_patch_with_its_flag_turned_off_is_refused(render: Any, mode: str, off: dict[str, Any]) -> None:
    own = {**off, "kubernetes": {"pod_spec": [{"name": "gpu", "patch": "priority: 1"}]}}

    with pytest.raises(RenderError, match=r"(?s)would ignore the patch gpu of kubernetes.pod_spec.*Remove the flag"):
        render({"podman": {"mode": mode}, "runners": {"a": {"config": own}}})


def test_openshift_leaves_the_user_to_the_platform(render: Any) -> None:
    rendering = render(preset="openshift")
    runner = one_runner(rendering)
    contexts = [value for key, value in runner["kubernetes"].items() if key.endswith("_container_security_context")]

    assert [context for context in contexts if "run_as_user" in context] == []
    assert "runAsUser" not in rendering.object("Deployment")["spec"]["template"]["spec"]["securityContext"]


def test_openshift_names_the_user_before_the_job_begins(render: Any) -> None:
    patch = patches(one_runner(render(preset="openshift")))["podrunner-identity"]
    (init,) = patch["initContainers"]
    (build,) = patch["containers"]

    assert "echo build:100000:65536" in init["args"][0]
    assert [mount["mountPath"] for mount in build["volumeMounts"]] == ["/etc/passwd", "/etc/subuid", "/etc/subgid"]


def test_openshift_with_nested_container_gives_pods_a_user_namespace(render: Any) -> None:
    scc = {"create": False, "name": "nested-container"}

    pod = patches(one_runner(render({"podman": {"openshift": {"scc": scc}}}, preset="openshift")))

    assert pod["podrunner-user-namespace"] == {"hostUsers": False}
    assert list(patches(one_runner(render(preset="openshift")))) == ["podrunner-identity"]


def test_openshift_lets_the_job_account_alone_use_the_constraints(render: Any) -> None:
    rendering = render(preset="openshift", release="ci", namespace="jobs")
    constraints = rendering.object("SecurityContextConstraints")
    role, binding = rendering.object("Role", "ci-podrunner-jobs"), rendering.object("RoleBinding", "ci-podrunner-jobs")

    assert (constraints["users"], constraints["groups"]) == ([], [])
    assert constraints["allowedCapabilities"] == ["SETUID", "SETGID"]
    assert role["rules"] == [
        {
            "apiGroups": ["security.openshift.io"],
            "resources": ["securitycontextconstraints"],
            "resourceNames": ["jobs.ci-podrunner-jobs"],
            "verbs": ["use"],
        }
    ]
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "ci-podrunner-jobs", "namespace": "jobs"}]


def test_the_constraints_are_for_the_accounts_that_openshifts_runners_name(render: Any) -> None:
    runners: dict[str, Any] = {
        "shared": {},
        "own": {"config": {"kubernetes": {"service_account": "builder"}}},
        "apart": {"config": {"kubernetes": {"namespace": "apart", "service_account": "worker"}}},
        "none": {"podman": {"mode": "none"}, "config": {"kubernetes": {"service_account": "other"}}},
    }
    rendering = render({"runners": runners}, preset="openshift", release="ci", namespace="jobs")

    bindings = [each for each in rendering.objects("RoleBinding") if each["metadata"]["name"] == "ci-podrunner-jobs"]
    assert [[subject["name"] for subject in each["subjects"]] for each in bindings] == [
        ["worker"],
        ["builder", "ci-podrunner-jobs"],
    ]


def test_constraints_of_the_platform_are_not_made_anew(render: Any) -> None:
    values = {"podman": {"openshift": {"scc": {"name": "container-build"}}}}

    with pytest.raises(RenderError, match=r"(?s)container-build, which are the platform's own.*create to false"):
        render(values, preset="openshift")


def test_nested_container_needs_a_cluster_that_knows_user_namespaces(render: Any) -> None:
    values = {"podman": {"openshift": {"scc": {"create": False, "name": "nested-container"}}}}

    with pytest.raises(RenderError, match=r"nested-container, .* needs Kubernetes 1.33 .*, and this is v1.32.7"):
        render(values, preset="openshift", kube_version="1.32.7")


def test_constraints_that_are_there_are_used_by_name(render: Any) -> None:
    scc = {"create": False, "name": "container-build"}
    rendering = render({"podman": {"mode": "openshift", "openshift": {"scc": scc}}})

    assert rendering.objects("SecurityContextConstraints") == []
    assert rendering.object("Role", "podrunner-jobs")["rules"][0]["resourceNames"] == ["container-build"]


def test_other_modes_touch_no_constraints(render: Any) -> None:
    rendering = render()

    assert rendering.objects("SecurityContextConstraints") == []
    assert [role["metadata"]["name"] for role in rendering.objects("Role")] == ["podrunner-manager"]


@pytest.mark.parametrize("preset", ["privileged", "unprivileged", "unprivileged-root", "user-namespace", "openshift"])
def test_a_home_that_cannot_be_written_is_replaced(render: Any, preset: str) -> None:
    runner = one_runner(render(preset=preset))

    assert "GIT_CONFIG_GLOBAL=/my_custom_dir/.gitconfig" in runner["environment"]
    assert "XDG_CONFIG_HOME=/my_custom_dir/.config" in runner["environment"]
    assert "XDG_DATA_HOME=/my_custom_dir/.local/share" in runner["environment"]
    assert "  export HOME=/my_custom_dir\n" in runner["pre_build_script"]
