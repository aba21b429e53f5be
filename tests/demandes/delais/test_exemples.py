"""The worked examples of regles-service-public §2.4, one by one (T01 to T38), with their variants."""

from datetime import UTC, date, datetime

import pytest

from collectivites.minutes import Ouverture
from demandes.delais import autres, legal
from demandes.delais.calcul import Jalon
from demandes.delais.duree import Duree, Unite
from demandes.delais.jours import add_mois, count_days, is_ouvrable, is_ouvre
from demandes.delais.suspensions import Arret, Nature

METROPOLE, AM = "metropole", "alsace_moselle"
D = date.fromisoformat


def iso(jalon: Jalon) -> str | None:
    return jalon.jour.isoformat() if jalon.jour else None


@pytest.mark.parametrize(
    ("recue", "metropole", "alsace_moselle"),
    [
        pytest.param("2026-11-13", "2026-11-16", "2026-11-16", id="T01"),
        pytest.param("2026-11-14", "2026-11-16", "2026-11-16", id="T02"),
        pytest.param("2026-11-10", "2026-11-12", "2026-11-12", id="T03"),
        pytest.param("2026-12-24", "2026-12-28", "2026-12-28", id="T04"),
        pytest.param("2026-12-31", "2027-01-04", "2027-01-04", id="T05"),
        pytest.param("2027-03-25", "2027-03-26", "2027-03-30", id="T06"),
        pytest.param("2027-05-05", "2027-05-07", "2027-05-07", id="T07"),
    ],
)
def test_acknowledgement_of_sending(recue: str, metropole: str, alsace_moselle: str) -> None:
    assert iso(legal.compute_aee(D(recue), METROPOLE)) == metropole
    assert iso(legal.compute_aee(D(recue), AM)) == alsace_moselle


@pytest.mark.parametrize(
    ("saisie", "metropole", "alsace_moselle"),
    [
        pytest.param("2026-11-02", "2026-11-17", "2026-11-17", id="T08"),
        pytest.param("2026-12-18", "2027-01-05", "2027-01-05", id="T09"),
        pytest.param("2026-12-24", "2027-01-11", "2027-01-11", id="T10"),
        pytest.param("2027-03-19", "2027-04-05", "2027-04-06", id="T11"),
        pytest.param("2027-04-30", "2027-05-18", "2027-05-18", id="T12"),
        pytest.param("2027-07-09", "2027-07-26", "2027-07-26", id="T13"),
    ],
)
def test_acknowledgement_of_receipt(saisie: str, metropole: str, alsace_moselle: str) -> None:
    assert iso(legal.compute_are(D(saisie), METROPOLE)) == metropole
    assert iso(legal.compute_are(D(saisie), AM)) == alsace_moselle


@pytest.mark.parametrize(
    ("recue", "decision", "recours"),
    [
        pytest.param("2020-10-01", "2020-12-01", None, id="T14"),
        pytest.param("2026-11-02", "2027-01-02", "2027-03-03", id="T15"),
        pytest.param("2026-12-29", "2027-02-28", "2027-04-29", id="T16-29"),
        pytest.param("2026-12-30", "2027-02-28", "2027-04-29", id="T16-30"),
        pytest.param("2026-12-31", "2027-02-28", "2027-04-29", id="T16-31"),
        pytest.param("2027-12-29", "2028-02-29", "2028-05-02", id="T17-29"),
        pytest.param("2027-12-30", "2028-02-29", "2028-05-02", id="T17-30"),
        pytest.param("2027-12-31", "2028-02-29", "2028-05-02", id="T17-31"),
        pytest.param("2027-08-31", "2027-10-31", "2028-01-03", id="T18"),
        pytest.param("2027-06-30", "2027-08-30", "2027-11-02", id="T19"),
    ],
)
def test_silence_of_two_months_then_the_appeal(recue: str, decision: str, recours: str | None) -> None:
    rejet, acceptation = legal.compute_svr(D(recue)), legal.compute_sva(D(recue))
    assert iso(rejet) == iso(acceptation) == decision
    if recours:
        assert iso(legal.compute_recours(D(decision), METROPOLE)) == recours


def asked(produit: str | None, jours: int | None = 30) -> Arret:
    """Documents asked for on 16 November 2026 with thirty days to give them."""
    at = datetime(2026, 11, 16, 9, tzinfo=UTC)
    fin = datetime.fromisoformat(produit).replace(tzinfo=UTC) if produit else None
    return Arret(at, fin, Nature.PIECES, jours)


def test_t20_missing_documents_suspend_a_rejection() -> None:
    recue = D("2026-11-02")
    assert iso(legal.compute_svr(recue, arrets=[asked("2026-11-30T15:00")])) == "2027-01-16"
    assert iso(legal.compute_svr(recue, arrets=[asked(None)])) == "2027-02-01"
    assert iso(legal.compute_svr(recue, arrets=[asked("2027-06-01T15:00")])) == "2027-02-01"
    assert iso(legal.compute_svr(recue, arrets=[asked(None, None)])) is None


def test_t21_missing_documents_start_an_acceptance_again() -> None:
    recue = D("2026-11-02")
    assert iso(legal.compute_sva(recue, arrets=[asked("2026-11-30T15:00")])) == "2027-01-30"
    never = legal.compute_sva(recue, arrets=[asked(None, None)])
    assert never.jour is None
    assert "aucune acceptation ne peut naître" in never.explication[-1]


def test_t21_a_delay_granted_and_gone_accepts_nothing() -> None:
    assert legal.compute_sva(D("2026-11-02"), arrets=[asked(None, 30)]).jour is None


def test_t22_transfer_to_the_competent_administration() -> None:
    commune, epci = D("2026-10-05"), D("2026-10-12")
    assert iso(legal.compute_svr(commune)) == "2026-12-05"
    assert iso(legal.compute_sva(commune, competente_on=epci)) == "2026-12-12"
    assert iso(legal.compute_are(epci, METROPOLE)) == "2026-10-26"


@pytest.mark.parametrize(
    ("notifiee", "attendu"),
    [
        pytest.param("2022-11-03", "2023-01-04", id="T23"),
        pytest.param("2026-11-30", "2027-02-01", id="T24"),
        pytest.param("2026-10-24", "2026-12-28", id="T25"),
        pytest.param("2027-03-07", "2027-05-10", id="T26"),
        pytest.param("2017-09-20", "2017-11-21", id="T38"),
    ],
)
def test_delai_franc(notifiee: str, attendu: str) -> None:
    assert iso(legal.compute_recours(D(notifiee), METROPOLE)) == attendu


def test_t27_t28_t29_rights_over_personal_data() -> None:
    assert iso(autres.compute_rgpd(D("2027-01-31"), METROPOLE)) == "2027-03-01"
    assert iso(autres.compute_rgpd(D("2027-01-31"), METROPOLE, 3)) == "2027-04-30"
    assert iso(autres.compute_rgpd(D("2026-11-25"), METROPOLE)) == "2026-12-28"
    assert iso(autres.compute_rgpd(D("2027-02-26"), METROPOLE)) == "2027-03-26"
    assert iso(autres.compute_rgpd(D("2027-02-26"), AM)) == "2027-03-30"


def test_t30_access_to_documents() -> None:
    assert iso(legal.compute_documents(D("2027-01-31"))) == "2027-02-28"


def test_t31_electronic_notification() -> None:
    disponible = D("2026-12-01")
    unread = legal.compute_notification(disponible)
    assert iso(unread) == "2026-12-01"
    assert "16 décembre" in unread.explication[1].replace("\u00a0", " ")
    assert iso(legal.compute_notification(disponible, D("2026-12-10"))) == "2026-12-10"
    assert iso(legal.compute_notification(disponible, D("2026-12-20"))) == "2026-12-01"


def test_t32_planning() -> None:
    depose = D("2026-11-21")
    assert [iso(autres.compute_urbanisme(depose, nature)) for nature in ("dp", "pcmi", "pc")] == [
        "2026-12-21", "2027-01-21", "2027-02-21",
    ]  # fmt: skip
    assert iso(autres.compute_urbanisme_reclamation(depose)) == "2026-12-21"
    assert iso(autres.compute_urbanisme_pieces(D("2026-12-10"))) == "2027-03-10"


def test_t33_births_t34_burials_t35_elections() -> None:
    births = {"2026-11-17": "2026-11-23", "2026-11-09": "2026-11-16", "2026-12-20": "2026-12-28"}
    for naissance, attendu in births.items():
        assert iso(autres.compute_naissance(D(naissance), METROPOLE)) == attendu
    assert iso(autres.compute_inhumation(D("2026-11-21"))) == "2026-12-05"
    poll = autres.compute_inscription_electorale(D("2026-03-15")).jour
    assert poll == D("2026-02-06")
    assert poll.weekday() == 4


def test_t36_the_day_of_reception_is_that_of_the_town() -> None:
    at = datetime(2026, 11, 21, 20, 30, tzinfo=UTC)
    assert Ouverture(fuseau="Indian/Reunion").get_day(at) == D("2026-11-22")
    assert Ouverture(fuseau="America/Martinique").get_day(at) == D("2026-11-21")


@pytest.mark.parametrize(
    ("annee", "zone", "ouvres", "ouvrables"),
    [
        (2026, METROPOLE, 252, 303), (2026, AM, 251, 301), (2026, "reunion", 252, 303),
        (2027, METROPOLE, 254, 303), (2027, AM, 253, 302), (2027, "reunion", 253, 302),
    ],
)  # fmt: skip
def test_t37_totals_of_a_year(annee: int, zone: str, ouvres: int, ouvrables: int) -> None:
    year = date(annee, 1, 1), date(annee, 12, 31)
    assert count_days(*year, zone, is_ouvre) == ouvres
    assert count_days(*year, zone, is_ouvrable) == ouvrables


def test_other_rules_of_the_reference() -> None:
    """§2.3 without an example: D-SP+, D-MOTIFS, D-VIOL, D-A11Y, CADA."""
    assert iso(autres.compute_services_publics_plus(D("2026-11-21"), "electronique")) == "2026-11-28"
    assert iso(autres.compute_services_publics_plus(D("2026-11-21"), "courrier")) == "2026-12-05"
    assert iso(legal.compute_motifs(D("2027-01-31"))) == "2027-02-28"
    assert iso(autres.compute_accessibilite(D("2026-12-24"))) == "2026-12-31"
    assert iso(legal.compute_saisine_cada(D("2026-12-31"))) == "2027-02-28"
    friday = datetime(2026, 11, 20, 18, tzinfo=UTC)
    assert autres.compute_violation(friday) == datetime(2026, 11, 23, 18, tzinfo=UTC)


def test_what_stops_a_legal_clock_and_what_does_not() -> None:
    recue, first, last = D("2026-11-02"), datetime(2026, 11, 16, 9, tzinfo=UTC), datetime(2026, 11, 30, 9, tzinfo=UTC)
    rejets = {nature: iso(legal.compute_svr(recue, arrets=[Arret(first, last, nature)])) for nature in Nature}
    acceptations = {nature: iso(legal.compute_sva(recue, arrets=[Arret(first, last, nature)])) for nature in Nature}
    assert rejets == {"pieces": "2027-01-16", "incorrect": "2027-01-16", "usager": "2027-01-16", "tiers": "2027-01-02"}
    assert acceptations == {
        "pieces": "2027-01-30", "incorrect": "2027-01-16", "usager": "2027-01-30", "tiers": "2027-01-02",
    }  # fmt: skip


def test_overlapping_requests_suspend_once_and_a_late_one_does_nothing() -> None:
    stops = [asked("2026-11-26T09:00"), asked("2026-11-30T09:00")]
    assert iso(legal.compute_svr(D("2026-11-02"), arrets=stops)) == "2027-01-16"
    late = Arret(datetime(2027, 1, 3, 9, tzinfo=UTC), None, Nature.PIECES)
    assert iso(legal.compute_svr(D("2026-11-02"), arrets=[late])) == "2027-01-02"
    assert iso(legal.compute_sva(D("2026-11-02"), arrets=[late])) == "2027-01-02"


def test_months_never_overflow() -> None:
    assert add_mois(D("2024-01-31"), 1) == D("2024-02-29")
    assert add_mois(D("2026-12-31"), 12) == D("2027-12-31")
    assert Duree(3, Unite.SEMAINES).add_to(D("2026-12-20"), None) == D("2027-01-10")
