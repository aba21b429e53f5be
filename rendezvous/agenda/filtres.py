"""What was asked of the agenda, in the address: whose, which day, week or day."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from socle.ecriture import write_jour
from socle.nombres import read_nombre

VUES = {"jour": "Jour", "semaine": "Semaine"}
SUJETS = ("ressource", "service", "lieu")
SEMAINE = timedelta(days=7)


@dataclass(frozen=True)
class Filtres:
    """`sujet`: one of SUJETS, or empty for everybody; `sujet_id` its id. Nonsense is read as nothing."""

    jour: date
    vue: str = ""
    sujet: str = ""
    sujet_id: int = 0

    @property
    def qui(self) -> str:
        """The value of the list « whose agenda »: « service-3 », « tous »."""
        return f"{self.sujet}-{self.sujet_id}" if self.sujet else "tous"

    @property
    def du(self) -> date:
        """The first day shown: the Monday of a week."""
        return self.jour - timedelta(days=self.jour.weekday()) if self.vue == "semaine" else self.jour

    @property
    def au(self) -> date:
        """The last day shown, included."""
        return self.du + timedelta(days=6) if self.vue == "semaine" else self.jour

    @property
    def jour_dit(self) -> str:
        """The day in words, where no element may stand: the title of the page."""
        return write_jour(self.jour)

    @property
    def precedent(self) -> "Filtres":
        """The page before: a week, or a day."""
        return self.on(self.jour - (SEMAINE if self.vue == "semaine" else timedelta(days=1)))

    @property
    def suivant(self) -> "Filtres":
        """The page after."""
        return self.on(self.jour + (SEMAINE if self.vue == "semaine" else timedelta(days=1)))

    def on(self, jour: date) -> "Filtres":
        """The same question about another day."""
        return replace(self, jour=jour)

    def on_jour(self, gap: int) -> "Filtres":
        """The same question, that many days later."""
        return self.on(self.jour + timedelta(days=gap))

    def write(self) -> str:
        """The query of the address."""
        return "?" + urlencode({"qui": self.qui, "vue": self.vue, "jour": self.jour.isoformat()})


def read_filtres(query: Mapping[str, str], *, today: date) -> Filtres:
    """Read the parameters `qui`, `vue`, `jour`; an empty `vue` is chosen once one knows how many columns there are."""
    sujet, _, ident = query.get("qui", "").partition("-")
    number = read_nombre(ident) or 0
    view = query.get("vue", "")
    known = sujet in SUJETS and number > 0
    return Filtres(
        jour=read_jour(query.get("jour", "")) or today,
        vue=view if view in VUES else "",
        sujet=sujet if known else "",
        sujet_id=number if known else 0,
    )


def read_jour(text: str) -> date | None:
    """Return a day of the address (« 2026-11-24 »), None for nonsense or a year nobody plans."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None
