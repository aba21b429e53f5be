"""Moving an appointment: where to, whether it is free, why not, who will be told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from collectivites.acces import Acces
from collectivites.models import Lieu
from collectivites.models.organisation import show_minute
from rendezvous.agenda.blocs import load_blocs, write_local
from rendezvous.agenda.filtres import read_jour
from rendezvous.agenda.fonds import Fonds, clip, load_fonds
from rendezvous.creneaux.alternatives import find_alternatives
from rendezvous.creneaux.modele import Creneau, RechercheRefusee
from rendezvous.creneaux.recherche import find_creneaux, find_places
from rendezvous.heures import MINUTES_JOUR, get_day, to_instant
from rendezvous.models import RendezVous, Ressource, Seance
from socle.ecriture import ESPACE
from socle.nombres import read_nombre
from socle.telephone import show_numero

JOURS = 14  # days of slots on one page


@dataclass(frozen=True)
class Cible:
    """Where one wants to move: a start, a lieu, a resource (and the session of a collective motif)."""

    creneau: Creneau
    lieu: Lieu
    ressource: Ressource

    @property
    def debut(self) -> datetime:
        """The wall clock of the lieu."""
        return write_local(self.creneau.debut_at, self.lieu.fuseau)

    @property
    def fin(self) -> datetime:
        """The wall clock of the lieu."""
        return write_local(self.creneau.fin_at, self.lieu.fuseau)


@dataclass(frozen=True)
class Verdict:
    """Whether the time may be taken; if not, why, and the nearest free ones."""

    is_libre: bool
    raison: str = ""
    alternatives: list[Cible] = field(default_factory=list)


def list_ressources_de(rdv: RendezVous) -> list[int]:
    """Return who receives this appointment now."""
    return [each.ressource_id for each in rdv.occupations.all()]


def read_cible(query: Mapping[str, str], rdv: RendezVous, acces: Acces) -> Cible | None:
    """Read a time: `debut` (an instant), or `jour` and `minute` (where a block was dropped). None for nonsense."""
    ressource = Ressource.objects.filter(pk=read_nombre(query.get("ressource", "")) or 0, is_active=True).first()
    if ressource is None:
        return None
    lieux = Lieu.objects.in_bulk()
    day, minute = read_jour(query.get("jour", "")), read_nombre(query.get("minute", ""), maximum=MINUTES_JOUR - 1)
    if day is not None and minute is not None:
        lieu = _find_lieu(ressource, day, lieux, acces) or rdv.lieu
        start: datetime | None = to_instant(day, minute, lieu.fuseau)
    else:
        lieu, start = (
            lieux.get(read_nombre(query.get("lieu", "")) or 0, rdv.lieu),
            read_instant(query.get("debut", "")),
        )
    if start is None:
        return None
    seance = read_nombre(query.get("seance", ""))
    return Cible(build_creneau(rdv, start, lieu.pk, ressource.pk, seance), lieu, ressource)


def read_instant(text: str) -> datetime | None:
    """Read an instant with its offset; None for anything else."""
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        return None
    return start.astimezone(UTC) if start.tzinfo and 2000 <= start.year <= 2100 else None


def _find_lieu(ressource: Ressource, day: date, lieux: dict[int, Lieu], acces: Acces) -> Lieu | None:
    return _read_fonds(ressource, day, lieux, acces).find_lieu(ressource.pk, day)


def _read_fonds(ressource: Ressource, day: date, lieux: dict[int, Lieu], acces: Acces) -> Fonds:
    town = acces.collectivite
    return load_fonds([ressource], du=day, au=day, lieux=lieux, fuseau=town.fuseau, zone_feries=town.zone_feries)


def build_creneau(rdv: RendezVous, start: datetime, lieu_id: int, ressource_id: int, seance_id: int | None) -> Creneau:
    """Return the slot of that start: as long as the appointment is, a session keeps its own length."""
    session = Seance.objects.filter(pk=seance_id, motif_id=rdv.motif_id).first() if seance_id else None
    length = session.fin_at - session.debut_at if session else timedelta(minutes=rdv.motif.get_duree(rdv.personnes))
    return Creneau(start, start + length, lieu_id, ressource_id, 1, rdv.motif_id, session.pk if session else None)


def list_jours(
    rdv: RendezVous, *, du: date, ressources: list[int] | None, at: datetime
) -> list[tuple[date, list[Cible]]]:
    """Return the free slots of the days that follow `du`, day by day. Raises RechercheRefusee."""
    slots = find_creneaux(
        motif=rdv.motif, du=du, au=du + timedelta(days=JOURS - 1), at=at, personnes=_count(rdv),
        ressources=ressources, pour_agent=True, sauf_rendezvous=rdv.pk,
    )  # fmt: skip
    days: dict[date, list[Cible]] = {}
    for cible in show_creneaux([slot for slot in slots if slot.debut_at != rdv.debut_at or not ressources]):
        days.setdefault(get_day(cible.creneau.debut_at, cible.lieu.fuseau), []).append(cible)
    return sorted(days.items())


def show_creneaux(slots: list[Creneau]) -> list[Cible]:
    """Return the slots with the names of their lieux and resources (two queries)."""
    lieux = Lieu.objects.in_bulk({slot.lieu_id for slot in slots})
    resources = Ressource.objects.in_bulk({slot.ressource_id for slot in slots})
    return [Cible(slot, lieux[slot.lieu_id], resources[slot.ressource_id]) for slot in slots]


def _count(rdv: RendezVous) -> int:
    return rdv.personnes


def judge(rdv: RendezVous, cible: Cible, acces: Acces, *, at: datetime) -> Verdict:
    """Say whether the time is free for this appointment; the booking itself decides again."""
    common: dict[str, Any] = {"personnes": _count(rdv), "pour_agent": True, "sauf_rendezvous": rdv.pk}
    slot = cible.creneau
    if slot.seance_id is not None:
        return Verdict(is_libre=True)
    try:
        free = find_places(
            motif=rdv.motif, lieu_id=slot.lieu_id, debut_at=slot.debut_at, at=at,
            ressources=[slot.ressource_id], **common,
        )  # fmt: skip
        if free:
            return Verdict(is_libre=True)
        near = find_alternatives(motif=rdv.motif, lieu_id=slot.lieu_id, debut_at=slot.debut_at, at=at, **common)
    except RechercheRefusee as refusal:
        return Verdict(is_libre=False, raison=str(refusal))
    return Verdict(is_libre=False, raison=explain(rdv, cible, acces, at=at), alternatives=show_creneaux(near))


def explain(rdv: RendezVous, cible: Cible, acces: Acces, *, at: datetime) -> str:
    """Say why a time can't be taken: the past, a closure, somebody else, no opening, another motif."""
    if cible.creneau.debut_at <= at:
        return "Cette heure est passée."
    day, lieux = cible.debut.date(), {cible.lieu.pk: cible.lieu} | Lieu.objects.in_bulk()
    start, end = clip(cible.creneau.debut_at, cible.creneau.fin_at, day, cible.lieu.fuseau)
    who, fonds = cible.ressource.nom, _read_fonds(cible.ressource, day, lieux, acces).describe(cible.ressource, day)
    for each in fonds:
        if each.genre == "ferme" and each.debut < end and each.fin > start:
            return f"{who} ne reçoit pas à cette heure{ESPACE}: {each.libelle[:1].lower()}{each.libelle[1:]}."
    blocs = load_blocs([cible.ressource], acces, du=day, au=day, lieux=lieux, at=at)[cible.ressource.pk, day]
    for bloc in blocs:
        is_other = bloc.rendezvous is None or bloc.rendezvous.pk != rdv.pk
        if is_other and bloc.debut < end and bloc.libre_a > start:
            taken = f"{show_minute(bloc.debut)} à {show_minute(bloc.libre_a)}"
            return f"{who} est déjà pris de {taken}{_add_battement(bloc.fin, bloc.libre_a)}."
    if not any(each.genre == "ouvert" and each.debut <= start and each.fin >= end for each in fonds):
        return f"{who} n'a pas de plage ouverte de {show_minute(start)} à {show_minute(end)}."
    return f"Cette plage de {who} ne reçoit pas le motif «{ESPACE}{rdv.motif.libelle}{ESPACE}»."


def _add_battement(fin: int, libre_a: int) -> str:
    return ", battement compris" if libre_a > fin else ""


def list_prevenus(rdv: RendezVous) -> list[tuple[str, list[str]]]:
    """Return (who, where they will be written) of each participant; nowhere when they left no address."""
    rows = rdv.participations.select_related("usager").order_by("rang", "pk")
    return [
        (
            str(row.usager),
            [
                f"par {word} {link}{ESPACE}{shown}"
                for word, link, shown in (
                    ("SMS", "au", show_numero(row.telephone) if row.telephone else ""),
                    ("courriel", "à", row.courriel),
                )
                if shown
            ],
        )
        for row in rows
    ]
