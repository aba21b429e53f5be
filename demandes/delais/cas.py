"""One case of deadline, whole: what the command and the simulator compute."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from collectivites.minutes import Ouverture
from demandes.delais.calcul import Jalon, Promesse
from demandes.delais.duree import DEUX_MOIS, DIX_JOURS_OUVRES, UN_JOUR_OUVRE, Duree
from demandes.delais.engagement import compute_engagement
from demandes.delais.legal import compute_aee, compute_are, compute_sva, compute_svr
from demandes.delais.suspensions import Arret


class Regime(StrEnum):
    """Which clock."""

    ENGAGEMENT = "engagement"
    SVA = "SVA"
    SVR = "SVR"
    AEE = "AEE"
    ARE = "ARE"


LIBELLES = {
    Regime.ENGAGEMENT: "Engagement du service",
    Regime.SVA: "Silence vaut acceptation (SVA)",
    Regime.SVR: "Silence vaut rejet (SVR)",
    Regime.AEE: "Accusé d'envoi électronique (AEE)",
    Regime.ARE: "Accusé de réception électronique (ARE)",
}
PAR_DEFAUT = {
    Regime.SVA: DEUX_MOIS,
    Regime.SVR: DEUX_MOIS,
    Regime.AEE: UN_JOUR_OUVRE,
    Regime.ARE: DIX_JOURS_OUVRES,
}


@dataclass(frozen=True)
class Cas:
    """`competente_at`: when the competent administration received it, if another one did first (CRPA, L114-3)."""

    regime: Regime
    debut: datetime
    duree: Duree
    ouverture: Ouverture
    arrets: tuple[Arret, ...] = field(default=())
    competente_at: datetime | None = None


def compute_cas(cas: Cas) -> Promesse:
    """Return the deadline and its reasoning; a legal day ends at 23:59:59 on the wall clock of the calendar.

    Raises AucunJourOuvre, OverflowError.
    """
    if cas.regime == Regime.ENGAGEMENT:
        return compute_engagement(cas.debut, cas.duree, cas.ouverture, arrets=cas.arrets)
    jalon = _compute_legal(cas)
    lines = list(jalon.explication)
    if cas.arrets and cas.regime in {Regime.AEE, Regime.ARE}:
        lines.append("Aucune suspension n'allonge le délai d'un accusé.")
    elif any(arret.nature == "tiers" for arret in cas.arrets):
        lines.append("L'attente d'un tiers ne suspend pas le délai légal.")
    return Promesse(jalon.end_at(cas.ouverture.fuseau), tuple(lines))


def _compute_legal(cas: Cas) -> Jalon:
    place, zone = cas.ouverture, cas.ouverture.zone
    first = place.get_day(cas.debut)
    competent = place.get_day(cas.competente_at) if cas.competente_at else first
    if cas.regime == Regime.AEE:
        return compute_aee(first, zone, cas.duree)
    if cas.regime == Regime.ARE:
        return compute_are(competent, zone, cas.duree)
    if cas.regime == Regime.SVA:
        return compute_sva(
            first, cas.duree, competente_on=competent, zone=zone, fuseau=place.fuseau, arrets=cas.arrets
        )
    return compute_svr(first, cas.duree, zone=zone, fuseau=place.fuseau, arrets=cas.arrets)
