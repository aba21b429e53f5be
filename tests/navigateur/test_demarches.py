"""A démarche in a real browser: what does not apply is hidden, at once and after the questions of a type arrive."""

import pytest
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Page, expect

from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite
from demandes.actions.catalogue import publish_type, save_brouillon
from demandes.catalogue.schema import read_schema
from demandes.models import Demande, TypeDemande
from tests.demandes.catalogue.test_formulaire import ACTE
from tests.navigateur.test_demandes import OuvrirPage, Verifier, Ville


@pytest.fixture
def ville(transactional_db: None) -> Ville:
    """Samira's town, whose type has a form and is offered on the web."""
    made = Ville()
    cache.clear()
    Collectivite.objects.update(telephone="0199001200", courriel="contact@aurelle.example")
    with collectivite_active(made.collectivite.pk):
        TypeDemande.objects.update(is_en_ligne=True, regime_silence="aucun")
        save_brouillon(type_=made.type, schema=read_schema(ACTE), vu=None, by=made.by, at=made.at)
        publish_type(type_=made.type, by=made.by, at=made.at)
    return made


def walk_conditions(page: Page) -> None:
    """Choose, and see what follows appear and go."""
    filiation = page.get_by_role("group", name="Avec la filiation ?")
    expect(filiation).to_be_hidden()
    page.get_by_label("Extrait").check()
    expect(filiation).to_be_visible()
    filiation.get_by_label("Oui").check()
    expect(page.get_by_label("Noms des parents")).to_be_visible()
    page.get_by_label("Copie intégrale").check()
    expect(page.get_by_label("Noms des parents")).to_be_hidden()  # the question between is hidden: no longer asked
    page.get_by_label("Extrait").check()


def test_a_person_files_on_a_phone(ville: Ville, ouvrir_page: OuvrirPage, verifier_acces: Verifier) -> None:
    page = ouvrir_page(largeur=390, hauteur=844)
    page.goto(f"/usager/aurelle/demarches/{ville.type.pk}/")
    page.get_by_label("Prénom").fill("Nadia")
    page.get_by_label("Nom", exact=True).fill("Kerleau")
    page.get_by_label("Courriel").fill("nadia@exemple.fr")
    page.get_by_label("Adresse postale").fill("3 rue du Moulin, 29000 Aurelle")
    walk_conditions(page)
    verifier_acces(page)
    page.get_by_role("group", name="Avec la filiation ?").get_by_label("Non").check()
    page.wait_for_timeout(3000)  # nobody reads a form in less: it would be taken for a robot's
    page.get_by_role("button", name="Envoyer ma demande").click()
    expect(page.get_by_role("heading", name="Votre demande est envoyée")).to_be_visible()
    with collectivite_active(ville.collectivite.pk):
        filed = Demande.objects.get(canal="formulaire")
    expect(page.get_by_text(filed.numero)).to_be_visible()
    verifier_acces(page)


def test_the_questions_come_at_the_counter(ville: Ville, ouvrir_page: OuvrirPage, verifier_acces: Verifier) -> None:
    client = Client()
    client.force_login(ville.agent)
    page = ouvrir_page(client=client)
    page.goto("/c/aurelle/demandes/nouvelle/")
    page.get_by_label("Type de demande").select_option(str(ville.type.pk))
    walk_conditions(page)
    verifier_acces(page)
