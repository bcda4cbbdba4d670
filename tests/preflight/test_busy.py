"""An API server that has too much to do says when to come back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from podrunner.cluster.api import Api, ApiError

if TYPE_CHECKING:
    from conftest import Cluster


def test_an_api_server_that_is_busy_is_asked_again(cluster: Cluster, tmp_path: Path) -> None:
    cluster.busy = 3

    assert Api(cluster.kubeconfig, tmp_path).version() == "1.34.4"


def test_an_api_server_that_stays_busy_is_asked_eleven_times(cluster: Cluster, tmp_path: Path) -> None:
    cluster.busy = 20

    with pytest.raises(ApiError, match=r"GET /version: storage is \(re\)initializing") as refused:
        Api(cluster.kubeconfig, tmp_path).version()

    assert (refused.value.status, cluster.busy) == (429, 9)


def test_an_api_server_that_is_not_there_is_not_asked_again(cluster: Cluster, tmp_path: Path) -> None:
    cluster.kubeconfig.write_text(cluster.kubeconfig.read_text().replace("127.0.0.1", "127.0.0.1:1/elsewhere#"))

    with pytest.raises(ApiError, match=r"the API server cannot be reached: .*Connection refused"):
        Api(cluster.kubeconfig, tmp_path).version()
