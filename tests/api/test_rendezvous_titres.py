"""Pre-application numbers given by a program: France Titres is asked before anything is booked."""

from collections.abc import Iterator
from typing import Any

import pytest

from collectivites.cloison import collectivite_active
from rendezvous.models import Motif, RendezVous
from tests.api.conftest import Programme, Ville
from tests.api.test_creneaux import Bureau, bureau  # noqa: F401 the same office
from tests.api.test_rendezvous import QUI, book, corps  # noqa: F401 the same body
from tests.rendezvous.ants.coordination_double import JETON, Coordination, serve

BON = "A1B2C3D4E5"


@pytest.fixture
def double(settings: Any, ville: Ville, bureau: Bureau) -> Iterator[Coordination]:  # noqa: F811 a fixture
    with collectivite_active(ville.collectivite.pk):
        Motif.objects.update(categorie_ants="CNI")
    with serve() as running:
        settings.ANTS_COORDINATION_URL, settings.ANTS_COORDINATION_JETON = running.url, JETON
        settings.RESEAU_INTERNE_AUTORISE = "oui"
        running.statuts[BON] = "validated"
        yield running


@pytest.fixture
def body(corps: dict[str, Any]) -> dict[str, Any]:  # noqa: F811 a fixture
    return corps | {"participants": [QUI | {"numero_predemande": "a1b2 c3d4 e5"}]}


def test_a_good_number_is_booked_and_sent_again_without_asking_twice(
    programme: Programme, double: Coordination, body: dict[str, Any]
) -> None:
    assert book(programme, body).status_code == 201
    double.statuts[BON] = "consumed"
    assert book(programme, body).status_code == 200  # booked already: the answer is the same


def test_a_number_not_validated_is_refused(
    programme: Programme, ville: Ville, double: Coordination, body: dict[str, Any]
) -> None:
    double.statuts[BON] = "consumed"
    answer = book(programme, body)
    assert answer.status_code == 422
    assert answer.json()["erreurs"][0]["champ"] == "participants.0.numero_predemande"
    with collectivite_active(ville.collectivite.pk):
        assert not RendezVous.objects.exists()


def test_no_answer_books_nothing(programme: Programme, double: Coordination, body: dict[str, Any]) -> None:
    double.panne = 503
    answer = book(programme, body)
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:guichet:probleme:france-titres-en-panne")
    double.panne = 0
    assert book(programme, body).status_code == 201


@pytest.mark.parametrize("shape", [{"participants": "x"}, {"participants": [3]}, {"lieu": "9" * 5000}, {"lieu": None}])
def test_a_body_of_another_shape_is_refused_by_the_form(
    programme: Programme, double: Coordination, body: dict[str, Any], shape: dict[str, Any]
) -> None:
    assert book(programme, body | shape).status_code == 422
    assert double.appels == []
