"""Appointments on the page of the demande they were taken for."""

from datetime import timedelta

import pytest
from django.test import Client

from citoyens.models import Usager
from collectivites.acteur import Acteur
from collectivites.models import Agent, Collectivite, Lieu, Service
from demandes.actions import open_demande
from demandes.models import Demande
from rendezvous.heures import to_instant
from rendezvous.models import Motif, RendezVous, Ressource
from tests.rendezvous.monde import make_motif, make_rendezvous


@pytest.fixture
def demande(usager: Usager, by: Acteur, at: object) -> Demande:
    return open_demande(
        objet="Carte d'identité perdue", description="", canal="guichet", mode_reponse="sur_place", usager=usager,
        received_at=at, by=by, at=at,
    )  # fmt: skip


def book(demande: Demande, motif: Motif, ressource: Ressource, lieu: Lieu, at: object) -> RendezVous:
    start = to_instant(at.date() + timedelta(days=5), 540, lieu.fuseau)  # type: ignore[attr-defined]
    return make_rendezvous(motif, ressource, lieu, start, fin_at=start + timedelta(minutes=20), demande=demande)


def read(client: Client, agent: Agent, ville: Collectivite, demande: Demande) -> str:
    client.force_login(agent)
    return client.get(f"/c/{ville.slug}/demandes/{demande.pk}/travail/").content.decode()


def test_shown_with_a_way_to_take_one(
    client: Client, ville: Collectivite, agent: Agent, demande: Demande, motif: Motif, ressource: Ressource,
    lieu: Lieu, at: object,
) -> None:  # fmt: skip
    rdv = book(demande, motif, ressource, lieu, at)
    page = read(client, agent, ville, demande)
    assert rdv.numero in page
    assert f"demande={demande.pk}" in page


def test_a_sealed_one_stays_behind_its_seal(
    client: Client, ville: Collectivite, agent: Agent, demande: Demande, ccas: Service, ressource: Ressource,
    lieu: Lieu, at: object,
) -> None:  # fmt: skip
    rdv = book(demande, make_motif(ccas, "Entretien"), ressource, lieu, at)
    page = read(client, agent, ville, demande)
    assert rdv.numero not in page
    assert "Aucun rendez-vous" in page
