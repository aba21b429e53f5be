"""The promise of the service: minutes, days, pauses, and the words that explain it."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from collectivites.calendrier import AucunJourOuvre, Calendrier
from collectivites.minutes import Ouverture
from demandes.delais.duree import Duree, Unite
from demandes.delais.engagement import compute_engagement
from demandes.delais.suspensions import Arret, Nature

PARIS = ZoneInfo("Europe/Paris")
MAIRIE = Ouverture(plages=dict.fromkeys(range(5), ((510, 720), (810, 1050))) | {5: ((540, 720),)})
MINUTES, OUVRES = Unite.MINUTES_OUVREES, Unite.JOURS_OUVRES


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def due(debut: str, number: int, unite: Unite, *stops: Arret, place: Ouverture = MAIRIE) -> str | None:
    promesse = compute_engagement(at(debut), Duree(number, unite), place, arrets=stops)
    return f"{promesse.at:%Y-%m-%d %H:%M}" if promesse.at else None


def stop(debut: str, fin: str | None, nature: Nature = Nature.USAGER) -> Arret:
    return Arret(at(debut), at(fin) if fin else None, nature)


def test_minutes_over_lunch_a_holiday_and_a_pause() -> None:
    # 10 November: 16:30 to 17:30; the 11th is a holiday; 450 minutes on the 12th; the rest waits for the day after
    assert due("2026-11-10T16:30", 480, MINUTES) == "2026-11-12 17:00"
    assert due("2026-11-10T16:30", 480, MINUTES, stop("2026-11-12T09:00", "2026-11-12T11:00")) == "2026-11-13 10:00"
    assert due("2026-11-10T16:30", 480, MINUTES, stop("2026-11-12T18:00", "2026-11-13T08:00")) == "2026-11-12 17:00"


def test_business_days_end_with_the_last_range_of_the_day() -> None:
    assert due("2026-11-10T16:30", 1, OUVRES) == "2026-11-12 17:30"
    assert due("2026-11-10T16:30", 3, OUVRES) == "2026-11-14 12:00"  # Saturday morning is open


def test_business_days_agree_with_the_calendar_of_the_skeleton() -> None:
    old = Calendrier(ouvert={jour: plages[-1][1] for jour, plages in MAIRIE.plages.items()})
    for day in range(1, 29):
        debut = datetime(2026, 12, day, 10, tzinfo=PARIS)
        assert compute_engagement(debut, Duree(7, OUVRES), MAIRIE).at == old.add(debut, 7)


@pytest.mark.parametrize(
    ("debut", "fin", "attendu"),
    [
        ("2026-11-17T10:00", "2026-11-19T10:00", "2026-11-24 17:30"),  # two ends of day lost (Saturdays count here)
        ("2026-11-17T10:00", "2026-11-17T16:00", "2026-11-21 12:00"),  # resumed before closing time: nothing lost
        ("2026-11-17T17:30", "2026-11-18T08:00", "2026-11-21 12:00"),  # while the door was shut: nothing lost
        ("2026-11-21T13:00", "2026-11-30T09:00", "2026-11-21 12:00"),  # after the deadline
    ],
)
def test_a_day_that_ends_while_the_clock_is_stopped_does_not_count(debut: str, fin: str, attendu: str) -> None:
    assert due("2026-11-16T10:00", 5, OUVRES, stop(debut, fin)) == attendu


def test_nobody_resumed() -> None:
    for unite in (MINUTES, OUVRES, Unite.JOURS):
        assert due("2026-11-16T10:00", 20, unite, stop("2026-11-16T10:05", None)) is None
    assert due("2026-11-16T10:00", 5, MINUTES, stop("2026-11-16T10:05", None)) == "2026-11-16 10:05"


def test_plain_days_weeks_and_months_end_with_the_day() -> None:
    assert due("2026-11-16T10:00", 7, Unite.JOURS) == "2026-11-23 23:59"
    assert due("2026-11-16T10:00", 2, Unite.SEMAINES) == "2026-11-30 23:59"
    assert due("2026-12-31T10:00", 2, Unite.MOIS) == "2027-02-28 23:59"
    assert due("2026-11-16T10:00", 7, Unite.JOURS, stop("2026-11-18T10:00", "2026-11-21T09:00")) == "2026-11-26 23:59"


def test_it_says_why() -> None:
    place = Ouverture(plages=MAIRIE.plages, fermetures=frozenset({date(2026, 11, 13)}))
    arret = stop("2026-11-12T09:00", "2026-11-12T11:00", Nature.TIERS)
    lines = compute_engagement(at("2026-11-10T16:30"), Duree(480, MINUTES), place, arrets=[arret]).explication
    thursday = "jeudi 12 novembre 2026"
    assert [line.replace("\u00a0", " ") for line in lines] == [
        "Reçue le mardi 10 novembre 2026 à 16 h 30 (heure locale, Europe/Paris).",
        "Engagement : 480 minutes ouvrées.",
        "Mercredi 11 novembre 2026 (Armistice de 1918), non compté.",
        "Vendredi 13 novembre 2026 (fermeture), non compté.",
        f"Arrêtée du {thursday} à 9 h au {thursday} à 11 h (attente d'un tiers) : 2 h d'ouverture non comptées.",
        "Échéance : samedi 14 novembre 2026 à 10 h 30.",
    ]


def test_a_place_that_never_opens() -> None:
    for unite in (MINUTES, OUVRES):
        with pytest.raises(AucunJourOuvre):
            due("2026-11-16T10:00", 1, unite, place=Ouverture())
