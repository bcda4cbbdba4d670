"""More than before is allowed: by roles, by bindings, to pods, and to the pods of jobs."""

from __future__ import annotations

import pytest

from .conftest import Repository

RBAC = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: worker}
rules: [{apiGroups: [""], resources: [pods], verbs: [get, create]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: worker}
roleRef: {kind: Role, name: worker}
subjects: [{kind: ServiceAccount, name: ci}]
"""
# Of the chart's own, so that it is known what they may.
ACCOUNTS = "---\n".join(
    f"apiVersion: v1\nkind: ServiceAccount\nmetadata: {{name: {name}}}\n" for name in ("ci", "jobs")
)
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: demo}
spec:
  securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
  containers: [{name: main, securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}}]
"""
CONFIG = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: demo}
data:
  config.toml: |
    [[runners]]
      name = "a"
      [runners.kubernetes]
        privileged = false
"""


def wider(lines: list[str]) -> list[str]:
    """Lines of the section about permissions and Pod Security."""
    begin = (
        lines.index("Widens permissions, Pod Security or reach") + 1
        if "Widens permissions, Pod Security or reach" in lines
        else -1
    )
    end = lines.index("Changes otherwise") if "Changes otherwise" in lines else len(lines)
    return lines[begin:end] if begin > 0 else []


def test_a_verb_more_is_named_for_whoever_has_it(repository: Repository) -> None:
    lines = repository.change(RBAC, RBAC.replace("create]", "create, delete]"))

    assert wider(lines) == ["ServiceAccount ci in podrunner: gains in podrunner: pods (delete)"]
    assert lines[-1] == 'Role/worker: rules[pods].verbs[delete]: is new: "delete"'


def test_a_new_subject_gains_all_that_the_role_allows(repository: Repository) -> None:
    more = RBAC.replace("name: ci}]", "name: ci}, {kind: User, name: eve}]")

    assert wider(repository.change(RBAC, more)) == ["User eve: gains in podrunner: pods (create, get)"]


def test_a_role_that_is_bound_everywhere_is_more_than_in_one_namespace(repository: Repository) -> None:
    everywhere = RBAC.replace("kind: Role\n", "kind: ClusterRole\n").replace("kind: Role,", "kind: ClusterRole,")
    everywhere = everywhere.replace("RoleBinding", "ClusterRoleBinding").replace(
        "name: ci}", "name: ci, namespace: podrunner}"
    )

    assert wider(repository.change(RBAC, everywhere)) == [
        "ServiceAccount ci in podrunner: gains in all namespaces: pods (create, get)"
    ]


def test_a_role_of_somebody_else_is_named(repository: Repository) -> None:
    admin = RBAC.replace("roleRef: {kind: Role, name: worker}", "roleRef: {kind: ClusterRole, name: admin}")

    assert wider(repository.change(RBAC, admin)) == [
        "ServiceAccount ci in podrunner: gains in podrunner: what ClusterRole/admin allows"
    ]


def test_less_than_before_another_order_and_what_a_wildcard_allowed_widen_nothing(repository: Repository) -> None:
    before = RBAC.replace("resources: [pods]", 'resources: ["*"]')

    assert wider(repository.change(before, RBAC.replace("[get, create]", "[create, get]"))) == []


def test_a_renamed_role_with_the_same_rights_widens_nothing(repository: Repository) -> None:
    assert wider(repository.change(RBAC, RBAC.replace("name: worker", "name: jobs"))) == []


def test_a_pod_that_needs_another_level_says_which_and_why(repository: Repository) -> None:
    assert wider(repository.change(POD, POD.replace("  containers", "  hostNetwork: true\n  containers"))) == [
        "Pod/demo: Pod Security level restricted → privileged: hostNetwork: true"
    ]


def test_another_capability_widens_and_one_of_two_that_goes_does_not(repository: Repository) -> None:
    two = POD.replace("drop: [ALL]", "drop: [ALL], add: [SETUID, SETGID]")
    other = POD.replace("drop: [ALL]", "drop: [ALL], add: [SETUID, KILL]")

    assert wider(repository.change(two, other)) == [
        "Pod/demo: Pod Security level baseline: containers[main].securityContext.capabilities.add: KILL"
    ]


def test_a_container_in_front_moves_the_others_and_widens_nothing(repository: Repository) -> None:
    two = POD.replace("containers: [{name: main", "containers: [{name: main, image: x").replace(
        "drop: [ALL]", "add: [KILL]"
    )
    front = (
        "containers: [{name: first, securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}}, "
    )

    assert wider(repository.change(two, two.replace("containers: [", front))) == []


def test_the_pods_of_jobs_are_judged_by_what_config_toml_makes_of_them(repository: Repository) -> None:
    lines = repository.change(CONFIG, CONFIG.replace("false", "true"))

    assert wider(lines) == [
        "jobs of runner a: Pod Security level baseline → privileged: "
        "initContainers[init-permissions].securityContext.privileged: true; "
        "containers[build].securityContext.privileged: true; containers[helper].securityContext.privileged: true; "
        "containers[service].securityContext.privileged: true"
    ]


def test_a_second_runner_like_the_first_widens_nothing(repository: Repository) -> None:
    second = CONFIG + '    [[runners]]\n      name = "b"\n      [runners.kubernetes]\n        privileged = false\n'

    assert wider(repository.change(CONFIG, second)) == []


def test_constraints_of_openshift_that_let_more_through(repository: Repository) -> None:
    scc = "{apiVersion: security.openshift.io/v1, kind: SecurityContextConstraints, metadata: {name: a}, allowHostPID: %s}"

    assert wider(repository.change(scc % "false", scc % "true")) == [
        "SecurityContextConstraints/a: allowHostPID: false → true"
    ]


NAMESPACE = """\
apiVersion: v1
kind: Namespace
metadata: {name: jobs, labels: {pod-security.kubernetes.io/enforce: LEVEL}}
"""


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ("baseline", "privileged", '"baseline" → "privileged"'),
        ("restricted", "baseline", '"restricted" → "baseline"'),
    ],
)
def test_a_namespace_that_enforces_a_weaker_level_widens(
    before: str, after: str, text: str, repository: Repository
) -> None:
    lines = repository.change(NAMESPACE.replace("LEVEL", before), NAMESPACE.replace("LEVEL", after))

    assert wider(lines) == [f"Namespace/jobs: metadata.labels.pod-security.kubernetes.io/enforce: {text}"]


def test_a_namespace_that_enforces_nothing_any_more_widens(repository: Repository) -> None:
    without = "apiVersion: v1\nkind: Namespace\nmetadata: {name: jobs}\n"

    assert wider(repository.change(NAMESPACE.replace("LEVEL", "baseline"), without)) == [
        'Namespace/jobs: metadata.labels: is gone: {"pod-security.kubernetes.io/enforce": "baseline"}'
    ]


def test_a_namespace_that_enforces_a_stricter_level_widens_nothing(repository: Repository) -> None:
    before, after = (NAMESPACE.replace("LEVEL", level) for level in ("privileged", "restricted"))

    assert wider(repository.change(before, after)) == []


def test_jobs_that_run_as_an_account_with_more_rights_widen(repository: Repository) -> None:
    jobs = CONFIG.replace("privileged = false", 'namespace = "podrunner"\n        service_account = "jobs"')
    before = f"{ACCOUNTS}---\n{RBAC}---\n{jobs}"

    assert wider(repository.change(before, before.replace('service_account = "jobs"', 'service_account = "ci"'))) == [
        "jobs of runner a: runs as ServiceAccount ci in podrunner, which may in podrunner: pods (create, get)"
    ]


def test_jobs_that_run_as_an_account_with_fewer_rights_widen_nothing(repository: Repository) -> None:
    jobs = CONFIG.replace("privileged = false", 'namespace = "podrunner"\n        service_account = "ci"')
    before = f"{ACCOUNTS}---\n{RBAC}---\n{jobs}"

    assert wider(repository.change(before, before.replace('service_account = "ci"', 'service_account = "jobs"'))) == []


def test_jobs_that_get_the_token_of_their_account_widen(repository: Repository) -> None:
    jobs = CONFIG.replace(
        "privileged = false",
        'namespace = "podrunner"\n        service_account = "ci"\n        automount_service_account_token = false',
    )
    before = f"{ACCOUNTS}---\n{RBAC}---\n{jobs}"

    assert wider(repository.change(before, before.replace("token = false", "token = true"))) == [
        "jobs of runner a: runs as ServiceAccount ci in podrunner, which may in podrunner: pods (create, get)"
    ]


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (
            "",
            "bearer_token_overwrite_allowed = true",
            "bearer_token_overwrite_allowed: jobs may use any token to talk to Kubernetes, and the manager passes it on.",
        ),
        ("", 'namespace_overwrite_allowed = "^a$"', "namespace_overwrite_allowed: jobs may choose: ^a$"),
        (
            'service_account_overwrite_allowed = "^a$"',
            'service_account_overwrite_allowed = ".*"',
            'service_account_overwrite_allowed: ".*" lets a job set KUBERNETES_SERVICE_ACCOUNT_OVERWRITE="default" and gain '
            "the permissions of another account. Name those that are allowed: ^(one|another)$.",
        ),
    ],
)
def test_jobs_that_may_choose_more_widen(before: str, after: str, text: str, repository: Repository) -> None:
    old, new = (CONFIG.replace("privileged = false", line) for line in (before, after))

    assert wider(repository.change(old, new)) == [f"jobs of runner a: {text}"]


def test_privileged_services_widen_although_no_container_of_the_runners_own_is(repository: Repository) -> None:
    service = "[runners.kubernetes.service_container_security_context]\n      privileged = true"
    lines = repository.change(CONFIG, CONFIG.replace("privileged = false", service))

    assert wider(lines) == [
        "jobs of runner a: Pod Security level baseline → privileged: containers[service].securityContext.privileged: true"
    ]


PATCHED = CONFIG.replace(
    "        privileged = false\n",
    "        privileged = false\n"
    '        service_account = "jobs"\n'
    "        automount_service_account_token = false\n"
    "        [[runners.kubernetes.pod_spec]]\n"
    "          patch = 'priorityClassName: low'\n",
).replace('name = "a"\n', 'name = "a"\n      environment = ["FF_USE_ADVANCED_POD_SPEC_CONFIGURATION=true"]\n')


def test_a_patch_that_gives_jobs_a_token_widens(repository: Repository) -> None:
    token = PATCHED.replace("priorityClassName: low", "automountServiceAccountToken: true")

    assert wider(repository.change(PATCHED, token)) == [
        "jobs of runner a: can talk to the API of Kubernetes: automountServiceAccountToken is true"
    ]


def test_a_key_that_gives_jobs_a_token_widens(repository: Repository) -> None:
    assert wider(repository.change(PATCHED, PATCHED.replace("token = false", "token = true"))) == [
        "jobs of runner a: can talk to the API of Kubernetes: automountServiceAccountToken is true"
    ]


def test_a_key_that_takes_their_token_from_jobs_does_not(repository: Repository) -> None:
    assert wider(repository.change(PATCHED.replace("token = false", "token = true"), PATCHED)) == []


def test_another_account_by_a_patch_widens(repository: Repository) -> None:
    other = PATCHED.replace("priorityClassName: low", "serviceAccountName: admin")

    assert wider(repository.change(PATCHED, other)) == [
        "jobs of runner a: runs as ServiceAccount admin in default, which this chart does not make: what it may is not "
        "known here"
    ]


def test_an_account_of_the_chart_by_a_patch_widens(repository: Repository) -> None:
    before = f"{ACCOUNTS}---\n{PATCHED}".replace("token = false", 'token = false\n        namespace = "podrunner"')
    other = before.replace("priorityClassName: low", "serviceAccountName: ci")

    assert wider(repository.change(before, other)) == ["jobs of runner a: has the account ci, not jobs, by a patch"]


def test_what_an_account_may_that_a_patch_gives_to_jobs_is_told_instead(repository: Repository) -> None:
    before = f"{RBAC}---\n{PATCHED}".replace("token = false", 'token = true\n        namespace = "podrunner"')

    assert wider(repository.change(before, before.replace("priorityClassName: low", "serviceAccountName: ci"))) == [
        "jobs of runner a: runs as ServiceAccount ci in podrunner, which may in podrunner: pods (create, get)"
    ]


@pytest.mark.parametrize("level", ["debug", "trace"])
def test_a_manager_that_logs_the_tokens_of_jobs_widens(level: str, repository: Repository) -> None:
    before, after = (
        CONFIG.replace("    [[runners]]", f'    log_level = "{one}"\n    [[runners]]') for one in ("info", level)
    )

    assert wider(repository.change(before, after)) == [
        f"ConfigMap/demo: log_level {level}: prints the tokens of jobs into the manager's log"
    ]


def test_a_manager_that_logs_less_and_one_that_says_as_much_in_another_word_do_not(repository: Repository) -> None:
    debug = CONFIG.replace("    [[runners]]", '    log_level = "debug"\n    [[runners]]')

    assert wider(repository.change(debug, debug.replace("debug", "trace"))) == []
    repository.git("tag", "--delete", "before")
    assert wider(repository.change(debug, debug.replace("debug", "warn"))) == []


ACCOUNT = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: own}\n"
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: demo}
spec:
  selector: {matchLabels: {app: a}}
  template:
    metadata: {labels: {app: a}}
    spec:
      serviceAccountName: own
      automountServiceAccountToken: true
      securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
      containers: [{name: main, image: "a:1", securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}}]
"""


def test_an_account_that_the_chart_does_not_make_widens(repository: Repository) -> None:
    before = f"{ACCOUNT}---\n{DEPLOYMENT}"

    assert wider(repository.change(before, before.replace("serviceAccountName: own", "serviceAccountName: admin"))) == [
        "Deployment/demo: runs as ServiceAccount admin in podrunner, which this chart does not make: what it may is not "
        "known here"
    ]


@pytest.mark.parametrize("account", ["own", "default"])
def test_an_account_of_the_chart_or_default_in_place_of_a_stranger_does_not(
    account: str, repository: Repository
) -> None:
    before = f"{ACCOUNT}---\n{DEPLOYMENT}".replace("serviceAccountName: own", "serviceAccountName: admin")

    assert (
        wider(repository.change(before, before.replace("serviceAccountName: admin", f"serviceAccountName: {account}")))
        == []
    )


def test_jobs_of_an_account_that_the_chart_does_not_make_widen(repository: Repository) -> None:
    # Without a token, too: clouds know pods by their account.
    keys = 'namespace = "podrunner"\n        automount_service_account_token = false\n        service_account = "own"'
    jobs = CONFIG.replace("privileged = false", keys)
    before = f"{ACCOUNT}---\n{jobs}"

    assert wider(repository.change(before, before.replace('account = "own"', 'account = "deployer"'))) == [
        "jobs of runner a: runs as ServiceAccount deployer in podrunner, which this chart does not make: what it may is "
        "not known here"
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("      automountServiceAccountToken: false\n", "      automountServiceAccountToken: true\n"),
        ("      automountServiceAccountToken: false\n", ""),
    ],
)
def test_a_pod_that_gets_a_token_widens(old: str, new: str, repository: Repository) -> None:
    before = f"{ACCOUNT}---\n{DEPLOYMENT}".replace("Token: true", "Token: false")

    assert wider(repository.change(before, before.replace(old, new))) == [
        "Deployment/demo: gets a token of ServiceAccount own in podrunner for the API of Kubernetes"
    ]


def test_an_account_that_gives_its_token_to_pods_that_say_nothing_widens(repository: Repository) -> None:
    silent = DEPLOYMENT.replace("      automountServiceAccountToken: true\n", "")
    before = f"{ACCOUNT}automountServiceAccountToken: false\n---\n{silent}"

    assert wider(repository.change(before, before.replace("Token: false", "Token: true"))) == [
        "Deployment/demo: gets a token of ServiceAccount own in podrunner for the API of Kubernetes"
    ]
