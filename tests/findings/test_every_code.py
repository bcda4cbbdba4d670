"""Every code that `podrunner check` may print: files that trigger exactly it, and a near miss that does not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from yaml import safe_load

from podrunner.cli.main import main
from podrunner.findings.rules.register import RULES
from podrunner.manifests.security.scc import judge

Files = dict[str, str]
Find = Callable[..., set[str]]

RUNNER = """\
  concurrent = 1
  [[runners]]
    url = "https://gitlab.example.com"
    token = "$TOKEN"
    executor = "kubernetes"
    request_concurrency = 2
"""
TWO_RUNNERS = (
    (RUNNER.replace("concurrent = 1", "concurrent = 3") + "    name = 'NAME'\n    [runners.kubernetes]\n").replace(
        "NAME", "a"
    )
    + "    image_pull_secrets = ['login']\n"
    + (RUNNER.partition("\n")[2] + "    name = 'b'\n    [runners.kubernetes]\n")
)
RUNNER_OF_ROLE = RUNNER + '    [runners.kubernetes]\n    namespace = "podrunner"\n'
# Of the runner of RUNNER: a patch of TYPE.
PATCHED = (
    "[[runners.kubernetes.pod_spec]]\n    patch_type = 'TYPE'\n    patch = '{volumes: [{name: a, emptyDir: {}}]}'\n"
    "    [runners.feature_flags]\n    FF_USE_ADVANCED_POD_SPEC_CONFIGURATION = true"
)
# What the runner of RUNNER needs for its jobs.
RIGHTS = {
    "pods": "create, get, list, watch, delete",
    "pods/exec": "create",
    "pods/attach": "create",
    "secrets": "create, get, update, delete",
    "events": "list",
}
CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
spec:
  group: example.com
  names: {kind: Kite}
  versions: [{name: v1, schema: {openAPIV3Schema: {type: object, properties: {spec: SPEC}}}}]
"""
CHART = "apiVersion: v2\nname: weather\nversion: 1.0.0\n"
DAY = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Values.name }}}\n"
RAIN = "{{- if .Values.rain }}\nimmutable: true\n{{- end }}\n"


def runner(line: str) -> Files:
    return {"values.yaml": f"config: |\n{RUNNER}    {line}\n"}


def objects(*texts: str, **files: str) -> Files:
    return {"values.yaml": f"objects: [{', '.join(texts)}]\n", **files}


def obj(kind: str, rest: str = "", api: str = "v1", metadata: str = "name: x") -> str:
    return f"{{apiVersion: {api}, kind: {kind}, metadata: {{{metadata}}}{', ' if rest else ''}{rest}}}"


HOOK = "name: x, annotations: {helm.sh/hook: test"
DEFINITION = obj(
    "CustomResourceDefinition",
    "spec: {group: example.com, scope: Namespaced, names: {kind: Kite, plural: kites}, versions: [{name: v1, served: true, "
    "storage: true, schema: {openAPIV3Schema: {type: object}}}]}",
    "apiextensions.k8s.io/v1",
    "name: kites.example.com",
)


def probe(timeout: str) -> Files:
    kind = CRD.replace("Kite", "Probe").replace("example.com", "monitoring.coreos.com").replace("SPEC", "{}")
    spec = f"spec: {{interval: 10s, scrapeTimeout: {timeout}}}"
    return objects(obj("Probe", spec, "monitoring.coreos.com/v1"), **{"crds/kite.yaml": kind})


def imported(name: str, text: str) -> Files:
    return {IMPORTED: name, name: text}


SAFE = (
    "securityContext: {allowPrivilegeEscalation: false, runAsNonRoot: true, capabilities: {drop: [ALL]}, "
    "seccompProfile: {type: RuntimeDefault}}"
)


def pod(container: str = "image: 'x:1'", spec: str = "") -> str:
    containers = f"containers: [{{name: c, {SAFE}, {container}}}]"
    return obj("Pod", f"spec: {{{containers}{', ' if spec else ''}{spec}}}", metadata="name: p, labels: {app: p}")


CLAIMS = "resourceClaims: [{name: gpu, resourceClaimName: gpu}]"


def unsafe_pod(profile: str) -> str:
    safe = f"allowPrivilegeEscalation: false, runAsNonRoot: true, capabilities: {{drop: [ALL]}}{profile}"
    return obj("Pod", f"spec: {{containers: [{{name: c, image: 'x:1', securityContext: {{{safe}}}}}]}}")


def namespace_of_jobs(line: str) -> Files:
    """A namespace of the level baseline, and the runner that makes pods there."""
    labels = "labels: {pod-security.kubernetes.io/enforce: baseline}"
    namespace = obj("Namespace", metadata=f"name: builds, {labels}")
    kubernetes = f"    [runners.kubernetes]\n    namespace = 'builds'\n    {line}\n"
    return {"values.yaml": f"objects: [{namespace}]\nconfig: |\n{RUNNER}{kubernetes}"}


def role(rights: dict[str, str]) -> Files:
    rules = ", ".join(f"{{apiGroups: [''], resources: [{name}], verbs: [{verbs}]}}" for name, verbs in rights.items())
    text = obj("Role", f"rules: [{rules}]", "rbac.authorization.k8s.io/v1", "name: r, namespace: podrunner")
    return {"values.yaml": f"objects: [{text}]\nconfig: |\n{RUNNER_OF_ROLE}"}


def kite(spec: str, schema: str) -> Files:
    return objects(obj("Kite", f"spec: {spec}", "example.com/v1"), **{"crds/kite.yaml": CRD.replace("SPEC", schema)})


def weather(template: str, values: str, cases: str = "  dry: {}\n  wet: {values: {rain: true, name: b}}\n") -> Files:
    chart = {"chart/Chart.yaml": CHART, "chart/values.yaml": values, "chart/templates/day.yaml": template}
    return {**chart, "matrix.yaml": f"cases:\n{cases}"}


def exceptions(text: str) -> Files:
    return {**weather(DAY + RAIN, "{rain: false, name: a}"), "coverage-exceptions.yaml": text}


def limited(jobs: str, *, concurrent: int = 1) -> Files:
    """The manager, which asks for 50m of CPU, and its jobs beside it."""
    return {OURS: "", "values.yaml": f"{OUR_VALUES}config: {{concurrent: {concurrent}}}\njobs: {{{jobs}}}\n"}


# 2 to the power of 18.
AXES = f"axes: {{{', '.join(f'a{number}: {{no: {{}}, yes: {{}}}}' for number in range(18))}}}\n"


def matrix(text: str) -> Files:
    return {"matrix.yaml": text}


SCALER = "scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: NAME}, maxReplicas: 2"
MAPPED = "env: [{name: A, valueFrom: {configMapKeyRef: {name: x, key: KEY}}}], image: 'x:1'"
SERVICE = obj("Service", "spec: {selector: {app: APP}, ports: [{port: 80, targetPort: PORT}]}")
ROLES = "rbac.authorization.k8s.io/v1"
BUDGET = "spec: {selector: {matchLabels: {app: p}}, maxUnavailable: COUNT}"
FLOW = "spec: {priorityLevelConfiguration: {name: exempt}}"
WORKLOAD = obj(
    "ReplicaSet",
    "spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: LABEL}}, "
    f"spec: {{containers: [{{name: c, image: 'x:1', {SAFE}}}]}}}}}}",
    "apps/v1",
)


def scaler(name: str) -> Files:
    # In a chart: what values name is taken to be there.
    text = obj("HorizontalPodAutoscaler", f"spec: {{{SCALER.replace('NAME', name)}}}", "autoscaling/v2")
    workload = WORKLOAD.replace("LABEL", "b").replace("name: x", "name: podrunner").replace("ReplicaSet", "Deployment")
    return {"chart/Chart.yaml": CHART, "chart/templates/all.yaml": f"{text}\n---\n{workload}\n"}


# Too little is exercised only where something is missed.
ALONG = {"coverage": ("coverage-branch", "coverage-value")}
SCHEMA_OF_KEYS = {
    "chart/Chart.yaml": CHART,
    "chart/templates/comment.yaml": "# {{ toJson .Values.labels }}\n",
    "chart/values.schema.json": '{"properties": {"labels": {"propertyNames": {"pattern": "^[a-z]+$"}}}}',
}
# Our own chart, which has modes.
OURS = "(our chart)"
POD, CONSTRAINTS, IMPORTED = "(pod)", "(constraints)", "(imported)"
OF_GITLAB = "gitlabUrl: https://gitlab.example.com\nrunnerToken: glrt-x\n"
OF_KUBERNETES = (
    "[[runners]]\n  name = 'a'\n  url = 'https://gitlab.example.com'\n  token = 'glrt-x'\n  executor = 'kubernetes'\n"
)
USER_NAMESPACE = """\
podman: {mode: userNamespace}
runners: {a: {config: {kubernetes: {pod_spec: [{name: own, patch: "PATCH"}]}}}}
"""
HELD = """\
policies: {jobs: {enabled: true}}
podman: {mode: unprivilegedRoot}
runners: {a: {config: {kubernetes: {pod_spec: [{name: own, patch: "{containers: [{name: aside, image: 'aside:1', securityContext: {allowPrivilegeEscalation: GAINS}}]}"}]}}}}
"""
PATCH_FILE = """\
jobs: {config: {kubernetes: {pod_spec: [{name: a, patch_path: /p/a}]}}}
manager: {extraVolumes: [{name: p, configMap: {name: p}}], extraVolumeMounts: [{name: p, mountPath: /p}]}
"""
OUR_VALUES = "gitlab: {url: 'https://gitlab.example.com'}\n"
TWO_VOLUMES = """[[runners.kubernetes.volumes.empty_dir]]
    name = "a"
    mount_path = "/x"
    [[runners.kubernetes.volumes.secret]]
    name = "b"
    mount_path = "/PATH/"
"""
PAIRS: dict[str, tuple[Files, Files]] = {
    # Values
    "values-yaml": ({"values.yaml": "image: 'x\n"}, {"values.yaml": "image: 'x:1'\n"}),
    "values-documents": ({"values.yaml": "image: a:1\n---\nmode: loud\n"}, {"values.yaml": "---\nimage: a:1\n"}),
    "values-duplicate-key": (
        {"values.yaml": "mode: loud\nmode: loud\n"},
        {"values.yaml": "mode: loud\nModes: 1\n"[:11]},
    ),
    "values-unknown-key": ({"values.yaml": "imgae: a:1\n"}, {"values.yaml": "labels: {imgae: a}\n"}),
    "values-required": ({"values.yaml": "limit: {}\n"}, {"values.yaml": "limit: {cpu: '1'}\n"}),
    "values-type": ({"values.yaml": "image: 5\n"}, {"values.yaml": "image: '5:5'\n"}),
    "values-enum": ({"values.yaml": "mode: lowd\n"}, {"values.yaml": "mode: loud\n"}),
    "values-key": (
        {**SCHEMA_OF_KEYS, "values.yaml": "labels: {Team: a}\n"},
        {**SCHEMA_OF_KEYS, "values.yaml": "labels: {team: a}\n"},
    ),
    "values-value": ({"values.yaml": "name: Small\n"}, {"values.yaml": "name: small\n"}),
    "values-not-allowed": ({"values.yaml": "gone: 1\n"}, {"values.yaml": "labels: {gone: '1'}\n"}),
    "values-set": (
        {"values.yaml": "labels: none\n", "--set": "labels.team=a"},
        {"values.yaml": "labels: {}\n", "--set": "labels.team=a"},
    ),
    "values-official": (
        {OURS: "", "values.yaml": f"{OUR_VALUES}runners: {{config: '[[runners]]'}}\n"},
        {OURS: "", "values.yaml": f"{OUR_VALUES}runners: {{config: {{}}}}\n"},
    ),
    "values-without-effect": (
        {OURS: "", "values.yaml": f"{OUR_VALUES}trust: {{caBundle: {{key: corporate.crt}}}}\n"},
        {OURS: "", "values.yaml": f"{OUR_VALUES}trust: {{caBundle: {{key: corporate.crt, name: ca}}}}\n"},
    ),
    "render": ({"values.yaml": "refuse: no\n".replace("no", "'no'")}, {"values.yaml": "refuse: ''\n"}),
    # Objects
    "kubernetes-schema": (objects(obj("ConfigMap", "dta: {}")), objects(obj("ConfigMap", "data: {}"))),
    "kubernetes-field": (
        objects(pod("image: 'x:1'", "tolerations: [{key: a, operator: Exist}]")),
        objects(pod("image: 'x:1'", "tolerations: [{key: a, operator: Exists}]")),
    ),
    "kubernetes-api-version": (
        objects(obj("PodDisruptionBudget", "spec: {}", "policy/v1beta1")),
        objects(obj("PodDisruptionBudget", "spec: {}", "policy/v1")),
    ),
    "kubernetes-deprecated": (
        {**objects(obj("FlowSchema", "", "flowcontrol.apiserver.k8s.io/v1beta3")), "--kube-version": "1.30"},
        {**objects(obj("FlowSchema", FLOW, "flowcontrol.apiserver.k8s.io/v1")), "--kube-version": "1.30"},
    ),
    "kubernetes-unknown-kind": (
        objects(obj("Kite", "", "example.com/v1")),
        kite("{}", "{type: object}"),
    ),
    "kubernetes-gate": (
        {**objects(pod(spec=CLAIMS)), "--kube-version": "1.33"},
        {**objects(pod(spec=CLAIMS)), "--kube-version": "1.34"},
    ),
    "kubernetes-version": ({"--kube-version": "1.99"}, {"--kube-version": "1.37"}),
    "crd-schema": (
        kite("{lenght: 1}", "{type: object, properties: {length: {type: integer}}}"),
        kite("{length: 1}", "{type: object, properties: {length: {type: integer}}}"),
    ),
    "crd-unreadable": (
        kite("{a: b}", "{type: object, properties: {a: {type: string, pattern: '('}}}"),
        kite("{a: b}", "{type: object, properties: {a: {type: string, pattern: '(b)'}}}"),
    ),
    "manifest-duplicate": (
        objects(obj("ConfigMap"), obj("ConfigMap")),
        objects(obj("ConfigMap"), obj("ConfigMap", metadata="name: x, namespace: other")),
    ),
    "hook": (
        objects(obj("ConfigMap", metadata="name: x, annotations: {helm.sh/hook: pre-instal}")),
        objects(obj("ConfigMap", metadata="name: x, annotations: {helm.sh/hook: 'pre-install, POST-upgrade'}")),
    ),
    "hook-setting": (
        objects(obj("ConfigMap", metadata=f"{HOOK}, helm.sh/hook-weight: high}}")),
        objects(obj("ConfigMap", metadata=f"{HOOK}, helm.sh/hook-delete-policy: 'Hook-Failed, hook-succeeded'}}")),
    ),
    "crd-of-object": (
        objects(DEFINITION, obj("Kite", api="example.com/v1")),
        objects(DEFINITION, obj("Kite", api="example.com/v1", metadata="name: x, annotations: {helm.sh/hook: test}")),
    ),
    "manifest-duplicate-key": (
        {"values.yaml": 'image: "a:1\\n          image: b:1"\n'},
        {"values.yaml": 'image: "a:1\\n          tty: true"\n'},
    ),
    "name-length": (
        objects(obj("Namespace", metadata=f"name: {'a' * 64}")),
        objects(obj("Namespace", metadata=f"name: {'a' * 63}")),
    ),
    "name-form": (
        objects(obj("ConfigMap", metadata="name: my_map")),
        objects(
            obj("ConfigMap", metadata="name: my.map"),
            obj("ConfigMap", metadata="generateName: map-"),
            obj("Role", "rules: []", "rbac.authorization.k8s.io/v1", "name: 'my:role_x'"),
        ),
    ),
    "container-name": (
        objects(pod("image: 'x:1'", "initContainers: [{name: c, image: 'x:1', SAFE}]".replace("SAFE", SAFE))),
        objects(pod("image: 'x:1'", "initContainers: [{name: d, image: 'x:1', SAFE}]".replace("SAFE", SAFE))),
    ),
    "label": (
        objects(obj("ConfigMap", metadata="name: x, labels: {a: b/c}")),
        objects(obj("ConfigMap", metadata="name: x, labels: {a: b.c}")),
    ),
    "selector-own": (objects(WORKLOAD.replace("LABEL", "c")), objects(WORKLOAD.replace("LABEL", "b"))),
    "selector-empty": (
        objects(SERVICE.replace("APP", "q").replace("PORT", "80"), pod()),
        objects(SERVICE.replace("APP", "p").replace("PORT", "80"), pod()),
    ),
    "reference": (scaler("podruner"), scaler("podrunner")),
    "reference-key": (
        objects(obj("ConfigMap", "data: {level: info}"), pod(MAPPED.replace("KEY", "levle"))),
        objects(obj("ConfigMap", "data: {level: info}"), pod(MAPPED.replace("KEY", "level"))),
    ),
    "reference-volume": (
        objects(pod("image: 'x:1', volumeMounts: [{name: tmp, mountPath: /tmp}]")),
        objects(
            pod("image: 'x:1', volumeMounts: [{name: tmp, mountPath: /tmp}]", "volumes: [{name: tmp, emptyDir: {}}]")
        ),
    ),
    "reference-port": (
        objects(SERVICE.replace("APP", "p").replace("PORT", "web"), pod()),
        objects(SERVICE.replace("APP", "p").replace("PORT", "8080"), pod()),
    ),
    "rbac-unknown": (
        objects(obj("Role", "rules: [{apiGroups: [''], resources: [pod], verbs: [get]}]", ROLES)),
        objects(obj("Role", "rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]", ROLES)),
    ),
    "budget-blocks": (
        objects(obj("PodDisruptionBudget", BUDGET.replace("COUNT", "0"), "policy/v1"), pod()),
        objects(obj("PodDisruptionBudget", BUDGET.replace("COUNT", "1"), "policy/v1"), pod()),
    ),
    "list-duplicate": (
        objects(pod("image: 'x:1', env: [{name: A, value: a}, {name: A, value: b}]")),
        objects(pod("image: 'x:1', env: [{name: A, value: a}, {name: B, value: a}]")),
    ),
    "scrape-timeout": (
        probe("10s1ms"),
        probe("10s"),
    ),
    "image-floating": (objects(pod("image: x")), objects(pod("image: 'x@sha256:0'"))),
    "secret-in-plain-sight": (
        objects(pod("image: 'x:1', env: [{name: API_TOKEN, value: hunter2}]")),
        objects(pod("image: 'x:1', env: [{name: API_TOKENS, value: hunter2}]")),
    ),
    "rbac": (
        objects(obj("Role", "rules: [{apiGroups: [a], resources: [b], verbs: ['*']}]", "rbac.authorization.k8s.io/v1")),
        objects(obj("Role", "rules: [{apiGroups: [a], resources: [b], verbs: [get]}]", "rbac.authorization.k8s.io/v1")),
    ),
    "manager-resources": (
        {OURS: "", "values.yaml": f"{OUR_VALUES}manager: {{resources: {{limits: {{memory: 74M}}}}}}\n"},
        {OURS: "", "values.yaml": f"{OUR_VALUES}manager: {{resources: {{limits: {{memory: 75M}}}}}}\n"},
    ),
    "limit-range": (
        limited("limits: {Container: {max: {cpu: 40m}}}"),
        limited("limits: {Container: {max: {cpu: 100m}}}"),
    ),
    "quota": (limited("quota: {count/pods: '1'}"), limited("quota: {count/pods: '2'}")),
    "quota-jobs": (
        limited("quota: {pods: '10'}", concurrent=10),
        limited("quota: {pods: '11'}", concurrent=10),
    ),
    "pod-security": (objects(unsafe_pod("")), objects(unsafe_pod(", seccompProfile: {type: RuntimeDefault}"))),
    # config.toml
    "config-toml": (runner("limit = many"), runner('name = "many"')),
    "config-unknown-key": (runner("limt = 5"), runner("Limit = 5")),
    "config-too-new": (
        runner("[runners.kubernetes]\n    host_users = false"),
        runner("[runners.kubernetes]\n    privileged = false"),
    ),
    "config-required": ({"values.yaml": f"config: |\n{RUNNER.replace('url', 'name')}"}, runner('name = "x"')),
    "config-type": (runner("limit = '5'"), runner("limit = 5")),
    "config-enum": (runner("shell = 'fish'"), runner("shell = 'bash'")),
    "config-format": (runner("environment = ['A']"), runner("environment = ['A=']")),
    "config-secret": (
        {"values.yaml": f"config: |\n{RUNNER.replace('$TOKEN', 'hunter2')}"},
        runner("name = 'glrt'"),
    ),
    "config-removed": (
        runner("[runners.kubernetes]\n    terminationGracePeriodSeconds = 5"),
        runner("[runners.kubernetes]\n    pod_termination_grace_period_seconds = 5"),
    ),
    "config-unknown-flag": (
        runner("[runners.feature_flags]\n    FF_USE_FASTZIPS = true"),
        runner("[runners.feature_flags]\n    FF_USE_FASTZIP = true"),
    ),
    "config-debug-log": (
        {"values.yaml": f"config: |\n  log_level = 'debug'\n{RUNNER}"},
        {"values.yaml": f"config: |\n  log_level = 'info'\n{RUNNER}"},
    ),
    "config-volume-name": (
        runner(
            "builds_dir = '/b'\n    [[runners.kubernetes.volumes.empty_dir]]\n    name = 'repo'\n    mount_path = '/c'"
        ),
        runner(
            "builds_dir = '/b'\n    [[runners.kubernetes.volumes.empty_dir]]\n    name = 'rep'\n    mount_path = '/c'"
        ),
    ),
    "config-volume-mount": (runner(TWO_VOLUMES.replace("PATH", "x")), runner(TWO_VOLUMES.replace("PATH", "x/y"))),
    "config-template": (
        runner('name = "{{ .Values.name }}"'),
        runner("pre_build_script = 'podman ps --format {{.ID}}'"),
    ),
    "config-pull-policy": (
        {"values.yaml": f"config: |\n{TWO_RUNNERS}"},
        {"values.yaml": f"config: |\n{TWO_RUNNERS}    pull_policy = 'always'\n"},
    ),
    "config-long-polling": (
        {"values.yaml": f"config: |\n{RUNNER.replace('request_concurrency = 2', 'limit = 5')}"},
        {"values.yaml": f"config: |\n{RUNNER}    limit = 1\n"},
    ),
    "config-deprecated": (
        {"values.yaml": f"config: |\n{RUNNER}  [experimental.usage_logger]\n    log_dir = '/logs'\n"},
        {"values.yaml": f"config: |\n{RUNNER}  [experimental.usage_logger]\n    enabled = true\n"},
    ),
    "config-overwrite": (
        runner("[runners.kubernetes]\n    namespace_overwrite_allowed = 'team-a'"),
        runner("[runners.kubernetes]\n    namespace_overwrite_allowed = '^team-a$'"),
    ),
    "config-unused": (
        runner("[runners.kubernetes]\n    pod_labels_overwrite_allowed = '^team$'"),
        runner("[runners.kubernetes]\n    pod_labels_overwrite_allowed = '^team=a$'"),
    ),
    "config-ignored": (
        runner("environment = ['KUBERNETES_CPU_LIMIT=1']"),
        runner(
            "environment = ['KUBERNETES_CPU_LIMIT=1']\n    [runners.kubernetes]\n    cpu_limit_overwrite_max_allowed = '2'"
        ),
    ),
    # The version of GitLab Runner
    "runner-version": (
        {OURS: "", "values.yaml": OUR_VALUES, "--runner-version": "19.4"},
        {OURS: "", "values.yaml": OUR_VALUES, "--runner-version": "19.5"},
    ),
    "runner-version-assumed": (
        {OURS: "", "values.yaml": f"{OUR_VALUES}image: {{tag: ours-2.3.1}}\n"},
        {OURS: "", "values.yaml": f"{OUR_VALUES}image: {{tag: ours-v19.5.3}}\n"},
    ),
    "runner-too-old": (
        {OURS: "", "values.yaml": f"{OUR_VALUES}image: {{tag: ours}}\n", "--runner-version": "19.1"},
        {OURS: "", "values.yaml": f"{OUR_VALUES}image: {{tag: ours}}\n", "--runner-version": "19.2"},
    ),
    "runner-advisory": (
        {OURS: "", "values.yaml": f"{OUR_VALUES}image: {{tag: alpine-v19.4.0}}\n"},
        {OURS: "", "values.yaml": f"{OUR_VALUES}image: {{tag: alpine-v19.4.1}}\n"},
    ),
    "job-pod-security": (
        {OURS: "", "values.yaml": f"{OUR_VALUES}podman: {{seccomp: {{type: Unconfined}}}}\n"},
        {OURS: "", "values.yaml": f"{OUR_VALUES}podman: {{seccomp: {{}}}}\n"},
    ),
    "job-pod-promise": (
        {OURS: "", "values.yaml": f"{OUR_VALUES}{USER_NAMESPACE.replace('PATCH', 'hostUsers: true')}"},
        {OURS: "", "values.yaml": f"{OUR_VALUES}{USER_NAMESPACE.replace('PATCH', 'hostUsers: false')}"},
    ),
    "job-pod-policy": (
        {OURS: "", "values.yaml": f"{OUR_VALUES}{HELD.replace('GAINS', 'true')}"},
        {OURS: "", "values.yaml": f"{OUR_VALUES}{HELD.replace('GAINS', 'false')}"},
    ),
    "job-pod-none": (
        runner("[runners.kubernetes]\n    pull_policy = 'never'\n    allowed_pull_policies = ['always']"),
        runner("[runners.kubernetes]\n    pull_policy = 'never'\n    allowed_pull_policies = ['never']"),
    ),
    "job-pod-patch": (
        runner(PATCHED.replace("TYPE", "merge")),
        runner(PATCHED.replace("TYPE", "strategic")),
    ),
    "job-pod-unread": (
        {OURS: "", "values.yaml": f"{OUR_VALUES}{PATCH_FILE}"},
        {OURS: "", "values.yaml": f"{OUR_VALUES}{PATCH_FILE}".replace("patch_path: /p/a", "patch: '{}'")},
    ),
    "job-pod-refused": (namespace_of_jobs("privileged = true"), namespace_of_jobs("privileged = false")),
    "job-pod-field": (
        runner("[runners.kubernetes]\n    runtime_class_name = 'My Class'"),
        runner("[runners.kubernetes]\n    runtime_class_name = 'my-class'"),
    ),
    "role-missing": (role({**RIGHTS, "pods/attach": "create", "pods": "create, get, list, watch"}), role(RIGHTS)),
    "role-superfluous": (role({**RIGHTS, "nodes": "get"}), role({**RIGHTS, "pods/log": "get"})),
    # Constraints of OpenShift
    "scc": (
        {CONSTRAINTS: "{allowHostNetwork: false}", POD: "{hostNetwork: true}"},
        {CONSTRAINTS: "{allowHostNetwork: false}", POD: "{hostNetwork: false}"},
    ),
    # A file to import
    "import": (imported("config.toml", "concurrent = 1\n"), imported("config.toml", OF_KUBERNETES)),
    "import-template": (
        imported("values.yaml", f'{OF_GITLAB}runners: {{tags: "{{{{ .Values.tags | upper }}}}"}}\n'),
        imported("values.yaml", f'{OF_GITLAB}tags: a\nrunners: {{tags: "{{{{ .Values.tags | upper }}}}"}}\n'),
    ),
    # A pipeline
    "pipeline-yaml": ({".gitlab-ci.yml": "a: ]\n"}, {".gitlab-ci.yml": "a: {script: []}\n"}),
    "pipeline-no-job": (
        {".gitlab-ci.yml": "image: {script: [make]}\n"},
        {".gitlab-ci.yml": "build-image: {script: [make]}\n"},
    ),
    "pipeline-removed": (
        {".gitlab-ci.yml": "a: {variables: {FF_RETRIEVE_POD_WARNING_EVENTS: 'true'}}\n"},
        {".gitlab-ci.yml": "a: {variables: {FF_PRINT_POD_EVENTS: 'true'}}\n"},
    ),
    "pipeline-unknown-flag": (
        {".gitlab-ci.yml": "a: {variables: {FF_USE_FASTZIPS: 'true'}}\n"},
        {".gitlab-ci.yml": "a: {variables: {USE_FASTZIPS: 'true'}}\n"},
    ),
    # A matrix file
    "matrix-yaml": (matrix("cases: {a: [}\n"), matrix("cases: {a: {}}\n")),
    "matrix-documents": (matrix("cases: {a: {}}\n---\ncases: {}\n"), matrix("---\ncases: {a: {}}\n")),
    "matrix-duplicate-key": (matrix("cases:\n  a: {}\n  a: {}\n"), matrix("cases:\n  a: {}\n  b: {}\n")),
    "matrix-empty": (matrix("# nothing\n"), matrix("# a case\ncases: {a: {}}\n")),
    "matrix-too-many": (matrix(f"strategy: full\n{AXES}"), matrix(f"strategy: pairwise\n{AXES}")),
    "matrix-key": (matrix("axis: {}\ncases: {a: {}}\n"), matrix("axes: {}\ncases: {a: {}}\n")),
    "matrix-type": (matrix("cases: [a]\n"), matrix("cases: {a: }\n")),
    "matrix-strategy": (matrix("strategy: al\ncases: {a: {}}\n"), matrix("strategy: full\ncases: {a: {}}\n")),
    "matrix-axis": (matrix("axes: {preset: []}\n"), matrix("axes: {preset: [loud]}\n")),
    "matrix-entry": (matrix("axes: {release: [a, a]}\n"), matrix("axes: {release: [a, b]}\n")),
    "matrix-setting": (matrix("cases: {a: {relase: b}}\n"), matrix("cases: {a: {release: b}}\n")),
    "matrix-values": (
        matrix("cases: {a: {values: b.yaml}}\n"),
        {**matrix("cases: {a: {values: b.yaml}}\n"), "b.yaml": ""},
    ),
    "matrix-preset": (matrix("cases: {a: {preset: lowd}}\n"), matrix("cases: {a: {preset: loud}}\n")),
    "matrix-release": (matrix("cases: {a: {release: My_App}}\n"), matrix("cases: {a: {release: my.app}}\n")),
    "matrix-revision": (matrix("cases: {a: {revision: 0}}\n"), matrix("cases: {a: {revision: 2}}\n")),
    "matrix-chartVersion": (
        matrix("cases: {a: {chartVersion: latest}}\n"),
        matrix("cases: {a: {chartVersion: 1.2.3-rc.1}}\n"),
    ),
    "matrix-lookup": (
        matrix("cases: {a: {lookup: {kind: Secret, metadata: {name: db}}}}\n"),
        matrix("cases: {a: {lookup: {apiVersion: v1, kind: Secret, metadata: {name: db}}}}\n"),
    ),
    "matrix-namespace": (matrix("cases: {a: {namespace: my.ns}}\n"), matrix("cases: {a: {namespace: my-ns}}\n")),
    "matrix-kubeVersion": (matrix("cases: {a: {kubeVersion: new}}\n"), matrix("cases: {a: {kubeVersion: 1.30}}\n")),
    "matrix-expectation": (
        matrix("cases: {a: {values: {refuse: no way}, expect: {fial: way}}}\n"),
        matrix("cases: {a: {values: {refuse: no way}, expect: {fail: way}}}\n"),
    ),
    "expected-failure": (
        matrix("cases: {a: {values: {refuse: no way}, expect: {fail: road}}}\n"),
        matrix("cases: {a: {values: {refuse: no way}, expect: {fail: way}}}\n"),
    ),
    # Ignored findings
    "ignore-unused": (
        {"values.yaml": "mode: loud # podrunner: ignore[values-enum] a reason\n"},
        {"values.yaml": "mode: loud\nmode: loud # podrunner: ignore[values-duplicate-key] a reason\n"},
    ),
    # Coverage
    "coverage": (
        {**weather(DAY + RAIN, "{rain: false, name: a}", "  dry: {}\n"), "--coverage-fail-under": "100"},
        {**weather(DAY + RAIN, "{rain: false, name: a}"), "--coverage-fail-under": "100"},
    ),
    "coverage-branch": (
        weather(DAY + RAIN.replace(".Values.rain", 'eq .Values.name "c"'), "{name: a}", "  a: {values: {name: b}}\n"),
        weather(
            DAY + RAIN.replace(".Values.rain", 'eq .Values.name "b"'),
            "{name: a}",
            "  a: {}\n  b: {values: {name: b}}\n",
        ),
    ),
    "coverage-value": (
        weather(DAY + RAIN, "{rain: false, name: a}", "  dry: {}\n  wet: {values: {rain: true}}\n"),
        weather(DAY + RAIN, "{rain: false, name: a}"),
    ),
    "coverage-value-without-effect": (
        weather(DAY + RAIN, "{rain: false, name: a, sun: 1}"),
        weather(DAY + RAIN, "{rain: false, name: a}"),
    ),
    "coverage-undeclared": (weather(DAY + RAIN, "{name: a}"), weather(DAY + RAIN, "{rain: false, name: a}")),
    "coverage-exception": (
        exceptions("branches: {templates/day.yaml: a reason for it}\n"),
        exceptions("branches: {}\n"),
    ),
}


@pytest.fixture
def find(
    tmp_path: Path, small_chart: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Find:
    """Write files, check them, and return the codes of what is found beside the small chart's own notes."""

    def codes(files: Files) -> set[str]:
        if POD in files:
            return {one.rule.code for one in judge(safe_load(files[POD]), safe_load(files[CONSTRAINTS]), {}).findings}
        if IMPORTED in files:
            (tmp_path / files[IMPORTED]).write_text(files[files[IMPORTED]])
            main(["import", str(tmp_path / files[IMPORTED])])
            return set(re.findall(r": error: .* \[([\w-]+)\]$", capsys.readouterr().err, re.MULTILINE))
        arguments = ["check", "--format", "json", *_options(files)]
        own = tmp_path / "chart" if "chart/Chart.yaml" in files else small_chart
        arguments += [] if OURS in files else ["--chart", str(own)]
        for name, text in files.items():
            if not name.startswith(("-", "(")):
                (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / name).write_text(text)
        monkeypatch.chdir(tmp_path)
        main(arguments)
        report = json.loads(capsys.readouterr().out)
        findings = [finding for case in report["cases"] for finding in case["findings"]]
        return {one["rule"] for one in findings if not _is_always_there(one)}

    return codes


def _options(files: Files) -> list[str]:
    found = [part for name, value in files.items() if name.startswith("-") for part in (name, value)]
    found += ["values.yaml"] if "values.yaml" in files else []
    for name, option in (("matrix.yaml", "--matrix"), (".gitlab-ci.yml", "--pipeline"), ("crds/kite.yaml", "--crds")):
        found += [option, name] if name in files else []
    return [*found, *(["--coverage"] if "chart/values.yaml" in files else [])]


def _is_always_there(finding: dict[str, Any]) -> bool:
    # What is good to know of the charts' own pods, and the sum of what is exercised.
    own = finding["rule"] == "coverage" or finding["object"].startswith(("Deployment/", "Pod/podrunner"))
    return bool(finding["severity"] == "note" and own)


@pytest.mark.broad
@pytest.mark.parametrize("code", PAIRS)
def test_an_input_triggers_exactly_this_code(find: Find, code: str) -> None:
    assert find(PAIRS[code][0]) == {code, *ALONG.get(code, ())}


@pytest.mark.broad
@pytest.mark.parametrize("code", PAIRS)
def test_a_near_miss_triggers_nothing(find: Find, code: str) -> None:
    assert find(PAIRS[code][1]) == set()


def test_every_code_is_documented_and_has_a_pair(checkout: Path) -> None:
    documented = set(re.findall(r"^\| `([\w-]+)` \|", (checkout / "docs" / "findings.md").read_text(), re.MULTILINE))

    assert documented == set(RULES)
    assert set(PAIRS) == documented
