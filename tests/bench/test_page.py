from dataclasses import replace

import pytest

from bench.build.page import make_block
from bench.build.table import as_markdown, as_text, make_rows
from bench.marked_page import MarkedPage
from podrunner.findings.errors import PodrunnerError


def test_the_table_has_a_row_for_each_place_and_driver(results):
    rows = make_rows(results)

    assert [row[:5] for row in rows] == [
        ("preset", "storage driver", "many small files: time", "ratio to host", "disk"),
        ("none: on the host", "overlay", "2.0 s", "1.00", "1 500 MB"),
        ("unprivileged", "overlay", "3.0 s", "1.50", "1 500 MB"),
        ("unprivileged", "vfs", "12.0 s", "6.00", "1 500 MB"),
        ("user-namespace", "overlay", "3.2 s", "1.60", "1 500 MB"),
    ]


def test_markdown_has_numbers_to_the_right():
    rows = [("preset", "storage driver", "time"), ("unprivileged", "vfs", "1.0 s")]

    assert as_markdown(rows) == (
        "| preset | storage driver | time |\n| --- | --- | ---: |\n| unprivileged | vfs | 1.0 s |\n"
    )


def test_text_has_columns_of_one_width():
    rows = [("preset", "driver", "time"), ("unprivileged", "vfs", "10.5 s")]

    assert as_text(rows) == "preset        driver    time\nunprivileged  vfs     10.5 s\n"


def test_the_block_says_what_was_not_measured_and_the_machine(results):
    block = make_block(results)

    assert "- `unprivileged` with fuse-overlayfs: no /dev/fuse\n" in block
    assert "- processor: 2 x Example\n- kernel: 6.18\n" in block
    assert "Many small files: 24 000 of them.\n" in block


def test_the_block_says_of_how_many_builds_a_time_is(results):
    three = tuple(replace(one, seconds=one.seconds * 3) for one in results.measurements)

    assert "Time is that of one build, so a small difference says nothing; " in make_block(results)
    assert "Time is the median of up to 3 builds (fastest to slowest); " in make_block(
        replace(results, measurements=three)
    )


def test_a_page_keeps_what_is_around_the_results(tmp_path):
    page = MarkedPage(tmp_path / "page.md", "make it")
    page.file.write_text("before\n<!-- begin: written by make it -->\nold\n<!-- end: written by make it -->\nafter\n")

    page.write("1\n")
    page.write("2\n")

    assert page.file.read_text() == (
        "before\n<!-- begin: written by make it -->\n2\n<!-- end: written by make it -->\nafter\n"
    )


def test_a_page_without_marks_is_refused_and_kept(tmp_path):
    page = MarkedPage(tmp_path / "page.md", "make it")
    page.file.write_text("before\n")

    with pytest.raises(PodrunnerError, match="where the results go"):
        page.write("1\n")
    assert page.file.read_text() == "before\n"
