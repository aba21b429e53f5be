"""Passes and links of the pages of appointments, written in the demonstration so that a browser can open them."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from rendezvous.attente.inscriptions import Souhait, ask_inscription
from rendezvous.creneaux.modele import Creneau
from rendezvous.creneaux.recherche import find_offre
from rendezvous.en_ligne.actions import ask_code, confirm_prise, retain_creneau
from rendezvous.en_ligne.choix import Choix, Prise, sign_choix, sign_prise
from rendezvous.en_ligne.codes import find_code
from rendezvous.etats import Etat
from rendezvous.invitations import sign_invitation
from rendezvous.jetons import write_jeton
from rendezvous.models import InscriptionAttente, Motif, Participation, RendezVous

QUI_ATTEND = "nadia.attend@exemple.fr"
QUI = {
    "prenom": "Nadia", "nom": "Rault", "courriel": "nadia.rault@exemple.fr", "telephone": "", "adresse": "",
    "message": "", "predemande": "", "personnes": [],
}  # fmt: skip


def write_liens_rdv() -> dict[str, str]:
    """Retain two slots and confirm a third; return « route » → token."""
    now = timezone.now()
    open_to_all = Motif.objects.filter(reservable_par="tous", is_sectorise=False, is_collectif=False)
    for motif in open_to_all.order_by("pk"):
        found = find_offre(motif=motif, du=now.date(), au=now.date() + timedelta(days=30), at=now)
        if len(found) > 9:
            break
    typed, waiting, done = (_retain(motif, found[rang]) for rang in (0, 4, 8))
    for _, rdv in (waiting, done):
        ask_code(rendezvous=rdv, saisie=QUI, canal="courriel", at=now)
    code = find_code(done[1])
    assert code is not None
    confirm_prise(rendezvous=done[1], code=code, invite_id=None, at=now)
    lien, (attente, prouvee) = _find_far_link(), _wait(motif)
    return {
        "rdv/attendre": sign_choix(Choix(motif.pk)), "rdv/attente": prouvee, "rdv/attente_code": attente,
        "rdv/invitation": sign_invitation(motif), "rdv/creneaux": sign_choix(Choix(motif.pk)),
        "rdv/coordonnees": sign_prise(typed[0]), "rdv/code": sign_prise(waiting[0]),
        "rdv/confirme": sign_prise(done[0]), "rdv/gerer": lien, "rdv/deplacer": lien, "rdv/annuler": lien,
    }  # fmt: skip


def _wait(motif: Motif) -> tuple[str, str]:
    """The links of two waits without appointment: one whose code was not typed yet, one of the demonstration."""
    now = timezone.now()
    souhait = Souhait(Choix(motif.pk), "courriel", QUI_ATTEND, now.date() + timedelta(days=30))
    asked = ask_inscription(motif=motif, souhait=souhait, at=now)
    proven = InscriptionAttente.objects.filter(ended_at=None, prouve_at__isnull=False).order_by("pk")[0]
    return write_jeton(bytes(asked.sel)), write_jeton(bytes(proven.sel))


def _retain(motif: Motif, creneau: Creneau) -> tuple[Prise, RendezVous]:
    prise = Prise(Choix(motif.pk), creneau.debut_at, creneau.lieu_id, uuid4(), creneau.seance_id)
    return prise, retain_creneau(prise=prise, motif=motif, at=timezone.now())


def _find_far_link() -> str:
    """The link of an appointment late enough to be moved and cancelled."""
    rows = Participation.objects.filter(rendezvous__etat=Etat.CONFIRME, rendezvous__parcours=None)
    return write_jeton(bytes(rows.order_by("-rendezvous__debut_at")[0].sel))
