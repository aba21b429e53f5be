"""System checks about the machine: `manage.py check` says what is missing and how to mend it."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register


@register(Tags.security, deploy=True)
def check_secret(**_: Any) -> list[Error]:
    """A production process needs a secret key of its own, of at least 50 characters."""
    if len(settings.SECRET_KEY) >= 50:
        return []
    return [Error("SECRET_KEY est trop courte.", hint="Donnez au moins 50 caractères tirés au hasard.", id="GUI.E001")]
