"""Paths into objects."""

from __future__ import annotations

from typing import Any

import pytest

from podrunner.findings.errors import UsageError
from podrunner.manifests.selector import find, find_all

POD: dict[str, Any] = {
    "metadata": {"name": "ci", "annotations": {"example.com/team": "a", "": "empty"}},
    "spec": {
        "containers": [
            {"name": "web", "image": "web:1", "ports": [{"containerPort": 8080}, {"containerPort": 8443}]},
            {"name": "side car", "image": "side:1", "tty": True},
        ],
        "volumes": [],
        "nodeName": None,
    },
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("metadata.name", "ci"),
        ("spec.containers[0].image", "web:1"),
        ("spec.containers[-1].image", "side:1"),
        ("spec.containers[name=web].image", "web:1"),
        ("spec.containers[name=side car].image", "side:1"),
        ("spec.containers[tty=true].name", "side car"),
        ("spec.containers[name=web].ports[containerPort=8443]", {"containerPort": 8443}),
        ('metadata.annotations["example.com/team"]', "a"),
        (r"metadata.annotations.example\.com/team", "a"),
        ('metadata.annotations[""]', "empty"),
        ("spec.volumes", []),
        ("spec.nodeName", None),
        ("", POD),
    ],
)
def test_a_path_leads_to_the_one_value(path: str, value: Any) -> None:
    assert find(POD, path) == value
    assert find_all(POD, path) == [value]


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("spec.containers[*].image", ["web:1", "side:1"]),
        ("spec.containers[*].ports[*].containerPort", [8080, 8443]),
        ("spec.containers[tty=false]", []),
        ("spec.volumes[*]", []),
        ("spec.volumes[0]", []),
        ("metadata.labels.app", []),
        ("metadata[0]", []),
        ("metadata.name.first", []),
    ],
)
def test_a_path_leads_to_as_many_values_as_there_are(path: str, values: list[Any]) -> None:
    assert find_all(POD, path) == values


def test_items_are_chosen_by_what_stands_deeper_in_them() -> None:
    objects = [{"metadata": {"name": "a"}, "kind": "Role"}, {"metadata": {"name": "b"}, "kind": "Secret"}]

    assert find(objects, "[metadata.name=b].kind") == "Secret"


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("metadata.nmae", "there is no nmae in metadata. Did you mean `name`? There: name, annotations."),
        (
            "spec.containers[name=wbe].image",
            "there is no [name=wbe] in spec.containers. Did you mean `web`? There: web, side car.",
        ),
        ("spec.containers[2].image", "there is no [2] in spec.containers. It is a list of 2."),
        ("sepc.containers", "there is no sepc at the top. Did you mean `spec`? There: metadata, spec."),
        ("metadata[0]", "there is no [0] in metadata. It is a map."),
        ("metadata.name.first", "there is no first in metadata.name. It is a single value."),
        ("spec.containers[*].image", "2 values. Use find_all, or name the item: [name=web]."),
    ],
)
def test_a_path_that_leads_nowhere_says_how_far_it_led(path: str, sentence: str) -> None:
    with pytest.raises(LookupError) as caught:
        find(POD, path)

    assert caught.value.args == (f"{path}: {sentence}",)


@pytest.mark.parametrize("path", ["a..b", ".a", "a[", "a[]", "a[b", "a]", "a.", "[0]a", "a[?(@.b == 1)]"])
def test_what_is_not_a_path_is_refused_with_one_that_is(path: str) -> None:
    with pytest.raises(UsageError, match=r"not a path, from `.*` on. Write it like spec.containers\[name=web\].image"):
        find_all(POD, path)
