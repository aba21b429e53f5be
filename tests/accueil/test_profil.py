"""The agent's own page."""

from django.test import Client

from collectivites.models import Agent

PROFIL = "/c/aurelle/profil/"


def test_name_phone_and_shortcuts_are_saved(poste: Client, claire: Agent) -> None:
    typed = {"prenom": "Claire", "nom": "Le Morvan", "telephone": "01 99 00 01 23"}
    response = poste.post(PROFIL, typed)
    assert response.headers["Location"] == PROFIL
    claire.refresh_from_db()
    assert (claire.nom, claire.telephone, claire.is_raccourcis_actifs) == ("Le Morvan", "+33199000123", False)
    page = poste.get(PROFIL).content.decode()
    assert "Profil enregistré." in page
    assert 'data-guichet-raccourcis="non"' in page
    assert "01\u00a099\u00a000\u00a001\u00a023" in page


def test_a_bad_phone_comes_back_with_what_was_typed(poste: Client, claire: Agent) -> None:
    response = poste.post(PROFIL, {"prenom": "Claire", "nom": "Autre", "telephone": "bonjour"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "n&#x27;est pas un numéro de téléphone" in page
    assert 'value="bonjour"' in page
    claire.refresh_from_db()
    assert claire.nom == "Morvan"


def test_the_login_and_the_rights_are_not_on_the_form(poste: Client, claire: Agent) -> None:
    typed = {"prenom": "C", "nom": "M", "email": "pirate@exemple.fr", "is_staff": "on", "is_superuser": "on"}
    poste.post(PROFIL, typed)
    claire.refresh_from_db()
    assert (claire.email, claire.is_staff, claire.is_superuser) == ("claire@aurelle.exemple.fr", False, False)
