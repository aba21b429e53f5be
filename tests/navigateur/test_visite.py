"""Several services in one visit, on a phone, without JavaScript: each page looked at, no cookie left."""

import pytest
from playwright.sync_api import Page, expect

from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite, Service
from rendezvous.models import EtapeParcours, ModeleParcours, Motif, Parcours
from tests.navigateur.conftest import go_back
from tests.navigateur.test_demandes import OuvrirPage, Verifier
from tests.navigateur.test_rdv_usager import ACCUEIL, fill, find_days, read_code, ville
from tests.rendezvous.monde import make_agent, make_lieu, make_motif, make_plage, make_ressource

__all__ = ["ville"]


@pytest.fixture
def venue(ville: Collectivite) -> Collectivite:
    """The same town, with a school office in its annexe, and a bundle of both."""
    with collectivite_active(ville.pk):
        ecoles = Service.objects.create(nom="Éducation", domaine="enfance")
        ecole = make_motif(ecoles, "Inscription scolaire", (20, 30), unite_personnes="enfant", pieces=["Livret"])
        who = make_ressource(make_agent(ville, "Sophie Delaunay", ecoles))
        make_plage(who, make_lieu("Annexe"), ecole, jours=find_days(), is_ferie_travaille=True)
        modele = ModeleParcours.objects.create(libelle="J'emménage", is_public=True)
        carte = Motif.objects.get(libelle="Carte d'identité")
        EtapeParcours.objects.create(modele=modele, motif=carte, rang=1)
        EtapeParcours.objects.create(modele=modele, motif=ecole, rang=2)
    return ville


def test_a_phone_with_the_keyboard_alone(
    venue: Collectivite, ouvrir_page: OuvrirPage, verifier_acces: Verifier
) -> None:
    page = ouvrir_page(largeur=390, hauteur=844)
    page.goto(f"{ACCUEIL}venue/")
    verifier_acces(page)
    page.get_by_role("link", name="J'emménage").press("Enter")
    page.get_by_label("Combien d").nth(1).select_option("2")
    page.get_by_role("button", name="Chercher").press("Enter")
    expect(page.locator(".halte", has_text="2\u00a0enfants").first).to_be_visible()
    verifier_acces(page)
    measure_targets(page)
    page.get_by_role("button", name="Choisir").first.press("Enter")
    expect(page.locator("[data-guichet-retenue]")).to_contain_text("encore")
    verifier_acces(page)
    page.get_by_label("J'ai lu").press("Space")
    fill(page)
    verifier_acces(page)
    page.get_by_label("Code reçu").fill(read_code(venue))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Vos 2 rendez-vous sont confirmés")).to_be_visible()
    verifier_acces(page)
    page.get_by_role("link", name="Annuler toute la venue").click()
    expect(page.get_by_role("heading", name="Annuler ces 2 rendez-vous")).to_be_visible()
    verifier_acces(page)
    assert page.context.cookies() == []


def measure_targets(page: Page) -> None:
    """A thumb needs 48 px."""
    for target in page.locator("main :is(button, .case, select)").all():
        box = target.bounding_box()
        assert box
        assert box["height"] >= 48


def test_without_javascript(venue: Collectivite, ouvrir_page: OuvrirPage) -> None:
    page = ouvrir_page(java_script_enabled=False)
    page.goto(f"{ACCUEIL}venue/")
    page.get_by_role("link", name="J'emménage").click()
    page.get_by_role("button", name="Choisir").nth(1).click()
    go_back(page, vu=page.get_by_label("J'ai lu"))
    page.get_by_role("button", name="Choisir").first.click()  # another one: the first is let go
    page.get_by_label("J'ai lu").check()
    fill(page)
    page.reload()
    page.get_by_label("Code reçu").fill(read_code(venue))
    page.get_by_role("button", name="Confirmer").click()
    expect(page.get_by_role("heading", name="Vos 2 rendez-vous sont confirmés")).to_be_visible()
    page.reload()
    assert page.context.cookies() == []
    with collectivite_active(venue.pk):
        assert Parcours.objects.get().rendezvous.count() == 2
