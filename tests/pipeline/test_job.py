"""What a job of a pipeline file is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from podrunner.findings.errors import UsageError
from podrunner.pipeline.document import PipelineError
from podrunner.pipeline.fields import Image, Variable
from podrunner.pipeline.job import PipelineJob

if TYPE_CHECKING:
    from collections.abc import Callable

    Read = Callable[..., PipelineJob]


def test_before_script_comes_first_and_lists_in_lists_are_flat(job: Read) -> None:
    read = job("""
        build:
          before_script: echo one
          script:
            - echo two
            - - echo three
              - [echo four]
          after_script: [echo five]
    """)

    assert read.script == ("echo one", "echo two", "echo three", "echo four")
    assert read.after_script == ("echo five",)


def test_job_variables_win_over_global_ones_and_numbers_become_text(job: Read) -> None:
    read = job("""
        variables:
          A: global
          B: global
          GIT_DEPTH: 5
        build:
          variables:
            A: job
            C: {value: $A, description: why, expand: false}
          script: [make]
    """)

    assert read.variables == (
        Variable("A", "job"),
        Variable("B", "global"),
        Variable("GIT_DEPTH", "5"),
        Variable("C", "$A", raw=True),
    )


def test_defaults_are_inherited_from_default_and_from_the_top(job: Read) -> None:
    read = job("""
        image: from-the-top
        before_script: [echo top]
        default:
          image: {name: from-default, entrypoint: [""]}
          timeout: 2h
        build:
          script: [make]
    """)

    assert read.image == Image("from-default", entrypoint=("",))
    assert read.script == ("echo top", "make")
    assert read.timeout == 7200


def test_inherit_chooses_what_is_inherited(job: Read) -> None:
    read = job("""
        default: {image: from-default, before_script: [echo default]}
        variables: {A: a, B: b}
        build:
          inherit: {default: [image], variables: [B]}
          script: [make]
    """)

    assert read.image == Image("from-default")
    assert read.script == ("make",)
    assert read.variables == (Variable("B", "b"),)


def test_images_and_services_can_be_maps(job: Read) -> None:
    read = job("""
        build:
          image: {name: alpine, entrypoint: [/bin/sh, -c], pull_policy: always, kubernetes: {user: "1000:1000"}}
          services:
            - postgres:16
            - {name: redis, alias: cache, command: [redis-server], variables: {A: b}}
          script: [make]
    """)

    assert read.image == Image("alpine", entrypoint=("/bin/sh", "-c"), pull_policy=("always",), user="1000:1000")
    assert read.services == (
        Image("postgres:16"),
        Image("redis", alias="cache", command=("redis-server",), variables=(Variable("A", "b"),)),
    )


def test_anchors_and_references_are_followed(job: Read) -> None:
    read = job("""
        .shared: &shared
          image: alpine
          script: [echo shared]
        .setup:
          script: [echo setup]
        build:
          <<: *shared
          script:
            - !reference [.setup, script]
            - make
    """)

    assert read.image == Image("alpine")
    assert read.script == ("echo setup", "make")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1h 30m", 5400),
        ("90 minutes", 5400),
        ("3600", 3600),
        ("1 day and 2 hours", 93600),
        ("1h30m10s", 5410),
        ("2 weeks", 1209600),
    ],
)
def test_timeouts_are_read_as_people_write_them(job: Read, text: str, seconds: int) -> None:
    read = job(f"build: {{script: [make], timeout: {text}}}")

    assert read.timeout == seconds


def test_what_has_no_effect_is_said_with_file_and_line(job: Read) -> None:
    read = job("""
        workflow: {rules: []}
        build:
          script: [make]
          needs: [test]
          tags: [docker]
          dast_configuration: {}
    """)

    assert read.notes == (
        "ci.yml:5: `needs` has no effect: no other job runs before.",
        "ci.yml:6: `tags` has no effect: the runner under test gets the job whatever its tags.",
        "ci.yml:7: `dast_configuration` has no effect: it is not supported here.",
        "ci.yml:2: `workflow` has no effect: the pipeline runs in any case.",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "build: {script: [make]",
            "ci.yml:1:23: the pipeline is not YAML: while parsing a flow mapping, expected ',' or '}', but got '<stream end>'. "
            "Is a bracket not closed?",
        ),
        ("- make", "ci.yml:1: the pipeline is not a map of jobs (`name:` with `script:` below it)."),
        ("", "ci.yml:1: the pipeline is not a map of jobs (`name:` with `script:` below it)."),
        ("build:\n  image: alpine", "ci.yml:1: the job `build` has no `script`."),
        ("build:\n  script: []", "ci.yml:1: the job `build` has no `script`."),
        (
            "build:\n  script:\n    - make\n    - echo this: that",
            "ci.yml:4: this command is a map (`echo this:` …) to YAML, because of its colon: write the whole command in quotes.",
        ),
        ("build:\n  script: [5]", "ci.yml:2: a command must be text, not 5: write it in quotes."),
        ("build:\n  script: {a: b}", "ci.yml:2: `script` must be text or a list of texts."),
        (
            "build:\n  script: [make]\n  timeout: soon",
            "ci.yml:3: `timeout`: 'soon' is not a length of time; write it like `1h 30m`.",
        ),
        (
            "build:\n  script: [make]\n  extends: .base",
            "ci.yml:3: `extends` is not supported: write the keywords into the job, or share them by a YAML anchor.",
        ),
        (
            "include: other.yml\nbuild:\n  script: [make]",
            "ci.yml:1: `include` is not supported: write what it includes into this file.",
        ),
        ("build:\n  trigger: other", "ci.yml:2: a `trigger` job starts another pipeline and runs nothing itself."),
        ("build:\n  script: [make]\n  variables: {A: yes}", 'ci.yml:3: GitLab refuses `A: true`: write `A: "true"`.'),
        ("build:\n  script: [make]\n  variables: [A]", "ci.yml:3: `variables` must be a map of names and values."),
        (
            "build:\n  script: [make]\n  image: {tag: 1}",
            "ci.yml:3: `image` must be the name of an image or a map with `name`.",
        ),
        (
            "build:\n  script: !reference [.no, script]",
            "ci.yml:2: !reference [.no, script] names nothing in this file.",
        ),
    ],
)
def test_what_cannot_be_run_is_named_with_file_and_line(job: Read, text: str, message: str) -> None:
    with pytest.raises(PipelineError) as raised:
        job(text)

    assert str(raised.value) == message
    assert raised.value.exit_code == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("biuld", "ci.yml: there is no job `biuld`. Did you mean `build`? Jobs: build, test."),
        ("deploy", "ci.yml: there is no job `deploy`. Jobs: build, test."),
        (None, "ci.yml has 2 jobs: say which one with --job. Jobs: build, test."),
        (".hidden", "ci.yml:1: `.hidden` is a hidden job, which never runs. Jobs: build, test."),
    ],
)
def test_a_job_that_is_not_there_is_wrong_use(job: Read, name: str | None, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        job(".hidden: {}\nbuild: {script: [a]}\ntest: {script: [b]}", name)

    assert str(raised.value) == message
    assert raised.value.exit_code == 2


def test_a_pipeline_that_is_missing_is_named(job: Read) -> None:
    from pathlib import Path

    from podrunner.pipeline.document import load_pipeline

    with pytest.raises(UsageError) as raised:
        load_pipeline(Path("no-such.yml"))

    assert str(raised.value) == "no-such.yml: the pipeline cannot be read: No such file or directory."
