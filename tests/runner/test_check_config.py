"""config.toml as GitLab Runner reads it: every check has an input that triggers it and one that nearly does."""

from __future__ import annotations

from pathlib import Path

import pytest

from podrunner.runner.check import check_config

RUNNER = """\
concurrent = 1
[[runners]]
  name = "a"
  url = "https://gitlab.example.com"
  token = "$TOKEN"
  executor = "kubernetes"
"""


def check(text: str, runner_version: str = "19.4") -> list[str]:
    return [str(finding) for finding in check_config(text, runner_version)]


def check_runner(lines: str) -> list[str]:
    """Check keys of `[[runners]]`, which begin in line 7."""
    return check(RUNNER + lines)


def test_a_plain_configuration_has_no_findings() -> None:
    assert check(RUNNER) == []


def test_the_reference_configuration_has_only_what_is_said_of_its_log_level_token_and_open_node_selector(
    checkout: Path,
) -> None:
    text = (checkout / "tests" / "chart" / "reference.toml").read_text()

    assert [(finding.rule.code, finding.path) for finding in check_config(text)] == [
        ("config-debug-log", "log_level"),
        ("config-secret", "runners[0].token"),
        ("config-overwrite", "runners[0].kubernetes.node_selector_overwrite_allowed"),
    ]


def test_text_that_is_not_toml_has_its_line() -> None:
    assert check("concurrent = 1\nlog_level = debug\n") == [
        "config.toml:2:13: error: not TOML: Invalid value. [config-toml]"
    ]


WRONG = {
    "limt = 5": ["runners[0].limt: unknown key, GitLab Runner ignores it. Did you mean `limit`? [config-unknown-key]"],
    "concurrent = 5": [
        "runners[0].concurrent: unknown key, GitLab Runner ignores it. "
        "Did you mean `request_concurrency`? It is a key of the top of the file. "
        "[config-unknown-key]"
    ],
    'limit = "50"': ['runners[0].limit: must be a whole number, is "50". [config-type]'],
    "limit = 50.0": ["runners[0].limit: must be a whole number, is 50.0. [config-type]"],
    "limit = true": ["runners[0].limit: must be a whole number, is true. [config-type]"],
    "builds_dir = 5": ['runners[0].builds_dir: must be text ("…"), is 5. [config-type]'],
    'environment = "A=1"': ['runners[0].environment: must be array of string, is "A=1". [config-type]'],
    "environment = [1]": ["runners[0].environment: must be array of string, is [1]. [config-type]"],
    'environment = ["A"]': [
        'runners[0].environment[0]: must be "KEY=value", else the runner ignores it, is "A". [config-format]'
    ],
    'shell = "fish"': [
        'runners[0].shell: "fish" is not allowed. Did you mean `sh`? '
        'Allowed: "", "bash", "sh", "cmd", "pwsh", "powershell". [config-enum]'
    ],
    "token_obtained_at = 5": [
        "runners[0].token_obtained_at: must be a date and time such as 2024-09-30T14:38:04Z, is 5. [config-type]"
    ],
    'token_obtained_at = "2024-09-30"': [
        "runners[0].token_obtained_at: must be a date and time such as 2024-09-30T14:38:04Z, "
        'is "2024-09-30". [config-type]'
    ],
    'unhealthy_interval = "1 hour"': [
        'runners[0].unhealthy_interval: must be a duration such as "30s" or "1h30m", is "1 hour". [config-format]'
    ],
    "request_concurrency = 0": ["runners[0].request_concurrency: must be 1 or more, is 0. [config-format]"],
    "labels = {ab = 'x'}": [
        "runners[0].labels: has the label ab, which the runner refuses: letters, digits, `_`, `.`, `-`, "
        "names of 3 or more, is a table. [config-format]"
    ],
    "kubernetes = {cpu_limit = 'much'}": [
        'runners[0].kubernetes.cpu_limit: must be a Kubernetes quantity such as "500m", "2" or "4Gi", is "much". '
        "[config-format]"
    ],
    "kubernetes = {pull_policy = ['Always']}": [
        'runners[0].kubernetes.pull_policy[0]: "Always" is not allowed. Did you mean `always`? '
        'Allowed: "always", "if-not-present", "never", "". [config-enum]'
    ],
    "kubernetes = {environment = ['A=1']}": [
        "runners[0].kubernetes.environment: unknown key, GitLab Runner ignores it. It is a key of [[runners]]. "
        "[config-unknown-key]"
    ],
    "kubernetes = {terminationGracePeriodSeconds = 5}": [
        "runners[0].kubernetes.terminationGracePeriodSeconds: GitLab Runner does not read it. "
        "Use pod_termination_grace_period_seconds / cleanup_grace_period_seconds. [config-removed]"
    ],
    "kubernetes = {volumes = {empty_dir = [{name = 'a'}]}}": [
        "runners[0].kubernetes.volumes.empty_dir[0].mount_path: missing, the runner needs it. [config-required]"
    ],
}


@pytest.mark.parametrize(("text", "lines"), WRONG.items(), ids=WRONG)
def test_a_wrong_key_of_a_runner_is_named_with_its_line(text: str, lines: list[str]) -> None:
    assert check_runner(text) == [f"config.toml:7: error: {line}" for line in lines]


RIGHT = [
    "limit = 50",
    "Limit = 50",  # the runner does not look at the case
    'environment = ["A=1"]',
    'shell = ""',
    "token_obtained_at = 2024-09-30T14:38:04.623237Z",
    'unhealthy_interval = "1h0m0s"',
    "unhealthy_interval = 3600000000000",
    "request_concurrency = 1",
    "labels = {team = 'x'}",
    "kubernetes = {cpu_limit = '500m', memory_limit = '1.5Gi', helper_cpu_limit = ''}",
    "kubernetes = {pull_policy = ['always', 'if-not-present']}",
    "kubernetes = {pull_policy = 'never'}",
    "kubernetes = {helper_image_flavor = 'something-new'}",
    "kubernetes = {node_tolerations = {'a=b' = 'NoSchedule', c = ''}}",
    "kubernetes = {services = [{name = ''}]}",
    "docker = {image = 'x', anything = 1}",  # another executor's: not ours to judge
    "cache = {Type = 's3', s3 = {ServerAddress = 'x', AccessKey = '$KEY'}}",
]


@pytest.mark.parametrize("text", RIGHT)
def test_a_right_key_of_a_runner_has_no_finding(text: str) -> None:
    assert check_runner(text) == []


def test_what_a_runner_needs_is_named_when_it_is_missing() -> None:
    assert check('[[runners]]\n  executor = "kubernetes"\n') == [
        "config.toml:1: error: runners[0].url: missing, the runner needs it. [config-required]",
        "config.toml:1: error: runners[0].token: missing, the runner needs it. [config-required]",
    ]


def test_an_address_without_its_scheme_is_named() -> None:
    assert check(RUNNER.replace("https://", "")) == [
        "config.toml:4: error: runners[0].url: must begin with https:// or http://, or be a variable such as "
        '$CI_SERVER_URL, is "gitlab.example.com". [config-format]'
    ]


def test_an_address_may_be_a_variable() -> None:
    assert check(RUNNER.replace("https://gitlab.example.com", "${CI_SERVER_URL}")) == []


def test_a_token_in_plain_sight_is_named_but_not_shown() -> None:
    assert check(RUNNER.replace("$TOKEN", "glrt-1234")) == [
        "config.toml:5: warning: runners[0].token: a secret in plain sight: everybody who may read ConfigMaps "
        "can read it. [config-secret]"
    ]


def test_a_secret_by_the_name_of_a_variable_or_key_is_named_but_not_shown() -> None:
    lines = """environment = ["DB_PASS=hunter2"]
[runners.kubernetes]
[[runners.kubernetes.pod_spec]]
patch = '{"containers": [{"name": "build", "env": [{"name": "API_TOKEN", "value": "hunter2"}]}]}'
[runners.kubernetes.pod_annotations]
"example.com/password" = "hunter2"
"""
    reason = "a secret in plain sight: everybody who may read ConfigMaps can read it. [config-secret]"

    assert check_runner(lines) == [
        f"config.toml:7: warning: runners[0].environment[0]: DB_PASS: {reason}",
        f"config.toml:10: warning: runners[0].kubernetes.pod_spec[0].patch: API_TOKEN: {reason}",
        f"config.toml:12: warning: runners[0].kubernetes.pod_annotations.example\\.com/password: {reason}",
    ]


def test_a_variable_that_names_a_secret_or_a_path_has_no_finding() -> None:
    assert check_runner('environment = ["DB_PASS=$CI_PASS", "TOKEN_FILE=a/b", "BYPASS=example.com"]') == []


def test_no_runner_at_a_time_is_refused() -> None:
    assert check(RUNNER.replace("concurrent = 1", "concurrent = 0")) == [
        "config.toml:1: error: concurrent: must be 1 or more, is 0. [config-format]"
    ]


def test_more_jobs_than_a_number_of_toml_can_say_are_refused() -> None:
    assert check(RUNNER.replace("concurrent = 1", "concurrent = 9223372036854775808")) == [
        "config.toml:1: error: concurrent: must be at most 9223372036854775807, is 9223372036854775808. [config-format]"
    ]


def test_as_many_jobs_as_a_number_of_toml_can_say_are_taken() -> None:
    assert check(RUNNER.replace("concurrent = 1", "concurrent = 9223372036854775807")) == []


@pytest.mark.parametrize("level", ["debug", "trace"])
def test_a_log_level_that_prints_tokens_is_warned_of(level: str) -> None:
    assert check(f'log_level = "{level}"\n{RUNNER}') == [
        f'config.toml:1: warning: log_level: "{level}" prints job tokens into the manager\'s log. Use "info". '
        "[config-debug-log]"
    ]


def test_another_log_level_is_fine() -> None:
    assert check(f'log_level = "warn"\n{RUNNER}') == []


def volumes(*entries: str, builds_dir: str = "") -> list[str]:
    tables = "\n".join(
        f"[[runners.kubernetes.volumes.{entry.partition(':')[0]}]]\n{entry.partition(':')[2]}" for entry in entries
    )
    return check(f"{RUNNER}{builds_dir}\n{tables}\n")


def test_a_volume_called_repo_that_is_not_at_builds_dir_is_a_second_one() -> None:
    assert volumes('empty_dir:name = "repo"\nmount_path = "/cache"', builds_dir='builds_dir = "/build"') == [
        "config.toml:9: error: runners[0].kubernetes.volumes.empty_dir[0].name: Two volumes named `repo`: the runner "
        "makes one of that name for every job, so the job's pod is refused. Give this one another name, or mount it "
        "exactly at builds_dir, /build. [config-volume-name]"
    ]


def test_a_volume_called_repo_at_builds_dir_takes_the_place_of_the_runners_own() -> None:
    assert volumes('empty_dir:name = "repo"\nmount_path = "/build"', builds_dir='builds_dir = "/build"') == []
    assert volumes('empty_dir:name = "repo"\nmount_path = "/builds"') == []


@pytest.mark.parametrize("name", ["scripts", "logs"])
def test_the_runners_other_volumes_cannot_be_replaced(name: str) -> None:
    assert volumes(f'pvc:name = "{name}"\nmount_path = "/builds"') == [
        f"config.toml:9: error: runners[0].kubernetes.volumes.pvc[0].name: Two volumes named `{name}`: the runner "
        "makes one of that name for every job, so the job's pod is refused. Give this one another name. "
        "[config-volume-name]"
    ]


def test_two_volumes_at_one_path_are_found_across_kinds() -> None:
    found = volumes('empty_dir:name = "a"\nmount_path = "/x"', 'secret:name = "b"\nmount_path = "/x"')

    assert found == [
        "config.toml:13: error: runners[0].kubernetes.volumes.secret[0].mount_path: two volumes at /x: `a` is mounted "
        "there, too. The job's pod is refused. [config-volume-mount]"
    ]


def test_paths_that_differ_in_their_last_slash_are_taken_and_one_volume_hides_the_other() -> None:
    found = volumes('empty_dir:name = "a"\nmount_path = "/x"', 'secret:name = "b"\nmount_path = "/x/"')

    assert found == [
        "config.toml:13: warning: runners[0].kubernetes.volumes.secret[0].mount_path: two volumes at /x: `a` is "
        "mounted there, too. One of them hides the other. [config-volume-mount]"
    ]


@pytest.mark.parametrize("kind", ["config_map", "pvc", "empty_dir", "host_path"])
def test_two_volumes_of_one_name_are_refused(kind: str) -> None:
    found = volumes('secret:name = "a"\nmount_path = "/x"', f'{kind}:name = "a"\nmount_path = "/y"')

    assert found == [
        f"config.toml:12: error: runners[0].kubernetes.volumes.{kind}[0].name: Two volumes named `a`: one of the kind "
        "secret has that name, too, so the job's pod is refused. Give this one another name. [config-volume-name]"
    ]


def test_two_volumes_of_one_kind_and_name_are_refused() -> None:
    found = volumes('secret:name = "a"\nmount_path = "/x"', 'secret:name = "a"\nmount_path = "/y"')

    assert found == [
        "config.toml:12: error: runners[0].kubernetes.volumes.secret[1].name: Two volumes named `a`: another one has "
        "that name, too, so the job's pod is refused. Give this one another name. [config-volume-name]"
    ]


def test_claims_of_one_name_are_one_volume_at_two_paths() -> None:
    assert volumes('pvc:name = "a"\nmount_path = "/x"', 'pvc:name = "a"\nmount_path = "/y"') == []


def patches(*entries: str) -> list[str]:
    """The findings of a runner with the volume `a` at /x, and with patches, each `type: text`."""
    parted = [entry.partition(": ") for entry in entries]
    tables = "\n".join(
        f'[[runners.kubernetes.pod_spec]]\npatch_type = "{kind}"\npatch = "{patch}"' for kind, _, patch in parted
    )
    flags = "feature_flags = {FF_USE_ADVANCED_POD_SPEC_CONFIGURATION = true}"
    volume = '[[runners.kubernetes.volumes.empty_dir]]\nname = "a"\nmount_path = "/x"'
    return check(f"{RUNNER}{flags}\n{volume}\n{tables}\n")


@pytest.mark.parametrize(("lines", "count"), [("patch = '{}'", 1), ("patch = ''", 0), ("patch_type = 'json'", 0)])
def test_a_patch_is_either_written_or_in_a_file(lines: str, count: int) -> None:
    found = [
        str(one)
        for one in check_config(f"{RUNNER}[[runners.kubernetes.pod_spec]]\npatch_path = '/p.yaml'\n{lines}\n")
        if "patch" in one.path
    ]

    assert [one.partition(": error: ")[2] for one in found] == count * [
        "runners[0].kubernetes.pod_spec[0].patch_path: must not be beside `patch`: GitLab Runner takes neither of the two, "
        "and no job can start. Remove one of them. [config-format]"
    ]


def test_a_patch_that_adds_a_volume_of_a_name_that_is_taken_is_refused() -> None:
    other = "[{op: add, path: /volumes/-, value: {name: b, emptyDir: {}}}]"
    found = patches(f"json: {other}", f"json: {other.replace('name: b', 'name: a')}", "merge: {hostUsers: false}")

    assert found == [
        "config.toml:16: error: runners[0].kubernetes.pod_spec[1].patch: Two volumes named `a` with this patch, so the "
        "job's pod is refused. Give one of them another name. [config-volume-name]"
    ]


def test_a_patch_that_mounts_a_volume_where_another_one_is_is_refused() -> None:
    found = patches("json: [{op: add, path: /containers/0/volumeMounts/-, value: {name: a, mountPath: /x}}]")

    assert found == [
        "config.toml:13: error: runners[0].kubernetes.pod_spec[0].patch: two volumes at /x with this patch, so the "
        "job's pod is refused. Mount one of them elsewhere. [config-volume-mount]"
    ]


@pytest.mark.parametrize(
    "patch", ["strategic: {volumes: [{name: a, emptyDir: {medium: Memory}}]}", "json: [{op: remove, path: /volumes/0}]"]
)
def test_a_patch_that_changes_a_volume_adds_none(patch: str) -> None:
    assert patches(patch) == []


def test_a_volume_that_a_later_patch_removes_is_not_there_twice() -> None:
    other = "[{op: add, path: /volumes/0, value: {name: a, emptyDir: {}}}]"

    assert patches(f"json: {other}", "json: [{op: remove, path: /volumes/0}]") == []


def test_two_volumes_at_two_paths_are_fine() -> None:
    assert volumes('empty_dir:name = "a"\nmount_path = "/x"', 'empty_dir:name = "b"\nmount_path = "/x/y"') == []


def test_volumes_of_two_runners_do_not_collide() -> None:
    one = RUNNER + '[[runners.kubernetes.volumes.empty_dir]]\nname = "a"\nmount_path = "/x"\n'
    other = one.removeprefix("concurrent = 1\n")

    assert check(one + other) == []


def test_a_feature_flag_that_is_gone_names_what_to_use() -> None:
    expected = (
        "FF_RETRIEVE_POD_WARNING_EVENTS has no effect since v18.0.0. "
        "Use runners.kubernetes.print_pod_warning_events. [config-removed]"
    )

    assert check_runner("feature_flags = {FF_RETRIEVE_POD_WARNING_EVENTS = true}") == [
        f"config.toml:7: warning: runners[0].feature_flags.FF_RETRIEVE_POD_WARNING_EVENTS: {expected}"
    ]
    assert check_runner('environment = ["FF_RETRIEVE_POD_WARNING_EVENTS=true"]') == [
        f"config.toml:7: warning: runners[0].environment[0]: {expected}"
    ]


def test_a_feature_flag_that_never_was_names_the_nearest() -> None:
    assert check_runner("feature_flags = {FF_PRINT_POD_EVENT = true}") == [
        "config.toml:7: warning: runners[0].feature_flags.FF_PRINT_POD_EVENT: GitLab Runner has no feature flag "
        "FF_PRINT_POD_EVENT and ignores it. Did you mean `FF_PRINT_POD_EVENTS`? [config-unknown-flag]"
    ]


@pytest.mark.parametrize("image", ["alpine", "alpine:latest", "alpine:stable", "registry:5000/alpine"])
def test_an_image_that_moves_is_a_warning_wherever_config_toml_names_one(image: str) -> None:
    why = "neither tag nor digest" if image.count(":") == image.count("/") else f"the tag {image[7:]}"
    lines = (
        f'[runners.kubernetes]\nimage = "{image}"\nhelper_image = "{image}"\n'
        f'[runners.kubernetes.autoscaler]\npause_pod_image = "{image}"\n'
        f'[[runners.kubernetes.services]]\nname = "{image}"\n'
    )
    lines = f'step_runner_image = "{image}"\n{lines}'
    rest = f": {image} has {why}: tomorrow it may be another image. Name a version or a digest. [image-floating]"

    assert check_runner(lines) == [
        f"config.toml:7: warning: runners[0].step_runner_image{rest}",
        f"config.toml:9: warning: runners[0].kubernetes.image{rest}",
        f"config.toml:10: warning: runners[0].kubernetes.helper_image{rest}",
        f"config.toml:12: warning: runners[0].kubernetes.autoscaler.pause_pod_image{rest}",
        f"config.toml:14: warning: runners[0].kubernetes.services[0].name{rest}",
    ]


@pytest.mark.parametrize(
    "patch",
    [
        "strategic: {containers: [{name: proxy, image: ubuntu}]}",
        "strategic: {volumes: [{name: b, image: {reference: ubuntu}}]}",
        "json: [{op: replace, path: /containers/1/image, value: ubuntu}]",
    ],
)
def test_an_image_that_moves_is_a_warning_at_the_patch_that_brings_it(patch: str) -> None:
    assert patches("merge: {hostUsers: false}", patch, patch.replace("proxy", "other")) == [
        "config.toml:16: warning: runners[0].kubernetes.pod_spec[1].patch: ubuntu has neither tag nor digest: tomorrow "
        "it may be another image. Name a version or a digest. [image-floating]"
    ]


def test_an_image_of_a_patch_with_a_version_is_fine() -> None:
    assert patches("strategic: {containers: [{name: proxy, image: ubuntu:24.04}]}") == []


@pytest.mark.parametrize(
    "image", ["alpine:3.22", "stable:1", "alpine@sha256:0", "alpine:latest@sha256:0", "$IMAGE", ""]
)
def test_an_image_with_a_version_a_digest_or_a_variable_is_fine(image: str) -> None:
    assert check_runner(f'[runners.kubernetes]\nimage = "{image}"\n') == []


def test_a_feature_flag_that_never_was_is_found_in_the_environment() -> None:
    assert check_runner('environment = ["FF_USE_FASTZIPP=true", "MY_FF_X=1"]') == [
        "config.toml:7: warning: runners[0].environment[0]: GitLab Runner has no feature flag FF_USE_FASTZIPP "
        "and ignores it. Did you mean `FF_USE_FASTZIP`? [config-unknown-flag]"
    ]


@pytest.mark.parametrize(
    ("kind", "patch", "reason"),
    [
        (
            "strategic",
            "a: ]",
            "must be YAML or JSON: while parsing a block node, did not find expected node content, in line 1 of it",
        ),
        ("strategic", "- a", "must be a map with fields of a pod's spec, as patch_type is strategic"),
        ("merge", "hostUsers", "must be a map with fields of a pod's spec, as patch_type is merge"),
        ("json", "hostUsers: false", "must be a list of maps with `op` and `path`, as patch_type is json"),
        ("json", "[{op: remove, path: 5}]", "must be a list of maps with `op` and `path`, as patch_type is json"),
    ],
)
def test_a_patch_that_the_runner_cannot_use_has_its_line(kind: str, patch: str, reason: str) -> None:
    text = f"[[runners.kubernetes.pod_spec]]\npatch_type = '{kind}'\npatch = '''{patch}'''"

    assert check_runner(text) == [
        f"config.toml:9: error: runners[0].kubernetes.pod_spec[0].patch: {reason}. "
        "No job can start with FF_USE_ADVANCED_POD_SPEC_CONFIGURATION. [config-format]"
    ]


@pytest.mark.parametrize(
    ("kind", "patch"),
    [
        ("strategic", "hostUsers: false"),
        ("merge", '{"hostUsers": false}'),
        ("json", "[{op: remove, path: /volumes/0}]"),
        ("strategic", ""),
        ("strategic", "# nothing"),
    ],
)
def test_a_patch_that_the_runner_can_use_is_fine(kind: str, patch: str) -> None:
    assert check_runner(f"[[runners.kubernetes.pod_spec]]\npatch_type = '{kind}'\npatch = '''{patch}'''") == []


@pytest.mark.parametrize("text", ["cap_add = [2024-01-01]", "pod_spec = 2024-01-01", "cap_add = [[{}]]"])
def test_a_wrong_type_of_any_kind_is_a_finding(text: str) -> None:
    (found,) = check_runner(f"[runners.kubernetes]\n{text}")

    assert found.endswith("[config-type]")


def test_tables_in_tables_without_end_are_a_finding() -> None:
    assert check(f"a = {'[' * 10000}") == ["config.toml: error: not TOML: nested too deeply. [config-toml]"]


def test_a_known_feature_flag_is_fine() -> None:
    assert check_runner("feature_flags = {FF_PRINT_POD_EVENTS = true}") == []


@pytest.mark.parametrize(
    ("version", "rules"), [("19.4", []), ("v19.7.1", ["config-removed"]), ("20.0", ["config-removed"])]
)
def test_a_feature_flag_goes_with_a_version(version: str, rules: list[str]) -> None:
    text = RUNNER + "feature_flags = {FF_USE_FASTZIP = true}"

    assert [finding.rule.code for finding in check_config(text, version)] == rules
