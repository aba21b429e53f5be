"""Files in a real browser: named when chosen, too heavy said, dropped anywhere, kept when the form comes back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from collectivites.cloison import collectivite_active
from demandes.models import PieceJointe
from tests.navigateur.test_demandes import OuvrirPage, Verifier, Ville

PDF = b"%PDF-1.7\n"
DEPOSER = """() => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File(["%PDF-1.7"], "depose.pdf"));
  document.querySelector("[data-guichet-pieces] input[type=file]").value = "";
  const geste = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
  document.querySelector(".zone-reponse textarea").dispatchEvent(geste);
}"""


@pytest.fixture
def depot(settings: Any, tmp_path: Path) -> Path:
    settings.DEPOT = tmp_path / "depot"
    return tmp_path


@pytest.fixture
def ecrire(depot: Path) -> Callable[[str, bytes], str]:
    def fabrique(nom: str, content: bytes) -> str:
        (depot / nom).write_bytes(content)
        return str(depot / nom)

    return fabrique


@pytest.fixture
def ville(transactional_db: None) -> Ville:
    return Ville()


@pytest.fixture
def page(ouvrir_page: OuvrirPage, ville: Ville, depot: Path) -> Page:
    client = Client()
    client.force_login(ville.agent)
    opened = ouvrir_page(largeur=390, hauteur=844, client=client)
    opened.goto(f"/c/aurelle/demandes/{ville.demande.pk}/")
    return opened


def test_files_from_choice_to_conversation(
    page: Page, ville: Ville, ecrire: Callable[[str, bytes], str], verifier_acces: Verifier, settings: Any
) -> None:  # fmt: skip
    settings.FICHIER_MAX = 2**20
    page.reload()
    said = page.locator("[data-guichet-pieces] output")
    field = page.get_by_label("Joindre")
    expect(field).to_be_hidden()  # an SMS carries no file
    page.get_by_role("radio", name="Courriel").check()
    field.set_input_files([ecrire("lourd.pdf", PDF + b"x" * 2**20)])
    expect(said).to_have_text("« lourd.pdf » : trop lourd, 1 Mo au plus par fichier.")
    page.get_by_label("Texte de la réponse").fill("Voici le plan.")
    page.locator(".zone-reponse .bouton-principal").click()
    assert not page.url.endswith("/repondre/")  # nothing left

    page.evaluate(DEPOSER)
    expect(said).to_have_text("depose.pdf (1 Ko)")

    field.set_input_files([ecrire("plan.pdf", PDF), ecrire("facture.pdf", b"MZ\0\0programme")])
    expect(said).to_have_text("plan.pdf (1 Ko), facture.pdf (1 Ko)")
    page.locator(".zone-reponse .bouton-principal").click()
    expect(page.get_by_text("« facture.pdf » : Ce fichier est un programme")).to_be_visible()
    expect(page.get_by_label("Texte de la réponse")).to_have_value("Voici le plan.")
    expect(page.get_by_role("checkbox", name="plan.pdf")).to_be_checked()
    verifier_acces(page)

    page.locator(".zone-reponse .bouton-principal").click()
    expect(page.get_by_role("link", name="plan.pdf")).to_be_visible()
    with collectivite_active(ville.collectivite.pk):
        assert PieceJointe.objects.get().nom == "plan.pdf"
    verifier_acces(page)
