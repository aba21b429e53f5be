"""Answers to requests we refuse before any view runs: in French, and nothing typed is lost."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 page when the form's token is missing or too old: the browser's « back » gives the text back."""
    return render(request, "403_csrf.html", {"raison": reason}, status=403)
