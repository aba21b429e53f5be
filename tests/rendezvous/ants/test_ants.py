"""France Titres: what its search reads, what the coordination is told, numbers checked while one waits."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from citoyens.models import Usager
from collectivites.acteur import AUTOMATE
from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite, Lieu, Service
from rendezvous.ants.ecoute import follow
from rendezvous.ants.envoi import deliver, list_due
from rendezvous.ants.numeros import normalise_numero, read_avis
from rendezvous.ants.verification import verify
from rendezvous.evenements import Evenement, Genre
from rendezvous.heures import to_instant
from rendezvous.jetons import draw_sel
from rendezvous.models import EchangeAnts, Motif, Participation, RendezVous, Ressource
from tests.rendezvous.ants.coordination_double import JETON, Coordination, serve
from tests.rendezvous.monde import make_motif, make_plage, make_rendezvous

JOUR = date(2026, 11, 24)
BON, AUTRE = "A1B2C3D4E5", "ZZZZZ99999"


@pytest.fixture
def double(settings: Any) -> Iterator[Coordination]:
    with serve() as running:
        settings.ANTS_COORDINATION_URL, settings.ANTS_COORDINATION_JETON = running.url, JETON
        settings.RESEAU_INTERNE_AUTORISE = "oui"
        running.statuts[BON] = "validated"
        yield running


@pytest.fixture
def cni(service: Service) -> Motif:
    return make_motif(service, durees=(20, 35), categorie_ants="CNI")


@pytest.fixture
def rdv(cni: Motif, ressource: Ressource, lieu: Lieu, usager: Usager) -> RendezVous:
    start = to_instant(JOUR, 9 * 60, lieu.fuseau)
    made = make_rendezvous(cni, ressource, lieu, start, fin_at=start + timedelta(minutes=20), usager=usager)
    Participation.objects.create(
        rendezvous=made, usager=usager, sel=draw_sel(), jeton_hash=uuid4().hex, jeton_expire_at=start + timedelta(1),
        numero_predemande=BON, categorie="CNI",
    )  # fmt: skip
    return made


def tell(rdv: RendezVous, genre: Genre, at: datetime, avant: datetime | None = None) -> None:
    follow(Evenement(genre=genre, rendezvous=rdv, by=AUTOMATE, at=at, avant=avant))


def run_all(ville: Collectivite, at: datetime) -> None:
    """What the worker does, until nothing is due."""
    for _ in range(5):
        for town, pk in list_due(at=at, combien=50):
            deliver(collectivite_id=town, echange_id=pk, at=at)


@pytest.mark.parametrize(("typed", "read"), [
    ("a1b2 c3d4-e5", BON), ("A1B2C3D4E5", BON), ("A1B2C3D4E", ""), ("A1B2C3D4E5F", ""), ("É1B2C3D4E5", ""), ("", ""),
])  # fmt: skip
def test_a_number_is_read_as_people_write_it(typed: str, read: str) -> None:
    assert normalise_numero(typed) == read


@pytest.mark.parametrize("answer", [[], "x", {BON: []}, {BON: {"status": "autre"}}, {BON: {"appointments": [{}]}}])
def test_an_answer_of_another_shape_is_refused(answer: Any) -> None:
    with pytest.raises(ValueError, match=r"status|autre"):
        read_avis(answer, [BON])


def test_declared_when_booked(ville: Collectivite, rdv: RendezVous, double: Coordination, at: datetime) -> None:
    tell(rdv, Genre.CONFIRME, at)
    run_all(ville, at)
    told = double.rendezvous[0]
    assert (told["application_id"], told["appointment_date"]) == (BON, "2026-11-24 09:00:00")
    assert told["meeting_point_id"] == str(rdv.lieu_id)
    assert "/rendez-vous/gerer/" in told["management_url"]


def test_a_move_withdraws_then_declares(
    ville: Collectivite, rdv: RendezVous, double: Coordination, at: datetime
) -> None:
    tell(rdv, Genre.CONFIRME, at)
    run_all(ville, at)
    before, rdv.debut_at = rdv.debut_at, rdv.debut_at + timedelta(hours=1)
    tell(rdv, Genre.DEPLACE, at, avant=before)
    run_all(ville, at)
    assert [each["appointment_date"] for each in double.rendezvous] == ["2026-11-24 10:00:00"]


def test_a_cancellation_withdraws(ville: Collectivite, rdv: RendezVous, double: Coordination, at: datetime) -> None:
    tell(rdv, Genre.CONFIRME, at)
    tell(rdv, Genre.ANNULE, at)
    run_all(ville, at)
    assert double.rendezvous == []
    assert set(EchangeAnts.objects.values_list("etat", flat=True)) == {"fait"}


def test_a_number_not_validated_is_not_declared(
    ville: Collectivite, rdv: RendezVous, double: Coordination, at: datetime
) -> None:
    double.statuts[BON] = "consumed"
    tell(rdv, Genre.CONFIRME, at)
    run_all(ville, at)
    assert double.rendezvous == []
    assert EchangeAnts.objects.get().etat == "inutile"


def test_an_outage_is_tried_again_and_order_is_kept(
    ville: Collectivite, rdv: RendezVous, double: Coordination, at: datetime
) -> None:
    double.panne = 503
    tell(rdv, Genre.CONFIRME, at)
    tell(rdv, Genre.ANNULE, at)
    run_all(ville, at)
    assert list(EchangeAnts.objects.order_by("pk").values_list("etat", "essais")) == [("a_faire", 1), ("a_faire", 0)]
    double.panne = 0
    run_all(ville, at + timedelta(minutes=2))
    assert [each[0] for each in double.appels if each[1] == "/appointments"] == ["POST", "DELETE"]


def test_a_worker_that_died_after_the_call_declares_once(
    ville: Collectivite, rdv: RendezVous, double: Coordination, at: datetime
) -> None:
    tell(rdv, Genre.CONFIRME, at)
    run_all(ville, at)
    EchangeAnts.objects.update(etat="a_faire", bail_at=at, done_at=None)  # the mark was lost
    run_all(ville, at + timedelta(minutes=2))
    assert len(double.rendezvous) == 1


def test_not_linked_nothing_is_written(rdv: RendezVous, at: datetime) -> None:
    tell(rdv, Genre.CONFIRME, at)
    assert not EchangeAnts.objects.exists()


def test_numbers_checked_while_one_waits(double: Coordination) -> None:
    double.statuts[AUTRE] = "expired"
    double.rendezvous.append({"application_id": BON, "meeting_point": "Mairie de Kervec", "meeting_point_id": "9",
                              "appointment_date": "2026-12-01 10:00:00", "management_url": "https://x"})  # fmt: skip
    found = verify(["a1b2c3d4e5", AUTRE, "pas un numéro"], lieu_id=3)
    assert found.find_refus(BON) == ""
    assert "expiré" in found.find_refus(AUTRE)
    assert "Mairie de Kervec" in found.list_mises_en_garde()[0]


def test_no_answer_is_a_refusal_not_a_guess(double: Coordination) -> None:
    double.panne = 500
    assert "ne répond pas" in verify([BON], lieu_id=3).find_refus(BON)


def test_a_bad_form_asks_nobody(double: Coordination) -> None:
    verify(["court"], lieu_id=3)
    assert double.appels == []


@pytest.fixture
def hub(settings: Any) -> dict[str, str]:
    settings.ANTS_HUB_JETON = "jeton-du-moteur"
    return {"X-HUB-RDV-AUTH-TOKEN": "jeton-du-moteur"}


def ask(client: Client, hub: dict[str, str], **query: Any) -> Any:
    return client.get("/ants/availableTimeSlots", query, headers=hub)


@pytest.mark.parametrize("page", ["getManagedMeetingPoints", "availableTimeSlots", "searchApplicationIds"])
def test_another_token_opens_nothing(client: Client, db: None, hub: dict[str, str], page: str) -> None:
    assert client.get(f"/ants/{page}").status_code == 401
    assert client.get(f"/ants/{page}", headers={"X-HUB-RDV-AUTH-TOKEN": "autre"}).status_code == 401


def test_only_lieux_that_offer_documents_are_told(
    client: Client, hub: dict[str, str], cni: Motif, ressource: Ressource, lieu: Lieu
) -> None:
    Lieu.objects.create(nom="Annexe sans titres")
    make_plage(ressource, lieu, cni, jours=(JOUR,))
    points = client.get("/ants/getManagedMeetingPoints", headers=hub).json()
    assert [(point["id"], point["name"]) for point in points] == [(str(lieu.pk), lieu.nom)]


def test_slots_are_local_hours_with_a_z_sorted_once(
    client: Client, hub: dict[str, str], cni: Motif, ressource: Ressource, service: Service, at: datetime
) -> None:
    reunion = Lieu.objects.create(nom="Mairie de Saint-Denis", fuseau="Indian/Reunion")
    make_plage(ressource, reunion, cni, jours=(JOUR,), blocs=((540, 600),))
    other = make_motif(service, "CNI bis", durees=(20, 35), categorie_ants="CNI")
    make_plage(ressource, reunion, other, jours=(JOUR,), blocs=((540, 600),))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rendezvous.views.ants.timezone.now", lambda: datetime(2026, 11, 20, tzinfo=UTC))
        found = ask(client, hub, meeting_point_ids=[reunion.pk, 999_999], start_date=JOUR, end_date=JOUR,
                    reason="CNI", documents_number=1).json()  # fmt: skip
    assert [each["datetime"] for each in found[str(reunion.pk)]] == [
        "2026-11-24T09:00Z", "2026-11-24T09:20Z", "2026-11-24T09:40Z",
    ]  # fmt: skip
    assert all("/rendez-vous/creneaux/" in each["callback_url"] for each in found[str(reunion.pk)])
    assert found["999999"] == []


@pytest.mark.parametrize("wrong", [
    {"reason": "PERMIS"}, {"reason": ""}, {"start_date": "2026-12-31"}, {"start_date": "hier"}, {"end_date": ""},
    {"documents_number": "0"}, {"documents_number": "x"}, {"end_date": "2027-12-01"},
    {"documents_number": "001" + "9" * 5000}, {"start_date": "9999-12-31", "end_date": "9999-12-31"},
])  # fmt: skip
def test_a_question_that_makes_no_sense_is_a_400(
    client: Client, db: None, hub: dict[str, str], wrong: dict[str, str]
) -> None:
    good = {"meeting_point_ids": "1", "start_date": "2026-11-24", "end_date": "2026-11-25", "reason": "CNI"}
    answer = ask(client, hub, **(good | wrong))
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_giant_lieu_is_nobody_s(client: Client, db: None, hub: dict[str, str]) -> None:
    good = {"start_date": "2026-11-24", "end_date": "2026-11-25", "reason": "CNI"}
    assert ask(client, hub, meeting_point_ids="9" * 5000, **good).json() == {}


def test_towns_are_searched_each_behind_its_wall(
    client: Client, hub: dict[str, str], cni: Motif, ressource: Ressource, lieu: Lieu
) -> None:
    make_plage(ressource, lieu, cni, jours=(JOUR,))
    elsewhere = Collectivite.objects.create(slug="ailleurs", nom="Ailleurs")
    with collectivite_active(elsewhere.pk):
        Lieu.objects.create(nom="Mairie d'ailleurs")
    assert len(client.get("/ants/getManagedMeetingPoints", headers=hub).json()) == 1
