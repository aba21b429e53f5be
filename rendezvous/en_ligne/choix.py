"""What a visitor chose so far, carried signed from page to page: no account, no session, no cookie, no row.

Two passes. `Choix` opens the free slots and lasts (it holds nothing secret: it may be kept as a bookmark), a day when
it came from an invitation, which ends. `Prise` is a slot being booked, found again by its `clef`: it lasts two hours
and shows what was typed, so it must not be guessed.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.core import signing

from collectivites.cloison import get_active_id
from rendezvous.creneaux.modele import Creneau
from rendezvous.models import Motif
from socle.nombres import read_nombre

DUREE = timedelta(hours=2)
DUREE_INVITE = timedelta(days=1)  # afterwards the invitation is opened again, while it lasts
INSTANT_MAX = 32_503_680_000  # the year 3000: hours are added to what is typed
N_IMPORTE = 0  # `ressource_id` of a Creneau: whoever is free


@dataclass(frozen=True)
class Choix:
    """A motif, for how many, where. `lieu_id` None: wherever. `is_invite`: came by a signed invitation."""

    motif_id: int
    personnes: int = 1
    lieu_id: int | None = None
    zone_id: int | None = None
    is_invite: bool = False
    invite_id: int | None = None  # the usager the invitation was for
    attente_id: int | None = None  # the wait that ends once a slot is taken


@dataclass(frozen=True)
class Prise:
    """A slot chosen under an idempotency key."""

    choix: Choix
    debut_at: datetime
    lieu_id: int
    clef: UUID
    seance_id: int | None = None

    def change(self, creneau: Creneau) -> "Prise":
        """Return the same booking at another time."""
        return replace(self, debut_at=creneau.debut_at, lieu_id=creneau.lieu_id, seance_id=creneau.seance_id)

    def build_creneau(self, motif: Motif) -> Creneau:
        """Return the slot to ask for: any resource that is free then and there."""
        fin_at = self.debut_at + timedelta(minutes=motif.get_duree(self.choix.personnes))
        return Creneau(
            debut_at=self.debut_at, fin_at=fin_at, lieu_id=self.lieu_id, ressource_id=N_IMPORTE, place=1,
            motif_id=motif.pk, seance_id=self.seance_id,
        )  # fmt: skip


def sign_choix(choix: Choix) -> str:
    """Return what the address of the free slots carries."""
    return signing.dumps(_pack(choix), salt=_salt("choix"))


def read_choix(passe: str) -> Choix | None:
    """Return the choice; None when it is forged, of another town, or an invitation's of another day."""
    try:
        choix = Choix(*signing.loads(passe, salt=_salt("choix")))
        if choix.is_invite:
            signing.loads(passe, salt=_salt("choix"), max_age=DUREE_INVITE)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return choix


def sign_prise(prise: Prise) -> str:
    """Return what the addresses of the next steps carry."""
    facts = [_pack(prise.choix), int(prise.debut_at.timestamp()), prise.lieu_id, prise.clef.hex, prise.seance_id]
    return signing.dumps(facts, salt=_salt("prise"))


def read_prise(passe: str, *, ville_id: int | None = None) -> Prise | None:
    """Return the booking under way; None when it is forged, of another town, or two hours old.

    `ville_id`: the town, before its wall is up (a prologue).
    """
    salt = _salt("prise", ville_id)
    try:
        choix, debut, lieu_id, clef, seance_id = signing.loads(passe, salt=salt, max_age=DUREE)
    except (signing.BadSignature, ValueError):
        return None
    return Prise(Choix(*choix), datetime.fromtimestamp(debut, UTC), lieu_id, UUID(clef), seance_id)


def write_valeur(creneau: Creneau) -> str:
    """Return a slot as the value of a radio button: « 1764062400-3-0 »."""
    return f"{int(creneau.debut_at.timestamp())}-{creneau.lieu_id}-{creneau.seance_id or 0}"


def read_valeur(valeur: str) -> tuple[datetime, int, int | None] | None:
    """Return (start, lieu, session) of a radio button; None when it is nothing we wrote. Booking checks the rest."""
    parts = valeur.split("-")
    if len(parts) != len(("debut", "lieu", "seance")):
        return None
    debut, lieu, seance = read_nombre(parts[0], maximum=INSTANT_MAX), read_nombre(parts[1]), read_nombre(parts[2])
    if debut is None or lieu is None or seance is None:
        return None
    return datetime.fromtimestamp(debut, UTC), lieu, seance or None


def _pack(choix: Choix) -> list[object]:
    facts: list[object] = [choix.motif_id, choix.personnes, choix.lieu_id, choix.zone_id, choix.is_invite,
                           choix.invite_id]  # fmt: skip
    return facts if choix.attente_id is None else [*facts, choix.attente_id]


def _salt(nature: str, ville_id: int | None = None) -> str:
    return f"rendezvous.{nature}:{ville_id or get_active_id()}"
