"""Keys of programs: draw one, revoke one, and say what the bearer of a secret may do. The web part is in `api/`."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active
from collectivites.domaines import RESERVES, Domaine
from collectivites.models import CleApi, Collectivite
from collectivites.permissions import Permission
from collectivites.temoin import record

MARQUE = "guichet"  # so that scanners of leaked secrets recognise one
USAGE_ARRONDI = timedelta(minutes=10)  # `used_at` is written this often at most
AUCUN_AGENT = 0  # in the log of readings, a program has read; the motive names its key

# What a key may be given, as the settings screen says it. A floor that opens an endpoint adds its permission here.
PORTEES: dict[str, str] = {
    Permission.USAGER_LIRE: "Chercher un usager et lire ses coordonnées",
    Permission.DEMANDE_LIRE: "Lire les demandes",
    Permission.DEMANDE_CREER: "Déposer des demandes",
    Permission.RENDEZVOUS_LIRE: "Lire les créneaux libres et les rendez-vous",
    Permission.RENDEZVOUS_TRAITER: "Prendre et annuler des rendez-vous",
}


class ClefRefusee(Exception):
    """The key opens nothing. The message is French; `code` is stable."""

    code = "clef-inconnue"
    phrase = "Cette clef d'API n'est pas connue."

    def __init__(self) -> None:
        super().__init__(self.phrase)


class ClefExpiree(ClefRefusee):
    """Past its last day."""

    code = "clef-expiree"
    phrase = "Cette clef d'API a expiré\u00a0: demandez-en une nouvelle à la collectivité."


class ClefRevoquee(ClefRefusee):
    """Taken back by the collectivité."""

    code = "clef-revoquee"
    phrase = "Cette clef d'API a été révoquée par la collectivité."


class DejaCreee(Exception):
    """The same form was sent twice: the secret was shown the first time and can't be shown again."""

    def __init__(self) -> None:
        super().__init__(
            "Cette clef existe déjà et son secret ne peut plus être affiché\u00a0: "
            "révoquez-la si vous ne l'avez pas copié, puis créez-en une autre."
        )


@dataclass(frozen=True)
class AccesClef:
    """What a program may do in one collectivité: the counterpart of `Acces` for agents."""

    clef: CleApi
    collectivite: Collectivite
    is_authenticated = True  # read by DRF

    def can(self, permission: Permission) -> bool:
        """True when the key carries this scope."""
        return permission.value in self.clef.portees

    @property
    def domaines(self) -> frozenset[str]:
        """Domains whose content the key reads: the open ones, and the sealed ones it was given by name."""
        return frozenset(Domaine.values) - RESERVES | set(self.clef.domaines)

    @property
    def acteur(self) -> Acteur:
        """The program, as `by=` of an action."""
        return Acteur(nature="automate", libelle=f"Clef d'API «\u00a0{self.clef.nom}\u00a0»")

    @property
    def motif(self) -> str:
        """What the log of readings says of the reader."""
        return f"Clef d'API n° {self.clef.pk} «\u00a0{self.clef.nom}\u00a0»"


def hash_secret(secret: str) -> str:
    """Return the SHA-256 in hexadecimal; the secret has 256 random bits, so no salt nor slow hash is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def draw_secret() -> tuple[str, str]:
    """Return a new secret and the beginning of it that may be shown."""
    prefixe = f"{MARQUE}_{secrets.token_hex(4)}"
    return f"{prefixe}_{secrets.token_urlsafe(32)}", prefixe


@transaction.atomic
def create_clef(
    *,
    nom: str,
    portees: list[str],
    domaines: list[str],
    expires_at: datetime,
    saisie: UUID,
    agent_id: int,
    by: Acteur,
    at: datetime,
) -> tuple[CleApi, str]:
    """Create a key and return it with its secret, which nothing can give again. Raises DejaCreee."""
    secret, prefixe = draw_secret()
    clef, is_new = CleApi.objects.get_or_create(
        saisie=saisie,
        defaults={
            "nom": nom, "prefixe": prefixe, "empreinte": hash_secret(secret), "portees": portees,
            "domaines": domaines, "expires_at": expires_at, "agent_id": agent_id, "created_at": at,
        },
    )  # fmt: skip
    if not is_new:
        raise DejaCreee
    record(
        verbe="clef_api.creee", objet_type="clef_api", objet_id=clef.pk, libelle=nom, by=by, at=at,
        portees=portees, domaines=domaines,
    )  # fmt: skip
    return clef, secret


@transaction.atomic
def revoke_clef(*, clef: CleApi, by: Acteur, at: datetime) -> None:
    """Close the key at once; a key already revoked keeps its date."""
    if CleApi.objects.filter(pk=clef.pk, revoked_at=None).update(revoked_at=at):
        record(verbe="clef_api.revoquee", objet_type="clef_api", objet_id=clef.pk, libelle=clef.nom, by=by, at=at)


def find_acces(secret: str, *, at: datetime) -> AccesClef:
    """Return what the bearer of this secret may do. Raises ClefRefusee, ClefExpiree, ClefRevoquee."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT collectivite_id, id FROM collectivites_clef_par_empreinte(%s)", [hash_secret(secret)])
        found = cursor.fetchone()
    if found is None:
        raise ClefRefusee
    with collectivite_active(found[0]):
        clef = CleApi.objects.select_related("collectivite").filter(pk=found[1]).first()
        if clef is None or not clef.collectivite.is_active:
            raise ClefRefusee
        _verify(clef, at=at)
        _note_usage(clef, at=at)
    return AccesClef(clef=clef, collectivite=clef.collectivite)


def _verify(clef: CleApi, *, at: datetime) -> None:
    if clef.revoked_at is not None:
        raise ClefRevoquee
    if not clef.is_usable(at):
        raise ClefExpiree


def _note_usage(clef: CleApi, *, at: datetime) -> None:
    """One write in ten minutes, whatever the traffic."""
    if clef.used_at is None or clef.used_at <= at - USAGE_ARRONDI:
        CleApi.objects.filter(pk=clef.pk).update(used_at=at)
