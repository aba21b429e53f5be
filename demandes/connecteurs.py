"""Doors for programs: opened with a secret shown once, changed, closed, found again by the token of their address."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from collectivites.acteur import Acteur
from collectivites.models import Service
from demandes.models import Connecteur
from journal.actions import record
from messagerie.chiffrement import IllisiblesIdentifiants, decrypt, encrypt

ARRONDI = timedelta(seconds=30)  # `last_received_at` is written this often at most


class NomPris(Exception):
    """Another connector of the town has this name."""

    def __init__(self) -> None:
        super().__init__("Un autre connecteur porte déjà ce nom. Choisissez-en un autre.")


@dataclass(frozen=True)
class Clefs:
    """What is shown once: the token of the address and the secret that signs."""

    jeton: str
    secret: str


def hash_jeton(jeton: str) -> str:
    """Return what the database keeps of a token: 192 random bits need neither salt nor slow hash."""
    return hashlib.sha256(jeton.encode()).hexdigest()


def find_connecteur(jeton: str, *genres: str) -> Connecteur | None:
    """Return the connector in service whose address holds this token, in the active town."""
    found = Connecteur.objects.filter(jeton=hash_jeton(jeton), genre__in=genres, is_active=True)
    return found.select_related("service").first()


def read_secret(connecteur: Connecteur) -> str:
    """Return the secret; empty (which signs nothing) when it was written with a key this installation lost."""
    try:
        return decrypt(connecteur.secret).get("secret", "")
    except IllisiblesIdentifiants:
        return ""


@transaction.atomic
def create_connecteur(
    *, genre: str, libelle: str, service: Service | None = None, by: Acteur, at: datetime
) -> tuple[Connecteur, Clefs]:
    """Open a door. Raises NomPris."""
    clefs = _draw()
    connecteur = Connecteur(genre=genre, libelle=libelle, service=service, created_at=at, **_kept(clefs))
    try:
        with transaction.atomic():
            connecteur.save(force_insert=True)
    except IntegrityError as error:
        if "connecteur_libelle_unique" not in str(error):
            raise
        raise NomPris from error
    _tell(connecteur, "connecteur.cree", by=by, at=at)
    return connecteur, clefs


@transaction.atomic
def renew_clefs(*, connecteur: Connecteur, by: Acteur, at: datetime) -> Clefs:
    """Change address and secret; the former ones open nothing from now on."""
    clefs = _draw()
    Connecteur.objects.filter(pk=connecteur.pk).update(erreur="", **_kept(clefs))
    _tell(connecteur, "connecteur.clefs", by=by, at=at)
    return clefs


@transaction.atomic
def set_active(*, connecteur: Connecteur, is_active: bool, by: Acteur, at: datetime) -> None:
    """Close the door, or open it again."""
    if Connecteur.objects.filter(pk=connecteur.pk).exclude(is_active=is_active).update(is_active=is_active):
        _tell(connecteur, "connecteur.ouvert" if is_active else "connecteur.ferme", by=by, at=at)


def note_received(connecteur: Connecteur, *, at: datetime, erreur: str = "") -> None:
    """Write that something came, and what was wrong with it if anything; not at each message of a rush."""
    fresh = connecteur.last_received_at is not None and at - connecteur.last_received_at < ARRONDI
    if fresh and connecteur.erreur == erreur:
        return
    facts = {"erreur": erreur[:300]} | ({} if erreur else {"last_received_at": at})
    Connecteur.objects.filter(pk=connecteur.pk).update(**facts)


def _draw() -> Clefs:
    return Clefs(jeton=secrets.token_urlsafe(24), secret=secrets.token_urlsafe(32))


def _kept(clefs: Clefs) -> dict[str, str | bytes]:
    return {"jeton": hash_jeton(clefs.jeton), "secret": encrypt({"secret": clefs.secret})}


def _tell(connecteur: Connecteur, verbe: str, *, by: Acteur, at: datetime) -> None:
    record(verbe=verbe, objet_type="connecteur", objet_id=connecteur.pk, libelle=connecteur.libelle, by=by, at=at)
