"""The list of the day, its gestures, its paper."""

from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from collectivites.models import Service
from journal.models import Consultation, Evenement
from rendezvous.etats import Etat
from rendezvous.models import RendezVous, Ressource
from tests.demandes.ecrans.conftest import count_queries
from tests.rendezvous.agenda.conftest import Fixer
from tests.rendezvous.monde import make_motif

pytestmark = pytest.mark.django_db


def url(name: str, *args: object) -> str:
    return reverse(f"rendezvous:{name}", args=["aurelle", *args])


def test_the_day_is_in_order_of_hour_with_the_late_ones_said(poste: Client, fixer: Fixer) -> None:
    fixer(40)
    fixer(-17)
    fixer(60, etat=Etat.OPTION)
    fixer(80, etat=Etat.ANNULE_USAGER)
    answer = poste.get(url("jour"))
    lines = answer.context["journee"].lignes
    assert [f"{line.heure:%H:%M}" for line in lines] == ["09:43", "10:40"]
    assert [line.retard for line in lines] == [17, 0]
    assert "en retard de 17\xa0min" in answer.content.decode()
    assert answer.context["journee"].comptes["annules"] == 1


@pytest.mark.parametrize(("text", "found"), [("ben amar", 1), ("Sámira", 1), ("RDV-", 1), ("kervella", 0)])
def test_a_name_or_a_number_is_found_whatever_its_accents(poste: Client, fixer: Fixer, text: str, found: int) -> None:
    fixer(10)
    assert len(poste.get(url("jour"), {"texte": text}).context["journee"].lignes) == found


def test_the_day_of_a_resource_leaves_out_the_others(poste: Client, fixer: Fixer, ressource: Ressource) -> None:
    fixer(10)
    assert poste.get(url("jour"), {"qui": f"ressource-{ressource.pk}"}).context["journee"].lignes
    assert not poste.get(url("jour"), {"qui": "ressource-999999"}).context["journee"].lignes


def test_present_takes_one_click_and_one_to_undo(poste: Client, fixer: Fixer, horloge: datetime) -> None:
    rdv, back = fixer(5), url("jour") + "?qui=tous"
    typed = {"etat": "present", "version": rdv.version, "retour": back}
    answer = poste.post(url("marquer", rdv.pk), typed, headers={"HX-Request": "true"}, follow=True)
    assert answer.redirect_chain == [(back, 302)]
    page = answer.content.decode()
    assert page.strip().startswith('<div id="lignes"')
    assert "vient d'arriver" in page  # not « attend depuis 0 s »
    assert "Samira Ben Amar est là." in page  # the toast comes with the lines
    rdv.refresh_from_db()
    assert (rdv.etat, rdv.present_at) == (Etat.PRESENT, horloge)
    undo = page.split('<form method="post" action="')[-1].split('"')[0].replace("&amp;", "&")
    assert poste.post(undo).headers["Location"] == back
    rdv.refresh_from_db()
    assert (rdv.etat, rdv.present_at) == (Etat.CONFIRME, None)


def test_the_title_of_the_tab_says_the_day_in_words(poste: Client, fixer: Fixer) -> None:
    fixer(10)
    for name in ("jour", "imprimer"):
        assert "<title>Rendez-vous du jeudi 19\xa0novembre" in poste.get(url(name)).content.decode()


def test_two_counters_do_not_overwrite_each_other(poste: Client, fixer: Fixer) -> None:
    rdv = fixer(5)
    poste.post(url("marquer", rdv.pk), {"etat": "present", "version": 1})
    answer = poste.post(url("marquer", rdv.pk), {"etat": "absent", "version": 1})
    assert answer.status_code == 409
    assert "a changé entre-temps" in answer.content.decode()
    rdv.refresh_from_db()
    assert rdv.etat == Etat.PRESENT


@pytest.mark.parametrize("state", ["annule_usager", "option", "perdu", ""])
def test_a_state_nobody_gives_by_hand_is_refused(poste: Client, fixer: Fixer, state: str) -> None:
    rdv = fixer(5)
    assert poste.post(url("marquer", rdv.pk), {"etat": state}).status_code == 409
    assert RendezVous.objects.get(pk=rdv.pk).etat == Etat.CONFIRME


def test_the_way_back_never_leaves_the_town(poste: Client, fixer: Fixer) -> None:
    rdv = fixer(5)
    answer = poste.post(url("marquer", rdv.pk), {"etat": "present", "retour": "https://ailleurs.example/"})
    assert answer.headers["Location"] == url("fiche", rdv.pk)


def test_the_paper_names_who_to_call_and_hides_the_sealed(
    poste: Client, fixer: Fixer, ccas: Service, plage: None
) -> None:
    fixer(5)
    fixer(45, motif=make_motif(ccas, "Aide alimentaire"))
    page = poste.get(url("imprimer")).content.decode()
    assert "Samira Ben Amar" in page
    assert "06\xa039\xa098\xa012\xa034" in page
    assert "Occupé" in page
    assert "alimentaire" not in page
    assert Consultation.objects.filter(vue=Consultation.Vue.RENDEZVOUS).count() == 1


def test_thirty_lines_cost_what_one_costs(poste: Client, fixer: Fixer) -> None:
    for gap in range(30):
        fixer(gap * 20)
    with CaptureQueriesContext(connection) as captured:
        assert len(poste.get(url("jour")).context["journee"].lignes) == 30
    assert count_queries(captured) <= 12


def test_what_is_marked_is_in_the_journal(poste: Client, fixer: Fixer) -> None:
    rdv = fixer(-5)
    poste.post(url("marquer", rdv.pk), {"etat": "absent"})
    assert Evenement.objects.filter(verbe="rendezvous.etat", objet_id=rdv.pk).count() == 1
