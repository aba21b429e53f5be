"""The desk: a person in three columns, or the work of the day."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accueil.journee import load_chiffres
from citoyens.models import Usager
from collectivites.acces import Acces
from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite
from demandes.actions import close
from demandes.models import Demande, TypeDemande
from journal.models import Consultation

BUREAU = "/c/aurelle/"
Ouvrir = Callable[..., Demande]
Mur = Callable[[], object]
OLD = timedelta(days=20)


def test_an_empty_town_is_told_what_would_be_here(poste: Client) -> None:
    page = unescape(poste.get(BUREAU).content.decode())
    assert "Aucune demande n'a dépassé son engagement." in page
    assert "Tout ce qui est arrivé a un sujet et un service." in page
    assert "Chercher d'abord" in page


def test_the_work_of_the_day_shows_the_late_the_unread_and_the_unsorted(
    poste: Client, ouvrir: Ouvrir, types: dict[str, TypeDemande], at: datetime, mur: Mur
) -> None:
    late = ouvrir("Lampadaire ancien", type=types["Lampadaire éteint"], received_at=at - OLD)
    unsorted = ouvrir("Sans sujet")
    unread = ouvrir("Carte en cours", type=types["Carte d'identité"])
    with mur():
        Demande.objects.filter(pk=unread.pk).update(is_unread=True)
    page = poste.get(BUREAU).content.decode()
    for demande, pile in ((late, "En retard (1)"), (unread, "Nouveaux messages (1)"), (unsorted, "À qualifier (1)")):
        assert pile in page
        assert f"/c/aurelle/demandes/{demande.pk}/" in page
    assert "en retard de" in page


def test_the_figures_are_one_query_and_leave_the_sealed_out(
    claire: Agent, acces: Callable[[Agent], Acces], mur: Mur, ouvrir: Ouvrir, types: dict[str, TypeDemande],
    at: datetime, by: Acteur, django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    ouvrir("Lampadaire", type=types["Lampadaire éteint"], received_at=at - OLD)
    ouvrir("Aide", type=types["Aide d'urgence"])
    ouvrir("Sans sujet")
    done = ouvrir("Carte", type=types["Carte d'identité"])
    with mur():
        close(demande=done, version=done.version, issue="satisfaite", by=by, at=at)
        rights = acces(claire)
        assert rights.domaines
        with django_assert_num_queries(1):
            chiffres = load_chiffres(rights, at=at)
    assert (chiffres.recues, chiffres.closes, chiffres.retards, chiffres.a_qualifier) == (2, 1, 1, 1)


def test_an_instructor_sees_the_late_of_their_services_only(
    instructeur: Client, ouvrir: Ouvrir, types: dict[str, TypeDemande], at: datetime
) -> None:
    ouvrir("Lampadaire ancien", type=types["Lampadaire éteint"], received_at=at - OLD)
    ouvrir("Carte ancienne", type=types["Carte d'identité"], received_at=at - OLD)
    page = instructeur.get(BUREAU).content.decode()
    assert "En retard dans mes services (1)" in page
    assert "Carte ancienne" not in page


def test_the_person_shows_in_three_columns_with_what_to_do(poste: Client, samira: Usager, ouvrir: Ouvrir) -> None:
    demande = ouvrir("Banc cassé", usager=samira)
    page = poste.get(BUREAU, {"usager": samira.pk}).content.decode()
    for words in (
        "Samira Ben Amar",
        "06\u00a039\u00a098\u00a012\u00a034",
        "Banc cassé",
        "Répondu tout de suite",
        "Fiche complète",
    ):
        assert words in page, words
    assert f"/c/aurelle/demandes/nouvelle/?usager={samira.pk}" in page
    assert f"/c/aurelle/demandes/{demande.pk}/" in page
    assert page.count("<h1") == 1


def test_each_person_shown_is_one_reading(poste: Client, claire: Agent, samira: Usager, mur: Mur) -> None:
    poste.get(BUREAU)
    poste.get(BUREAU, {"usager": samira.pk})
    with mur():
        reading = Consultation.objects.get()
        assert (reading.agent_id, reading.usager_id, reading.vue) == (claire.pk, samira.pk, "profil")


def test_a_sealed_demande_says_only_that_it_exists(
    poste: Client, samira: Usager, ouvrir: Ouvrir, types: dict[str, TypeDemande]
) -> None:
    ouvrir("Facture d'électricité impayée", usager=samira, type=types["Aide d'urgence"])
    page = poste.get(BUREAU, {"usager": samira.pk}).content.decode()
    assert "Facture d" not in page
    assert "Contenu réservé au service" in page


@pytest.mark.parametrize("asked", ["999999", "abc", "-1", "1" * 30, "²"])
def test_a_person_who_is_not_there_is_404(poste: Client, asked: str) -> None:
    assert poste.get(BUREAU, {"usager": asked}).status_code == 404


def test_a_person_of_another_town_is_404(poste: Client, autre_ville: Collectivite, at: datetime) -> None:
    with collectivite_active(autre_ville.pk):
        stranger = Usager.objects.create(nom="Voisin", created_at=at)
    assert poste.get(BUREAU, {"usager": stranger.pk}).status_code == 404


def test_the_administrator_has_a_desk_without_anybody(client: Client, paul: Agent, samira: Usager) -> None:
    client.force_login(paul)
    page = client.get(BUREAU).content.decode()
    assert "Ce que vous ouvrez" in page
    assert page.count('href="/c/aurelle/reglages/"') == 2, "in the menu and on the desk"
    assert 'role="search"' not in page, "nothing to search for this role"
    assert "Répondu tout de suite" not in page
    assert client.get(BUREAU, {"usager": samira.pk}).status_code == 403


def test_the_desk_of_a_busy_town_stays_within_its_budget(
    poste: Client, ouvrir: Ouvrir, samira: Usager, types: dict[str, TypeDemande], at: datetime,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    for rank in range(8):
        ouvrir(f"Lampadaire {rank}", type=types["Lampadaire éteint"], received_at=at - OLD, usager=samira)
    # 7 sign-in and wall; services, figures, 3 piles, types, services, frequents, menu
    with django_assert_max_num_queries(17):
        page = poste.get(BUREAU).content.decode()
    assert page.count("en retard de") == 6
    # 7; person, reading, 7 of the 360° page, 2 panels, types, services, frequents, menu
    with django_assert_max_num_queries(25):
        poste.get(BUREAU, {"usager": samira.pk})


def test_a_note_written_from_the_desk_comes_back_to_the_desk(poste: Client, samira: Usager) -> None:
    desk = f"{BUREAU}?usager={samira.pk}"
    page = poste.get(desk).content.decode()
    assert f'name="suite" value="{desk}"' in page
    typed = {
        "texte": "Rappeler jeudi",
        "duree": "30",
        "visibilite": "collectivite",
        "domaine": "general",
        "suite": desk,
    }
    clef = re.search(r'name="clef" value="([^"]+)" id="note_clef"', page)
    assert clef is not None, "the dialog has a key of its own"
    response = poste.post(f"/c/aurelle/usagers/{samira.pk}/notes/", typed | {"clef": str(clef[1])})
    assert response.headers["Location"] == desk
    assert "Rappeler jeudi" in poste.get(desk).content.decode()
