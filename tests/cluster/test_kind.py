"""What kind is told: its nodes, and which of them get images."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from podrunner.cluster.kind import Kind

OURS = """\
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
networking: {serviceSubnet: 10.111.0.0/16}
nodes:
- role: control-plane
"""
THEIRS = "kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n"


@pytest.fixture
def kind(tmp_path: Path) -> Kind:
    """Return a cluster whose kind only writes down its arguments."""
    command = tmp_path / "kind"
    command.write_text(f'#!/bin/sh\necho "$*" >>{tmp_path}/said\n')
    command.chmod(0o755)
    return Kind("ci", str(command), "podman", os.environ, "", tmp_path / "kubeconfig", tmp_path / "kind.log")


def said(kind: Kind) -> str:
    return kind.kubeconfig.with_name("said").read_text()


def config_of(kind: Kind) -> object:
    _, file = said(kind).rstrip().split(" --config ")
    return json.loads(Path(file).read_text())


@pytest.mark.process
@pytest.mark.parametrize("text", [OURS, THEIRS], ids=["with a control plane", "without nodes"])
def test_workers_stand_beside_the_control_plane_of_the_configuration_given(
    text: str, kind: Kind, tmp_path: Path
) -> None:
    (tmp_path / "given.yaml").write_text(text)

    kind.create(config=tmp_path / "given.yaml", workers=2)

    networking = {"networking": {"serviceSubnet": "10.111.0.0/16"}} if text == OURS else {}
    assert config_of(kind) == {
        "kind": "Cluster",
        "apiVersion": "kind.x-k8s.io/v1alpha4",
        **networking,
        "nodes": [{"role": "control-plane"}, {"role": "worker"}, {"role": "worker"}],
    }


@pytest.mark.process
def test_workers_need_no_configuration(kind: Kind) -> None:
    kind.create(workers=1)

    assert config_of(kind) == {
        "kind": "Cluster",
        "apiVersion": "kind.x-k8s.io/v1alpha4",
        "nodes": [{"role": "control-plane"}, {"role": "worker"}],
    }


@pytest.mark.process
def test_without_workers_the_configuration_is_used_as_it_is(kind: Kind, tmp_path: Path) -> None:
    kind.create(config=tmp_path / "given.yaml")

    assert said(kind).rstrip().endswith(f"--wait 180s --config {tmp_path}/given.yaml")


@pytest.mark.process
def test_images_are_put_into_workers_by_the_names_that_kind_gives_them(kind: Kind, tmp_path: Path) -> None:
    kind.load(tmp_path / "image.tar", kind.workers(3))

    assert said(kind) == f"load image-archive --name ci --nodes ci-worker,ci-worker2,ci-worker3 {tmp_path}/image.tar\n"
