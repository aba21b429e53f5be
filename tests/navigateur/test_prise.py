"""Booking for the person in front, in a real browser: gestures counted, hours as one clicks, no fault of access."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from citoyens.actions import Contact, create_usager
from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite, Lieu, Rattachement, Service
from collectivites.permissions import Role
from rendezvous.models import EtapeParcours, Guichet, ModeleParcours, Motif, RendezVous
from tests.rendezvous.monde import make_motif, make_plage, make_ressource

GESTES_MAX = 6
OuvrirPage = Callable[..., Page]
Verifier = Callable[[Page], None]


class Ville:
    """A counter that receives every working day, three motifs, somebody to book for."""

    def __init__(self) -> None:
        self.collectivite = Collectivite.objects.create(slug="aurelle", nom="Ville d'Aurelle")
        self.agent = Agent.objects.create_user("claire@aurelle.exemple.fr", "x" * 20, prenom="Claire", nom="Morvan")
        Rattachement.objects.create(agent=self.agent, collectivite=self.collectivite, roles=[Role.ACCUEIL])
        with collectivite_active(self.collectivite.pk):
            self._fill(timezone.localdate())

    def _fill(self, today: date) -> None:
        by = Acteur("agent", str(self.agent), agent_id=self.agent.pk)
        self.samira = create_usager(
            nature="personne", nom="Ben Amar", prenoms="Samira", by=by, at=timezone.now(),
            contacts=[Contact("mobile", "06 39 98 12 34", is_prefere=True)],
        )  # fmt: skip
        service, lieu = (
            Service.objects.create(nom="État civil", domaine="etat_civil"),
            Lieu.objects.create(nom="Mairie"),
        )
        counter = make_ressource(Guichet.objects.create(lieu=lieu, libelle="Guichet 1"))
        motifs = [
            make_motif(service, "Carte d'identité", durees=(20, 40)),
            make_motif(service, "Pacs", durees=(30,)),
            make_motif(service, "Rappel par téléphone", genre=Motif.Genre.TELEPHONE),
        ]
        days = tuple(day for n in range(1, 22) if (day := today + timedelta(days=n)).weekday() < 5)
        make_plage(counter, lieu, *motifs, jours=days)

    def count(self) -> int:
        with collectivite_active(self.collectivite.pk):
            return RendezVous.objects.live().count()


@pytest.fixture
def ville(transactional_db: None) -> Ville:
    return Ville()


@pytest.fixture
def claire(ville: Ville) -> Client:
    client = Client()
    client.force_login(ville.agent)
    return client


@pytest.mark.parametrize(("largeur", "hauteur"), [(1366, 768), (390, 844)])
def test_from_the_page_of_the_person(
    ville: Ville, claire: Client, ouvrir_page: OuvrirPage, verifier_acces: Verifier, largeur: int, hauteur: int
) -> None:
    page, gestes = ouvrir_page(largeur=largeur, hauteur=hauteur, client=claire), 0
    page.goto(f"/c/aurelle/usagers/{ville.samira.pk}/")
    page.keyboard.press("r")
    gestes += 1
    expect(page).to_have_url(re.compile("/rendez-vous/prendre/"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Samira Ben Amar")
    page.get_by_label("Carte d'identité").check()
    gestes += 1
    expect(page.get_by_role("heading", level=2, name="Carte d'identité")).to_be_visible()
    verifier_acces(page)
    page.locator("button[name=creneau]").first.click()
    gestes += 1
    expect(page.get_by_text("Rendez-vous pris")).to_be_visible()
    expect(page.get_by_text("SMS au 06")).to_be_visible()
    verifier_acces(page)
    assert gestes <= GESTES_MAX
    assert ville.count() == 1


def test_from_the_empty_screen(ville: Ville, claire: Client, ouvrir_page: OuvrirPage) -> None:
    page, gestes = ouvrir_page(client=claire), 0
    page.goto("/c/aurelle/rendez-vous/prendre/")
    expect(page.get_by_label("Nom, téléphone ou courriel")).to_be_focused()
    page.keyboard.type("ben amar")
    gestes += 1
    expect(page.get_by_label("Samira Ben Amar")).to_be_checked()
    page.get_by_label("Chercher un motif").fill("carte")
    gestes += 1
    expect(page.get_by_label("Pacs")).to_have_count(0)
    page.get_by_label("Carte d'identité").check()
    gestes += 1
    page.locator("#personnes").select_option("2")
    gestes += 1
    expect(page.get_by_label("Prénom").last).to_be_visible()  # who comes along may be named
    page.get_by_role("button", name="Semaine suivante").click()
    gestes += 1
    expect(page.get_by_role("button", name="Plus tôt possible")).to_be_visible()
    page.locator("button[name=creneau]").first.click()
    gestes += 1
    expect(page.get_by_text("Rendez-vous pris")).to_be_visible()
    assert gestes <= GESTES_MAX
    with collectivite_active(ville.collectivite.pk):
        rdv = RendezVous.objects.get()
    assert (rdv.personnes, rdv.fin_at - rdv.debut_at) == (2, timedelta(minutes=40))
    assert rdv.usager_id == ville.samira.pk


def test_hours_are_one_key_away_and_a_bundle_fills_its_own_list(
    ville: Ville, claire: Client, ouvrir_page: OuvrirPage
) -> None:
    with collectivite_active(ville.collectivite.pk):
        modele = ModeleParcours.objects.create(libelle="S'unir")
        for rang, motif in enumerate(Motif.objects.order_by("pk")[:2]):
            EtapeParcours.objects.create(modele=modele, motif=motif, rang=rang)
    page = ouvrir_page(client=claire)
    page.goto(f"/c/aurelle/rendez-vous/prendre/?usager={ville.samira.pk}")
    page.get_by_label("Pacs").check()
    expect(page.get_by_role("link", name="première heure libre")).to_be_visible()
    page.keyboard.press("h")
    expect(page.locator("button[name=creneau]").first).to_be_focused()
    page.goto("/c/aurelle/rendez-vous/parcours/")
    page.get_by_label("Parcours tout prêt").select_option(label="S'unir")
    expect(page.locator("#id_motif_1 option:checked")).to_have_text(re.compile("Pacs"))
    expect(page.locator("h1")).to_have_count(1)  # the list alone came, not the page


def test_what_was_typed_follows_another_choice(ville: Ville, claire: Client, ouvrir_page: OuvrirPage) -> None:
    page = ouvrir_page(client=claire)
    page.goto(f"/c/aurelle/rendez-vous/prendre/?usager={ville.samira.pk}")
    page.get_by_label("Rappel par téléphone").check()
    page.get_by_label("Numéro à appeler").fill("01 99 00 12 34")
    page.get_by_text("Note, demande liée, messages").click()
    page.get_by_label("Note des agents").fill("Rappeler après l'école")
    page.get_by_role("button", name="Semaine suivante").click()
    expect(page.get_by_role("button", name="Plus tôt possible")).to_be_visible()
    expect(page.get_by_label("Numéro à appeler")).to_have_value("01 99 00 12 34")
    page.locator("button[name=creneau]").first.click()
    expect(page.get_by_text("Nous appelons le 01")).to_be_visible()
    with collectivite_active(ville.collectivite.pk):
        assert RendezVous.objects.get().note == "Rappeler après l'école"
