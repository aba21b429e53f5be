"""Demandes in a real browser: keyboard only, gestures counted, no fault of access, nothing lost."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from citoyens.actions import Contact, create_usager
from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite, Rattachement, Service, ServiceRattachement
from collectivites.permissions import Role
from demandes.actions import add_note, close, move, open_demande, receive_message
from demandes.models import Demande, Message, Thematique, TypeDemande
from messagerie.models import Envoi

TAILLES = [(1366, 768), (390, 844)]
OuvrirPage = Callable[..., Page]
Verifier = Callable[[Page], None]
Capturer = Callable[[Page, str], Path]


class Ville:
    """Samira's street lamp, told in every kind of message, among other demandes."""

    def __init__(self) -> None:
        self.collectivite = Collectivite.objects.create(slug="aurelle", nom="Ville d'Aurelle")
        self.agent = Agent.objects.create_user("claire@aurelle.example", "x" * 14, prenom="Claire", nom="Morvan")
        roles = [Role.ACCUEIL, Role.ADMINISTRATEUR]
        link = Rattachement.objects.create(agent=self.agent, collectivite=self.collectivite, roles=roles)
        self.by, self.at = Acteur("agent", str(self.agent), agent_id=self.agent.pk), timezone.now()
        with collectivite_active(self.collectivite.pk):
            service = Service.objects.create(nom="Éclairage public", domaine="cadre_de_vie")
            ServiceRattachement.objects.create(rattachement=link, service=service)
            self.type = TypeDemande.objects.create(
                libelle="Lampadaire éteint", thematique=Thematique.objects.named("Signaler un problème"),
                service=service,
                domaine=service.domaine, engagement_jours=5,
            )  # fmt: skip
            contacts = [Contact("mobile", "06 39 98 12 34", is_prefere=True), Contact("courriel", "s@exemple.fr")]
            self.samira = create_usager(
                nature="personne", nom="Ben Amar", prenoms="Samira", contacts=contacts, by=self.by, at=self.at
            )
            self.demande = self._tell()

    def _tell(self) -> Demande:
        received = self.at - timedelta(days=12)
        common = {"by": self.by, "at": self.at}
        demande = open_demande(
            objet="Lampadaire éteint rue des Tanneurs", description="Le lampadaire devant le 8 est éteint.",
            canal="courriel", mode_reponse="sms", adresse="s@exemple.fr", received_at=received, usager=self.samira,
            type=self.type, **common,
        )  # fmt: skip
        add_note(demande=demande, texte="Pièce commandée, pose prévue mardi.", agent=self.agent, **common)
        receive_message(demande=demande, canal="telephone", texte="Toujours dans le noir.", **common)
        for n in range(6):
            open_demande(objet=f"Question {n}", description="", canal="guichet", mode_reponse="sur_place",
                         received_at=received, **common)  # fmt: skip
        done = open_demande(objet="Finie", description="", canal="guichet", mode_reponse="sur_place",
                            received_at=received, **common)  # fmt: skip
        close(demande=done, version=1, issue="satisfaite", **common)
        return Demande.objects.get(pk=demande.pk)


@pytest.fixture
def ville(transactional_db: None) -> Ville:
    return Ville()


@pytest.fixture
def claire(ville: Ville) -> Client:
    client = Client()
    client.force_login(ville.agent)
    return client


@pytest.fixture
def poste(ouvrir_page: OuvrirPage, claire: Client) -> Page:
    return ouvrir_page(client=claire)


class Gestes:
    """Counts what a hand does: a shortcut, a key that acts, a field filled. Moving the focus is not a gesture."""

    def __init__(self, page: Page) -> None:
        self.page, self.nombre = page, 0

    def presser(self, touche: str) -> None:
        self.nombre += 1
        self.page.keyboard.press(touche)

    def remplir(self, texte: str) -> None:
        self.nombre += 1
        self.page.keyboard.type(texte)

    def aller(self, selecteur: str) -> None:
        """Move the focus with Tab."""
        for _ in range(60):
            if self.page.evaluate("s => document.activeElement?.matches(s)", selecteur):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"« {selecteur} » is not reached with Tab.")


@pytest.mark.parametrize("taille", TAILLES, ids=["ordinateur", "telephone"])
@pytest.mark.parametrize(
    ("adresse", "nom"),
    [
        ("?vue=toutes", "demandes"),
        ("nouvelle/", "nouvelle-demande"),
        ("FICHE/", "demande"),
        ("FICHE/?ouvrir=clore", "demande-clore"),
        ("types/", "types-de-demande"),
        ("types/nouveau/", "type-de-demande"),
    ],
)
def test_screens_have_no_fault_of_access(
    ouvrir_page: OuvrirPage, claire: Client, ville: Ville, verifier_acces: Verifier, capturer: Capturer,
    taille: tuple[int, int], adresse: str, nom: str,
) -> None:  # fmt: skip
    page = ouvrir_page(largeur=taille[0], hauteur=taille[1], client=claire)
    page.goto(f"/c/aurelle/demandes/{adresse.replace('FICHE', str(ville.demande.pk))}")
    verifier_acces(page)
    capturer(page, f"{nom}-{taille[0]}")


def test_a_demande_for_a_known_person_in_eight_gestures_at_most(poste: Page, ville: Ville) -> None:
    poste.goto("/c/aurelle/demandes/")
    gestes = Gestes(poste)
    gestes.presser("n")
    expect(poste.get_by_label("Nom, téléphone ou courriel")).to_be_focused()
    gestes.remplir("ben amar")
    expect(poste.get_by_label("Samira Ben Amar")).to_be_checked()  # alone: chosen
    gestes.aller("#id_type")
    gestes.remplir("lampadaire")
    gestes.aller("#id_objet")
    gestes.remplir("Lampadaire rue Haute")
    gestes.presser("Enter")
    expect(poste).to_have_url(re.compile(r"/demandes/\d+/$"))
    assert gestes.nombre <= 8
    with collectivite_active(ville.collectivite.pk):
        opened = Demande.objects.order_by("-pk").first()
        assert (opened.objet, opened.usager, opened.type) == ("Lampadaire rue Haute", ville.samira, ville.type)


def test_answering_by_sms_in_four_gestures_at_most(poste: Page, ville: Ville) -> None:
    poste.goto(f"/c/aurelle/demandes/{ville.demande.pk}/")
    gestes = Gestes(poste)
    gestes.aller("textarea[name=texte]")
    expect(poste.get_by_role("button", name="Envoyer le SMS à 06 39 98 12 34")).to_be_visible()
    gestes.remplir("Réparé mardi.")
    expect(poste.locator("output[id$=-compte]")).to_contain_text("1 SMS")
    gestes.presser("Control+Enter")
    expect(poste.get_by_text("Le SMS part à")).to_be_visible()
    assert gestes.nombre <= 4
    with collectivite_active(ville.collectivite.pk):
        assert Envoi.objects.filter(canal="sms", clef__contains=":reponse:").count() == 1


def test_changing_the_tab_keeps_the_text_and_names_the_effect(poste: Page, ville: Ville) -> None:
    poste.goto(f"/c/aurelle/demandes/{ville.demande.pk}/")
    poste.locator("textarea[name=texte]").fill("Réparé mardi.")
    poste.get_by_label("Note interne", exact=True).check()
    expect(poste.get_by_role("button", name="Ajouter la note interne")).to_be_visible()
    expect(poste.locator("textarea[name=texte]")).to_have_value("Réparé mardi.")


def test_a_conflict_gives_the_text_back(poste: Page, ville: Ville) -> None:
    poste.goto(f"/c/aurelle/demandes/{ville.demande.pk}/")
    with collectivite_active(ville.collectivite.pk):
        move(demande=ville.demande, version=ville.demande.version, etat="en_cours", by=ville.by, at=ville.at)
    poste.locator("textarea[name=texte]").fill("Ma longue réponse.")
    poste.keyboard.press("Control+Enter")
    expect(poste.get_by_role("alert")).to_contain_text("passée à « en cours »")
    expect(poste.locator("textarea[name=texte]")).to_have_value("Ma longue réponse.")
    poste.locator("textarea[name=texte]").press("Control+Enter")  # the second try passes
    expect(poste.get_by_text("Le SMS part à")).to_be_visible()


def test_closing_with_the_keyboard_then_undoing(poste: Page, ville: Ville) -> None:
    poste.goto(f"/c/aurelle/demandes/{ville.demande.pk}/")
    poste.get_by_role("link", name="Clore").press("Enter")
    expect(poste.get_by_role("dialog", name="Clore la demande")).to_be_visible()
    poste.get_by_label("Satisfaite").press("Space")
    poste.keyboard.press("Enter")
    expect(poste.get_by_text("Close, satisfaite")).to_be_visible()
    poste.get_by_role("button", name="Annuler").click()
    expect(poste.get_by_text("Demande rouverte.")).to_be_visible()


def test_j_and_k_walk_the_inbox(poste: Page, ville: Ville) -> None:
    poste.goto("/c/aurelle/demandes/?vue=toutes")
    poste.keyboard.press("j")
    poste.keyboard.press("j")
    assert poste.evaluate("document.activeElement.closest('tr').rowIndex") == 2
    poste.keyboard.press("k")
    poste.keyboard.press("Enter")
    expect(poste).to_have_url(re.compile(r"/demandes/\d+/$"))


def test_a_filter_refreshes_the_rows_and_the_address(poste: Page, ville: Ville) -> None:
    poste.goto("/c/aurelle/demandes/?vue=toutes")
    poste.locator("select[name=canal]").select_option("courriel")
    expect(poste.locator("#lignes tbody tr")).to_have_count(1)
    expect(poste).to_have_url(re.compile("canal=courriel"))


def test_the_page_of_a_demande_does_not_scroll_and_opens_on_the_newest(poste: Page, ville: Ville) -> None:
    with collectivite_active(ville.collectivite.pk):
        for n in range(30):
            Message.objects.create(demande=ville.demande, sens="interne", canal="note", texte=f"Note {n}",
                                   expediteur_libelle="Claire", at=ville.at)  # fmt: skip
    poste.goto(f"/c/aurelle/demandes/{ville.demande.pk}/")
    assert poste.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0
    expect(poste.get_by_text("Note 29")).to_be_in_viewport()


def test_printing_shows_the_whole_conversation_and_no_button(poste: Page, ville: Ville) -> None:
    poste.goto(f"/c/aurelle/demandes/{ville.demande.pk}/")
    poste.emulate_media(media="print")
    expect(poste.get_by_text("Toujours dans le noir.")).to_be_visible()
    expect(poste.locator(".zone-reponse")).to_be_hidden()
    expect(poste.locator(".gestes")).to_be_hidden()
