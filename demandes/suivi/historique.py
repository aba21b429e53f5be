"""What the usager lived of their demande: no internal note, no name of an agent, no other person's words."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from citoyens.models import PointContact
from demandes.models import Demande, Message, PieceJointe, Transfert

MESSAGES_MAX = 200
PAR = {
    "courriel": "par courriel", "sms": "par SMS", "telephone": "par téléphone", "guichet": "au guichet",
    "courrier": "par courrier", "formulaire": "en ligne", "reseau": "par un réseau social",
    "transfert": "par une autre administration",
}  # fmt: skip


@dataclass(frozen=True)
class Etape:
    """One thing lived. `texte` is shown folded; `pieces` are names of files."""

    at: datetime
    titre: str
    texte: str = ""
    pieces: list[str] = field(default_factory=list)
    is_mien: bool = False


def list_historique(demande: Demande) -> list[Etape]:
    """Return the steps, newest first (four queries at most): what came, our answers, where it went, its end."""
    steps = [*_list_messages(demande), *_list_transferts(demande)]
    if demande.closed_at is not None:
        steps.append(Etape(demande.closed_at, "Demande terminée"))
    return sorted(steps, key=lambda each: each.at, reverse=True)


def _list_messages(demande: Demande) -> Iterator[Etape]:
    lived = Message.objects.filter(demande=demande).exclude(sens=Message.Sens.INTERNE).order_by("-at", "-pk")
    messages = list(lived[:MESSAGES_MAX])
    files: dict[int, list[str]] = {}
    for piece in PieceJointe.objects.filter(message__in=[each.pk for each in messages]).order_by("pk"):
        files.setdefault(piece.message_id, []).append(piece.nom)
    others = _list_others(demande, messages)
    for message in messages:
        yield _tell(demande, message, files.get(message.pk, []), others)


def _list_others(demande: Demande, messages: list[Message]) -> set[str]:
    """Return the addresses of the other persons of the conversation, whose answers are not the demandeur's to read."""
    came = [each for each in messages if each.sens == Message.Sens.ENTRANT and each.adresse]
    others = {each.adresse.lower() for each in came if not _is_theirs(demande, each)}
    mine = {each.adresse.lower() for each in came if _is_theirs(demande, each)}
    if others and demande.usager_id is not None:
        points = PointContact.objects.filter(liens__usager=demande.usager_id)
        mine |= {text.lower() for pair in points.values_list("valeur", "normalisee") for text in pair}
    return others - mine


def _tell(demande: Demande, message: Message, pieces: list[str], others: set[str]) -> Etape:
    by = PAR.get(message.canal, "")
    if message.sens == Message.Sens.SORTANT and message.adresse.lower() in others:
        return Etape(message.at, f"La mairie a écrit à une autre personne {by}".strip())
    if message.sens == Message.Sens.SORTANT:
        titre = "Message automatique envoyé" if message.is_automatique else "La mairie vous a écrit"
        return Etape(message.at, f"{titre} {by}".strip(), message.texte, pieces)
    if _is_theirs(demande, message):
        return Etape(message.at, f"Vous avez écrit {by}".strip(), message.texte, pieces, is_mien=True)
    return Etape(message.at, f"Un message est arrivé {by}".strip())


def _is_theirs(demande: Demande, message: Message) -> bool:
    """The demandeur's own words; a demande whose demandeur is unknown has only its first sender."""
    if demande.usager_id is not None:
        return message.usager_id == demande.usager_id
    return message.usager_id is None


def _list_transferts(demande: Demande) -> Iterator[Etape]:
    for transfert in Transfert.objects.filter(demande=demande).order_by("at"):
        number = f" Son numéro là-bas\u00a0: {transfert.cible_numero}." if transfert.cible_numero else ""
        yield Etape(
            transfert.at,
            f"Transmise à {transfert.organisme}",
            f"{transfert.organisme}, {transfert.coordonnees}.{number}",
        )
