"""Rows ticked in the list, and macros: by keyboard and mouse, through a live refresh, undone in one click."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from zeal import zeal_ignore

from collectivites.acteur import AUTOMATE
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite, Rattachement, Service, ServiceRattachement
from demandes.actions import open_demande
from demandes.models import Demande, Macro

Ouvrir = Callable[..., Page]
RAFRAICHIR = """(() => {
  const rows = document.getElementById("lignes");
  rows.dataset.vieux = "";
  rows.dispatchEvent(new Event("guichet:maj"));
})()"""


@pytest.fixture
def ville(transactional_db: None) -> Collectivite:
    """A town with six demandes and a macro."""
    town = Collectivite.objects.create(slug="aurelle", nom="Ville d'Aurelle")
    now = timezone.now()
    with collectivite_active(town.pk):
        for number in range(6):
            received = now - timedelta(hours=number + 1)
            open_demande(objet=f"Demande {number}", description="", canal="guichet", mode_reponse="sur_place",
                         received_at=received, by=AUTOMATE, at=now, clef=uuid4())  # fmt: skip
        urgent = [{"geste": "prioriser", "parametres": {"priorite": "2"}}]
        Macro.objects.create(libelle="Urgence", actions=urgent)
    return town


@pytest.fixture
def page_de_claire(ville: Collectivite, ouvrir_page: Ouvrir) -> Iterator[Page]:
    agent = Agent.objects.create_user("claire@aurelle.example", prenom="Claire", nom="Moreau")
    link = Rattachement.objects.create(agent=agent, collectivite=ville, roles=["accueil"])
    with collectivite_active(ville.pk):
        ServiceRattachement.objects.create(rattachement=link, service=Service.objects.create(nom="Accueil"))
    client = Client()
    client.force_login(agent)
    with zeal_ignore():  # each demande of a bulk gesture is a whole action of its own
        yield ouvrir_page(client=client)


def priorities(ville: Collectivite) -> list[int]:
    with collectivite_active(ville.pk):
        return list(Demande.objects.order_by("-received_at").values_list("priorite", flat=True))


def test_a_range_ticked_survives_a_live_refresh_and_is_done_then_undone(
    ville: Collectivite, page_de_claire: Page, verifier_acces: Callable[[Page], None],
    capturer: Callable[[Page, str], Path],
) -> None:  # fmt: skip
    page = page_de_claire
    page.goto("/c/aurelle/demandes/?vue=toutes")
    bar, boxes = page.locator("#groupee"), page.locator("input[name=d]")
    expect(bar).to_be_hidden()
    boxes.nth(1).click()
    boxes.nth(3).click(modifiers=["Shift"])
    expect(bar).to_contain_text("3 demandes cochées")
    page.evaluate(RAFRAICHIR)
    expect(page.locator("#lignes[data-vieux]")).to_have_count(0)  # these rows are new
    expect(boxes.nth(2)).to_be_checked()
    expect(boxes.nth(0)).not_to_be_checked()
    verifier_acces(page)
    capturer(page, "groupee")
    page.get_by_label("Cocher toute la page").check()
    expect(bar).to_contain_text("6 demandes cochées")
    page.get_by_role("button", name="Tout décocher").click()
    expect(bar).to_be_hidden()
    boxes.nth(0).press("Space")
    boxes.nth(1).press("Space")
    page.get_by_label("Geste sur les demandes cochées").select_option("prioriser")
    page.get_by_role("button", name="Continuer", exact=True).click()
    expect(page.get_by_label("Priorité", exact=True)).to_be_visible()
    verifier_acces(page)
    page.get_by_label("Priorité", exact=True).select_option("1")
    page.get_by_role("button", name="Changer la priorité de 2").click()
    expect(page.locator("#toasts")).to_contain_text("2\u00a0demandes mises à jour.")
    assert priorities(ville) == [1, 1, 0, 0, 0, 0]
    page.locator("#toasts").get_by_role("button", name="Annuler").click()
    expect(page.locator("#toasts")).to_contain_text("Annulé")
    assert priorities(ville) == [0] * 6


def test_a_macro_is_one_click_in_the_menu(
    ville: Collectivite, page_de_claire: Page, verifier_acces: Callable[[Page], None]
) -> None:
    page = page_de_claire
    with collectivite_active(ville.pk):
        first = Demande.objects.order_by("-received_at")[0].pk
    page.goto(f"/c/aurelle/demandes/{first}/")
    page.locator(".menu-plus > summary").click()
    expect(page.get_by_role("button", name="Urgence")).to_be_visible()
    verifier_acces(page)
    page.get_by_role("button", name="Urgence").click()
    expect(page.locator("#toasts")).to_contain_text("Macro «\u00a0Urgence\u00a0» appliquée.")
    assert priorities(ville)[0] == 2
    page.locator("#toasts").get_by_role("button", name="Annuler").click()
    expect(page.locator("#toasts")).to_contain_text("Macro annulée.")
    assert priorities(ville)[0] == 0
