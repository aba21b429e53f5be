"""Addresses and texts of the screens, for the tests."""

from django.urls import reverse


def url(name: str, *args: object) -> str:
    return reverse(f"citoyens:{name}", args=["aurelle", *args])


def text(response: object) -> str:
    return response.content.decode().replace("&#x27;", "'").replace("&nbsp;", "\u00a0")  # type: ignore[attr-defined]
