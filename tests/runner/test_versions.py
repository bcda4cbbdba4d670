"""Which releases of GitLab Runner read a key, and what an older one silently ignores."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podrunner.cases.case import Case
from podrunner.chart.chart import Chart
from podrunner.check.checker import Checker
from podrunner.findings.finding import Finding
from podrunner.formats.placed import read_values
from podrunner.formats.runner_version import agree, is_older, version_of_tag
from podrunner.helm.renderer import renderer
from podrunner.manifests.rendering import Rendering
from podrunner.runner.advisories import advisory, advisory_of_image
from podrunner.runner.check import check_config
from podrunner.runner.keys import Key, load_keys

RUNNER = """\
concurrent = 1
[[runners]]
  name = "a"
  url = "https://gitlab.example.com"
  token = "glrt-never"
  executor = "kubernetes"
"""
KUBERNETES = "[runners.kubernetes]\n"
BUILD = "[runners.kubernetes.build_container_security_context"


def codes(lines: str, version: str) -> list[str]:
    found = check_config(RUNNER + lines, version)
    return [str(finding.rule) for finding in found if str(finding.rule) != "config-secret"]


# Lines of a runner, the last release that ignores them, and the first that reads them.
PAIRS = {
    "allowed_pull_policies": (f'{KUBERNETES}allowed_pull_policies = ["always"]', "15.1", "15.2"),
    "scheduler_name": (f'{KUBERNETES}scheduler_name = "mine"', "15.4", "15.5"),
    "pre_get_sources_script": ('pre_get_sources_script = "true"', "15.8", "15.9"),
    "proc_mount": (f'{BUILD}]\nproc_mount = "unmasked"', "15.8", "15.9"),
    "cleanup_resources_timeout": (f'{KUBERNETES}cleanup_resources_timeout = "5m"', "16.3", "16.4"),
    "emptyDir size_limit": (
        '[[runners.kubernetes.volumes.empty_dir]]\nname = "x"\nmount_path = "/x"\nsize_limit = "1Gi"',
        *("16.5", "16.6"),
    ),
    "automount_service_account_token": (f"{KUBERNETES}automount_service_account_token = false", "16.8", "16.9"),
    "namespace_per_job": (f"{KUBERNETES}namespace_per_job = true", "16.9", "16.10"),
    "logs_base_dir": (f'{KUBERNETES}logs_base_dir = "/x"', "17.1", "17.2"),
    "print_pod_warning_events": (f"{KUBERNETES}print_pod_warning_events = false", "17.11", "18.0"),
    "allowed_users": (f'{KUBERNETES}allowed_users = ["1000"]', "18.3", "18.4"),
    "context": (f'{KUBERNETES}context = "x"', "18.4", "18.5"),
    "pod_memory_limit": (f'{KUBERNETES}pod_memory_limit = "1Gi"', "18.9", "18.10"),
    "pod_disruption_budget": (f"{KUBERNETES}pod_disruption_budget = true", "18.10", "18.11"),
    "autoscaler": ("[runners.kubernetes.autoscaler]\nmax_pause_pods = 1", "18.10", "18.11"),
    "nfs volume": (
        '[[runners.kubernetes.volumes.nfs]]\nname = "x"\nmount_path = "/x"\nserver = "x"\npath = "/"',
        *("18.11", "19.0"),
    ),
    "get_sources_timeout": ('get_sources_timeout = "1m"', "19.0", "19.1"),
    "boot_verify": ("[runners.experimental.boot_verify]\nenabled = true", "19.1", "19.2"),
    "suspend_pvc_size": (f'{KUBERNETES}suspend_pvc_size = "1Gi"', "19.3", "19.4"),
    "a feature flag": ("[runners.feature_flags]\nFF_HASH_CACHE_KEYS = true", "18.3", "18.4"),
    # The features of the chart.
    "seccomp": (f'{BUILD}.seccomp_profile]\ntype = "Unconfined"', "18.10", "18.11"),
    "AppArmor": (f'{BUILD}.app_armor_profile]\ntype = "Unconfined"', "18.10", "18.11"),
}


@pytest.mark.parametrize("name", PAIRS)
def test_a_release_before_the_first_that_reads_a_key_ignores_it(name: str) -> None:
    lines, before, first = PAIRS[name]

    assert codes(lines, before) == ["config-too-new"]
    assert codes(lines, f"{before}.9") == ["config-too-new"]
    assert codes(lines, f"v{first}.0") == []


def test_the_message_names_the_first_release() -> None:
    text = RUNNER + f'{BUILD}.seccomp_profile]\ntype = "RuntimeDefault"'

    assert [str(finding) for finding in check_config(text, "18.10.1") if finding.rule.code == "config-too-new"] == [
        "config.toml:7: error: runners[0].kubernetes.build_container_security_context.seccomp_profile: "
        "GitLab Runner 18.10.1 ignores it: it reads the key from 18.11 on. [config-too-new]"
    ]


def test_before_18_10_a_variable_is_the_token_itself() -> None:
    text = RUNNER.replace("glrt-never", "$TOKEN")

    assert [str(finding) for finding in check_config(text, "18.9")] == [
        "config.toml:5: error: runners[0].token: GitLab Runner 18.9 takes $TOKEN for the token itself: it expands "
        "variables from 18.10 on. [config-too-new]"
    ]
    assert check_config(text, "18.10") == []


@pytest.mark.parametrize(
    ("lines", "last", "gone"),
    [
        ('pre_clone_script = "true"', "16.11", "17.0"),
        (f"{KUBERNETES}terminationGracePeriodSeconds = 5", "16.11", "17.0"),
        ("[runners.feature_flags]\nFF_RETRIEVE_POD_WARNING_EVENTS = true", "17.11", "18.0"),
        ("[runners.feature_flags]\nFF_USE_NEW_BASH_EVAL_STRATEGY = true", "19.2", "19.3"),
    ],
)
def test_what_a_release_no_longer_reads_is_fine_before(lines: str, last: str, gone: str) -> None:
    assert codes(lines, last) == []
    assert codes(lines, gone) == ["config-removed"]


def test_a_key_that_is_only_announced_is_a_warning() -> None:
    (finding,) = (
        one for one in check_config(RUNNER + f"{KUBERNETES}host_users = false", "19.5.3") if "host" in one.path
    )

    assert str(finding) == (
        "config.toml:8: warning: runners[0].kubernetes.host_users: announced for 19.5 (gitlab-runner!6557), and seen in "
        "no build here: an older runner ignores it silently. [config-too-new]"
    )
    assert codes(f"{KUBERNETES}host_users = false", "19.4") == ["config-too-new"]


def test_an_unknown_key_is_a_warning_where_the_runner_is_newer_than_known() -> None:
    (known,) = (one for one in check_config(RUNNER + "limt = 5", "19.5.3") if one.rule.code == "config-unknown-key")
    (newer,) = (one for one in check_config(RUNNER + "limt = 5", "19.6.0") if one.rule.code == "config-unknown-key")

    assert (known.severity.value, newer.severity.value) == ("error", "warning")
    assert newer.message == (
        "runners[0].limt: unknown key: GitLab Runner 19.6.0 may have it, its keys are known up to 19.5. "
        "Did you mean `limit`?"
    )


def paths(key: Key, above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Key]]:
    for name, child in key.children.items():
        yield (*above, name), child
        yield from paths(child, (*above, name))


def walk(key: Key) -> Iterator[Key]:
    for child in key.children.values():
        yield child
        yield from walk(child)


def test_a_key_is_as_new_as_the_table_around_it() -> None:
    for key in walk(load_keys().root):
        assert not [child.name for child in key.children.values() if child.since and is_older(child.since, key.since)]


def test_every_release_in_the_table_is_a_minor_one_that_is_known() -> None:
    data = load_keys()
    releases = [key.since for key in walk(data.root)] + [flag.get("since", "") for flag in data.flags.values()]

    wrong = [one for one in releases if one and not re.fullmatch(r"1[5-9]\.\d+", one)]
    assert wrong == []
    assert not [one for one in releases if is_older(data.known_until, one)]


# What each type may hold, as TOML.
SAMPLES = {
    "string": '"1"',
    "integer": "1",
    "number": "1.5",
    "boolean": "true",
    "duration": '"1m"',
    "datetime": "2024-09-30T14:38:04Z",
    "array of string": "[]",
    "array of integer": "[]",
    "array of number": "[]",
    "string | array of string": '"1"',
}
DATED = {path: since for path, key in paths(load_keys().root, ()) if (since := key.since) and not key.documented}
RELEASES = [f"{major}.{minor}" for major in range(15, 20) for minor in range(12) if (major, minor) <= (19, 5)]


@given(path=st.sampled_from(sorted(DATED)), version=st.sampled_from(RELEASES), patch=st.integers(0, 9))
def test_a_key_of_the_table_is_too_new_for_a_release_exactly_when_it_is_older(
    path: tuple[str, ...], version: str, patch: int
) -> None:
    found = [
        one for one in check_config(configuration(path), f"{version}.{patch}") if one.rule.code == "config-too-new"
    ]

    named = {re.sub(r"\[\d+\]", "", one.path) for one in found}
    older = [path[:length] for length in range(1, len(path) + 1) if is_older(version, DATED.get(path[:length], "15.0"))]
    # What is below a table that is ignored is not judged.
    assert named == {".".join(one) for one in older[:1]}


def configuration(path: tuple[str, ...]) -> str:
    """A config.toml that sets one key."""
    table, headers = load_keys().root, list[str]()
    for length, name in enumerate(path, 1):
        table = table.children[name]
        dotted = ".".join(path[:length])
        if table.children or table.type.startswith(("table", "array of tables")):
            headers.append(f"[[{dotted}]]" if table.type == "array of tables" else f"[{dotted}]")
    is_table = bool(headers) and headers[-1].strip("[]") == ".".join(path)
    line = "" if is_table else f"{path[-1]} = {SAMPLES[table.type]}"
    # Keys of the file come before its first table.
    return "\n".join([*headers, line] if headers else [line, "[[runners]]"]) + "\n"


# --- the version of a tag

TAGS = {
    "alpine-v19.5.3": "19.5.3",
    "v19.4.0": "19.4.0",
    "ubuntu-v18.11.0-corp.2": "18.11.0",
    "alpine3.21-v19.4.1": "19.4.1",
    "19.4.1-ubi": "19.4.1",
    "v19.4": "19.4",
    "ubuntu-24.04-v19.4.0": "19.4.0",
    "latest": "",
    "alpine": "",
    "bleeding": "",
    "2.3.1": "",
    "v2.3.1": "",
    "2026.11.1": "",
    "24.04": "",
    "alpine-v": "",
}


@pytest.mark.parametrize("tag", TAGS)
def test_a_tag_says_a_version_or_none(tag: str) -> None:
    assert version_of_tag(tag) == TAGS[tag]


@pytest.mark.parametrize("tag", TAGS)
def test_the_chart_reads_the_same_version_from_a_tag(tag: str, checkout: Path) -> None:
    template = (checkout / "chart/templates/release/_version.tpl").read_text()
    (pattern,) = re.findall(r'regexFind "(.+?)" \.', template)

    found = re.search(pattern.replace("\\\\", "\\"), tag)

    assert (found[0].removeprefix("-").removeprefix("v") if found else "") == TAGS[tag]


def test_a_minor_release_agrees_with_each_of_its_patches() -> None:
    assert agree("19.4", "19.4.1")
    assert not agree("19.4.0", "19.4.1")


# --- the release that values ask for


def render(values: dict[str, Any]) -> Rendering:
    return renderer("library", Chart.open()).render(Case("case").with_values(values, "values"))


def check(values: dict[str, Any], asked: str = "") -> list[Finding]:
    case = Case("case").with_values({"gitlab": {"url": "https://gitlab.example.com"}, **values}, "values")
    found = Checker(renderer("library", Chart.open()), asked).check(case).findings
    return [one for one in found if one.severity.value != "note" or one.rule.code.startswith("runner")]


def said(values: dict[str, Any], asked: str = "") -> list[str]:
    return [f"{one.severity.value}: {one.message} [{one.rule}]" for one in check(values, asked)]


def test_a_tag_below_what_the_mode_needs_is_refused_with_the_reason() -> None:
    assert said({"image": {"tag": "alpine-v17.11.0"}}) == [
        "error: image.tag is alpine-v17.11.0, but podman.mode unprivileged (runners.default) needs GitLab Runner 18.11: "
        "an older one sends the name of a variable to GitLab instead of the token. Set image.tag to a newer release, or "
        "leave it empty. [render]"
    ]
    assert said({"image": {"tag": "alpine-v18.10.1"}}) == [
        "error: image.tag is alpine-v18.10.1, but podman.mode unprivileged (runners.default) needs GitLab Runner 18.11: "
        "an older one silently ignores the seccomp and AppArmor profiles of jobs. Set image.tag to a newer release, or "
        "leave it empty. [render]"
    ]
    assert said({"image": {"tag": "alpine-v18.11.0"}}) == []


@pytest.mark.parametrize("preset", sorted(Chart.open().presets))
def test_every_preset_works_from_18_11_on(preset: str) -> None:
    values = dict(Chart.open().preset(preset).data)

    assert [one.rule.code for one in check({**values, "image": {"tag": "v18.10.0"}})] == ["render"]
    assert check({**values, "image": {"tag": "v18.11.0"}}) == []


@pytest.mark.parametrize("preset", sorted(Chart.open().presets))
def test_the_minimum_of_a_mode_is_that_of_the_newest_key_that_it_writes(preset: str) -> None:
    chart = Chart.open()
    values = {**chart.preset(preset).data, "gitlab": {"url": "https://gitlab.example.com"}}
    (runner,) = render(values).config_toml["runners"]

    newest = max(_since(load_keys().root.children["runners"], runner), key=lambda one: [*map(int, one.split("."))])
    assert newest == chart.modes[values["podman"]["mode"]]["runner"]


def _since(key: Key, value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _since(key, item)
    elif isinstance(value, dict):
        for name in key.children.keys() & value.keys():
            yield key.children[name].since or "15.0"
            yield from _since(key.children[name], value[name])


def test_a_mode_is_judged_by_the_option_where_the_tag_says_nothing() -> None:
    assert said({"image": {"tag": "ours"}}, "18.10") == [
        "error: podman.mode unprivileged (runners.default) needs GitLab Runner 18.11, and this is 18.10. "
        "[runner-too-old]"
    ]
    assert said({"image": {"tag": "ours"}}, "19.1") == [
        "error: spec.template.spec.containers[0].readinessProbe: GitLab Runner 19.1 never answers /health/ready, which "
        "exists from 19.2 on. Set image.tag to that release: the chart asks /metrics then. [runner-too-old]"
    ]
    assert said({"image": {"tag": "ours"}}, "19.2") == []


def test_a_key_that_somebody_wrote_is_told_beside_a_mode_that_is_too_new() -> None:
    text = (
        "gitlab: {url: https://gitlab.example.com}\nimage: {tag: ours}\n"
        "jobs: {config: {kubernetes: {pod_disruption_budget: true}}}\n"
    )
    case = Case("case", (read_values(text, "values.yaml"),))
    found = Checker(renderer("library", Chart.open()), "18.10").check(case).findings

    assert [one.rule.code for one in found if one.severity.value == "error"] == ["runner-too-old", "config-too-new"]


@pytest.mark.parametrize(
    ("tag", "path"),
    [("v19.1.4", "/metrics"), ("v19.2.0", "/health/ready"), ("", "/health/ready"), ("mine", "/health/ready")],
)
def test_readiness_is_asked_where_the_release_answers(tag: str, path: str) -> None:
    values = {
        "gitlab": {"url": "https://gitlab.example.com"},
        "image": {"tag": tag},
        "manager": {"probes": {"startup": {"enabled": True}}},
    }
    (manager,) = render(values).object("Deployment")["spec"]["template"]["spec"]["containers"]

    assert [manager[f"{kind}Probe"]["httpGet"]["path"] for kind in ("readiness", "startup", "liveness")] == [
        path,
        path,
        "/metrics",
    ]


@pytest.mark.parametrize(("tag", "release"), [("", "19.5.3"), ("v19.3.0", "19.3.0"), ("ours", "19.5.3")])
def test_the_notes_of_an_install_name_the_release(tag: str, release: str) -> None:
    notes = render({"gitlab": {"url": "https://gitlab.example.com"}, "image": {"tag": tag}}).notes

    assert f"with GitLab Runner {release}:" in notes


def test_the_tag_wins_over_the_option_and_both_must_agree() -> None:
    assert said({"image": {"tag": "v19.3.0"}}, "19.4") == [
        "warning: image.tag: v19.3.0 is GitLab Runner 19.3.0, and --runner-version says 19.4. The tag decides. "
        "[runner-version]"
    ]
    assert said({"image": {"tag": "v19.3.0"}}, "19.3") == []


def test_an_empty_tag_is_the_charts_own_release() -> None:
    assert said({}, "19.3") == [
        "warning: image.tag: empty, so the manager is the chart's GitLab Runner 19.5.3, not 19.3 of --runner-version. "
        "Set image.tag to that release. [runner-version]"
    ]
    assert said({}, "19.5") == []


def test_a_tag_without_a_version_is_taken_for_the_charts_release_with_a_note() -> None:
    assert said({"image": {"tag": "ours"}}) == [
        "note: image.tag: ours names no version: judged as GitLab Runner 19.5.3. Say it with --runner-version. "
        "[runner-version-assumed]"
    ]
    assert said({"image": {"tag": "ours"}}, "19.3") == []


def test_beside_a_digest_the_tag_says_the_version() -> None:
    digest = f"sha256:{'0' * 64}"

    assert said({"image": {"digest": digest}}) == [
        "note: image.tag: sha256:000000000000… names no version: judged as GitLab Runner 19.5.3. Say it with "
        "--runner-version. [runner-version-assumed]"
    ]
    assert said({"image": {"digest": digest, "tag": "v19.3.0"}}) == []


def test_a_release_that_is_newer_than_known_is_a_note() -> None:
    assert said({"image": {"tag": "v19.6.0"}}) == [
        "note: image.tag: GitLab Runner 19.6.0 is newer than 19.5, whose keys are the last known. What is unknown may be "
        "new. [runner-version-assumed]"
    ]


def test_a_release_that_must_not_be_used_is_an_error_with_the_reason() -> None:
    assert said({"image": {"tag": "alpine-v19.4.0"}}) == [
        "error: image.tag: GitLab Runner 19.4.0 must not be used: it lists the events of every pod that is not ready at "
        "each poll, and has overloaded API servers (gitlab-runner#39848). Use 19.4.1 or newer. [runner-advisory]"
    ]
    assert said({"image": {"tag": "alpine-v19.4.1"}}) == []


def test_an_advisory_is_about_whole_releases_and_images_of_the_runner() -> None:
    assert advisory("19.4") == ""
    assert advisory_of_image("registry.example.com:5000/ci/gitlab-runner:alpine-v19.4.0")
    assert advisory_of_image("registry.example.com:5000/ci/other:v19.4.0") == ""


def test_the_chart_is_of_no_release_that_must_not_be_used_and_of_one_whose_keys_are_known(checkout: Path) -> None:
    version = Chart.open().file.app_version
    entries = json.loads((checkout / "python/src/podrunner/runner/advisories.json").read_text())

    assert version not in [one for entry in entries for one in entry["versions"]]
    assert not is_older(load_keys().known_until, version)
