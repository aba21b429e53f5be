"""The telephone on the screen: a ringing phone shows who calls, the timer counts, nothing breaks the page."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from citoyens.actions import Contact, create_usager
from collectivites.acteur import AUTOMATE
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite, Rattachement
from collectivites.permissions import Role
from demandes.actions.appels import follow_call
from demandes.connecteurs import create_connecteur
from demandes.models import Connecteur

OuvrirPage = Callable[..., Page]
SECOUER = "document.querySelector('#bandeau-appel').dispatchEvent(new CustomEvent('guichet:maj'))"


def found_town() -> tuple[Collectivite, Agent, Connecteur]:
    """Claire at extension 214, Samira known by her mobile, a switchboard."""
    town = Collectivite.objects.create(slug="aurelle", nom="Ville d'Aurelle")
    agent = Agent.objects.create_user("claire@aurelle.example", "x" * 14, prenom="Claire", nom="Morvan")
    Rattachement.objects.create(agent=agent, collectivite=town, roles=[Role.ACCUEIL], poste="214")
    now = timezone.now()
    with collectivite_active(town.pk):
        contacts = [Contact("mobile", "06 39 98 12 34")]
        create_usager(nature="personne", nom="Ben Amar", prenoms="Samira", contacts=contacts, by=AUTOMATE, at=now)
        standard, _ = create_connecteur(genre="cti", libelle="Standard", by=AUTOMATE, at=now)
    return town, agent, standard


@pytest.mark.parametrize(("largeur", "hauteur"), [(1366, 768), (390, 844)])
def test_a_ringing_phone_shows_who_calls_and_counts_once_taken(
    transactional_db: None, ouvrir_page: OuvrirPage, verifier_acces: Callable[[Page], None],
    capturer: Callable[[Page, str], object], largeur: int, hauteur: int,
) -> None:  # fmt: skip
    town, agent, standard = found_town()
    client = Client()
    client.force_login(agent)
    page = ouvrir_page(largeur=largeur, hauteur=hauteur, client=client)
    with page.expect_response("**/appels/bandeau/"):
        page.goto("/c/aurelle/demandes/")
    banner = page.locator(".bandeau-appel")
    expect(banner).to_have_count(0)
    call = {"connecteur": standard, "externe_id": "c1", "numero": "+33639981234", "poste": "214"}
    now = timezone.now()
    with collectivite_active(town.pk):
        follow_call(**call, evenement="sonne", at=now)
    page.evaluate(SECOUER)
    expect(banner).to_contain_text("Appel de 06\u00a039\u00a098\u00a012\u00a034 — Samira Ben Amar")
    with collectivite_active(town.pk):
        follow_call(**call, evenement="decroche", at=now - timedelta(seconds=62))
    page.evaluate(SECOUER)
    timer = banner.locator("time")
    expect(timer).to_contain_text("1\u00a0min")
    before = timer.inner_text()
    expect(timer).not_to_have_text(before)
    verifier_acces(page)
    capturer(page, f"appel-{largeur}")
    banner.get_by_role("link", name="Noter l'appel").click()
    expect(page.locator("h1")).to_have_text("Appel de Samira Ben Amar")
    verifier_acces(page)
    with collectivite_active(town.pk):
        follow_call(**call, evenement="termine", at=now)
    page.evaluate(SECOUER)
    expect(banner).to_have_count(0)
