"""What the desk itself writes: contacts answered on the spot, and taking one back."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from citoyens.actions import record_interaction
from citoyens.models import Interaction, Usager
from collectivites.acteur import Acteur
from collectivites.domaines import RESERVES
from collectivites.models import Service
from demandes.models import ContactImmediat, TypeDemande
from demandes.routage import choose_domaine
from journal.actions import record
from socle.texte import truncate

DELAI_ANNULATION = timedelta(minutes=2)  # the toast shows « Annuler » for 10 s; slower hands are forgiven
OBJET = "contact"  # objet_type in the timeline and in the journal


class AnnulationImpossible(Exception):
    """The contact can't be taken back any more; the message is the sentence to show."""


@dataclass(frozen=True)
class Contact:
    """What was asked and how it ended. `type` and `usager` may be unknown; `service` is where the person was sent."""

    issue: ContactImmediat.Issue
    canal: ContactImmediat.Canal
    type: TypeDemande | None = None
    service: Service | None = None
    usager: Usager | None = None
    precision: str = ""


@transaction.atomic
def record_contact(*, contact: Contact, clef: uuid.UUID, by: Acteur, at: datetime) -> tuple[ContactImmediat, bool]:
    """Write one contact, its line in the timeline of a known usager, and the journal; say whether it is new.

    The same `clef` (one form filled) writes once: the second call returns the first contact and False.
    """
    if by.agent_id is None:
        raise TypeError("Un contact est noté par un agent.")
    row, is_new = ContactImmediat.objects.get_or_create(
        clef=clef,
        defaults={
            "type": contact.type,
            "service": contact.service,
            "usager": contact.usager,
            "domaine": choose_domaine(contact.type, contact.service),
            "canal": contact.canal,
            "issue": contact.issue,
            "precision": truncate(contact.precision, 200),
            "agent_id": by.agent_id,
            "at": at,
        },
    )
    if is_new:
        if contact.usager is not None:
            _add_to_timeline(row, contact, contact.usager, by=by, at=at)
        record(
            verbe=f"contact.{contact.issue}",
            objet_type=OBJET,
            objet_id=row.pk,
            libelle="" if row.domaine in RESERVES else _subject(contact),  # the journal is read beyond the domain
            by=by,
            at=at,
            canal=contact.canal,
            type=row.type_id,
            service=row.service_id,
        )
    return row, is_new


@transaction.atomic
def undo_contact(*, contact: ContactImmediat, by: Acteur, at: datetime) -> None:
    """Take back a contact noted by mistake. Raises AnnulationImpossible after two minutes or for another's contact."""
    if contact.agent_id != by.agent_id:
        raise AnnulationImpossible("Ce contact a été noté par un autre agent\u00a0: vous ne pouvez pas l'annuler.")
    if at - contact.at > DELAI_ANNULATION:
        raise AnnulationImpossible("Ce contact date de plus de deux minutes\u00a0: il ne s'annule plus.")
    record(
        verbe="contact.annule", objet_type=OBJET, objet_id=contact.pk, libelle="", by=by, at=at, issue=contact.issue
    )
    Interaction.objects.filter(objet_type=OBJET, objet_id=contact.pk).delete()
    contact.delete()


def _subject(contact: Contact) -> str:
    return contact.type.libelle if contact.type is not None else ""


def _add_to_timeline(row: ContactImmediat, contact: Contact, usager: Usager, *, by: Acteur, at: datetime) -> None:
    """Write the line of the 360° page: « Appel : carte d'identité », « Répondu tout de suite »."""
    where = "Appel" if contact.canal == ContactImmediat.Canal.TELEPHONE else "Au guichet"
    subject = _subject(contact) or contact.precision or "une question"
    ended = f"Orienté vers {contact.service}" if contact.service is not None else "Répondu tout de suite"
    detail = f" · {contact.precision}" if contact.precision and contact.type is not None else ""
    record_interaction(
        usager_id=usager.pk,
        genre=Interaction.Genre.CONTACT,
        sens=Interaction.Sens.ENTRANT,
        canal=contact.canal,
        domaine=row.domaine,
        titre=f"{where}\u00a0: {subject}",
        resume=ended + detail,
        objet_type=OBJET,
        objet_id=row.pk,
        by=by,
        at=at,
    )
