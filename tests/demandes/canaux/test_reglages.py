"""« Canaux et connecteurs »: the secret is shown once, a message is tried without any effect."""

import json
from typing import Any

import pytest
from django.test import Client

from collectivites.models import Collectivite
from collectivites.permissions import Role
from demandes.models import Appel, Connecteur, Demande, Entree
from tests.demandes.conftest import join


@pytest.fixture
def regleur(ville: Collectivite) -> Client:
    client = Client()
    client.force_login(join(ville, "paul@aurelle.example", "Paul Nguyen", roles=(Role.ADMINISTRATEUR,)))
    return client


@pytest.fixture
def ecran(ville: Collectivite) -> str:
    return f"/c/{ville.slug}/demandes/connecteurs/"


def creer(regleur: Client, ecran: str, genre: str = "reseau", libelle: str = "Réseau") -> Any:
    return regleur.post(ecran, {"genre": genre, "libelle": libelle})


def test_address_and_secret_are_in_the_answer_that_creates_and_nowhere_after(regleur: Client, ecran: str) -> None:
    created = creer(regleur, ecran).content.decode()
    assert "/entrees/aurelle/" in created
    connecteur = Connecteur.objects.get()
    jeton = created.split("/entrees/aurelle/")[1].split("/")[0]
    assert jeton not in regleur.get(f"{ecran}{connecteur.pk}/").content.decode()
    assert jeton not in connecteur.jeton
    renewed = regleur.post(f"{ecran}{connecteur.pk}/clefs/").content.decode()
    assert renewed.split("/entrees/aurelle/")[1].split("/")[0] != jeton


def test_two_connectors_do_not_share_a_name(regleur: Client, ecran: str) -> None:
    creer(regleur, ecran)
    assert creer(regleur, ecran).status_code == 409
    assert Connecteur.objects.count() == 1


def test_an_incomplete_form_keeps_what_was_typed(regleur: Client, ecran: str) -> None:
    refused = regleur.post(ecran, {"libelle": "Standard"})
    assert refused.status_code == 422
    assert "Standard" in refused.content.decode()


@pytest.mark.parametrize(
    ("genre", "attendu"), [("reseau", "ouvre une demande"), ("sms", "ouvre une demande"), ("cti", "Agent prévenu")]
)
def test_the_example_is_read_without_any_effect(regleur: Client, ecran: str, genre: str, attendu: str) -> None:
    creer(regleur, ecran, genre)
    page = f"{ecran}{Connecteur.objects.get().pk}/"
    example = regleur.get(page).context["form"]["message"].value()
    answer = regleur.post(page, {"message": example})
    assert answer.status_code == 200
    assert attendu in answer.content.decode()
    assert not any(model.objects.exists() for model in (Entree, Demande, Appel))  # type: ignore[attr-defined]


def test_a_message_that_would_wait_says_so(regleur: Client, ecran: str) -> None:
    creer(regleur, ecran)
    answer = regleur.post(f"{ecran}{Connecteur.objects.get().pk}/", {"message": json.dumps({"texte": "sans auteur"})})
    assert answer.status_code == 422
    assert "quarantaine" in answer.content.decode()


def test_a_door_is_closed_and_opened_again(regleur: Client, ecran: str) -> None:
    creer(regleur, ecran)
    pk = Connecteur.objects.get().pk
    regleur.post(f"{ecran}{pk}/service/")
    assert not Connecteur.objects.get().is_active
    regleur.post(f"{ecran}{pk}/service/", {"ouvrir": "oui"})
    assert Connecteur.objects.get().is_active
