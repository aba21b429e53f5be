"""Booking in a real browser: with the keyboard alone, and without JavaScript; no cookie is ever left."""

import re
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite, Service
from messagerie.models import Envoi
from rendezvous.models import RendezVous
from tests.navigateur.conftest import go_back
from tests.navigateur.test_demandes import OuvrirPage, Verifier
from tests.rendezvous.monde import make_agent, make_lieu, make_motif, make_plage, make_ressource

ACCUEIL = "/usager/aurelle/rendez-vous/"


@pytest.fixture
def ville(transactional_db: None) -> Collectivite:
    """A town that receives two mornings of one week, ten days ahead at least."""
    cache.clear()
    town = Collectivite.objects.create(slug="aurelle", nom="Ville d'Aurelle", telephone="0199001200")
    with collectivite_active(town.pk):
        service = Service.objects.create(nom="État civil", domaine="etat_civil", telephone="0199001234")
        motif = make_motif(service, pieces=["Ancien titre"], durees=(20, 35), consignes_avant="Venez à l'heure.")
        who, lieu = make_ressource(make_agent(town, "Claire Moreau", service)), make_lieu(adresse="1 place Foch")
        make_plage(who, lieu, motif, jours=find_days(), is_ferie_travaille=True)
    return town


def find_days() -> tuple[date, date]:
    day = timezone.localdate() + timedelta(days=10)
    day += timedelta(days=(7 - day.weekday()) % 7)
    return day, day + timedelta(days=2)


def read_code(ville: Collectivite) -> str:
    with collectivite_active(ville.pk):
        sent = Envoi.objects.filter(clef__contains=":code:").order_by("-pk")[0]
    found = re.search(r"\b(\d{3})\s(\d{3})\b", sent.corps_texte)
    assert found
    return found[1] + found[2]


def fill(page: Page) -> None:
    page.get_by_label("Prénom").first.fill("Samira")
    page.get_by_label("Nom", exact=True).first.fill("Ben Amar")
    page.get_by_label("Courriel").fill("samira@exemple.fr")
    page.get_by_role("button", name="Recevoir le code").click()
    expect(page.get_by_label("Code reçu")).to_be_visible()  # then only is it written


def choose_hour(page: Page, verifier_acces: Verifier) -> None:
    """Change the day, then tick 9 h 20: only keys."""
    page.locator(".semaine li a").nth(1).press("Enter")  # without leaving the page
    expect(page.locator(".semaine li a").nth(1)).to_have_attribute("aria-current", "date")
    expect(page.locator(".semaine li a").nth(1)).to_be_focused()
    expect(page.locator("#jour-dit")).to_contain_text("9 créneaux")
    page.get_by_role("radio").first.press("Space")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".creneau:has(:checked)")).to_contain_text("9 h 20")
    box = page.locator(".creneau").first.bounding_box()
    assert box
    assert box["height"] >= 48
    verifier_acces(page)
    page.get_by_role("button", name="Continuer").press("Enter")


def test_a_phone_with_the_keyboard_alone(
    ville: Collectivite, ouvrir_page: OuvrirPage, verifier_acces: Verifier
) -> None:
    page = ouvrir_page(largeur=390, hauteur=844)
    page.goto(ACCUEIL)
    verifier_acces(page)
    page.get_by_role("link", name="Carte d'identité").press("Enter")
    expect(page.get_by_role("heading", level=1, name="Carte d'identité")).to_be_visible()
    verifier_acces(page)
    page.get_by_label("J'ai lu ce qui précède").press("Space")
    page.get_by_role("button", name="Voir les créneaux libres").press("Enter")
    expect(page.get_by_role("heading", name="Choisissez un créneau")).to_be_visible()
    choose_hour(page, verifier_acces)
    expect(page.locator("[data-guichet-retenue]")).to_contain_text("encore")
    verifier_acces(page)
    fill(page)
    verifier_acces(page)
    page.get_by_label("Code reçu").fill(read_code(ville))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Votre rendez-vous est confirmé")).to_be_visible()
    verifier_acces(page)
    manage(page, verifier_acces)
    assert page.context.cookies() == []


def manage(page: Page, verifier_acces: Verifier) -> None:
    """See, move, and look at what cancelling says."""
    page.get_by_role("link", name="Déplacer ou annuler").click()
    expect(page.get_by_role("heading", level=1, name="Votre rendez-vous", exact=True)).to_be_visible()
    verifier_acces(page)
    page.get_by_role("link", name="Déplacer", exact=True).click()
    expect(page.get_by_role("heading", name="Déplacer votre rendez-vous")).to_be_visible()
    verifier_acces(page)
    page.get_by_role("button", name=re.compile("9 h")).first.click()
    expect(page.get_by_text("Votre rendez-vous est déplacé")).to_be_visible()
    page.get_by_role("link", name="Annuler").click()
    expect(page.get_by_role("heading", name="Annuler votre rendez-vous")).to_be_visible()
    verifier_acces(page)


def test_without_javascript(ville: Collectivite, ouvrir_page: OuvrirPage) -> None:
    page = ouvrir_page(java_script_enabled=False)
    page.goto(ACCUEIL)
    page.get_by_role("link", name="Carte d'identité").click()
    page.get_by_label("Combien").select_option("2")
    page.get_by_label("J'ai lu ce qui précède").check()
    page.get_by_role("button", name="Voir les créneaux libres").click()
    page.locator(".semaine li a").nth(1).click()
    expect(page.locator(".semaine li a").nth(1)).to_have_attribute("aria-current", "date")
    page.get_by_role("radio").nth(1).check(force=True)
    page.get_by_role("button", name="Continuer").click()
    go_back(page, vu=page.get_by_text("Ce créneau est retenu pour vous jusqu'à"))
    page.get_by_role("radio").nth(2).check(force=True)  # another hour: the first one is let go
    page.get_by_role("button", name="Continuer").click()
    fill(page)
    page.reload()
    page.get_by_label("Code reçu").fill(read_code(ville))
    page.get_by_role("button", name="Confirmer le rendez-vous").click()
    expect(page.get_by_role("heading", name="Votre rendez-vous est confirmé")).to_be_visible()
    page.reload()
    assert page.context.cookies() == []
    with collectivite_active(ville.pk):
        assert RendezVous.objects.get().personnes == 2
