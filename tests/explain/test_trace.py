from __future__ import annotations

import io

import pytest

from podrunner.explain.trace import LONGEST_LINE, Stage, Trace, clean, read_lines


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("\x1b[31;1mERROR: Job failed\x1b[0;m\n", ["ERROR: Job failed"]),
        ("section_start:1790000000:step_script[collapsed=true]\r\x1b[0K\x1b[36;1mExecuting\x1b[0;m\n", ["Executing"]),
        ("2026-09-21T14:13:20.123456Z 00O STEP 1/2: FROM a\n", ["STEP 1/2: FROM a"]),
        ("2026-09-21T14:13:20.123456789Z cannot clone\n", ["cannot clone"]),
        ("  10%\r  50%\r 100% done\n", ["  10%", "  50%", " 100% done"]),
        ("   │ $ podman info\n", ["$ podman info"]),
        (r'msg="found for user \"ci\" in /etc/subuid"', ['msg="found for user "ci" in /etc/subuid"']),
        ("\n", [""]),
    ],
)
def test_a_line_is_read_without_what_terminals_and_gitlab_add(raw: str, expected: list[str]) -> None:
    assert clean(raw) == expected


def test_lines_know_their_stage_and_the_command_of_the_script() -> None:
    trace = Trace()
    raw = [
        "Running with gitlab-runner 19.4.0 (fc1f1862)\n",
        "  on team-a Xk2mPq7Rs, system ID: s_0123456789ab\n",
        'Preparing the "kubernetes" executor\n',
        "Getting source from Git repository\n",
        'Executing "step_script" stage of the job script\n',
        "$ podman info\n",
        "$ podman build .\n",
        "STEP 2/7: RUN make\n",
        "Running after_script\n",
        "$ echo\n",
        "ERROR: Job failed: exit code 1\n",
    ]

    lines = list(trace.read(raw))

    assert [(line.number, line.stage, line.command) for line in lines[3:]] == [
        (4, Stage.SOURCES, 0),
        (5, Stage.SCRIPT, 0),
        (6, Stage.SCRIPT, 1),
        (7, Stage.SCRIPT, 2),
        (8, Stage.SCRIPT, 2),
        (9, Stage.AFTER, 2),
        (10, Stage.AFTER, 2),
        (11, Stage.END, 2),
    ]
    assert trace.facts == {"runner": "team-a", "command": "podman build .", "number": "2/7", "step": "RUN make"}
    assert trace.is_whole


@pytest.mark.parametrize(
    ("headings", "before_script"),
    [
        (["Getting source from Git repository"], True),
        (["Getting source from Git repository", 'Executing "step_script" stage of the job script'], False),
        (["Getting source from Git repository", "Running before_script and script"], False),
        (["$ make"], False),
    ],
)
def test_a_job_is_known_to_have_ended_before_its_script(headings: list[str], before_script: bool) -> None:
    trace = Trace()

    list(trace.read([*headings, "Cleaning up project directory and file based variables", "ERROR: Job failed: a"]))

    assert trace.before_script is before_script


def test_a_line_without_end_is_read_in_pieces_of_the_same_number() -> None:
    stream = io.BytesIO(b"a" * (2 * LONGEST_LINE) + b"\nnext\n")

    lines = [(line.number, len(line.text)) for line in Trace().read(read_lines(stream))]

    assert lines == [(1, LONGEST_LINE), (1, LONGEST_LINE), (2, 4)] or lines == [
        (1, LONGEST_LINE),
        (1, LONGEST_LINE),
        (1, 0),
        (2, 4),
    ]


def test_bytes_that_are_no_utf_8_are_replaced() -> None:
    assert list(read_lines(io.BytesIO(b"caf\xe9\n"))) == ["caf\N{REPLACEMENT CHARACTER}\n"]


def test_a_log_in_utf_16_is_read() -> None:
    text = "Running with gitlab-runner 18.0.0\r\n$ make\r\n"

    assert [line.text for line in Trace().read(read_lines(io.BytesIO(text.encode("utf-16"))))] == [
        "Running with gitlab-runner 18.0.0",
        "$ make",
    ]


def test_numbers_that_a_page_glued_to_lines_are_removed() -> None:
    raw = ["1Running with gitlab-runner 18.0.0", "2  on a b", "3$ make", "41 error", "5"]

    assert [line.text for line in Trace().read(raw)][2:] == ["$ make", "1 error", ""]


def test_a_line_that_was_wrapped_at_120_columns_is_joined() -> None:
    begun = "Error: initializing source docker://registry.example.com/".ljust(118, "a") + "re"

    texts = [line.text for line in Trace().read([begun, "quested access to the resource is denied", "$ make"])]

    assert texts == [
        begun,
        "quested access to the resource is denied",
        f"{begun}quested access to the resource is denied",
        "$ make",
    ]


def test_lines_of_a_log_that_has_longer_ones_are_not_joined() -> None:
    assert [len(line.text) for line in Trace().read(["a" * 121, "b" * 120, "c"])] == [121, 120, 1]


def test_a_build_without_a_job_around_it_succeeded_if_it_ends_with_its_image() -> None:
    built, failed = Trace(), Trace()

    list(built.read(["Successfully tagged localhost/a:1", "88ef12bb33cc9d0e"]))
    list(failed.read(["Successfully tagged localhost/a:1", "88ef12bb33cc9d0e", "Error: pushing image: denied"]))

    assert (built.succeeded, failed.succeeded) == (True, False)
