"""The agenda in a real browser: a block dragged, arrows, the keys of the day, no fault of access."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from collectivites.cloison import collectivite_active
from collectivites.models import Service
from rendezvous.jetons import draw_sel, hash_jeton, write_jeton
from rendezvous.models import Participation, RendezVous, Ressource
from tests.navigateur.conftest import go_back
from tests.navigateur.test_demandes import Ville
from tests.rendezvous.monde import make_lieu, make_motif, make_plage, make_rendezvous, make_ressource

OuvrirPage = Callable[..., Page]


class Agenda(Ville):
    """The town of the street lamp, where Claire receives all day, every day of the week."""

    def __init__(self) -> None:
        super().__init__()
        self.jour = timezone.localdate() + timedelta(days=1)
        with collectivite_active(self.collectivite.pk):
            lieu, motif = make_lieu(), make_motif(Service.objects.get(), "Carte d'identité", couleur=3)
            self.ressource: Ressource = make_ressource(self.agent)
            days = tuple(self.jour + timedelta(days=gap) for gap in range(-8, 8))
            make_plage(self.ressource, lieu, motif, jours=days, blocs=((0, 1440),))
            self.matin = self._lay(motif, lieu, self.jour, 10)
            self.suivant = self._lay(motif, lieu, self.jour, 11)
            self.aujourdhui = self._lay(motif, lieu, timezone.localdate(), 12)

    def _lay(self, motif: object, lieu: object, jour: object, heure: int) -> RendezVous:
        start = datetime(jour.year, jour.month, jour.day, heure, tzinfo=ZoneInfo("Europe/Paris"))  # type: ignore[attr-defined]
        end = start + timedelta(minutes=20)
        rdv = make_rendezvous(motif, self.ressource, lieu, start, fin_at=end, usager=self.samira)  # type: ignore[arg-type]
        sel = draw_sel()
        Participation.objects.create(
            rendezvous=rdv, usager=self.samira, sel=sel, jeton_hash=hash_jeton(write_jeton(sel)), jeton_expire_at=end
        )
        return rdv


@pytest.fixture
def agenda(transactional_db: None) -> Agenda:
    return Agenda()


@pytest.fixture
def claire(agenda: Agenda) -> Client:
    client = Client()
    client.force_login(agenda.agent)
    return client


def address(name: str, *args: object) -> str:
    return reverse(f"rendezvous:{name}", args=["aurelle", *args])


def open_day(page: Page, agenda: Agenda) -> None:
    page.goto(f"{address('agenda')}?qui=ressource-{agenda.ressource.pk}&vue=jour&jour={agenda.jour}")


def test_a_block_dragged_is_confirmed_like_any_move(agenda: Agenda, claire: Client, ouvrir_page: OuvrirPage) -> None:
    page = ouvrir_page(client=claire)
    open_day(page, agenda)
    block = page.locator(f'a[href="{address("fiche", agenda.matin.pk)}"]')
    block.scroll_into_view_if_needed()
    box = block.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 30, box["y"] + 40, steps=4)
    page.mouse.move(box["x"] + 30, box["y"] + 8 + 150, steps=6)  # two hours later at 1.25 pixel a minute
    expect(page.locator(".fantome .nombre")).to_have_text("12 h 00")
    page.mouse.up()
    expect(page.get_by_role("heading", name="Confirmer")).to_be_visible()
    page.get_by_role("button", name="Déplacer le rendez-vous").click()
    expect(page.get_by_text("Rendez-vous déplacé au")).to_be_visible()
    with collectivite_active(agenda.collectivite.pk):
        moved = RendezVous.objects.get(pk=agenda.matin.pk)
    assert moved.debut_at - agenda.matin.debut_at == timedelta(hours=2)


def test_arrows_walk_the_blocks_and_enter_opens(agenda: Agenda, claire: Client, ouvrir_page: OuvrirPage) -> None:
    page = ouvrir_page(client=claire)
    open_day(page, agenda)
    page.locator(f'a[href="{address("fiche", agenda.matin.pk)}"]').focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(f'a[href="{address("fiche", agenda.suivant.pk)}"]')).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{address('fiche', agenda.suivant.pk)}$"))
    go_back(page, vu=page.get_by_role("heading", level=1, name="Samira Ben Amar"))
    page.keyboard.press("ArrowRight")  # from nowhere in the grid: the next day
    expect(page).to_have_url(re.compile(f"jour={agenda.jour + timedelta(days=1)}"))


def test_present_is_one_key_on_the_line(agenda: Agenda, claire: Client, ouvrir_page: OuvrirPage) -> None:
    page = ouvrir_page(client=claire)
    page.goto(address("jour"))
    page.keyboard.press("j")
    page.keyboard.press("p")
    expect(page.get_by_text("Samira Ben Amar est là.")).to_be_visible()
    expect(page.get_by_text("vient d'arriver")).to_be_visible()
    page.locator("[data-guichet-toast]").get_by_role("button", name="Annuler").click()
    expect(page.get_by_text("est de nouveau attendu.")).to_be_visible()


def test_the_grid_and_the_move_have_no_fault_of_access(
    agenda: Agenda, claire: Client, ouvrir_page: OuvrirPage, verifier_acces: Callable[[Page], None]
) -> None:
    page = ouvrir_page(client=claire)
    page.goto(f"{address('agenda')}?qui=ressource-{agenda.ressource.pk}&vue=semaine&jour={agenda.jour}")
    verifier_acces(page)
    page = ouvrir_page(largeur=390, hauteur=844, theme="dark", client=claire)
    page.goto(address("deplacer", agenda.matin.pk))
    verifier_acces(page)
