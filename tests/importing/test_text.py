"""What the text of a source holds beside its keys: leftovers of templates, comments, versions, dates, depth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from podrunner.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TOML = """\
concurrent = 1
[[runners]]
  url = "https://gitlab.example.com"
  executor = "kubernetes"
  [runners.kubernetes]
    namespace = "jobs"
"""
VALUES = """\
gitlabUrl: https://gitlab.example.com
rbac: {create: true}
runners:
  secret: tok
  job: {namespace: jobs}
  config: |
    [[runners]]
      [runners.kubernetes]
        namespace = "jobs"
"""


@pytest.mark.parametrize(
    "text",
    [
        "{{ .Release.Namespace }}-image",
        "{{ .Values.image }}",
        "%!s(<nil>)/%!s(<nil>):%!s(<nil>)",
        "registry/{{image}}",
        "image:<no value>",
        '{{- include \\"x\\" . }}',
    ],
)
def test_a_leftover_of_a_template_is_an_error_with_its_line_and_nothing_is_written(
    written: Callable[..., Path], capsys: pytest.CaptureFixture[str], text: str
) -> None:
    code = main(["import", str(written(TOML + f'    image = "{text}"\n'))])

    out, err = capsys.readouterr()
    assert (code, out) == (1, "")
    assert ":7: error: runners[0].kubernetes.image: `" in err


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("helper:v{{ .Chart.AppVersion }}", ".Chart.AppVersion"),
        ("helper:{{ .Chart.Version }}", ".Chart.Version"),
        ("{{ .Values.runners.job.registry }}/helper", ".Values.runners.job.registry"),
        ('{{ printf "%s:%s" .Values.runners.job.namespace .Values.tag }}', ".Values.tag"),
        ("{{ .Values.global.registry }}/helper", ".Values.global.registry"),
        ('{{ (lookup "v1" "Secret" "a" "b").data.x }}', "lookup"),
    ],
)
def test_a_template_that_reads_what_the_file_does_not_say_is_an_error_with_its_line(
    written: Callable[..., Path], capsys: pytest.CaptureFixture[str], text: str, name: str
) -> None:
    code = main(["import", str(written(f"{VALUES}        helper_image = '{text}'\n", "v.yaml"))])

    out, err = capsys.readouterr()
    assert (code, out) == (1, "")
    assert f"v.yaml:10: error: runners.config: a template that cannot be evaluated here: `{name}` is not in" in err


@pytest.mark.parametrize(
    ("text", "image"),
    [
        ('{{ .Values.tag | default "debian:13" }}', "debian:13"),
        ("{{ if .Values.tag }}{{ .Values.tag }}{{ else }}debian:13{{ end }}", "debian:13"),
        ("{{ .Values.runners.job.namespace }}:1", "jobs:1"),
        ("{{ .Release.Name }}:1", "ci:1"),
        ("{{/* .Chart.AppVersion */}}debian:13", "debian:13"),
    ],
)
def test_a_template_that_can_be_evaluated_is(
    imports: Callable[..., Any], written: Callable[..., Path], text: str, image: str
) -> None:
    run = imports(written(f"{VALUES}        image = '{text}'\n", "v.yaml"))

    assert run.values["runners"]["default"]["config"]["kubernetes"]["image"] == image


def test_a_template_of_a_program_stays(imports: Callable[..., Any], written: Callable[..., Path]) -> None:
    text = TOML.replace("  executor", "  pre_build_script = \"podman inspect --format '{{.Id}}' a\"\n  executor")

    assert imports(written(text)).exit_code == 0


COMMENTS = """\
# Fleet of team A.

# Half of the nodes.

concurrent = 4
# The big runner.
[[runners]]
  name = "a"  # as in GitLab
  url = "https://gitlab.example.com"
  executor = "kubernetes"
  [runners.kubernetes]
    namespace = "jobs"
    # The first volume.
    [[runners.kubernetes.volumes.host_path]]
      name = "one"
      mount_path = "/one"
    # The second volume.

    [[runners.kubernetes.volumes.host_path]]
      name = "two"
      mount_path = "/two"
      # read_only = true
  [runners.kubernetes.node_selector]  # only arm
    "kubernetes.io/arch" = "arm64"
# The end of the file.
"""


@pytest.mark.parametrize(
    ("comment", "before"),
    [
        ("Fleet of team A.", "gitlab:"),
        ("Half of the nodes.", "concurrent: 4"),
        ("The big runner.", "a:"),
        ("as in GitLab", "config:"),
        ("The first volume.", "- name: one"),
        ("The second volume.", "- name: two"),
        ("read_only = true", "node_selector:"),
        ("only arm", "node_selector:"),
    ],
)
def test_comments_anywhere_stay_where_they_belong(
    imports: Callable[..., Any], written: Callable[..., Path], comment: str, before: str
) -> None:
    rows = imports(written(COMMENTS)).text.splitlines()

    place = next(number for number, row in enumerate(rows) if row.strip() == f"# {comment}")
    assert next(row.strip() for row in rows[place:] if not row.lstrip().startswith("#")) == before


def test_the_comment_that_ends_a_file_ends_the_values(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    assert imports(written(COMMENTS)).text.endswith("\n# The end of the file.\n")


def test_comments_survive_where_a_mode_takes_the_keys(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    text = imports(written(COMMENTS.replace('"jobs"\n', '"jobs"  # theirs\n')), "--mode", "unprivileged").text

    assert [line for line in ("# theirs", "# as in GitLab", "# The first volume.") if line not in text] == []


@pytest.mark.parametrize(
    ("tag", "is_told"), [("alpine-v15.2.1", False), ("alpine-v17.11.0", False), ("v18.10.0", True), ("latest", True)]
)
def test_what_is_said_of_a_flag_is_true_of_the_runner_that_the_file_names(
    imports: Callable[..., Any], written: Callable[..., Path], tag: str, *, is_told: bool
) -> None:
    flag = '    environment = ["FF_RETRIEVE_POD_WARNING_EVENTS=false"]\n'
    text = VALUES.replace("[[runners]]\n", f"[[runners]]\n  {flag}") + f"image: {{tag: {tag}}}\n"

    run = imports(written(text, "v.yaml"))

    assert ("runners[0].environment[0]" in run.paths("removed")) is is_told


@pytest.mark.parametrize(
    ("date", "is_taken"),
    [
        ('"0001-01-01T00:00:00Z"', True),
        ('"2031-09-30T14:38:04+02:00"', True),
        ('"2031-09-30T14:38:04.25Z"', True),
        ("2031-09-30T14:38:04Z", True),
        ('"2031-09-30"', False),
        ('"never"', False),
    ],
)
def test_a_date_in_quotes_is_taken_as_the_runner_takes_it(
    written: Callable[..., Path], capsys: pytest.CaptureFixture[str], date: str, *, is_taken: bool
) -> None:
    code = main(["import", str(written(TOML.replace("  executor", f"  token_expires_at = {date}\n  executor")))])

    assert (code == 0) is is_taken
    assert ("must be a date and time such as" in capsys.readouterr().err) is not is_taken


@pytest.mark.parametrize(
    "text",
    [
        f"{TOML}[runners.kubernetes.{'.'.join(['a'] * 2000)}]\nb = 1\n",
        f"{'.'.join(['a'] * 2000)} = 1\n{TOML}",
        f"a = {'[' * 2000}{']' * 2000}\n{TOML}",
    ],
    ids=["header", "key", "array"],
)
def test_two_thousand_nested_keys_give_a_sentence(
    written: Callable[..., Path], capsys: pytest.CaptureFixture[str], text: str
) -> None:
    assert main(["import", str(written(text))]) == 1
    assert "not TOML: nested too deeply" in capsys.readouterr().err


def test_a_bucket_that_no_store_takes_is_imported_and_said_of_the_values(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    cache = '  [runners.cache]\n    Type = "s3"\n    [runners.cache.s3]\n      BucketName = "b"\n'

    run = imports(written(TOML + cache))

    assert run.exit_code == 1
    assert "must be 3 to 63 lower-case letters" in run.report["findings"][0]["message"]
