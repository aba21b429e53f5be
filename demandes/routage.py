"""Who answers, in which domain, by when: pure rules, then the one that reads the calendar."""

from datetime import datetime
from zoneinfo import ZoneInfo

from collectivites.calendrier import read_calendrier
from collectivites.domaines import RESERVES, Domaine
from collectivites.models import Collectivite, Service
from demandes.cycle import Etat
from demandes.models import TypeDemande


def choose_domaine(type_: TypeDemande | None, service: Service | None) -> str:
    """Return the domain of a demande: its type's; a sealed one (of the type or of the service) always wins."""
    found = [each.domaine for each in (type_, service) if each is not None]
    sealed = [domaine for domaine in found if domaine in RESERVES]
    return (sealed or found or [Domaine.GENERAL.value])[0]


def choose_service(type_: TypeDemande | None, service: Service | None) -> Service | None:
    """Return the service asked for, else the default one of the type."""
    return service or (type_.service if type_ else None)


def choose_etat(type_: TypeDemande | None, service: Service | None) -> str:
    """Return « à qualifier » as long as nobody knows what it is about or who answers."""
    return (Etat.A_TRAITER if type_ and service else Etat.NOUVELLE).value


def compute_echeance(
    type_: TypeDemande | None, *, received_at: datetime, collectivite: Collectivite
) -> datetime | None:
    """Return the end of the last business day of the engagement (two queries); None while the type is unknown."""
    if type_ is None:
        return None
    first = received_at.astimezone(ZoneInfo(collectivite.fuseau)).date()
    return read_calendrier(collectivite, depuis=first).add(received_at, type_.engagement_jours)
