"""First half: kept once, for good, before anything is understood."""

from datetime import datetime
from pathlib import Path

import pytest

from collectivites.cloison import collectivite_active
from demandes.models import Entree
from demandes.reception.arrivee import Enveloppe, external_id, receive_raw
from socle.depot import read_file
from tests.demandes.reception.conftest import Ecrire, Ville


def test_the_bytes_are_kept_untouched(aurelle: Ville, at: datetime) -> None:
    brut = b"From: x@exemple.fr\r\nSubject: \xe9t\xe9\r\n\r\ncorps \x00\xff"
    entree = receive_raw(brut=brut, collectivite_id=aurelle.pk, boite_id=aurelle.boite_id, at=at)
    assert read_file(entree.brut) == brut
    assert (entree.etat, entree.octets, entree.received_at) == (Entree.Etat.RECUE, len(brut), at)


def test_the_same_message_twice_to_one_mailbox_is_kept_once(aurelle: Ville, at: datetime, ecrire: Ecrire) -> None:
    premiere, seconde = (
        receive_raw(brut=ecrire(), collectivite_id=aurelle.pk, boite_id=aurelle.boite_id, at=at) for _ in range(2)
    )
    assert (premiere.is_deja_recue, seconde.is_deja_recue) == (False, True)
    assert premiere.pk == seconde.pk


def test_the_same_message_by_two_transports_is_the_same(ecrire: Ecrire) -> None:
    brut = ecrire()
    trace = b"Received: from relais (10.0.0.1)\r\n\tby mx; Tue, 24 Nov 2026\r\n"
    by_smtp = trace + brut.replace(b"\n", b"\r\n") + b"\r\n"
    assert external_id(by_smtp) == external_id(brut)


def test_the_same_message_to_two_mailboxes_is_two_entries(aurelle: Ville, at: datetime, ecrire: Ecrire) -> None:
    """zammad#1578."""
    pks = {
        receive_raw(brut=ecrire(), collectivite_id=aurelle.pk, boite_id=boite, at=at).pk
        for boite in (aurelle.boite_id, aurelle.voirie_id, None)
    }
    assert len(pks) == 3


@pytest.mark.parametrize("champ", ["texte", "objet", "de"])
def test_two_different_messages_with_one_message_id_are_both_kept(
    aurelle: Ville, at: datetime, ecrire: Ecrire, champ: str
) -> None:
    autre = {"texte": "Autre chose.", "objet": "Autre objet", "de": "autre@exemple.fr"}[champ]
    pks = {
        receive_raw(brut=brut, collectivite_id=aurelle.pk, boite_id=aurelle.boite_id, at=at).pk
        for brut in (ecrire(), ecrire(**{champ: autre}))
    }
    assert len(pks) == 2


def test_without_message_id_every_byte_counts() -> None:
    brut = b"From: x@exemple.fr\n\ncorps"
    assert external_id(brut) == external_id(brut.replace(b"\n", b"\r\n") + b"\r\n")
    assert external_id(brut) != external_id(brut + b" ")


def test_two_towns_receive_the_same_message_each(aurelle: Ville, valmont: Ville, at: datetime, ecrire: Ecrire) -> None:
    for ville in (aurelle, valmont):
        receive_raw(brut=ecrire(), collectivite_id=ville.pk, boite_id=ville.boite_id, at=at)
    for ville in (aurelle, valmont):
        with collectivite_active(ville.pk):
            assert Entree.objects.count() == 1


def test_the_envelope_is_written_on_top_and_does_not_make_another_message(
    aurelle: Ville, at: datetime, ecrire: Ecrire
) -> None:
    enveloppe = Enveloppe(expediteur="", destinataire="contact+x@aurelle.example")
    entree = receive_raw(
        brut=ecrire(), collectivite_id=aurelle.pk, boite_id=aurelle.boite_id, at=at, enveloppe=enveloppe
    )
    assert read_file(entree.brut).startswith(b"Return-Path: <>\r\nDelivered-To: contact+x@aurelle.example\r\n")
    assert receive_raw(brut=ecrire(), collectivite_id=aurelle.pk, boite_id=aurelle.boite_id, at=at).is_deja_recue


def test_a_full_disk_keeps_no_row(aurelle: Ville, at: datetime, ecrire: Ecrire, depot: Path) -> None:
    depot.write_text("a file where the folder should be")
    with pytest.raises(FileExistsError):
        receive_raw(brut=ecrire(), collectivite_id=aurelle.pk, boite_id=aurelle.boite_id, at=at)
    with collectivite_active(aurelle.pk):
        assert not Entree.objects.exists()
