"""The inbox: its views, its filters, one page at a time by key, and the figures of the tabs in one query."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import CharField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat

from collectivites.acces import Acces
from collectivites.models import Agent, Collectivite, Service, ServiceRattachement
from demandes.cycle import Etat
from demandes.models import Demande, DemandeQuerySet, TypeDemande
from demandes.recherche import filter_by_texte
from socle.comptage import count_up_to

PAR_PAGE = 50
PLAFOND = 100  # tabs say « 99+ » beyond: counting every row of a big town would cost more than it tells
VUES: dict[str, str] = {
    "a_qualifier": "À qualifier",
    "moi": "Mes demandes",
    "service": "Mon service",
    "en_retard": "En retard",
    "toutes": "Toutes",
    "closes": "Closes",
}


@dataclass(frozen=True)
class Filtres:
    """What was asked in the address: view, filters, text, and the key of the page. Nonsense is read as nothing."""

    vue: str
    type_id: int | None = None
    service_id: int | None = None
    agent_id: int | None = None
    canal: str = ""
    texte: str = ""
    apres: str = ""
    avant: str = ""

    @property
    def parametres(self) -> dict[str, str]:
        """The address without the page."""
        asked = {
            "vue": self.vue, "type": self.type_id, "service": self.service_id, "agent": self.agent_id,
            "canal": self.canal, "texte": self.texte,
        }  # fmt: skip
        return {name: str(value) for name, value in asked.items() if value}

    @property
    def is_filtered(self) -> bool:
        """True when something else than the view was asked."""
        return len(self.parametres) > 1


def read_filtres(query: Mapping[str, str], *, vue: str) -> Filtres:
    """Read the parameters; `vue` is the view when none is asked."""

    def number(name: str) -> int | None:
        text = query.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None

    canal = query.get("canal", "")
    return Filtres(
        vue=query.get("vue", "") if query.get("vue", "") in VUES else vue,
        type_id=number("type"),
        service_id=number("service"),
        agent_id=number("agent"),
        canal=canal if canal in Demande.Canal.values else "",
        texte=" ".join(query.get("texte", "").split())[:200],
        apres=query.get("apres", ""),
        avant=query.get("avant", ""),
    )


def choose_vue(acces: Acces) -> str:
    """Return the view an agent opens: their service's when they have one."""
    return "service" if acces.services else "toutes"


def of_vue(vue: str, acces: Acces, *, at: datetime) -> DemandeQuerySet:
    """Return the demandes of a view that the agent may read."""
    readable = Demande.objects.visible_to(acces)
    services = [service.pk for service in acces.services]
    views: dict[str, Callable[[], DemandeQuerySet]] = {
        "a_qualifier": readable.to_qualify,
        "moi": lambda: readable.assigned_to(acces.agent.pk),
        "service": lambda: readable.of_services(services),
        "en_retard": lambda: readable.overdue(at),
        "toutes": lambda: readable,
        "closes": lambda: readable.filter(etat=Etat.CLOSE),
    }
    return views[vue]()


def count_vues(acces: Acces, *, at: datetime) -> dict[str, int]:
    """Return the number of demandes of each view, at most PLAFOND each, in one query."""
    counts = {
        f"n_{vue}": count_up_to(of_vue(vue, acces, at=at), PLAFOND)
        for vue in VUES
        if vue not in {"toutes", "closes"} and (vue != "service" or acces.services)  # no service: nothing to count
    }
    row: Any = Collectivite.objects.filter(pk=acces.collectivite.pk).values(**counts).get()
    return {name.removeprefix("n_"): number for name, number in row.items()}


def show_count(number: int) -> str:
    """Write « 12 » or « 99+ »."""
    return f"{PLAFOND - 1}+" if number >= PLAFOND else str(number)


def filtered(filtres: Filtres, acces: Acces, *, at: datetime) -> DemandeQuerySet:
    """Return the demandes asked for, without order (one query more when a text is searched)."""
    demandes = of_vue(filtres.vue, acces, at=at)
    exact = {
        "type_id": filtres.type_id, "service_id": filtres.service_id, "agent_id": filtres.agent_id,
        "canal": filtres.canal,
    }  # fmt: skip
    demandes = demandes.filter(**{name: value for name, value in exact.items() if value})
    return filter_by_texte(demandes, filtres.texte, acces) if filtres.texte else demandes


@dataclass(frozen=True)
class Page:
    """One page of rows, and the keys of its neighbours (empty at the ends)."""

    demandes: list[Demande] = field(default_factory=list)
    precedent: str = ""
    suivant: str = ""


def load_page(filtres: Filtres, acces: Acces, *, at: datetime, taille: int = PAR_PAGE) -> Page:
    """Return one page by key (one query): what is late by deadline, everything else by date of reception."""
    order = Ordre("echeance_at", is_ascending=True) if filtres.vue == "en_retard" else Ordre("received_at")
    backwards = bool(filtres.avant)
    key = order.read(filtres.avant or filtres.apres)
    rows = filtered(filtres, acces, at=at).for_list()
    if key is not None:
        rows = rows.filter(order.beyond(key, backwards=backwards))
    found = list(rows.order_by(*order.sort(backwards=backwards))[: taille + 1])
    has_more, found = len(found) > taille, found[:taille]
    if backwards:
        found.reverse()
    if not found:
        return Page()
    before = has_more if backwards else key is not None
    after = True if backwards else has_more
    return Page(found, order.write(found[0]) if before else "", order.write(found[-1]) if after else "")


@dataclass(frozen=True)
class Ordre:
    """A total order on demandes: a date, then the id."""

    champ: str
    is_ascending: bool = False

    def sort(self, *, backwards: bool) -> tuple[str, str]:
        """Return the arguments of order_by."""
        sign = "" if self.is_ascending != backwards else "-"
        return f"{sign}{self.champ}", f"{sign}pk"

    def beyond(self, key: tuple[datetime, int], *, backwards: bool) -> Q:
        """Return the rows strictly after the key; the first condition lets the index start there."""
        moment, pk = key
        way = "gt" if self.is_ascending != backwards else "lt"
        strict = Q(**{f"{self.champ}__{way}": moment}) | Q(**{self.champ: moment, f"pk__{way}": pk})
        return strict & Q(**{f"{self.champ}__{way}e": moment})

    def write(self, demande: Demande) -> str:
        """Write the key of a row, for the address."""
        return f"{getattr(demande, self.champ).isoformat()}_{demande.pk}"

    def read(self, text: str) -> tuple[datetime, int] | None:
        """Read a key; nonsense is the first page."""
        moment, _, pk = text.replace(" ", "+").rpartition("_")  # a « + » of an address comes back as a space
        try:
            instant = datetime.fromisoformat(moment)
            return (instant, int(pk)) if instant.tzinfo else None
        except ValueError:
            return None


def load_choix(collectivite_id: int) -> dict[str, list[tuple[int, str, str]]]:
    """Return what filters and dialogs offer, in one query: {"type" | "service" | "agent": [(id, name, detail)]}.

    The detail of a type is its thématique; that of an agent, the names of their services.
    """
    text = CharField()
    types = TypeDemande.objects.filter(is_active=True).values_list(
        Value("type", text), "pk", Cast("libelle", text), Cast("thematique__libelle", text)
    )
    services = Service.objects.filter(is_active=True).values_list(
        Value("service", text), "pk", Cast("nom", text), Value("", text)
    )
    agents = Agent.objects.filter(
        is_active=True, rattachements__collectivite_id=collectivite_id, rattachements__is_active=True
    ).values_list(
        Value("agent", text), "pk", Concat("prenom", Value(" "), "nom", output_field=text),
        Coalesce(_services_of_agent(collectivite_id), Value(""), output_field=text),
    )  # fmt: skip
    choices: dict[str, list[tuple[int, str, str]]] = {"type": [], "service": [], "agent": []}
    rows: Any = types.union(services, agents, all=True)
    for kind, pk, name, detail in sorted(rows, key=_sort_choice):
        choices[kind].append((pk, name, detail))
    return choices


def _sort_choice(row: tuple[str, int, str, str]) -> tuple[str, str]:
    """Types by thématique then name; the others by name."""
    kind, _, name, detail = row
    return (detail.casefold() if kind == "type" else "", name.casefold())


def _services_of_agent(collectivite_id: int) -> Subquery:
    mine = ServiceRattachement.objects.filter(
        rattachement__agent_id=OuterRef("pk"), rattachement__collectivite_id=collectivite_id
    )
    names = mine.values("rattachement__agent_id").annotate(noms=StringAgg("service__nom", delimiter=", "))
    return Subquery(names.values("noms"), output_field=CharField())
