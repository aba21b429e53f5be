"""Which appointments an absence leaves, and what may be proposed for each."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from collectivites.acces import Acces
from collectivites.models import Lieu
from rendezvous.absences.propositions import Situe, Touche, assign
from rendezvous.creneaux.lots import find_creneaux_de
from rendezvous.creneaux.modele import JOURS_MAX, Creneau
from rendezvous.etats import Etat
from rendezvous.heures import MINUTES_JOUR, get_day, get_minute, to_instant
from rendezvous.models import Indisponibilite, Motif, RendezVous, RendezVousQuerySet
from rendezvous.offre.indisponibilites import list_touches
from rendezvous.offre.orphelins import list_orphelins

LIGNES_MAX = 300
SUITE = timedelta(days=28)  # days looked at after the last appointment
DEPLACABLES = (Etat.CONFIRME, Etat.PRESENT)


@dataclass(frozen=True)
class Absence:
    """Who or what is away, when: local days, minutes of each day. `indisponibilite`: a saved one says it all.

    `is_orphelins`: the appointments that no range holds any more, of `ressource_id` or of everybody.
    """

    ressource_id: int | None = None
    lieu_id: int | None = None
    du: date | None = None
    au: date | None = None
    debut_minute: int = 0
    fin_minute: int = MINUTES_JOUR
    indisponibilite: Indisponibilite | None = None
    is_orphelins: bool = False

    @property
    def is_complete(self) -> bool:
        """True when appointments can be looked for."""
        named = bool(self.ressource_id or self.lieu_id)
        return self.is_orphelins or self.indisponibilite is not None or (named and self.du is not None)

    def holds(self, debut_at: datetime, fin_at: datetime, *, ressource_id: int, lieu: Lieu) -> bool:
        """True when this time of this resource at this lieu is inside what was typed."""
        if self.du is None or self.is_orphelins or self.indisponibilite is not None:
            return False  # the search already leaves those out
        if (self.ressource_id and ressource_id != self.ressource_id) or (self.lieu_id and lieu.pk != self.lieu_id):
            return False
        return self.covers(debut_at, fin_at, lieu.fuseau)

    def covers(self, debut_at: datetime, fin_at: datetime, fuseau: str) -> bool:
        """True when this time overlaps the hours of one of the days."""
        day = get_day(debut_at, fuseau)
        if self.du is None or not self.du <= day <= (self.au or self.du):
            return False
        start, end = (to_instant(day, minute, fuseau) for minute in (self.debut_minute, self.fin_minute))
        return debut_at < end and fin_at > start


def list_absents(absence: Absence, acces: Acces, *, at: datetime) -> tuple[list[RendezVous], int]:
    """Return the appointments to settle that this agent reads, soonest first, and how many more are sealed."""
    rows = _find(absence, acces, at=at)
    seen = [rdv for rdv in rows if rdv.domaine in acces.domaines and rdv.etat in DEPLACABLES]
    return seen[:LIGNES_MAX], sum(rdv.domaine not in acces.domaines for rdv in rows)


def _find(absence: Absence, acces: Acces, *, at: datetime) -> list[RendezVous]:
    if absence.indisponibilite is not None:
        return list_touches(absence.indisponibilite, at=at)
    if absence.is_orphelins:
        return list_orphelins(_of(RendezVous.objects.visible_to(acces), absence), at=at)
    if absence.du is None:
        return []
    days = (absence.du, absence.au or absence.du)
    rows = _of(RendezVous.objects.live(), absence).filter(fin_at__gt=at, jour__range=days)
    coming = rows.for_list().order_by("debut_at", "pk")[: LIGNES_MAX * 2]
    return [rdv for rdv in coming if absence.covers(rdv.debut_at, rdv.fin_at, rdv.lieu.fuseau)]


def _of(rows: RendezVousQuerySet, absence: Absence) -> RendezVousQuerySet:
    if absence.lieu_id:
        rows = rows.filter(lieu_id=absence.lieu_id)
    if absence.ressource_id:
        who = absence.ressource_id
        rows = rows.filter(
            Q(occupations__ressource_id=who, occupations__is_actif=True) | Q(seance__ressource_id=who)
        ).distinct()
    return rows


def list_chosen(acces: Acces, ids: Sequence[int]) -> list[RendezVous]:
    """Return those still to be held among the ones ticked that this agent reads, soonest first (one query)."""
    rows = RendezVous.objects.visible_to(acces).filter(pk__in=ids, etat__in=DEPLACABLES)
    return list(rows.for_list().order_by("debut_at", "pk")[:LIGNES_MAX])


def propose(rendezvous: Sequence[RendezVous], absence: Absence, *, at: datetime) -> dict[int, list[Creneau]]:
    """Return where each could go, the proposed slot first. Five queries for each number of persons."""
    if not rendezvous:
        return {}
    lieux = Lieu.objects.in_bulk()
    first = min(rdv.jour for rdv in rendezvous)
    last = min(max(rdv.jour for rdv in rendezvous) + SUITE, first + timedelta(days=JOURS_MAX - 1))
    offres: dict[tuple[int, int], list[Situe]] = {}
    for personnes, motifs in _group(rendezvous).items():
        found = find_creneaux_de(motifs, du=first, au=last, at=at, personnes=personnes, pour_agent=True)
        for motif_id, slots in found.items():
            offres[motif_id, personnes] = [
                _situate(slot, lieux[slot.lieu_id])
                for slot in slots
                if not absence.holds(
                    slot.debut_at, slot.fin_at, ressource_id=slot.ressource_id, lieu=lieux[slot.lieu_id]
                )
            ]
    return assign([_describe(rdv) for rdv in rendezvous], offres)


def _group(rendezvous: Sequence[RendezVous]) -> dict[int, list[Motif]]:
    groups: dict[int, dict[int, Motif]] = defaultdict(dict)
    for rdv in rendezvous:
        if rdv.motif.is_active:
            groups[rdv.personnes][rdv.motif_id] = rdv.motif
    return {personnes: list(motifs.values()) for personnes, motifs in groups.items()}


def _situate(slot: Creneau, lieu: Lieu) -> Situe:
    return Situe(slot, get_day(slot.debut_at, lieu.fuseau), get_minute(slot.debut_at, lieu.fuseau))


def _describe(rdv: RendezVous) -> Touche:
    zone = rdv.lieu.fuseau
    return Touche(
        pk=rdv.pk, motif_id=rdv.motif_id, personnes=rdv.personnes, lieu_id=rdv.lieu_id, jour=rdv.jour,
        minute=get_minute(rdv.debut_at, zone),
        duree=rdv.fin_at - rdv.debut_at + timedelta(minutes=rdv.motif.battement_minutes),
    )  # fmt: skip
