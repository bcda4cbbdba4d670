"""What a change leads to: refused, pods that restart, more that is allowed, nothing of it."""

from __future__ import annotations

import pytest

from .conftest import Repository

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: demo}
spec:
  replicas: 1
  selector: {matchLabels: {app: demo}}
  template:
    metadata: {labels: {app: demo}}
    spec:
      containers: [{name: main, image: "demo:1"}]
"""
ORPHAN = "Its pods go on when it is deleted with `kubectl delete --cascade=orphan` before the upgrade."
RENAME = "Delete it before the upgrade, or give the new one another name."


def test_a_selector_cannot_change_and_the_way_out_is_told(repository: Repository) -> None:
    other = DEPLOYMENT.replace("matchLabels: {app: demo}", "matchLabels: {tier: x}")

    assert repository.change(DEPLOYMENT, other.replace("labels: {app: demo}", "labels: {app: demo, tier: x}")) == [
        "Cannot be applied",
        'Deployment/demo: spec.selector.matchLabels.app: is gone: "demo"',
        f"spec.selector.matchLabels.app of a Deployment cannot change: helm upgrade fails. {ORPHAN}",
        'Deployment/demo: spec.selector.matchLabels.tier: is new: "x"',
        f"spec.selector.matchLabels.tier of a Deployment cannot change: helm upgrade fails. {ORPHAN}",
        "Restarts pods",
        'Deployment/demo: spec.template.metadata.labels.tier: is new: "x"',
    ]


def test_a_change_of_a_pod_template_restarts_pods_and_one_of_replicas_does_not(repository: Repository) -> None:
    changed = DEPLOYMENT.replace("demo:1", "demo:2").replace("replicas: 1", "replicas: 2")

    assert repository.change(DEPLOYMENT, changed) == [
        "Restarts pods",
        'Deployment/demo: spec.template.spec.containers[main].image: "demo:1" → "demo:2"',
        "Changes otherwise",
        "Deployment/demo: spec.replicas: 1 → 2",
    ]


SCALER = """\
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: demo}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: demo}, minReplicas: 3, maxReplicas: 9}
"""


def test_an_autoscaler_that_takes_over_does_not_hide_that_pods_end_before(repository: Repository) -> None:
    several = DEPLOYMENT.replace("replicas: 1", "replicas: 5")

    assert repository.change(several, DEPLOYMENT.replace("  replicas: 1\n", "") + SCALER)[:3] == [
        "Restarts pods",
        "Deployment/demo: spec.replicas: is gone: 5",
        "Rendered without the cluster, as here, it drops to 1 at once, until HorizontalPodAutoscaler/demo raises it. "
        "`helm upgrade` of a chart that looks the number up, as podrunner does, keeps it.",
    ]


WHY = (
    "GitLab Runner 19.4.0 must not be used: it lists the events of every pod that is not ready at each poll, and has "
    "overloaded API servers (gitlab-runner#39848). Use 19.4.1 or newer."
)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("19.3.1", "19.4.0", [WHY]),
        ("19.4.0", "19.5.3", [f"It ends the use of a release: {WHY}"]),
        ("19.3.1", "19.5.3", []),
    ],
)
def test_an_image_of_a_release_that_must_not_be_used_says_why(
    repository: Repository, old: str, new: str, said: list[str]
) -> None:
    sides = [DEPLOYMENT.replace("demo:1", f"gitlab-org/gitlab-runner:v{version}") for version in (old, new)]

    assert repository.change(*sides)[2:] == said


def test_an_object_that_goes_and_that_helm_keeps_stays_in_the_cluster(repository: Repository) -> None:
    kept = DEPLOYMENT.replace("name: demo}", "name: demo, annotations: {helm.sh/resource-policy: keep}}", 1)
    other = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: demo}\n"

    assert repository.change(kept, other) == [
        "Changes otherwise",
        "ConfigMap/demo: is new",
        "Deployment/demo: is gone",
        "It stays in the cluster (helm.sh/resource-policy: keep): delete it once nothing needs it. Until then `helm rollback` "
        "and --atomic fail with Helm before 3.22, 4.0 and 4.1: upgrade with the values of before instead.",
    ]


def test_a_deployment_that_goes_takes_its_pods_with_it(repository: Repository) -> None:
    assert repository.change(DEPLOYMENT, DEPLOYMENT.replace("kind: Deployment", "kind: StatefulSet")) == [
        "Restarts pods",
        "Deployment/demo: is gone",
        "Changes otherwise",
        "StatefulSet/demo: is new",
    ]


IMMUTABLE = {
    "the claims of a StatefulSet": (
        "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a}, spec: {volumeClaimTemplates: [{x: 1}]}}",
        "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a}, spec: {volumeClaimTemplates: [{x: 2}]}}",
        f"spec.volumeClaimTemplates of a StatefulSet cannot change: helm upgrade fails. {ORPHAN}",
    ),
    "the service of a StatefulSet": (
        "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a}, spec: {serviceName: a}}",
        "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a}, spec: {serviceName: b}}",
        f"spec.serviceName of a StatefulSet cannot change: helm upgrade fails. {ORPHAN}",
    ),
    "the address of a Service": (
        "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: []}}",
        "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [], clusterIP: None}}",
        f"spec.clusterIP of a Service cannot change: helm upgrade fails. {RENAME}",
    ),
    "the role of a binding": (
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: a}, roleRef: {name: a}}",
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: a}, roleRef: {name: b}}",
        f"roleRef.name of a RoleBinding cannot change: helm upgrade fails. {RENAME}",
    ),
    "the pods of a Job": (
        "{apiVersion: batch/v1, kind: Job, metadata: {name: a}, spec: {template: {spec: {a: 1}}}}",
        "{apiVersion: batch/v1, kind: Job, metadata: {name: a}, spec: {template: {spec: {a: 2}}}}",
        f"spec.template.spec.a of a Job cannot change: helm upgrade fails. {RENAME}",
    ),
    "data of a ConfigMap that is sealed": (
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, immutable: true, data: {a: x}}",
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, immutable: true, data: {a: z}}",
        f"data.a of a ConfigMap cannot change: helm upgrade fails. {RENAME}",
    ),
    "the type of a Secret": (
        "{apiVersion: v1, kind: Secret, metadata: {name: a}, type: Opaque}",
        "{apiVersion: v1, kind: Secret, metadata: {name: a}, type: example.com/a}",
        f"type of a Secret cannot change: helm upgrade fails. {RENAME}",
    ),
    "a claim that shrinks": (
        "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a}, spec: {resources: {requests: {storage: 1Gi}}}}",
        "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a}, spec: {resources: {requests: {storage: 900Mi}}}}",
        "spec.resources.requests.storage of a PersistentVolumeClaim cannot change: helm upgrade fails. "
        "Make a claim of another name and move the data: deleting this one deletes them.",
    ),
}


@pytest.mark.parametrize("name", IMMUTABLE)
def test_what_the_api_server_refuses_comes_first(repository: Repository, name: str) -> None:
    before, after, advice = IMMUTABLE[name]

    lines = repository.change(before, after)

    assert (lines[0], lines[-1]) == ("Cannot be applied", advice)


MUTABLE = {
    "a claim that grows": (
        "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a}, spec: {resources: {requests: {storage: 1Gi}}}}",
        "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a}, spec: {resources: {requests: {storage: 2Gi}}}}",
    ),
    "an address that is not asked for any more": (
        "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: 80}], clusterIP: None}}",
        "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: 80}]}}",
    ),
    "data of a ConfigMap": (
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a: x}}",
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a: z}}",
    ),
    "a Job that helm makes anew": (
        "{apiVersion: batch/v1, kind: Job, metadata: {name: a, annotations: {helm.sh/hook: test}}, spec: {template: {a: 1}}}",
        "{apiVersion: batch/v1, kind: Job, metadata: {name: a, annotations: {helm.sh/hook: test}}, spec: {template: {a: 2}}}",
    ),
    "a kind of somebody else with the same name": (
        "{apiVersion: serving.knative.dev/v1, kind: Service, metadata: {name: a}, spec: {clusterIP: x}}",
        "{apiVersion: serving.knative.dev/v1, kind: Service, metadata: {name: a}, spec: {clusterIP: y}}",
    ),
}


@pytest.mark.parametrize("name", MUTABLE)
def test_what_the_api_server_takes_does_not(repository: Repository, name: str) -> None:
    assert repository.change(*MUTABLE[name])[0] == "Changes otherwise"


def test_values_of_a_secret_are_not_printed(repository: Repository) -> None:
    secret = "{apiVersion: v1, kind: Secret, metadata: {name: a}, stringData: {token: glrt-%s}}"

    assert repository.change(secret % "first", secret % "second") == [
        "Changes otherwise",
        "Secret/a: stringData.token: is another value",
    ]


TWO = f"{DEPLOYMENT}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: demo}}\n"


def test_the_namespace_of_the_release_written_out_is_no_change(repository: Repository) -> None:
    assert repository.change(TWO, TWO.replace("name: demo}", "name: demo, namespace: podrunner}")) == []


def test_another_namespace_is_another_object(repository: Repository) -> None:
    assert repository.change(TWO, TWO.replace("name: demo}", "name: demo, namespace: other}", 1)) == [
        "Restarts pods",
        "Deployment/demo: is gone",
        "Changes otherwise",
        "Deployment/demo in other: is new",
    ]


WRITTEN_OUT = DEPLOYMENT.replace(
    "  replicas: 1\n", "  revisionHistoryLimit: 10\n  strategy: {type: RollingUpdate}\n"
).replace('image: "demo:1"', 'image: "demo:1", imagePullPolicy: IfNotPresent, resources: {}')


def test_what_the_api_server_would_add_anyhow_is_no_change(repository: Repository) -> None:
    assert repository.change(DEPLOYMENT, WRITTEN_OUT) == []


SEALED = "{apiVersion: v1, kind: Secret, metadata: {name: a}, immutable: true, %s}"
ONCE = "{apiVersion: batch/v1, kind: Job, metadata: {name: a}, spec: {template: {spec: {containers: [{name: a, %s}]}}}}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (SEALED % "stringData: {a: b}", SEALED % "data: {a: Yg==}"),
        (ONCE % "resources: {requests: {cpu: 1000m}}", ONCE % "resources: {requests: {cpu: 1}}, env: []"),
    ],
)
def test_what_cannot_change_may_be_written_otherwise(repository: Repository, before: str, after: str) -> None:
    assert repository.change(before, after) == []


def test_what_goes_from_string_data_to_other_data_is_a_change(repository: Repository) -> None:
    assert repository.change(SEALED % "stringData: {a: b}", SEALED % "data: {a: eA==}")[0] == "Cannot be applied"


def test_what_it_would_add_otherwise_is_a_change(repository: Repository) -> None:
    assert repository.change(DEPLOYMENT, WRITTEN_OUT.replace("IfNotPresent", "Always").replace("10", "3")) == [
        "Restarts pods",
        'Deployment/demo: spec.template.spec.containers[main].imagePullPolicy: is new: "Always"',
        "Changes otherwise",
        "Deployment/demo: spec.revisionHistoryLimit: is new: 3",
    ]


def test_a_default_that_follows_from_another_field_changes_with_it(repository: Repository) -> None:
    before = DEPLOYMENT.replace('image: "demo:1"', 'image: "demo:1", imagePullPolicy: IfNotPresent')
    after = DEPLOYMENT.replace("demo:1", "demo:latest")

    assert repository.change(before, after) == [
        "Restarts pods",
        'Deployment/demo: spec.template.spec.containers[main].image: "demo:1" → "demo:latest"',
        'Deployment/demo: spec.template.spec.containers[main].imagePullPolicy: is gone: "IfNotPresent"',
    ]


def test_a_strategy_beside_which_the_api_server_s_own_fields_would_stay_cannot_be_applied(
    repository: Repository,
) -> None:
    after = DEPLOYMENT.replace("  replicas: 1\n", "  replicas: 1\n  strategy: {type: Recreate}\n")

    assert repository.change(DEPLOYMENT, after) == [
        "Cannot be applied",
        'Deployment/demo: spec.strategy: is new: {"type": "Recreate"}',
        "The rollingUpdate that the API server added stays in the cluster beside type Recreate: helm upgrade of Helm 4 "
        "fails. Upgrade once with --server-side=false.",
    ]


def test_a_strategy_whose_fields_the_manifest_had_can_be_applied(repository: Repository) -> None:
    rolling = "  replicas: 1\n  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}\n"
    before = DEPLOYMENT.replace("  replicas: 1\n", rolling)

    lines = repository.change(
        before, before.replace("rollingUpdate: {maxSurge: 1, maxUnavailable: 0}", "type: Recreate")
    )

    assert lines[0] == "Changes otherwise"


STATEFUL = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: demo}
spec:
  serviceName: demo
  revisionHistoryLimit: 3
  selector: {matchLabels: {app: a}}
  template:
    metadata: {labels: {app: a}}
    spec: {containers: [{name: main, image: "a:1"}]}
"""


@pytest.mark.parametrize(("version", "section"), [("1.32.0", "Cannot be applied"), ("1.33.0", "Changes otherwise")])
def test_the_history_of_a_stateful_set_may_change_from_a_version_on(
    version: str, section: str, repository: Repository
) -> None:
    repository.write(it=STATEFUL)
    repository.commit("before")
    repository.write(it=STATEFUL.replace("Limit: 3", "Limit: 5"))

    _, lines = repository.diff("before", "--kube-version", version)

    assert lines[0] == section
