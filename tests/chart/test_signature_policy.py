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


KEY: dict[str, Any] = {"type": "sigstoreSigned", "keyPath": "/etc/pki/key.pub"}
GPG: dict[str, Any] = {"type": "signedBy", "keyType": "GPGKeys", "keyPath": "/etc/pki/key.gpg"}
FULCIO = {"caPath": "/etc/pki/ca.pem", "oidcIssuer": "https://login.example.com", "subjectEmail": "ci@example.com"}
# What podman reads no image by: a requirement, and how the chart says it.
UNREADABLE: dict[str, tuple[dict[str, Any], str]] = {
    "no key": ({"type": "sigstoreSigned"}, "has no key for sigstoreSigned"),
    "two keys": ({**KEY, "keyData": "aGVsbG8="}, "has keyPath and keyData for sigstoreSigned"),
    "a type of key of another type": ({**KEY, "keyType": "GPGKeys"}, "has keyType for sigstoreSigned, which has no such key"),
    "no type of key": ({"type": "signedBy", "keyPath": "/k"}, "has no keyType for signedBy.*Add it: keyType: GPGKeys"),
    "a list of keys in Base64": ({"type": "signedBy", "keyType": "GPGKeys", "keyDatas": ["aGVsbG8="]}, "has keyDatas for signedBy"),
    "a key for nothing": ({"type": "reject", "keyPath": "/k"}, "has keyPath for reject, which has no such key"),
    "an identity without a signature": ({"type": "insecureAcceptAnything", "signedIdentity": {"type": "matchExact"}}, "has signedIdentity for insecureAcceptAnything"),
    "an identity without a log": ({"type": "sigstoreSigned", "fulcio": FULCIO}, "has fulcio without the key of a log"),
    "half an identity": ({"type": "sigstoreSigned", "fulcio": {"caPath": "/ca"}, "rekorPublicKeyPath": "/r"}, "has no oidcIssuer for fulcio"),
    "no authority": ({"type": "sigstoreSigned", "fulcio": {**FULCIO, "caPath": None}, "rekorPublicKeyPath": "/r"}, "has no key for fulcio"),
    "two logs": ({"type": "sigstoreSigned", "fulcio": FULCIO, "rekorPublicKeyPath": "/r", "rekorPublicKeyData": "aGVsbG8="}, "has rekorPublicKeyPath and rekorPublicKeyData"),
    "an unknown match": ({**KEY, "signedIdentity": {"type": "matchAll"}}, "has a signedIdentity of the type matchAll, which podman does not know"),
    "half a mapping": ({**KEY, "signedIdentity": {"type": "remapIdentity", "prefix": "a.example.com"}}, "has no signedPrefix for remapIdentity"),
    "a match with more": ({**GPG, "signedIdentity": {"type": "matchExact", "prefix": "a"}}, "has prefix for matchExact"),
}  # fmt: skip
READABLE: dict[str, dict[str, Any]] = {
    "a key": KEY,
    "a key of GPG": GPG,
    "several keys": {"type": "sigstoreSigned", "keyPaths": ["/a.pub", "/b.pub"]},
    "an identity": {"type": "sigstoreSigned", "fulcio": FULCIO, "rekorPublicKeyPath": "/etc/pki/rekor.pub"},
    "a mapping": {**KEY, "signedIdentity": {"type": "remapIdentity", "prefix": "a.example.com", "signedPrefix": "b.example.com"}},
    "one name": {**KEY, "signedIdentity": {"type": "exactReference", "dockerReference": "a.example.com/b:1"}},
    "one repository": {**GPG, "signedIdentity": {"type": "exactRepository", "dockerRepository": "a.example.com/b"}},
}  # fmt: skip
# Not in skopeo 1.9.
NEWER = ("several keys", "an identity")


def of_one(requirement: dict[str, Any]) -> dict[str, Any]:
    """A policy of which one entry has this requirement."""
    clean = json.loads(json.dumps(requirement), object_hook=lambda one: {k: v for k, v in one.items() if v is not None})
    return {**REJECT, "transports": {"docker": {"registry.example.com": [clean]}}}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_requirement_that_podman_could_not_read_is_refused_at_its_place(render: Any, name: str) -> None:
    requirement, sentence = UNREADABLE[name]
    with pytest.raises(
        RenderError, match=rf"podman\.registries\.policy\.transports\.docker\.registry\.example\.com (?s:{sentence})"
    ):
        render({"podman": {"registries": {"policy": of_one(requirement)}}})


@pytest.mark.parametrize("name", READABLE)
def test_a_requirement_that_podman_reads_is_taken(render: Any, name: str) -> None:
    assert "policy.json" in script_of(render({"podman": {"registries": {"policy": of_one(READABLE[name])}}}))


@pytest.mark.process
@pytest.mark.skipif(not shutil.which("skopeo"), reason="needs skopeo, which reads the same policy as podman")
@pytest.mark.parametrize("name", [*UNREADABLE, *READABLE])
def test_skopeo_reads_what_the_chart_takes_and_nothing_else(tmp_path: Path, name: str) -> None:
    policy = of_one(READABLE[name] if name in READABLE else UNREADABLE[name][0])
    (tmp_path / "policy.json").write_text(json.dumps(policy))
    command = ["skopeo", "--policy", str(tmp_path / "policy.json"), "copy"]
    source, target = image(tmp_path / "image"), f"oci:{tmp_path}/copy:latest"

    said = subprocess.run([*command, f"dir:{source}", target], capture_output=True, text=True).stderr

    if name in NEWER and "Unknown key" in said:
        pytest.skip("this skopeo is older than the key")
    # By its default, such a policy takes no image of a folder.
    assert ("is rejected by policy" in said) is (name in READABLE), said


@pytest.mark.parametrize(
    ("transports", "sentence"),
    [
        ({"dokcer": {"": [{"type": "reject"}]}}, "transports has dokcer .*podman does not know.*containers-storage"),
        (
            {"docker": {"https://a.example.com": [{"type": "reject"}]}},
            r"has https://a\.example\.com .*without http\(s\)",
        ),
    ],
    ids=["transport", "address"],
)
def test_an_entry_that_would_hold_for_no_image_is_refused(
    render: Any, transports: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(RenderError, match=f"(?s){sentence}"):
        render({"podman": {"registries": {"policy": {**REJECT, "transports": transports}}}})
