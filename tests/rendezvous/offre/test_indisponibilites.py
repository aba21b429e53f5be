"""Unavailabilities: refusals, whose time they take, which appointments they touch."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from collectivites.acteur import Acteur
from collectivites.models import Collectivite, Lieu, Service
from rendezvous.models import Indisponibilite, Motif, OccurrenceIndisponible, RendezVous, Ressource
from rendezvous.offre.actions import OffreRefusee, VersionPerimee, remove_indisponibilite, save_indisponibilite
from tests.rendezvous.monde import make_agent, make_lieu, make_rendezvous, make_ressource

LUNDI = date(2026, 11, 23)
NEUF = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "phrase"),
    [
        ({"fin_on": LUNDI - timedelta(days=1)}, "finit avant de commencer"),
        ({"debut_minute": 600, "fin_minute": 540}, "finit avant de commencer"),
        ({"regle": "FREQ=WEEKLY", "debut_minute": 1320, "fin_minute": 60}, "faites deux plages"),
        ({"regle": "FREQ=HOURLY"}, "par jour, par semaine ou par mois"),
        ({"regle": "FREQ=WEEKLY;BYDAY=TU", "fin_on": LUNDI}, "ne tombe aucun jour"),
        ({"debut_on": date(2027, 3, 28), "debut_minute": 150, "fin_on": date(2027, 4, 2)}, "n'existe pas"),
        ({"fin_on": LUNDI + timedelta(days=1), "debut_minute": 1440}, "de 0"),
    ],
)
def test_bad_input_is_a_clear_sentence(
    ville: Collectivite, by: Acteur, at: datetime, fields: dict[str, Any], phrase: str
) -> None:
    with pytest.raises(OffreRefusee, match=phrase):
        save_indisponibilite(indisponibilite=Indisponibilite(**({"debut_on": LUNDI} | fields)), by=by, at=at)


def test_somebody_or_somewhere_not_both(lieu: Lieu, ressource: Ressource, by: Acteur, at: datetime) -> None:
    rule = Indisponibilite(debut_on=LUNDI, lieu=lieu, ressource=ressource)
    with pytest.raises(OffreRefusee, match="pas les deux"):
        save_indisponibilite(indisponibilite=rule, by=by, at=at)


def test_whose_time_it_takes(
    ville: Collectivite, service: Service, motif: Motif, ressource: Ressource, lieu: Lieu, by: Acteur, at: datetime
) -> None:
    other, annexe = make_ressource(make_agent(ville, "Yann Le Goff", service)), make_lieu("Annexe")

    def book(who: Ressource, where: Lieu, start: datetime, **fields: Any) -> RendezVous:
        return make_rendezvous(motif, who, where, start, fin_at=start + timedelta(minutes=20), **fields)

    mine, elsewhere = book(ressource, lieu, NEUF), book(ressource, annexe, NEUF + timedelta(hours=1))
    theirs, next_day = book(other, lieu, NEUF), book(other, lieu, NEUF + timedelta(days=1))
    book(ressource, lieu, NEUF + timedelta(hours=3), etat="honore")

    def touched(**fields: Any) -> set[int]:
        rule = Indisponibilite(**({"debut_on": LUNDI, "fin_minute": 720} | fields))
        return {rdv.pk for rdv in save_indisponibilite(indisponibilite=rule, by=by, at=at)}

    assert touched(ressource=ressource) == {mine.pk, elsewhere.pk}
    assert touched(lieu=lieu) == {mine.pk, theirs.pk}
    assert touched() == {mine.pk, elsewhere.pk, theirs.pk}
    assert touched(ressource=ressource, debut_minute=560, fin_minute=570) == set()  # 9:20, half-open
    assert touched(ressource=other, regle="FREQ=DAILY", debut_minute=545, fin_minute=550) == {theirs.pk, next_day.pk}
    assert touched(fin_on=LUNDI + timedelta(days=1), debut_minute=1000, fin_minute=550) == {next_day.pk}


def test_it_is_changed_then_lifted(ressource: Ressource, by: Acteur, at: datetime) -> None:
    rule = Indisponibilite(ressource=ressource, debut_on=LUNDI, regle="FREQ=WEEKLY", debut_minute=840, fin_minute=900)
    save_indisponibilite(indisponibilite=rule, by=by, at=at)
    rule.fin_on, rule.exceptions = date(2026, 12, 14), [date(2026, 12, 7)]
    save_indisponibilite(indisponibilite=rule, version=1, by=by, at=at)
    starts = OccurrenceIndisponible.objects.order_by("debut_at").values_list("debut_at", flat=True)
    assert [start.day for start in starts] == [23, 30, 14]
    assert (rule.par_id, rule.created_at) == (by.agent_id, at)
    rule.regle, rule.fin_on = "", LUNDI
    with pytest.raises(VersionPerimee, match="Cette indisponibilité a changé"):
        save_indisponibilite(indisponibilite=rule, version=1, by=by, at=at)
    save_indisponibilite(indisponibilite=rule, version=2, by=by, at=at)
    assert OccurrenceIndisponible.objects.count() == 1
    with pytest.raises(VersionPerimee):
        remove_indisponibilite(indisponibilite=rule, version=2, by=by, at=at)
    remove_indisponibilite(indisponibilite=rule, version=3, by=by, at=at)
    assert not OccurrenceIndisponible.objects.exists()
