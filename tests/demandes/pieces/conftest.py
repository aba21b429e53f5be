"""A private store for each test, and files to hand in."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.socle.fichiers.documents import PDF


@pytest.fixture(autouse=True)
def depot(settings: Any, tmp_path: Path) -> Path:
    settings.DEPOT = tmp_path / "depot"
    return tmp_path / "depot"


def pdf(nom: str = "plan.pdf", mark: bytes = b"") -> SimpleUploadedFile:
    """A PDF whose content is its own: `mark` tells two of them apart."""
    return SimpleUploadedFile(nom, PDF + mark)


def flux(content: bytes) -> io.BytesIO:
    return io.BytesIO(content)
