"""Settings screens: what an administrator does, what a refused form keeps, what costs how many queries."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite, Horaire, Lieu, Rattachement, Service
from collectivites.permissions import Role


def url(name: str, *args: object) -> str:
    return reverse(f"collectivites:{name}", args=["aurelle", *args])


SCREENS = ["reglages", "identite", "services", "service_nouveau", "lieux", "lieu_nouveau", "fermeture_nouvelle",
           "agents", "agent_nouveau", "legaux"]  # fmt: skip


@pytest.mark.parametrize("name", SCREENS)
def test_every_settings_screen_opens(client_admin: Client, name: str) -> None:
    assert client_admin.get(url(name)).status_code == 200


def test_the_list_of_agents_costs_the_same_for_any_number(
    client_admin: Client, ville: Collectivite, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        agent = Agent.objects.create_user(f"a{number}@exemple.fr", prenom="A", nom=str(number))
        Rattachement.objects.create(agent=agent, collectivite=ville, roles=[Role.ACCUEIL])
    client_admin.get(url("agents"))
    with django_assert_max_num_queries(12):
        client_admin.get(url("agents"))


def test_a_light_colour_is_refused_and_what_was_typed_stays(client_admin: Client, ville: Collectivite) -> None:
    data = {"nom": "Aurelle-sur-Mer", "fuseau": "Europe/Paris", "zone_feries": "metropole", "accent": "#ffee00"}
    response = client_admin.post(url("identite"), data)
    assert response.status_code == 422
    page = response.content.decode()
    assert "trop claire" in page
    assert "Aurelle-sur-Mer" in page
    ville.refresh_from_db()
    assert ville.nom == "Ville d'Aurelle"


def test_a_service_is_created_and_its_twin_refused(client_admin: Client, ville: Collectivite) -> None:
    data = {"nom": "Voirie", "domaine": "cadre_de_vie", "is_active": "on"}
    assert client_admin.post(url("service_nouveau"), data).status_code == 302
    response = client_admin.post(url("service_nouveau"), data | {"nom": "VOIRIE"})
    assert response.status_code == 422
    assert "existe déjà" in response.content.decode()


def test_a_week_is_written_as_people_speak(client_admin: Client, ville: Collectivite) -> None:
    data = {"nom": "Mairie", "fuseau": "Europe/Paris", "is_active": "on", "jour_0": "8h30-12h, 13h30-17h"}
    assert client_admin.post(url("lieu_nouveau"), data).status_code == 302
    with collectivite_active(ville.pk):
        assert Horaire.objects.count() == 2
        lieu = Lieu.objects.get()
    assert "8\u00a0h\u00a030 – 12\u00a0h" in client_admin.get(url("lieu", lieu.pk)).content.decode()


def test_a_wrong_hour_stays_on_its_day(client_admin: Client) -> None:
    data = {"nom": "Mairie", "fuseau": "Europe/Paris", "jour_3": "toujours"}
    response = client_admin.post(url("lieu_nouveau"), data)
    assert response.status_code == 422
    assert "« toujours » n'est pas une plage" in response.content.decode().replace("\u00a0", " ").replace(
        "&#x27;", "'"
    )


def test_a_lieu_may_work_on_a_holiday_of_its_own_zone(client_admin: Client, ville: Collectivite) -> None:
    data = {
        "nom": "Bureau de Metz", "fuseau": "Europe/Paris", "zone_feries": "alsace_moselle", "latitude": "49,1193089",
        "longitude": "6.1757", "feries_ouverts": ["Vendredi saint", "Lundi de Pentecôte"],
    }  # fmt: skip
    assert client_admin.post(url("lieu_nouveau"), data).status_code == 302
    with collectivite_active(ville.pk):
        lieu = Lieu.objects.get()
    assert (lieu.feries_ouverts, str(lieu.latitude)) == (["Vendredi saint", "Lundi de Pentecôte"], "49.11931")
    page = client_admin.get(url("lieu", lieu.pk)).content.decode()
    assert 'value="49,11931"' in page
    assert "Deuxième jour de Noël (" in page
    wrong = client_admin.post(url("lieu_nouveau"), data | {"nom": "Annexe", "zone_feries": "", "longitude": ""})
    assert wrong.status_code == 422
    refused = wrong.content.decode()
    assert "ou aucune des deux" in refused
    assert "Vendredi saint (pas dans cette zone)" in refused


def test_a_service_of_another_town_does_not_exist(client_admin: Client, autre_ville: Collectivite) -> None:
    with collectivite_active(autre_ville.pk):
        service = Service.objects.create(nom="Ailleurs")
    assert client_admin.get(url("service", service.pk)).status_code == 404


def test_an_agent_of_another_town_does_not_exist(client_admin: Client, autre_ville: Collectivite) -> None:
    agent = Agent.objects.create_user("loin@exemple.fr", prenom="Loin", nom="Tain")
    foreign = Rattachement.objects.create(agent=agent, collectivite=autre_ville, roles=[Role.ACCUEIL])
    assert client_admin.get(url("agent", foreign.pk)).status_code == 404
    assert client_admin.post(url("agent_inviter", foreign.pk)).status_code == 404


def test_the_only_administrator_is_told_to_name_another(client_admin: Client, administrateur: Agent) -> None:
    pk = administrateur.rattachements.get().pk
    response = client_admin.post(url("agent", pk), {"roles": ["accueil"], "is_active": "on"})
    assert response.status_code == 422
    assert "au moins un administrateur" in response.content.decode()


def test_reception_cannot_open_the_settings(client: Client, ville: Collectivite) -> None:
    agent = Agent.objects.create_user("claire@exemple.fr", prenom="Claire", nom="Morvan")
    Rattachement.objects.create(agent=agent, collectivite=ville, roles=[Role.ACCUEIL])
    client.force_login(agent)
    assert client.get(url("reglages")).status_code == 403
