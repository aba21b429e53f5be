"""What an agent is told without being stopped: overlaps, motifs that no block can hold, people who work elsewhere."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from django.db.models import Q

from collectivites.cloison import get_active_id
from collectivites.models import Collectivite, ServiceRattachement
from rendezvous.heures import to_local
from rendezvous.models import Motif, OccurrencePlage, PlageOuverture
from rendezvous.offre.blocs import write_bloc
from rendezvous.offre.fermetures import Fermetures, find_raison
from socle.ecriture import write_jour


def list_avertissements(plage: PlageOuverture, motifs: Collection[Motif], *, du: date) -> list[str]:
    """Return what is worth a second look in a range already written and projected, in French."""
    return [
        *_tell_jours(plage, du), *tell_trop_longs(motifs, plage.blocs), *_tell_services(plage, motifs),
        *tell_chevauchement(plage, du=du),
    ]  # fmt: skip


def _tell_jours(plage: PlageOuverture, du: date) -> list[str]:
    """A range whose days are all over, or whose only day is closed, offers nothing."""
    if plage.jusqu_on is not None and plage.jusqu_on < du:
        last = write_jour(plage.jusqu_on, annee=True)
        return [f"Le dernier jour, {last}, est passé\u00a0: aucun créneau ne sera offert."]
    if plage.regle:
        return []
    town, day = Collectivite.objects.get(pk=get_active_id()), plage.premier_on
    why = find_raison(
        plage.lieu, day, Fermetures.read(day, day), zone_ville=town.zone_feries, is_travaille=plage.is_ferie_travaille
    )
    return [f"Le {write_jour(day, annee=True)} est fermé ({why})\u00a0: aucun créneau ne sera offert."] if why else []


def tell_trop_longs(motifs: Iterable[Motif], blocs: Iterable[Sequence[int]]) -> list[str]:
    """Name the motifs that fit in no block, even for one person."""
    longest = max((end - start for start, end in blocs), default=0)
    return [
        f"«\u00a0{motif.libelle}\u00a0» dure {min(motif.durees)}\u00a0minutes, plus que le plus long bloc "
        f"({longest}\u00a0minutes)\u00a0: il ne sera jamais proposé dans cette plage."
        for motif in motifs
        if min(motif.durees) > longest
    ]


def tell_motif_sans_place(motif: Motif) -> list[str]:
    """Say that a motif is longer than any block of the ranges that offer it (one query); nothing in no range."""
    ranges = PlageOuverture.objects.filter(is_active=True, liens_motifs__motif=motif).values_list("blocs", flat=True)
    blocs = [bloc for each in ranges for bloc in each]
    longest = max((end - start for start, end in blocs), default=0)
    if not blocs or min(motif.durees) <= longest:
        return []
    told = f"Ce motif dure {min(motif.durees)}\u00a0minutes, plus que toutes les plages où il est proposé"
    return [f"{told} ({longest}\u00a0minutes au plus)\u00a0: aucun créneau ne sera offert."]


def _tell_services(plage: PlageOuverture, motifs: Collection[Motif]) -> list[str]:
    agent_id = plage.ressource.agent_id
    if agent_id is None:
        return []
    works = set(
        ServiceRattachement.objects.filter(
            rattachement__agent_id=agent_id, rattachement__collectivite_id=get_active_id()
        ).values_list("service_id", flat=True)
    )
    away = [f"«\u00a0{motif.libelle}\u00a0»" for motif in motifs if motif.service_id not in works]
    if not away:
        return []
    return [f"{plage.ressource.nom} ne travaille pas dans le service de {', '.join(away)}."]


def tell_chevauchement(plage: PlageOuverture, *, du: date) -> list[str]:
    """Name each range of the same resource, or at the same counter, that is open at the same time: its first day.

    One query on the occurrences, so that two rules are compared on the days they really share.
    """
    mine = list(OccurrencePlage.objects.filter(plage=plage, jour__gte=du).order_by("debut_at"))
    if not mine:
        return []
    same = Q(ressource_id=plage.ressource_id)
    if plage.guichet_id or plage.ressource.guichet_id:
        counter = plage.guichet_id or plage.ressource.guichet_id
        same |= Q(plage__guichet_id=counter) | Q(ressource__guichet_id=counter)
    others = OccurrencePlage.objects.filter(same, fin_at__gt=mine[0].debut_at, debut_at__lt=mine[-1].fin_at)
    rows = others.exclude(plage=plage).select_related("plage", "lieu", "ressource").order_by("debut_at", "pk")
    return _tell_first_of_each(mine, rows)


def _tell_first_of_each(mine: Sequence[OccurrencePlage], others: Iterable[OccurrencePlage]) -> list[str]:
    found: dict[int, str] = {}
    rank = 0
    for other in others:
        while rank < len(mine) and mine[rank].fin_at <= other.debut_at:
            rank += 1
        if rank < len(mine) and mine[rank].debut_at < other.fin_at:
            found.setdefault(other.plage_id, _tell_overlap(other))
    return list(dict.fromkeys(found.values()))  # ranges without a name say the same


def _tell_overlap(other: OccurrencePlage) -> str:
    start, end = (to_local(instant, other.lieu.fuseau) for instant in (other.debut_at, other.fin_at))
    name = f"«\u00a0{other.plage.libelle}\u00a0»" if other.plage.libelle else "une autre plage"
    hours = write_bloc(start.hour * 60 + start.minute, end.hour * 60 + end.minute or 1440)
    return (
        f"Le {write_jour(other.jour, annee=True)}, cette plage en chevauche une autre\u00a0: {name} de "
        f"{other.ressource.nom}, {hours}, {other.lieu.nom}."
    )
