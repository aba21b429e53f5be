"""What each acknowledgement must say, and which of it can't be said yet. Pure rules.

An acknowledgement that lacks a mandatory mention lets no delay of appeal run against the usager (CRPA L112-6,
L112-12): a type is not published while one of them would be empty.
"""

from dataclasses import dataclass
from enum import StrEnum

from collectivites.models import Collectivite, Service
from demandes.models.delais import AccuseReception
from demandes.models.type_demande import Regime, TypeDemande

AEE, ARE, PAPIER = AccuseReception.Nature.AEE, AccuseReception.Nature.ARE, AccuseReception.Nature.PAPIER


class Mention(StrEnum):
    """One thing the text says; kept with the proof."""

    RECEPTION = "reception"  # date of reception, in the town's zone
    SERVICE = "service"  # in charge of the demande
    ADRESSE = "adresse"  # electronic or postal; postal on paper (R112-5)
    TELEPHONE = "telephone"
    REGIME = "regime"  # acceptance or rejection
    DATE = "date"  # on which the silence decides
    COMPLETUDE = "completude"  # « sous réserve que le dossier soit complet »
    ATTESTATION = "attestation"  # right to a proof of the implicit acceptance (L232-3)
    RECOURS = "recours"  # ways and delays of appeal against the implicit rejection


LIBELLES = {
    Mention.RECEPTION: "date de réception",
    Mention.SERVICE: "service chargé de la demande",
    Mention.ADRESSE: "adresse du service",
    Mention.TELEPHONE: "téléphone du service",
    Mention.REGIME: "effet du silence",
    Mention.DATE: "date de la décision implicite",
    Mention.COMPLETUDE: "réserve d'un dossier complet",
    Mention.ATTESTATION: "droit à l'attestation",
    Mention.RECOURS: "voies et délais de recours",
}
_CONTACT = (Mention.RECEPTION, Mention.SERVICE, Mention.ADRESSE, Mention.TELEPHONE)
_DECISION: dict[str, tuple[Mention, ...]] = {
    Regime.SVA: (Mention.REGIME, Mention.DATE, Mention.COMPLETUDE, Mention.ATTESTATION),
    Regime.SVR: (Mention.REGIME, Mention.DATE, Mention.COMPLETUDE, Mention.RECOURS),
}


@dataclass(frozen=True)
class Coordonnees:
    """How to reach who answers: the service's own, else the town's. Any of them may be empty."""

    service: str
    postale: str
    courriel: str
    telephone: str


def read_coordonnees(service: Service | None, collectivite: Collectivite) -> Coordonnees:
    """Return the address, e-mail and phone to print, each taken from the service or else from the town."""
    ville = f"{collectivite.code_postal} {collectivite.ville}".strip()
    return Coordonnees(
        service=service.nom if service else "",
        postale=(service.adresse if service else "") or ", ".join(filter(None, [collectivite.adresse, ville])),
        courriel=(service.courriel if service else "") or collectivite.courriel,
        telephone=(service.telephone if service else "") or collectivite.telephone,
    )


def list_required(nature: str, type_: TypeDemande | None) -> tuple[Mention, ...]:
    """Return the mentions due: an AEE gives the date, the others the service, and what silence means when it does.

    Source: CRPA R112-11-2 (AEE), R112-11-1 (ARE), R112-5 (paper). A regime still to be checked by the town's lawyer
    is announced by nothing.
    """
    if nature == AEE:
        return (Mention.RECEPTION,)
    if type_ is None or type_.is_silence_a_verifier:
        return _CONTACT
    return _CONTACT + _DECISION.get(type_.regime_silence, ())


def missing_mentions(
    type_: TypeDemande | None, service: Service | None, collectivite: Collectivite, *, is_papier: bool = False
) -> list[str]:
    """Return what keeps the acknowledgement of receipt from being complete, named in French; empty when it can be.

    On paper the address must be a postal one (R112-5, 1°).
    """
    if type_ is None:
        return ["Le type de la demande\u00a0: il dit quel service répond et ce que vaut le silence."]
    return [*_miss_service(service, collectivite, is_papier=is_papier), *_miss_regime(type_)]


def _miss_service(service: Service | None, town: Collectivite, *, is_papier: bool) -> list[str]:
    known = read_coordonnees(service, town)
    missing = []
    if not known.service:
        missing.append("Le service qui répond\u00a0: l'accusé doit le nommer.")
    if not known.telephone:
        missing.append("Un téléphone, celui du service ou de la collectivité.")
    if is_papier and not known.postale:
        missing.append("Une adresse postale, du service ou de la collectivité.")
    elif not (known.courriel or known.postale):
        missing.append("Une adresse électronique ou postale, du service ou de la collectivité.")
    return missing


def _miss_regime(type_: TypeDemande) -> list[str]:
    missing = []
    if type_.regime_silence != Regime.AUCUN and not type_.silence_base.strip():
        missing.append("Le texte qui fonde le régime du silence.")
    if type_.regime_silence in {Regime.SVA, Regime.SVR} and type_.silence_lu_on is None:
        missing.append("La date à laquelle ce texte a été lu.")
    if type_.regime_silence == Regime.SVR and not type_.recours.strip():
        missing.append("Les voies et délais de recours\u00a0: ils sont dus quand le silence vaut rejet.")
    return missing
