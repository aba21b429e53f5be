"""A town whose office is open, and a visitor who keeps nothing: no cookie, no session."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite, Lieu, Service
from messagerie.models import Envoi
from rendezvous.heures import to_instant
from rendezvous.models import Motif, PlageOuverture, Ressource
from tests.rendezvous.monde import make_agent, make_lieu, make_motif, make_plage, make_ressource

BASE = "/usager/aurelle/rendez-vous/"
QUI = {"prenom": "Samira", "nom": "Ben Amar", "courriel": "samira@exemple.fr", "telephone": "", "message": ""}


@dataclass
class Bureau:
    """An office open next Monday week from 9 to 12, and what it receives for."""

    collectivite: Collectivite
    service: Service
    agent: Agent
    lieu: Lieu
    motif: Motif
    ressource: Ressource
    plage: PlageOuverture
    jour: date


@pytest.fixture
def jour() -> date:
    """A working day ten days ahead at least: never a weekend, never today."""
    day = timezone.localdate() + timedelta(days=10)
    return day + timedelta(days=(7 - day.weekday()) % 7)


@pytest.fixture
def bureau(db: None, jour: date) -> Iterator[Bureau]:
    """The wall is up: reads of the test see the town."""
    cache.clear()
    town = Collectivite.objects.create(slug="aurelle", nom="Ville d'Aurelle", telephone="0199001200")
    with collectivite_active(town.pk):
        service = Service.objects.create(nom="État civil", domaine="etat_civil", telephone="0199001234")
        agent = make_agent(town, "Claire Moreau", service)
        lieu = make_lieu(adresse="1 place de la République", ville="Aurelle")
        motif = make_motif(service, pieces=["Ancien titre", "Photo"], annulable_minutes=60, deplacable_minutes=60)
        ressource = make_ressource(agent)
        plage = make_plage(ressource, lieu, motif, jours=(jour,), is_ferie_travaille=True)
        yield Bureau(town, service, agent, lieu, motif, ressource, plage, jour)


@dataclass
class Visiteur:
    """Follows pages as a browser without cookies nor JavaScript would."""

    client: Client

    def get(self, url: str) -> Any:
        return self._ask(self.client.get(url))

    def post(self, url: str, data: dict[str, Any] | None = None, **headers: str) -> Any:
        return self._ask(self.client.post(url, data or {}, headers=headers))

    def _ask(self, answer: Any) -> Any:
        assert not answer.cookies, "a page for usagers set a cookie"
        self.client.cookies.clear()
        if answer.status_code == 302:
            return self.get(answer.headers["Location"])
        return answer

    def open_creneaux(self, motif: Motif, **typed: Any) -> Any:
        return self.post(f"{BASE}motif/{motif.pk}/", typed)

    def choose(self, page: Any, rang: int = 0) -> Any:
        """Tick the `rang`-th slot of the page and continue."""
        data = {"clef": read_field(page, "clef"), "creneau": list_valeurs(page)[rang]}
        found = re.search(r'action="([^"]+/retenir/)"', page.content.decode())
        assert found, read_text(page)
        return self.post(found[1], data)

    def reach_code(self, motif: Motif, **who: Any) -> Any:
        """Go as far as the page of the code."""
        page = self.choose(self.open_creneaux(motif))
        return self.post(page.request["PATH_INFO"], QUI | who)

    def confirm(self, page: Any) -> Any:
        """Type the code that was sent."""
        return self.post(page.request["PATH_INFO"], {"code": read_code(), "saisie": read_field(page, "saisie")})


@pytest.fixture
def visiteur(bureau: Bureau) -> Visiteur:
    return Visiteur(Client(enforce_csrf_checks=True))


def read_text(page: Any) -> str:
    """Return what a page says, entities read."""
    return html.unescape(page.content.decode())


def read_field(page: Any, name: str) -> str:
    """Return a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]+)"', page.content.decode())
    assert found, f"no {name} in {page.content.decode()[:4000]}"
    return found[1]


def list_valeurs(page: Any) -> list[str]:
    """Return the slots that may be ticked, in order."""
    return re.findall(r'type="radio" name="creneau" value="([^"]+)"', page.content.decode())


def read_code() -> str:
    """Return the last code sent."""
    sent = Envoi.objects.filter(clef__contains=":code:").order_by("-pk").first()
    assert sent is not None, "no code was sent"
    found = re.search(r"\b(\d{3})\s(\d{3})\b", sent.corps_texte)
    assert found, sent.corps_texte
    return found[1] + found[2]


def at_local(day: date, minute: int) -> datetime:
    """Return an instant of a day in Paris."""
    return to_instant(day, minute, "Europe/Paris")
