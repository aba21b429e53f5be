"""Addresses of neighbouring screens."""

from django.urls import NoReverseMatch, reverse


def find_url(route: str, slug: str) -> str:
    """Return the address of a screen of this town, or an empty text when the screen is not there."""
    try:
        return reverse(route, args=[slug])
    except NoReverseMatch:
        return ""
