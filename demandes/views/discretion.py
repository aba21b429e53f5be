"""Pages whose address is a secret: nothing of it goes to the technical logs."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def render_discret(request: HttpRequest, gabarit: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Draw a page; Django, which would log the path of a refusal (`django.utils.log.log_response`), is told it is
    done. Our own access log names the route and never the path."""
    answer = render(request, gabarit, context, status=status)
    answer._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 Django's own mark
    return answer
