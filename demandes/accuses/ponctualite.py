"""Was the acknowledgement on time, measured twice: by the law, and by Services Publics +. Pure rules."""

from dataclasses import dataclass
from datetime import date

from demandes.accuses.mentions import AEE
from demandes.delais.autres import compute_services_publics_plus
from demandes.delais.legal import compute_aee, compute_are


@dataclass(frozen=True)
class Ponctualite:
    """`legale` is None on paper: the law gives no delay there."""

    legale: bool | None
    services_publics_plus: bool


def judge(nature: str, *, canal: str, recue_on: date, emis_on: date, zone: str | None) -> Ponctualite:
    """Compare local days of the town: R112-11-2 (one business day for the AEE, ten for the ARE); engagement 4 of
    Services Publics + (seven days, fourteen for what came by letter). `canal` is the one the demande came by."""
    charte = compute_services_publics_plus(recue_on, "courrier" if canal == "courrier" else "electronique").jour
    limit = (compute_aee if nature == AEE else compute_are)(recue_on, zone).jour
    legale = None if canal == "courrier" or limit is None else emis_on <= limit
    return Ponctualite(legale, charte is not None and emis_on <= charte)
