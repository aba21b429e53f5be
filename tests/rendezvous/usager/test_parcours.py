"""The whole way, without JavaScript nor cookie: choose, retain, say who, prove, be confirmed; and what goes wrong."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from demandes.models import Zone
from messagerie.models import Envoi
from rendezvous.invitations import sign_invitation
from rendezvous.models import CodeConfirmation, Motif, Occupation, Participation, PlageZone, RendezVous
from tests.rendezvous.monde import make_agent, make_lieu, make_plage, make_rendezvous, make_ressource
from tests.rendezvous.usager.conftest import (
    BASE,
    QUI,
    Bureau,
    Visiteur,
    at_local,
    list_valeurs,
    read_code,
    read_field,
    read_text,
)


def test_from_the_choice_to_the_confirmation(visiteur: Visiteur, bureau: Bureau) -> None:
    page = visiteur.get(BASE)
    assert f"{BASE}motif/{bureau.motif.pk}/" in read_text(page)
    page = visiteur.get(f"{BASE}motif/{bureau.motif.pk}/")
    assert "Ancien titre" in read_text(page)
    page = visiteur.open_creneaux(bureau.motif)
    assert len(list_valeurs(page)) == 9  # 9 h to 12 h by 20 minutes
    assert "Claire" not in read_text(page)
    page = visiteur.choose(page, 1)
    assert "retenu pour vous jusqu'à" in read_text(page)
    assert RendezVous.objects.get().etat == "option"
    page = visiteur.post(page.request["PATH_INFO"], QUI)
    assert "samira@exemple.fr" in read_text(page)
    page = visiteur.confirm(page)
    text = read_text(page)
    assert "Votre rendez-vous est confirmé" in text
    assert "9\u00a0h\u00a020" in text
    assert "1 place de la République" in text
    assert "tel:0199001234" in text  # a human
    rdv = RendezVous.objects.get()
    assert (rdv.etat, rdv.canal, rdv.usager.nom) == ("confirme", "en_ligne", "Ben Amar")
    assert "no-store" in page.headers["Cache-Control"]
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert visiteur.get(page.request["PATH_INFO"]).status_code == 200  # reloaded


def test_the_same_page_sent_twice_makes_one_appointment(visiteur: Visiteur, bureau: Bureau) -> None:
    slots = visiteur.open_creneaux(bureau.motif)
    first, again = visiteur.choose(slots), visiteur.choose(slots)
    assert first.content == again.content or RendezVous.objects.count() == 1
    code = visiteur.post(first.request["PATH_INFO"], QUI)
    sent = {"code": read_code(), "saisie": read_field(code, "saisie")}
    visiteur.post(code.request["PATH_INFO"], sent)
    twice = visiteur.post(code.request["PATH_INFO"], sent)
    assert "Votre rendez-vous est confirmé" in read_text(twice)
    assert "confirmé" in read_text(visiteur.choose(slots, 4))  # the Back button, then another hour
    assert RendezVous.objects.count() == 1


def test_back_to_another_hour_lets_the_first_one_go_and_keeps_what_was_typed(
    visiteur: Visiteur, bureau: Bureau
) -> None:
    slots = visiteur.open_creneaux(bureau.motif)
    visiteur.post(visiteur.choose(slots).request["PATH_INFO"], QUI)
    page = visiteur.choose(slots, 3)
    assert 'value="samira@exemple.fr"' in read_text(page)
    rdv = RendezVous.objects.get()
    assert rdv.debut_at == at_local(bureau.jour, 600)
    assert Occupation.objects.filter(is_actif=True).count() == 1
    link = re.search(r'href="([^"]+\?de=[^"]+)"', read_text(page))  # « Choisir un autre créneau »
    assert link
    page = visiteur.choose(visiteur.get(link[1]), 3)
    assert RendezVous.objects.get().debut_at == at_local(bureau.jour, 620)
    done = visiteur.confirm(visiteur.post(page.request["PATH_INFO"], QUI))
    assert "10\u00a0h" in read_text(done)
    assert not CodeConfirmation.objects.exists()  # nothing typed stays outside the appointment


def take(bureau: Bureau, minute: int) -> None:
    start = at_local(bureau.jour, minute)
    make_rendezvous(bureau.motif, bureau.ressource, bureau.lieu, start, fin_at=start + timedelta(minutes=20))


def test_a_slot_taken_meanwhile_offers_the_three_nearest(visiteur: Visiteur, bureau: Bureau) -> None:
    page = visiteur.open_creneaux(bureau.motif)
    take(bureau, 600)
    lost = visiteur.choose(page, 3)
    assert lost.status_code == 409
    assert "n'est plus libre" in read_text(lost)
    nearest = list_valeurs(lost)[:3]
    assert nearest == [list_valeurs(page)[rang] for rang in (1, 2, 4)]
    assert read_field(lost, "clef") == read_field(page, "clef")
    assert visiteur.choose(lost).status_code == 200


@pytest.mark.parametrize("moment", ["coordonnees", "code"])
def test_an_option_that_expired_and_was_taken_loses_nothing(visiteur: Visiteur, bureau: Bureau, moment: str) -> None:
    page = visiteur.choose(visiteur.open_creneaux(bureau.motif), 3)
    if moment == "code":
        page = visiteur.post(page.request["PATH_INFO"], QUI)
        sent = {"code": read_code(), "saisie": read_field(page, "saisie")}
    else:
        sent = QUI
    RendezVous.objects.all().delete()  # swept
    take(bureau, 600)
    lost = visiteur.post(page.request["PATH_INFO"], sent)
    assert lost.status_code == 409
    text = read_text(lost)
    assert "n'est plus libre" in text
    assert 'value="samira@exemple.fr"' in text
    chosen = QUI | {"creneau": list_valeurs(lost)[0]}
    again = visiteur.post(f"{BASE}coordonnees/{lost.request['PATH_INFO'].split('/')[-2]}/", chosen)
    assert "Votre rendez-vous est confirmé" in read_text(visiteur.confirm(again))


def test_late_but_still_free_is_taken_back(visiteur: Visiteur, bureau: Bureau) -> None:
    page = visiteur.reach_code(bureau.motif)
    sent = {"code": read_code(), "saisie": read_field(page, "saisie")}
    RendezVous.objects.all().delete()
    back = visiteur.post(page.request["PATH_INFO"], sent)
    assert back.status_code == 409
    assert "retenu de nouveau" in read_text(back)
    assert "confirmé" in read_text(visiteur.confirm(back))


def test_a_code_has_five_tries_then_another_is_asked(visiteur: Visiteur, bureau: Bureau) -> None:
    page = visiteur.reach_code(bureau.motif)
    right, url = read_code(), page.request["PATH_INFO"]
    saisie = read_field(page, "saisie")
    wrong = "000000" if right != "000000" else "111111"
    for left in (4, 3, 2, 1):
        answer = visiteur.post(url, {"code": wrong, "saisie": saisie})
        assert answer.status_code == 422
        assert f"Il vous reste {left} essai" in read_text(answer)
    visiteur.post(url, {"code": wrong, "saisie": saisie})
    assert "Trop d'essais" in read_text(visiteur.post(url, {"code": right, "saisie": saisie}))
    resent = visiteur.post(f"{url}renvoi/", {"saisie": saisie})
    assert "Un nouveau code vient de partir" in read_text(resent)
    assert "confirmé" in read_text(visiteur.confirm(resent))


def test_codes_are_counted(visiteur: Visiteur, bureau: Bureau) -> None:
    page = visiteur.reach_code(bureau.motif)
    saisie, url = read_field(page, "saisie"), page.request["PATH_INFO"]
    answers = [visiteur.post(f"{url}renvoi/", {"saisie": saisie}).status_code for _ in range(5)]
    assert answers == [200, 200, 200, 200, 409]
    assert Envoi.objects.filter(clef__contains=":code:").count() == 5
    row = CodeConfirmation.objects.get()
    CodeConfirmation.objects.update(expire_at=row.created_at)
    late = visiteur.post(url, {"code": read_code(), "saisie": saisie})
    assert "n'est plus valable" in read_text(late)


def test_by_mobile_only_and_coming_together(visiteur: Visiteur, bureau: Bureau) -> None:
    Motif.objects.update(durees=[20, 35], categorie_ants="CNI", unite_personnes="dossier")
    page = visiteur.choose(visiteur.open_creneaux(bureau.motif, personnes="2"))
    who = QUI | {"courriel": "", "telephone": "06 39 98 12 34", "predemande": "tuny 4pb6 x2"}
    refused = visiteur.post(page.request["PATH_INFO"], who)
    assert refused.status_code == 422
    assert "Écrivez son prénom" in read_text(refused)
    assert 'value="06 39 98 12 34"' in read_text(refused)
    code = visiteur.post(page.request["PATH_INFO"], who | {"prenom_2": "Adam", "nom_2": "Ben Amar"})
    assert "par SMS" in read_text(code)
    assert "2\u00a0dossiers" in read_text(visiteur.confirm(code))
    rows = Participation.objects.order_by("rang").values_list("usager__prenoms", "numero_predemande", "telephone")
    assert [row[:2] for row in rows] == [("Samira", "TUNY4PB6X2"), ("Adam", "")]


@pytest.mark.parametrize(
    ("change", "phrase"),
    [({"courriel": "", "telephone": ""}, "Écrivez votre courriel ou votre mobile"),
     ({"courriel": "x"}, "n'est pas une adresse"), ({"telephone": "01 99 00 12 34"}, "n'est pas un mobile"),
     ({"prenom": ""}, "Écrivez votre prénom")],
)  # fmt: skip
def test_each_mistake_has_its_sentence(
    visiteur: Visiteur, bureau: Bureau, change: dict[str, str], phrase: str
) -> None:
    page = visiteur.choose(visiteur.open_creneaux(bureau.motif))
    refused = visiteur.post(page.request["PATH_INFO"], QUI | change)
    assert refused.status_code == 422
    assert phrase in read_text(refused)
    assert 'value="Ben Amar"' in read_text(refused)


def test_what_a_motif_needs_is_asked_first(visiteur: Visiteur, bureau: Bureau) -> None:
    nord = Zone.objects.create(libelle="Nord", voies="rue des Tanneurs")
    sud = Zone.objects.create(libelle="Sud", voies="rue du Port")
    autre = make_ressource(make_agent(bureau.collectivite, "Yann Le Goff", bureau.service))
    annexe = make_plage(autre, make_lieu("Annexe"), bureau.motif, jours=(bureau.jour,), is_ferie_travaille=True)
    PlageZone.objects.create(plage=bureau.plage, zone=nord)
    PlageZone.objects.create(plage=annexe, zone=sud)
    Motif.objects.update(is_sectorise=True, consignes_avant="Faites votre pré-demande.")
    url = f"{BASE}motif/{bureau.motif.pk}/"
    refused = visiteur.post(url, {"adresse": "3 rue Inconnue", "lieu": "0"})
    assert refused.status_code == 422
    assert "ne trouvons pas cette adresse" in read_text(refused)
    assert "Lisez, puis cochez" in read_text(refused)
    page = visiteur.post(url, {"adresse": "12, rue du Port", "lieu": "0", "lu": "on"})
    assert "Annexe" in read_text(page)
    assert "Hôtel de ville" not in read_text(page)
    assert visiteur.choose(page).status_code == 200
    assert RendezVous.objects.get().lieu.nom == "Annexe"


def test_no_slot_says_what_to_do(visiteur: Visiteur, bureau: Bureau) -> None:
    bureau.plage.occurrences.all().delete()
    text = read_text(visiteur.open_creneaux(bureau.motif))
    assert "Aucun créneau n'est libre" in text
    assert "tel:0199001234" in text
    assert "Écrivez-nous" in text


def test_an_empty_week_leads_to_the_next_date(visiteur: Visiteur, bureau: Bureau) -> None:
    page = visiteur.open_creneaux(bureau.motif)
    later = (bureau.jour + timedelta(days=14)).isoformat()
    text = read_text(visiteur.get(f"{page.request['PATH_INFO']}?jour={later}"))
    assert "Aucun créneau cette semaine" in text
    assert "Le plus tôt possible" in text
    for nonsense in ("2026-02-31", "x", "9999-12-31", "0001-01-01"):
        assert visiteur.get(f"{page.request['PATH_INFO']}?jour={nonsense}").status_code == 200


def test_an_invitation_opens_what_is_closed_to_others(visiteur: Visiteur, bureau: Bureau) -> None:
    Motif.objects.update(reservable_par="invites")
    assert visiteur.get(f"{BASE}motif/{bureau.motif.pk}/").status_code == 404
    url = f"{BASE}invitation/{sign_invitation(bureau.motif)}/"
    assert visiteur.get(url).status_code == 200
    page = visiteur.choose(visiteur.post(url))
    done = visiteur.confirm(visiteur.post(page.request["PATH_INFO"], QUI))
    assert "Votre rendez-vous est confirmé" in read_text(done)
    ended = visiteur.get(f"{BASE}invitation/forgee/")
    assert ended.status_code == 410
    assert "tel:0199001200" in read_text(ended)


@pytest.mark.parametrize("page", ["creneaux", "coordonnees", "code", "confirme"])
def test_a_forged_pass_ends_in_french(visiteur: Visiteur, page: str) -> None:
    answer = visiteur.get(f"{BASE}{page}/WzFd:abc:def/")
    assert answer.status_code == 410
    assert "Prendre rendez-vous" in read_text(answer)


def test_another_site_can_not_hold_slots(visiteur: Visiteur, bureau: Bureau) -> None:
    page = visiteur.open_creneaux(bureau.motif)
    data: dict[str, Any] = {"clef": read_field(page, "clef"), "creneau": list_valeurs(page)[0]}
    url = f"{page.request['PATH_INFO']}retenir/"
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://ailleurs.exemple"}):
        assert Client().post(url, data, headers=headers).status_code == 403
    assert not RendezVous.objects.exists()
    assert Client().post(url, data, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 302


@pytest.mark.parametrize(("days", "is_said"), [(10, True), (1, False)])
def test_a_reminder_is_promised_only_when_there_is_time_for_one(
    visiteur: Visiteur, bureau: Bureau, days: int, is_said: bool
) -> None:
    """Two days before: whoever comes tomorrow gets none."""
    page = visiteur.confirm(visiteur.reach_code(bureau.motif))
    start = timezone.now() + timedelta(days=days)
    RendezVous.objects.update(debut_at=start, fin_at=start + timedelta(minutes=20))
    assert ("Vous recevrez un rappel" in read_text(visiteur.get(page.request["PATH_INFO"]))) is is_said


def test_a_wrong_code_opens_the_way_to_another(visiteur: Visiteur, bureau: Bureau) -> None:
    page = visiteur.reach_code(bureau.motif)
    assert '<details class="renvoi">' in page.content.decode()
    wrong = visiteur.post(page.request["PATH_INFO"], {"code": "12", "saisie": read_field(page, "saisie")})
    assert '<details class="renvoi" open>' in wrong.content.decode()
