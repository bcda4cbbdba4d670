"""What is told of the pods of jobs is not told again of the pod of `helm test`, nor of one field twice."""

from __future__ import annotations

import pytest

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.check.checker import Checker
from podrunner.findings.severity import Severity
from podrunner.formats.placed import read_values
from podrunner.helm.renderer import renderer

CHART = Chart.open()
URL = "gitlab: {url: https://gitlab.example.com}\n"
KUBERNETES = "jobs:\n  config:\n    kubernetes:\n      "
PATCH = KUBERNETES + "pod_spec:\n        - name: mine\n          patch_type: strategic\n          patch: "
JSON = PATCH.replace("strategic", "json")
AFFINITY = "affinity: {node_affinity: {required_during_scheduling_ignored_during_execution: {node_selector_terms: "
CLAIM = "{volumes: [{name: e, ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce]}}}}]}"
PULL = "manager: {extraContainers: [{name: a, image: 'a:1', imagePullPolicy: always}]}\n"


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(renderer("library", CHART))


def _said(checker: Checker, text: str, kube_version: str = "1.34") -> list[str]:
    """The warnings and errors, each `FILE:LINE [CODE]`."""
    layers = (read_values(URL + text, "values.yaml"),)
    found = checker.check(Case("a", layers, kube_version=kube_version)).findings
    return [f"{one.file}:{one.line} [{one.rule}]" for one in found if one.severity is not Severity.NOTE]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f'{KUBERNETES}node_selector: {{workload: "ci runners"}}\n', "values.yaml:5 [job-pod-field]"),
        (
            f"{KUBERNETES}{AFFINITY}[{{match_expressions: [{{key: a, operator: Exists, values: [b]}}]}}]}}}}}}\n",
            "values.yaml:5 [job-pod-field]",
        ),
        (
            f"{KUBERNETES}volumes: {{empty_dir: [{{name: scratch, mount_path: /scratch}}], "
            "pvc: [{name: c, mount_path: /scratch}]}\n",
            "values.yaml:5 [config-volume-mount]",
        ),
        (f"{PATCH}'{CLAIM}'\n", "values.yaml:8 [job-pod-field]"),
        ('jobs: {config: {environment: ["DB_PASSWORD=hunter2hunter2"]}}\n', "values.yaml:2 [config-secret]"),
        ('jobs: {config: {environment: ["DB=postgres://me:hunter2hunter2@db/x"]}}\n', "values.yaml:2 [config-secret]"),
        (
            """jobs: {config: {pre_build_script: "curl -H 'PRIVATE-TOKEN: glpat-abcdefghij1234567890' https://a.b"}}\n""",
            "values.yaml:2 [config-secret]",
        ),
        (f'{KUBERNETES}services: [{{name: "redis:7", alias: "My_Cache!"}}]\n', "values.yaml:5 [job-pod-field]"),
        (
            f"{PATCH}'{{containers: [{{name: build, securityContext: {{privileged: true}}}}]}}'\n",
            "values.yaml:8 [job-pod-promise]",
        ),
        (
            f"{PATCH}'{{containers: [{{name: build, securityContext: {{capabilities: {{add: [SYS_ADMIN]}}}}}}]}}'\n",
            "values.yaml:8 [job-pod-promise]",
        ),
        (f"{KUBERNETES}build_container_security_context: {{proc_mount: unmasked}}\n", "values.yaml:5 [job-pod-field]"),
        (
            f"{PATCH}'{{hostNetwork: true}}'\n".replace(
                "jobs:\n", "jobs:\n  namespace: builds\n  createNamespace: true\n"
            ),
            "values.yaml:10 [job-pod-refused]",
        ),
        (f"{PATCH}'{{hostUsers: true}}'\npodman: {{mode: userNamespace}}\n", "values.yaml:8 [job-pod-promise]"),
        ('jobs: {quota: {pods: "1.5"}}\n', "values.yaml:2 [kubernetes-field]"),
        (f"{JSON}'[{{op: ad, path: /volumes/0, value: 1}}]'\n", "values.yaml:8 [config-format]"),
        (f"{JSON}'[{{op: replace, path: /volumes/9, value: 1}}]'\n", "values.yaml:8 [job-pod-none]"),
        (f"{JSON}'[{{op: add, path: /nodeSelectors, value: {{a: b}}}}]'\n", "values.yaml:8 [job-pod-field]"),
        (
            f"{PATCH}'{{containers: [{{name: builds, resources: {{limits: {{cpu: 1}}}}}}]}}'\n",
            "values.yaml:8 [job-pod-field]",
        ),
        (f'{KUBERNETES}node_tolerations: {{"=true": NoSchedule}}\n', "values.yaml:5 [job-pod-field]"),
        ("manager:\n  resources:\n    limits: {memory: 32Mi}\n", "values.yaml:4 [kubernetes-field]"),
        ('runners:\n  a:\n    config:\n      name: "{{ x }}"\n', "values.yaml:5 [config-template]"),
        ("config: {concurrent: 0}\n", "values.yaml:2 [config-format]"),
        (
            "manager: {affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: "
            "[{matchExpressions: [{key: a, operator: Exists, values: [b]}]}]}}}}\n",
            "values.yaml:2 [kubernetes-field]",
        ),
    ],
    ids=[
        "label",
        "affinity",
        "mount",
        "claim",
        "secret",
        "address",
        "script",
        "alias",
        "privileged",
        "capability",
        "proc",
        "level",
        "user namespace",
        "quota",
        "operation",
        "path",
        "key of an operation",
        "container",
        "toleration",
        "memory",
        "name",
        "number",
        "manager",
    ],
)
def test_one_mistake_in_what_jobs_have_is_told_once_at_its_value(checker: Checker, text: str, said: str) -> None:
    assert _said(checker, text) == [said]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            f'{KUBERNETES}node_selector: {{workload: "ci runners", other: "b c"}}\n',
            ["values.yaml:5 [job-pod-field]", "values.yaml:5 [job-pod-field]"],
        ),
        (
            'jobs: {config: {environment: ["A_PASSWORD=hunter2hunter2",\n "B_PASSWORD=hunter3hunter3"]}}\n',
            ["values.yaml:2 [config-secret]", "values.yaml:3 [config-secret]"],
        ),
        (
            f"{PATCH}'{CLAIM}'\n{PULL}",
            ["values.yaml:8 [job-pod-field]", "values.yaml:9 [kubernetes-field]"],
        ),
        (
            f"{PATCH}'{{hostNetwork: true, containers: [{{name: build, securityContext: {{privileged: true}}}}]}}'\n",
            ["values.yaml:8 [job-pod-promise]", "values.yaml:8 [job-pod-security]"],
        ),
        (
            'jobs: {quota: {pods: "1.5"}}\nmanager: {resources: {limits: {memory: 65Mi}}}\n',
            ["values.yaml:2 [kubernetes-field]", "values.yaml:3 [manager-resources]"],
        ),
        ("config: {concurrent: 1}\nrunners: {a: {}, b: {}}\n", ["values.yaml:2 [config-long-polling]"]),
    ],
    ids=["labels", "secrets", "claim and manager", "level and promise", "quota and manager", "few jobs"],
)
def test_two_mistakes_are_told_both(checker: Checker, text: str, said: list[str]) -> None:
    assert sorted(_said(checker, text)) == said


@pytest.mark.parametrize("volume", ["pod_spec", "config_map"])
def test_a_config_map_that_somebody_names_for_jobs_is_somebody_elses(checker: Checker, volume: str) -> None:
    patch = f"{PATCH}'{{volumes: [{{name: e, configMap: {{name: theirs}}}}]}}'\n"
    key = f"{KUBERNETES}volumes: {{config_map: [{{name: theirs, mount_path: /theirs}}]}}\n"

    assert _said(checker, patch if volume == "pod_spec" else key) == []


def test_an_option_that_an_old_kubernetes_refuses_is_not_called_dropped(checker: Checker) -> None:
    text = "manager: {extraContainers: [{name: a, image: 'busybox:1.36', restartPolicy: Always}]}\n"

    assert _said(checker, text, "1.28") == ["values.yaml:2 [kubernetes-field]"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            f'{KUBERNETES}node_tolerations: {{"=true": NoSchedule}}\n',
            "`=true` has no key before `=`. Write KEY=VALUE, or KEY alone for all its values.",
        ),
        (
            f"{PATCH}'{{containers: [{{name: builds, resources: {{limits: {{cpu: 1}}}}}}]}}'\n",
            "missing. Jobs have no container `builds`, so that the patch adds one. Did you mean `build`?",
        ),
        (f"{PATCH}'{{containers: [{{name: sidecar}}]}}'\n", "missing. (jobs of runner default, containers[0].image)"),
    ],
    ids=["toleration", "container", "new container"],
)
def test_a_fault_of_the_pod_is_told_in_words_of_who_wrote_it(checker: Checker, text: str, message: str) -> None:
    found = checker.check(Case("a", (read_values(URL + text, "values.yaml"),), kube_version="1.34")).findings

    assert message in next(one for one in found if one.severity is Severity.ERROR).message
