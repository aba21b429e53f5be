"""Opening a demande through HTTP: the form, its refusals, the new person."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from citoyens.models import Usager
from demandes.models import Demande, TypeDemande
from messagerie.models import Envoi
from tests.demandes.ecrans.conftest import url

pytestmark = pytest.mark.django_db


@pytest.fixture
def saisie(usager: Usager, type_eclairage: TypeDemande) -> dict[str, object]:
    return {"clef": str(uuid4()), "canal": "guichet", "usager": usager.pk, "type": type_eclairage.pk,
            "objet": "Nid-de-poule", "description": "", "received_at": "", "mode_reponse": ""}  # fmt: skip


def test_the_form_says_who_answers_and_when(poste: Client, type_eclairage: TypeDemande) -> None:
    page = poste.get(url("nouvelle")).content.decode()
    assert "Éclairage — Éclairage public, 5\u00a0jours ouvrés" in page


def test_opening_at_the_counter(poste: Client, saisie: dict[str, object], usager: Usager) -> None:
    answer = poste.post(url("nouvelle"), saisie)
    demande = Demande.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, url("fiche", demande.pk))
    assert (demande.usager, demande.canal, demande.mode_reponse) == (usager, "guichet", "sms")  # the preferred contact
    assert Envoi.objects.get().canal == "sms"


def test_opening_to_answer_at_once(poste: Client, saisie: dict[str, object]) -> None:
    assert poste.post(url("nouvelle"), saisie | {"repondre": "oui"})["Location"].endswith("#reponse")


def test_a_letter_of_last_week(poste: Client, saisie: dict[str, object], maintenant: datetime) -> None:
    received = timezone.localtime(maintenant - timedelta(days=7)).strftime("%Y-%m-%dT%H:%M")
    poste.post(url("nouvelle"), saisie | {"canal": "courrier", "received_at": received})
    assert timezone.localtime(Demande.objects.get().received_at).strftime("%Y-%m-%dT%H:%M") == received


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"objet": ""}, "Dites en quelques mots ce qui est demandé."),
        ({"usager": ""}, "Choisissez qui demande"),
        ({"usager": "999999"}, "Choisissez qui demande"),
        ({"received_at": "2999-01-01T10:00"}, "ne peut pas être dans le futur"),
        ({"received_at": "avant-hier"}, "pas lisible"),
        ({"mode_reponse": "courrier"}, "Aucune adresse postale connue"),
        ({"usager": "inconnu", "mode_reponse": "sms"}, "Aucun mobile connu"),
        ({"usager": "nouveau"}, "Il faut au moins un nom ou un prénom."),
        ({"usager": "nouveau", "personne-nom": "Martin", "personne-telephone": "12"}, "téléphone"),
        ({"usager": "nouveau", "personne-nom": "Martin", "personne-courriel": "martin"}, "adresse électronique"),
        ({"canal": "pigeon"}, "pigeon"),
    ],
)
def test_a_refused_form_comes_back_filled(
    poste: Client, saisie: dict[str, object], wrong: dict[str, str], said: str
) -> None:
    people = Usager.objects.count()
    answer = poste.post(url("nouvelle"), saisie | {"description": "Devant le 12, profond."} | wrong)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "Devant le 12, profond." in answer.content.decode()
    assert (Demande.objects.count(), Usager.objects.count()) == (0, people)


def test_a_new_person_in_the_same_gesture(poste: Client, saisie: dict[str, object]) -> None:
    form = saisie | {"usager": "nouveau", "personne-nom": "Martin", "personne-prenoms": "Léa",
                     "personne-telephone": "06 39 98 00 01", "personne-courriel": "lea@exemple.fr"}  # fmt: skip
    poste.post(url("nouvelle"), form)
    poste.post(url("nouvelle"), form)  # a double click creates nobody twice
    demande = Demande.objects.get()
    assert str(demande.usager) == "Léa Martin"
    assert Usager.objects.filter(nom="Martin").count() == 1


def test_an_unknown_person(poste: Client, saisie: dict[str, object]) -> None:
    poste.post(url("nouvelle"), saisie | {"usager": "inconnu"})
    assert (Demande.objects.get().usager, Demande.objects.get().mode_reponse) == (None, "sur_place")


def test_people_are_found_while_typing(poste: Client, usager: Usager) -> None:
    page = poste.get(url("usagers"), {"q": "ben am"}).content.decode()
    assert page.strip().startswith('<div id="choix"')
    assert f'value="{usager.pk}" checked' in page  # alone: chosen
    assert "Personne ne correspond" in poste.get(url("usagers"), {"q": "zzzzzz"}).content.decode()


def test_a_person_given_in_the_address_is_chosen(poste: Client, usager: Usager) -> None:
    assert f'value="{usager.pk}" checked' in poste.get(url("nouvelle"), {"usager": usager.pk}).content.decode()
