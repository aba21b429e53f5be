"""Technical logs: one JSON line each, with ids only. Personal data never goes here: it belongs to the journal."""

import json
import logging
import secrets
import time
from collections.abc import Callable
from contextvars import ContextVar
from traceback import format_tb
from typing import Any

from django.http import HttpRequest, HttpResponse

# correlation: one id from the HTTP request (or the task) down to the journal; collectivite and agent: ids, no names
correlation: ContextVar[str] = ContextVar("correlation", default="")
contexte_ids: ContextVar[dict[str, int | None]] = ContextVar("contexte_ids", default={})  # noqa: B039 never mutated

_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_TELLING = {"request", "data"}  # a query string (what somebody searched); Celery's error with its text
acces = logging.getLogger("guichet.acces")


class FormatJson(logging.Formatter):
    """One JSON object a line: instant, level, logger, fixed sentence, ids, and what `extra` gave."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "niveau": record.levelname,
            "source": record.name,
            "message": _write_message(record),
            "correlation": correlation.get(),
            **contexte_ids.get(),
        }
        line |= {key: value for key, value in vars(record).items() if key not in _STANDARD | _TELLING}
        if record.exc_info and record.exc_info[1]:
            line["exception"] = write_exception(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def _write_message(record: logging.LogRecord) -> str:
    """Celery writes a failed task with the text of its error and the whole traceback: keep which task it was.

    Django ends what it refuses with the path, which may hold a secret (the door of a connector, the link given to an
    usager): keep the route instead.
    """
    task, request = vars(record).get("data"), vars(record).get("request")
    if record.name.startswith("django.") and isinstance(request, HttpRequest) and isinstance(record.args, tuple):
        match = request.resolver_match
        return record.msg % (*record.args[:-1], match.view_name if match else "adresse inconnue")
    if isinstance(task, dict) and "exc" in task:
        return f"tâche en erreur\u00a0: {task.get('name')}"
    return record.getMessage()


def write_exception(error: BaseException) -> str:
    """Write the chain of errors, first cause first: types and places, never messages, which hold what was typed.

    PostgreSQL's « Key (courriel)=(lea@…) already exists » is one; its SQLSTATE and constraint are kept instead.
    """
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = write_exception(cause) if cause is not None and cause is not error else ""
    diagnostic = getattr(error, "diag", None)
    facts = [getattr(diagnostic, name, None) for name in ("sqlstate", "table_name", "constraint_name")]
    said = " ".join([f"{type(error).__module__}.{type(error).__qualname__}", *filter(None, facts)])
    return f"{before}{''.join(format_tb(error.__traceback__))}{said}\n"


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
