"""A private store of its own for each test."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def depot(settings: object, tmp_path: Path) -> Path:
    settings.DEPOT = tmp_path / "depot"  # type: ignore[attr-defined]
    return tmp_path / "depot"
