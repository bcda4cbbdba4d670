"""`--set` and its kin over a values file: what is written out here, and what the helm command makes of the same words."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from podrunner.findings.errors import UsageError
from podrunner.values.merge import merge
from podrunner.values.set_expression import OPTIONS, parse_set, parse_settings

BELOW: dict[str, Any] = {
    "mirrors": [{"location": "a", "insecure": True}, {"location": "b"}, {"location": "c"}],
    "names": ["r", "s"],
    "map": {"a": 1, "deep": {"c": 3}},
}
WORDS: dict[str, dict[str, Any]] = {
    "--set names={p}": {"names": ["p"]},
    "--set names[1]=q": {"names": ["r", "q"]},
    "--set names[1]=null": {"names": ["r", None]},
    "--set 'names[3]=q'": {"names": ["r", "s", None, "q"]},
    "--set 'note=names[1],names={p}'": {"note": "names[1]", "names": ["p"]},
    "--set mirrors[1].insecure=true,names=null": {
        "mirrors": [*BELOW["mirrors"][:1], {"location": "b", "insecure": True}, BELOW["mirrors"][2]],
        "names": None,
    },
    "--set 'new.a={a,b},new={1}'": {"new": [1]},
    "--set a[0][1]=x": {"a": [[None, "x"]]},
    r"--set 'a.b\.c=0644,n=12'": {"a": {"b.c": "0644"}, "n": 12},
    "--set-string n=12,t=true,names[0]=1": {"n": "12", "t": "true", "names": ["1", "s"]},
    "--set-string 'a[1][1].b[1]=x'": {"a": [None, [None, {"b": [None, "x"]}]]},
    """--set-json 'a={"b":[1,null]},names=["p"]'""": {"a": {"b": [1, None]}, "names": ["p"]},
    """--set-json 'mirrors[0]={"location":"x"}'""": {"mirrors": [{"location": "x"}, *BELOW["mirrors"][1:]]},
    """--set-json 'mirrors[0].location="x"'""": {
        "mirrors": [{"location": "x", "insecure": True}, *BELOW["mirrors"][1:]]
    },
    """--set-json 'pod={"a":{"b":1}}' --set-json 'pod.c=[1,{"d":2}]'""": {"pod": {"a": {"b": 1}, "c": [1, {"d": 2}]}},
    """--set-json 'map={"b":2}'""": {"map": {"b": 2}},
    """--set-json 'map.deep={"b":2}'""": {"map": {"a": 1, "deep": {"b": 2}}},
    """--set-json '{"map":{"b":2}}'""": {"map": {"a": 1, "b": 2, "deep": {"c": 3}}},
    "--set map.deep.d=4": {"map": {"a": 1, "deep": {"c": 3, "d": 4}}},
    """--set-json '{"names": ["p"], "a": {"b": {}}}'""": {"names": ["p"], "a": {"b": {}}},
    "--set-file a.script=script.sh,names[1]=script.sh": {"a": {"script": "make\n"}, "names": ["r", "make\n"]},
    # Helm has an order of its own: JSON, then values, texts and files.
    """--set-literal 'map.a=b,c={d}\\e=f'""": {"map": {"a": "b,c={d}\\e=f", "deep": {"c": 3}}},
    "--set-literal 'mirrors[0].location=a,b'": {
        "mirrors": [{**BELOW["mirrors"][0], "location": "a,b"}, *BELOW["mirrors"][1:]]
    },
    "--set-literal a=1 --set-file a=script.sh": {"a": "1"},
    "--set-file a=script.sh --set-string b=1 --set a=1,b=2,c=3 --set-json 'a=4,b=5,c=6,d=7'": {
        "a": "make\n",
        "b": "1",
        "c": 3,
        "d": 7,
    },
}


@pytest.fixture(autouse=True)
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file to be read, in the current folder."""
    monkeypatch.chdir(tmp_path)
    Path("script.sh").write_text("make\n")


def settings(words: str) -> dict[str, list[str]]:
    """Return the expressions of each option."""
    every = shlex.split(words)
    pairs = list(zip(every[::2], every[1::2], strict=True))
    return {option: [text for name, text in pairs if name == option] for option in OPTIONS}


@pytest.mark.parametrize("words", WORDS)
def test_expressions_lie_over_a_file(words: str) -> None:
    merged = merge(BELOW, *(layer.data for layer in parse_settings(settings(words))))

    assert merged == {**BELOW, **WORDS[words]}


@pytest.fixture(params=["helm", "helm3"])
def helm(request: pytest.FixtureRequest) -> str:
    """Return the helm command, in two versions."""
    program = shutil.which(request.param)
    if program is None:
        pytest.skip(f"there is no {request.param} on PATH to compare with; ci/airgap/build makes helm and helm3")
    return program


@pytest.mark.process
@pytest.mark.parametrize("words", WORDS)
def test_the_helm_command_says_the_same(helm: str, words: str) -> None:
    chart = Path("chart")
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: show\nversion: 1.0.0\n")
    (chart / "templates" / "values.yaml").write_text("values: {{ toJson .Values }}\n")
    Path("below.yaml").write_text(json.dumps(BELOW))

    if "--set-json '{" in words and helm.endswith("helm3"):
        pytest.skip("an object for --set-json is of Helm 4")
    command = [helm, "template", "x", "chart", "-f", "below.yaml", *shlex.split(words)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    said = json.loads(done.stdout.partition("values: ")[2])
    assert said == {**BELOW, **WORDS[words]}


@pytest.mark.parametrize(
    ("option", "expression", "sentence"),
    [
        ("--set", "a", '--set a: key "a" has no value. Write key.path=value.'),
        ("--set-string", "a", '--set-string a: key "a" has no value. Write key.path=value.'),
        ("--set-json", "a=[1", "--set-json a=[1: unexpected EOF. Write key.path=JSON, or a JSON object."),
        (
            "--set-json",
            '{"a": NaN}',
            '--set-json {"a": NaN}: not JSON: NaN is not JSON. Write key.path=JSON, or a JSON object.',
        ),
        ("--set", "a=\udcff", r"--set a=\udcff: not text in UTF-8. Write key.path=value."),
        (
            "--set-file",
            "a=nowhere",
            "--set-file a=nowhere: open nowhere: no such file or directory. Write key.path=FILE.",
        ),
    ],
)
def test_what_helm_cannot_parse_is_wrong_use(option: str, expression: str, sentence: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_set([expression], option)

    assert str(error.value) == sentence


def test_a_layer_is_called_as_it_is_typed() -> None:
    assert [layer.source for layer in parse_set(["a=1", "b=2"], "--set-string")] == [
        "--set-string a=1",
        "--set-string b=2",
    ]
