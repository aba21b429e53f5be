"""Reads settings from the environment, or from the file named by the same variable with `_FILE`."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit


class VariableInvalide(Exception):
    """An environment variable has a value we can't use. The message names it, in French."""


def env(name: str, default: str | None = None) -> str:
    """Return the value of `name`, else the content of the file in `name_FILE`, else `default`.

    Raises VariableInvalide when none is given and there is no default.
    """
    if name in os.environ:
        return os.environ[name]
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text().strip()
    if default is None:
        raise VariableInvalide(f"La variable d'environnement {name} est obligatoire.")
    return default


def env_bool(name: str, *, default: bool) -> bool:
    """Return a boolean; only `oui`/`non`, `true`/`false`, `1`/`0` are accepted."""
    value = env(name, "oui" if default else "non").lower()
    if value not in {"oui", "true", "1", "non", "false", "0"}:
        raise VariableInvalide(f"{name} doit valoir « oui » ou « non », pas « {value} ».")
    return value in {"oui", "true", "1"}


def env_int(name: str, default: int) -> int:
    """Return a whole number."""
    value = env(name, str(default))
    if not value.lstrip("-").isdigit():
        raise VariableInvalide(f"{name} doit être un nombre entier, pas « {value} ».")
    return int(value)


def env_list(name: str, default: str = "") -> list[str]:
    """Return the comma-separated values."""
    return [item.strip() for item in env(name, default).split(",") if item.strip()]


def parse_database_url(url: str) -> dict[str, object]:
    """Turn `postgresql://user:pass@host:port/name?host=/socket` into Django's connection settings."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise VariableInvalide("DATABASE_URL doit commencer par postgresql:// : Guichet n'utilise que PostgreSQL.")
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or unquote(parts.hostname or ""),
        "PORT": query.pop("port", None) or str(parts.port or ""),
        "OPTIONS": dict(query),
    }
