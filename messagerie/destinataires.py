"""What may be written in a message: addresses, numbers and headers that can't smuggle anything."""

import re
from email.utils import parseaddr

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from messagerie.models import Envoi
from socle.telephone import NumeroIllisible, is_mobile, parse_numero, show_numero


class MessageRefuse(ValueError):
    """The message can't be queued; `str()` is a French sentence for the agent."""


_NOM = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_CONTROLE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
# Written by us from columns of their own, or by the standard library.
RESERVES = frozenset(
    "from sender to cc bcc subject date reply-to mime-version content-type content-transfer-encoding "
    "content-disposition return-path received resent-to resent-cc resent-bcc".split()
)


def normalise_destinataire(canal: str, destinataire: str) -> str:
    """Return the bare address, or the mobile number in E.164. Raises MessageRefuse."""
    return _normalise_numero(destinataire) if canal == Envoi.Canal.SMS else check_adresse(destinataire)


def check_adresse(adresse: str) -> str:
    """Return one bare e-mail address. Raises MessageRefuse."""
    adresse = adresse.strip()
    try:
        validate_email(adresse)
    except ValidationError:
        raise MessageRefuse(f"«\u00a0{adresse}\u00a0» n'est pas une adresse électronique.") from None
    return adresse


def _normalise_numero(numero: str) -> str:
    try:
        e164 = parse_numero(numero)
    except NumeroIllisible as error:
        raise MessageRefuse(str(error)) from None
    if not is_mobile(e164):
        raise MessageRefuse(f"Le {show_numero(e164)} n'est pas un mobile\u00a0: il ne reçoit pas de SMS.")
    return e164


def normalise_expediteur(canal: str, expediteur: str) -> str:
    """Return « "Nom" <adresse> » on one line, or the name of an SMS; empty stays empty. Raises MessageRefuse."""
    expediteur = flatten(expediteur)
    if expediteur and canal == Envoi.Canal.COURRIEL:
        check_adresse(parseaddr(expediteur)[1])
    return expediteur


def check_entetes(entetes: dict[str, str]) -> dict[str, str]:
    """Return a copy of the headers, into which a message may write its own. Raises MessageRefuse for a reserved name
    or a control character.
    """
    for name, value in entetes.items():
        if not _NOM.fullmatch(name) or name.lower() in RESERVES or _CONTROLE.search(value):
            raise MessageRefuse(f"L'en-tête «\u00a0{name}\u00a0» ne peut pas être écrit.")
    return dict(entetes)


def flatten(objet: str) -> str:
    """Return a subject on one line."""
    return " ".join(_CONTROLE.sub(" ", objet).split())[:998]
