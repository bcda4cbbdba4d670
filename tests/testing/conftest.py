"""What the tests of the plugin share: Helm's library, loaded before any of them."""

from __future__ import annotations

import pytest

from podrunner.helm.sdk import load_library


@pytest.fixture(scope="session", autouse=True)
def _library() -> None:
    """Load Helm's library: pytester forgets the modules that a run in this process imports, and it cannot be loaded twice."""
    load_library()
