"""The desk in a real browser: keyboard only, gestures counted, no fault of access, nothing to scroll."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from citoyens.actions import Contact, add_note, create_usager
from citoyens.models import Usager
from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite, Rattachement, Service
from collectivites.permissions import Role
from demandes.actions import open_demande
from demandes.models import ContactImmediat, Demande, Thematique, TypeDemande

ADRESSE, MOT_DE_PASSE = "claire.morvan@aurelle.exemple.fr", "quatre mots au hasard 29"
TAILLES = {"ordinateur": (1366, 768), "telephone": (390, 844)}
OuvrirPage = Callable[..., Page]
Verifier = Callable[[Page], None]
Capturer = Callable[[Page, str], Path]


class Ville:
    """What the tests look at."""

    def __init__(self) -> None:
        self.collectivite = Collectivite.objects.create(slug="aurelle", nom="Ville d'Aurelle")
        self.agent = Agent.objects.create_user(ADRESSE, MOT_DE_PASSE, prenom="Claire", nom="Morvan")
        Rattachement.objects.create(agent=self.agent, collectivite=self.collectivite, roles=[Role.ACCUEIL])
        with collectivite_active(self.collectivite.pk):
            self.samira = self._fill()

    def _fill(self) -> Usager:
        by, at = Acteur("agent", str(self.agent), agent_id=self.agent.pk), timezone.now()
        service = Service.objects.create(nom="Éclairage public", domaine="cadre_de_vie")
        Service.objects.create(nom="État civil", domaine="etat_civil")
        type_ = TypeDemande.objects.create(
            libelle="Lampadaire éteint",
            thematique=Thematique.objects.named("Signaler un problème"),
            service=service,
            domaine=service.domaine,
        )
        contacts = [Contact("mobile", "06 39 98 12 34", is_prefere=True), Contact("fixe", "01 99 00 06 12")]
        samira = create_usager(
            nature="personne", nom="Ben Amar", prenoms="Samira", civilite="mme", contacts=contacts, by=by, at=at
        )
        add_note(
            usager=samira, texte="Malentendante : parler de face.", visibilite="collectivite", domaine="general",
            is_alerte=True, expire_on=timezone.localdate(at), by=by, at=at,
        )  # fmt: skip
        for rang in range(14):
            open_demande(
                objet=f"Lampadaire éteint {rang} rue des Tanneurs", description="Il fait noir.", canal="guichet",
                mode_reponse="sur_place", received_at=at - timedelta(days=3 * rang), by=by, at=at,
                usager=samira, type=type_,
            )  # fmt: skip
        open_demande(
            objet="Question", description="Bonjour", canal="telephone", mode_reponse="telephone", received_at=at,
            by=by, at=at,
        )  # fmt: skip
        return samira

    def count(self, model: type[ContactImmediat] | type[Demande]) -> int:
        with collectivite_active(self.collectivite.pk):
            return model.objects.count()


@pytest.fixture
def ville(transactional_db: None) -> Ville:
    return Ville()


@pytest.fixture
def claire(ville: Ville) -> Client:
    client = Client()
    client.force_login(ville.agent)
    return client


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

    def aller(self, libelle: str) -> None:
        """Move the focus with Tab until the field of this label."""
        wanted = self.page.get_by_label(libelle).first
        for _ in range(40):
            if wanted.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"The field « {libelle} » is not reached with Tab.")


@pytest.fixture(params=["ordinateur", "telephone"])
def ecran(request: pytest.FixtureRequest, ouvrir_page: OuvrirPage, claire: Client) -> tuple[Page, str]:
    largeur, hauteur = TAILLES[request.param]
    return ouvrir_page(largeur=largeur, hauteur=hauteur, client=claire), request.param


def measure_page_scroll(page: Page) -> int:
    """Return how many pixels the page itself could scroll."""
    return page.evaluate("document.documentElement.scrollHeight - innerHeight")


def test_from_sign_in_to_the_desk_of_the_chosen_town(
    page: Page, ville: Ville, verifier_acces: Verifier, capturer: Capturer
) -> None:
    other = Collectivite.objects.create(slug="valmont", nom="Mairie de Valmont")
    Rattachement.objects.create(agent=ville.agent, collectivite=other, roles=[Role.ACCUEIL])
    page.goto("/")
    page.get_by_label("Adresse électronique professionnelle").fill(ADRESSE)
    page.get_by_label("Mot de passe").fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Où travaillez-vous")
    verifier_acces(page)
    capturer(page, "choix-de-la-ville")
    page.get_by_role("link", name="Ville d'Aurelle").click()
    expect(page).to_have_title("Accueil · Ville d'Aurelle")


@pytest.mark.parametrize(
    ("adresse", "nom"),
    [
        ("", "bureau"),
        ("recherche/?q=ben+amar", "recherche"),
        ("profil/", "profil"),
        ("contact/?issue=oriente", "contact"),
    ],
)
def test_pages_of_the_desk_have_no_fault(
    ecran: tuple[Page, str], verifier_acces: Verifier, capturer: Capturer, adresse: str, nom: str
) -> None:
    page, taille = ecran
    page.goto(f"/c/aurelle/{adresse}")
    verifier_acces(page)
    capturer(page, f"{nom}-{taille}")


def test_the_person_in_three_columns_has_no_fault(
    ecran: tuple[Page, str], ville: Ville, verifier_acces: Verifier, capturer: Capturer
) -> None:
    page, taille = ecran
    page.goto(f"/c/aurelle/?usager={ville.samira.pk}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Samira Ben Amar")
    verifier_acces(page)
    capturer(page, f"personne-{taille}")


def test_at_1366_by_768_only_the_columns_scroll(ouvrir_page: OuvrirPage, claire: Client, ville: Ville) -> None:
    page = ouvrir_page(client=claire)
    for address in ("/c/aurelle/", f"/c/aurelle/?usager={ville.samira.pk}"):
        page.goto(address)
        assert measure_page_scroll(page) == 0, address
    assert page.locator("#fil .defile").evaluate("e => e.scrollHeight > e.clientHeight"), "the timeline does scroll"


def test_the_tabs_of_the_timeline_stay_on_the_desk(
    ouvrir_page: OuvrirPage, claire: Client, ville: Ville, verifier_acces: Verifier
) -> None:
    page = ouvrir_page(client=claire)
    desk = f"/c/aurelle/?usager={ville.samira.pk}"
    page.goto(desk)
    page.get_by_role("link", name="Demandes 14").click()
    expect(page.locator("#fil [aria-current]")).to_contain_text("Demandes")
    assert page.url.endswith(desk)
    assert measure_page_scroll(page) == 0
    verifier_acces(page)


def test_search_with_the_keyboard_opens_the_person(
    ouvrir_page: OuvrirPage, claire: Client, verifier_acces: Verifier, capturer: Capturer
) -> None:
    page = ouvrir_page(client=claire)
    page.goto("/c/aurelle/")
    gestes = Gestes(page)
    gestes.presser("/")
    gestes.remplir("ben amar 0612")
    expect(page.locator("#resultats a").first).to_contain_text("Samira Ben Amar")
    expect(page.locator("#resultats a").last).to_contain_text("Créer un usager")
    verifier_acces(page)
    capturer(page, "recherche-en-direct")
    page.keyboard.press("ArrowDown")
    gestes.presser("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Samira Ben Amar")
    assert gestes.nombre == 3


def test_answered_on_the_spot_in_four_gestures_at_most_then_undone(
    ouvrir_page: OuvrirPage, claire: Client, ville: Ville, verifier_acces: Verifier, capturer: Capturer
) -> None:
    page = ouvrir_page(client=claire)
    page.goto(f"/c/aurelle/?usager={ville.samira.pk}")
    gestes = Gestes(page)
    gestes.presser("t")
    expect(page.get_by_role("dialog")).to_be_visible()
    verifier_acces(page)
    gestes.remplir("lampadaire éteint")
    capturer(page, "repondu-dialogue")
    gestes.presser("Enter")
    toast = page.locator("#toasts").get_by_text("Réponse notée")
    expect(toast).to_be_visible()
    assert gestes.nombre <= 4
    assert ville.count(ContactImmediat) == 1
    expect(page.locator("#fil")).to_contain_text("Au guichet : Lampadaire éteint")
    expect(page.get_by_role("dialog")).to_have_count(0)
    verifier_acces(page)
    capturer(page, "repondu-note")
    page.get_by_role("button", name="Annuler").click()
    expect(page.locator("#toasts")).to_contain_text("Contact annulé.")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Samira Ben Amar")
    assert ville.count(ContactImmediat) == 0


def test_two_contacts_in_a_row_are_two_contacts(ouvrir_page: OuvrirPage, claire: Client, ville: Ville) -> None:
    page = ouvrir_page(client=claire)
    page.goto("/c/aurelle/")
    for sujet in ("Horaires de la mairie", "Plan de la ville"):
        page.keyboard.press("t")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.type(sujet)
        page.keyboard.press("Enter")
        expect(page.locator("#toasts").get_by_text(sujet)).to_be_visible()
    assert ville.count(ContactImmediat) == 2


def test_sending_to_an_unknown_service_says_it_in_the_dialog_and_keeps_the_text(
    ouvrir_page: OuvrirPage, claire: Client, ville: Ville, verifier_acces: Verifier, capturer: Capturer
) -> None:
    page = ouvrir_page(client=claire)
    page.goto("/c/aurelle/")
    page.keyboard.press("o")
    page.keyboard.type("Pompiers")
    page.keyboard.press("Enter")
    dialogue = page.get_by_role("dialog")
    expect(dialogue).to_contain_text("Aucun service ne s'appelle « Pompiers ».")
    expect(dialogue.get_by_label("Service")).to_have_value("Pompiers")
    verifier_acces(page)
    capturer(page, "orienter-refuse")
    dialogue.get_by_label("Service").fill("état")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Orienté vers État civil")
    assert ville.count(ContactImmediat) == 1


def test_a_new_demande_for_a_known_person_in_eight_gestures_with_the_keyboard_alone(
    ouvrir_page: OuvrirPage, claire: Client, ville: Ville, verifier_acces: Verifier, capturer: Capturer
) -> None:
    before = ville.count(Demande)
    page = ouvrir_page(client=claire)
    page.goto("/c/aurelle/")
    gestes = Gestes(page)
    gestes.presser("/")
    gestes.remplir("samira")
    expect(page.locator("#resultats a").first).to_contain_text("Samira Ben Amar")
    page.keyboard.press("ArrowDown")
    gestes.presser("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Samira Ben Amar")
    page.wait_for_load_state()  # its scripts listen to keys
    gestes.presser("n")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nouvelle demande")
    verifier_acces(page)
    gestes.aller("Type de demande")
    gestes.remplir("lampadaire")
    gestes.aller("Objet")
    gestes.remplir("Lampadaire éteint devant le 8")
    capturer(page, "nouvelle-demande")
    gestes.presser("Enter")
    expect(page.locator("#toasts")).to_contain_text("enregistrée")
    assert gestes.nombre <= 8
    assert ville.count(Demande) == before + 1


def test_shortcuts_stay_silent_in_fields_and_can_be_switched_off(
    ouvrir_page: OuvrirPage, claire: Client, ville: Ville
) -> None:
    page = ouvrir_page(client=claire)
    page.goto("/c/aurelle/")
    page.keyboard.press("/")
    page.keyboard.type("to")
    expect(page.get_by_role("dialog")).to_have_count(0)
    Agent.objects.update(is_raccourcis_actifs=False)
    page.goto("/c/aurelle/")
    page.keyboard.press("t")
    expect(page.get_by_role("dialog")).to_have_count(0)
