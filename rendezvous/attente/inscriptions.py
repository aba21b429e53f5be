"""Waiting without an appointment: ask, prove the address by a code, stop. One wait per address and motif."""

import hmac
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F

from collectivites.acteur import Acteur
from collectivites.reglages import get_reglage
from journal.actions import record
from rendezvous.attente.actions import USAGER
from rendezvous.en_ligne.choix import Choix
from rendezvous.en_ligne.codes import (
    DUREE,
    ENVOIS_MAX,
    ESSAIS_MAX,
    CodeFaux,
    CodePerime,
    TropEnvois,
    TropEssais,
    draw_code,
    hash_code,
    is_drowned,
    read_digits,
)
from rendezvous.jetons import draw_sel, hash_jeton, write_jeton
from rendezvous.messages.attente import queue_code_attente
from rendezvous.models import InscriptionAttente, Motif
from rendezvous.reservation.refus import RendezVousRefuse

Fin = InscriptionAttente.Fin


@dataclass(frozen=True)
class Souhait:
    """What is waited for, and where to write. `canal` ∈ courriel, sms; `destinataire` in its normal form."""

    choix: Choix
    canal: str
    destinataire: str
    jusqu_on: date


def find_inscription(jeton: str) -> InscriptionAttente | None:
    """Return the wait of a link, over or not (one query)."""
    rows = InscriptionAttente.objects.select_related("motif__service", "lieu")
    return rows.filter(jeton_hash=hash_jeton(jeton)).first()


def find_limite(*, today: date) -> date:
    """Return the last day that a wait without date may last until."""
    return today + timedelta(days=get_reglage("rendezvous.attente_jours"))


@transaction.atomic
def ask_inscription(*, motif: Motif, souhait: Souhait, at: datetime) -> InscriptionAttente:
    """Write the wait and send its code; nothing counts before the code is typed. Raises TropEnvois, MessageRefuse.

    Whether this address waits already is told to nobody: who asks has proven nothing yet.
    """
    choix, sel = souhait.choix, draw_sel()
    inscription = InscriptionAttente.objects.create(
        motif=motif, lieu_id=choix.lieu_id, zone_id=choix.zone_id, personnes=choix.personnes,
        is_invite=choix.is_invite, jusqu_on=souhait.jusqu_on, canal=souhait.canal, destinataire=souhait.destinataire,
        sel=sel, jeton_hash=hash_jeton(write_jeton(sel)), code_expire_at=at, depuis_at=at, created_at=at,
    )  # fmt: skip
    send_code(inscription=inscription, at=at)
    return inscription


@transaction.atomic
def send_code(*, inscription: InscriptionAttente, at: datetime) -> None:
    """Draw a code and queue it; the former one dies. Raises TropEnvois, MessageRefuse."""
    waiting = InscriptionAttente.objects.filter(pk=inscription.pk, prouve_at=None, ended_at=None)
    code = draw_code()
    fresh = {"code_hash": hash_code(_name(inscription), code), "essais": 0, "code_expire_at": at + DUREE}
    if is_drowned(inscription.destinataire) or not waiting.filter(codes__lt=ENVOIS_MAX).update(
        codes=F("codes") + 1, **fresh
    ):
        raise TropEnvois
    queue_code_attente(
        inscription_id=inscription.pk, canal=inscription.canal, destinataire=inscription.destinataire, code=code, at=at
    )  # fmt: skip


def _name(inscription: InscriptionAttente) -> str:
    return f"attente:{inscription.pk}"


def prove_inscription(*, inscription: InscriptionAttente, typed: str, at: datetime) -> None:
    """Count one try; the right code starts the wait. Raises CodeRefuse (the try stays counted), RendezVousRefuse.

    The same address that waited already for the same motif keeps its rank and its count of messages: what was asked
    last is what is waited for.
    """
    _count_try(inscription)
    row = InscriptionAttente.objects.get(pk=inscription.pk)
    if row.prouve_at is not None:
        return
    if row.code_expire_at <= at:
        raise CodePerime
    if not hmac.compare_digest(row.code_hash, hash_code(_name(row), read_digits(typed))):
        raise CodeFaux(ESSAIS_MAX - row.essais)
    try:
        _start(row, at=at)
    except IntegrityError as error:  # proven twice at the very same instant, in two tabs
        if "attente_une_par_contact" not in str(error):
            raise
        raise RendezVousRefuse("Vous attendez déjà un créneau pour ce rendez-vous.") from error


def _count_try(inscription: InscriptionAttente) -> None:
    rows = InscriptionAttente.objects.filter(pk=inscription.pk, ended_at=None)
    if not rows.filter(essais__lt=ESSAIS_MAX).update(essais=F("essais") + 1):
        raise TropEssais if rows.filter(prouve_at=None).exists() else CodePerime


@transaction.atomic
def _start(row: InscriptionAttente, *, at: datetime) -> None:
    waiting = InscriptionAttente.objects.filter(ended_at=None).select_for_update()
    if not waiting.filter(pk=row.pk, prouve_at=None).exists():
        return  # the same code sent twice at once: it waits already, and must not take its own place
    same = waiting.filter(motif_id=row.motif_id, destinataire=row.destinataire)
    before = same.filter(prouve_at__isnull=False).first()
    if before is not None:
        row.depuis_at, row.envois = before.depuis_at, before.envois
        row.dernier_at, row.propose_at = before.dernier_at, before.propose_at
        end_inscription(inscription_id=before.pk, fin=Fin.REMPLACEE, at=at)
    row.prouve_at, row.code_hash = at, ""
    row.save(update_fields=["prouve_at", "code_hash", "depuis_at", "envois", "dernier_at", "propose_at"])
    _tell("attente.commencee", row, by=USAGER, at=at)


@transaction.atomic
def stop_inscription(*, inscription: InscriptionAttente, at: datetime, by: Acteur = USAGER) -> bool:
    """Wait no more, at the usager's word; False when it was over already."""
    if not end_inscription(inscription_id=inscription.pk, fin=Fin.USAGER, at=at):
        return False
    _tell("attente.arretee", inscription, by=by, at=at)
    return True


def end_inscription(*, inscription_id: int, fin: str, at: datetime) -> bool:
    """End one wait and forget its address; False when it was over already."""
    return bool(InscriptionAttente.objects.filter(pk=inscription_id).end(fin=fin, at=at))


def serve_inscription(*, inscription_id: int, at: datetime) -> None:
    """Who waited took a slot, if only the last one told."""
    if not end_inscription(inscription_id=inscription_id, fin=Fin.PRIS, at=at):
        InscriptionAttente.objects.filter(pk=inscription_id, fin=Fin.MESSAGES).update(fin=Fin.PRIS)


def _tell(verbe: str, row: InscriptionAttente, *, by: Acteur, at: datetime) -> None:
    motif = row.motif
    record(verbe=verbe, objet_type="motif", objet_id=motif.pk, libelle=motif.libelle, by=by, at=at, attente=row.pk)
