"""The one box: people, numbers, words; what the agent may read, in this town only."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from citoyens.models import Usager
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite
from demandes.models import Demande, TypeDemande

RECHERCHE = "/c/aurelle/recherche/"
BOITE = {"HX-Request": "true"}
Ouvrir = Callable[..., Demande]


def look(client: Client, q: str, *, box: bool = True) -> str:
    return client.get(RECHERCHE, {"q": q}, headers=BOITE if box else {}).content.decode()


@pytest.mark.parametrize("typed", ["ben amar", "Samira BENAMAR", "amar 1234", "06 39 98 12 34", "samira@exemple.fr"])
def test_a_person_is_found_however_it_is_typed(poste: Client, samira: Usager, typed: str) -> None:
    page = look(poste, typed)
    assert f"/c/aurelle/?usager={samira.pk}" in page
    assert "née Kaci" in page
    assert "06 39 98 12 34" in page


def test_create_comes_under_the_results_with_what_was_typed(poste: Client, samira: Usager) -> None:
    page = look(poste, "ben amar")
    assert page.index("?usager=") < page.index("/c/aurelle/usagers/nouveau/?q=ben%20amar")


def test_nobody_found_says_what_to_try(poste: Client) -> None:
    page = look(poste, "zzyx")
    assert "Essayez le début du nom" in page
    assert "Créer un usager" in page


def test_one_letter_asks_for_another_and_the_database_for_nothing(poste: Client) -> None:
    assert "Encore une lettre" in look(poste, "b")


@pytest.mark.parametrize("form", ["DEM-{}-{:04d}", "{}-{}", "dem {} {}"])
def test_a_number_of_demande_goes_straight_to_it(poste: Client, ouvrir: Ouvrir, form: str) -> None:
    demande = ouvrir("Banc cassé")
    _, annee, rang = demande.numero.split("-")
    typed = form.format(annee, int(rang))
    assert f"/c/aurelle/demandes/{demande.pk}/" in look(poste, typed)
    response = poste.get(RECHERCHE, {"q": typed})
    assert response.headers["Location"] == f"/c/aurelle/demandes/{demande.pk}/"


def test_words_find_demandes_too_but_not_the_sealed_ones(
    poste: Client, ouvrir: Ouvrir, types: dict[str, TypeDemande]
) -> None:
    ouvrir("Lampadaire rue des Tanneurs", type=types["Lampadaire éteint"])
    sealed = ouvrir("Aide rue des Tanneurs", type=types["Aide d'urgence"])
    page = look(poste, "tanneurs")
    assert "Lampadaire rue des Tanneurs" in page
    assert sealed.numero not in page
    assert "Aide rue" not in page
    assert "/demandes/" not in look(poste, sealed.numero), "nor by its number"


def test_another_town_is_never_found(poste: Client, autre_ville: Collectivite, at: datetime) -> None:
    with collectivite_active(autre_ville.pk):
        Usager.objects.create(nom="Zorglub", created_at=at)
    assert "Personne et aucune demande" in look(poste, "zorglub")


def test_the_administrator_finds_no_one(client: Client, paul: Agent, samira: Usager, ouvrir: Ouvrir) -> None:
    client.force_login(paul)
    demande = ouvrir("Ben Amar")
    page = look(client, "ben amar")
    assert "Samira" not in page
    assert demande.numero not in page
    assert "Créer" not in page


@pytest.mark.parametrize("typed", ["'; DROP TABLE", "<script>alert(1)</script>", "\x00ben", "%", "((((", "é" * 5000])
def test_any_text_gets_an_answer_and_is_escaped(poste: Client, typed: str) -> None:
    response = poste.get(RECHERCHE, {"q": typed})
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


def test_the_page_works_without_script(poste: Client, samira: Usager) -> None:
    page = look(poste, "ben amar", box=False)
    assert "<h1" in page
    assert f"?usager={samira.pk}" in page
    assert 'value="ben amar"' in page, "the box keeps what was typed"


def test_the_box_costs_at_most_eight_queries(
    poste: Client, samira: Usager, ouvrir: Ouvrir, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for rank in range(5):
        ouvrir(f"Ben Amar {rank}", usager=samira)
    with django_assert_max_num_queries(15):  # 7 of sign-in and wall; services, 3 for people, 2 for demandes, contacts
        page = look(poste, "ben amar")
    assert page.count("DEM-") == 4
