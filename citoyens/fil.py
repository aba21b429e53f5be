"""The timeline of a usager: one keyset query, days grouped, sealed rows emptied, live states from the upper floors."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count
from django.db.models.functions import JSONObject
from django.utils import timezone

from citoyens.models import Interaction, Usager
from citoyens.panneaux import EtatVivant, etats_vivants
from collectivites.acces import Acces
from collectivites.domaines import Domaine
from socle.curseur import read_place, write_place
from socle.ecriture import MOIS, write_jour
from socle.templatetags.composants import CANAUX

LIGNES = 20
JOURS_DETAILLES = 14  # beyond, and out of the current month, rows are grouped by month
ONGLETS = (
    (Interaction.Genre.DEMANDE, "Demandes"),
    (Interaction.Genre.RENDEZVOUS, "Rendez-vous"),
    (Interaction.Genre.VISITE, "Visites"),
    (Interaction.Genre.MESSAGE, "Messages"),
    (Interaction.Genre.CONTACT, "Contacts"),
)
ICONES = {
    Interaction.Genre.DEMANDE: "inbox",
    Interaction.Genre.MESSAGE: "envelope",
    Interaction.Genre.CONTACT: "telephone",
    Interaction.Genre.RENDEZVOUS: "calendar-event",
    Interaction.Genre.VISITE: "ticket-perforated",
}
EXISTE = {
    Interaction.Genre.DEMANDE: "Une demande",
    Interaction.Genre.CONTACT: "Un contact",
    Interaction.Genre.RENDEZVOUS: "Un rendez-vous",
    Interaction.Genre.VISITE: "Une visite",
}


@dataclass(frozen=True)
class LigneFil:
    """One row as shown. A sealed row has no content: only that it exists, where, and its state."""

    titre: str
    instant: datetime
    style: str
    resume: str = ""
    canal: str = ""
    icone: str = ""
    url: str = ""
    etat: str = ""
    ton: str = "neutre"
    is_cloisonne: bool = False


@dataclass(frozen=True)
class GroupeFil:
    """Rows of one day, or of one month when it is far. An empty title continues the group of the page before."""

    titre: str
    lignes: list[LigneFil]


@dataclass(frozen=True)
class Fil:
    """A page of the timeline. `suivant_url` leads to older rows, empty at the end."""

    groupes: list[GroupeFil]
    onglets: list[dict[str, Any]]
    filtre: str
    suivant_url: str


def build_fil(acces: Acces, usager: Usager, *, at: datetime, filtre: str, avant: str, page_url: str) -> Fil:
    """Return the page asked for: one query, and one more for each kind of object whose state lives upstairs."""
    genre = filtre if filtre in Interaction.Genre.values else ""
    shown = Interaction.objects.of(usager.pk).shown_to(acces.domaines)
    rows = shown.annotate(comptes=_counts(shown))
    rows = rows.filter(genre=genre) if genre else rows
    cursor = read_place(avant)
    page = list((rows.before(*cursor) if cursor else rows)[: LIGNES + 1])
    more, page = len(page) > LIGNES, page[:LIGNES]
    following = {"fil": genre, "avant": write_place(page[-1])} if more else {}
    return Fil(
        groupes=_group(acces, usager, page, at=at, after=cursor[0] if cursor else None),
        onglets=[] if cursor else _build_tabs(_read_counts(shown, page), genre, page_url),
        filtre=genre,
        suivant_url=f"{page_url}?{urlencode(following)}" if more else "",
    )


def _counts(shown: Any) -> ArraySubquery:
    """How many rows of each kind: depends on no row of the page, so PostgreSQL computes it once."""
    return ArraySubquery(
        shown.order_by().values("genre").annotate(n=Count("pk")).values(un=JSONObject(g="genre", n="n"))
    )


def _read_counts(shown: Any, page: Sequence[Any]) -> dict[str, int]:
    """Rows of each kind; asked apart only when the page is empty and carries nothing."""
    if page:
        return {each["g"]: each["n"] for each in page[0].comptes}
    return dict(shown.order_by().values_list("genre").annotate(Count("pk")))


def _build_tabs(counts: dict[str, int], genre: str, page_url: str) -> list[dict[str, Any]]:
    tabs = [{"libelle": "Tout", "url": page_url, "actif": not genre, "nombre": None}]
    for code, label in ONGLETS:
        if counts.get(code) or code == genre:
            url = f"{page_url}?{urlencode({'fil': code.value})}"
            tabs.append({"libelle": label, "url": url, "actif": code == genre, "nombre": counts.get(code, 0)})
    return tabs


def _group(
    acces: Acces, usager: Usager, page: Sequence[Interaction], *, at: datetime, after: datetime | None
) -> list[GroupeFil]:
    states = _read_states(acces, page, at=at)
    groups: list[GroupeFil] = []
    last = name_group(after, now=at) if after else ""
    for row in page:
        title = name_group(row.at, now=at)
        if not groups or title != last:
            groups.append(GroupeFil("" if title == last else title, []))
        last = title
        state = states.get((row.objet_type, row.objet_id))
        groups[-1].lignes.append(_build_row(acces, usager, row, state, now=at))
    return groups


def is_near(instant: datetime, *, now: datetime) -> bool:
    """True when the row is grouped by day rather than by month."""
    day, today = timezone.localdate(instant), timezone.localdate(now)
    return (day.year, day.month) == (today.year, today.month) or (today - day).days <= JOURS_DETAILLES


def name_group(instant: datetime, *, now: datetime) -> str:
    """Return « Aujourd'hui », « Hier », « jeudi 12 novembre », « Octobre » or « Octobre 2025 »."""
    day, today = timezone.localdate(instant), timezone.localdate(now)
    if 0 <= (today - day).days <= 1:
        return "Hier" if today > day else "Aujourd'hui"
    if is_near(instant, now=now):
        written = write_jour(instant, annee=day.year != today.year)
        return written[0].upper() + written[1:]
    return MOIS[day.month - 1].capitalize() + (f"\u00a0{day.year}" if day.year != today.year else "")


def _read_states(acces: Acces, page: Sequence[Interaction], *, at: datetime) -> dict[tuple[str, int], EtatVivant]:
    """One batched query for each kind of object on the page."""
    found: dict[tuple[str, int], EtatVivant] = {}
    for kind in sorted({row.objet_type for row in page}):
        read = etats_vivants.get(kind)
        if read is not None:
            ids = sorted({row.objet_id for row in page if row.objet_type == kind})
            found |= {(kind, pk): state for pk, state in read(acces, ids, at).items()}
    return found


def _build_row(acces: Acces, usager: Usager, row: Interaction, state: EtatVivant | None, *, now: datetime) -> LigneFil:
    style = "heure" if is_near(row.at, now=now) else "jour_court"
    if row.domaine not in acces.domaines:
        word = f" · {state.libelle}" if state else ""
        title = f"{EXISTE.get(Interaction.Genre(row.genre), 'Un échange')} · {Domaine(row.domaine).label}{word}"
        return LigneFil(titre=title, instant=row.at, style=style, is_cloisonne=True)
    # The state of the object is said once, on the row that opened it; a message keeps its own words.
    shown = state if row.genre != Interaction.Genre.MESSAGE else None
    return LigneFil(
        titre=" · ".join(part for part in (state.numero if state else "", row.titre) if part),
        instant=row.at,
        style=style,
        resume=_sign(row, usager),
        canal=row.canal if row.canal in CANAUX else "",
        icone=ICONES[Interaction.Genre(row.genre)],
        url=state.url if state else "",
        etat=shown.libelle if shown else "",
        ton=shown.ton if shown else "neutre",
    )


def _sign(row: Interaction, usager: Usager) -> str:
    """Who speaks, then what was said: rows are cut after two lines. The usager's own words need no name."""
    own_words = row.sens == Interaction.Sens.ENTRANT and row.genre == Interaction.Genre.MESSAGE
    signed = row.resume.endswith(row.acteur_libelle)
    if own_words or not row.acteur_libelle or row.acteur_libelle == usager.nom_complet:
        return row.resume
    if row.genre != Interaction.Genre.MESSAGE:
        return row.resume if signed else " · ".join(part for part in (row.resume, row.acteur_libelle) if part)
    said = row.resume.removesuffix(row.acteur_libelle).rstrip(" ,·")
    return f"{row.acteur_libelle}\u00a0: {said}" if said else row.acteur_libelle
