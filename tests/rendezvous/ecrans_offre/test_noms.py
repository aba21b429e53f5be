"""Whoever runs the offer without the right to read appointments learns no name from a session."""

from datetime import date, timedelta

from django.test import Client

from citoyens.models import Usager
from collectivites.models import Agent, Collectivite, Lieu, Service
from collectivites.permissions import Role
from rendezvous.heures import to_instant
from rendezvous.models import Motif, Ressource, Seance
from tests.rendezvous.ecrans_offre.conftest import text, url
from tests.rendezvous.monde import make_agent, make_participation, make_rendezvous


def test_moving_a_session_names_nobody_to_an_administrator(
    client: Client, ville: Collectivite, service: Service, lieu: Lieu, ressource: Ressource, usager: Usager,
    lundi: date, agent: Agent,
) -> None:  # fmt: skip
    atelier = Motif.objects.create(service=service, libelle="Atelier", durees=[60], is_collectif=True, places=5)
    start = to_instant(lundi, 600, lieu.fuseau)
    times = {"debut_at": start, "fin_at": start + timedelta(hours=1)}
    seance = Seance.objects.create(
        motif=atelier, lieu=lieu, ressource=ressource, jour=lundi, places=5, inscrits=1, created_at=start, **times
    )
    rdv = make_rendezvous(
        atelier, ressource, lieu, start, fin_at=times["fin_at"], seance=seance, usager=usager, place=2
    )
    make_participation(rdv, usager)  # neither e-mail nor mobile: to be called
    assert "Ben Amar" in text(client.get(url("seance_deplacer", seance.pk)))
    client.force_login(make_agent(ville, "Paul Nguyen", service, roles=(Role.ADMINISTRATEUR,)))
    hidden = text(client.get(url("seance_deplacer", seance.pk)))
    assert "Ben Amar" not in hidden
    assert "1 place dont vous ne lisez pas les noms" in hidden
