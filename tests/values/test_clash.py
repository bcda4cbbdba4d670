"""What `--set` cannot write into: found here, and refused by the helm command."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from podrunner.formats.placed import read_values
from podrunner.values.clash import find_clashes
from podrunner.values.set_expression import parse_settings

BELOW = "text: x\nlist: [1, {a: b}]\nmap:\n  deep: true\nnothing:\n"
REFUSED = {
    "--set text.a=1": "text: is not a map in below.yaml:1, so that Helm cannot set anything in it.",
    "--set text[0]=1": "text: is not a list in below.yaml:1, so that Helm cannot set anything in it.",
    "--set map[0]=1": "map: is not a list in below.yaml:3, so that Helm cannot set anything in it.",
    "--set list.a=1": "list: is not a map in below.yaml:2, so that Helm cannot set anything in it.",
    "--set list[0][1]=1": "list[0]: is not a list in below.yaml:2, so that Helm cannot set anything in it.",
    "--set nothing.a=1": "nothing: is not a map in below.yaml:5, so that Helm cannot set anything in it.",
    "--set nothing[0]=1": "nothing: is not a list in below.yaml:5, so that Helm cannot set anything in it.",
    "--set list[1].a.c=1": "list[1].a: is not a map in below.yaml:2, so that Helm cannot set anything in it.",
    "--set-string map.deep.a=1": "map.deep: is not a map in below.yaml:4, so that Helm cannot set anything in it.",
    "--set-json map.deep.a={}": "map.deep: is not a map in below.yaml:4, so that Helm cannot set anything in it.",
    "--set a=1 --set a.b=1": "a: is not a map in --set a=1, so that Helm cannot set anything in it.",
}
TAKEN = [
    "--set text=1",
    "--set text={1,2}",
    "--set map=1",
    "--set nothing=1",
    "--set list[0].a=1",
    "--set list[1].c=1",
    "--set list[3].c=1",
    "--set list={1}",
    "--set-json text={}",
    "--set-json map.deep=[1]",
    "--set-json list[0]={}",
    '--set-json {"text":{"a":1}}',
    "--set text=null --set-string text=x",
]


def clashes(words: str) -> list[str]:
    """Return what is found, without what it is found in."""
    parts = words.split()
    settings = {
        option: [text for name, text in zip(parts[::2], parts[1::2], strict=True) if name == option]
        for option in parts[::2]
    }
    found = find_clashes([read_values(BELOW, "below.yaml"), *parse_settings(settings)])
    return [finding.message for finding in found]


@pytest.mark.parametrize("words", REFUSED)
def test_what_is_of_another_kind_is_named_with_its_place(words: str) -> None:
    assert clashes(words) == [REFUSED[words]]


@pytest.mark.parametrize("words", TAKEN)
def test_what_helm_takes_is_not_called_wrong(words: str) -> None:
    assert clashes(words) == []


@pytest.mark.process
@pytest.mark.parametrize("words", [*REFUSED, *TAKEN])
def test_the_helm_command_decides_the_same(words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    helm = shutil.which("helm")
    if helm is None:
        pytest.skip("there is no helm on PATH to compare with; ci/airgap/build makes it")
    monkeypatch.chdir(tmp_path)
    Path("chart").mkdir()
    Path("chart/Chart.yaml").write_text("apiVersion: v2\nname: show\nversion: 1.0.0\n")
    Path("below.yaml").write_text(BELOW)

    command = [helm, "template", "x", "chart", "-f", "below.yaml", *words.split()]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode != 0) == (words in REFUSED), done.stderr
