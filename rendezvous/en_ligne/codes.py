"""The code that proves an address before an appointment is confirmed: six digits, ten minutes, five tries.

Tries are counted in the database in one statement: two at once count for two. Only a keyed hash is kept.
"""

import hashlib
import hmac
import secrets
import time
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from rendezvous.messages.envois import queue_code
from rendezvous.models import CodeConfirmation, RendezVous

DUREE = timedelta(minutes=10)
ESSAIS_MAX = 5
ENVOIS_MAX = 5  # the first, and four more
PAR_DESTINATAIRE = 8  # codes to one address in an hour, whoever asks: nobody is drowned by a stranger
HEURE = 3600


class CodeRefuse(Exception):
    """The code does not open. The message is a French sentence."""


class CodeFaux(CodeRefuse):
    """Another code was sent."""

    def __init__(self, reste: int) -> None:
        tries = f"Il vous reste {reste} essai{'s' if reste > 1 else ''}." if reste else "Demandez un nouveau code."
        super().__init__(f"Ce code n'est pas celui que nous avons envoyé. {tries}")


class CodePerime(CodeRefuse):
    """Ten minutes have passed, or it was never sent."""

    def __init__(self) -> None:
        super().__init__("Ce code n'est plus valable\u00a0: il dure dix minutes. Demandez-en un nouveau.")


class TropEssais(CodeRefuse):
    """Five wrong ones."""

    def __init__(self) -> None:
        super().__init__("Trop d'essais avec ce code. Demandez-en un nouveau.")


class TropEnvois(CodeRefuse):
    """Too many codes."""

    def __init__(self) -> None:
        super().__init__("Nous avons déjà envoyé plusieurs codes. Attendez un peu, ou appelez-nous.")


@transaction.atomic
def send_code(
    *, rendezvous: RendezVous, canal: str, destinataire: str, saisie: dict[str, Any], at: datetime
) -> CodeConfirmation:
    """Draw a code, keep what was typed, queue the message. The former code dies.

    Raises TropEnvois, MessageRefuse when the address can't be written to.
    """
    found = CodeConfirmation.objects.select_for_update().filter(rendezvous=rendezvous).first()
    if (found and found.envois >= ENVOIS_MAX) or is_drowned(destinataire):
        raise TropEnvois
    code = draw_code()
    row = found or CodeConfirmation(rendezvous=rendezvous, created_at=at, envois=0)
    row.canal, row.destinataire, row.saisie = canal, destinataire, saisie
    row.code_hash, row.essais, row.envois, row.expire_at = _hash(rendezvous, code), 0, row.envois + 1, at + DUREE
    row.save()
    queue_code(rendezvous=rendezvous, canal=canal, destinataire=destinataire, code=code, at=at)
    return row


def keep_saisie(*, rendezvous: RendezVous, saisie: dict[str, Any]) -> None:
    """Keep what was typed again for the same address: the code already sent stays good."""
    CodeConfirmation.objects.filter(rendezvous=rendezvous).update(saisie=saisie)


def carry_saisie(row: CodeConfirmation, option: RendezVous, *, at: datetime) -> None:
    """Another slot was chosen: what was typed follows it, the code does not; sendings stay counted."""
    row.pk, row._state.adding = None, True  # noqa: SLF001 a copy, the documented way
    row.rendezvous, row.code_hash, row.expire_at = option, "", at
    row.save()


def verify_code(*, rendezvous: RendezVous, typed: str, at: datetime) -> CodeConfirmation:
    """Count one try and return the row if the code is the one sent. Raises CodeRefuse (the try stays counted)."""
    rows = CodeConfirmation.objects.filter(rendezvous=rendezvous)
    if not rows.filter(essais__lt=ESSAIS_MAX).update(essais=F("essais") + 1):
        raise TropEssais if rows.exists() else CodePerime
    row = rows.get()
    if row.expire_at <= at:
        raise CodePerime
    if not hmac.compare_digest(row.code_hash, _hash(rendezvous, read_digits(typed))):
        raise CodeFaux(ESSAIS_MAX - row.essais)
    return row


def find_code(rendezvous: RendezVous) -> CodeConfirmation | None:
    """Return what was typed, and waits for its code when one was sent (`code_hash` not empty)."""
    return CodeConfirmation.objects.filter(rendezvous=rendezvous).first()


def _hash(rendezvous: RendezVous, code: str) -> str:
    return hash_code(str(rendezvous.pk), code)


def hash_code(quoi: str, code: str) -> str:
    """Return what is kept of a code that proves `quoi`.

    One in a million would be found from a bare hash: the key of the installation is needed.
    """
    key = hashlib.sha256(b"guichet.rendezvous.code" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, f"{quoi}:{code}".encode(), hashlib.sha256).hexdigest()


def draw_code() -> str:
    """Return six digits."""
    return f"{secrets.randbelow(1_000_000):06}"


def read_digits(typed: str) -> str:
    """Return the digits of what was typed: « 482 913 » is a code too."""
    return "".join(sign for sign in typed if sign.isascii() and sign.isdigit())


def is_drowned(destinataire: str) -> bool:
    """Count one code to an address; Redis away, nobody is refused."""
    who = salted_hmac("rendezvous.code", destinataire, algorithm="sha256").hexdigest()[:24]
    key = f"debit:rdv-code:{who}:{int(time.time()) // HEURE}"
    cache.add(key, 0, timeout=2 * HEURE)
    try:
        return int(cache.incr(key)) > PAR_DESTINATAIRE
    except ValueError:  # evicted between the two
        return False
