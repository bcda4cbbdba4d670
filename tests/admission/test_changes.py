"""The changes that tests/manifests says the API server refuses and takes, asked of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.changed_object import changed
from tests.manifests.test_constraints import OBJECTS, REFUSED, TAKEN_CHANGES

from .strict_dry_run import StrictDryRun
from .test_defaults import ready

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .trial import Bench

NAMESPACE = "changes"


@pytest.fixture(scope="module")
def server(bench: Bench) -> Iterator[StrictDryRun]:
    """Return the API server with a namespace for the objects."""
    ready(bench, NAMESPACE)
    made = StrictDryRun(bench.cluster.plane, NAMESPACE)
    yield made
    made.close()


def test_the_api_server_refuses_what_is_said_to_be_refused(server: StrictDryRun) -> None:
    items = [changed(OBJECTS[row[0]], *row[1:-1]) for row in REFUSED]

    answers = zip(REFUSED, server.refusals(items), strict=True)
    assert [row for row, refusal in answers if not refusal] == []


def test_the_api_server_takes_what_is_said_to_be_taken(server: StrictDryRun) -> None:
    items = [changed(OBJECTS[row[0]], *row[1:]) for row in TAKEN_CHANGES]

    answers = zip(TAKEN_CHANGES, server.refusals(items), strict=True)
    assert [(row, refusal) for row, refusal in answers if refusal] == []
