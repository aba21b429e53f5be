"""What one asks when booking: who comes, and one booking among several."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from rendezvous.creneaux.modele import Creneau
from rendezvous.models import Motif, Parcours


@dataclass(frozen=True, slots=True)
class Participant:
    """One person who comes. Without `usager_id`: found again by a proof of contact and the name, else created.

    `telephone` as typed; `numero_predemande`: of France Titres, 10 characters [A-Z0-9]. `preuve`: the only contact
    that was proven (« courriel », « mobile »), the other one being a mere claim that finds nobody; empty when an agent
    or a program answers for both.
    """

    usager_id: int | None = None
    nom: str = ""
    prenom: str = ""
    courriel: str = ""
    telephone: str = ""
    numero_predemande: str = ""
    preuve: str = ""


@dataclass(frozen=True, slots=True)
class Reservation:
    """One booking asked for: what `book_rendezvous` takes, for `book_all`.

    `clef`: idempotency key of the client. `is_surbooking`: an agent accepts to be over capacity, or outside a range.
    `is_invite`: the usager came by a link that opens a motif kept for invitations. `zone_id`: where they live, for
    motifs that go by address. `rang`: stop of a `parcours`.
    """

    creneau: Creneau
    motif: Motif
    participants: Sequence[Participant]
    canal: str
    personnes: int = 1
    clef: UUID | None = None
    is_surbooking: bool = False
    is_prevenu: bool = True
    is_invite: bool = False
    zone_id: int | None = None
    demande_id: int | None = None
    note: str = ""
    message: str = ""
    adresse: str = ""
    telephone: str = ""
    parcours: Parcours | None = None
    rang: int = 0


def fingerprint(reservation: Reservation) -> str:
    """Return the SHA-256 of what was asked: the same key with another content is not the same request."""
    creneau = reservation.creneau
    asked = [
        reservation.motif.pk, creneau.debut_at.timestamp(), creneau.lieu_id, creneau.ressource_id, creneau.seance_id,
        reservation.personnes, [asdict(participant) for participant in reservation.participants],
        reservation.demande_id, reservation.note, reservation.message, reservation.adresse, reservation.telephone,
        reservation.is_surbooking,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(asked, ensure_ascii=False).encode()).hexdigest()
