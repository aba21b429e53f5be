"""Appointments by the API: one by key, alternatives when taken, the limits of usagers, the walls."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from collectivites.cloison import collectivite_active
from collectivites.models import CleApi
from config.api import build_schema
from journal.models import Consultation
from messagerie.models import Envoi
from rendezvous.models import Motif, RendezVous
from tests.api.conftest import Programme, Ville
from tests.api.test_creneaux import Bureau, bureau  # noqa: F401 the same office

QUI = {"nom": "Ben Amar", "prenom": "Samira", "courriel": "samira@exemple.fr"}


@pytest.fixture
def corps(bureau: Bureau) -> dict[str, Any]:  # noqa: F811 a fixture
    debut = f"{bureau.jour.isoformat()}T09:20:00+04:00"
    return {"motif": bureau.motif.pk, "lieu": bureau.lieu.pk, "debut": debut, "participants": [QUI]}


def book(programme: Programme, body: dict[str, Any], clef: str = "a") -> Any:
    return programme.post("rendezvous/", body, **{"Idempotency-Key": clef})


def test_booked_once_whatever_the_sendings(programme: Programme, ville: Ville, corps: dict[str, Any]) -> None:
    first, again = book(programme, corps), book(programme, corps)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    told = first.json()
    assert told["debut"] == corps["debut"]
    assert (told["etat"], told["participants"][0]["nom"]) == ("confirme", "Samira Ben Amar")
    assert set(told) == set(build_schema()["components"]["schemas"]["Recu"]["properties"])
    assert first.headers["Location"] == f"/api/v1/rendezvous/{told['numero']}/"
    with collectivite_active(ville.collectivite.pk):
        assert RendezVous.objects.get().canal == "api"
        assert Envoi.objects.filter(destinataire="samira@exemple.fr", objet_type="rendezvous").exists()
    other = book(programme, corps | {"message": "Autre chose"})
    assert (other.status_code, other.json()["type"]) == (422, "urn:guichet:probleme:idempotence-autre-contenu")
    assert programme.post("rendezvous/", corps).json()["type"] == "urn:guichet:probleme:idempotence-absente"
    page = programme.client.get(told["lien_gestion"])
    assert page.status_code == 200


def test_taken_gives_the_nearest(programme: Programme, corps: dict[str, Any]) -> None:
    book(programme, corps)
    other = corps | {"participants": [QUI | {"nom": "Autre", "courriel": "autre@exemple.fr"}]}
    answer = book(programme, other, "b")
    assert (answer.status_code, answer.headers["Content-Type"]) == (409, "application/problem+json")
    assert answer.json()["type"] == "urn:guichet:probleme:creneau-pris"
    hours = [row["debut"][11:] for row in answer.json()["alternatives"]]
    assert hours == ["09:00:00+04:00", "09:40:00+04:00"]


@pytest.mark.parametrize(
    ("change", "champ"),
    [
        ({"debut": "2020-01-06T09:00:00+04:00"}, "debut"), ({"debut": "demain"}, "debut"),
        ({"personnes": 3}, "personnes"),
        ({"participants": []}, "participants"), ({"participants": [{"nom": ""}]}, "participants.0.nom"),
        ({"participants": [QUI | {"courriel": "x"}]}, "courriel"), ({"lieu": "ici"}, "lieu"),
    ],
)  # fmt: skip
def test_each_mistake_is_named(programme: Programme, corps: dict[str, Any], change: Any, champ: str) -> None:
    answer = book(programme, corps | change)
    assert answer.status_code == 422, answer.json()
    assert [error["champ"] for error in answer.json()["erreurs"]] == [champ]


def test_read_moved_cancelled(programme: Programme, ville: Ville, corps: dict[str, Any]) -> None:
    numero = book(programme, corps).json()["numero"]
    here = f"rendezvous/{numero}/"
    told = programme.get(here).json()
    with collectivite_active(ville.collectivite.pk):
        line = Consultation.objects.get(vue="rendezvous")
    assert (line.agent_id, line.motif[:12]) == (0, "Clef d'API n")
    place = {"lieu": corps["lieu"], "debut": corps["debut"].replace("09:20", "09:40")}
    late = programme.post(f"{here}deplacer/", place | {"version": told["version"] + 5})
    assert (late.status_code, late.json()["type"]) == (409, "urn:guichet:probleme:version-perimee")
    moved = programme.post(f"{here}deplacer/", place)
    assert (moved.status_code, moved.json()["debut"]) == (200, place["debut"])
    assert programme.post(f"{here}deplacer/", place).json() == moved.json()  # sent twice, moved once
    gone = programme.post(f"{here}annuler/", {"raison": "Empêchement"})
    assert (gone.status_code, gone.json()["etat"]) == (200, "annule_usager")
    assert programme.post(f"{here}annuler/", {}).json() == gone.json()
    assert book(programme, corps, "b").status_code == 201  # the place is free at once


def test_limits_scopes_and_walls(
    programme: Programme, ville: Ville, autre: Ville, corps: dict[str, Any],
    donner_clef: Callable[..., tuple[CleApi, str]],
) -> None:  # fmt: skip
    numero = book(programme, corps).json()["numero"]
    assert Programme(programme.client, autre.secret).get(f"rendezvous/{numero}/").status_code == 404
    with collectivite_active(ville.collectivite.pk):
        Motif.objects.update(annulable_minutes=60 * 24 * 300, deplacable_minutes=60 * 24 * 300)
        _, lecture = donner_clef(portees=["rendezvous_lire"])
        RendezVous.objects.update(created_at=timezone.now())
    refused = programme.post(f"rendezvous/{numero}/annuler/", {})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:guichet:probleme:rendezvous-refuse")
    assert "01\u00a099\u00a000\u00a012\u00a034" in refused.json()["detail"]  # whom to call
    reader = Programme(programme.client, lecture)
    assert reader.get(f"rendezvous/{numero}/").status_code == 200
    assert book(reader, corps, "c").status_code == 403
    with collectivite_active(ville.collectivite.pk):
        RendezVous.objects.update(domaine="social")
    assert programme.get(f"rendezvous/{numero}/").status_code == 404
