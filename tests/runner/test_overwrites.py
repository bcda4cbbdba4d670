"""What jobs may overwrite: who gains what by which value, and what has no effect."""

from __future__ import annotations

import re

import pytest

from podrunner.runner.check import check_config
from podrunner.runner.job_pod.go_pattern import go_pattern
from podrunner.runner.job_pod.image_pattern import unread_end
from podrunner.runner.job_pod.objects import job_objects
from podrunner.runner.job_pod.request import JobRequest, JobVariable

RUNNER = """\
[[runners]]
  name = "a"
  url = "https://gitlab.example.com"
  token = "$TOKEN"
  executor = "kubernetes"
"""


def found(lines: str, code: str) -> list[str]:
    return [one.message for one in check_config(RUNNER + lines) if one.rule.code == code]


def kubernetes(key: str, value: str) -> str:
    return f"[runners.kubernetes]\n{key} = '{value}'\n"


@pytest.mark.parametrize(
    ("key", "pattern", "said", "gain"),
    [
        ("namespace", ".*", 'KUBERNETES_NAMESPACE_OVERWRITE="kube-system"', "another namespace"),
        ("namespace", "team-a", 'KUBERNETES_NAMESPACE_OVERWRITE="any-team-a"', "another namespace"),
        ("namespace", "^(team-a|b1)", 'KUBERNETES_NAMESPACE_OVERWRITE="team-a-any"', "another namespace"),
        ("service_account", "builder$", 'KUBERNETES_SERVICE_ACCOUNT_OVERWRITE="any-builder"', "another account"),
        ("pod_labels", "team=", 'KUBERNETES_POD_LABELS_1="any=team="', "any name"),
        ("pod_annotations", "^container[.]", 'KUBERNETES_POD_ANNOTATIONS_1="container.apparmor', "AppArmor"),
        ("pod_annotations", "^io.kubernetes", 'KUBERNETES_POD_ANNOTATIONS_1="io.kubernetes.cri-o', "device"),
        ("node_selector", ".+", 'KUBERNETES_NODE_SELECTOR_1="kubernetes.io/hostname=any"', "nodes"),
        ("node_tolerations", ".*", 'KUBERNETES_NODE_TOLERATIONS_1=""', "whatever its taints"),
        ("node_tolerations", ":NoSchedule$", 'KUBERNETES_NODE_TOLERATIONS_1=":NoSchedule"', "whatever its taints"),
    ],
)
def test_a_pattern_that_is_too_wide_shows_a_value_that_a_job_could_set(
    key: str, pattern: str, said: str, gain: str
) -> None:
    (message,) = found(kubernetes(f"{key}_overwrite_allowed", pattern), "config-overwrite")

    assert said in message
    assert gain in message


@pytest.mark.parametrize(
    ("key", "pattern"),
    [
        ("namespace", "^ci-"),
        ("namespace", "^(team-a|team-b)$"),
        ("service_account", "^builder$"),
        ("pod_labels", "^team="),
        ("node_selector", r"^disk=(ssd|hdd)\z"),
        ("node_tolerations", "^gpu=true:NoSchedule$"),
        ("pod_annotations", ""),
    ],
)
def test_a_pattern_that_names_what_is_allowed_is_fine(key: str, pattern: str) -> None:
    assert check_config(RUNNER + kubernetes(f"{key}_overwrite_allowed", pattern)) == []


@pytest.mark.parametrize("pattern", [".*", "team-a", "^(team-a|b1)", "^ci-", "^team-a$"])
def test_the_value_of_a_finding_is_one_that_the_runner_lets_through(pattern: str) -> None:
    runner = {"kubernetes": {"image": "a", "namespace": "own", "namespace_overwrite_allowed": pattern}}
    messages = found(kubernetes("namespace_overwrite_allowed", pattern), "config-overwrite")
    values = [re.findall(r'OVERWRITE="([^"]*)"', message)[0] for message in messages]
    made = [
        job_objects(runner, JobRequest(variables=(JobVariable("KUBERNETES_NAMESPACE_OVERWRITE", v),))) for v in values
    ]

    assert [(one.pod["metadata"]["namespace"], one.refusal) for one in made] == [(value, "") for value in values]


def test_a_label_without_a_name_costs_the_job_its_pod() -> None:
    runner = {"kubernetes": {"image": "a", "pod_labels_overwrite_allowed": ".*"}}
    job = JobRequest(variables=(JobVariable("KUBERNETES_POD_LABELS_1", "=b"),))

    assert job_objects(runner, job).refusal == "the label `` has no name that Kubernetes takes"
    assert job_objects(runner, job).all() == []


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (kubernetes("namespace_overwrite_allowed", "["), "not a pattern that Go reads"),
        (kubernetes("namespace_overwrite_allowed", "(?=a)"), "not a pattern that Go reads"),
        (kubernetes("pod_labels_overwrite_allowed", "^team$"), "allows nothing that has a `=`"),
        (
            "[runners.kubernetes]\nnamespace_per_job = true\nnamespace_overwrite_allowed = '^a$'\n",
            "each job has a namespace of its own",
        ),
        ("[runners.kubernetes]\nallowed_images = ['^docker.io/.*$']\n", "not as a regular expression"),
        (
            "[runners.kubernetes]\nallowed_services = ['registry.example.com/[a-']\n",
            '"registry.example.com/[a-" is not a pattern that GitLab Runner reads: it allows nothing. Close its [',
        ),
        (
            kubernetes("namespace_overwrite_allowed", "^CI-.*$"),
            '"^CI-.*$" allows no name that Kubernetes takes: every job that sets KUBERNETES_NAMESPACE_OVERWRITE fails.',
        ),
        (kubernetes("service_account_overwrite_allowed", "^team_a$"), "allows no name that Kubernetes takes"),
    ],
)
def test_a_pattern_that_nothing_can_use_is_named(lines: str, why: str) -> None:
    (message,) = found(lines, "config-unused")

    assert why in message


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("environment = ['KUBERNETES_CPU_REQUEST=1']\n", "without cpu_request_overwrite_max_allowed"),
        ("environment = ['KUBERNETES_POD_LABELS_1=a=b']\n", "without pod_labels_overwrite_allowed"),
        ("environment = ['KUBERNETES_BEARER_TOKEN=$T']\n", "without bearer_token_overwrite_allowed"),
        ("[runners.kubernetes.pod_labels]\n'job.runner.gitlab.com/pod' = 'a'\n", "leaves this one out"),
    ],
)
def test_what_the_debug_log_alone_says_is_named(lines: str, why: str) -> None:
    (message,) = found(lines, "config-ignored")

    assert why in message


@pytest.mark.parametrize(
    ("pattern", "value", "matches"),
    [
        ("a$", "a\n", False),
        (r"a\z", "a", True),
        ("^[[:alpha:]]+$", "abc", True),
        ("^[[:alpha:]]+$", "ab1", False),
        ("(?m)a$", "a\nb", True),
        ("^[$]$", "$", True),
    ],
)
def test_patterns_are_read_as_go_reads_them(pattern: str, value: str, matches: bool) -> None:
    compiled = go_pattern(pattern)

    assert compiled
    assert (compiled.search(value) is not None) is matches


@pytest.mark.parametrize("pattern", ["(?=a)", r"(a)\1", "(?<!a)b", "[", "a**"])
def test_what_go_does_not_compile_is_no_pattern(pattern: str) -> None:
    assert go_pattern(pattern) is None


@pytest.mark.parametrize("pattern", ["[a-", "a/[]", "a/[^]", "[!]]", "{a,b", "a}", "a\\", "[a\\]"])
def test_an_image_pattern_that_does_not_end_allows_nothing(pattern: str) -> None:
    assert unread_end(pattern)


@pytest.mark.parametrize("pattern", ["a/**", "[a-c]", "[^a]", "{a,b}/*", "a\\[", "[\\]]", "a]"])
def test_an_image_pattern_that_ends_is_read(pattern: str) -> None:
    assert unread_end(pattern) == ""
