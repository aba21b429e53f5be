"""Second half: claimed, read, written once; nothing raises, nothing is lost, nothing waits behind a bad message."""

from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.db import OperationalError, connections

from citoyens.models import Usager
from collectivites.cloison import collectivite_active
from demandes.models import Demande, Entree, Message
from demandes.reception import aiguillage, traitement
from demandes.reception.arrivee import receive_raw
from demandes.reception.traitement import BAIL, process_entree
from messagerie.models import Envoi
from tests.demandes.reception.conftest import Ecrire, Recevoir, Ville, fonder

SECONDE = timedelta(seconds=1)


def garder(ville: Ville, brut: bytes, at: datetime) -> int:
    entree = receive_raw(brut=brut, collectivite_id=ville.pk, boite_id=ville.boite_id, at=at, is_nudged=False)
    return int(entree.pk)


def relire(ville: Ville, pk: int) -> Entree:
    with collectivite_active(ville.pk):
        return Entree.objects.get(pk=pk)


@pytest.mark.parametrize(
    "brut", [b"", b"   \r\n\r\n", b"\x00" * 10, b"Subject: rien\n\nQui suis-je ?", b"\xff\xfe\xfa"]
)
def test_what_cannot_be_understood_waits_for_a_human(aurelle: Ville, recevoir: Recevoir, brut: bytes) -> None:
    entree = recevoir(aurelle, brut)
    assert (entree.etat, entree.issue) == (Entree.Etat.QUARANTAINE, Entree.Issue.QUARANTAINE)
    assert entree.motif


def test_a_replay_changes_nothing(aurelle: Ville, recevoir: Recevoir, ecrire: Ecrire, at: datetime) -> None:
    entree = recevoir(aurelle, ecrire())
    assert process_entree(collectivite_id=aurelle.pk, entree_id=entree.pk, at=at + timedelta(hours=5)) is None
    with collectivite_active(aurelle.pk):
        assert (Demande.objects.count(), Envoi.objects.count()) == (1, 1)


def test_a_poison_is_tried_three_times_then_set_aside_with_its_reason(
    aurelle: Ville, ecrire: Ecrire, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def casser(*_: object, **__: object) -> None:
        raise ValueError("poison")

    monkeypatch.setattr(traitement, "sort_courriel", casser)
    pk = garder(aurelle, ecrire(), at)
    for essai in range(3):
        assert relire(aurelle, pk).etat == Entree.Etat.RECUE
        process_entree(collectivite_id=aurelle.pk, entree_id=pk, at=at + SECONDE * (essai + 1))
    entree = relire(aurelle, pk)
    assert (entree.etat, entree.bail_at) == (Entree.Etat.QUARANTAINE, None)
    assert "ValueError" in entree.motif


def test_an_entry_that_kills_its_workers_is_set_aside(aurelle: Ville, ecrire: Ecrire, at: datetime) -> None:
    pk = garder(aurelle, ecrire(), at)
    with collectivite_active(aurelle.pk):
        Entree.objects.filter(pk=pk).update(essais=traitement.PRISES_MAX, bail_at=at)
    process_entree(collectivite_id=aurelle.pk, entree_id=pk, at=at + SECONDE)
    assert relire(aurelle, pk).etat == Entree.Etat.QUARANTAINE


def test_a_failure_at_the_end_leaves_nothing_written(
    aurelle: Ville, ecrire: Ecrire, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def casser(*_: object, **__: object) -> None:
        raise ValueError("après tout le reste")

    monkeypatch.setattr(traitement, "_close", casser)
    pk = garder(aurelle, ecrire(), at)
    process_entree(collectivite_id=aurelle.pk, entree_id=pk, at=at + SECONDE)
    with collectivite_active(aurelle.pk):
        counts = [model.objects.count() for model in (Demande, Message, Envoi, Usager)]
    assert counts == [0, 0, 0, 0]


def test_a_worker_whose_lease_ended_writes_nothing(
    aurelle: Ville, ecrire: Ecrire, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first worker sleeps past its lease; the second does the work; the first wakes up and must leave no trace."""
    pk = garder(aurelle, ecrire(), at)
    store = traitement.store_pieces

    def s_endormir(*args: object, **kwargs: object) -> object:
        monkeypatch.setattr(traitement, "store_pieces", store)
        assert process_entree(collectivite_id=aurelle.pk, entree_id=pk, at=at + BAIL + 2 * SECONDE) is not None
        return store(*args, **kwargs)

    monkeypatch.setattr(traitement, "store_pieces", s_endormir)
    assert process_entree(collectivite_id=aurelle.pk, entree_id=pk, at=at + SECONDE) is None
    with collectivite_active(aurelle.pk):
        assert (Demande.objects.count(), Envoi.objects.count()) == (1, 1)


def test_a_held_entry_is_left_to_its_worker(aurelle: Ville, ecrire: Ecrire, at: datetime) -> None:
    pk = garder(aurelle, ecrire(), at)
    with collectivite_active(aurelle.pk):
        Entree.objects.filter(pk=pk).update(bail_at=at + BAIL, essais=1)
    assert process_entree(collectivite_id=aurelle.pk, entree_id=pk, at=at + SECONDE) is None
    assert process_entree(collectivite_id=aurelle.pk, entree_id=pk, at=at + BAIL + SECONDE) is not None


def test_a_database_that_goes_away_leaves_the_entry_to_read(
    aurelle: Ville, ecrire: Ecrire, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def couper(*_: object, **__: object) -> None:
        raise OperationalError("server closed the connection")

    pk = garder(aurelle, ecrire(), at)
    monkeypatch.setattr(traitement, "sort_courriel", couper)
    with pytest.raises(OperationalError):
        process_entree(collectivite_id=aurelle.pk, entree_id=pk, at=at)
    assert relire(aurelle, pk).etat == Entree.Etat.RECUE


def test_a_lost_file_is_said_so(aurelle: Ville, ecrire: Ecrire, at: datetime, depot: Path) -> None:
    pk = garder(aurelle, ecrire(), at)
    next(each for each in depot.rglob("*") if each.is_file()).unlink()
    for essai in range(3):
        process_entree(collectivite_id=aurelle.pk, entree_id=pk, at=at + SECONDE * (essai + 1))
    assert "FichierAbsent" in relire(aurelle, pk).motif


def test_a_huge_text_is_shortened_for_the_screen_and_kept_whole(
    aurelle: Ville, recevoir: Recevoir, ecrire: Ecrire
) -> None:
    entree = recevoir(aurelle, ecrire(texte="mot " * 500_000))
    with collectivite_active(aurelle.pk):
        texte = Message.objects.get(entree=entree).texte
    assert len(texte) < aiguillage.TEXTE_MAX + 200
    assert entree.octets > 2_000_000


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_one_demande(ecrire: Ecrire, at: datetime) -> None:
    ville = fonder("aurelle", "Aurelle")
    pk = garder(ville, ecrire(), at)
    _ensemble([lambda: process_entree(collectivite_id=ville.pk, entree_id=pk, at=at + SECONDE)] * 4)
    with collectivite_active(ville.pk):
        assert (Demande.objects.count(), Envoi.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_messages_at_once_of_one_stranger_make_one_person(ecrire: Ecrire, at: datetime) -> None:
    ville = fonder("aurelle", "Aurelle")
    pks = [garder(ville, ecrire(message_id=f"<{rang}@x.fr>"), at) for rang in range(4)]
    _ensemble(
        [
            lambda pk=pk: process_entree(collectivite_id=ville.pk, entree_id=pk, at=at + SECONDE)  # type: ignore[misc]
            for pk in pks
        ]
    )
    with collectivite_active(ville.pk):
        assert (Demande.objects.count(), Usager.objects.count(), Envoi.objects.count()) == (4, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_doors_at_once_keep_one_entry(ecrire: Ecrire, at: datetime) -> None:
    ville = fonder("aurelle", "Aurelle")
    _ensemble([lambda: garder(ville, ecrire(), at)] * 4)
    with collectivite_active(ville.pk):
        assert Entree.objects.count() == 1


def _ensemble(appels: list) -> None:  # type: ignore[type-arg]
    """Run the calls in threads that start together."""
    depart = Barrier(len(appels))
    erreurs: list[BaseException] = []

    def courir(appel) -> None:  # type: ignore[no-untyped-def]
        try:
            depart.wait(5)
            appel()
        except BaseException as erreur:  # noqa: BLE001
            erreurs.append(erreur)
        finally:
            connections.close_all()

    fils = [Thread(target=courir, args=(appel,)) for appel in appels]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(30)
    assert erreurs == []
