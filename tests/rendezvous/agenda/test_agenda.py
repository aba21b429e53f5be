"""The agenda through HTTP: what it shows, what it must not show, at which hour, at what price."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from citoyens.models import Usager
from collectivites.models import Collectivite, Fermeture, Lieu, Service
from demandes.models import Absence
from rendezvous.etats import Etat
from rendezvous.heures import to_instant
from rendezvous.models import Motif, Occupation, Ressource
from tests.demandes.ecrans.conftest import count_queries
from tests.rendezvous.agenda.conftest import Fixer
from tests.rendezvous.monde import make_agent, make_lieu, make_motif, make_plage, make_rendezvous, make_ressource

pytestmark = pytest.mark.django_db


def show(poste: Client, **asked: object) -> str:
    answer = poste.get(reverse("rendezvous:agenda", args=["aurelle"]), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_agent_opens_their_own_week(poste: Client, plage: None, ressource: Ressource, fixer: Fixer) -> None:
    rdv = fixer(30)
    page = show(poste)
    assert f'<option value="ressource-{ressource.pk}" selected>' in page
    assert "Semaine du" in page
    assert "Samira Ben Amar" in page
    assert "Carte d&#x27;identité" in page
    assert reverse("rendezvous:fiche", args=["aurelle", rdv.pk]) in page
    assert "h10 t3 u0 fh10 ft5 fu0" in page  # 10 h 30 – 10 h 50, on the wall clock of the lieu
    assert "9\xa0h\xa0– 12\xa0h" in page


def test_a_day_without_anybody_leads_to_the_next_open_one(poste: Client, plage: None, at: datetime) -> None:
    page = show(poste, vue="jour", jour="2026-01-04")
    assert "Personne ne reçoit" in page
    assert f"jour={at:%Y-%m-%d}" in page.split("Prochaine ouverture")[1].split("</a>")[0]
    assert "agenda-colonne" not in page


def test_a_sealed_appointment_is_taken_time_and_nothing_else(
    poste: Client, ccas: Service, ressource: Ressource, fixer: Fixer
) -> None:
    fixer(30, motif=make_motif(ccas, "Aide alimentaire"))
    page = show(poste, qui=f"ressource-{ressource.pk}", vue="semaine")
    assert "Occupé" in page
    assert "Ben Amar" not in page
    assert "alimentaire" not in page
    assert "RDV-" not in page


def test_options_surbooking_buffers_and_late_ones_are_said_in_words(
    poste: Client, plage: None, ressource: Ressource, fixer: Fixer
) -> None:
    fixer(-12)
    fixer(40, etat=Etat.OPTION)
    over = fixer(90, is_surbooking=True)
    Occupation.objects.filter(rendezvous=over).update(is_surbooking=True)
    buffered = fixer(60)
    Occupation.objects.filter(rendezvous=buffered).update(fin_at=buffered.fin_at + timedelta(minutes=10))
    page = show(poste)
    assert "en retard de 12\xa0min" in page
    assert "en cours de réservation" in page
    assert "est-option" in page
    assert "en surnombre" in page
    assert 'class="battement h11 t2 u0 fh11 ft3 fu0"' in page


def test_an_option_that_expired_is_free_time(poste: Client, fixer: Fixer, at: datetime) -> None:
    rdv = fixer(40, etat=Etat.OPTION, expire_at=at)
    Occupation.objects.filter(rendezvous=rdv).update(expire_at=at)
    assert "en cours de réservation" not in show(poste)


def test_closed_days_say_why(
    poste: Client, plage: None, ressource: Ressource, lieu: Lieu, at: datetime, horloge: datetime
) -> None:
    day = at.date()
    Fermeture.objects.create(lieu=lieu, debut_on=day, fin_on=day, motif="Inventaire")
    Absence.objects.create(agent=ressource.agent, debut_on=day + timedelta(days=1), fin_on=day + timedelta(days=1),
                           created_at=at)  # fmt: skip
    page = show(poste)
    assert "Fermé\xa0: Inventaire" in page
    assert "Absence" in page
    holiday = show(poste, qui=f"ressource-{ressource.pk}", vue="jour", jour="2026-11-11")
    assert "Férié\xa0: Armistice de 1918" in holiday


def test_each_lieu_shows_its_own_wall_clock(
    poste: Client, motif: Motif, ressource: Ressource, usager: Usager, ville: Collectivite
) -> None:
    far = make_lieu("Annexe de Saint-Denis", fuseau="Indian/Reunion")
    start = to_instant(date(2026, 11, 19), 9 * 60, far.fuseau)  # six in the morning in Paris
    make_rendezvous(motif, ressource, far, start, fin_at=start + timedelta(minutes=20), usager=usager)
    assert "h9 t0 u0 fh9 ft2 fu0" in show(poste, qui=f"ressource-{ressource.pk}", vue="jour", jour="2026-11-19")


def test_a_block_of_the_night_of_the_change_of_time_never_ends_before_it_starts(
    poste: Client, motif: Motif, ressource: Ressource, lieu: Lieu, usager: Usager
) -> None:
    start = to_instant(date(2026, 10, 25), 2 * 60 + 50, lieu.fuseau)
    make_rendezvous(motif, ressource, lieu, start, fin_at=start + timedelta(minutes=20), usager=usager)
    page = show(poste, qui=f"ressource-{ressource.pk}", vue="jour", jour="2026-10-25")
    assert "h2 t5 u0 fh3 ft1 fu0" in page  # it reads 2 h 10 on the wall when it ends: its real length is kept


def test_the_live_refresh_gets_the_grid_only(poste: Client, plage: None, fixer: Fixer) -> None:
    fixer(30)
    answer = poste.get(reverse("rendezvous:agenda", args=["aurelle"]), headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert page.strip().startswith('<div id="agenda"')
    assert "Samira Ben Amar" in page


def test_a_town_without_any_range_is_told_how_to_open(poste: Client) -> None:
    assert "Personne ne reçoit encore ici" in show(poste, qui="tous")


def test_the_agenda_of_a_sealed_service_is_not_offered(poste: Client, ccas: Service, ville: Collectivite) -> None:
    maud = make_ressource(make_agent(ville, "Maud Perrin", ccas))
    page = show(poste, qui=f"service-{ccas.pk}")
    assert f"service-{ccas.pk}" not in page.split('id="qui"')[1].split("</select>")[0]
    assert maud.nom not in page.split('id="agenda"')[1]


def test_a_week_of_twenty_agents_costs_fifteen_queries_at_most(
    poste: Client, service: Service, lieu: Lieu, motif: Motif, usager: Usager, ville: Collectivite, at: datetime
) -> None:
    days = tuple(date(2026, 11, 16) + timedelta(days=gap) for gap in range(5))
    for number in range(20):
        resource = make_ressource(make_agent(ville, f"Agent N{number}", service))
        make_plage(resource, lieu, motif, jours=days)
        make_rendezvous(motif, resource, lieu, at, fin_at=at + timedelta(minutes=20), usager=usager)
    address = reverse("rendezvous:agenda", args=["aurelle"])
    asked = {"qui": f"service-{service.pk}", "vue": "semaine"}
    with CaptureQueriesContext(connection) as captured:
        page = poste.get(address, asked).content.decode()
    assert page.count("1\xa0pris") == 20
    assert count_queries(captured) <= 15


def test_free_time_leads_to_booking_at_the_hour_of_the_lieu(poste: Client, motif: Motif, ressource: Ressource) -> None:
    far = make_lieu("Annexe de Saint-Denis", fuseau="Indian/Reunion")
    make_plage(ressource, far, motif, jours=(date(2026, 11, 24),))
    asked = {"jour": "2026-11-24", "minute": "570", "ressource": ressource.pk}
    answer = poste.get(reverse("rendezvous:ici", args=["aurelle"]), asked)
    assert answer.headers["Location"].endswith(f"?ressource={ressource.pk}&debut=2026-11-24T05%3A30%3A00%2B00%3A00")
