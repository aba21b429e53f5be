"""Collection of mailboxes, against real servers: nothing lost, nothing twice, and a sentence when it fails."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.cache import cache

from collectivites.acteur import AUTOMATE
from collectivites.cloison import collectivite_active
from demandes.boites import save_boite
from demandes.models import Boite, Entree
from demandes.reception import releve
from demandes.reception.releve import fetch_boite
from outils.serveurs import port_libre
from socle.depot import read_file
from tests.demandes.reception.conftest import Ecrire, Ville
from tests.demandes.reception.serveurs_imap import ServeurImap, dovecot, pymap

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
A_DOVECOT = shutil.which("dovecot") is not None or Path("/usr/sbin/dovecot").exists()


@pytest.fixture(params=["pymap", "dovecot"])
def serveur(request: pytest.FixtureRequest) -> Iterator[ServeurImap]:
    if request.param == "dovecot" and not A_DOVECOT:
        if os.environ.get("CI") == "true":
            pytest.fail("dovecot-imapd must be installed in CI")
        pytest.skip("dovecot n'est pas installé ici (apt-get install dovecot-imapd) ; la CI l'exige")
    cache.clear()
    with pymap() if request.param == "pymap" else dovecot() as ouvert:
        yield ouvert


@pytest.fixture
def boite(aurelle: Ville, serveur: ServeurImap) -> Boite:
    with collectivite_active(aurelle.pk):
        boite = Boite.objects.get(pk=aurelle.boite_id)
        boite.imap_hote, boite.imap_port, boite.imap_securite = "127.0.0.1", serveur.port, "aucune"
        boite.imap_compte = serveur.compte
        return save_boite(boite=boite, secret=serveur.secret, by=AUTOMATE, at=AT)


def relever(boite: Boite) -> int:
    return fetch_boite(collectivite_id=boite.collectivite_id, boite_id=boite.pk, at=AT)


def entrees(boite: Boite) -> list[Entree]:
    with collectivite_active(boite.collectivite_id):
        return list(Entree.objects.order_by("pk"))


def relire(boite: Boite) -> Boite:
    with collectivite_active(boite.collectivite_id):
        return Boite.objects.get(pk=boite.pk)


def test_messages_are_kept_then_moved(serveur: ServeurImap, boite: Boite, ecrire: Ecrire) -> None:
    for rang in range(3):
        serveur.deposer(ecrire(message_id=f"<{rang}@exemple.fr>"))
    assert relever(boite) == 3
    assert (serveur.compter(), serveur.compter("Trait&AOk-s")) == (0, 3)
    recues = entrees(boite)
    assert {entree.boite_id for entree in recues} == {boite.pk}
    assert recues[0].received_at == datetime(
        2026, 11, 20, 7, tzinfo=UTC
    )  # when the server received it: the legal date
    assert read_file(recues[0].brut) == ecrire(message_id="<0@exemple.fr>").replace(b"\n", b"\r\n")
    assert (relire(boite).imap_fetched_at, relire(boite).imap_erreur) == (AT, "")


def test_an_interrupted_collection_makes_no_double(
    serveur: ServeurImap, boite: Boite, ecrire: Ecrire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """zammad#78, #1662: messages already taken, not yet moved, came in again."""
    for rang in range(4):
        serveur.deposer(ecrire(message_id=f"<{rang}@exemple.fr>"))
    fetch = releve.fetch_raw

    def couper(mailbox: object, uid: str) -> object:
        if len(entrees(boite)) == 2:
            raise ConnectionResetError
        return fetch(mailbox, uid)

    with monkeypatch.context() as panne:
        panne.setattr("imap_tools.mailbox.BaseMailBox.move", lambda *_: None)  # killed between the commit and the move
        panne.setattr(releve, "fetch_raw", couper)
        relever(boite)
    assert (len(entrees(boite)), serveur.compter()) == (2, 4)
    assert "coupée" in relire(boite).imap_erreur
    relever(boite)
    assert (len(entrees(boite)), serveur.compter()) == (4, 0)
    assert relire(boite).imap_erreur == ""


def test_a_mailbox_that_was_rebuilt_makes_no_double(serveur: ServeurImap, boite: Boite, ecrire: Ecrire) -> None:
    """UIDs start again (UIDVALIDITY changes): the content says that the message is known."""
    serveur.deposer(ecrire())
    relever(boite)
    serveur.deposer(ecrire())
    relever(boite)
    assert (len(entrees(boite)), serveur.compter()) == (1, 0)


def test_a_message_that_cannot_be_kept_stays_and_delays_no_other(
    serveur: ServeurImap, boite: Boite, ecrire: Ecrire, monkeypatch: pytest.MonkeyPatch
) -> None:
    for rang in range(3):
        serveur.deposer(ecrire(message_id=f"<{rang}@exemple.fr>"))
    receive = releve.receive_raw

    def refuser(*, brut: bytes, **options: object) -> object:
        if b"<1@exemple.fr>" in brut:
            raise OSError(28, "No space left on device")
        return receive(brut=brut, **options)

    monkeypatch.setattr(releve, "receive_raw", refuser)
    assert relever(boite) == 2
    assert serveur.compter() == 1
    assert "restent dans la boîte" in relire(boite).imap_erreur


def test_raw_bytes_are_not_recoded(serveur: ServeurImap, boite: Boite) -> None:
    brut = b"From: x@exemple.fr\r\nSubject: D\xe9p\xf4t\r\n\r\nsauvage \xe0 l'\xe9cole\r\n"
    serveur.deposer(brut)
    relever(boite)
    assert read_file(entrees(boite)[0].brut) == brut


@pytest.mark.parametrize(
    ("champs", "phrase"),
    [
        ({"imap_compte": "personne"}, "refuse ce compte"),
        ({"imap_dossier": "Inconnu"}, "n'existe pas"),
        ({"imap_hote": "nulle-part.invalid"}, "introuvable"),
        ({"imap_securite": "tls"}, "sécurisée"),
    ],
)
def test_a_failure_is_a_sentence_on_the_screen(
    serveur: ServeurImap, boite: Boite, champs: dict[str, str], phrase: str
) -> None:
    with collectivite_active(boite.collectivite_id):
        Boite.objects.filter(pk=boite.pk).update(**champs)
    assert relever(boite) == 0
    assert phrase in relire(boite).imap_erreur
    assert relire(boite).imap_fetched_at is None


def test_a_closed_port_is_a_sentence_too(serveur: ServeurImap, boite: Boite) -> None:
    with collectivite_active(boite.collectivite_id):
        Boite.objects.filter(pk=boite.pk).update(imap_port=port_libre())
    relever(boite)
    assert "port" in relire(boite).imap_erreur


def test_two_collections_of_one_mailbox_do_not_run_at_once(serveur: ServeurImap, boite: Boite, ecrire: Ecrire) -> None:
    serveur.deposer(ecrire())
    cache.add(f"releve:{boite.pk}", "1")
    assert relever(boite) == 0
    cache.delete(f"releve:{boite.pk}")
    assert relever(boite) == 1
