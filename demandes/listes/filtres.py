"""What was asked of the inbox, in the address: a view, filters, a text, columns, an order, a page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from collectivites.acces import Acces
from demandes.cycle import Etat
from demandes.listes.colonnes import COLONNES, DEFAUT
from demandes.listes.ordre import ORDRES
from demandes.models import Demande, DemandeQuerySet, Nature
from demandes.recherche import filter_by_texte
from socle.nombres import read_nombre

VUES: dict[str, str] = {
    "a_qualifier": "À qualifier",
    "moi": "Mes demandes",
    "service": "Mon service",
    "en_retard": "En retard",
    "toutes": "Toutes",
    "closes": "Closes",
}
NOMBRES = {"type": "type_id", "thematique": "thematique_id", "service": "service_id", "agent": "agent_id",
           "sujet": "sujet_id", "garde": "garde_id"}  # fmt: skip
CHOIX: dict[str, frozenset[str]] = {
    "canal": frozenset(Demande.Canal.values),
    "etat": frozenset(Etat.values),
    "nature": frozenset(Nature.values),
    "priorite": frozenset(str(value) for value in Demande.Priorite.values),
}


@dataclass(frozen=True)
class Filtres:
    """What was asked in the address. Nonsense is read as nothing; `garde_id` is the saved view it comes from."""

    vue: str
    type_id: int | None = None
    thematique_id: int | None = None
    service_id: int | None = None
    agent_id: int | None = None
    sujet_id: int | None = None
    garde_id: int | None = None
    canal: str = ""
    etat: str = ""
    nature: str = ""
    priorite: str = ""
    zone: str = ""
    du: date | None = None
    au: date | None = None
    texte: str = ""
    colonnes: tuple[str, ...] = DEFAUT
    tri: str = ""
    apres: str = ""
    avant: str = ""

    @property
    def parametres(self) -> dict[str, str]:
        """The address without the page."""
        asked: dict[str, Any] = {"vue": self.vue} | self.recherche
        asked |= {"col": ",".join(self.colonnes) if self.colonnes != DEFAUT else "", "tri": self.tri,
                  "garde": self.garde_id}  # fmt: skip
        return {name: str(value) for name, value in asked.items() if value}

    @property
    def recherche(self) -> dict[str, str]:
        """The filters alone, without the view, the columns or the order."""
        asked = {
            "type": self.type_id, "thematique": self.thematique_id, "service": self.service_id, "agent": self.agent_id,
            "sujet": self.sujet_id, "canal": self.canal, "etat": self.etat, "nature": self.nature,
            "priorite": self.priorite, "zone": self.zone, "du": self.du, "au": self.au, "texte": self.texte,
        }  # fmt: skip
        return {name: str(value) for name, value in asked.items() if value}

    @property
    def is_filtered(self) -> bool:
        """True when something else than the view was asked."""
        return bool(self.recherche)

    @property
    def is_detaille(self) -> bool:
        """True when one of the filters behind « Plus de filtres » is set."""
        return bool(self.recherche.keys() & {"thematique", "etat", "nature", "priorite", "zone", "du", "au", "sujet"})

    @property
    def ordre_effectif(self) -> str:
        """The order of the rows: the one asked, else what the view is about."""
        return self.tri or ("echeance" if self.vue == "en_retard" else "-recue")


def read_filtres(query: Mapping[str, str], *, vue: str) -> Filtres:
    """Read the parameters; `vue` is the view when none is asked."""
    numbers: dict[str, Any] = {name: read_nombre(query.get(key, "")) for key, name in NOMBRES.items()}
    chosen: dict[str, Any] = {
        key: query.get(key, "") if query.get(key, "") in values else "" for key, values in CHOIX.items()
    }
    columns = tuple(code for code in query.get("col", "").split(",") if code in COLONNES)
    order = query.get("tri", "")
    return Filtres(
        vue=query.get("vue", "") if query.get("vue", "") in VUES else vue,
        zone=" ".join(query.get("zone", "").split())[:80],
        du=_day(query.get("du", "")),
        au=_day(query.get("au", "")),
        texte=" ".join(query.get("texte", "").split())[:200],
        colonnes=tuple(dict.fromkeys(columns)) or DEFAUT,
        tri=order if order in ORDRES else "",
        apres=query.get("apres", ""),
        avant=query.get("avant", ""),
        **numbers,
        **chosen,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


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


def filtered(filtres: Filtres, acces: Acces, *, at: datetime) -> DemandeQuerySet:
    """Return the demandes asked for, without order (one query more when a text is searched)."""
    exact = {
        "type_id": filtres.type_id, "type__thematique_id": filtres.thematique_id, "service_id": filtres.service_id,
        "agent_id": filtres.agent_id, "sujet_id": filtres.sujet_id, "canal": filtres.canal, "etat": filtres.etat,
        "nature": filtres.nature, "priorite": filtres.priorite, "zone__iexact": filtres.zone,
    }  # fmt: skip
    exact |= _read_days(filtres, acces)
    demandes = of_vue(filtres.vue, acces, at=at).filter(**{name: value for name, value in exact.items() if value})
    return filter_by_texte(demandes, filtres.texte, acces) if filtres.texte else demandes


def _read_days(filtres: Filtres, acces: Acces) -> dict[str, Any]:
    """Days are the town's: from midnight to midnight on its clock."""
    zone = ZoneInfo(acces.collectivite.fuseau)
    first = datetime.combine(filtres.du, datetime.min.time(), zone) if filtres.du else None
    last = datetime.combine(filtres.au + timedelta(days=1), datetime.min.time(), zone) if filtres.au else None
    return {"received_at__gte": first, "received_at__lt": last}
