"""Health: what is alive, what waits; the beat."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from config import battement, sante
from config.celery import app


@pytest.fixture(autouse=True)
def _sans_battement() -> Iterator[None]:
    with battement.connect() as redis:
        redis.delete(battement.name_key())
        yield
        redis.delete(battement.name_key())


def test_health_says_each_component(client: Client, db: None) -> None:
    response = client.get("/sante/")
    assert response.status_code == 200
    body = response.json()
    assert {k: body[k] for k in ("guichet", "base", "migrations", "redis")} == dict.fromkeys(
        ("guichet", "base", "migrations", "redis"), "ok"
    )
    assert body["beat"] == {"etat": "jamais vu", "age_secondes": None}
    assert set(body["files"]) == {"courant", "envois", "entrees"}


def test_the_beat_is_seen_then_late(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    battement.beat()
    assert client.get("/sante/").json()["beat"]["etat"] == "ok"
    monkeypatch.setattr(sante, "RETARD", -1.0)
    assert client.get("/sante/").json()["beat"]["etat"] == "en retard"


def test_a_worker_knows_the_beat_and_listens_to_its_queue() -> None:
    app.loader.import_default_modules()
    assert "config.battement.beat" in app.tasks
    assert app.conf.beat_schedule["config.battement"]["schedule"] == battement.PERIODE
    used = {route["queue"] for route in app.conf.task_routes.values()} | {app.conf.task_default_queue}
    assert used == set(battement.FILES)


def test_a_migration_not_applied_closes_the_door(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = sante._expected_migrations() | {("demandes", "9999_demain")}
    monkeypatch.setattr(sante, "_expected_migrations", lambda: expected)
    response = client.get("/sante/")
    assert response.status_code == 503
    assert response.json()["migrations"] == "1 à appliquer"


def test_redis_away_pages_are_still_served(client: Client, db: None, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:9/0"  # nothing listens there
    response = client.get("/sante/")
    assert response.status_code == 200
    assert response.json()["redis"] == "panne"


def test_the_database_away_is_503(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError

    with monkeypatch.context() as outage:
        outage.setattr(connection, "cursor", fail)
        response = client.get("/sante/")
    assert response.status_code == 503
    assert response.json()["base"] == "panne"


def test_health_holds_no_secret(client: Client, db: None, settings: Settings) -> None:
    text = client.get("/sante/").content.decode()
    for secret in (settings.SECRET_KEY, settings.REDIS_URL, str(settings.DATABASES["default"]["HOST"]), "postgres"):
        assert secret not in text


@pytest.mark.parametrize("path", ["/sante/vivant", "/sante/vivant/"])
def test_alive_reads_and_writes_nothing(
    client: Client, db: None, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries, path: str
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    with django_assert_num_queries(0):
        assert client.get(path).status_code == 200
