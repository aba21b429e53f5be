"""Technical logs: one JSON line each, with ids only. Personal data never goes here: it belongs to the journal."""

import json
import logging
import secrets
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.http import HttpRequest, HttpResponse

# correlation: one id from the HTTP request (or the task) down to the journal; collectivite and agent: ids, no names
correlation: ContextVar[str] = ContextVar("correlation", default="")
contexte_ids: ContextVar[dict[str, int | None]] = ContextVar("contexte_ids", default={})  # noqa: B039 never mutated

_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_TELLING = {"request"}  # its repr holds the query string: what somebody searched
acces = logging.getLogger("guichet.acces")


class FormatJson(logging.Formatter):
    """One JSON object a line: instant, level, logger, fixed sentence, ids, and what `extra` gave."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "niveau": record.levelname,
            "source": record.name,
            "message": record.getMessage(),
            "correlation": correlation.get(),
            **contexte_ids.get(),
        }
        line |= {key: value for key, value in vars(record).items() if key not in _STANDARD | _TELLING}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def new_correlation() -> str:
    """Return a fresh correlation id (16 hexadecimal digits)."""
    return secrets.token_hex(8)


class IdentifiantRequete:
    """Gives each request its correlation id and writes one access line: method, route, status, milliseconds."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = correlation.set(new_correlation())
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            response.headers["X-Correlation"] = correlation.get()
            self._write(request, response, started)
            return response
        finally:
            correlation.reset(token)

    @staticmethod
    def _write(request: HttpRequest, response: HttpResponse, started: float) -> None:
        match = request.resolver_match
        acces.info(
            "requete",
            extra={
                "methode": request.method,
                "route": match.view_name if match else "",  # never the path: it may hold a search or a name
                "statut": response.status_code,
                "ms": round((time.perf_counter() - started) * 1000, 1),
            },
        )
