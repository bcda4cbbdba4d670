"""`podrunner_snapshot`, in pytest runs of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

TEST = """
import pytest

@pytest.mark.parametrize("size", ["s", "l"])
def test_image(podrunner_render, podrunner_snapshot, size):
    podrunner_snapshot(podrunner_render({"image": "IMAGE-" + size, "mode": "quiet"}))
"""
FILE = "snapshots/test_it/test_image-s.yaml"


@pytest.fixture
def project(pytester: pytest.Pytester, small_chart: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Make a project that tests the small chart, not in CI."""
    monkeypatch.delenv("CI", raising=False)
    pytester.makeini(f"[pytest]\npodrunner_chart = {small_chart}\n")
    return pytester


def run(project: pytest.Pytester, image: str, *options: str) -> pytest.RunResult:
    project.makepyfile(test_it=TEST.replace("IMAGE", image))
    return project.runpytest_inprocess(*options)


def test_a_missing_snapshot_is_written_and_compared_from_then_on(project: pytest.Pytester) -> None:
    run(project, "old").assert_outcomes(passed=2)
    written = (project.path / FILE).read_text()
    run(project, "old").assert_outcomes(passed=2)

    assert "old-s" in written
    assert (project.path / FILE).read_text() == written


def test_a_missing_snapshot_fails_in_ci(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "CI", "true")

    result = run(project, "old")

    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines([f"*{FILE}: there is no such snapshot. Run pytest with --podrunner-update-snapshots,*"])
    assert not (project.path / FILE).exists()


def test_a_difference_is_named_by_object_and_field(project: pytest.Pytester) -> None:
    run(project, "old")

    result = run(project, "new")

    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        [f"*{FILE} differs from what is rendered now:", '*: * → "new-s"', "Is that wanted? Run pytest with *"]
    )


def test_snapshots_are_written_anew_when_asked_for(project: pytest.Pytester) -> None:
    run(project, "old")

    run(project, "new", "--podrunner-update-snapshots").assert_outcomes(passed=2)

    assert "new-s" in (project.path / FILE).read_text()


SHARED = """
import pytest

class TestA:
    def test_x(self, podrunner_render, podrunner_snapshot):
        podrunner_snapshot(podrunner_render({"image": "a"}))

class TestB:
    def test_x(self, podrunner_render, podrunner_snapshot):
        podrunner_snapshot(podrunner_render({"image": "b"}))

@pytest.mark.parametrize("size", ["a/b", "a-b"])
def test_x(podrunner_render, podrunner_snapshot, size):
    podrunner_snapshot(podrunner_render({"image": size}))
"""


def test_tests_of_nearly_the_same_name_have_snapshots_of_their_own(project: pytest.Pytester) -> None:
    project.makepyfile(test_it=SHARED)

    project.runpytest_inprocess().assert_outcomes(passed=4)

    assert sorted(file.name for file in (project.path / "snapshots" / "test_it").iterdir()) == [
        "TestA.test_x.yaml",
        "TestB.test_x.yaml",
        "test_x-a-b-bb9f910c.yaml",
        "test_x-a-b.yaml",
    ]
    project.runpytest_inprocess().assert_outcomes(passed=4)


def test_a_second_snapshot_of_a_test_needs_a_name(project: pytest.Pytester) -> None:
    project.makepyfile(
        test_it="""
        def test_x(podrunner_render, podrunner_snapshot):
            podrunner_snapshot(podrunner_render({"image": "a"}))
            podrunner_snapshot(podrunner_render({"image": "b"}), "b")
            podrunner_snapshot(podrunner_render({"image": "c"}))
        """
    )

    result = project.runpytest_inprocess("--podrunner-update-snapshots")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*snapshots/test_it/test_x.yaml: test_x has this snapshot already. Give this one a name of its own: *"]
    )
    assert "image: a" in (project.path / "snapshots/test_it/test_x.yaml").read_text()


PARTS = {
    "an object": ('rendering.object("Deployment")', "Deployment/podrunner: spec.replicas: 1 → 2"),
    "a list of objects": ('rendering.objects("Deployment")', "Deployment/podrunner: spec.replicas: 1 → 2"),
    "a map": ('rendering.object("Deployment")["spec"]', "value.replicas: 1 → 2"),
    "a list": ('[rendering.object("Deployment")["spec"]["replicas"]]', "value[[]0]: 1 → 2"),
    "a number": ('rendering.object("Deployment")["spec"]["replicas"]', "value: 1 → 2"),
    "a text": ('"replicas: %s" % rendering.object("Deployment")["spec"]["replicas"]', "value: * → *"),
}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_has_a_snapshot_of_its_own(project: pytest.Pytester, part: str) -> None:
    what, difference = PARTS[part]
    test = f"""
        def test_part(podrunner_render, podrunner_snapshot):
            rendering = podrunner_render({{"replicas": REPLICAS}})
            podrunner_snapshot({what})
    """

    project.makepyfile(test_it=test.replace("REPLICAS", "1"))
    for _ in ("written", "compared"):
        project.runpytest_inprocess().assert_outcomes(passed=1)
    project.makepyfile(test_it=test.replace("REPLICAS", "2"))
    result = project.runpytest_inprocess()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"  {difference}"])


def test_a_snapshot_of_a_part_does_not_see_what_changes_elsewhere(project: pytest.Pytester) -> None:
    test = """
        def test_part(podrunner_render, podrunner_snapshot):
            podrunner_snapshot(podrunner_render({"replicas": REPLICAS}).object("ConfigMap"))
    """

    for replicas in ("1", "2"):
        project.makepyfile(test_it=test.replace("REPLICAS", replicas))
        project.runpytest_inprocess().assert_outcomes(passed=1)


def test_what_was_a_text_and_is_an_object_now_differs(project: pytest.Pytester) -> None:
    for what, outcome in (('"text"', {"passed": 1}), ('{"kind": "Pod"}', {"failed": 1})):
        project.makepyfile(test_it=f"def test_it(podrunner_snapshot):\n    podrunner_snapshot({what})\n")

        project.runpytest_inprocess().assert_outcomes(**outcome)
