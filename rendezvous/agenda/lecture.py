"""One page of the agenda: whose, which columns, what stands in each. About ten queries, whatever the size."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from collectivites.acces import Acces
from collectivites.models import Lieu, Service, ServiceRattachement
from rendezvous.agenda.blocs import Bloc, load_blocs
from rendezvous.agenda.disposition import bound_heures, choose_echelle
from rendezvous.agenda.filtres import Filtres
from rendezvous.agenda.fonds import Fond, Fonds, load_fonds
from rendezvous.etats import Etat
from rendezvous.heures import MINUTES_JOUR, get_day, get_minute
from rendezvous.models import PlageMotif, Ressource

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


def list_ressources(filtres: Filtres) -> QuerySet[Ressource]:
    """Return the bookable resources asked for, agents first, by name."""
    rows = Ressource.objects.filter(is_active=True).select_related("agent", "guichet")
    if filtres.sujet == "ressource":
        rows = rows.filter(pk=filtres.sujet_id)
    elif filtres.sujet == "service":
        rows = rows.filter(_of_service(filtres.sujet_id))
    elif filtres.sujet == "lieu":
        opened = Exists(_opened().filter(plage__lieu_id=filtres.sujet_id))
        rows = rows.filter(Q(guichet__lieu_id=filtres.sujet_id) | opened)
    return rows.order_by(F("guichet__libelle").asc(nulls_first=True), "nom", "pk")


def _opened() -> QuerySet[PlageMotif]:
    return PlageMotif.objects.filter(plage__ressource_id=OuterRef("pk"), plage__is_active=True)


def _of_service(service_id: int) -> Q:
    """The agents who work there, and whatever is open for one of its motifs."""
    members = ServiceRattachement.objects.filter(service_id=service_id).values("rattachement__agent_id")
    return Q(agent_id__in=members) | Q(Exists(_opened().filter(motif__service_id=service_id)))


def load_agenda(filtres: Filtres, acces: Acces, *, at: datetime) -> Agenda:
    """Read a day or a week. A resource, service or lieu that is not of this town gives an empty agenda."""
    town = acces.collectivite
    lieux = Lieu.objects.in_bulk()
    resources = list(list_ressources(filtres)[: COLONNES_MAX + 1])
    has_more, resources = len(resources) > COLONNES_MAX, resources[:COLONNES_MAX]
    window = {"du": filtres.du, "au": filtres.au, "lieux": lieux}
    fonds = load_fonds(resources, **window, fuseau=town.fuseau, zone_feries=town.zone_feries)
    blocs = load_blocs(resources, acces, **window, at=at)
    days = _choose_days(filtres, {day for _, day in (*fonds.ouvertures, *blocs)})
    columns = [_build(each, day, fonds, blocs.get((each.pk, day), []), at) for each in resources for day in days]
    return Agenda(
        filtres=filtres, titre=_name(filtres, resources, lieux, acces), ressources=resources, jours=days,
        colonnes=columns, heures=_bound(columns), has_trop=has_more,
        echelle=choose_echelle(bloc.fin - bloc.debut for column in columns for bloc in column.blocs),
    )  # fmt: skip


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


def _name(filtres: Filtres, resources: list[Ressource], lieux: dict[int, Lieu], acces: Acces) -> str:
    """Whose agenda it is, in words."""
    if filtres.sujet == "ressource":
        return resources[0].nom if resources else ""
    if filtres.sujet == "lieu":
        return lieux[filtres.sujet_id].nom if filtres.sujet_id in lieux else ""
    if filtres.sujet == "service":
        service = Service.objects.filter(pk=filtres.sujet_id, domaine__in=acces.domaines).first()
        return service.nom if service else ""
    return "Toute la collectivité"


def list_etats_ouverts() -> frozenset[str]:
    """States in which an appointment may still be moved."""
    return frozenset({Etat.CONFIRME, Etat.PRESENT})
