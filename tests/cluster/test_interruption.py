"""Ctrl-C ends the run, not the removal of what it made."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Iterator

import pytest

from podrunner.cluster.interruption import Interrupted, Interruption, deferred
from podrunner.cluster.removal import Removals
from podrunner.output.steps import Progress


def press() -> None:
    """Press Ctrl-C."""
    os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture
def said() -> io.StringIO:
    return io.StringIO()


@pytest.fixture(autouse=True)
def terminal() -> Iterator[None]:
    """Run as from a terminal, also where the tests run under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_what_is_being_done(number: signal.Signals) -> None:
    with pytest.raises(Interrupted), Interruption() as interruption, interruption.allowed():
        os.kill(os.getpid(), number)


def test_outside_of_what_may_be_interrupted_a_signal_is_only_counted() -> None:
    with Interruption() as interruption:
        press()

        with interruption.allowed():
            pass

    assert interruption.count == 1


def test_only_the_first_signal_raises() -> None:
    cleaned_up = []

    def press_and_press_again() -> None:
        try:
            press()
        finally:
            press()
            cleaned_up.append("all")

    with Interruption() as interruption, pytest.raises(Interrupted), interruption.allowed():
        press_and_press_again()

    assert (cleaned_up, interruption.count) == (["all"], 2)


def test_a_signal_waits_until_what_was_made_is_noted() -> None:
    noted = []

    def make() -> None:
        with deferred():
            press()
            noted.append("a process")

    with Interruption() as interruption, pytest.raises(Interrupted), interruption.allowed():
        make()

    assert noted == ["a process"]


def test_afterwards_signals_are_handled_as_before() -> None:
    before = signal.getsignal(signal.SIGINT)

    with Interruption():
        pass

    assert signal.getsignal(signal.SIGINT) is before


def test_what_was_made_is_removed_in_the_opposite_order(said: io.StringIO) -> None:
    removed: list[str] = []
    with Interruption() as interruption:
        removals = Removals(Progress(said), interruption)
        removals.add("the folder", lambda: removed.append("folder"), "rm -r folder")
        removals.add("the cluster", lambda: removed.append("cluster"), "kind delete cluster")

        nothing_left = removals.run()

    assert removed == ["cluster", "folder"]
    assert nothing_left
    assert removals.commands == []


def test_a_second_ctrl_c_does_not_stop_the_removal(said: io.StringIO) -> None:
    removed: list[str] = []
    with Interruption() as interruption:
        removals = Removals(Progress(said), interruption)
        removals.add("the folder", lambda: removed.append("folder"), "rm -r folder")
        removals.add("the cluster", press, "kind delete cluster")
        with pytest.raises(Interrupted), interruption.allowed():
            press()

        removals.run()

    assert removed == ["folder"]
    assert "Removing what was made, a moment please. Once more, and the rest is left behind." in said.getvalue()


def test_a_third_ctrl_c_says_what_is_left_and_how_to_remove_it(said: io.StringIO) -> None:
    with Interruption() as interruption:
        removals = Removals(Progress(said), interruption)
        removals.add("the folder", lambda: None, "rm -r folder")
        removals.add("the cluster", lambda: (press(), press()), "kind delete cluster")
        with pytest.raises(Interrupted), interruption.allowed():
            press()

        with pytest.raises(Interrupted):
            removals.run()

    assert "Left behind; to remove it:\n     kind delete cluster\n     rm -r folder\n" in said.getvalue()


def test_one_thing_that_cannot_be_removed_does_not_keep_the_rest(said: io.StringIO) -> None:
    def fail() -> None:
        raise OSError("busy")

    removed: list[str] = []
    with Interruption() as interruption:
        removals = Removals(Progress(said), interruption)
        removals.add("the folder", lambda: removed.append("folder"), "rm -r folder")
        removals.add("the network", fail, "podman network rm x")

        nothing_left = removals.run()

    assert removed == ["folder"]
    assert not nothing_left
    assert "the network is left: busy" in said.getvalue()
    assert "Left behind; to remove it:\n     podman network rm x\n" in said.getvalue()


def test_only_what_was_made_since_the_mark_is_removed(said: io.StringIO) -> None:
    removed: list[str] = []
    with Interruption() as interruption:
        removals = Removals(Progress(said), interruption)
        removals.add("the cluster", lambda: removed.append("cluster"), "kind delete cluster")
        mark = removals.mark()
        removals.add("the release", lambda: removed.append("release"), "helm uninstall")

        removals.run(mark)

    assert removed == ["release"]
    assert removals.commands == ["kind delete cluster"]


def test_ctrl_c_during_a_removal_in_between_ends_the_run_afterwards(said: io.StringIO) -> None:
    with Interruption() as interruption:
        removals = Removals(Progress(said), interruption)
        removals.add("the cluster", lambda: None, "kind delete cluster")
        mark = removals.mark()
        removals.add("the release", press, "helm uninstall")

        with pytest.raises(Interrupted):
            removals.run(mark)

    assert removals.commands == ["kind delete cluster"]


def test_whoever_stops_reading_ends_the_run_but_not_the_removal() -> None:
    removed: list[str] = []
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as stream, Interruption() as interruption:
        progress = Progress(stream)
        removals = Removals(progress, interruption)
        removals.add("the cluster", lambda: removed.append("cluster"), "kind delete cluster")

        with pytest.raises(Interrupted), interruption.allowed():
            progress.plain("a line that nobody reads")

        assert removals.run()

    assert removed == ["cluster"]
