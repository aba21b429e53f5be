"""Keys: what they open, what closes them, and how a refusal is said."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from collectivites.acteur import AUTOMATE
from collectivites.clefs import hash_secret, revoke_clef
from collectivites.cloison import collectivite_active
from collectivites.models import CleApi, Collectivite
from tests.api.conftest import Programme, Ville

DonnerClef = Callable[..., tuple[CleApi, str]]
LECTURES = {"usagers/?q=Dupont": "usager_lire", "demandes/": "demande_lire", "types-demandes/": "demande_creer"}


def problem(response: object, status: int) -> dict[str, object]:
    assert response.status_code == status  # type: ignore[attr-defined]
    assert response.headers["Content-Type"] == "application/problem+json"  # type: ignore[attr-defined]
    body: dict[str, object] = response.json()  # type: ignore[attr-defined]
    assert body["status"] == status
    assert body["title"]
    return body


@pytest.mark.parametrize("path", LECTURES)
def test_a_key_without_the_scope_is_told_which_one(
    programme: Programme, ville: Ville, donner_clef: DonnerClef, path: str
) -> None:
    others = [scope for scope in LECTURES.values() if scope != LECTURES[path]]
    with collectivite_active(ville.collectivite.pk):
        _, programme.secret = donner_clef(portees=others)
    body = problem(programme.get(path), 403)
    assert body["type"] == "urn:guichet:probleme:portee-insuffisante"
    assert LECTURES[path] in str(body["detail"])
    assert all(programme.get(p).status_code == 200 for p in LECTURES if p != path)


def test_reading_does_not_allow_writing(programme: Programme, ville: Ville, donner_clef: DonnerClef) -> None:
    with collectivite_active(ville.collectivite.pk):
        _, programme.secret = donner_clef(portees=["demande_lire"])
    body = {"objet": "x", "canal": "telephone", "mode_reponse": "telephone"}
    problem(programme.post("demandes/", body, **{"Idempotency-Key": "a"}), 403)


def test_a_revoked_key_opens_nothing(programme: Programme, ville: Ville) -> None:
    assert programme.get("demandes/").status_code == 200
    with collectivite_active(ville.collectivite.pk):
        revoke_clef(clef=ville.clef, by=AUTOMATE, at=timezone.now())
    assert problem(programme.get("demandes/"), 401)["type"] == "urn:guichet:probleme:clef-revoquee"


def test_an_expired_key_opens_nothing(programme: Programme, ville: Ville) -> None:
    with collectivite_active(ville.collectivite.pk):
        CleApi.objects.filter(pk=ville.clef.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert problem(programme.get("demandes/"), 401)["type"] == "urn:guichet:probleme:clef-expiree"


def test_a_closed_town_closes_its_keys(programme: Programme, ville: Ville) -> None:
    Collectivite.objects.filter(pk=ville.collectivite.pk).update(is_active=False)
    problem(programme.get("demandes/"), 401)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "clef-absente"),
        ("Bearer faux", "clef-inconnue"),
        ("Basic abc", "clef-illisible"),
        ("Bearer ", "clef-inconnue"),
    ],
)
def test_without_a_key_of_ours_it_is_401(client: Client, db: None, header: str, code: str) -> None:
    response = client.get("/api/v1/demandes/", headers={"Authorization": header} if header else {})
    assert problem(response, 401)["type"] == f"urn:guichet:probleme:{code}"
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="Guichet"'


def test_a_session_opens_nothing(client: Client, ville: Ville) -> None:
    client.force_login(ville.clef.agent)
    problem(client.get("/api/v1/demandes/"), 401)


def test_only_the_hash_is_kept(ville: Ville) -> None:
    with collectivite_active(ville.collectivite.pk):
        row = CleApi.objects.values().get(pk=ville.clef.pk)
    assert row["empreinte"] == hash_secret(ville.secret)
    assert ville.secret.startswith(row["prefixe"])
    assert ville.secret not in str(row)


def test_the_last_use_is_written_once_in_ten_minutes(programme: Programme, ville: Ville) -> None:
    def used() -> object:
        with collectivite_active(ville.collectivite.pk):
            return CleApi.objects.values_list("used_at", flat=True).get(pk=ville.clef.pk)

    programme.get("demandes/")
    first = used()
    programme.get("demandes/")
    assert first is not None
    assert used() == first
    with collectivite_active(ville.collectivite.pk):
        CleApi.objects.update(used_at=timezone.now() - timedelta(minutes=11))
    programme.get("demandes/")
    assert used() > first  # type: ignore[operator]


def test_too_many_requests_wait(programme: Programme, settings: Settings) -> None:
    settings.API_DEBIT_MINUTE = 2
    answers = [programme.get("demandes/") for _ in range(4)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) in {1, 2}  # the minute may have changed between two requests
    assert problem(refused[0], 429)["type"] == "urn:guichet:probleme:debit-depasse"
    assert 0 < int(refused[0].headers["Retry-After"]) <= 60


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_an_unknown_address_is_a_problem_too(programme: Programme, method: str) -> None:
    response = getattr(programme.client, method)("/api/v1/rien/", headers=programme.entetes)
    assert problem(response, 404)["type"] == "urn:guichet:probleme:introuvable"


def test_a_wrong_method_and_a_broken_body_are_problems(programme: Programme) -> None:
    client, headers = programme.client, programme.entetes
    problem(client.delete("/api/v1/demandes/", headers=headers), 405)
    key = headers | {"Idempotency-Key": "a"}
    problem(client.post("/api/v1/demandes/", "{", content_type="application/json", headers=key), 400)
    problem(client.post("/api/v1/demandes/", "a=1", content_type="text/plain", headers=key), 415)


def test_a_crash_is_a_problem_for_programs(client: Client, ville: Ville, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("secret de fabrique")

    monkeypatch.setattr("demandes.api.views._list", crash)
    client.raise_request_exception = False
    body = problem(Programme(client, ville.secret).get("demandes/"), 500)
    assert "fabrique" not in str(body)


@pytest.mark.django_db(transaction=True)
def test_a_revocation_during_traffic_never_lets_a_later_request_in(ville: Ville) -> None:
    """Four threads ask while the key is revoked: whoever starts after the revocation gets 401."""
    statuses: list[tuple[bool, int]] = []
    revoked = threading.Event()

    def ask() -> None:
        from django.db import connection  # noqa: PLC0415

        for _ in range(6):
            after = revoked.is_set()
            statuses.append((after, Programme(Client(), ville.secret).get("demandes/").status_code))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    with collectivite_active(ville.collectivite.pk):
        revoke_clef(clef=ville.clef, by=AUTOMATE, at=timezone.now())
    revoked.set()
    for thread in threads:
        thread.join()
    ask()
    assert {status for _, status in statuses} <= {200, 401}
    assert {status for after, status in statuses if after} == {401}
