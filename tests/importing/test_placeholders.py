"""Placeholders that terraform or envsubst would have filled in are errors with their line, and variables of jobs are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from podrunner.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TOML = '[[runners]]\nname = "a"\nurl = "https://gitlab.example.com"\nexecutor = "kubernetes"\n[runners.kubernetes]\nnamespace = "jobs"\n'


@pytest.mark.parametrize(
    ("text", "line", "left"),
    [
        (TOML.replace('"jobs"', '"${namespace}"'), 6, "${namespace}"),
        (TOML.replace('"jobs"', '"${JOBS}"'), 6, "${JOBS}"),
        (TOML.replace('"jobs"', '"$JOBS"'), 6, "$JOBS"),
        (f'{TOML}image = "${{var.image}}:1"\n', 7, "${var.image}"),
        (f'{TOML}image = "${{lower(local.name)}}"\n', 7, "${lower(local.name)}"),
        (f'{TOML}image = "${{registry}}/builder"\n', 7, "${registry}"),
        (f'{TOML}cpu_limit = "${{CPU}}"\n', 7, "${CPU}"),
        (f'{TOML}[runners.cache]\nType = "s3"\n[runners.cache.s3]\nBucketName = "$BUCKET"\n', 10, "$BUCKET"),
    ],
)
def test_a_placeholder_is_an_error_with_its_line(
    written: Callable[..., Path], capsys: pytest.CaptureFixture[str], text: str, line: int, left: str
) -> None:
    assert main(["import", str(written(text))]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert f"config.toml:{line}: error: " in err
    assert f"`{left}` is a leftover of a template: nothing fills it in here." in err


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("gitlabUrl: ${GITLAB}\n", 1),
        ("gitlabUrl: https://gitlab.example.com\nimage: {tag: '${var.tag}'}\n", 2),
        ("gitlabUrl: https://gitlab.example.com\nrunners:\n  secret: ${runner_secret}\n", 3),
        ("gitlabUrl: https://gitlab.example.com\nrunners:\n  config: |\n    [[runners]]\n      [runners.kubernetes]\n        namespace = '${ns}'\n", 6),
    ],
)  # fmt: skip
def test_a_placeholder_in_values_is_an_error_with_its_line(
    written: Callable[..., Path], capsys: pytest.CaptureFixture[str], text: str, line: int
) -> None:
    assert main(["import", str(written(text, "v.yaml"))]) == 1
    assert f"v.yaml:{line}: error: " in capsys.readouterr().err


@pytest.mark.parametrize(
    "more",
    [
        'image = "${CI_REGISTRY}/builder:$CI_COMMIT_REF_SLUG"\n',
        '[runners.kubernetes.pod_labels]\n"project" = "${CI_PROJECT_ID}"\n',
        'namespace_overwrite_allowed = "^jobs-[a-z]+$"\n',
        "",
    ],
)
def test_variables_of_jobs_and_patterns_are_taken(
    imports: Callable[..., Any], written: Callable[..., Path], more: str
) -> None:
    scripts = 'pre_build_script = "echo ${lower}"\nenvironment = ["A=${home}/x"]\n'
    run = imports(written(TOML.replace("[runners.k", f"{scripts}[runners.k") + more))

    assert run.exit_code == 0


def test_an_override_counts_alone(imports: Callable[..., Any], written: Callable[..., Path]) -> None:
    inner = "".join(f"    {row}\n" for row in f"concurrent = 33\n{TOML}".splitlines())
    text = f"gitlabUrl: https://x.example.com\nconcurrent: 4\nrunners:\n  config: 'x = 1'\n  configOverride: |\n{inner}"

    run = imports(written(text, "v.yaml"))

    assert run.config_toml()["concurrent"] == 33
    assert {"concurrent", "runners.config"} <= set(run.paths("removed"))


@pytest.mark.parametrize(
    ("image", "parts"),
    [
        ("gitlab/gitlab-runner:alpine-v19.4.0", {"registry": "docker.io", "repository": "gitlab/gitlab-runner", "tag": "alpine-v19.4.0"}),
        ("registry.example.com:5000/a/b:v19.4.0", {"registry": "registry.example.com:5000", "repository": "a/b", "tag": "v19.4.0"}),
        ("registry.example.com/a/b", {"registry": "registry.example.com", "repository": "a/b"}),
    ],
)  # fmt: skip
def test_an_image_in_one_text_is_taken_apart(
    imports: Callable[..., Any], written: Callable[..., Path], image: str, parts: dict[str, str]
) -> None:
    run = imports(written(f"gitlabUrl: https://x.example.com\nimage: {image}\n", "v.yaml"))

    assert run.values["image"] == parts
