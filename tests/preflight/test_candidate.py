"""What is tried, and in which order it is recommended."""

from __future__ import annotations

import pytest

from podrunner.chart.chart import Chart
from podrunner.preflight.candidate import Candidate, by_safety, candidates, unconfined
from podrunner.preflight.facts import Facts, Node

FUSE = "github.com/fuse"
PRESETS = ["openshift", "user-namespace", "unprivileged", "unprivileged-root", "privileged"]


def names(*nodes: Node) -> list[str]:
    """Name what is tried on a cluster of these nodes."""
    return [one.name for one in candidates(Chart.open().modes, Facts("1.34.4", "ci", nodes=nodes), FUSE)]


def test_every_preset_is_tried_in_the_order_of_the_table() -> None:
    assert names(Node("a", runtime="containerd://2.1.4")) == PRESETS
    assert sorted(PRESETS) == sorted(Chart.open().presets)


def test_with_cri_o_its_way_to_dev_fuse_is_tried() -> None:
    found = names(Node("a", runtime="containerd://2.1.4"), Node("b", runtime="cri-o://1.34.0"))

    assert found == [*PRESETS[:3], "unprivileged, fuse by CRI-O", *PRESETS[3:]]


def test_where_a_device_plugin_offers_fuse_it_is_tried() -> None:
    found = names(Node("a", runtime="containerd://2.1.4", resources=frozenset([FUSE])))

    assert found == [*PRESETS[:3], "unprivileged, fuse by device plugin", *PRESETS[3:]]


def test_another_resource_is_no_way_to_dev_fuse() -> None:
    assert names(Node("a", resources=frozenset(["nvidia.com/gpu"]))) == PRESETS


def test_a_fuse_variation_uses_the_device_and_the_resource_that_is_there() -> None:
    nodes = (Node("a", resources=frozenset(["squat.ai/fuse"])),)

    found = candidates(Chart.open().modes, Facts("1.34.4", "ci", nodes=nodes), "squat.ai/fuse")

    assert next(one.settings for one in found if one.resource) == (
        "podman.fuse.source=devicePlugin",
        "podman.fuse.resource=squat.ai/fuse",
        "podman.storage.driver=fuse-overlayfs",
    )


@pytest.mark.parametrize("mode", ["privileged", "openshift"])
def test_modes_that_seccomp_does_not_block_or_may_not_be_without_have_no_variation(mode: str) -> None:
    assert unconfined([Candidate(mode, mode)]) == []


def test_what_a_seccomp_profile_blocks_is_tried_without_one_once() -> None:
    plain = Candidate("unprivileged", "unprivileged", "fuse by CRI-O", ("podman.fuse.source=crio",))

    found = unconfined([plain])

    assert [(one.name, one.settings) for one in found] == [
        (
            "unprivileged, fuse by CRI-O, seccomp Unconfined",
            ("podman.fuse.source=crio", "podman.seccomp.type=Unconfined"),
        )
    ]
    assert unconfined(found) == []


def test_without_a_profile_comes_after_with_one_and_before_the_next_mode() -> None:
    plain = [Candidate("user-namespace", "userNamespace"), Candidate("unprivileged", "unprivileged")]

    found = by_safety([*plain, *unconfined(plain)], Chart.open().modes)

    assert [one.name for one in found] == [
        "user-namespace",
        "user-namespace, seccomp Unconfined",
        "unprivileged",
        "unprivileged, seccomp Unconfined",
    ]
