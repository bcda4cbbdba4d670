"""The build of images for machines without a container registry, with recipes that take no time."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.process

needs_debian_root = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("dpkg-query") is None, reason="ci/airgap/build runs as root on Debian only"
)


@pytest.fixture
def airgap(checkout: Path, tmp_path: Path) -> Path:
    """Return a copy of ci/airgap that may be changed."""
    return Path(shutil.copytree(checkout / "ci/airgap", tmp_path / "airgap"))


@pytest.fixture
def quick(airgap: Path) -> Path:
    """Return a copy of ci/airgap that installs nothing and whose recipe `pause` writes a file."""
    (airgap / "packages.list").write_text("# none\n", encoding="utf-8")
    _write_recipe(airgap, 'echo built >"$OUT/pause"; echo x >>"$PARTS/../times"')
    return airgap


def _write_recipe(airgap: Path, script: str) -> None:
    (airgap / "recipes/pause/recipe").write_text(f"#!/bin/bash\nset -euo pipefail\n{script}\n", encoding="utf-8")


def _build(airgap: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([airgap / "build", *arguments], capture_output=True, text=True, check=False)


def _keys(airgap: Path) -> dict[str, str]:
    listed = [line.split() for line in _build(airgap, "--list").stdout.splitlines()]
    return dict(listed)


def _changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


def test_a_changed_recipe_rebuilds_itself_and_what_needs_it(airgap: Path) -> None:
    before = _keys(airgap)
    with (airgap / "recipes/golang/recipe").open("a", encoding="utf-8") as recipe:
        recipe.write("# changed\n")

    assert _changed(before, _keys(airgap)) == {"golang", "registry"}


def test_a_changed_version_rebuilds_what_mentions_it(airgap: Path) -> None:
    before = _keys(airgap)
    versions = airgap / "versions.env"
    versions.write_text(versions.read_text(encoding="utf-8").replace("PODMAN_SUITE=trixie", "PODMAN_SUITE=sid"))

    assert _changed(before, _keys(airgap)) == {"podman"}


def test_a_changed_shared_file_rebuilds_what_uses_it(airgap: Path) -> None:
    before = _keys(airgap)
    with (airgap / "archive.sh").open("a", encoding="utf-8") as shared:
        shared.write("# changed\n")

    archives = {
        "node",
        "podman",
        "runner-images",
        "stand-in",
        "golang",
        "registry",
        "crio",
        "device-plugin",
        "kube-router",
    }
    assert _changed(before, _keys(airgap)) == archives


def test_help_names_every_component_and_says_that_packages_are_installed(airgap: Path) -> None:
    shown = _build(airgap, "--help")

    assert shown.returncode == 0
    assert "INSTALLS Debian" in shown.stdout
    assert set(_keys(airgap)) == {folder.name for folder in (airgap / "recipes").iterdir()} - {"go"}
    assert all(name in shown.stdout for name in _keys(airgap))


def test_an_unknown_component_is_wrong_use_and_names_those_there_are(airgap: Path) -> None:
    refused = _build(airgap, "podmann")

    assert refused.returncode == 2
    assert refused.stderr.startswith("build: no component is called 'podmann'; there are: pause runc etcd")


@pytest.mark.parametrize("version", ["1.31", "v1.31.14", ""])
def test_an_api_server_without_a_whole_version_is_wrong_use(airgap: Path, version: str) -> None:
    refused = _build(airgap, "--api-server", *filter(None, [version]))

    assert (refused.returncode, refused.stderr) == (
        2,
        "build: --api-server needs a version, for example --api-server 1.31.14\n",
    )


@needs_debian_root
def test_a_second_build_takes_what_the_first_one_made(quick: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = _build(quick, "--directory", str(cache), "pause")
    second = _build(quick, "--directory", str(cache), "pause")

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "==> building pause" in first.stderr
    assert f"cached  pause ({_keys(quick)['pause']})" in second.stderr
    assert second.stdout.splitlines()[-1] == str(cache)
    assert (cache / "times").read_text() == "x\n"


@needs_debian_root
def test_the_old_key_of_a_component_goes_once_the_new_one_is_built(quick: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    _build(quick, "--directory", str(cache), "pause")
    _write_recipe(quick, 'echo newer >"$OUT/pause"')
    _build(quick, "--directory", str(cache), "pause")

    assert {entry.name for entry in (cache / "parts").iterdir()} == {"pause", f"pause-{_keys(quick)['pause']}"}
    assert (cache / "parts/pause/pause").read_text() == "newer\n"


@needs_debian_root
def test_a_recipe_that_fails_shows_its_output_and_leaves_the_old_part_in_place(quick: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    _build(quick, "--directory", str(cache), "pause")
    _write_recipe(quick, 'echo half >"$OUT/pause"; echo no such package >&2; exit 3')
    failed = _build(quick, "--directory", str(cache), "pause")

    assert failed.returncode == 1
    assert "no such package\nbuild: the recipe of pause failed (exit 3); its output is in" in failed.stderr
    assert (cache / "parts/pause/pause").read_text() == "built\n"


@needs_debian_root
@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_build_ends_what_it_started_and_leaves_nothing_half_written(
    quick: Path, tmp_path: Path, signum: signal.Signals
) -> None:
    cache = tmp_path / "cache"
    _write_recipe(quick, f'echo half >"$OUT/pause"; echo $$ >"{tmp_path}/pid"; mkfifo wait; read -r _ <wait')
    os.mkfifo(tmp_path / "pid")
    build = subprocess.Popen(
        [quick / "build", "--directory", str(cache), "pause"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    recipe = int((tmp_path / "pid").read_text())
    build.send_signal(signum)
    _, stderr = build.communicate()

    assert build.returncode == 130
    assert "build: interrupted" in stderr
    assert list((cache / "parts").iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(recipe, 0)
