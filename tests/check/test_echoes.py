"""One mistake in the values is one finding, at the value, whoever refuses it; two mistakes are two."""

from __future__ import annotations

import pytest

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.check.checker import Checker
from podrunner.findings.finding import errors
from podrunner.formats.placed import read_values
from podrunner.helm.renderer import renderer

CHART = Chart.open()
URL = "gitlab: {url: https://gitlab.example.com}\n"
PATCH = "jobs.config.kubernetes.pod_spec[0].patch"


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(renderer("library", CHART))


def _said(checker: Checker, text: str) -> list[str]:
    layers = (read_values(URL + text, "values.yaml"),)
    return [str(one) for one in errors(checker.check(Case("a", layers)).findings)]


def _jobs(checker: Checker, line: str) -> list[str]:
    """What is said of a key of [runners.kubernetes] at line 5."""
    return _said(checker, f"jobs:\n  config:\n    kubernetes:\n      {line}\n")


def _patch(checker: Checker, patch: str, above: str = "") -> list[str]:
    """What is said of a patch at line 8, or after what stands above it."""
    text = f"{above}jobs:\n  config:\n    kubernetes:\n      pod_spec:\n        - name: mine\n          patch_type: strategic\n"
    return _said(checker, f"{text}          patch: {patch}\n")


@pytest.mark.parametrize(
    ("line", "begin", "code"),
    [
        ("memory_limit: 4GB", "5:7: error: jobs.config.kubernetes.memory_limit: must be a ", "config-format"),
        (
            "volumes: {empty_dir: [{name: a, mount_path: /a, size_limit: 5GB}]}",
            "5:55: error: jobs.config.kubernetes.volumes.empty_dir[0].size_limit: must be a ",
            "config-format",
        ),
        (
            "node_tolerations: {ci=true: NoSchedul}",
            '5:26: error: jobs.config.kubernetes.node_tolerations."ci=true": "NoSchedul" is not allowed. '
            "Did you mean `NoSchedule`?",
            "config-enum",
        ),
        (
            "pod_annotations: {a b: c}",
            "5:25: error: jobs.config.kubernetes.pod_annotations.a b: a key must be ",
            "job-pod-field",
        ),
        (
            "pod_labels: {a b: c}",
            "5:20: error: jobs.config.kubernetes.pod_labels.a b: a key must be ",
            "job-pod-field",
        ),
    ],
)
def test_a_value_that_several_refuse_is_one_finding_at_its_line(
    checker: Checker, line: str, begin: str, code: str
) -> None:
    (finding,) = _jobs(checker, line)

    assert finding.startswith(f"values.yaml:{begin}")
    assert finding.endswith(f"[{code}]")


def test_two_mistakes_at_one_place_are_two_findings(checker: Checker) -> None:
    found = _jobs(checker, r"node_tolerations: {'ci\=true': NoSchedul}")

    place = r'values.yaml:5:26: error: jobs.config.kubernetes.node_tolerations."ci\=true": '
    assert [one.startswith(place) for one in found] == [True, True]
    assert '"NoSchedul" is not allowed.' in found[0]
    assert r"which a domain and a slash may precede (a backslash is for --set alone), is `ci\`." in found[1]


def test_mistakes_at_two_places_are_two_findings(checker: Checker) -> None:
    found = _jobs(checker, "memory_limit: 4GB\n      memory_request: 4GB")

    assert [one.partition(": must")[0] for one in found] == [
        "values.yaml:5:7: error: jobs.config.kubernetes.memory_limit",
        "values.yaml:6:7: error: jobs.config.kubernetes.memory_request",
    ]


@pytest.mark.parametrize(
    ("patch", "said"),
    [
        (
            "'runtimeClas: a'",
            f"{PATCH}.runtimeClas: unknown key. Did you mean `runtimeClassName`? "
            "(Kubernetes 1.34) (jobs of runner default, runtimeClas) [job-pod-field]",
        ),
        (
            "'spec: {runtimeClassName: a}'",
            f"{PATCH}.spec: unknown key. A patch is one of the pod's spec: write its fields without `spec` around "
            "them. (jobs of runner default, spec) [job-pod-field]",
        ),
        (
            "'hostUsers: \"no\"'",
            f'{PATCH}.hostUsers: must be true or false, is the text "no". '
            "(Kubernetes 1.34) (jobs of runner default, hostUsers) [job-pod-field]",
        ),
        (
            "'runtimeClassName: My Class'",
            f"{PATCH}.runtimeClassName: must be lower-case letters, digits, dashes and dots, the first and last a "
            "letter or digit, is `My Class`. (jobs of runner default, runtimeClassName) [job-pod-field]",
        ),
    ],
)
@pytest.mark.parametrize("mode", ["unprivileged", "userNamespace", "none"])
def test_a_fault_of_a_patch_is_told_once_at_the_line_of_the_patch(
    checker: Checker, mode: str, patch: str, said: str
) -> None:
    assert _patch(checker, patch, f"podman: {{mode: {mode}}}\n") == [f"values.yaml:9:11: error: {said}"]


def test_two_unknown_keys_of_a_patch_are_two_findings(checker: Checker) -> None:
    found = _patch(checker, "'{runtimeClas: a, hostUser: true}'")

    assert sorted(one.partition(": unknown")[0].rpartition(".")[2] for one in found) == ["hostUser", "runtimeClas"]


def test_a_patch_that_is_not_yaml_is_told_once(checker: Checker) -> None:
    (finding,) = _patch(checker, "'a: [b'")

    assert finding.startswith(f"values.yaml:8:11: error: {PATCH}: must be YAML or JSON: ")


@pytest.mark.parametrize(
    ("text", "begin"),
    [
        ("image:\n  registry: https://registry.example.com\n", "3:3: error: image.registry: must be an image such as "),
        ("image:\n  repository: GitLab-org/runner\n", "3:3: error: image.repository: must be an image such as "),
        (
            "config:\n  listen_address: :99999\n",
            "3:3: error: config.listen_address: must have a port from 0 to 65535 behind the colon, ",
        ),
        (
            "jobs:\n  config:\n    kubernetes:\n      dns_policy: none\n",
            "5:7: error: jobs.config.kubernetes.dns_policy: missing: the DNS policy None needs a name server.",
        ),
        (
            "manager:\n  affinity:\n    podAffinity:\n      requiredDuringSchedulingIgnoredDuringExecution:\n"
            "        - topologyKey: ''\n          labelSelector: {matchLabels: {a: b}}\n",
            "6:11: error: manager.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: "
            "missing.",
        ),
        (
            "jobs:\n  config:\n    kubernetes:\n      container_lifecycle:\n        pre_stop: {}\n",
            "6:9: error: jobs.config.kubernetes.container_lifecycle.pre_stop: must have exactly one of exec, ",
        ),
        (
            "image:\n  tag: alpine-v\n",
            "3:3: error: image.tag: `alpine-v` in `registry.gitlab.com/gitlab-org/gitlab-runner:alpine-v` is a "
            "leftover of a template. Write what it stands for.",
        ),
        (
            "manager:\n  resources: {limits: {memory: 256m}}\n",
            "3:24: error: manager.resources.limits.memory: must have a unit of bytes, such as 256Mi "
            "(m is a thousandth of a byte), is `256m`.",
        ),
    ],
)
def test_a_field_that_is_made_of_several_values_or_of_none_is_at_the_one_that_is_wrong(
    checker: Checker, text: str, begin: str
) -> None:
    (finding,) = _said(checker, text)

    assert finding.startswith(f"values.yaml:{begin}")


@pytest.mark.parametrize("line", ["node_tolerations: {ci=true: ''}", "node_tolerations: {ci: ''}"])
def test_a_toleration_of_every_effect_is_fine(checker: Checker, line: str) -> None:
    assert _jobs(checker, line) == []


def test_an_option_in_small_letters_is_told_once_at_the_value(checker: Checker) -> None:
    text = "manager:\n  extraContainers:\n    - {name: a, image: 'a:1', imagePullPolicy: always}\n"

    assert _said(checker, text) == [
        "values.yaml:4:31: error: manager.extraContainers[0].imagePullPolicy: must be Always, IfNotPresent or Never, "
        "is `always`. (spec.template.spec.containers[1].imagePullPolicy) [kubernetes-field]"
    ]


@pytest.mark.parametrize("kube_version", ["1.28", "1.34"])
def test_a_key_of_a_job_pod_that_this_version_leaves_out_is_no_error(checker: Checker, kube_version: str) -> None:
    text = "gitlab: {url: https://gitlab.example.com}\npodman: {mode: none}\n"
    text += "jobs: {config: {kubernetes: {pod_cpu_limit: '2'}}}\n"
    layers = (read_values(text, "values.yaml"),)

    assert errors(checker.check(Case("a", layers, kube_version=kube_version)).findings) == []
