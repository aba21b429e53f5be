"""`/metriques`: figures for Prometheus. Counts and ages only: nothing of a tenant, nothing of a person."""

import hmac
import logging
import time
from collections.abc import Callable, Iterator

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from collectivites.acces import public
from config.battement import connect, read_pulse
from config.mesures_partagees import identify, is_shared

if is_shared():
    values.ValueClass = values.MultiProcessValue(process_identifier=identify)  # type: ignore[no-untyped-call]

logger = logging.getLogger("guichet.mesures")
TYPE_MIME = "text/plain; version=0.0.4; charset=utf-8"
METHODES = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
RELAIS = ("X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "X-Real-Ip", "Via")  # a proxy spoke for someone

REGISTRE = CollectorRegistry()
DUREES = Histogram(
    "guichet_requete_secondes", "Durée des requêtes, par vue.", ["vue"], registry=REGISTRE,
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)  # fmt: skip
REQUETES = Counter(
    "guichet_requetes", "Requêtes, par vue, méthode et classe de statut.", ["vue", "methode", "statut"],
    registry=REGISTRE,
)  # fmt: skip


class MesureRequetes:
    """Times each request under the name of its view; the path never appears."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = self.get_response(request)
        try:
            _measure(request, response, time.perf_counter() - started)
        except (ValueError, OSError):  # a spoilt file of figures must not cost anybody their page
            logger.exception("mesure_impossible")
        return response


def _measure(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    match = request.resolver_match
    view = match.view_name if match else "aucune"
    method = request.method if request.method in METHODES else "autre"
    DUREES.labels(view).observe(seconds)
    REQUETES.labels(view, method, f"{response.status_code // 100}xx").inc()


class CollecteurGuichet(Collector):
    """What the database and Redis say at the instant of the scrape; a component that is away gives no figure."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give the ledger, the entries, the heartbeat and the queues."""
        try:
            yield from _measure_ledger()
            yield from _measure_entrees()
        except DatabaseError:
            yield GaugeMetricFamily("guichet_base_joignable", "1 si la base répond.", value=0)
        else:
            yield GaugeMetricFamily("guichet_base_joignable", "1 si la base répond.", value=1)
        yield from _measure_redis()


def _measure_ledger() -> Iterator[GaugeMetricFamily]:
    count = GaugeMetricFamily("guichet_envois", "Envois dus ou en cours.", labels=["etat", "canal"])
    age = GaugeMetricFamily(
        "guichet_envois_age_secondes", "Âge du plus ancien envoi dû (en_cours : depuis la fin de son bail).",
        labels=["etat", "canal"],
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT etat, canal, nombre, age FROM messagerie_mesures(%s)", [timezone.now()])
        found = {(etat, canal): (number, seconds) for etat, canal, number, seconds in cursor.fetchall()}
    for labels in [(etat, canal) for etat in ("a_envoyer", "en_cours") for canal in ("courriel", "sms")]:
        number, seconds = found.get(labels, (0, 0.0))
        count.add_metric(labels, number)
        age.add_metric(labels, max(0.0, seconds))
    yield count
    yield age


def _measure_entrees() -> Iterator[GaugeMetricFamily]:
    count = GaugeMetricFamily("guichet_entrees", "Entrées à lire ou en quarantaine.", labels=["etat"])
    age = GaugeMetricFamily("guichet_entrees_age_secondes", "Âge de la plus ancienne de ces entrées.", labels=["etat"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT etat, nombre, age FROM demandes_mesures(%s)", [timezone.now()])
        for etat, number, seconds in cursor.fetchall():
            count.add_metric([etat], number)
            age.add_metric([etat], max(0.0, seconds or 0.0))
    yield count
    yield age


def _measure_redis() -> Iterator[GaugeMetricFamily]:
    try:
        with connect() as client:
            seconds, lengths = read_pulse(client)
    except (redis.RedisError, OSError):
        yield GaugeMetricFamily("guichet_redis_joignable", "1 si Redis répond.", value=0)
        return
    yield GaugeMetricFamily("guichet_redis_joignable", "1 si Redis répond.", value=1)
    if seconds is not None:
        yield GaugeMetricFamily("guichet_battement_age_secondes", "Âge du dernier battement.", value=seconds)
    waiting = GaugeMetricFamily("guichet_file_longueur", "Tâches en attente, par file.", labels=["file"])
    for name, length in lengths.items():
        waiting.add_metric([name], length)
    yield waiting


@public
def metriques(request: HttpRequest) -> HttpResponse:
    """Every figure, for this machine or for the bearer of METRIQUES_JETON; 403 for the others."""
    if not (is_local(request) or has_token(request)):
        return HttpResponse("Jeton absent ou refusé.\n", status=403, content_type="text/plain; charset=utf-8")
    return HttpResponse(render_metrics(), content_type=TYPE_MIME)


def is_local(request: HttpRequest) -> bool:
    """True from this machine itself; a reverse proxy here speaks for anyone, and says so in its headers."""
    is_loopback = request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"}
    return is_loopback and not any(name in request.headers for name in RELAIS)


def has_token(request: HttpRequest) -> bool:
    """True with the right bearer; never when no token is set."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    return bool(settings.METRIQUES_JETON) and hmac.compare_digest(given, settings.METRIQUES_JETON.encode())


def render_metrics() -> bytes:
    """Return the text of Prometheus: every worker's counters, then the gauges of this instant."""
    if is_shared():
        counters = CollectorRegistry()
        MultiProcessCollector(counters)  # type: ignore[no-untyped-call]
    else:
        counters = REGISTRE
    gauges = CollectorRegistry()
    gauges.register(CollecteurGuichet())
    return generate_latest(counters) + generate_latest(gauges)
