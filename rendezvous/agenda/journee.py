"""The appointments of one day, by hour: who, why, where, and what the person at the counter may say of each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet

from collectivites.acces import Acces
from rendezvous.agenda.blocs import write_local
from rendezvous.agenda.filtres import Filtres
from rendezvous.etats import ANNULES, TENUS, VIVANTS, Etat
from rendezvous.heures import get_day
from rendezvous.models import Occupation, RendezVous
from socle.ecriture import write_duree
from socle.texte import normalise

APRES = 12  # lines of one screen
PROCHE = timedelta(minutes=30)
LIGNES_MAX = 500  # a day of the largest town hall; beyond, one filters
GROUPES: dict[str, tuple[str, frozenset[str]]] = {
    "": ("Tous", frozenset(Etat.values) - ANNULES - {Etat.OPTION}),
    "attendus": ("Attendus", frozenset({Etat.CONFIRME})),
    "presents": ("Présents", frozenset({Etat.PRESENT, Etat.EN_COURS})),
    "termines": ("Terminés", frozenset(TENUS)),
    "annules": ("Annulés", frozenset(ANNULES)),
}
TONS: dict[str, str] = {
    Etat.OPTION: "neutre", Etat.CONFIRME: "info", Etat.PRESENT: "alerte", Etat.EN_COURS: "bon", Etat.HONORE: "neutre",
    Etat.ABSENT: "retard", Etat.ANNULE_USAGER: "neutre", Etat.ANNULE_SERVICE: "neutre",
}  # fmt: skip


@dataclass(frozen=True)
class Geste:
    """One word to say of an appointment: the state it gives, its button, its key on the line."""

    etat: str
    libelle: str
    touche: str
    is_premier: bool = False


PRESENT = Geste(Etat.PRESENT, "Présent", "p", is_premier=True)
EN_COURS = Geste(Etat.EN_COURS, "En cours", "e", is_premier=True)
HONORE = Geste(Etat.HONORE, "Honoré", "o")
ABSENT = Geste(Etat.ABSENT, "Absent", "x")
PROCHAINS: dict[str, tuple[Geste, ...]] = {
    Etat.CONFIRME: (PRESENT, ABSENT),
    Etat.PRESENT: (EN_COURS, HONORE),
    Etat.EN_COURS: (Geste(Etat.HONORE, "Honoré", "o", is_premier=True),),
    Etat.ABSENT: (Geste(Etat.PRESENT, "Présent", "p"),),
}


@dataclass(frozen=True)
class Question:
    """What was asked of the list: whose, which day (`filtres`), which group, which words."""

    filtres: Filtres
    groupe: str = ""
    texte: str = ""

    def write(self, **other: str) -> str:
        """The query of the address."""
        asked = {
            "qui": self.filtres.qui, "jour": self.filtres.jour.isoformat(), "groupe": self.groupe, "texte": self.texte,
        } | other  # fmt: skip
        return "?" + urlencode({name: value for name, value in asked.items() if value})


@dataclass(frozen=True)
class Ligne:
    """One appointment of the list. `heure`, `fin`: wall clock of its lieu; `retard`: minutes the usager is late."""

    rendezvous: RendezVous
    heure: datetime
    fin: datetime
    ressources: str
    retard: int = 0
    attend: int = 0  # minutes since they came
    gestes: tuple[Geste, ...] = ()
    is_proche: bool = False  # its first gesture is the one expected now

    @property
    def ton(self) -> str:
        """The tone of the state."""
        return TONS[self.rendezvous.etat]

    @property
    def mots_retard(self) -> str:
        """« 12 min »."""
        return write_duree(self.retard * 60)

    @property
    def mots_attente(self) -> str:
        """« 12 min »."""
        return write_duree(self.attend * 60)


@dataclass(frozen=True)
class Journee:
    """The lines asked for, how many in each group, whether some were left out."""

    lignes: list[Ligne] = field(default_factory=list)
    comptes: dict[str, int] = field(default_factory=dict)
    has_trop: bool = False

    @property
    def ici(self) -> int | None:
        """The index of a line a little after the first one still to be dealt with: the page opens there."""
        first = next((rank for rank, each in enumerate(self.lignes) if each.rendezvous.etat in VIVANTS), None)
        return None if not first else min(first + APRES, len(self.lignes) - 1)


def read_question(query: Mapping[str, str], filtres: Filtres) -> Question:
    """Read `groupe` and `texte`; nonsense is read as nothing."""
    group = query.get("groupe", "")
    return Question(filtres, group if group in GROUPES else "", " ".join(query.get("texte", "").split())[:100])


def load_journee(question: Question, acces: Acces, *, at: datetime) -> Journee:
    """Read the day (two queries): words are looked for in what was read, a day is small."""
    rows = list(filter_day(question.filtres, acces)[: LIGNES_MAX + 1])
    has_more, rows = len(rows) > LIGNES_MAX, rows[:LIGNES_MAX]
    found = [row for row in rows if matches(row, question.texte)]
    counts = {code: sum(row.etat in states for row in found) for code, (_, states) in GROUPES.items()}
    kept = [row for row in found if row.etat in GROUPES[question.groupe][1]]
    return Journee([show_ligne(row, at=at) for row in kept], counts, has_more)


def filter_day(filtres: Filtres, acces: Acces) -> QuerySet[RendezVous]:
    """Return the appointments of the day the agent may read, in order of hour."""
    rows = RendezVous.objects.visible_to(acces).booked().for_list().select_related("seance__ressource")
    rows = rows.filter(jour=filtres.jour).prefetch_related("occupations__ressource")
    if filtres.sujet == "ressource":
        taken = Occupation.objects.filter(rendezvous=OuterRef("pk"), ressource_id=filtres.sujet_id)
        rows = rows.filter(Q(Exists(taken)) | Q(seance__ressource_id=filtres.sujet_id))
    elif filtres.sujet:
        rows = rows.filter(**{f"{filtres.sujet}_id": filtres.sujet_id})
    return rows.order_by("debut_at", "lieu__nom", "pk")


def matches(rdv: RendezVous, text: str) -> bool:
    """True when every word is in the name or the number, whatever accents and capitals."""
    if not text:
        return True
    known = normalise(f"{rdv.numero} {rdv.usager or ''} {rdv.usager.nom_naissance if rdv.usager else ''}")
    return all(word in known for word in normalise(text).split())


def show_ligne(rdv: RendezVous, *, at: datetime) -> Ligne:
    """Return a line, with what may be said of it now: nobody comes before the day, nor is absent before the hour."""
    minute = timedelta(minutes=1)
    has_begun = rdv.debut_at <= at
    is_time = get_day(at, rdv.lieu.fuseau) >= rdv.jour
    words = PROCHAINS.get(rdv.etat, ()) if is_time else ()
    next_words = tuple(each for each in words if each.etat != Etat.ABSENT or has_begun)
    waits = rdv.etat == Etat.PRESENT and rdv.present_at is not None
    return Ligne(
        rendezvous=rdv,
        heure=write_local(rdv.debut_at, rdv.lieu.fuseau),
        fin=write_local(rdv.fin_at, rdv.lieu.fuseau),
        ressources=name_ressources(rdv),
        retard=int((at - rdv.debut_at) / minute) if has_begun and rdv.etat == Etat.CONFIRME else 0,
        attend=max(0, int((at - rdv.present_at) / minute)) if waits and rdv.present_at else 0,
        gestes=next_words,
        is_proche=rdv.etat in VIVANTS and rdv.debut_at - at <= PROCHE,
    )


def name_ressources(rdv: RendezVous) -> str:
    """Return who or what receives: « Claire Moreau, Guichet 3 »."""
    if rdv.seance is not None:
        return str(rdv.seance.ressource)
    names: Iterable[str] = (str(each.ressource) for each in rdv.occupations.all())
    return ", ".join(dict.fromkeys(names))
