"""Patches that take away, or take twice, what is in a list of a job's pod."""

from __future__ import annotations

import json

import pytest

from podrunner.runner.job_pod.replaced_lists import replaced_lists
from podrunner.runner.job_pod.setup import ADVANCED


@pytest.mark.parametrize(("name", "count"), [("build", 1), ("aside", 0)])
def test_a_json_patch_that_adds_a_second_container_of_a_name_is_told_to_rename_it(name: str, count: int) -> None:
    operation = {"op": "add", "path": "/containers/-", "value": {"name": name, "image": "a:1"}}
    patch = {"name": "own", "patch_type": "json", "patch": json.dumps([operation])}

    found = replaced_lists({"kubernetes": {"pod_spec": [patch]}, "feature_flags": {ADVANCED: True}})

    assert [one.sentence("runner a") for one in found] == count * [
        "adds a second item named `build` for jobs of runner a. Name it otherwise, or change the first one by "
        "patch_type: strategic."
    ]
