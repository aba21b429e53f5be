"""From sign-in to the right town; the colours of the town."""

import pytest
from django.test import Client

from collectivites.models import Agent, Collectivite, Rattachement
from collectivites.permissions import Role


def test_a_stranger_is_sent_to_sign_in(client: Client, db: None) -> None:
    assert client.get("/").headers["Location"].startswith("/connexion/")


def test_the_agent_of_one_town_goes_straight_to_its_desk(poste: Client) -> None:
    assert poste.get("/").headers["Location"] == "/c/aurelle/"


def test_the_agent_of_several_towns_chooses(poste: Client, claire: Agent, autre_ville: Collectivite) -> None:
    Rattachement.objects.create(agent=claire, collectivite=autre_ville, roles=[Role.ACCUEIL])
    page = poste.get("/").content.decode()
    assert page.index("/c/valmont/") < page.index("/c/aurelle/")  # Mairie… before Ville…
    assert "Où travaillez-vous" in page


@pytest.mark.parametrize("closed", ["agent", "ville"])
def test_an_agent_without_an_active_town_is_told_what_to_do(
    poste: Client, claire: Agent, ville: Collectivite, closed: str
) -> None:
    if closed == "agent":
        Rattachement.objects.filter(agent=claire).update(is_active=False)
    else:
        Collectivite.objects.filter(pk=ville.pk).update(is_active=False)
    response = poste.get("/")
    assert response.status_code == 200
    assert "claire@aurelle.exemple.fr" in response.content.decode()
    assert "rattaché à aucune collectivité" in response.content.decode()


def test_the_link_to_change_town_shows_only_to_those_who_have_several(
    poste: Client, claire: Agent, autre_ville: Collectivite
) -> None:
    assert "Changer de collectivité" not in poste.get("/c/aurelle/").content.decode()
    Rattachement.objects.create(agent=claire, collectivite=autre_ville, roles=[Role.ACCUEIL])
    assert "Changer de collectivité" in poste.get("/c/aurelle/").content.decode()


def test_the_theme_is_one_variable_kept_for_an_hour(poste: Client) -> None:
    response = poste.get("/usager/aurelle/theme.css")
    assert response.content.decode() == ":root{--accent:#0b5563}\n"
    assert response.headers["Content-Type"] == "text/css; charset=utf-8"
    assert set(response.headers["Cache-Control"].split(", ")) == {"public", "max-age=3600"}
    again = poste.get("/usager/aurelle/theme.css", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_the_theme_changes_with_the_accent(poste: Client, ville: Collectivite) -> None:
    before = poste.get("/usager/aurelle/theme.css").headers["ETag"]
    Collectivite.objects.filter(pk=ville.pk).update(accent="#123456")
    after = poste.get("/usager/aurelle/theme.css", headers={"If-None-Match": before})
    assert (after.status_code, after.content.decode()) == (200, ":root{--accent:#123456}\n")


def test_another_town_is_not_there(poste: Client, autre_ville: Collectivite) -> None:
    for address in ("", "recherche/?q=ben", "profil/", "contact/"):
        assert poste.get(f"/c/valmont/{address}").status_code == 404
