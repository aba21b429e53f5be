"""The one box: people and demandes that match what was typed, whatever it is."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from citoyens.models import PointContact, Usager
from citoyens.recherche import search_usagers
from citoyens.saisie import read_saisie
from collectivites.acces import Acces
from collectivites.permissions import Permission
from demandes.models import Demande
from demandes.recherche import find_by_numero, search_demandes

MINIMUM = 2  # letters or digits before we ask the database
LIMITE_BOITE = 7  # people shown under the box; the page shows more
LIMITE_PAGE = 25


@dataclass(frozen=True)
class Resultats:
    """What was found; `is_trop_court`: too little to look for; `is_numero`: the number of the one demande found."""

    saisie: str
    usagers: list[Usager] = field(default_factory=list)
    demandes: list[Demande] = field(default_factory=list)
    is_trop_court: bool = False
    is_numero: bool = False

    @property
    def is_vide(self) -> bool:
        """True when nothing matches."""
        return not (self.usagers or self.demandes)


def search_everything(saisie: str, acces: Acces, *, at: datetime, limite: int = LIMITE_BOITE) -> Resultats:
    """Return people first, then demandes; only what the agent may read. At most seven queries."""
    typed = " ".join(saisie.split())
    if sum(c.isalnum() for c in typed) < MINIMUM:
        return Resultats(typed, is_trop_court=True)
    annee = timezone.localtime(at).year
    demande = find_by_numero(typed, acces, annee=annee) if acces.can(Permission.DEMANDE_LIRE) else None
    if demande is not None:
        return Resultats(typed, demandes=[demande], is_numero=True)
    usagers = search_usagers(typed, limite=limite) if acces.can(Permission.USAGER_LIRE) else []
    demandes = _search_texts(typed, acces, limite=limite) if acces.can(Permission.DEMANDE_LIRE) else []
    return Resultats(typed, usagers=usagers, demandes=demandes)


def _search_texts(typed: str, acces: Acces, *, limite: int) -> list[Demande]:
    """Words are looked for in demandes; a phone, an e-mail or a date is about a person."""
    understood = read_saisie(typed)
    if understood.has_criteres or not understood.mots:
        return []
    return search_demandes(typed, acces, limite=max(4, limite // 2))


def describe_contact(usager: Usager) -> str:
    """Return what tells two namesakes apart: the preferred contact, as people read it (contacts are loaded)."""
    links = list(usager.liens_contact.all())
    phones = [each.point for each in links if each.point.is_telephone]
    others = [each.point for each in links if each.point.nature == PointContact.Nature.COURRIEL]
    shown = next(iter(phones + others), None)
    return shown.valeur if shown else ""
