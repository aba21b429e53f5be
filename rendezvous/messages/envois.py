"""Writing the messages of an appointment to the ledger, in the transaction of the fact they tell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from collectivites.acteur import AUTOMATE, Acteur
from collectivites.cloison import get_active_id
from collectivites.models import Collectivite
from messagerie.actions import queue_occasion
from messagerie.models import Envoi
from messagerie.pieces import PieceAEnvoyer, write_piece
from messagerie.textes import COURRIEL, SMS
from rendezvous.messages import ics
from rendezvous.messages.choix import Voie, list_voies
from rendezvous.messages.contenu import NB, NOM_SMS, Contenu, build_variables, find_guichet
from rendezvous.models import Participation, RendezVous
from socle.texte import truncate

OBJET = "rendezvous"  # objet_type of all these messages in the ledger
DUREE_CODE = timedelta(minutes=10)
GROUPE = 3  # digits of a code between two spaces
MACHINE = {"Auto-Submitted": "auto-generated"}  # RFC 3834: nobody's machine answers it


@dataclass(frozen=True)
class Courrier:
    """What is written to everybody who comes. `marque` names the fact: with the appointment it makes the key unique.

    `complement`: variables of this occasion only, for a content and a channel. `methode`: of the calendar file joined
    to e-mails, none when empty. `is_pressant`: by e-mail and by SMS.
    """

    occasion: str
    marque: str
    complement: Callable[[Contenu, str], dict[str, str]] = lambda _contenu, _canal: {}
    methode: ics.Methode | None = None
    is_pressant: bool = False
    voie: int = Envoi.Voie.COURANT
    prevu_at: datetime | None = None
    perime_at: datetime | None = None  # the start of the appointment unless sooner


def queue_courrier(rendezvous: RendezVous, courrier: Courrier, *, by: Acteur, at: datetime) -> list[Envoi]:
    """Write to each person who comes and can be reached; nothing once the appointment has begun.

    Who came with somebody is written to when they gave their own address. A message that could not leave before the
    start is dropped by the ledger.
    """
    if rendezvous.debut_at <= at:
        return []
    town, guichet = rendezvous.collectivite, find_guichet(rendezvous)
    queued, told = [], set[Voie]()
    for participation in list_participations(rendezvous):
        contenu = Contenu(rendezvous, participation, town, guichet)
        voies = [voie for voie in list_voies(participation, is_pressant=courrier.is_pressant) if voie not in told]
        told.update(voies)
        queued += [queue_un(contenu, voie, courrier, by=by, at=at) for voie in voies]
    return queued


def list_participations(rendezvous: RendezVous) -> list[Participation]:
    """Return who comes, who booked first; their appointment is the object given (one query, none once booked)."""
    if rendezvous.participants_ecrits:
        return list(rendezvous.participants_ecrits)
    rows = Participation.objects.filter(rendezvous=rendezvous).select_related("usager").order_by("rang", "pk")
    found = list(rows)
    for participation in found:
        participation.rendezvous = rendezvous
    return found


def queue_un(contenu: Contenu, voie: Voie, courrier: Courrier, *, by: Acteur, at: datetime) -> Envoi:
    """Write one message to one person by one way. The same fact told twice is one message."""
    rdv, participation = contenu.rendezvous, contenu.participation
    is_mail = voie.canal == COURRIEL
    has_file = is_mail and courrier.methode is not None
    return queue_occasion(
        occasion=courrier.occasion, canal=voie.canal, destinataire=voie.destinataire,
        variables=build_variables(contenu, voie.canal) | courrier.complement(contenu, voie.canal),
        clef=f"rdv:{rdv.pk}:{courrier.marque}:{participation.pk}:{voie.canal}",
        entetes=MACHINE if is_mail else None, voie=courrier.voie,
        repondre_a=rdv.service.courriel if is_mail and not contenu.is_discret else "",
        pieces=[join_ics(contenu, courrier.methode or "REQUEST", at=at)] if has_file else (),
        prevu_at=courrier.prevu_at, perime_at=courrier.perime_at or rdv.debut_at,
        objet_type=OBJET, objet_id=rdv.pk, usager_id=participation.usager_id, by=by, at=at,
    )  # fmt: skip


def join_ics(contenu: Contenu, methode: ics.Methode, *, at: datetime, rang: int = 0) -> PieceAEnvoyer:
    """Return the calendar file an e-mail carries. `rang`: its number when there are several."""
    name = ics.NOM if not rang else ics.NOM.replace(".", f"-{rang}.")
    body = ics.render_ics(contenu, methode, at=at)
    return write_piece(name, f"text/calendar; method={methode}; charset=utf-8", body)


def queue_code(
    *, rendezvous: RendezVous, canal: str, destinataire: str, code: str, at: datetime, by: Acteur = AUTOMATE
) -> Envoi:
    """Send the code that confirms a booking, at once and at any hour; after ten minutes it no longer leaves.

    Raises MessageRefuse when the address can't be written to.
    """
    town = Collectivite.objects.get(pk=get_active_id())
    minutes = DUREE_CODE // timedelta(minutes=1)
    return queue_occasion(
        occasion="rendezvous.code", canal=canal, destinataire=destinataire,
        variables={
            "collectivite": truncate(town.nom, NOM_SMS) if canal == SMS else town.nom,
            "code": show_code(code),
            "validite": f"{minutes}{NB}minutes",
        },
        clef=f"rdv:{rendezvous.pk}:code:{at:%Y%m%d%H%M%S%f}", voie=Envoi.Voie.IMMEDIAT,
        entetes=MACHINE if canal == COURRIEL else None, perime_at=at + DUREE_CODE,
        objet_type=OBJET, objet_id=rendezvous.pk, by=by, at=at,
    )  # fmt: skip


def show_code(code: str) -> str:
    """Return « 482 913 »."""
    groups: Sequence[str] = [code[start : start + GROUPE] for start in range(0, len(code), GROUPE)]
    return NB.join(groups)
