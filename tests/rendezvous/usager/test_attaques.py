"""What a hostile visitor tries: keys guessed, numbers out of any range, links kept too long, what is kept of them."""

import time
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest
from django.utils import timezone

from citoyens.actions import Contact, create_usager
from collectivites.acteur import Acteur
from rendezvous.invitations import sign_invitation
from rendezvous.jetons import write_jeton
from rendezvous.models import CodeConfirmation, Motif, RendezVous
from rendezvous.reservation.actions import update_note
from tests.rendezvous.usager.conftest import BASE, Bureau, Visiteur, list_valeurs, read_field, read_text


def book(visiteur: Visiteur, bureau: Bureau) -> RendezVous:
    visiteur.confirm(visiteur.reach_code(bureau.motif))
    return RendezVous.objects.select_related("motif").get(etat="confirme")


def send_slot(visiteur: Visiteur, bureau: Bureau, **data: Any) -> Any:
    page = visiteur.open_creneaux(bureau.motif)
    sent = {"clef": read_field(page, "clef"), "creneau": list_valeurs(page)[0]} | data
    return visiteur.post(page.request["PATH_INFO"] + "retenir/", sent)


def test_what_was_typed_leaves_once_the_appointment_is_confirmed(visiteur: Visiteur, bureau: Bureau) -> None:
    book(visiteur, bureau)
    assert not CodeConfirmation.objects.exists()


def test_the_key_of_a_program_opens_nothing_online(visiteur: Visiteur, bureau: Bureau) -> None:
    """A program may number its keys « 1 », « 2 »: whoever computes one must not be shown that appointment."""
    rdv = book(visiteur, bureau)
    clef = uuid5(UUID("7c1f6f0e-2a51-4b0e-9a2c-2f1f6b4d9e10"), "1:1")
    RendezVous.objects.filter(pk=rdv.pk).update(clef=clef, canal=RendezVous.Canal.API)
    page = send_slot(visiteur, bureau, clef=str(clef))
    assert page.status_code == 409
    assert rdv.numero not in read_text(page)
    assert "/gerer/" not in read_text(page)


@pytest.mark.parametrize(
    "valeur", ["9" * 5000 + "-1-0", "253402300799-1-0", "1-" + "9" * 4000 + "-0", "0-0-0", "1764062400-1-" + "9" * 99]
)
def test_a_slot_out_of_any_range_is_refused(visiteur: Visiteur, bureau: Bureau, valeur: str) -> None:
    assert send_slot(visiteur, bureau, creneau=valeur).status_code in {409, 422}


def test_the_end_of_time_is_refused_at_the_right_lieu(visiteur: Visiteur, bureau: Bureau) -> None:
    for second in (253402300799, 253402300000, 32503680000):
        assert send_slot(visiteur, bureau, creneau=f"{second}-{bureau.lieu.pk}-0").status_code in {409, 422}


def test_an_invitation_ends_though_its_slots_were_bookmarked(
    visiteur: Visiteur, bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    Motif.objects.update(reservable_par=Motif.Reservable.INVITES)
    page = visiteur.post(f"{BASE}invitation/{sign_invitation(bureau.motif)}/")
    assert page.status_code == 200
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + timedelta(days=61).total_seconds())
    assert visiteur.get(page.request["PATH_INFO"]).status_code == 410


def test_an_agent_is_never_named_to_who_lost_a_race(visiteur: Visiteur, bureau: Bureau) -> None:
    rdv = book(visiteur, bureau)
    link = RendezVous.objects.get(pk=rdv.pk).participations.get()
    by = Acteur(nature="agent", libelle="Claire Moreau", agent_id=bureau.agent.pk)
    page = visiteur.get(f"{BASE}gerer/{write_jeton(bytes(link.sel))}/annuler/")
    version = read_field(page, "version")
    update_note(rendezvous=rdv, version=rdv.version, note="vu", by=by, at=timezone.now())
    late = visiteur.post(page.request["PATH_INFO"], {"version": version, "raison": ""})
    assert late.status_code == 409
    assert "Claire" not in read_text(late)


def test_a_number_typed_but_not_proven_finds_nobody(visiteur: Visiteur, bureau: Bureau) -> None:
    """The victim's name and mobile, one's own e-mail: else one learns when the victim comes, and for what."""
    by = Acteur(nature="agent", libelle="Claire Moreau", agent_id=bureau.agent.pk)
    mobile = Contact("mobile", "06 39 98 12 34")
    victim = create_usager(
        nature="personne", nom="Petit", prenoms="Léa", contacts=[mobile], by=by, at=timezone.now() - timedelta(days=9)
    )
    who = {"nom": "Petit", "prenom": "Léa", "telephone": "06 39 98 12 34", "courriel": "voleur@exemple.fr"}
    visiteur.confirm(visiteur.reach_code(bureau.motif, **who))
    booked = RendezVous.objects.get(etat="confirme")
    assert booked.usager != victim
    assert booked.participations.get().courriel == "voleur@exemple.fr"
