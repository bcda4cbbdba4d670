"""Everything that can be wrong is found before a cluster is made."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

import pytest

from podrunner.cli.main import main
from podrunner.cli.smoke import add_arguments, read_options
from podrunner.cluster.kubeconfig import Access
from podrunner.smoke.plan import SmokeOptions, make_plan
from podrunner.smoke.trial import SmokeBench

PIPELINE = "build:\n  script: [make]\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ci.yml").write_text(PIPELINE)
    (tmp_path / "list.yml").write_text("- build\n")
    (tmp_path / "broken.yml").write_text("build: [\n")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--pipeline", "list.yml"], "list.yml:1: the pipeline is not a map of jobs"),
        (["--pipeline", "broken.yml"], "broken.yml:2:1: the pipeline is not YAML: "),
    ],
)
def test_a_sentence_and_the_evidence(
    arguments: list[str], sentence: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["smoke", *arguments, "--evidence", "evidence"]) == 1

    said = capsys.readouterr().out
    assert sentence in said
    assert " ! Evidence: evidence\n" in said
    assert sentence in (folder / "evidence" / "failure.txt").read_text()


@pytest.mark.process
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["--pipeline", "ci.yml", "--job", "biuld"],
            "ci.yml: there is no job `biuld`. Did you mean `build`? Jobs: build.",
        ),
        (["--pipeline", "gone.yml"], "gone.yml: the pipeline cannot be read: No such file or directory."),
        (["--repository", "."], ".gitlab-ci.yml: the pipeline cannot be read: No such file or directory."),
        (["--preset", "unpriviledged"], "No preset `unpriviledged`. Did you mean `unprivileged`?"),
        (["--kubeconfig", "gone"], "--kubeconfig gone: no such file."),
        (["--kubeconfig", "ci.yml"], "ci.yml: not a usable kubeconfig: "),
        (["--images", "."], "smoke.json: no such file. `ci/airgap/build` makes such a folder."),
    ],
)
def test_wrong_use_is_a_sentence_and_no_evidence(
    arguments: list[str], sentence: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(folder.iterdir())

    assert main(["smoke", *arguments]) == 2

    assert sentence in capsys.readouterr().out
    assert sorted(folder.iterdir()) == before


def test_a_pipeline_that_is_not_yaml_is_kept(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "ci.yml").write_text("build: {script: [make]")

    assert main(["smoke", "--pipeline", "ci.yml", "--evidence", "evidence"]) == 1

    assert "ci.yml:1:23: the pipeline is not YAML" in capsys.readouterr().out
    assert (folder / "evidence" / "pipeline.yml").read_text() == "build: {script: [make]"


@pytest.mark.process
def test_values_that_do_not_fit_are_named_with_file_and_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "team.yaml").write_text("podman:\n  mod: privileged\n")

    assert main(["smoke", "-f", "team.yaml", "--evidence", "evidence"]) == 1

    assert "team.yaml:2:3" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--kubeconfig", "a", "--kind-image", "b"], "--kind-image is for a new kind cluster, --kubeconfig for one"),
        (["--kubeconfig", "a", "--workers", "2"], "--workers is for a new kind cluster, --kubeconfig for one that is"),
        (["--workers", "-1"], "--workers -1: must be 0 or more."),
        (["--timeout", "0"], "--timeout 0: must be more than 0 seconds."),
    ],
)
def test_options_that_make_no_sense_are_wrong_use(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["smoke", *arguments]) == 2

    assert sentence in capsys.readouterr().err


@pytest.mark.process
def test_no_temporary_file_is_left(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tempfile

    (folder / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder / "tmp"))

    main(["smoke", "--kubeconfig", "gone", "--evidence", "evidence"])

    assert list((folder / "tmp").iterdir()) == []


@pytest.mark.process
def test_a_context_names_a_cluster_that_is_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "kubeconfig").write_text(
        "apiVersion: v1\nkind: Config\ncurrent-context: prod\nusers: [{name: a, user: {}}]\n"
        "clusters: [{name: a, cluster: {server: http://127.0.0.1:1}}]\n"
        "contexts: [{name: prod, context: {cluster: a, user: a}}]\n"
    )

    assert main(["smoke", "--kubeconfig", "kubeconfig", "--context", "prdo"]) == 2
    assert "--context prdo: there is none. Did you mean `prod`? Contexts: prod." in capsys.readouterr().out
    assert main(["smoke", "--context", "prod", "--kind-image", "b"]) == 2
    assert "--kind-image is for a new kind cluster" in capsys.readouterr().err


def test_the_commands_for_people_name_the_cluster() -> None:
    access = Access(Path("my kubeconfig"), "prod")

    assert access.kubectl == "kubectl --kubeconfig 'my kubeconfig' --context prod"
    assert access.helm == "helm --kubeconfig 'my kubeconfig' --kube-context prod"
    assert Access().kubectl == "kubectl"


def options_of(*arguments: str) -> SmokeOptions:
    parser = ArgumentParser()
    add_arguments(parser)
    return read_options(parser.parse_args(arguments))


@pytest.fixture
def two_jobs(folder: Path) -> Path:
    (folder / "two.yml").write_text("stages: [b, a]\na: {script: [one]}\nb: {script: [two]}\n")
    return folder


@pytest.mark.process
def test_jobs_run_in_the_order_in_which_they_are_named(two_jobs: Path) -> None:
    plan = make_plan(options_of("--pipeline", "two.yml", "--job", "b", "--job", "a"), two_jobs)

    assert (plan.job.name, [job.name for job in plan.more]) == ("b", ["a"])


@pytest.mark.process
@pytest.mark.parametrize(
    ("arguments", "image"),
    [
        ([], ""),
        (["--pipeline", "ci.yml"], "docker.io/library/registry:3"),
        (
            ["--pipeline", "ci.yml", "--registry-image", "mirror.example.com/registry:3"],
            "mirror.example.com/registry:3",
        ),
    ],
)
def test_a_pipeline_of_ones_own_gets_a_registry(folder: Path, arguments: list[str], image: str) -> None:
    options = options_of(*arguments)
    plan = make_plan(options, folder)

    # Only plan and options are asked.
    assert SmokeBench(None, plan, options, None, None, None).push_registry == image  # type: ignore[arg-type]
