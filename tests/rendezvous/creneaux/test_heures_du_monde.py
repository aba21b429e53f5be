"""Hours are those of the lieu: changes of time, midnight, overseas, regional holidays, holidays that are worked."""

from datetime import UTC, date, datetime, timedelta

import pytest

from collectivites.models import Lieu, Service
from rendezvous.creneaux.modele import Creneau
from rendezvous.creneaux.recherche import find_creneaux
from rendezvous.heures import to_local
from rendezvous.models import Motif, Ressource
from tests.rendezvous.monde import make_lieu, make_motif, make_plage

MATIN = ((540, 720),)


@pytest.fixture
def heure(service: Service) -> Motif:
    """One hour, bookable as far as one likes."""
    return make_motif(service, "Une heure", (60,), delai_max_jours=366)


def search(motif: Motif, lieu: Lieu, *jours: date) -> list[Creneau]:
    at = datetime(jours[0].year, jours[0].month, jours[0].day, 0, tzinfo=UTC) - timedelta(days=20)
    return find_creneaux(motif=motif, du=jours[0], au=jours[-1], at=at, lieux=[lieu.pk])


def show(creneaux: list[Creneau], fuseau: str) -> list[str]:
    return [to_local(each.debut_at, fuseau).strftime("%d/%m %H:%M") for each in creneaux]


@pytest.mark.parametrize(
    ("fuseau", "avant", "apres", "heures"),
    [
        ("Europe/Paris", date(2027, 3, 27), date(2027, 3, 30), (8, 7)),
        ("Europe/Paris", date(2026, 10, 24), date(2026, 10, 26), (7, 8)),
        ("America/Miquelon", date(2027, 3, 13), date(2027, 3, 15), (12, 11)),  # the dates of the United States
        ("Indian/Reunion", date(2027, 3, 27), date(2027, 3, 30), (5, 5)),
        ("America/Guadeloupe", date(2026, 10, 24), date(2026, 10, 26), (13, 13)),
        ("Pacific/Tahiti", date(2027, 3, 27), date(2027, 3, 30), (19, 19)),
        ("Pacific/Noumea", date(2027, 3, 27), date(2027, 3, 30), (22, 22)),  # the day before, in UTC
    ],
)
def test_nine_is_nine_on_both_sides(
    fuseau: str, avant: date, apres: date, heures: tuple[int, int], heure: Motif, ressource: Ressource
) -> None:
    lieu = make_lieu("Là-bas", fuseau)
    make_plage(ressource, lieu, heure, jours=(avant, apres), blocs=((540, 600),))
    for jour, utc in zip((avant, apres), heures, strict=True):
        (found,) = search(heure, lieu, jour)
        assert show([found], fuseau) == [jour.strftime("%d/%m 09:00")]
        assert found.debut_at.hour == utc


def test_a_night_shift_lasts_what_it_lasts(heure: Motif, lieu: Lieu, ressource: Ressource) -> None:
    spring, autumn = date(2027, 3, 28), date(2027, 10, 31)
    make_plage(ressource, lieu, heure, jours=(spring, autumn), blocs=((60, 240),))
    assert show(search(heure, lieu, spring), lieu.fuseau) == ["28/03 01:00", "28/03 03:00"]
    assert show(search(heure, lieu, autumn), lieu.fuseau) == [
        "31/10 01:00",
        "31/10 02:00",
        "31/10 02:00",
        "31/10 03:00",
    ]


def test_an_evening_of_change_of_time_ends_at_midnight(service: Service, lieu: Lieu, ressource: Ressource) -> None:
    quart = make_motif(service, "Un quart d'heure", (15,), delai_max_jours=366)
    make_plage(ressource, lieu, quart, jours=(date(2027, 10, 31),), blocs=((1409, 1440),))
    assert show(search(quart, lieu, date(2027, 10, 31)), lieu.fuseau) == ["31/10 23:29", "31/10 23:44"]


def test_a_grid_does_not_run_over_midnight(service: Service, lieu: Lieu, ressource: Ressource) -> None:
    long = make_motif(service, "Quarante minutes", (40,))
    days = (date(2026, 12, 1), date(2026, 12, 2))
    make_plage(ressource, lieu, long, jours=days, blocs=((0, 60), (1380, 1440)))
    assert show(search(long, lieu, *days), lieu.fuseau) == ["01/12 00:00", "01/12 23:00", "02/12 00:00", "02/12 23:00"]


def test_only_local_days_count(heure: Motif, ressource: Ressource) -> None:
    noumea = make_lieu("Nouméa", "Pacific/Noumea")
    make_plage(ressource, noumea, heure, jours=(date(2026, 12, 1), date(2026, 12, 2)), blocs=((540, 600),))
    (found,) = search(heure, noumea, date(2026, 12, 2))
    assert found.debut_at == datetime(2026, 12, 1, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "jour", "is_ouvert"),
    [
        ("metropole", date(2026, 12, 25), False),
        ("metropole", date(2026, 12, 26), True),
        ("alsace_moselle", date(2026, 12, 26), False),
        ("metropole", date(2027, 3, 26), True),
        ("alsace_moselle", date(2027, 3, 26), False),  # Good Friday
        ("reunion", date(2026, 12, 20), False),
        ("guadeloupe", date(2027, 5, 27), False),
        ("polynesie", date(2026, 11, 20), False),
        ("metropole", date(2026, 11, 20), True),
        ("", date(2027, 5, 17), False),  # Whit Monday, by the zone of the town
    ],
)
def test_each_lieu_keeps_the_holidays_of_its_zone(
    zone: str, jour: date, is_ouvert: bool, heure: Motif, ressource: Ressource
) -> None:
    lieu = make_lieu("Annexe", zone_feries=zone)
    make_plage(ressource, lieu, heure, jours=(jour,), blocs=MATIN)
    assert bool(search(heure, lieu, jour)) == is_ouvert


def test_whit_monday_is_worked_where_one_says_so(heure: Motif, lieu: Lieu, ressource: Ressource) -> None:
    lundi, noel = date(2027, 5, 17), date(2026, 12, 25)
    annexe = make_lieu("Annexe", feries_ouverts=["Lundi de Pentecôte"])
    make_plage(ressource, annexe, heure, jours=(noel, lundi), blocs=MATIN)
    make_plage(ressource, lieu, heure, jours=(lundi,), blocs=((780, 900),))
    assert len(search(heure, annexe, lundi)) == 3
    assert search(heure, lieu, lundi) == []
    assert search(heure, annexe, noel) == []  # the other holidays stay


def test_a_range_may_open_on_holidays(heure: Motif, lieu: Lieu, ressource: Ressource) -> None:
    noel = date(2026, 12, 25)
    make_plage(ressource, lieu, heure, jours=(noel,), blocs=MATIN, is_ferie_travaille=True)
    assert len(search(heure, lieu, noel)) == 3
