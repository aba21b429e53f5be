"""Motifs, counters and the people who leave."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import TestCase

from collectivites.acteur import Acteur
from collectivites.actions import change_rattachement, save_lieu
from collectivites.models import Agent, Collectivite, Lieu, Rattachement, Service
from journal.models import Evenement
from rendezvous.models import Guichet, Motif, OccurrencePlage, PlageMotif, PlageOuverture, Ressource
from rendezvous.offre import suites
from rendezvous.offre.actions import (
    OffreRefusee,
    VersionPerimee,
    find_ressource,
    retire_motif,
    save_guichet,
    save_motif,
)
from rendezvous.offre.avertissements import tell_motif_sans_place
from rendezvous.offre.ressources import rename_ressources
from tests.rendezvous.monde import make_agent, make_lieu, make_motif, make_plage, make_rendezvous, make_ressource

LUNDI = date(2026, 11, 23)
NEUF = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "phrase"),
    [
        ({"durees": []}, "de 1 à 12"),
        ({"durees": [20] * 13}, "de 1 à 12"),
        ({"durees": [20, 0]}, "de 1 à 480"),
        ({"durees": [481]}, "de 1 à 480"),
        ({"delai_min_minutes": 2 * 1440, "delai_max_jours": 2}, "aucun créneau ne serait jamais offert"),
    ],
)
def test_a_motif_that_contradicts_itself_is_refused(
    service: Service, by: Acteur, at: datetime, fields: dict[str, Any], phrase: str
) -> None:
    motif = Motif(**({"service": service, "libelle": "Passeport", "durees": [20]} | fields))
    with pytest.raises(OffreRefusee, match=phrase):
        save_motif(motif=motif, version=None, by=by, at=at)


def test_a_name_is_given_once_among_motifs_in_use(motif: Motif, by: Acteur, at: datetime) -> None:
    twin = Motif(service=motif.service, libelle=motif.libelle.upper(), durees=[20])
    with pytest.raises(OffreRefusee, match="existe déjà dans ce service"):
        save_motif(motif=twin, version=None, by=by, at=at)
    retire_motif(motif=motif, version=1, by=by, at=at)
    assert save_motif(motif=twin, version=None, by=by, at=at).pk
    assert list(Evenement.objects.about("motif", motif.pk).values_list("verbe", flat=True)) == ["offre.motif_retire"]


def test_its_kind_is_frozen_once_it_has_appointments(
    motif: Motif, ressource: Ressource, lieu: Lieu, by: Acteur, at: datetime
) -> None:
    motif.genre = Motif.Genre.TELEPHONE
    save_motif(motif=motif, version=1, by=by, at=at)
    coming = make_rendezvous(motif, ressource, lieu, NEUF, fin_at=NEUF + timedelta(minutes=20))
    make_rendezvous(motif, ressource, lieu, NEUF - timedelta(days=9), fin_at=NEUF - timedelta(days=8))
    for name, value in (("genre", Motif.Genre.VISIO), ("is_collectif", True)):
        changed = Motif.objects.get(pk=motif.pk)
        setattr(changed, name, value)
        with pytest.raises(OffreRefusee, match="a déjà des rendez-vous"):
            save_motif(motif=changed, version=2, by=by, at=at)
    with pytest.raises(VersionPerimee, match="Ce motif a changé"):
        save_motif(motif=motif, version=1, by=by, at=at)
    motif.libelle = "CNI"
    assert save_motif(motif=motif, version=2, by=by, at=at).version == 3
    assert retire_motif(motif=motif, version=3, by=by, at=at) == [coming]


def test_a_motif_in_ranges_does_not_become_collective_and_is_told_too_long(
    motif: Motif, ressource: Ressource, lieu: Lieu, by: Acteur, at: datetime
) -> None:
    assert not tell_motif_sans_place(motif)
    make_plage(ressource, lieu, motif, blocs=((540, 600), (840, 870)))
    motif.is_collectif = True
    with pytest.raises(OffreRefusee, match="retirez-le d'abord"):
        save_motif(motif=motif, version=1, by=by, at=at)
    motif.is_collectif, motif.durees = False, [61, 90]
    assert "plus que toutes les plages où il est proposé (60\u00a0minutes au plus)" in tell_motif_sans_place(motif)[0]


def test_a_counter_has_a_resource_that_follows_it(lieu: Lieu, motif: Motif, by: Acteur, at: datetime) -> None:
    counter = save_guichet(guichet=Guichet(lieu=lieu, libelle="Guichet 1"), by=by, at=at)
    counter.libelle = "Guichet A"
    save_guichet(guichet=counter, version=1, by=by, at=at)
    with pytest.raises(VersionPerimee, match="Ce guichet a changé"):
        save_guichet(guichet=counter, version=1, by=by, at=at)
    ressource = find_ressource(guichet=counter, create=False)
    assert (ressource.nom, ressource.is_active) == ("Guichet A", True)
    make_plage(ressource, lieu, motif, jours=(LUNDI,))
    counter.lieu = make_lieu("Annexe")
    with pytest.raises(OffreRefusee, match="retirez-les avant"):
        save_guichet(guichet=counter, version=2, by=by, at=at)
    counter.lieu, counter.is_active = lieu, False
    save_guichet(guichet=counter, version=2, by=by, at=at)
    ressource.refresh_from_db()
    assert (ressource.is_active, PlageOuverture.objects.filter(is_active=True).exists()) == (False, False)
    assert not OccurrencePlage.objects.exists()


def test_a_counter_is_refused_twice_and_in_a_closed_lieu(lieu: Lieu, by: Acteur, at: datetime) -> None:
    save_guichet(guichet=Guichet(lieu=lieu, libelle="Guichet 1"), by=by, at=at)
    with pytest.raises(OffreRefusee, match="porte déjà ce nom"):
        save_guichet(guichet=Guichet(lieu=lieu, libelle="guichet 1"), by=by, at=at)
    closed = make_lieu("Annexe", is_active=False)
    with pytest.raises(OffreRefusee, match="n'est plus ouvert au public"):
        save_guichet(guichet=Guichet(lieu=closed, libelle="Guichet 1"), by=by, at=at)


def test_an_agent_has_one_resource_while_they_work_here(agent: Agent) -> None:
    with pytest.raises(Ressource.DoesNotExist):
        find_ressource(agent=agent, create=False)
    assert find_ressource(agent=agent) == find_ressource(agent=agent)
    stranger = Agent.objects.create_user("x@ailleurs.example", prenom="Zoé", nom="Ailleurs")
    with pytest.raises(OffreRefusee, match="ne travaille pas ici"):
        find_ressource(agent=stranger)


def test_a_resource_follows_the_name_of_its_agent(ressource: Ressource, agent: Agent) -> None:
    assert rename_ressources() == 0
    Agent.objects.filter(pk=agent.pk).update(nom="Morvan")
    assert rename_ressources() == 1
    ressource.refresh_from_db()
    assert ressource.nom == "Claire Morvan"


def leave(agent: Agent, *services: Service, is_active: bool, by: Acteur, at: datetime) -> None:
    link = Rattachement.objects.get(agent=agent)
    change_rattachement(rattachement=link, roles=link.roles, services=services, is_active=is_active, by=by, at=at)


def test_who_leaves_the_town_no_longer_receives_and_their_appointments_stay(
    ville: Collectivite, service: Service, motif: Motif, lieu: Lieu, by: Acteur, at: datetime
) -> None:
    yann = make_agent(ville, "Yann Le Goff", service)
    ressource = make_ressource(yann)
    make_plage(ressource, lieu, motif, jours=(LUNDI,))
    rdv = make_rendezvous(motif, ressource, lieu, NEUF, fin_at=NEUF + timedelta(minutes=20))
    leave(yann, service, is_active=False, by=by, at=at)
    rdv.refresh_from_db()
    ressource.refresh_from_db()
    line = Evenement.objects.about("agent", yann.pk).get(verbe="offre.agent_parti")
    assert (ressource.is_active, rdv.etat, line.details) == (False, "confirme", {"rendezvous": 1})
    assert not OccurrencePlage.objects.exists()
    leave(yann, service, is_active=True, by=by, at=at)
    assert find_ressource(agent=yann).is_active


def test_who_leaves_a_service_no_longer_offers_its_motifs(
    ville: Collectivite, service: Service, ccas: Service, motif: Motif, lieu: Lieu, by: Acteur, at: datetime
) -> None:
    yann = make_agent(ville, "Yann Le Goff", service, ccas)
    ressource, bilan = make_ressource(yann), make_motif(ccas, "Bilan")
    both = make_plage(ressource, lieu, motif, bilan, jours=(LUNDI,))
    alone = make_plage(ressource, lieu, bilan, jours=(LUNDI + timedelta(days=1),))
    leave(yann, service, is_active=True, by=by, at=at)
    assert list(PlageMotif.objects.values_list("plage_id", "motif_id")) == [(both.pk, motif.pk)]
    states = {plage.pk: (plage.is_active, plage.version) for plage in PlageOuverture.objects.all()}
    assert states == {both.pk: (True, 2), alone.pk: (False, 2)}  # a form open meanwhile is out of date
    assert set(OccurrencePlage.objects.values_list("plage_id", flat=True)) == {both.pk}


def test_a_change_of_lieu_asks_for_its_occurrences_to_be_compared(
    ville: Collectivite, lieu: Lieu, by: Acteur, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, tuple[int, ...]]] = []
    monkeypatch.setattr(suites.current_app, "send_task", lambda name, args, **_: asked.append((name, args)))
    with TestCase.captureOnCommitCallbacks(execute=True):
        lieu.fuseau = "Indian/Reunion"
        save_lieu(lieu=lieu, plages=[], by=by, at=at)
    assert ("rendezvous.tasks.extend_offre_ville", (ville.pk,)) in asked
