"""Where the fixtures are."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def fixtures() -> Path:
    """Return the folder of files that are wrong on purpose."""
    return HERE / "fixtures"


@pytest.fixture(scope="session")
def small_chart() -> Path:
    """Return a chart that renders whatever a test asks for."""
    return HERE / "fixtures" / "charts" / "small"


@pytest.fixture(scope="session")
def checkout() -> Path:
    """Return the top folder of this repository."""
    return HERE.parent
