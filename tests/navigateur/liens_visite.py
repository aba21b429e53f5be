"""Passes and links of the pages of a visit, written in the demonstration so that a browser can open them."""

from datetime import date, timedelta
from uuid import uuid4

from django.utils import timezone

from rendezvous.en_ligne.venues import Souhait, list_propositions
from rendezvous.en_ligne.visites import Formule, PriseVisite, list_formules, read_visite, sign_visite
from rendezvous.en_ligne.visites_actions import (
    ask_visite_code,
    confirm_prise_visite,
    find_saisie,
    retain_visite,
)
from rendezvous.jetons import write_jeton
from rendezvous.models import Participation
from tests.navigateur.liens_rdv import QUI


def write_liens_visite() -> dict[str, str]:
    """Hold two visits and confirm a third, a week apart; return « route » → token."""
    now, formule = timezone.now(), list_formules()[0]
    typed, waiting, done = (_choose(formule, now.date() + timedelta(weeks=week)) for week in (1, 2, 3))
    retain_visite(prise=typed, formule=formule, at=now)
    for prise in (waiting, done):
        held = retain_visite(prise=prise, formule=formule, at=now)
        ask_visite_code(held=held, saisie=QUI, canal="courriel", at=now)
    code = find_saisie(held)
    assert code is not None
    parcours = confirm_prise_visite(prise=done, formule=formule, code=code, at=now)
    first = Participation.objects.filter(rendezvous__parcours=parcours).order_by("rendezvous__debut_at")[0]
    return {
        "rdv/visite_coordonnees": sign_visite(typed), "rdv/visite_code": sign_visite(waiting),
        "rdv/visite_confirmee": sign_visite(done), "rdv/visite_annuler": write_jeton(bytes(first.sel)),
    }  # fmt: skip


def _choose(formule: Formule, du: date) -> PriseVisite:
    personnes = {motif.pk: 1 for motif in formule.motifs}
    souhait = Souhait(formule, personnes, du, du + timedelta(days=30), uuid4(), timezone.now())
    prise = read_visite(list_propositions(souhait).liste[0].passe)
    assert prise is not None
    return prise
