"""smoke.json, which says what a smoke without a registry runs with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from podrunner.cases.case import Case
from podrunner.cluster.images import SMOKE_FILE, Registry, load_images
from podrunner.findings.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, **changes: object) -> None:
    data = {
        "node_image": "localhost/node:1",
        "node_archive": None,
        "kind": "bin/kind",
        "kind_config": "kind/kind.yaml",
        "environment": {"KIND_EXPERIMENTAL_PROVIDER": "podman", "CONTAINERS_CONF": "kind/containers.conf"},
        "path": ["kind/path", "bin"],
        "archives": [{"image": "quay.io/podman/stable:latest", "file": "images/podman.tar"}],
        "stand_in_image": "localhost/stand-in:1",
        "registry": {"image": "localhost/registry:1", "port": 5000, "mirrors": ["docker.io"]},
    }
    for file in ("bin/kind", "kind/kind.yaml", "images/podman.tar"):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).touch()
    (folder / "smoke.json").write_text(json.dumps(data | changes))


def test_files_are_looked_for_in_the_folder(tmp_path: Path) -> None:
    write(tmp_path)

    images = load_images(tmp_path)

    assert images.kind == str(tmp_path / "bin/kind")
    assert images.kind_config == tmp_path / "kind/kind.yaml"
    assert images.path == (tmp_path / "kind/path", tmp_path / "bin")
    assert images.archives == (("quay.io/podman/stable:latest", tmp_path / "images/podman.tar"),)
    assert images.registry == Registry("localhost/registry:1", 5000, ("docker.io",))
    assert images.push_registry == "localhost/registry:1"
    assert (images.node, images.node_archive, images.stand_in) == ("localhost/node:1", None, "localhost/stand-in:1")


def test_a_file_beside_the_usual_one_has_the_node_of_another_kubernetes(tmp_path: Path) -> None:
    write(tmp_path, node_image="localhost/node:1.37")
    (tmp_path / "smoke.json").rename(tmp_path / "smoke-1.37.2.json")

    assert load_images(tmp_path / "smoke-1.37.2.json").node == "localhost/node:1.37"


def test_values_that_name_the_images_lie_below_those_of_users(tmp_path: Path) -> None:
    given = {"image": {"tag": "alpine-v19.4.0"}, "podman": {"image": "quay.io/podman/stable:latest"}}
    write(tmp_path, values=given)

    images = load_images(tmp_path)
    users = Case("x").with_values({"podman": {"image": "ours:1"}}, "values")

    assert images.values == given
    assert users.over_values(images.values, SMOKE_FILE).values == {
        "image": {"tag": "alpine-v19.4.0"},
        "podman": {"image": "ours:1"},
    }


def test_variables_that_name_a_configuration_file_get_its_whole_path(tmp_path: Path) -> None:
    write(tmp_path)

    environment = dict(load_images(tmp_path).environment)

    assert environment == {
        "KIND_EXPERIMENTAL_PROVIDER": "podman",
        "CONTAINERS_CONF": str(tmp_path / "kind/containers.conf"),
    }


def test_a_folder_without_it_is_refused_with_the_way_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        load_images(tmp_path)

    assert str(raised.value) == f"{tmp_path}/smoke.json: no such file. `ci/airgap/build` makes such a folder."


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "images/podman.tar").unlink()

    with pytest.raises(UsageError, match=r"images/podman\.tar: no such file, though smoke\.json names it"):
        load_images(tmp_path)


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "smoke.json").write_text("{}")

    with pytest.raises(UsageError, match="the key 'stand_in_image' is missing"):
        load_images(tmp_path)
