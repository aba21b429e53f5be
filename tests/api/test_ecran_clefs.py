"""The settings screen of keys."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from collectivites.clefs import find_acces
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, CleApi, Rattachement
from collectivites.permissions import Role
from journal.models import Evenement
from tests.api.conftest import Ville

URL = "/c/aurelle/reglages/clefs/"


@pytest.fixture
def client_admin(client: Client, ville: Ville, agent: Agent) -> Client:
    Rattachement.objects.create(agent=agent, collectivite=ville.collectivite, roles=[Role.ADMINISTRATEUR])
    client.force_login(agent)
    return client


def saisie(**change: object) -> dict[str, object]:
    day = timezone.localdate() + timedelta(days=90)
    return {
        "saisie": str(uuid4()), "nom": "Standard téléphonique", "portees": ["usager_lire"],
        "expire_on": day.isoformat(),
    } | change  # fmt: skip


def read_secret(page: str) -> str | None:
    found = re.search(r'value="(guichet_[^"]+)"', page)
    return found[1] if found else None


def test_the_menu_leads_to_it(client_admin: Client) -> None:
    assert URL in client_admin.get(reverse("collectivites:reglages", args=["aurelle"])).content.decode()


def test_the_secret_is_shown_once_and_works(client_admin: Client, ville: Ville) -> None:
    data = saisie(domaines=["social"])
    page = client_admin.post(URL, data).content.decode()
    secret = read_secret(page)
    assert secret
    acces = find_acces(secret, at=timezone.now())
    assert (acces.clef.nom, acces.clef.portees, acces.clef.domaines) == (
        "Standard téléphonique",
        ["usager_lire"],
        ["social"],
    )
    assert secret not in client_admin.get(URL).content.decode()
    with collectivite_active(ville.collectivite.pk):
        line = Evenement.objects.get(verbe="clef_api.creee", objet_id=acces.clef.pk)
        assert secret not in str(line.details)


def test_a_form_sent_twice_makes_one_key(client_admin: Client, ville: Ville) -> None:
    data = saisie()
    client_admin.post(URL, data)
    again = client_admin.post(URL, data)
    assert again.status_code == 409
    assert read_secret(again.content.decode()) is None
    with collectivite_active(ville.collectivite.pk):
        assert CleApi.objects.filter(nom="Standard téléphonique").count() == 1


@pytest.mark.parametrize(
    ("change", "phrase"),
    [({"portees": []}, "obligatoire"), ({"nom": ""}, "obligatoire"),
     ({"expire_on": "2020-01-01"}, "Cette date est passée"), ({"expire_on": "2999-01-01"}, "Deux ans au plus"),
     ({"domaines": ["general"]}, "choix valide")],
)  # fmt: skip
def test_a_wrong_key_is_refused_and_the_typing_stays(
    client_admin: Client, ville: Ville, change: dict[str, object], phrase: str
) -> None:
    response = client_admin.post(URL, saisie(**change))
    assert response.status_code == 422
    page = response.content.decode()
    assert phrase in page
    assert ("Standard téléphonique" in page) == ("nom" not in change)
    with collectivite_active(ville.collectivite.pk):
        assert CleApi.objects.count() == 1


def test_revoking_closes_at_once_and_says_so(client_admin: Client, ville: Ville) -> None:
    response = client_admin.post(f"{URL}{ville.clef.pk}/revoquer/", follow=True)
    assert "révoquée" in response.content.decode()
    assert client_admin.post(f"{URL}{ville.clef.pk}/revoquer/").status_code == 302  # twice is harmless
    with collectivite_active(ville.collectivite.pk):
        assert Evenement.objects.filter(verbe="clef_api.revoquee").count() == 1


def test_the_key_of_another_town_does_not_exist(client_admin: Client, autre: Ville) -> None:
    assert client_admin.post(f"{URL}{autre.clef.pk}/revoquer/").status_code == 404
    assert autre.clef.prefixe not in client_admin.get(URL).content.decode()
