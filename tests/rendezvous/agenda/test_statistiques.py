"""Figures: what is counted, what is not, and the spreadsheet."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from collectivites.acces import Acces
from collectivites.models import Fermeture, Lieu, Service
from rendezvous.agenda.remplissage import load_remplissage
from rendezvous.agenda.statistiques import Periode, load_lignes, load_total, read_periode, write_jours
from rendezvous.etats import Etat
from rendezvous.models import Motif, ReleveOffre
from tests.rendezvous.agenda.conftest import Fixer
from tests.rendezvous.monde import make_motif

pytestmark = pytest.mark.django_db
JOUR = date(2026, 11, 19)
PERIODE = Periode(JOUR - timedelta(days=30), JOUR + timedelta(days=5))


def test_rates_are_out_of_those_who_were_to_come(acces: Acces, fixer: Fixer, motif: Motif, lieu: Lieu) -> None:
    states = (Etat.HONORE, Etat.HONORE, Etat.HONORE, Etat.ABSENT, Etat.ANNULE_USAGER, Etat.CONFIRME, Etat.OPTION)
    for rank, state in enumerate(states):
        fixer(rank * 30, etat=state)
    ReleveOffre.objects.create(motif=motif, lieu=lieu, jour=JOUR, delai_jours=4, creneaux=12)
    ReleveOffre.objects.create(motif=motif, lieu=lieu, jour=JOUR - timedelta(days=1), delai_jours=None, creneaux=0)
    (line,) = load_lignes(PERIODE, acces)
    assert (line.pris, line.part_honores, line.part_absents, line.annules) == (6, 75, 25, 1)
    assert line.premier == 4
    assert line.delai == pytest.approx(7.05, abs=0.06)  # taken a week before


def test_sealed_motifs_count_only_for_their_own_agents(acces: Acces, fixer: Fixer, ccas: Service) -> None:
    fixer(30, motif=make_motif(ccas, "Aide"))
    assert load_total(PERIODE, acces).pris == 0
    assert load_lignes(PERIODE, acces) == []


@pytest.mark.parametrize("axis", ["motif", "service", "lieu", "mois"])
def test_every_axis_has_a_name(acces: Acces, fixer: Fixer, axis: str) -> None:
    fixer(30)
    names = {
        "motif": "Carte d'identité",
        "service": "État civil",
        "lieu": "Hôtel de ville",
        "mois": "novembre\xa02026",
    }
    assert [each.nom for each in load_lignes(Periode(PERIODE.du, PERIODE.au, axis), acces)] == [names[axis]]


def test_a_closed_day_is_not_open_time(acces: Acces, fixer: Fixer, plage: None, at: datetime) -> None:
    fixer(30)
    (whole,) = load_remplissage(PERIODE, acces)
    assert (whole.ouvert, whole.pris) == (6 * 180, 20)
    Fermeture.objects.create(debut_on=JOUR, fin_on=JOUR + timedelta(days=1))
    (less,) = load_remplissage(PERIODE, acces)
    assert (less.ouvert, less.taux) == (4 * 180, 3)


def test_the_spreadsheet_runs_no_formula(poste: Client, fixer: Fixer, service: Service) -> None:
    fixer(30, motif=make_motif(service, "=1+1"))
    answer = poste.get(reverse("rendezvous:statistiques_export", args=["aurelle"]))
    assert answer.content.decode("utf-8-sig").splitlines()[1].startswith("'=1+1;1;")


def test_the_page_shows_the_period(poste: Client, fixer: Fixer, plage: None) -> None:
    fixer(-30, etat=Etat.HONORE)
    page = poste.get(reverse("rendezvous:statistiques", args=["aurelle"]))
    assert page.status_code == 200
    assert "Premier créneau" in page.content.decode()


def test_an_endless_or_inverted_period_is_brought_back() -> None:
    asked = read_periode({"du": "2026-11-20", "au": "2010-01-01", "axe": "x"}, today=JOUR)
    assert asked == Periode(date(2024, 11, 18), date(2026, 11, 20), "motif")


@pytest.mark.parametrize(("days", "said"), [(None, ""), (4.52, "4,5\xa0j"), (3.0, "3\xa0j"), (41.7, "42\xa0j")])
def test_days_are_written_in_french(days: float | None, said: str) -> None:
    assert write_jours(days) == said
