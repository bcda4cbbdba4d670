"""Pods that end before their container says a word."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from podrunner.cli.main import main

if TYPE_CHECKING:
    from conftest import Cluster


def verdicts(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """Give the answer to each candidate."""
    main(["preflight", "--kubeconfig", str(cluster.kubeconfig), "--preset", "unprivileged", "--format", "json"])
    return {verdict["name"]: verdict["answer"] for verdict in json.loads(capsys.readouterr().out)["verdicts"]}


@pytest.mark.parametrize(("hiccups", "answer", "pods"), [(0, "yes", 1), (1, "yes", 2), (2, "?", 2)])
def test_a_pod_that_ends_without_a_word_is_made_once_more(
    cluster: Cluster, capsys: pytest.CaptureFixture[str], hiccups: int, answer: str, pods: int
) -> None:
    cluster.hiccups = hiccups

    assert verdicts(cluster, capsys) == {"unprivileged": answer}
    assert (len(cluster.made), cluster.pods) == (pods, {})
