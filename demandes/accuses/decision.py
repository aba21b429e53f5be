"""What silence will mean, in words an usager understands, with what the law wants beside it. Pure rules."""

from dataclasses import dataclass
from datetime import date

from demandes.accuses.mentions import Mention
from demandes.models import NatureEcheance, TypeDemande
from socle.ecriture import write_date, write_jour

ATTESTATION = " de cette acceptation (article L232-3 du code des relations entre le public et l'administration)."
A_VERIFIER = "Le service vous dira ce que vaudrait une absence de réponse, et à partir de quelle date."


@dataclass(frozen=True)
class Silence:
    """What the legal clock says: `nature` decision or reponse, `effet` acceptation, rejet or empty."""

    nature: str
    effet: str
    jour: date | None
    base: str


@dataclass(frozen=True)
class Bloc:
    """The paragraph to print, and the mentions it holds, each with the words that carry it."""

    texte: str
    porte: dict[Mention, str]


VIDE = Bloc("", {})


def describe_decision(type_: TypeDemande | None, silence: Silence | None, *, court: bool = False) -> Bloc:
    """Return what the acknowledgement says of an absence of answer (CRPA R112-11-1 3° to 5°, R112-5 2° and 4°).

    A regime still to be checked is announced by nothing but a neutral sentence. `court` is for an SMS.
    """
    if type_ is not None and type_.is_silence_a_verifier:
        return VIDE if court else Bloc(A_VERIFIER, {})
    if silence is None or silence.jour is None:
        return VIDE
    if silence.nature == NatureEcheance.REPONSE:
        return _promise(silence, court=court)
    return _accept(silence, court=court) if silence.effet == "acceptation" else _reject(type_, silence, court=court)


def _promise(silence: Silence, *, court: bool) -> Bloc:
    jour = _write(silence.jour, court=court)
    return Bloc(f"Une réponse vous est due au plus tard le {jour} ({silence.base}).", {Mention.DATE: jour})


def _accept(silence: Silence, *, court: bool) -> Bloc:
    jour = _write(silence.jour, court=court)
    said = f"Sans réponse de notre part le {jour}, votre demande sera acceptée"
    reserve, right = "si votre dossier est complet", "Vous pourrez alors demander une attestation"
    base = "" if court else f" Texte applicable\u00a0: {silence.base.rstrip('. ')}."
    law = "." if court else ATTESTATION
    text = f"{said}, {reserve}. {right}{law}{base}"
    carried = {Mention.REGIME: said, Mention.DATE: jour, Mention.COMPLETUDE: reserve, Mention.ATTESTATION: right}
    return Bloc(text, carried)


def _reject(type_: TypeDemande | None, silence: Silence, *, court: bool) -> Bloc:
    jour = _write(silence.jour, court=court)
    said = f"Sans réponse de notre part le {jour}, votre demande sera rejetée"
    reserve = "sous réserve que votre dossier soit complet"
    recours = type_.recours.strip() if type_ is not None else ""
    base = "" if court else f" Texte applicable\u00a0: {silence.base.rstrip('. ')}."
    text = f"{said}, {reserve}.{base}"
    carried = {Mention.REGIME: said, Mention.DATE: jour, Mention.COMPLETUDE: reserve}
    if not recours:
        return Bloc(text, carried)
    gap = " " if court else "\n\n"
    return Bloc(f"{text}{gap}Voies et délais de recours\u00a0: {recours}", carried | {Mention.RECOURS: recours})


def _write(day: date | None, *, court: bool) -> str:
    assert day is not None  # noqa: S101 checked by describe_decision
    return write_date(day) if court else write_jour(day, annee=True)
