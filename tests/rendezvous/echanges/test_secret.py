"""The secret address of an outside calendar: encrypted like a password, never shown, never traced."""

import logging
from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.db import connection

from collectivites.acteur import AUTOMATE
from messagerie.chiffrement import decrypt, encrypt
from rendezvous.echanges import agendas, releve
from rendezvous.echanges.agendas import Acces, AgendaRefuse, hash_adresse
from rendezvous.models import AgendaExterne, Ressource
from socle.reseau import ReseauEnEchec

URL = "https://agendas.exemple.fr/prive/c2VjcmV0/basic.ics?clef=tres-secrete"
AT = datetime(2026, 11, 19, 9, tzinfo=UTC)
SECRETS = ("c2VjcmV0", "tres-secrete", "Mot-De-Passe", "claire.m")


@pytest.fixture
def agenda(ressource: Ressource, monkeypatch: pytest.MonkeyPatch) -> AgendaExterne:
    monkeypatch.setattr(agendas, "ask_worker", lambda *_args: None)
    acces = Acces("ics", URL, "claire.m", "Mot-De-Passe")
    assert not [secret for secret in SECRETS if secret in repr(acces)]
    return agendas.add_agenda(ressource=ressource, acces=acces, by=AUTOMATE, at=AT)


def test_nothing_of_it_is_in_clear_in_the_database(agenda: AgendaExterne) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a::text || encode(a.identifiants, 'escape') FROM rendezvous_agendaexterne a WHERE id = %s",
            [agenda.pk],
        )
        kept = cursor.fetchone()[0]
    assert "agendas.exemple.fr" in kept  # the server alone, for the screen
    assert not [secret for secret in SECRETS if secret in kept]
    assert decrypt(agenda.identifiants) == {"url": URL, "utilisateur": "claire.m", "mot_de_passe": "Mot-De-Passe"}
    with pytest.raises(AgendaRefuse, match="déjà suivi"):
        agendas.add_agenda(ressource=agenda.ressource, acces=Acces("ics", URL), by=AUTOMATE, at=AT)


def test_a_failure_traces_nothing_of_it(
    agenda: AgendaExterne, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[str] = []

    def fail(_methode: str, url: str, **_: object) -> None:
        asked.append(url)
        raise ReseauEnEchec("Le serveur n'a pas répondu à temps.")

    monkeypatch.setattr(releve, "call", fail)
    demande = releve.take(agenda.pk, at=AT)
    assert demande
    with caplog.at_level(logging.DEBUG), pytest.raises(ReseauEnEchec) as failure:
        releve.ask(demande)
    assert asked == [URL]
    assert not [secret for secret in SECRETS if secret in f"{demande!r}{failure.value}{caplog.text}{agenda}"]


def test_what_was_in_clear_is_sealed_by_the_migration() -> None:
    migration = import_module("rendezvous.migrations.0009_adresse_d_agenda_chiffree")
    known = {"utilisateur": "claire.m", "mot_de_passe": "Mot-De-Passe"}
    sealed = migration.seal(URL, encrypt(known))
    assert decrypt(sealed["identifiants"]) == {"url": URL} | known
    assert (sealed["hote"], sealed["adresse_hash"]) == ("agendas.exemple.fr", hash_adresse(URL))
    assert decrypt(migration.seal(URL, b"")["identifiants"]) == {"url": URL}
    assert decrypt(migration.seal(URL, b"d'une autre clef")["identifiants"]) == {"url": URL}
