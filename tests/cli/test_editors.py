"""What an editor underlines, by the programs that most of them ask for YAML and TOML."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from podrunner.chart.chart import Chart
from podrunner.cli.main import main
from tests.language_server import diagnose
from tests.npm_packages import npm_package

pytestmark = [pytest.mark.process, pytest.mark.full(reason="npm downloads what editors ask, 30 MB")]

SERVER, TAPLO = "yaml-language-server@2.0.0", "@taplo/cli@0.7.0"
ROOT = Path(__file__).parents[2]
# A values file → what is underlined.
MISTAKES = {
    "gitlab: {ur: x}": "Property ur is not allowed.",
    "image: {tagg: x}": "Property tagg is not allowed.",
    "podman: {storage: {medum: x}}": "Property medum is not allowed.",
    "runners: {a: {config: {limt: 5}}}": "Property limt is not allowed.",
    "manager: {probes: {readiness: {enabled: maybe}}}": "Incorrect type. Expected one of boolean, null.",
    "manager: {hostAliases: [{ip: 10.0.0.1}]}": 'Missing property "hostnames".',
}
MATRIX = """\
strategy: al
axes:
  preset: [unprivileged, nope]
  kube: {kubeVersion: [1.30, 1.31]}
  size:
    small: {relase: b}
    large: {values: [a.yaml, {gitlab: {ur: x}}]}
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return the command of the server, or skip."""
    package = npm_package(SERVER, tmp_path_factory.mktemp("npm"), "the server that editors ask")
    return ["node", str(package / "bin" / "yaml-language-server")]


@pytest.fixture
def folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Make a folder that has the schemas."""
    for name in ("values", "matrix"):
        main(["schema", name])
        (tmp_path / f"{name}.json").write_text(capsys.readouterr().out, encoding="utf-8")
    return tmp_path


def underlined(server: list[str], folder: Path, schema: str, texts: dict[str, str]) -> dict[str, list[str]]:
    """File → what the server says of its text, which begins in line 2."""
    for name, text in texts.items():
        (folder / name).write_text(f"# yaml-language-server: $schema={schema}.json\n{text}", encoding="utf-8")
    return diagnose(server, [folder / name for name in texts])


def test_an_untouched_file_of_init_has_no_error(server: list[str], tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    files = [tmp_path / "values" / f"{preset}.yaml" for preset in Chart.open().presets]

    for file in files:
        assert main(["init", "team-a", "--preset", file.stem, "--output", str(file)]) == 0

    assert diagnose(server, files) == {file.name: [] for file in files}


def test_a_values_file_that_passes_the_check_has_no_error(server: list[str], folder: Path) -> None:
    files = [*sorted((ROOT / "chart/presets").glob("*.yaml")), *sorted((ROOT / "tests/values").glob("*.yaml"))]

    found = underlined(server, folder, "values", {file.name: file.read_text(encoding="utf-8") for file in files})

    assert len(files) >= 25
    assert {name: said for name, said in found.items() if said} == {}


def test_a_mistake_is_underlined(server: list[str], folder: Path) -> None:
    texts = {f"{number}.yaml": text for number, text in enumerate(MISTAKES)}

    found = underlined(server, folder, "values", texts)

    assert {texts[name]: said for name, said in found.items()} == {
        text: [f"2: {sentence}"] for text, sentence in MISTAKES.items()
    }


def test_a_matrix_file_is_completed_and_its_mistakes_are_underlined(server: list[str], folder: Path) -> None:
    page = (ROOT / "docs/matrix.md").read_text(encoding="utf-8")
    example = page.partition("```yaml\n")[2].partition("```")[0].replace("rootfull", "privileged")

    found = underlined(server, folder, "matrix", {"right.yaml": example, "wrong.yaml": MATRIX})

    presets = ", ".join(f'"{preset}"' for preset in Chart.open().presets)
    assert found == {
        "right.yaml": [],
        "wrong.yaml": [
            '2: Value is not accepted. Valid values: "full", "pairwise", "each".',
            f"4: Value is not accepted. Valid values: {presets}.",
            "7: Property relase is not allowed.",
            "8: Property ur is not allowed.",
        ],
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[ignore]]\ncode = "label"\nreason = "the lab"\n', ""),
        ('fail-onn = "warning"\n', "'fail-onn' was unexpected"),
        ('[[ignore]]\ncode = "label"\n', '"reason" is a required property'),
    ],
)
def test_a_policy_is_judged_by_its_first_line(
    text: str, said: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    program = npm_package(TAPLO, tmp_path_factory.mktemp("taplo"), "what editors ask for TOML") / "dist" / "cli.js"
    main(["schema", "policy"])
    (tmp_path / "policy.json").write_text(capsys.readouterr().out, encoding="utf-8")
    (tmp_path / "podrunner.toml").write_text(f"#:schema ./policy.json\n{text}", encoding="utf-8")

    command = ["node", str(program), "lint", "podrunner.toml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (done.returncode == 0) is (said == "")
    assert said in done.stderr + done.stdout
