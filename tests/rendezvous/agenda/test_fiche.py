"""The page of one appointment: what it tells, cancelling, moving, the panel of the 360° page."""

from datetime import datetime, timedelta
from html import unescape
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from citoyens.models import LienContact, Usager
from citoyens.panneaux import etats_vivants, panneaux
from collectivites.acces import Acces
from collectivites.models import Lieu, Service
from journal.models import Consultation
from messagerie.models import Envoi
from rendezvous.etats import Etat
from rendezvous.models import Motif, RendezVous, Ressource
from tests.rendezvous.agenda.conftest import Fixer
from tests.rendezvous.monde import make_motif

pytestmark = pytest.mark.django_db


def url(name: str, *args: object) -> str:
    return reverse(f"rendezvous:{name}", args=["aurelle", *args])


def test_the_page_tells_everything_and_is_logged(poste: Client, fixer: Fixer, motif: Motif) -> None:
    Motif.objects.filter(pk=motif.pk).update(pieces=["Justificatif de domicile"])
    rdv = fixer(120)
    page = poste.get(url("fiche", rdv.pk)).content.decode()
    for said in ("Samira Ben Amar", "Justificatif de domicile", "06\xa039\xa098\xa012\xa034", "Déplacer", rdv.numero):
        assert said in page
    read = Consultation.objects.get(vue=Consultation.Vue.RENDEZVOUS)
    assert (read.objet_id, read.usager_id) == (rdv.pk, rdv.usager_id)


def test_a_sealed_appointment_does_not_exist_for_the_others(poste: Client, fixer: Fixer, ccas: Service) -> None:
    rdv = fixer(30, motif=make_motif(ccas, "Aide"))
    for name in ("fiche", "deplacer", "annuler"):
        assert poste.get(url(name, rdv.pk)).status_code == 404
    for name in ("marquer", "annuler", "noter"):
        assert poste.post(url(name, rdv.pk)).status_code == 404


@pytest.mark.parametrize("tells", [True, False])
def test_cancelling_says_who_and_why_and_tells_or_not(poste: Client, fixer: Fixer, tells: bool) -> None:
    rdv = fixer(600)
    typed = {"par": "service", "raison": "Agent souffrant", "version": rdv.version}
    answer = poste.post(url("annuler", rdv.pk), typed | ({"prevenir": "oui"} if tells else {}), follow=True)
    rdv.refresh_from_db()
    assert (rdv.etat, rdv.raison) == (Etat.ANNULE_SERVICE, "Agent souffrant")
    assert Envoi.objects.filter(objet_type="rendezvous", objet_id=rdv.pk).exists() is tells
    assert ("Aucun message n&#x27;est parti" in answer.content.decode()) is not tells
    assert poste.post(url("annuler", rdv.pk), typed).status_code == 409


def test_a_reason_too_long_is_given_back(poste: Client, fixer: Fixer) -> None:
    rdv = fixer(600)
    answer = poste.post(url("annuler", rdv.pk), {"par": "usager", "raison": "x" * 301})
    assert answer.status_code == 422
    assert "x" * 301 in answer.content.decode()


def test_a_note_written_meanwhile_is_not_lost(poste: Client, fixer: Fixer) -> None:
    rdv = fixer(60)
    poste.post(url("noter", rdv.pk), {"note": "Vient avec un chien guide", "version": 1})
    answer = poste.post(url("noter", rdv.pk), {"note": "Autre", "version": 1})
    assert answer.status_code == 409
    assert "Autre</textarea>" in answer.content.decode()
    assert RendezVous.objects.get(pk=rdv.pk).note == "Vient avec un chien guide"


def test_the_free_slots_lead_to_a_confirmation_that_says_who_is_told(
    poste: Client, fixer: Fixer, plage: None, at: datetime
) -> None:
    rdv = fixer(30)
    page = poste.get(url("deplacer", rdv.pk)).content.decode()
    link = page.split('class="liste-nue creneaux"')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    confirm = poste.get(link)
    assert confirm.status_code == 200
    said = confirm.content.decode()
    assert "par SMS au\xa006\xa039\xa098\xa012\xa034 et par courriel à\xa0samira@exemple.fr" in said
    assert RendezVous.objects.get(pk=rdv.pk).debut_at == rdv.debut_at  # a GET moves nothing


def drop(lieu: Lieu, ressource: Ressource, at: datetime, minute: int) -> dict[str, object]:
    return {"jour": f"{at.date():%Y-%m-%d}", "minute": minute, "ressource": ressource.pk}


def test_a_drop_on_free_time_is_confirmed_then_moves(
    poste: Client, fixer: Fixer, plage: None, lieu: Lieu, ressource: Ressource, at: datetime
) -> None:
    rdv = fixer(30)
    target = drop(lieu, ressource, at, 11 * 60 + 5)
    assert poste.get(url("deplacer", rdv.pk), target).status_code == 200
    answer = poste.post(url("deplacer", rdv.pk), target | {"version": rdv.version, "prevenir": "oui"}, follow=True)
    rdv.refresh_from_db()
    assert rdv.debut_at == at + timedelta(minutes=65)
    assert "L&#x27;usager est prévenu." in answer.content.decode()
    assert Envoi.objects.filter(objet_type="rendezvous", objet_id=rdv.pk).exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"prevenir": "oui"}, "Aucune adresse connue"),
        ({}, "Aucun message n'est parti."),
    ],
)
def test_nobody_is_said_to_be_told_who_was_not(poste: Client, fixer: Fixer, typed: dict[str, str], said: str) -> None:
    rdv = fixer(30)
    rdv.participations.update(courriel="", telephone="")
    LienContact.objects.filter(usager=rdv.usager).delete()
    answer = poste.post(url("annuler", rdv.pk), typed | {"version": rdv.version, "par": "service"}, follow=True)
    assert f"Rendez-vous annulé. {said}" in unescape(answer.content.decode())
    assert not Envoi.objects.filter(objet_type="rendezvous", objet_id=rdv.pk).exists()


def test_a_drop_on_taken_time_explains_and_proposes(
    poste: Client, fixer: Fixer, plage: None, lieu: Lieu, ressource: Ressource, usager: Usager, at: datetime
) -> None:
    rdv = fixer(30)
    fixer(60)
    target = drop(lieu, ressource, at, 11 * 60)
    answer = poste.get(url("deplacer", rdv.pk), target)
    assert answer.status_code == 409
    assert "Claire Moreau est déjà pris de 11\xa0h\xa000 à 11\xa0h\xa020." in answer.content.decode()
    assert answer.context["verdict"].alternatives
    assert poste.post(url("deplacer", rdv.pk), target | {"version": 1}).status_code == 409
    assert RendezVous.objects.get(pk=rdv.pk).debut_at == rdv.debut_at


@pytest.mark.parametrize(("minute", "why"), [(8 * 60, "Cette heure est passée"), (14 * 60, "pas de plage ouverte")])
def test_a_drop_outside_says_why(
    poste: Client, fixer: Fixer, plage: None, lieu: Lieu, ressource: Ressource, at: datetime, minute: int, why: str
) -> None:
    answer = poste.get(url("deplacer", fixer(30).pk), drop(lieu, ressource, at, minute))
    assert answer.status_code == 409
    assert why in answer.content.decode().replace("&#x27;", "'")


@pytest.mark.parametrize("asked", [{"debut": "hier"}, {"debut": "2026-11-24T10:00"}, {"jour": "x", "minute": "9"}])
def test_a_time_that_is_not_one_gives_the_list_back(
    poste: Client, fixer: Fixer, plage: None, ressource: Ressource, asked: dict[str, str]
) -> None:
    answer = poste.get(f"{url('deplacer', fixer(30).pk)}?{urlencode(asked | {'ressource': ressource.pk})}")
    assert answer.status_code == 422
    assert "choisissez dans la liste" in answer.content.decode()


def test_what_is_over_does_not_move(poste: Client, fixer: Fixer) -> None:
    assert poste.get(url("deplacer", fixer(-60, etat=Etat.HONORE).pk)).status_code == 409


def test_the_360_page_shows_what_is_to_come_and_its_state(
    acces: Acces, fixer: Fixer, usager: Usager, ccas: Service, at: datetime
) -> None:
    rdv, sealed = fixer(60), fixer(120, motif=make_motif(ccas, "Aide"))
    fixer(-60, etat=Etat.HONORE)
    panel = panneaux.get("rendezvous")
    read = etats_vivants.get("rendezvous")
    assert panel is not None
    assert read is not None
    assert [each["rdv"].pk for each in panel.load(acces, usager.pk, at)["rendezvous"]] == [rdv.pk]
    states = read(acces, [rdv.pk, sealed.pk], at)
    assert states[rdv.pk].url == url("fiche", rdv.pk)
    assert sealed.pk not in states  # neither its hour, nor whether they came
    assert states[rdv.pk].libelle == "19\xa0nov., 11\xa0h"
