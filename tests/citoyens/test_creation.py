"""Searching, creating, correcting: search first, propose who it may already be, lose nothing."""

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client

from citoyens.models import Usager
from journal.models import Evenement
from tests.citoyens.pages import text, url

Creer = Callable[..., Usager]


def test_search_first_then_creation_under_the_results(client: Client, samira: Usager) -> None:
    page = text(client.get(url("liste"), {"q": "ben amar"}))
    assert page.index("Samira Ben Amar") < page.index("Créer un usager")
    empty = text(client.get(url("liste"), {"q": "personne de ce nom"}))
    assert "Personne ne correspond" in empty
    assert "Créer un usager" in empty
    start = text(client.get(url("liste")))
    assert "Créer un usager" not in start
    fragment = text(client.get(url("liste"), {"q": "ben"}, headers={"HX-Request": "true"}))
    assert "<html" not in fragment
    assert "Karim" in fragment


def test_what_the_agent_read_last_is_offered(client: Client, samira: Usager) -> None:
    client.get(url("fiche", samira.pk))
    assert "Vus récemment par vous" in text(client.get(url("liste")))


def test_what_was_searched_fills_the_creation(client: Client) -> None:
    page = text(client.get(url("nouveau"), {"q": "LE GOFF yann 0639980011 02/03/1990"}))
    for filled in ('value="Le Goff"', 'value="Yann"', 'value="0639980011"', 'value="02/03/1990"'):
        assert filled in page


def typed(**champs: str) -> dict[str, str]:
    return {"nature": "personne", "nom": "Le Goff", "prenoms": "Yann", "clef": str(uuid4())} | champs


def test_a_person_is_created_once_even_when_sent_twice(client: Client) -> None:
    form = typed(mobile="06 39 98 00 11", naissance_on="02/03/1990")
    first, second = client.post(url("nouveau"), form), client.post(url("nouveau"), form | {"vus": "1,2,3"})
    usager = Usager.objects.get()
    assert first.url == url("fiche", usager.pk)  # type: ignore[attr-defined]
    assert usager.naissance_on == date(1990, 3, 2)
    assert usager.liens_contact.get().is_prefere
    assert second.status_code in {302, 409}
    assert Usager.objects.count() == 1


@pytest.mark.parametrize(
    ("champs", "said"),
    [
        ({"mobile": "bonjour"}, "n'est pas un numéro de téléphone"),
        ({"courriel": "pas lisible"}, "n'est pas une adresse électronique"),
        ({"naissance_on": "31/02/1990"}, "Écrivez la date ainsi"),
        ({"naissance_on": "01/01/2190"}, "dans l'avenir"),
        ({"nom": "", "prenoms": ""}, "Il faut un nom"),
        ({"nature": "entreprise", "siret": "12345678901234"}, "SIRET n'est pas valable"),
        ({"nature": "association", "rna": "12"}, "numéro RNA s'écrit"),
        ({"nature": "robot"}, "robot"),
        ({"nom": "x" * 200}, "120 caractères au plus"),
    ],
)
def test_a_creation_refused_says_why_and_loses_nothing(champs: dict[str, str], said: str, client: Client) -> None:
    response = client.post(url("nouveau"), typed(adresse="8 rue des Tanneurs") | champs)
    assert response.status_code == 422
    assert said in text(response)
    assert "8 rue des Tanneurs" in text(response)
    assert not Usager.objects.exists()


def test_somebody_alike_is_proposed_before_anything_is_written(client: Client, samira: Usager) -> None:
    form = typed(nom="Benamar", prenoms="samira", naissance_on="14/03/1987", mobile="0639981234", adresse="Ailleurs 3")
    response = client.post(url("nouveau"), form)
    page = text(response)
    assert response.status_code == 409
    assert "Cette personne existe peut-être déjà" in page
    assert url("fiche", samira.pk) in page
    assert "Ailleurs 3" in page
    assert Usager.objects.count() == 2
    chosen = client.post(url("nouveau"), form | {"vus": response.context["vus"]})
    assert chosen.status_code == 302
    assert Usager.objects.count() == 3


def test_likenesses_are_shown_while_typing_and_nothing_is_written(client: Client, samira: Usager) -> None:
    response = client.post(url("doublons"), typed(nom="Kaci", prenoms="Samira", naissance_on="14/03/1987"))
    assert response.status_code == 200
    assert "Samira Ben Amar" in text(response)
    assert "même date de naissance" in text(response)
    assert "Samira" not in text(client.post(url("doublons"), typed(nom="", prenoms="", naissance_on="14/0")))
    assert client.get(url("doublons")).status_code == 405
    assert Usager.objects.count() == 2


def test_an_identity_is_corrected(client: Client, samira: Usager) -> None:
    assert 'value="14/03/1987"' in text(client.get(url("modifier", samira.pk)))
    form = {"version": "1", "civilite": "mme", "nom": "Kaci", "prenoms": "Samira", "langue": "ar",
            "naissance_on": "15/03/1987"}  # fmt: skip
    assert client.post(url("modifier", samira.pk), form).status_code == 302
    samira.refresh_from_db()
    assert (samira.nom, samira.nom_naissance, samira.naissance_on) == ("Kaci", "", date(1987, 3, 15))
    assert Evenement.objects.filter(verbe="usager.modifie").count() == 1


def test_the_second_of_two_corrections_shows_both_and_overwrites_knowingly(client: Client, samira: Usager) -> None:
    Usager.objects.filter(pk=samira.pk).update(nom="Kaci", version=2)
    form = {"version": "1", "civilite": "mme", "nom": "Benamar", "prenoms": "Samira", "langue": "fr"}
    response = client.post(url("modifier", samira.pk), form)
    assert response.status_code == 409
    page = text(response)
    assert "Benamar" in page
    assert "Kaci" in page
    assert 'name="version" value="2"' in page
    assert client.post(url("modifier", samira.pk), form | {"version": "2"}).status_code == 302
    samira.refresh_from_db()
    assert samira.nom == "Benamar"


def test_a_correction_refused_comes_back_filled(client: Client, samira: Usager) -> None:
    form = {"version": "1", "nom": "Quimper", "prenoms": "Samira", "langue": "fr", "naissance_on": "hier"}
    response = client.post(url("modifier", samira.pk), form)
    assert response.status_code == 422
    assert "Quimper" in text(response)
    assert client.post(url("modifier", samira.pk), form | {"version": "", "naissance_on": ""}).status_code == 422


def test_an_organisation_is_created_and_corrected(client: Client) -> None:
    form = typed(nature="association", nom="Les Amis du kiosque", prenoms="Jean", rna="w291234567")
    assert client.post(url("nouveau"), form).status_code == 302
    usager = Usager.objects.get()
    assert (usager.rna, usager.prenoms) == ("W291234567", "")
    page = text(client.get(url("modifier", usager.pk)))
    assert "Prénoms" not in page
    corrected = {"version": "1", "nom": "Le Kiosque", "rna": "W291234567", "langue": "fr"}
    assert client.post(url("modifier", usager.pk), corrected).status_code == 302
    assert "Le Kiosque" in text(client.get(url("fiche", usager.pk)))
