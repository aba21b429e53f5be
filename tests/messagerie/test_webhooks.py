"""Other programs are told once, signed, for 41 hours if need be; whoever listens badly holds nobody else up."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite
from collectivites.permissions import Role
from journal.models import Evenement
from messagerie.actions import HorsTransaction
from messagerie.chiffrement import decrypt
from messagerie.envoi import AppelDansTransaction
from messagerie.models import AbonnementWebhook, LivraisonWebhook
from messagerie.webhooks import abonnements, envoi
from messagerie.webhooks.actions import ChargeTropLourde, queue_webhooks
from messagerie.webhooks.envoi import ATTENTES, ESSAIS_MAX, Prise, find_due, purge, read_statut, send_one, sweep
from tests.messagerie.conftest import create_agent
from tests.messagerie.doubles import Double, double

TYPE = "rendezvous.confirme"
CHARGE = {"numero": "RDV-2026-00042", "etat": "confirme"}


@pytest.fixture(autouse=True)
def _boucle(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The receivers stand on the loopback, and nobody wakes a worker."""
    settings.RESEAU_INTERNE_AUTORISE = "127.0.0.0/8"
    monkeypatch.setattr("messagerie.webhooks.actions.ask_worker", lambda *_args: None)


@pytest.fixture
def receveur() -> Iterator[Double]:
    with double(corps="") as server:
        yield server


@dataclass
class Banc:
    """One town, its subscriptions, and a clock that moves by hand."""

    ville: Collectivite
    by: Acteur
    at: datetime

    def clock(self) -> datetime:
        return self.at

    def follow(self, url: str, libelle: str = "Portail") -> AbonnementWebhook:
        with collectivite_active(self.ville.pk):
            row, _ = abonnements.create_abonnement(
                libelle=libelle, url=url, evenements=[TYPE], by=self.by, at=self.at
            )  # fmt: skip
        return row

    def queue(self, clef: str = "rendezvous:1:confirme:1") -> list[LivraisonWebhook]:
        with collectivite_active(self.ville.pk):
            queue_webhooks(evenement=TYPE, charge=CHARGE, clef=clef, at=self.at)
            return list(LivraisonWebhook.objects.filter(clef=clef).order_by("pk"))

    def send(self, row: LivraisonWebhook) -> bool:
        return send_one(self.ville.pk, row.pk, clock=self.clock)

    def read(self, row: LivraisonWebhook) -> LivraisonWebhook:
        with collectivite_active(self.ville.pk):
            return LivraisonWebhook.objects.select_related("abonnement").get(pk=row.pk)

    def sweep(self) -> int:
        return sweep(clock=self.clock, seconds=5)


@pytest.fixture
def banc(ville: Collectivite, by: Acteur, at: datetime) -> Banc:
    return Banc(ville, by, at)


# ── Written with the fact ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_only_who_listens_is_told_and_once(banc: Banc) -> None:
    portail = banc.follow("https://exemple.fr/a")
    with collectivite_active(banc.ville.pk):
        AbonnementWebhook.objects.create(
            libelle="Autre", url="https://exemple.fr/b", secret=b"", evenements=["autre.chose"], created_at=banc.at
        )
        assert queue_webhooks(evenement=TYPE, charge=CHARGE, clef="1", at=banc.at) == 1
        assert queue_webhooks(evenement=TYPE, charge=CHARGE, clef="1", at=banc.at) == 0
        row = LivraisonWebhook.objects.get()
        assert (row.abonnement, row.charge["data"], row.charge["type"]) == (portail, CHARGE, TYPE)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert queue_webhooks(evenement="inconnu", charge={}, clef="2", at=banc.at) == 0
        assert len(asked) == 1
        with pytest.raises(ChargeTropLourde):
            queue_webhooks(evenement=TYPE, charge={"x": "y" * 70_000}, clef="3", at=banc.at)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_told_outside_the_transaction_of_its_fact(banc: Banc) -> None:
    with pytest.raises(HorsTransaction):
        queue_webhooks(evenement=TYPE, charge=CHARGE, clef="1", at=banc.at)


def test_nine_tries_over_forty_one_hours() -> None:
    assert ESSAIS_MAX == 9
    assert sum(ATTENTES, timedelta()) == timedelta(hours=41, minutes=21)


def test_only_a_good_answer_is_good() -> None:
    assert not read_statut(204).erreur
    assert "redirections" in read_statut(302).erreur
    assert read_statut(503, "120").attente == timedelta(minutes=2)
    assert read_statut(503, "99999999").attente == timedelta(hours=1)
    assert read_statut(503, "9" * 5000).attente == timedelta(hours=1)
    assert read_statut(500, "demain").attente == timedelta(0)


# ── Sent ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def verify(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """What a receiver does, written from the specification and not from our code."""
    signed = b".".join([headers["Webhook-Id"].encode(), headers["Webhook-Timestamp"].encode(), body])
    digest = hmac.new(base64.b64decode(secret.split("_", 1)[1]), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}" in headers["Webhook-Signature"].split(" ")


@pytest.mark.django_db(transaction=True)
def test_a_delivery_leaves_once_signed(banc: Banc, receveur: Double) -> None:
    abonnement = banc.follow(f"{receveur.url}/crochet")
    (row,) = banc.queue()
    assert banc.send(row)
    assert not banc.send(row)
    (told,) = receveur.recus
    path, headers, read = told[0], {name.title(): value for name, value in told[1].items()}, told[2]
    body = json.dumps(read, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    assert (path, read["data"], read["type"]) == ("/crochet", CHARGE, TYPE)
    secret = decrypt(abonnement.secret)["secret"]
    assert verify(secret, headers, body)
    assert not verify(secret, headers, body + b" ")
    assert headers["Webhook-Id"] == str(row.uuid)
    assert headers["Webhook-Timestamp"] == str(int(banc.at.timestamp()))
    sent = banc.read(row)
    assert (sent.etat, sent.statut, sent.essais, sent.settled_at) == ("livree", 200, 1, banc.at)
    assert sent.abonnement.livre_at == banc.at


@pytest.mark.django_db(transaction=True)
def test_both_secrets_sign_for_a_day_after_a_change(banc: Banc, receveur: Double) -> None:
    abonnement = banc.follow(receveur.url)
    old = decrypt(abonnement.secret)["secret"]
    with collectivite_active(banc.ville.pk):
        new = abonnements.renew_secret(abonnement=abonnement, by=banc.by, at=banc.at)
    for hours, signatures in ((1, 2), (25, 1)):
        banc.at += timedelta(hours=hours)
        (row,) = banc.queue(clef=str(hours))
        banc.send(row)
        headers = {name.title(): value for name, value in receveur.recus[-1][1].items()}
        assert len(headers["Webhook-Signature"].split(" ")) == signatures
    assert new != old


@pytest.mark.django_db(transaction=True)
def test_a_call_is_refused_inside_a_transaction(banc: Banc, receveur: Double) -> None:
    banc.follow(receveur.url)
    (row,) = banc.queue()
    with collectivite_active(banc.ville.pk), pytest.raises(AppelDansTransaction):
        banc.send(row)
    assert receveur.recus == []


@pytest.mark.django_db(transaction=True)
def test_a_failure_is_tried_again_under_the_same_id_then_given_up(banc: Banc, receveur: Double) -> None:
    banc.follow(receveur.url)
    (row,) = banc.queue()
    receveur.reponse = (500, "", 0)
    for attempt, wait in enumerate([*ATTENTES, None], start=1):
        assert banc.sweep() == 1, attempt
        seen = banc.read(row)
        if wait is None:
            assert (seen.etat, seen.essais, seen.erreur) == ("echec", 9, "Le serveur répond 500.")
        else:
            assert (seen.etat, seen.prevu_at) == ("a_envoyer", banc.at + wait)
            assert banc.sweep() == 0
            banc.at = seen.prevu_at
    assert {headers["webhook-id"] for _, headers, _ in receveur.recus} == {str(row.uuid)}
    with collectivite_active(banc.ville.pk):
        again = abonnements.retry_livraison(livraison=seen, by=banc.by, at=banc.at)
    receveur.reponse = (200, "", 0)
    assert banc.send(again)
    assert banc.read(row).etat == "livree"


@pytest.mark.django_db(transaction=True)
def test_an_address_that_fails_rests_alone(banc: Banc, receveur: Double) -> None:
    banc.follow("http://127.0.0.1:9/", "En panne")  # nobody listens there
    banc.follow(receveur.url, "Qui répond")
    banc.queue("1")
    assert banc.sweep() == 2
    banc.queue("2")
    assert banc.sweep() == 1  # the one that failed rests, the other is told
    assert len(receveur.recus) == 2
    banc.at += timedelta(minutes=2)
    assert banc.sweep() == 1  # half open: one try, which fails, and the second row waits with it
    with collectivite_active(banc.ville.pk):
        broken = AbonnementWebhook.objects.get(libelle="En panne")
    assert (broken.echecs, broken.repos_at) == (2, banc.at + timedelta(minutes=1))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("statut", "days"), [(410, 0), (500, 5)])
def test_an_address_gone_or_silent_for_days_is_switched_off(
    banc: Banc, receveur: Double, statut: int, days: int
) -> None:
    abonnement = banc.follow(receveur.url)
    receveur.reponse = (statut, "", 0)
    (row,) = banc.queue("1")
    banc.send(row)
    banc.at += timedelta(days=days)
    banc.queue("2")
    if days:
        banc.sweep()
    with collectivite_active(banc.ville.pk):
        seen = AbonnementWebhook.objects.get(pk=abonnement.pk)
        assert not seen.is_active
        assert seen.raison
        assert not LivraisonWebhook.objects.filter(etat="a_envoyer").exclude(clef="2" if not days else "").exists()
        assert Evenement.objects.filter(verbe="webhook.arrete").count() == 1
        assert queue_webhooks(evenement=TYPE, charge=CHARGE, clef="3", at=banc.at) == 0
    assert banc.sweep() == 0


@pytest.mark.django_db(transaction=True)
def test_an_inner_address_is_never_called(banc: Banc, receveur: Double, settings: Settings) -> None:
    banc.follow(receveur.url)
    settings.RESEAU_INTERNE_AUTORISE = ""  # the operator closed it since
    (row,) = banc.queue()
    assert banc.send(row)
    assert receveur.recus == []
    assert "https" in banc.read(row).erreur


# ── Races and deaths ──────────────────────────────────────────────────────────────────────────────────────────────


def race(banc: Banc, row: LivraisonWebhook, workers: int = 8) -> None:
    start = threading.Barrier(workers)

    def work() -> None:
        try:
            with collectivite_active(banc.ville.pk):
                LivraisonWebhook.objects.exists()  # connected before the gun
            start.wait()
            banc.send(row)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_eight_workers_tell_it_once(banc: Banc, receveur: Double) -> None:
    banc.follow(receveur.url)
    (row,) = banc.queue()
    race(banc, row)
    assert len(receveur.recus) == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lease_the_same_race_tells_it_several_times(
    banc: Banc, receveur: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the race above is a real one."""

    def take_without_lease(livraison_id: int, *, at: datetime) -> Prise:
        row = LivraisonWebhook.objects.select_related("abonnement").get(pk=livraison_id)
        return envoi._prepare(row, at=at)

    monkeypatch.setattr(envoi, "take", take_without_lease)
    banc.follow(receveur.url)
    (row,) = banc.queue()
    race(banc, row)
    assert len(receveur.recus) > 1


class Tue(BaseException):
    """kill -9, as seen from Python."""


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_call_leaves_the_row_to_another(
    banc: Banc, receveur: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    banc.follow(receveur.url)
    (row,) = banc.queue()
    with monkeypatch.context() as patch:
        patch.setattr(envoi, "tell", lambda _held: (_ for _ in ()).throw(Tue()))
        with pytest.raises(Tue):
            banc.send(row)
    assert not banc.send(row)  # the lease still runs
    banc.at += timedelta(minutes=2)
    assert find_due(at=banc.at, limit=9) == [(banc.ville.pk, row.pk)]
    assert banc.send(row)
    assert banc.read(row).etat == "livree"


@pytest.mark.django_db(transaction=True)
def test_old_deliveries_are_erased(banc: Banc, receveur: Double) -> None:
    banc.follow(receveur.url)
    (row,) = banc.queue()
    banc.send(row)
    assert purge(at=banc.at + timedelta(days=29)) == 0
    assert purge(at=banc.at + timedelta(days=31)) == 1


# ── The screen ────────────────────────────────────────────────────────────────────────────────────────────────────

BASE = "/c/aurelle/envois/webhooks/"


@pytest.fixture
def admin(client: Client, ville: Collectivite) -> Client:
    client.force_login(create_agent(ville, Role.ADMINISTRATEUR, email="nadia@aurelle.example"))
    return client


def create(client: Client, **fields: Any) -> Any:
    given = {"libelle": "Portail", "url": "https://exemple.fr/a", "evenements": [TYPE]}
    return client.post(BASE, given | fields)


@pytest.mark.django_db
def test_the_secret_is_shown_once(admin: Client, ville: Collectivite) -> None:
    assert "Aucun webhook" in admin.get(BASE).content.decode()
    shown = create(admin)
    with collectivite_active(ville.pk):
        row = AbonnementWebhook.objects.get()
        secret = decrypt(row.secret)["secret"]
    assert secret in shown.content.decode()
    with CaptureQueriesContext(connection) as asked:
        page = admin.get(f"{BASE}{row.pk}/")
    assert secret not in page.content.decode()
    assert len(asked) <= 20
    assert secret.encode() not in bytes(row.secret)
    assert create(admin).status_code == 409
    refused = create(admin, libelle="Autre", url="https://10.0.0.1/a")
    assert refused.status_code == 422
    assert "https://10.0.0.1/a" in refused.content.decode()


@pytest.mark.django_db
def test_a_trial_a_pause_a_resending(admin: Client, ville: Collectivite) -> None:
    create(admin)
    with collectivite_active(ville.pk):
        row = AbonnementWebhook.objects.get()
    fiche = f"{BASE}{row.pk}/"
    assert admin.post(f"{fiche}essai/").status_code == 302
    with collectivite_active(ville.pk):
        ping = LivraisonWebhook.objects.get()
    assert (ping.evenement, ping.etat) == ("ping", "a_envoyer")
    resend = f"{BASE}livraisons/{ping.pk}/renvoyer/"
    assert admin.post(resend).status_code == 409  # not over yet
    admin.post(f"{fiche}service/")
    assert "Abandonnée" in admin.get(fiche).content.decode()
    assert admin.post(f"{fiche}essai/").status_code == 409
    admin.post(f"{fiche}service/", {"ouvrir": "oui"})
    assert admin.post(resend).status_code == 302
    assert admin.post(f"{fiche}supprimer/").status_code == 302
    assert admin.get(fiche).status_code == 404


@pytest.mark.django_db
def test_only_who_runs_the_settings_sees_webhooks(client: Client, superviseur: Agent) -> None:
    client.force_login(superviseur)
    assert client.get(BASE).status_code == 403
