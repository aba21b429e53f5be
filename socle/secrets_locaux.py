"""A secret kept in a private file, for machines where nobody wants to think about secrets."""

import os
import secrets
from pathlib import Path


def read_or_create_secret(path: Path) -> str:
    """Return the secret stored at `path`; create it (0600) the first time, safely against two processes at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read_written(path)
    with os.fdopen(descriptor, "w") as file:
        secret = secrets.token_urlsafe(64)
        file.write(secret)
    return secret


def _read_written(path: Path) -> str:
    """Read the file another process is perhaps still writing."""
    for _ in range(1000):
        if text := path.read_text().strip():
            return text
    return read_or_create_secret(path.with_suffix(".bis"))
