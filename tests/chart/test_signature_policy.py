"""Which images podman may pull in a job: podman.registries.policy, as the job's script writes it and skopeo reads it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from podrunner.findings.errors import RenderError
from tests.matrix_cases import ROOT

REJECT: dict[str, Any] = {"default": [{"type": "reject"}]}
PAGE = (ROOT / "docs/network.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"```yaml\n# values/signatures\.yaml\n(.*?)```", PAGE, re.DOTALL)


def script_of(rendering: Any) -> str:
    """The script that runs before a job's own commands."""
    script: str = rendering.config_toml["runners"][0]["pre_build_script"]
    return script


def lay_out(rendering: Any, home: Path) -> None:
    """Run the script in a folder."""
    script = script_of(rendering).replace("/podrunner", str(home / "podrunner"))
    subprocess.run(["bash", "-euc", script], env=os.environ | {"HOME": str(home)}, check=True, capture_output=True)


def image(folder: Path) -> Path:
    """An image without layers, as a folder that skopeo and podman read."""
    folder.mkdir()
    config = json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": []}}).encode()
    digest = hashlib.sha256(config).hexdigest()
    kind = "application/vnd.oci.image"
    manifest = {
        "schemaVersion": 2,
        "mediaType": f"{kind}.manifest.v1+json",
        "config": {"mediaType": f"{kind}.config.v1+json", "digest": f"sha256:{digest}", "size": len(config)},
        "layers": [],
    }
    (folder / digest).write_bytes(config)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "version").write_text("Directory Transport Version: 1.1\n")
    return folder


def test_no_policy_is_written_unless_asked_for(render: Any) -> None:
    assert "policy.json" not in script_of(render())


def test_a_policy_without_signatures_of_sigstore_says_nothing_of_where_they_are(render: Any) -> None:
    assert "use-sigstore-attachments" not in script_of(render({"podman": {"registries": {"policy": REJECT}}}))


@pytest.mark.process
def test_the_policy_of_the_page_is_written_where_podman_reads_it_first(render: Any, tmp_path: Path) -> None:
    values = yaml.safe_load(EXAMPLE)
    lay_out(render(values), tmp_path)
    written = tmp_path / ".config/containers"

    assert json.loads((written / "policy.json").read_text()) == values["podman"]["registries"]["policy"]
    assert yaml.safe_load((written / "registries.d/sigstore.yaml").read_text()) == {
        "default-docker": {"use-sigstore-attachments": True}
    }


@pytest.mark.process
def test_skopeo_takes_the_images_that_the_policy_allows_and_no_other(render: Any, tmp_path: Path) -> None:
    skopeo = shutil.which("skopeo")
    if skopeo is None:
        pytest.skip("skopeo is not here: it reads the same policy as podman, without storage of its own")
    allowed, other = image(tmp_path / "allowed"), image(tmp_path / "other")
    policy = {**REJECT, "transports": {"dir": {str(allowed): [{"type": "insecureAcceptAnything"}]}}}
    lay_out(render({"podman": {"registries": {"policy": policy}}}), tmp_path)

    ends = [
        subprocess.run(
            [skopeo, "copy", f"dir:{source}", f"oci:{tmp_path}/copy-{source.name}:latest"],
            env=os.environ | {"HOME": str(tmp_path)},
            capture_output=True,
            text=True,
        )
        for source in (allowed, other)
    ]

    assert (ends[0].returncode, ends[0].stderr) == (0, ends[0].stderr)
    assert ends[1].returncode != 0
    assert f"Running image dir:{other} is rejected by policy" in ends[1].stderr


def test_a_policy_that_podman_could_not_read_is_refused(render: Any) -> None:
    policy = {"transports": {"docker": {"docker.io": [{"type": "reject"}]}}}
    with pytest.raises(RenderError, match=r"(?s)podman.registries.policy has no default.*default: \[{type: reject}\]"):
        render({"podman": {"registries": {"policy": policy}}})
