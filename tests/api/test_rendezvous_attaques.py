"""What a hostile or careless program sends about appointments: never a 500, never more than an usager may do."""

from typing import Any

import pytest
from django.utils import timezone

from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active
from rendezvous.models import Parcours, RendezVous
from rendezvous.reservation.actions import update_note
from tests.api.conftest import Programme, Ville
from tests.api.test_creneaux import Bureau, bureau  # noqa: F401 the same office
from tests.api.test_rendezvous import book, corps  # noqa: F401 the same request

INSTANTS = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "9999-12-31T23:50:00Z", "2027-03-28T02:30:00"]


@pytest.mark.parametrize("debut", INSTANTS)
def test_an_hour_out_of_any_calendar_is_refused(
    programme: Programme,
    corps: dict[str, Any],  # noqa: F811 a fixture
    debut: str,
) -> None:
    assert book(programme, corps | {"debut": debut}).status_code in {409, 422}


@pytest.mark.parametrize(
    "wrong",
    [
        {"personnes": -1}, {"personnes": 10**30}, {"motif": 10**30}, {"lieu": 10**18}, {"seance": 10**18},
        {"seance": -3}, {"message": "a\x00b"}, {"participants": [{"nom": "\x00"}]}, {"participants": ["x"]},
        {"participants": [{"nom": " ", "courriel": "a@exemple.fr"}]}, {"debut": ["x"]}, {"adresse": {"a": 1}},
        {"participants": [{"nom": "Petit", "courriel": "a@exemple.fr\nBcc: b@exemple.fr"}]},
    ],
)  # fmt: skip
def test_nonsense_is_refused(
    programme: Programme,
    corps: dict[str, Any],  # noqa: F811 a fixture
    wrong: dict[str, Any],
) -> None:
    assert book(programme, corps | wrong).status_code in {404, 409, 422}


@pytest.mark.parametrize("jour", ["0001-01-01", "9999-12-31"])
def test_days_out_of_any_calendar(programme: Programme, bureau: Bureau, jour: str) -> None:  # noqa: F811 a fixture
    for query in (f"du={jour}", f"du={jour}&au={jour}", f"au={jour}"):
        assert programme.get(f"creneaux/?motif={bureau.motif.pk}&{query}").status_code in {200, 422}


def test_a_stop_of_a_visit_does_not_move_alone(
    programme: Programme,
    ville: Ville,
    corps: dict[str, Any],  # noqa: F811 a fixture
) -> None:
    """The page of the usager says so; a program is held to the same."""
    numero = book(programme, corps).json()["numero"]
    with collectivite_active(ville.collectivite.pk):
        visite = Parcours.objects.create(numero="PAR-2026-00001", created_at=timezone.now())
        RendezVous.objects.update(parcours=visite)
    other = {"lieu": corps["lieu"], "debut": corps["debut"].replace("09:20", "09:40")}
    assert programme.post(f"rendezvous/{numero}/deplacer/", other).status_code == 409


def test_no_agent_is_named_to_a_program(
    programme: Programme,
    ville: Ville,
    corps: dict[str, Any],  # noqa: F811 a fixture
) -> None:
    told = book(programme, corps).json()
    with collectivite_active(ville.collectivite.pk):
        by = Acteur(nature="agent", libelle="Claire Moreau")
        rdv = RendezVous.objects.get()
        update_note(rendezvous=rdv, version=rdv.version, note="vu", by=by, at=timezone.now())
    late = programme.post(f"rendezvous/{told['numero']}/annuler/", {"version": told["version"]})
    assert late.status_code == 409
    assert "Claire" not in late.content.decode()
