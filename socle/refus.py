"""Answers to requests we refuse before any view runs: in French, and nothing typed is lost."""

from contextlib import suppress

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

RESTE = 300 * 2**20  # bytes read and thrown away, so that the browser reads our answer instead of « connection reset »
MORCEAU = 2**16
TROP = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 page when the form's token is missing or too old: the browser's « back » gives the text back."""
    return render(request, "403_csrf.html", {"raison": reason}, status=403)


def illisible(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 page for a request that can't be read, 413 for one that is too long (5 MB of text, 1,000 fields)."""
    is_trop = isinstance(exception, TROP)
    if is_trop:
        _drain(request)
    return render(request, "400.html", {"is_trop": is_trop}, status=413 if is_trop else 400)


def _drain(request: HttpRequest) -> None:
    with suppress(OSError):
        for _ in range(RESTE // MORCEAU):
            if not request.read(MORCEAU):
                return
