"""A receptionist, a Monday that receives, a second counter."""

from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from citoyens.models import Usager
from collectivites.models import Agent, Collectivite, Lieu, Service
from collectivites.permissions import Role
from rendezvous.creneaux.modele import Creneau
from rendezvous.heures import to_instant
from rendezvous.models import Guichet, Motif, PlageOuverture, RendezVous, Ressource
from rendezvous.reservation.actions import book_rendezvous
from rendezvous.reservation.saisie import Participant
from tests.rendezvous.monde import make_agent, make_plage, make_ressource


@pytest.fixture
def client(client: Client, agent: Agent) -> Client:
    client.force_login(agent)
    return client


@pytest.fixture
def lundi() -> date:
    """A Monday three weeks ahead, away from today and from any hour of the test."""
    today = timezone.localdate()
    return today + timedelta(days=21 - today.weekday())


@pytest.fixture
def plage(ressource: Ressource, lieu: Lieu, motif: Motif, lundi: date) -> PlageOuverture:
    """Monday 9:00–12:00, one at a time."""
    return make_plage(ressource, lieu, motif, jours=(lundi,))


@pytest.fixture
def autre(lieu: Lieu, motif: Motif, lundi: date) -> Ressource:
    """A counter open the same morning for the same motif."""
    counter = make_ressource(Guichet.objects.create(lieu=lieu, libelle="Guichet 2"))
    make_plage(counter, lieu, motif, jours=(lundi,))
    return counter


@pytest.fixture
def accueil(ville: Collectivite, service: Service) -> Agent:
    return make_agent(ville, "Claire Morvan", service, roles=(Role.ACCUEIL,))


class Reserveur:
    """Books through the true actions, at an hour of the Monday."""

    def __init__(self, motif: Motif, lieu: Lieu, ressource: Ressource, usager: Usager, by: Any, lundi: date) -> None:
        self.motif, self.lieu, self.ressource, self.usager, self.by, self.lundi = (
            motif, lieu, ressource, usager, by, lundi
        )  # fmt: skip

    def __call__(self, minute: int, *, motif: Motif | None = None) -> RendezVous:
        return book_rendezvous(
            creneau=slot(self.lundi, minute, self.lieu, self.ressource, motif or self.motif),
            motif=motif or self.motif, personnes=1, participants=[Participant(usager_id=self.usager.pk)], clef=None,
            canal="guichet", by=self.by, at=timezone.now(),
        )  # fmt: skip


@pytest.fixture
def reserve(
    plage: PlageOuverture, motif: Motif, lieu: Lieu, ressource: Ressource, usager: Usager, by: Any, lundi: date
) -> Reserveur:
    return Reserveur(motif, lieu, ressource, usager, by, lundi)


def slot(day: date, minute: int, lieu: Lieu, ressource: Ressource, motif: Motif) -> Creneau:
    start = to_instant(day, minute, lieu.fuseau)
    return Creneau(start, start + timedelta(minutes=20), lieu.pk, ressource.pk, 1, motif.pk)


def valeur(day: date, minute: int, lieu: Lieu, ressource: Ressource | None = None) -> str:
    """The value of the button of that hour."""
    start = int(to_instant(day, minute, lieu.fuseau).timestamp())
    return f"{start}-{lieu.pk}-{ressource.pk if ressource else 0}-0"


def url(name: str, *args: Any) -> str:
    return reverse(f"rendezvous:{name}", args=["aurelle", *args])


def text(answer: HttpResponse) -> str:
    """What the reader sees, spaces made plain."""
    return unescape(answer.content.decode()).replace("\u00a0", " ").replace("\u202f", " ")
