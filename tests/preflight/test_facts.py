"""Which nodes are alike, and which no job gets to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from podrunner.preflight.facts import ANY_NODE, Node, keeps_away, kinds, numbers

WORKER = Node("a", "6.8.0-45-generic", "containerd://2.1.4", "Ubuntu 24.04.1 LTS", "amd64")


def test_nodes_that_are_alike_are_tried_once() -> None:
    nodes = (WORKER, replace(WORKER, name="b"), replace(WORKER, name="c", kernel="5.15.0-112-generic"))

    found = kinds(nodes)

    assert [(kind.node.name, kind.names) for kind in found] == [("a", ("a", "b")), ("c", ("c",))]
    assert [kind.title for kind in found] == ["a (and 1 more)", "c"]


@pytest.mark.parametrize(
    "other",
    [
        {"runtime": "cri-o://1.34.0"},
        {"system": "Debian GNU/Linux 12 (bookworm)"},
        {"architecture": "arm64"},
        {"resources": frozenset(["github.com/fuse"])},
    ],
)
def test_nodes_that_differ_in_what_builds_depend_on_are_tried_each(other: dict[str, object]) -> None:
    found = kinds((WORKER, replace(WORKER, name="b", **other)))

    assert [kind.node.name for kind in found] == ["a", "b"]


def test_the_kind_with_the_most_nodes_is_first() -> None:
    old = replace(WORKER, kernel="5.4.0")
    nodes = (WORKER, replace(old, name="b"), replace(old, name="c"))

    assert [kind.names for kind in kinds(nodes)] == [("b", "c"), ("a",)]


def test_nodes_that_jobs_do_not_get_to_are_not_tried() -> None:
    assert kinds((replace(WORKER, away="cordoned"),)) == []


def test_where_nodes_may_not_be_listed_there_is_one_that_nothing_is_known_of() -> None:
    assert [kind.node for kind in kinds(())] == [Node(ANY_NODE)]


@pytest.mark.parametrize(
    ("taints", "unschedulable", "expected"),
    [
        ([], False, ""),
        ([], True, "cordoned"),
        (
            [{"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}],
            False,
            "tainted node-role.kubernetes.io/control-plane:NoSchedule",
        ),
        ([{"key": "team", "value": "ml", "effect": "NoExecute"}], False, "tainted team=ml:NoExecute"),
        ([{"key": "team", "value": "ml", "effect": "PreferNoSchedule"}], False, ""),
    ],
)
def test_why_no_job_gets_to_a_node(taints: list[dict[str, str]], unschedulable: bool, expected: str) -> None:
    assert keeps_away(taints, {}, unschedulable=unschedulable) == expected


@pytest.mark.parametrize(
    ("tolerations", "away"),
    [
        ({"pool=ci": "NoSchedule"}, ""),
        ({"pool": "NoSchedule"}, ""),
        ({"pool=ci": ""}, ""),
        ({"": ""}, ""),
        ({"pool=gpu": "NoSchedule"}, "tainted pool=ci:NoSchedule"),
        ({"pool=ci": "NoExecute"}, "tainted pool=ci:NoSchedule"),
    ],
)
def test_jobs_get_to_a_node_whose_taint_they_tolerate(tolerations: dict[str, str], away: str) -> None:
    taints = [{"key": "pool", "value": "ci", "effect": "NoSchedule"}]

    assert keeps_away(taints, tolerations, unschedulable=False) == away


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5.14.0-362.el9.x86_64", (5, 14)),
        ("6.18.44-fc-v669", (6, 18)),
        ("containerd://2.1.4", (2, 1)),
        ("cri-o://1.34.0", (1, 34)),
        ("docker", None),
        ("", None),
    ],
)
def test_versions_are_read_as_nodes_write_them(text: str, expected: tuple[int, int] | None) -> None:
    assert numbers(text) == expected
