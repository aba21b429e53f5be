"""A message is queued once, in the transaction of its cause, and refuses what can't be delivered."""

import time
from datetime import datetime
from typing import Any

import pytest
from celery import Celery
from django.conf import settings

from collectivites.acteur import AUTOMATE, Acteur
from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite
from journal.models import Evenement
from messagerie import relance
from messagerie.actions import (
    EnvoiNonModifiable,
    HorsTransaction,
    cancel_envoi,
    queue_message,
    queue_occasion,
    retry_envoi,
    settle_envoi,
)
from messagerie.destinataires import MessageRefuse
from messagerie.models import CompteSms, Envoi
from messagerie.suites import suites
from messagerie.textes import VariableManquante, get_occasion
from socle import ouvriers

COURRIEL = {"canal": "courriel", "destinataire": "lea@example.org", "texte": "Bonjour", "objet": "Votre demande"}
SMS = {"canal": "sms", "destinataire": "06 39 98 12 34", "texte": "Rendez-vous à l'hôtel de ville"}


def queue(at: datetime, clef: str = "demande:1:accuse", **message: Any) -> Envoi:
    return queue_message(**({"clef": clef, "by": AUTOMATE, "at": at} | COURRIEL | message))


def test_the_same_key_gives_the_same_row(mur: Collectivite, at: datetime) -> None:
    first = queue(at)
    second = queue(at, texte="Autre texte")
    assert first.pk == second.pk
    assert Envoi.objects.get().corps_texte == "Bonjour"


def test_the_same_key_in_another_town_is_another_message(
    mur: Collectivite, autre_ville: Collectivite, at: datetime
) -> None:
    here = queue(at)
    with collectivite_active(autre_ville.pk):
        there = queue(at)
    assert here.pk != there.pk


@pytest.mark.django_db(transaction=True)
def test_nothing_is_queued_outside_a_transaction(ville: Collectivite, at: datetime) -> None:
    with pytest.raises(HorsTransaction):
        queue(at)


@pytest.mark.django_db(transaction=True)
def test_a_cause_rolled_back_takes_its_message_and_its_nudge_away(
    ville: Collectivite, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    nudged: list[tuple[int, int]] = []
    monkeypatch.setattr("messagerie.actions.nudge", lambda *ids: nudged.append(ids))

    def fail() -> None:
        with collectivite_active(ville.pk):
            queue(at)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with collectivite_active(ville.pk):
        assert not Envoi.objects.exists()
        assert nudged == []
        kept = queue(at)
        assert nudged == [], "the worker must not look before the commit"
    assert nudged == [(ville.pk, kept.pk)]


def test_an_email_has_one_message_id_for_life(mur: Collectivite, at: datetime) -> None:
    envoi = queue(at)
    assert envoi.entetes["Message-ID"] == f"<envoi.{envoi.uuid}@guichet.localhost>"
    given = queue(at, clef="autre", entetes={"Message-ID": "<m1@guichet.localhost>"})
    assert given.entetes == {"Message-ID": "<m1@guichet.localhost>"}


def test_an_sms_is_written_in_the_cheap_spelling_unless_the_town_keeps_its_accents(
    mur: Collectivite, at: datetime
) -> None:
    cheap = queue(at, **SMS)
    assert (cheap.destinataire, cheap.corps_texte, cheap.segments) == (
        "+33639981234",
        "Rendez-vous à l'hotel de ville",
        1,
    )
    CompteSms.objects.create(fournisseur="ovh", is_economique=False)
    assert queue(at, clef="autre", **SMS).corps_texte == SMS["texte"]


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ({"destinataire": "lea"}, "n'est pas une adresse"),
        ({"destinataire": "lea@example.org\nBcc: tous@example.org"}, "n'est pas une adresse"),
        ({"destinataire": "lea@example.org, leo@example.org"}, "n'est pas une adresse"),
        ({"texte": "  "}, "vide"),
        ({"entetes": {"Bcc": "x@example.org"}}, "Bcc"),
        ({"entetes": {"References": "<a@b>\r\nBcc: x@example.org"}}, "References"),
        ({"entetes": {"X: y\r\nBcc": "z"}}, "en-tête"),
        (SMS | {"destinataire": "01 99 00 12 34"}, "n'est pas un mobile"),
        (SMS | {"destinataire": "bonjour"}, "n'est pas un numéro"),
        (SMS | {"texte": "a" * 1531}, "11\u00a0SMS"),
        (SMS | {"texte": "\u200b"}, "vide"),
    ],
)
def test_what_cannot_be_delivered_is_refused_in_french(
    mur: Collectivite, at: datetime, message: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(MessageRefuse, match=sentence):
        queue(at, **message)
    assert not Envoi.objects.exists()


def test_a_subject_stays_on_one_line(mur: Collectivite, at: datetime) -> None:
    envoi = queue(at, objet="Bonjour\r\nBcc: tous@example.org\u2028fin")
    assert envoi.objet == "Bonjour Bcc: tous@example.org fin"


def test_an_occasion_needs_all_its_variables(mur: Collectivite, at: datetime) -> None:
    variables = get_occasion("compte.invitation", "courriel").exemples
    message = {"clef": "compte:1", "destinataire": "lea@example.org", "by": AUTOMATE, "at": at}
    with pytest.raises(VariableManquante, match="lien"):
        queue_occasion(
            occasion="compte.invitation",
            canal="courriel",
            variables={k: v for k, v in variables.items() if k != "lien"},
            **message,
        )
    envoi = queue_occasion(occasion="compte.invitation", canal="courriel", variables=variables, **message)
    assert envoi.objet == "Votre compte Guichet"
    assert "https://guichet.example/connexion/xxxx" in envoi.corps_texte


def test_a_waiting_message_can_be_cancelled_once(mur: Collectivite, by: Acteur, at: datetime) -> None:
    envoi = cancel_envoi(envoi=queue(at), by=by, at=at)
    assert envoi.etat == "annule"
    assert Evenement.objects.get().verbe == "envoi.annule"
    with pytest.raises(EnvoiNonModifiable):
        cancel_envoi(envoi=envoi, by=by, at=at)


@pytest.mark.parametrize("etat", ["a_envoyer", "envoye", "remis", "rejete", "annule"])
def test_only_a_failed_or_uncertain_message_is_sent_again(
    mur: Collectivite, by: Acteur, at: datetime, etat: str
) -> None:
    envoi = queue(at)
    Envoi.objects.update(etat=etat)
    with pytest.raises(EnvoiNonModifiable):
        retry_envoi(envoi=envoi, by=by, at=at)


@pytest.mark.parametrize("etat", ["echec", "incertain"])
def test_sending_again_keeps_the_key_and_is_told_in_the_journal(
    mur: Collectivite, by: Acteur, at: datetime, etat: str
) -> None:
    envoi = queue(at)
    Envoi.objects.update(etat=etat, essais=8, is_doute=True)
    again = retry_envoi(envoi=envoi, by=by, at=at)
    assert (again.etat, again.essais, again.is_doute, again.uuid) == ("a_envoyer", 0, False, envoi.uuid)
    assert Evenement.objects.get().verbe == "envoi.renvoye"
    with pytest.raises(EnvoiNonModifiable):
        retry_envoi(envoi=envoi, by=AUTOMATE, at=at)


def test_the_fate_of_a_message_reaches_the_floor_above_once(
    mur: Collectivite, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, int | None]] = []
    tell = {"demande": (1, lambda envoi, _at: told.append((envoi.etat, envoi.objet_id)))}
    monkeypatch.setattr(suites, "_entries", tell)
    envoi = queue(at, objet_type="demande", objet_id=42)
    Envoi.objects.update(etat="envoye", fournisseur="courriel")
    assert settle_envoi(envoi=envoi, etat="rejete", at=at, raison="boîte inconnue")
    assert not settle_envoi(envoi=envoi, etat="rejete", at=at)
    assert told == [("rejete", 42)]


def test_a_bug_of_the_floor_above_does_not_lose_the_fate(
    mur: Collectivite, at: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(suites, "_entries", {"demande": (1, lambda envoi, _at: 1 / 0)})
    envoi = queue(at, objet_type="demande", objet_id=42)
    Envoi.objects.update(etat="envoye", fournisseur="courriel")
    assert settle_envoi(envoi=envoi, etat="remis", at=at)
    assert Envoi.objects.get().etat == "remis"
    assert "suite_en_erreur" in caplog.text


def test_a_dead_broker_neither_fails_nor_slows_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    deaf = Celery("sourd", broker="redis://127.0.0.1:9/0", set_as_current=False)
    deaf.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    monkeypatch.setattr(ouvriers, "current_app", deaf)
    monkeypatch.setattr(ouvriers, "_sourd_jusqu_a", 0.0)
    started = time.monotonic()
    for pk in range(50):
        relance.nudge(1, pk)
    assert time.monotonic() - started < 3


def test_each_email_has_its_own_message_id(mur: Collectivite, at: datetime) -> None:
    """A mailbox keeps one message a Message-ID: headers shared by all messages of a floor must not carry one along."""
    shared = {"Auto-Submitted": "auto-generated"}
    first, second = queue(at, clef="un", entetes=shared), queue(at, clef="deux", entetes=shared)
    assert first.entetes["Message-ID"] != second.entetes["Message-ID"]
    assert str(second.uuid) in second.entetes["Message-ID"]
    assert shared == {"Auto-Submitted": "auto-generated"}
