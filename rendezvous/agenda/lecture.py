"""One page of the agenda: whose, which columns, what stands in each. About ten queries, whatever the size."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, Exists, F, Min, OuterRef, Q, QuerySet, When

from collectivites.acces import Acces
from collectivites.models import Lieu, Service, ServiceRattachement
from rendezvous.agenda.blocs import Bloc, load_blocs
from rendezvous.agenda.disposition import bound_heures, choose_echelle
from rendezvous.agenda.filtres import Filtres
from rendezvous.agenda.fonds import Fond, Fonds, load_fonds
from rendezvous.etats import Etat
from rendezvous.heures import MINUTES_JOUR, get_day, get_minute
from rendezvous.models import OccurrencePlage, PlageMotif, Ressource

COLONNES_MAX = 40  # beyond, one chooses a service or a lieu


@dataclass(frozen=True)
class Colonne:
    """One day of one resource. `fermee`: why nobody is received at all; `maintenant`: local minute, on the day."""

    ressource: Ressource
    jour: date
    lieu: Lieu | None
    fonds: list[Fond]
    blocs: list[Bloc]
    maintenant: int | None = None

    @property
    def fermee(self) -> str:
        """The reason of a whole closed day, or nothing."""
        whole = (0, MINUTES_JOUR)
        return next(
            (each.libelle for each in self.fonds if each.genre == "ferme" and (each.debut, each.fin) == whole), ""
        )

    @property
    def ouvertures(self) -> list[Fond]:
        """When the resource receives; nothing on a closed day."""
        return [] if self.fermee else [each for each in self.fonds if each.genre == "ouvert"]

    @property
    def promis(self) -> int:
        """How many appointments are really booked (an option is not)."""
        return sum(1 for bloc in self.blocs if not bloc.is_option)

    @property
    def minutes_libres(self) -> int:
        """Open minutes that nothing takes, whatever the motifs: an order of size, not an offer."""
        opened = set[int]()
        for each in self.ouvertures:
            opened |= set(range(each.debut, each.fin))
        for closed in (each for each in self.fonds if each.genre == "ferme"):
            opened -= set(range(closed.debut, closed.fin))
        for bloc in self.blocs:
            opened -= set(range(bloc.debut, bloc.libre_a))
        return len(opened)


@dataclass(frozen=True)
class Choix:
    """Whose agenda one may ask for: services this agent may read, lieux, agents and counters."""

    services: list[Service]
    lieux: list[Lieu]
    ressources: list[Ressource]

    def name(self, filtres: Filtres) -> str:
        """Whose agenda it is, in words; nothing for what is not of this town."""
        rows: dict[str, list[Any]] = {"service": self.services, "lieu": self.lieux, "ressource": self.ressources}
        if not filtres.sujet:
            return "Toute la collectivité"
        return next((each.nom for each in rows[filtres.sujet] if each.pk == filtres.sujet_id), "")

    def list_groupes(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return the groups of the list « whose agenda »: (title, [(value, name)])."""
        groups = [
            ("Services", [(f"service-{each.pk}", each.nom) for each in self.services]),
            ("Lieux", [(f"lieu-{each.pk}", each.nom) for each in self.lieux if each.is_active]),
            ("Agents", [(f"ressource-{each.pk}", each.nom) for each in self.ressources if each.agent_id]),
            ("Guichets", [(f"ressource-{each.pk}", each.nom) for each in self.ressources if each.guichet_id]),
        ]
        return [(title, options) for title, options in groups if options]


@dataclass(frozen=True)
class Agenda:
    """Everything the page shows. A grid of `colonnes`, or a planning: rows of one resource over several days."""

    filtres: Filtres
    titre: str
    ressources: list[Ressource]
    jours: list[date]
    colonnes: list[Colonne]
    heures: tuple[int, int]
    echelle: int
    has_trop: bool
    choix: Choix

    @property
    def is_planning(self) -> bool:
        """True when several resources are shown over several days."""
        return len(self.jours) > 1 and len(self.ressources) > 1

    @property
    def lignes(self) -> list[tuple[Ressource, list[Colonne]]]:
        """The planning: each resource with its days."""
        return [(each, [col for col in self.colonnes if col.ressource.pk == each.pk]) for each in self.ressources]

    @property
    def has_ouverture(self) -> bool:
        """False when nothing was ever opened in this window: the page then says how to open."""
        return any(each.genre == "ouvert" for column in self.colonnes for each in column.fonds)

    @property
    def is_vide(self) -> bool:
        """True when nobody receives and nobody comes: a sentence says it better than grey columns."""
        return not self.has_ouverture and not any(column.blocs for column in self.colonnes)

    @property
    def raison(self) -> str:
        """Why it is all closed, when every column says the same: « Fête du travail »."""
        reasons = {column.fermee for column in self.colonnes}
        return reasons.pop() if len(reasons) == 1 else ""


def choose_filtres(filtres: Filtres, acces: Acces, *, asked: bool) -> Filtres:
    """Fill what the address left out: one's own agenda, else one's service; a week alone, a day for several."""
    if not asked:
        mine = Ressource.objects.filter(agent_id=acces.agent.pk, is_active=True).values_list("pk", flat=True).first()
        if mine:
            filtres = replace(filtres, sujet="ressource", sujet_id=mine)
        elif acces.services:
            filtres = replace(filtres, sujet="service", sujet_id=acces.services[0].pk)
    if filtres.vue:
        return filtres
    return replace(filtres, vue="semaine" if filtres.sujet == "ressource" else "jour")


def load_ressources(filtres: Filtres, acces: Acces) -> list[Ressource]:
    """Return every bookable resource of the town, agents first; `is_vue` marks those asked for (one query)."""
    rows = Ressource.objects.filter(is_active=True).select_related("agent", "guichet")
    rows = rows.annotate(is_vue=Case(When(_asked(filtres, acces), then=True), default=False))
    return list(rows.order_by(F("guichet__libelle").asc(nulls_first=True), "nom", "pk"))


def _asked(filtres: Filtres, acces: Acces) -> Q:
    if filtres.sujet == "ressource":
        return Q(pk=filtres.sujet_id)
    if filtres.sujet == "service":
        return _of_service(filtres.sujet_id, acces)
    if filtres.sujet == "lieu":
        opened = Exists(_opened().filter(plage__lieu_id=filtres.sujet_id))
        return Q(guichet__lieu_id=filtres.sujet_id) | Q(opened)
    return Q(is_active=True)


def _opened() -> QuerySet[PlageMotif]:
    return PlageMotif.objects.filter(plage__ressource_id=OuterRef("pk"), plage__is_active=True)


def _of_service(service_id: int, acces: Acces) -> Q:
    """The agents who work there, and whatever is open for one of its motifs; nobody for a service sealed to us."""
    readable = {"service_id": service_id, "service__domaine__in": acces.domaines}
    members = ServiceRattachement.objects.filter(**readable).values("rattachement__agent_id")
    opened = _opened().filter(motif__service_id=service_id, motif__service__domaine__in=acces.domaines)
    return Q(agent_id__in=members) | Q(Exists(opened))


def load_choix(acces: Acces) -> Choix:
    """Return whose agenda may be asked for, for a page that shows no grid (three queries)."""
    services = Service.objects.filter(is_active=True, domaine__in=acces.domaines).order_by("nom", "pk")
    rows = Ressource.objects.filter(is_active=True).order_by(F("guichet__libelle").asc(nulls_first=True), "nom", "pk")
    return Choix(list(services), list(Lieu.objects.order_by("nom", "pk")), list(rows))


def load_agenda(filtres: Filtres, acces: Acces, *, at: datetime) -> Agenda:
    """Read a day or a week. A resource, service or lieu that is not of this town gives an empty agenda."""
    town = acces.collectivite
    lieux = {lieu.pk: lieu for lieu in Lieu.objects.order_by("nom", "pk")}
    known = load_ressources(filtres, acces)
    services = list(Service.objects.filter(is_active=True, domaine__in=acces.domaines).order_by("nom", "pk"))
    asked = [each for each in known if each.is_vue]  # type: ignore[attr-defined]
    resources = asked[:COLONNES_MAX]
    window: dict[str, Any] = {"du": filtres.du, "au": filtres.au, "lieux": lieux}
    fonds = load_fonds(resources, **window, fuseau=town.fuseau, zone_feries=town.zone_feries)
    blocs = load_blocs(resources, acces, **window, at=at)
    used = {*fonds.ouvertures, *blocs}
    if len(resources) > 1:  # who neither receives nor is booked takes no room
        resources = [each for each in resources if any(pk == each.pk for pk, _ in used)] or resources
    days = _choose_days(filtres, {day for _, day in used})
    columns = [_build(each, day, fonds, blocs.get((each.pk, day), []), at) for each in resources for day in days]
    choice = Choix(services, list(lieux.values()), known)
    return Agenda(
        filtres=filtres, titre=choice.name(filtres), ressources=resources, jours=days,
        colonnes=columns, heures=_bound(columns), has_trop=len(asked) > COLONNES_MAX, choix=choice,
        echelle=choose_echelle(bloc.fin - bloc.debut for column in columns for bloc in column.blocs),
    )  # fmt: skip


def find_ouverture(shown: Agenda) -> date | None:
    """Return the next day after this page on which one of its resources is open (one query)."""
    rows = OccurrencePlage.objects.filter(ressource__in=shown.ressources, jour__gt=shown.filtres.au)
    found: date | None = rows.aggregate(jour=Min("jour"))["jour"]
    return found


def _build(ressource: Ressource, day: date, fonds: Fonds, blocs: list[Bloc], at: datetime) -> Colonne:
    lieu = fonds.find_lieu(ressource.pk, day)
    zone = lieu.fuseau if lieu else fonds.fuseau
    now = get_minute(at, zone) if get_day(at, zone) == day else None
    return Colonne(ressource, day, lieu, fonds.describe(ressource, day), blocs, now)


def _choose_days(filtres: Filtres, used: set[date]) -> list[date]:
    """Monday to Friday, and the week-end only when something happens then."""
    days = [filtres.du + timedelta(days=gap) for gap in range((filtres.au - filtres.du).days + 1)]
    return [day for day in days if filtres.vue == "jour" or day.weekday() < 5 or day in used]


def _bound(columns: list[Colonne]) -> tuple[int, int]:
    spans = [(each.debut, each.fin) for column in columns for each in column.ouvertures]
    return bound_heures([*spans, *((bloc.debut, bloc.libre_a) for column in columns for bloc in column.blocs)])


def list_etats_ouverts() -> frozenset[str]:
    """States in which an appointment may still be moved."""
    return frozenset({Etat.CONFIRME, Etat.PRESENT})
