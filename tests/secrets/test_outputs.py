"""No output of any command tells a secret: names and formats in every input, looked for in all that is printed and written."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from podrunner.cli.main import main
from podrunner.explain.catalogue import load_catalogue

from .samples import FORMATS, NAMES, VALUES, alnum

SEEDS = st.integers(0, 2**32).map(Random)
Run = Callable[..., str]
# Text → the part of it that nobody may see.
Secrets = Mapping[str, str]

REPORTS = {"text": "", "json": ".json", "junit": ".xml", "codequality": ".json", "sarif": ".json", "html": ".html"}
CHART = "apiVersion: v2\nname: shop\nversion: 1.0.0\n"
OBJECTS = """\
{{- if .Values.fail }}{{ fail (printf "cannot work with %v" .Values.fail) }}{{ end }}
{{- range $name, $data := .Values.maps }}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ $name }}, annotations: {{ $.Values.annotations | toJson }}}
data: {{ toJson $data }}
{{- end }}
---
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
  - {name: a, image: "a:1", env: {{ toJson .Values.env }}, args: {{ toJson .Values.args }}, ports: {{ toJson .Values.ports }}}
{{ .Values.broken }}
"""
DEFAULTS = "fail: ''\nmaps: {}\nannotations: {}\nenv: []\nargs: []\nports: []\nbroken: ''\ndb: {}\n"
RUNNER = '[[runners]]\nname = "a"\nurl = "https://gitlab.example.com"\nexecutor = "kubernetes"\n'


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in a folder of its own; gives all that it printed and wrote."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, writes: tuple[str, ...] = ()) -> str:
        for name in writes:
            Path(name).unlink(missing_ok=True)
        main(arguments)
        captured = capsys.readouterr()
        return "\n".join([captured.out, captured.err, *(Path(name).read_text() for name in writes)])

    return run


def drawn_with_secrets(seed: Random) -> tuple[dict[str, str], Secrets]:
    """Key → text, of names and of formats; and the secret in each."""
    kinds = list(VALUES.values())
    texts, secrets = {}, {}
    for name in NAMES:
        texts[name] = secrets[name] = seed.choice(kinds)(seed)
    for number, (what, make) in enumerate(FORMATS.items()):
        texts[f"note{number}"], secrets[f"note{number} ({what})"] = make(seed)
    return texts, secrets


def told(output: str, secrets: Secrets) -> list[str]:
    """The keys of secrets that an output tells, as they are or as its format writes them."""
    output = html.unescape(output)
    return [
        key
        for key, secret in secrets.items()
        if any(form in output for form in (secret, json.dumps(secret)[1:-1], json.dumps(json.dumps(secret))[3:-3]))
    ]


def dump(data: Any, file: str) -> str:
    Path(file).write_text(yaml.safe_dump(data, width=10**6, allow_unicode=True), encoding="utf-8")
    return file


def reports(run: Run, *arguments: str) -> str:
    """All reports of a check."""
    files = {name: f"report-{name}{end}" for name, end in REPORTS.items()}
    options = [part for name, file in files.items() for part in ("--format", f"{name}={file}")]
    return run("check", "--jobs", "1", "--notes", *arguments, *options, writes=tuple(files.values()))


def chart(schema: Any = None) -> str:
    folder = Path("shop")
    (folder / "templates").mkdir(parents=True, exist_ok=True)
    (folder / "Chart.yaml").write_text(CHART)
    (folder / "values.yaml").write_text(DEFAULTS)
    (folder / "templates" / "objects.yaml").write_text(OBJECTS)
    (folder / "values.schema.json").unlink(missing_ok=True)
    if schema is not None:
        (folder / "values.schema.json").write_text(json.dumps(schema))
    return str(folder)


def outputs(test: Callable[..., None]) -> Callable[..., None]:
    """A property of outputs: few drawings of many names, none of them made smaller."""
    phases = (Phase.explicit, Phase.reuse, Phase.generate)
    hushed = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return given(seed=SEEDS)(settings(max_examples=2, deadline=None, phases=phases, suppress_health_check=hushed)(test))


@outputs
def test_what_a_schema_refuses(run: Run, seed: Random) -> None:
    texts, secrets = drawn_with_secrets(seed)
    wrong = [
        {"type": "integer"},
        {"enum": ["a", "b"]},
        {"pattern": "^-$"},
        {"maxLength": 1},
        {"type": "object"},
        {"const": 1},
    ]
    schema = {"properties": {"db": {"properties": {key: seed.choice(wrong) for key in texts}}}}
    numbers = {f"{name}_TOKEN": seed.randint(10**9, 10**12) for name in "ABC"}
    schema["properties"]["db"]["properties"] |= {key: {"type": "string"} for key in numbers}  # type: ignore[index]
    folder = chart(schema)
    values = dump({"db": {**texts, **numbers}}, "values.yaml")
    secrets = {**secrets, **{key: str(number) for key, number in numbers.items()}}

    said = {
        "check": reports(run, "--chart", folder, values),
        "render": run("render", "--chart", folder, "-f", values),
        "images": run("images", "--chart", folder, "-f", values),
        "diff": run("diff", values, values, "--chart", folder),
        "set": run(
            "check",
            "--chart",
            folder,
            "--set",
            f"db.password={secrets['token']}",
            "--set",
            f"db.note1={texts['note1']}",
        ),
    }

    assert {command: told(output, secrets) for command, output in said.items()} == {key: [] for key in said}
    assert "db.passphrase" in said["check"]


@outputs
def test_what_helm_and_kubernetes_refuse(run: Run, seed: Random) -> None:
    texts, secrets = drawn_with_secrets(seed)
    folder = chart()
    names = list(texts)
    failing = dump({"fail": dict(texts)}, "failing.yaml")
    broken = dump({"broken": f'password: "{secrets["token"]}\n  x: {texts[names[-1]]}'}, "broken.yaml")
    wrong = dump({"ports": [{"containerPort": texts[name], "name": name} for name in names], "db": texts}, "wrong.yaml")

    said = {
        file: reports(run, "--chart", folder, file)
        + run("render", "--chart", folder, "-f", file).partition("apiVersion")[0]
        for file in (failing, broken)
    }
    said[wrong] = reports(run, "--chart", folder, wrong)
    said["diff"] = run("diff", failing, broken, "--chart", folder)

    assert {file: told(output, secrets) for file, output in said.items()} == {key: [] for key in said}
    assert "cannot work with" in said[failing]


@outputs
def test_what_is_in_objects(run: Run, seed: Random) -> None:
    texts, secrets = drawn_with_secrets(seed)
    others, other_secrets = drawn_with_secrets(seed)
    folder = chart()
    files = [dump(objects(given), name) for given, name in ((texts, "old.yaml"), (others, "new.yaml"))]

    more = ("diff.json", "diff.md")
    formats = ("--format", "text", "--format", f"json={more[0]}", "--format", f"markdown={more[1]}")
    said = {
        "check": reports(run, "--chart", folder, files[0]),
        "diff": run("diff", *files, "--chart", folder, *formats, writes=more),
    }

    assert {command: told(output, secrets) for command, output in said.items()} == {key: [] for key in said}
    assert {command: told(output, other_secrets) for command, output in said.items()} == {key: [] for key in said}


def objects(texts: Mapping[str, str]) -> dict[str, Any]:
    """Values that put texts into ConfigMaps, also in files of them, into variables, arguments and annotations."""
    lines = "".join(f"{key}={text}\n" for key, text in texts.items() if "\n" not in text)
    files = {"app.properties": lines, "app.json": json.dumps(texts, indent=1), "app.yaml": yaml.safe_dump(dict(texts))}
    return {
        "maps": {"keys": dict(texts), "files": files, "toml": {"config.toml": config(texts)}},
        "env": [{"name": key, "value": text} for key, text in texts.items()],
        "args": [part for key, text in texts.items() for part in (f"--{key}", text)],
        "annotations": {f"example.com/{key}": text for key, text in texts.items()},
    }


def config(texts: Mapping[str, str]) -> str:
    """A config.toml with texts as variables, annotations, keys that nobody knows, wrong types and a patch."""
    quoted = {key: json.dumps(text, ensure_ascii=False) for key, text in texts.items()}
    variables = ", ".join(json.dumps(f"{key}={text}", ensure_ascii=False) for key, text in texts.items())
    env = [{"name": key, "value": text} for key, text in texts.items()]
    patch = json.dumps(json.dumps({"containers": [{"name": "build", "env": env}]}))
    return "".join(
        [
            f"{RUNNER}environment = [{variables}]\n",
            *(f'"{key}" = {text}\n' for key, text in quoted.items() if key not in ("token",)),
            '[runners.kubernetes]\nnamespace = "a"\n[runners.kubernetes.pod_annotations]\n',
            *(f'"example.com/{key}" = {text}\n' for key, text in quoted.items()),
            f'[[runners.kubernetes.pod_spec]]\nname = "a"\npatch = {patch}\n',
        ]
    )


@outputs
def test_what_is_in_values_of_the_own_chart(run: Run, seed: Random) -> None:
    texts, secrets = drawn_with_secrets(seed)
    runner = {
        "environment": [f"{key}={text}" for key, text in texts.items()],
        "pre_build_script": "\n".join(
            f"export {key}='{text}'" for key, text in texts.items() if key.startswith("note")
        ),
        "kubernetes": {"pod_annotations": {f"example.com/{key}": text for key, text in texts.items()}},
    }
    right = {"gitlab": {"url": "https://gitlab.example.com"}, "runners": {"a": {"config": runner}}}
    wrong = {**right, "podman": {"image": texts["note25"]}, "manager": {"replicas": texts["note14"]}}
    # Each costs a search of the schema.
    wrong |= {key: texts[key] for key in seed.sample(list(texts), 9)}
    files = [dump(right, "right.yaml"), dump(wrong, "wrong.yaml")]

    said = {file: reports(run, file) for file in files}
    said["diff"] = run("diff", "right.yaml", "wrong.yaml")

    assert {file: told(output, secrets) for file, output in said.items()} == {key: [] for key in said}


@outputs
def test_what_is_not_yaml_and_not_toml(run: Run, seed: Random) -> None:
    texts, secrets = drawn_with_secrets(seed)
    name = seed.choice(list(texts))
    lines = f'a: 1\n{name}: "{texts[name]}" x: [{secrets["token"]}\nb: {{c: "{texts["note3"]}\n'
    folder = chart()
    Path("bad.yaml").write_text(lines)
    Path("bad.toml").write_text(f'{RUNNER}{name} = "{texts[name]}" x\n')
    Path("matrix.yaml").write_text(f"axes: {{a: {{b: {{values: {{{name}: {json.dumps(texts[name])}}}, x: 1}}}}}}\n")

    said = [
        reports(run, "bad.yaml"),
        reports(run, "--matrix", "matrix.yaml"),
        run("render", "-f", "bad.yaml"),
        run("diff", "bad.yaml", "bad.yaml", "--chart", folder),
        run("import", "bad.toml"),
        run("import", "bad.yaml"),
        reports(run, "--pipeline", "bad.yaml"),
        run("explain", "bad.toml", "--values", "bad.yaml"),
    ]

    assert [told(output, secrets) for output in said] == [[]] * len(said)


@outputs
def test_what_is_in_a_log(run: Run, seed: Random) -> None:
    texts, secrets = log_secrets(seed)
    pairs = iter([*texts.items()] * 10)
    samples = [sample.splitlines()[0] for entry in load_catalogue() for sample in entry.samples if sample.strip()]
    log = [f"{sample} {key}={text}" for sample, (key, text) in zip(samples, pairs, strict=False)]
    Path("job.log").write_text(
        "\n".join(["$ podman build " + " ".join(f"--build-arg {k}={v}" for k, v in texts.items()), *log])
    )
    Path("long.log").write_text(
        "\n".join(f"{'x' * 390} {key}={text} {line}" for line, (key, text) in zip(log, pairs, strict=False))
    )

    said = [run("explain", log, *options) for log in ("job.log", "long.log") for options in ([], ["--format", "json"])]

    assert [told(output, secrets) for output in said] == [[]] * 4
    assert all("[redacted]" in output for output in said)


def log_secrets(seed: Random) -> tuple[dict[str, str], Secrets]:
    """As they are in a line of a log: without quotes, so without spaces."""
    named = {name: alnum(seed, 20) for name in NAMES}
    made = {f"note{number}": make(seed) for number, make in enumerate(FORMATS.values())}
    fitting = {key: (text, secret) for key, (text, secret) in made.items() if "\n" not in text}
    texts = {**named, **{key: text for key, (text, _) in fitting.items()}}
    return texts, {**named, **{key: secret for key, (_, secret) in fitting.items()}}


@outputs
def test_what_is_imported(run: Run, seed: Random) -> None:
    texts, secrets = drawn_with_secrets(seed)
    comments = "".join(f"# {key}: {text}\n" for key, text in log_secrets(seed)[0].items())
    Path("config.toml").write_text(comments + config({**texts, "limit": "7"}), encoding="utf-8")
    unknown = {key: texts[key] for key in seed.sample(list(texts), 20)}
    official = {
        "gitlabUrl": "https://gitlab.example.com",
        "runnerToken": texts["token"],
        "runners": {"config": config(texts), **unknown, "tags": [texts["note3"]]},
        "extraEnv": dict(texts),
        "podAnnotations": dict(texts),
        "hpa": texts["note1"],
        **unknown,
    }
    files = ["config.toml", dump(official, "official.yaml"), dump({**official, "hpa": {}}, "official2.yaml")]

    said = {file: run("import", file, "--format", "json") for file in files}
    said["text"] = run("import", files[-1])

    assert {key: told(output, secrets) for key, output in said.items()} == {key: [] for key in said}


@outputs
def test_what_is_in_a_pipeline(run: Run, seed: Random) -> None:
    texts, secrets = drawn_with_secrets(seed)
    jobs = {
        "variables": dict(texts),
        "build": {
            "scirpt": [f"echo {text}" for text in texts.values()],
            "image": texts["note26"],
            "variables": {f"KUBERNETES_{key}": text for key, text in texts.items()},
            "timeout": secrets["apiKey"],
            **texts,
        },
        **{f"job {key}": text for key, text in texts.items()},
    }
    file = dump(jobs, "ci.yml")

    said = [reports(run, "--pipeline", file), run("smoke", "--pipeline", file, "--job", texts["note0"])]

    assert [told(output, secrets) for output in said] == [[], []]


@pytest.mark.process
@outputs
def test_what_is_on_a_command_line(run: Run, seed: Random) -> None:
    texts, secrets = log_secrets(seed)
    values = dump({"db": dict(texts)}, "values.yaml")
    some = seed.sample(list(texts.items()), 4)

    alone = [run("init", text) for _, text in some]
    said = [
        *(run("init", f"{key}={text}") for key, text in some),
        *(run("preflight", "--no-probe", "--set", f"podman.{key}={text}") for key, text in some),
        *(
            run("check", "--preset", "unprivileged", "--jobs", "1", "--set", f"podman.{key}={text}")
            for key, text in some
        ),
        *(run("smoke", "--preset", f"{key}={text}") for key, text in some),
        run("smoke", "-f", values),
        run("render", "-f", values),
        run("render", *(part for key, text in texts.items() for part in ("--set", f"{key}={text}"))),
        run("images", "-f", values),
    ]

    assert [told(output, secrets) for output in said] == [[]] * len(said)
    # Without a name, only a format says that it is one.
    by_format = {key: secret for key, secret in secrets.items() if key.startswith("note")}
    assert [told(output, by_format) for output in alone] == [[]] * len(alone)
