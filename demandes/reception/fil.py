"""Which conversation a message goes on with.

Two proofs, and both are needed: the message quotes something of ours (a signed reference, or a Message-ID of that
conversation), and its sender is known there. A stranger who quotes another person's reference gets a demande of their
own (freescout#2375: replies that landed in somebody else's conversation).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from citoyens.models import PointContact
from demandes.models import Demande, Message, PartieDemande
from demandes.travail.fusionnees import find_all_kept, find_kept
from socle.courriel import Courriel
from socle.identifiants import read_references

_MARQUE = re.compile(r"[A-Z]{3}-\d{4}-\d{4,9}-[0-9a-f]{12}", re.IGNORECASE)
_NUMERO = re.compile(r"\b[A-Z]{3}-\d{4}-\d{4,9}\b", re.IGNORECASE)
CITATIONS_MAX = 50  # the last ones of a long References field


@dataclass(frozen=True)
class Fil:
    """`demande`: the one to add to. `citee`: one the message names without the right to enter it."""

    demande: Demande | None = None
    citee: Demande | None = None


def find_fil(courriel: Courriel, adresse: str, *, collectivite_id: int) -> Fil:
    """Return the conversation of a message whose sender is `adresse` (lower case)."""
    candidates = _quoted_demandes(courriel, collectivite_id)
    for demande in candidates:
        if is_known_there(demande, adresse):
            return Fil(demande=demande)
    return Fil(citee=next(iter(candidates), None) or _named_demande(courriel))


def is_known_there(demande: Demande, adresse: str) -> bool:
    """True when a party of the demande is reached at this address, or has already written from it."""
    written = Message.objects.filter(demande=demande, sens=Message.Sens.ENTRANT, adresse__iexact=adresse)
    if written.exists():
        return True
    usagers = PartieDemande.objects.filter(demande=demande).values("usager_id")
    reached = Q(liens__usager_id__in=usagers) | Q(liens__usager_id=demande.usager_id)
    points = PointContact.objects.filter(nature=PointContact.Nature.COURRIEL, normalisee=adresse)
    return points.filter(reached).exists()


def _quoted_demandes(courriel: Courriel, collectivite_id: int) -> list[Demande]:
    """Demandes proved by a signature first, then those of which a Message-ID is quoted; the latest quoted first."""
    numeros = list_signed_numbers(courriel, collectivite_id)
    identifiants = [courriel.in_reply_to, *reversed(courriel.references[-CITATIONS_MAX:])]
    quoted = [identifiant for identifiant in identifiants if identifiant]
    if not numeros and not quoted:
        return []
    spelled = [form for identifiant in quoted for form in (identifiant, f"<{identifiant}>")]
    by_message = Message.objects.filter(message_id__in=spelled).values("demande_id")
    found = Demande.objects.filter(Q(numero__in=numeros) | Q(pk__in=by_message))
    ranked = sorted(found, key=lambda demande: (demande.numero not in numeros, -demande.pk))
    return find_all_kept(ranked)  # what quotes a merged demande goes on with the one kept


def list_signed_numbers(courriel: Courriel, collectivite_id: int) -> list[str]:
    """Numbers whose signature is ours, from the subject, the quoted Message-IDs and the addresses written to."""
    textes: Iterable[str] = (
        courriel.objet[:1000],
        courriel.in_reply_to,
        *courriel.references[-CITATIONS_MAX:],
        *courriel.destinataires[:CITATIONS_MAX],
    )
    marques = "".join(f"[{marque}]" for texte in textes for marque in _MARQUE.findall(texte))
    return read_references(marques, collectivite_id=collectivite_id)


def _named_demande(courriel: Courriel) -> Demande | None:
    """A bare number in the subject proves nothing, but it is worth telling the agent."""
    numeros = [numero.upper() for numero in _NUMERO.findall(courriel.objet[:1000])]
    named = Demande.objects.filter(numero__in=numeros).first() if numeros else None
    return find_kept(named) if named else None
