"""F11: whatever comes in is stored or set aside with its bytes; nothing raises, nothing waits behind it."""

import os
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from collectivites.cloison import collectivite_active
from demandes.models import Demande, Entree
from demandes.reception import boucles
from demandes.reception.arrivee import receive_raw
from demandes.reception.traitement import process_entree
from socle.depot import read_file
from tests.demandes.reception.conftest import Ecrire, Recevoir, Ville
from tests.demandes.reception.hostiles import mutated, written_by_hand

CORPUS = os.environ.get("GUICHET_CORPUS_COURRIELS", "")  # a folder of real mails, outside the project


def take_in(ville: Ville, bruts: list[bytes], at: datetime) -> list[Entree]:
    """Take each message through both halves, three tries at most; return their entries."""
    gardees = []
    for brut in bruts:
        entree = receive_raw(brut=brut, collectivite_id=ville.pk, boite_id=ville.boite_id, at=at, is_nudged=False)
        for essai in range(3):
            process_entree(collectivite_id=ville.pk, entree_id=entree.pk, at=at + timedelta(seconds=1 + essai))
        assert read_file(entree.brut) == brut
        gardees.append(entree.pk)
    with collectivite_active(ville.pk):
        return list(Entree.objects.filter(pk__in=gardees))


def check(entrees: list[Entree]) -> None:
    """Each is read or set aside with a reason; what is set aside failed for a reason of its own, not by a crash."""
    assert {entree.etat for entree in entrees} <= {Entree.Etat.TRAITEE, Entree.Etat.QUARANTAINE}
    assert all(entree.motif for entree in entrees if entree.etat == Entree.Etat.QUARANTAINE)
    crashed = [entree.motif for entree in entrees if "échoué" in entree.motif or "interrompt" in entree.motif]
    assert crashed == []


@pytest.mark.lent
@pytest.mark.parametrize("part", range(4))
def test_every_hostile_mail_is_stored_or_set_aside(
    aurelle: Ville, at: datetime, recevoir: Recevoir, ecrire: Ecrire, part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boucles, "MESSAGES_PAR_HEURE", 1000)  # one hand wrote them all
    bruts = list(written_by_hand()) + list(mutated(260))
    assert len(bruts) >= 300
    check(take_in(aurelle, bruts[part::4], at))
    assert recevoir(aurelle, ecrire(de="Paul <apres@exemple.fr>")).issue == Entree.Issue.NOUVELLE
    with collectivite_active(aurelle.pk):
        assert Demande.objects.count() > 20


if CORPUS:

    def test_every_mail_of_the_corpus_is_stored_or_set_aside(aurelle: Ville, at: datetime) -> None:
        bruts = [fichier.read_bytes() for fichier in sorted(Path(CORPUS).rglob("*")) if fichier.is_file()]
        entrees = take_in(aurelle, bruts, at)
        check(entrees)
        print(len(bruts), Counter(str(entree.issue) for entree in entrees))  # noqa: T201 read with -s
