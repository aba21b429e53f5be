"""The form of a type at the counter, and what the page of a demande says of it."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from demandes.actions.catalogue import publish_type, save_brouillon
from demandes.catalogue.schema import Champ, Schema
from demandes.models import Demande, PieceJointe, TypeDemande
from tests.demandes.catalogue.test_depot import PNG

pytestmark = pytest.mark.django_db


def url(name: str, *args: object) -> str:
    return reverse(f"demandes:{name}", args=["aurelle", *args])


def taken(acte: TypeDemande, **more: Any) -> dict[str, Any]:
    return {
        "clef": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff", "canal": "guichet", "usager": "inconnu", "type": acte.pk,
        "objet": "Acte de naissance", "mode_reponse": "sur_place",
    } | more  # fmt: skip


def test_choosing_a_type_brings_its_questions(poste: Client, acte: TypeDemande) -> None:
    part = poste.get(url("questions"), {"type": acte.pk}).content.decode()
    assert "Quel document ?" in part
    assert "Pièces à demander" in part
    assert "Quel document ?" not in poste.get(url("questions"), {"type": ""}).content.decode()
    assert "hx-get" in poste.get(url("nouvelle")).content.decode()


def test_without_javascript_the_page_comes_back_once_with_the_questions(poste: Client, acte: TypeDemande) -> None:
    answer = poste.post(url("nouvelle"), taken(acte))
    assert (answer.status_code, Demande.objects.count()) == (422, 0)
    assert "Quel document ?" in answer.content.decode()
    assert poste.post(url("nouvelle"), taken(acte, questions_vues=acte.pk)).status_code == 302
    assert Demande.objects.get().reponses == {}  # an agent is never stopped by an empty answer


def test_the_answers_and_documents_are_on_the_page_of_the_demande(poste: Client, acte: TypeDemande) -> None:
    said = {"questions_vues": acte.pk, "reponse-nature": "extrait", "reponse-filiation": "oui", "reponse-nombre": "9"}
    refused = poste.post(url("nouvelle"), taken(acte, **said))
    assert (refused.status_code, Demande.objects.count()) == (422, 0)  # five copies at most
    file = SimpleUploadedFile("scan.png", PNG, "image/png")
    poste.post(url("nouvelle"), taken(acte, **said | {"reponse-nombre": "2"}, pieces=file))
    demande = Demande.objects.get()
    assert demande.reponses == {"nature": "extrait", "filiation": "oui", "nombre": 2}
    PieceJointe.objects.update(exigence="identite")
    page = poste.get(url("dossier", demande.pk)).content.decode()
    assert "Extrait" in page
    assert "scan.png" in page
    assert "Livret de famille" in page
    assert "Demander à l'usager" in page
    assert "Version 1 du formulaire" in page


def test_a_demande_keeps_the_form_it_was_filed_under(poste: Client, acte: TypeDemande, by: Any, at: Any) -> None:

    poste.post(url("nouvelle"), taken(acte, **{"questions_vues": acte.pk, "reponse-nature": "copie"}))
    save_brouillon(type_=acte, schema=Schema((Champ("autre", "Autre ?", "texte"),)), vu=None, by=by, at=at)
    publish_type(type_=acte, by=by, at=at)
    page = poste.get(url("dossier", Demande.objects.get().pk)).content.decode()
    assert "Copie intégrale" in page
    assert "Version 1 du formulaire" in page


def test_a_demande_without_form_says_so(poste: Client, ouvrir: Any) -> None:
    page = poste.get(url("dossier", ouvrir().pk)).content.decode()
    assert "pas de formulaire" in page
