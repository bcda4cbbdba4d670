from __future__ import annotations

from podrunner.formats.placed import read_values
from podrunner.values.change import find_changes

TEAM = """\
podman:
  mode: none
runners:
  team-a:
    podman:
      mode: privileged
    config:
      limit: 4
"""


def test_the_line_of_a_value_is_named_with_what_stands_there() -> None:
    layer = read_values(TEAM, "team.yaml")

    changes = find_changes("podman: {mode: unprivileged}", [layer])

    assert [str(change) for change in changes] == ["team.yaml:2: podman.mode: write unprivileged instead of none"]


def test_what_a_runner_overrides_is_changed_at_the_runner() -> None:
    layer = read_values(TEAM, "team.yaml")

    changes = find_changes("podman: {mode: unprivileged}", [layer], "team-a")

    assert [str(change) for change in changes] == [
        "team.yaml:6: runners.team-a.podman.mode: write unprivileged instead of privileged"
    ]


def test_what_is_not_there_is_added_below_the_nearest_map() -> None:
    layer = read_values(TEAM, "team.yaml")

    changes = find_changes("runners: {team-a: {config: {kubernetes: {memory_limit: 8Gi}}}}", [layer])

    assert [str(change) for change in changes] == [
        "team.yaml:7: add runners.team-a.config.kubernetes.memory_limit: 8Gi"
    ]


def test_a_file_without_any_of_it_is_named_without_a_line() -> None:
    changes = find_changes("rbac: {create: true}", [read_values("", "empty.yaml")])

    assert [str(change) for change in changes] == ["empty.yaml: add rbac.create: true"]


def test_a_value_that_is_right_already_is_said() -> None:
    layer = read_values(TEAM, "team.yaml")

    changes = find_changes("podman: {mode: none}", [layer])

    assert [str(change) for change in changes] == ["team.yaml:2: podman.mode is none already"]


def test_the_last_file_that_has_it_wins() -> None:
    layers = [read_values(TEAM, "team.yaml"), read_values("podman: {mode: privileged}\n", "over.yaml")]

    changes = find_changes("podman: {mode: unprivileged}", layers)

    assert [str(change) for change in changes] == ["over.yaml:1: podman.mode: write unprivileged instead of privileged"]


def test_what_is_in_a_list_stays_there() -> None:
    layer = read_values("jobs:\n  imagePullSecrets: [company, login]\n", "team.yaml")

    changes = find_changes("jobs: {imagePullSecrets: [registry-login]}", [layer])
    again = find_changes("jobs: {imagePullSecrets: [login]}", [layer])

    assert [str(change) for change in changes] == [
        "team.yaml:2: jobs.imagePullSecrets: add [registry-login] to the list"
    ]
    assert [str(change) for change in again] == ["team.yaml:2: jobs.imagePullSecrets has [login] already"]


def test_where_a_log_names_no_runner_the_only_one_is_meant() -> None:
    snippet = "runners: {default: {config: {limit: 8}}}"
    two = read_values("runners: {a: {}, b: {}}\n", "two.yaml")

    assert [str(one) for one in find_changes(snippet, [read_values(TEAM, "team.yaml")])] == [
        "team.yaml:8: runners.team-a.config.limit: write 8 instead of 4"
    ]
    assert [str(one) for one in find_changes(snippet, [two])] == ["two.yaml:1: add runners.default.config.limit: 8"]
