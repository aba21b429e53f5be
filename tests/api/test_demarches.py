"""The catalogue by the API, and the answers filed with a demande."""

from datetime import datetime
from typing import Any

import pytest

from collectivites.acteur import AUTOMATE
from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite
from demandes.actions.catalogue import publish_type, save_brouillon
from demandes.catalogue.schema import read_schema
from demandes.models import Demande, TypeDemande
from tests.api.conftest import Programme, Ville

FORMULAIRE = {
    "champs": [
        {"code": "lieu", "libelle": "Où ?", "genre": "adresse", "obligatoire": True},
        {"code": "danger", "libelle": "Dangereux ?", "genre": "oui_non"},
    ],
    "pieces": [{"code": "photo", "libelle": "Photo"}],
}
DEPOT = {"objet": "Trou", "canal": "formulaire", "mode_reponse": "courriel", "courriel": "a@exemple.fr"}


@pytest.fixture
def demarche(ville: Ville, at: datetime) -> TypeDemande:
    Collectivite.objects.filter(pk=ville.collectivite.pk).update(telephone="0199001200", courriel="a@aurelle.example")
    with collectivite_active(ville.collectivite.pk):
        TypeDemande.objects.filter(pk=ville.type.pk).update(regime_silence="aucun")
        save_brouillon(type_=ville.type, schema=read_schema(FORMULAIRE), vu=None, by=AUTOMATE, at=at)
        publish_type(type_=ville.type, by=AUTOMATE, at=at)
    return ville.type


def test_the_catalogue_and_its_forms(programme: Programme, demarche: TypeDemande, autre: Ville) -> None:
    rows = programme.get("demarches/").json()["resultats"]
    assert [row["libelle"] for row in rows] == ["Aide", "Voirie Ici"]
    assert [row["id"] for row in programme.get("demarches/", q="voirie").json()["resultats"]] == [demarche.pk]
    form = programme.get(f"demarches/{demarche.pk}/formulaire/").json()
    assert (form["version"], form["champs"][0]["code"], form["pieces"][0]["code"]) == (1, "lieu", "photo")
    assert programme.get(f"demarches/{autre.type.pk}/formulaire/").status_code == 404


def test_answers_are_checked_and_kept(programme: Programme, demarche: TypeDemande, ville: Ville) -> None:
    answers = {"lieu": "8 rue des Tanneurs", "danger": True}
    body: dict[str, Any] = DEPOT | {"type": demarche.pk, "reponses": answers}
    assert programme.post("demandes/", body, **{"Idempotency-Key": "a"}).status_code == 201
    assert programme.post("demandes/", body, **{"Idempotency-Key": "a"}).status_code == 200
    with collectivite_active(ville.collectivite.pk):
        filed = Demande.objects.get(objet="Trou")
    assert (filed.reponses, filed.lieu) == ({"lieu": "8 rue des Tanneurs", "danger": "oui"}, "8 rue des Tanneurs")
    assert filed.version_formulaire_id is not None


@pytest.mark.parametrize(
    ("change", "champ"),
    [
        ({"reponses": {}}, "reponses.lieu"),
        ({"reponses": {"lieu": "ici", "surnom": "x"}}, "reponses.surnom"),
        ({"reponses": {"lieu": "ici", "danger": "peut-être"}}, "reponses.danger"),
        ({"type": None, "reponses": {"lieu": "ici"}}, "type"),
    ],
)
def test_each_wrong_answer_is_named(
    programme: Programme, demarche: TypeDemande, change: dict[str, Any], champ: str
) -> None:
    answer = programme.post("demandes/", DEPOT | {"type": demarche.pk} | change, **{"Idempotency-Key": "b"})
    assert answer.status_code == 422
    assert [each["champ"] for each in answer.json()["erreurs"]] == [champ]


def test_a_call_noted_by_a_program_may_leave_answers_for_later(programme: Programme, demarche: TypeDemande) -> None:
    body = DEPOT | {"canal": "telephone", "type": demarche.pk}
    assert programme.post("demandes/", body, **{"Idempotency-Key": "c"}).status_code == 201
