"""The platform operator opens towns; the second factor and the limits of sign-in hold there too."""

import pytest
from django.test import Client
from zeal import zeal_ignore

from collectivites.models import Agent, Collectivite, Rattachement
from collectivites.permissions import Role

pytestmark = pytest.mark.django_db


def test_the_operator_opens_a_town_with_its_first_administrator(client: Client) -> None:
    client.force_login(Agent.objects.create_superuser("op@exemple.fr", prenom="Opé", nom="Rateur"))
    first = Agent.objects.create_user("maire@exemple.fr", prenom="Anne", nom="Roy")
    town = {
        "slug": "neuve", "nom": "Villeneuve", "nature": "commune", "fuseau": "Europe/Paris",
        "zone_feries": "metropole", "accent": "#0b5563", "is_active": "on",
    }  # fmt: skip
    assert client.post("/plateforme/collectivites/collectivite/add/", town).status_code == 302
    place = {"agent": first.pk, "collectivite": Collectivite.objects.get().pk, "roles": "administrateur"}
    with zeal_ignore():  # Django reads the chosen agent twice to draw one field
        response = client.post("/plateforme/collectivites/rattachement/add/", place | {"is_active": "on"})
    assert response.status_code == 302
    assert Rattachement.objects.get(collectivite__slug="neuve").roles == [Role.ADMINISTRATEUR]


def test_an_account_made_by_the_operator_waits_for_its_owner(client: Client) -> None:
    client.force_login(Agent.objects.create_superuser("op@exemple.fr", prenom="Opé", nom="Rateur"))
    data = {"email": "Neuf@exemple.fr", "prenom": "Neuf", "nom": "Agent", "is_active": "on"}
    assert client.post("/plateforme/collectivites/agent/add/", data).status_code == 302
    assert not Agent.objects.get(email="neuf@exemple.fr").has_usable_password()


def test_nothing_is_deleted_from_the_platform(client: Client) -> None:
    client.force_login(Agent.objects.create_superuser("op@exemple.fr", prenom="Opé", nom="Rateur"))
    town = Collectivite.objects.create(slug="ville", nom="Ville")
    assert client.post(f"/plateforme/collectivites/collectivite/{town.pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_platform_signs_in_at_the_common_door(client: Client) -> None:
    response = client.get("/plateforme/login/")
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/connexion/")
