"""The runner's log, made readable."""

from __future__ import annotations

from podrunner.gitlab.trace import TraceReader, plain

TRACE = (
    b"2026-11-23T21:19:14.123456Z 00O \x1b[0KRunning with gitlab-runner 19.4.0\x1b[0;m\n"
    b"2026-11-23T21:19:14.123456Z 00O section_start:1795:step_script\r\x1b[0K\x1b[0K\x1b[36;1mExecuting\x1b[0;m\n"
    b"2026-11-23T21:19:15.123456Z 01O Successfully tagged \n"
    b"2026-11-23T21:19:15.123456Z 01O+localhost/x:y\n"
    b"2026-11-23T21:19:16.123456Z 01E a warning\n"
    b"2026-11-23T21:19:16.123456Z 00O section_end:1796:step_script\r\x1b[0K\n"
    b"Job succeeded\n"
)


def test_plain_text_has_no_stamps_marks_and_colours() -> None:
    assert plain(TRACE) == (
        "Running with gitlab-runner 19.4.0\nExecuting\nSuccessfully tagged localhost/x:y\na warning\n\nJob succeeded\n"
    )


def test_lines_are_shown_as_soon_as_they_are_whole() -> None:
    reader = TraceReader()

    shown = [reader.feed(b"STEP 1"), reader.feed(b"/6\nSTEP 2/6\nJob"), reader.end()]

    assert shown == [[], ["STEP 1/6", "STEP 2/6"], ["Job"]]


def test_lines_keep_their_colours_and_empty_ones_are_left_out() -> None:
    reader = TraceReader()

    lines = reader.feed(b"\x1b[32;1mgreen\x1b[0;m\n\n\x1b[0K\nsection_end:1:x\r\x1b[0K\n")

    assert lines == ["\x1b[32;1mgreen\x1b[0;m"]


def test_a_letter_that_arrives_in_two_halves_stays_whole() -> None:
    reader = TraceReader()

    shown = [*reader.feed(b"gr" + b"\xc3"), *reader.feed(b"\xbcn\n")]

    assert shown == ["grün"]
