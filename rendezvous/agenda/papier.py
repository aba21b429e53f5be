"""The day on paper: one sheet for each agent or counter, everything needed to receive without a screen."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from citoyens.models import LienContact
from collectivites.acces import Acces
from collectivites.models.organisation import show_minute
from rendezvous.agenda.blocs import Bloc
from rendezvous.agenda.filtres import Filtres
from rendezvous.agenda.journee import GROUPES, Ligne, filter_day, show_ligne
from rendezvous.agenda.lecture import Colonne, load_agenda
from rendezvous.models import RendezVous
from socle.ecriture import ESPACE
from socle.telephone import show_numero


@dataclass(frozen=True)
class LignePapier:
    """A line of a sheet: an appointment and where to call, or taken time about which nothing is said."""

    ligne: Ligne | None
    bloc: Bloc
    telephones: str = ""

    @property
    def heures(self) -> str:
        """« 9 h 00 – 9 h 20 »."""
        return f"{show_minute(self.bloc.debut)}{ESPACE}– {show_minute(self.bloc.fin)}"

    @property
    def libelle(self) -> str:
        """What is said of time that is not an appointment one may read: a session has a name, the rest has none."""
        if self.bloc.seance is None:
            return "Occupé"
        seance = self.bloc.seance
        return f"{seance.titre or seance.motif.libelle}, {seance.inscrits} inscrit{'s' if seance.inscrits > 1 else ''}"


@dataclass(frozen=True)
class Feuille:
    """The sheet of one resource."""

    colonne: Colonne
    rangees: list[LignePapier]

    @property
    def lignes(self) -> list[Ligne]:
        """The appointments that may be read."""
        return [each.ligne for each in self.rangees if each.ligne is not None]


def load_feuilles(filtres: Filtres, acces: Acces, *, at: datetime) -> list[Feuille]:
    """Return a sheet for each resource that receives or is booked that day."""
    shown = load_agenda(Filtres(filtres.jour, "jour", filtres.sujet, filtres.sujet_id), acces, at=at)
    standing = GROUPES[""][1]
    rows = {row.pk: row for row in filter_day(filtres, acces).filter(etat__in=standing)}
    phones = _load_telephones([row.usager_id for row in rows.values() if row.usager_id])
    return [
        Feuille(column, [_write(bloc, rows, phones, at) for bloc in column.blocs])
        for column in shown.colonnes if column.blocs or column.ouvertures
    ]  # fmt: skip


def _write(bloc: Bloc, rows: dict[int, RendezVous], phones: dict[int, list[str]], at: datetime) -> LignePapier:
    rdv = rows.get(bloc.rendezvous.pk) if bloc.rendezvous else None
    if rdv is None:
        return LignePapier(None, bloc)
    known = [rdv.telephone] if rdv.telephone else phones.get(rdv.usager_id or 0, [])
    return LignePapier(show_ligne(rdv, at=at), bloc, ", ".join(show_numero(each) for each in known[:2]))


def _load_telephones(usager_ids: list[int]) -> dict[int, list[str]]:
    """Return the numbers of these usagers, the preferred one first (one query)."""
    rows = LienContact.objects.filter(usager_id__in=usager_ids, point__nature__in=("mobile", "fixe"))
    found: dict[int, list[str]] = defaultdict(list)
    for link in rows.select_related("point").order_by("-is_prefere", "pk"):
        found[link.usager_id].append(link.point.normalisee)
    return found
