"""Shared work in a real browser: a colleague called with « @ », every page of the tab without fault of access."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Rattachement, ServiceRattachement
from collectivites.permissions import Role
from demandes.actions.sujets import attach, open_sujet
from demandes.models import Demande, Message, ModeleReponse, Notification
from demandes.travail.taches import add_tache
from tests.navigateur.test_demandes import Ville

OuvrirPage = Callable[..., Page]
TAILLES = [(1366, 768), (390, 844)]


@pytest.fixture
def ville(transactional_db: None) -> Ville:
    """The town of the street lamp, with Yann and some work to share."""
    town = Ville()
    yann = Agent.objects.create_user("yann@aurelle.example", "x" * 14, prenom="Yann", nom="Le Goff")
    link = Rattachement.objects.create(agent=yann, collectivite=town.collectivite, roles=[Role.SUPERVISEUR])
    common = {"by": town.by, "at": town.at}
    with collectivite_active(town.collectivite.pk):
        ServiceRattachement.objects.create(rattachement=link, service=town.demande.service)
        for name in ("Appeler l'entreprise", "Passer sur place"):
            add_tache(demande=town.demande, libelle=name, agent=yann, due_on=town.at.date(), clef=uuid4(), **common)
        sujet = open_sujet(titre="Panne", description="", type=None, clef=uuid4(), **common)
        attach(sujet=sujet, demande=Demande.objects.get(pk=town.demande.pk), **common)
    return town


@pytest.fixture
def client_claire(ville: Ville) -> Client:
    client = Client()
    client.force_login(ville.agent)
    return client


def address(name: str, *args: object) -> str:
    return reverse(f"demandes:{name}", args=["aurelle", *args])


def test_a_colleague_is_called_from_the_keyboard(ville: Ville, client_claire: Client, ouvrir_page: OuvrirPage) -> None:
    page = ouvrir_page(client=client_claire)
    page.goto(address("fiche", ville.demande.pk))
    page.locator("form[data-guichet-mentions] label", has_text="Note interne").click()
    zone = page.locator("form[data-guichet-mentions] textarea")
    zone.press_sequentially("Vois avec @yan")
    expect(page.get_by_role("option", name="Yann Le Goff")).to_be_visible()
    zone.press("Enter")
    expect(zone).to_have_value("Vois avec @Yann Le Goff ")
    zone.press("Control+Enter")
    expect(page.get_by_text("Note ajoutée.")).to_be_visible()
    with collectivite_active(ville.collectivite.pk):
        assert Message.objects.filter(sens="interne", texte="Vois avec @Yann Le Goff").exists()
        assert Notification.objects.filter(genre="mention", agent__email="yann@aurelle.example").count() == 1


def test_a_template_is_called_from_the_keyboard(
    ville: Ville, client_claire: Client, ouvrir_page: OuvrirPage, verifier_acces: Callable[[Page], None]
) -> None:
    with collectivite_active(ville.collectivite.pk):
        for shortcut, words in (("rdv", "Prenez rendez-vous."), ("repare", "C'est réparé.")):
            ModeleReponse.objects.create(titre=words, raccourci=shortcut, corps=words, updated_at=ville.at)
    page = ouvrir_page(client=client_claire)
    page.goto(address("fiche", ville.demande.pk))
    zone = page.locator("form[data-guichet-modeles] textarea")
    options = page.get_by_role("listbox", name="Modèles de réponse").get_by_role("option")
    zone.press_sequentially("Bonjour. ::")
    expect(options).to_have_count(2)
    first, second = options.all()
    expect(zone).to_have_attribute("aria-activedescendant", str(first.get_attribute("id")))
    verifier_acces(page)
    zone.press("ArrowUp")  # from the first to the last
    expect(second).to_have_attribute("aria-selected", "true")
    zone.press("Escape")
    expect(options).to_have_count(0)
    zone.press_sequentially("zzz")
    expect(options).to_contain_text("Aucun modèle ne correspond à « zzz ».")
    for _ in range(3):
        zone.press("Backspace")
    zone.press_sequentially("rep")
    expect(options).to_contain_text("C'est réparé.")
    zone.press("Tab")
    expect(zone).to_have_value("Bonjour. C'est réparé.")
    expect(page.locator("input[name=modele]")).to_have_value("repare")


@pytest.mark.parametrize(("largeur", "hauteur"), TAILLES)
def test_the_pages_of_shared_work_have_no_fault_of_access(
    ville: Ville, client_claire: Client, ouvrir_page: OuvrirPage, verifier_acces: Callable[[Page], None],
    largeur: int, hauteur: int,
) -> None:  # fmt: skip
    with collectivite_active(ville.collectivite.pk):
        last = Message.objects.filter(demande=ville.demande, sens="entrant").order_by("-at").first()
        other = Demande.objects.open().exclude(pk=ville.demande.pk).order_by("pk")[0]
        sujet_pk = Demande.objects.get(pk=ville.demande.pk).sujet_id
    assert last is not None
    page = ouvrir_page(largeur=largeur, hauteur=hauteur, client=client_claire)
    pages = [
        address("travail", ville.demande.pk), address("fusionner", ville.demande.pk) + f"?avec={other.numero}",
        address("detacher", ville.demande.pk, last.pk), address("sujet", sujet_pk), address("sujets"),
        address("mes_taches"), address("absences"), address("notifications"),
    ]  # fmt: skip
    for path in pages:
        page.goto(path)
        page.locator("main details").evaluate_all("each => each.forEach((one) => { one.open = true; })")
        verifier_acces(page)
