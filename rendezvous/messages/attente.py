"""What is written to who waits without an appointment: the code that proves the address, then the places free.

A sensitive motif or a sealed service is not named, nor its lieu: see `contenu`.
"""

from datetime import datetime, timedelta

from django.urls import reverse

from collectivites.acces import Acces
from collectivites.acteur import AUTOMATE
from collectivites.cloison import get_active_id
from collectivites.domaines import RESERVES
from collectivites.models import Collectivite, Lieu
from collectivites.permissions import Permission
from demandes.courriers import show_telephone
from messagerie.actions import queue_occasion
from messagerie.models import Envoi
from messagerie.suites import ObjetLie
from messagerie.textes import COURRIEL, SMS
from rendezvous.creneaux.modele import Creneau
from rendezvous.jetons import write_jeton
from rendezvous.messages.contenu import NB, NOM_SMS, write_quand
from rendezvous.messages.envois import DUREE_CODE, MACHINE, show_code
from rendezvous.messages.liens import build_lien
from rendezvous.messages.suites import PERDUS, hold_back
from rendezvous.models import InscriptionAttente, Motif
from socle.texte import truncate

OBJET = "attente_rendezvous"


def is_discret(motif: Motif) -> bool:
    """True when nobody must guess what the appointment is about."""
    return bool(motif.is_sensible) or motif.service.domaine in RESERVES


def name_motif(motif: Motif) -> str:
    """Return the motif as it may be named, or nothing."""
    return motif.libelle_public if is_discret(motif) else motif.nom_message


def name_lieu(motif: Motif, lieu: Lieu) -> str:
    """Return where; of a discreet motif the street, for « CCAS » tells all."""
    if motif.genre != Motif.Genre.SUR_PLACE:
        return str(motif.get_genre_display()).lower()
    return (lieu.adresse or lieu.ville) if is_discret(motif) else lieu.nom


def queue_code_attente(*, inscription_id: int, canal: str, destinataire: str, code: str, at: datetime) -> Envoi:
    """Send the code, at once and at any hour. Raises MessageRefuse when the address can't be written to."""
    return queue_occasion(
        occasion="rendezvous.code_attente", canal=canal, destinataire=destinataire,
        variables={
            "collectivite": _name_town(_get_town(), canal), "code": show_code(code),
            "validite": f"{DUREE_CODE // timedelta(minutes=1)}{NB}minutes",
        },
        clef=f"rdv-attente:{inscription_id}:code:{at:%Y%m%d%H%M%S%f}", voie=Envoi.Voie.IMMEDIAT,
        entetes=MACHINE if canal == COURRIEL else None, perime_at=at + DUREE_CODE,
        objet_type=OBJET, objet_id=inscription_id, by=AUTOMATE, at=at,
    )  # fmt: skip


def queue_place(inscription: InscriptionAttente, creneau: Creneau, lieu: Lieu, *, at: datetime) -> Envoi:
    """Tell of a slot that came free; useless once it has begun. One link to take it, and to stop."""
    town, motif, is_sms = _get_town(), inscription.motif, inscription.canal == SMS
    page = build_lien("rdv:attente", write_jeton(bytes(inscription.sel)), slug=town.slug)
    court = build_lien("lien_court_attente", write_jeton(bytes(inscription.sel)), slug=town.slug)
    telephone = show_telephone(town.telephone if is_discret(motif) else motif.service.telephone or town.telephone)
    return queue_occasion(
        occasion="rendezvous.place_libre", canal=inscription.canal, destinataire=inscription.destinataire,
        variables={
            "collectivite": _name_town(town, inscription.canal),
            "motif": name_motif(motif),
            "propose": write_quand(creneau.debut_at, lieu.fuseau),
            "ou": truncate(name_lieu(motif, lieu), NOM_SMS) if is_sms else name_lieu(motif, lieu),
            "contact": f"Une question{NB}? Appelez le {telephone}." if telephone else "",
            "lien": court if is_sms else page,
        },
        clef=f"rdv-attente:{inscription.pk}:place:{inscription.envois + 1}:{at:%Y%m%d}", voie=Envoi.Voie.RAPPEL,
        entetes=None if is_sms else MACHINE | _write_desabonnement(page), perime_at=creneau.debut_at,
        objet_type=OBJET, objet_id=inscription.pk, by=AUTOMATE, at=at,
    )  # fmt: skip


def _write_desabonnement(page: str) -> dict[str, str]:
    """One click in the mail software stops the wait (RFC 2369, RFC 8058)."""
    return {"List-Unsubscribe": f"<{page}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _get_town() -> Collectivite:
    return Collectivite.objects.get(pk=get_active_id())


def _name_town(town: Collectivite, canal: str) -> str:
    return truncate(town.nom, NOM_SMS) if canal == SMS else town.nom


def judge_place(envoi: Envoi, at: datetime) -> datetime | str | None:
    """Say, when a message is about to leave, whether it still may. See `messagerie.suites.retenues`."""
    if envoi.voie != Envoi.Voie.RAPPEL:
        return None
    waiting = InscriptionAttente.objects.filter(pk=envoi.objet_id or 0).select_related("lieu", "collectivite").first()
    if waiting is None or waiting.fin in {InscriptionAttente.Fin.PRIS, InscriptionAttente.Fin.USAGER}:
        return "Cette personne n'attend plus de créneau."
    return hold_back(envoi, waiting.lieu.fuseau if waiting.lieu else waiting.collectivite.fuseau, at=at)


def follow_place(envoi: Envoi, at: datetime) -> None:
    """Called by the ledger: an address that receives nothing waits no more, somebody else has the slot."""
    if envoi.etat in PERDUS and envoi.voie == Envoi.Voie.RAPPEL:
        InscriptionAttente.objects.filter(pk=envoi.objet_id or 0).end(fin=InscriptionAttente.Fin.PERDU, at=at)


def find_url(slug: str, inscription_id: int) -> str:
    """Return where waits are counted: one of them has no page for agents."""
    return reverse("rendezvous:statistiques", args=[slug])


def can_read(acces: Acces, inscription_id: int) -> bool:
    """True when the agent may read the appointments of that motif."""
    if not acces.can(Permission.RENDEZVOUS_LIRE):
        return False
    return InscriptionAttente.objects.filter(pk=inscription_id, motif__service__domaine__in=acces.domaines).exists()


OBJET_LIE = ObjetLie(libelle="attente d'un créneau", url=find_url, can_read=can_read)
