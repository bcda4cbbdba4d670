"""The log of a job comes in pieces that have to fit together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Client


def test_pieces_in_order_make_the_log(stand_in: Client) -> None:
    stand_in.queue(7)

    first = stand_in.patch(0, b"hello ")
    second = stand_in.patch(6, b"world\n")

    assert (first.status, first.headers["Range"]) == (202, "0-6")
    assert (second.status, second.headers["Range"]) == (202, "0-12")
    assert stand_in.control("GET", "jobs/7/trace").body == b"hello world\n"


def test_a_gap_is_refused_with_the_place_to_go_on_from(stand_in: Client) -> None:
    stand_in.queue(7)
    stand_in.patch(0, b"hello ")

    answer = stand_in.patch(9, b"ld\n")

    assert (answer.status, answer.headers["Range"]) == (416, "0-6")
    assert stand_in.control("GET", "jobs/7/trace").body == b"hello "


def test_a_piece_sent_twice_is_not_kept_twice(stand_in: Client) -> None:
    stand_in.queue(7)
    stand_in.patch(0, b"hello ")

    answer = stand_in.patch(0, b"hello ")

    assert (answer.status, answer.headers["Range"]) == (416, "0-6")


def test_a_range_that_does_not_fit_its_piece_is_refused(stand_in: Client) -> None:
    stand_in.queue(7)

    answer = stand_in.call("PATCH", "/api/v4/jobs/7/trace", b"hello", JOB_TOKEN="job-7", Content_Range="0-7")

    assert answer.status == 400


def test_the_log_can_be_read_from_an_offset(stand_in: Client) -> None:
    stand_in.queue(7)
    stand_in.patch(0, b"hello world\n")

    answer = stand_in.control("GET", "jobs/7/trace?offset=6")

    assert answer.body == b"world\n"
