"""Reading the journal: lines of what was done and of who read which profile, newest first, by keyset."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from collectivites.clefs import AUCUN_AGENT
from collectivites.models import Agent, Rattachement
from journal.models import Consultation, Evenement
from journal.phrases import tell
from socle.curseur import read_place, write_place

LIGNES = 50
# what an agent calls the objects whose code word is not already the French one
OBJETS = {
    "agenda": "agenda externe",
    "boite": "boîte aux lettres",
    "clef_api": "clef d'API",
    "compte_sms": "compte SMS",
    "contact": "réponse au guichet",
    "entree": "message en quarantaine",
    "flux": "flux d'agenda",
    "modele_message": "message type",
    "point_contact": "coordonnée",
    "type_demande": "type de demande",
}


@dataclass(frozen=True)
class Filtre:
    """What the page shows. `quoi` ∈ actions, lectures. Days included; ids are None for « all »."""

    quoi: str = "actions"
    agent_id: int | None = None
    verbe: str = ""
    usager_id: int | None = None
    objet: str = ""
    du: date | None = None
    au: date | None = None


@dataclass(frozen=True)
class Ligne:
    """One line as shown and as exported: when, who, what, about what."""

    at: datetime
    qui: str
    quoi: str
    objet: str
    objet_type: str
    objet_id: int | None


@dataclass(frozen=True)
class PageJournal:
    """Lines and the place of the next page, empty at the end."""

    lignes: list[Ligne]
    suivant: str


def read_page(filtre: Filtre, *, avant: str = "", taille: int = LIGNES) -> PageJournal:
    """Return one page: one query, and one for the names of agents among readings."""
    rows: list[Any] = list(_query(filtre, avant)[: taille + 1])
    shown = rows[:taille]
    more = len(rows) > taille
    return PageJournal(lignes=write_lines(shown), suivant=write_place(shown[-1]) if more else "")


def iterate(filtre: Filtre, *, limite: int) -> Iterator[Ligne]:
    """Every line of the filter, newest first, `limite` at most: what the export writes."""
    place, left = "", limite
    while left > 0:
        page = read_page(filtre, avant=place, taille=min(500, left))
        yield from page.lignes
        left -= len(page.lignes)
        place = page.suivant
        if not place:
            return


def _query(filtre: Filtre, avant: str) -> "QuerySet[Evenement] | QuerySet[Consultation]":
    lectures = filtre.quoi == "lectures"
    rows = Consultation.objects.all() if lectures else Evenement.objects.all()
    condition = _person(filtre) & (_reader(filtre) if lectures else _actor(filtre))
    if filtre.du:
        condition &= Q(at__gte=_midnight(filtre.du))
    if filtre.au:
        condition &= Q(at__lt=_midnight(filtre.au + timedelta(days=1)))
    place = read_place(avant)
    if place:
        condition &= Q(at__lte=place[0]) & (Q(at__lt=place[0]) | Q(pk__lt=place[1]))
    return rows.filter(condition).order_by("-at", "-pk")


def _actor(filtre: Filtre) -> Q:
    condition = Q(verbe=filtre.verbe) if filtre.verbe else Q()
    if filtre.objet:
        condition &= Q(objet_libelle=filtre.objet)
    if filtre.agent_id is not None:
        condition &= Q(acteur_nature=Evenement.Nature.AGENT, acteur_id=filtre.agent_id)
    return condition


def _reader(filtre: Filtre) -> Q:
    return Q() if filtre.agent_id is None else Q(agent_id=filtre.agent_id)


def _person(filtre: Filtre) -> Q:
    if filtre.usager_id is None:
        return Q()
    if filtre.quoi == "lectures":
        return Q(usager_id=filtre.usager_id)
    return Q(objet_type="usager", objet_id=filtre.usager_id)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def write_lines(rows: Sequence[Evenement | Consultation]) -> list[Ligne]:
    """Put rows into words."""
    readers = {row.agent_id for row in rows if isinstance(row, Consultation)}
    names = {agent.pk: str(agent) for agent in Agent.objects.filter(pk__in=readers)} if readers else {}
    return [_write_reading(row, names) if isinstance(row, Consultation) else _write_event(row) for row in rows]


def _write_event(row: Evenement) -> Ligne:
    sentence = tell(row)
    return Ligne(
        at=row.at,
        qui=row.acteur_libelle,
        quoi=sentence[:1].upper() + sentence[1:],
        objet=row.objet_libelle or f"{_name_objet(row.objet_type)} n°\u00a0{row.objet_id}",
        objet_type=row.objet_type,
        objet_id=row.objet_id,
    )


def _name_objet(objet_type: str) -> str:
    return OBJETS.get(objet_type, objet_type.replace("_", " "))


def _write_reading(row: Consultation, names: dict[int, str]) -> Ligne:
    about = f"usager n° {row.usager_id}" if row.usager_id else f"objet n° {row.objet_id}"
    why = f" ({row.motif})" if row.motif else ""
    return Ligne(
        at=row.at,
        qui="Logiciel" if row.agent_id == AUCUN_AGENT else names.get(row.agent_id, f"agent n° {row.agent_id}"),
        quoi=f"Lecture\u00a0: {row.get_vue_display()}{why}",
        objet=about,
        objet_type="usager" if row.usager_id else "",
        objet_id=row.usager_id,
    )


def list_agents(collectivite_id: int) -> list[tuple[int, str]]:
    """The agents of this town, by name, those who left included: their lines stay."""
    links = Rattachement.objects.filter(collectivite_id=collectivite_id).select_related("agent")
    return [(link.agent_id, str(link.agent)) for link in links.order_by("agent__nom", "agent__prenom", "pk")]
