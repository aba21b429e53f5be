"""What the public was offered, noted once a day; and the motifs for which hardly anything is left, asked live."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count

from collectivites.acces import Acces
from collectivites.models import Lieu
from collectivites.reglages import get_reglage
from rendezvous.creneaux.lecture import read_offre
from rendezvous.creneaux.lots import find_creneaux_de
from rendezvous.creneaux.modele import Creneau, Criteres
from rendezvous.creneaux.recherche import find_prochain
from rendezvous.heures import get_day
from rendezvous.models import InscriptionAttente, Motif, ReleveOffre, Seance
from rendezvous.offre.projection import HORIZON_JOURS

FENETRE_JOURS = 30  # local days in which free slots are counted, today included
MARGE = 3  # times the threshold: above it last night, a motif is not asked again during the day
Paire = tuple[int, int]  # (motif, lieu)


@dataclass(frozen=True)
class AlerteOffre:
    """A motif open to everybody with fewer than `seuil` slots left in the coming thirty days.

    `attente`: how many asked to be told of a slot.
    """

    motif: Motif
    creneaux: int
    seuil: int
    attente: int = 0

    @property
    def is_epuise(self) -> bool:
        """True when nothing at all is left."""
        return self.creneaux == 0


def take_releves(*, at: datetime) -> int:
    """Note, for each motif open to everybody and each lieu that offers it, the wait and what is left; return how many.

    Taken again the same local day, it replaces the first. Active collectivité.
    """
    motifs = list(Motif.objects.filter(is_active=True, reservable_par=Motif.Reservable.TOUS).order_by("pk"))
    fuseaux = dict(Lieu.objects.filter(is_active=True).values_list("pk", "fuseau"))
    found = _search(motifs, at)
    by_pair: dict[Paire, list[Creneau]] = {pair: [] for pair in _list_paires(motifs, at) if pair[1] in fuseaux}
    for creneau in (each for slots in found.values() for each in slots):
        by_pair.setdefault((creneau.motif_id, creneau.lieu_id), []).append(creneau)
    by_pk = {motif.pk: motif for motif in motifs}
    rows = [_write(by_pk[motif], lieu, fuseaux[lieu], slots, at) for (motif, lieu), slots in by_pair.items()]
    ReleveOffre.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["collectivite", "motif", "lieu", "jour"],
        update_fields=["delai_jours", "creneaux"],
    )  # fmt: skip
    return len(rows)


def _search(motifs: Sequence[Motif], at: datetime) -> dict[int, list[Creneau]]:
    """Free slots from yesterday's date on: it is still yesterday somewhere, and the past is never offered."""
    first = at.date() - timedelta(days=1)
    return find_creneaux_de(motifs, du=first, au=first + timedelta(days=FENETRE_JOURS + 1), at=at)


def _list_paires(motifs: Sequence[Motif], at: datetime) -> Iterable[Paire]:
    """Every (motif, lieu) that means to receive, even when nothing is left there."""
    day = at.date()
    offre = read_offre([motif.pk for motif in motifs if not motif.is_collectif], Criteres(du=day, au=day, at=at))
    for motif, plages in offre.par_motif.items():
        for plage in plages:
            yield motif, offre.plages[plage].lieu.pk
    collectifs = [motif.pk for motif in motifs if motif.is_collectif]
    coming = Seance.objects.filter(motif_id__in=collectifs, is_annulee=False, debut_at__gt=at)
    yield from coming.order_by("motif_id", "lieu_id").values_list("motif_id", "lieu_id").distinct()


def _write(motif: Motif, lieu: int, fuseau: str, slots: list[Creneau], at: datetime) -> ReleveOffre:
    today = get_day(at, fuseau)
    premier = slots[0] if slots else _find_far(motif, lieu, today, at)
    delai = (get_day(premier.debut_at, fuseau) - today).days if premier else None
    return ReleveOffre(
        motif=motif, lieu_id=lieu, jour=today, delai_jours=delai, creneaux=_count(slots, today, fuseau)
    )  # fmt: skip


def _find_far(motif: Motif, lieu: int, today: date, at: datetime) -> Creneau | None:
    return find_prochain(motif=motif, du=today, au=today + timedelta(days=HORIZON_JOURS), at=at, lieux=[lieu])


def _count(slots: Iterable[Creneau], today: date, fuseau: str) -> int:
    last = today + timedelta(days=FENETRE_JOURS)
    return sum(each.places_restantes for each in slots if get_day(each.debut_at, fuseau) < last)


def read_alertes(*, acces: Acces, at: datetime) -> list[AlerteOffre]:
    """Return the motifs the agent may see that are short of slots, the most urgent first.

    Last night's figures choose whom to ask about; only those are counted again, so that a range just opened silences
    its alert at once. A dozen queries at most.
    """
    seuil = get_reglage("rendezvous.seuil_creneaux")
    online = Motif.objects.filter(
        is_active=True, reservable_par=Motif.Reservable.TOUS, service__is_active=True,
        service__domaine__in=acces.domaines,
    )  # fmt: skip
    known = _read_last_night(at)
    doubtful = [motif for motif in online.order_by("libelle", "pk") if known.get(motif.pk, 0) < MARGE * seuil]
    if not doubtful:
        return []
    left = {pk: sum(each.places_restantes for each in slots) for pk, slots in _search(doubtful, at).items()}
    short, waits = [motif for motif in doubtful if left[motif.pk] < seuil], count_attente(doubtful)
    alertes = [AlerteOffre(motif, left[motif.pk], seuil, waits[motif.pk]) for motif in short]
    return sorted(alertes, key=lambda each: (each.creneaux, -each.attente))


def count_attente(motifs: Sequence[Motif]) -> Counter[int]:
    """Return {motif: how many wait for a slot without an appointment} (one query)."""
    rows = InscriptionAttente.objects.filter(motif__in=motifs, ended_at=None, prouve_at__isnull=False)
    return Counter(dict(rows.values("motif_id").annotate(nombre=Count("pk")).values_list("motif_id", "nombre")))


def _read_last_night(at: datetime) -> Counter[int]:
    """Return {motif: slots left} of the latest note of each lieu since two days ago."""
    rows = ReleveOffre.objects.filter(jour__gte=at.date() - timedelta(days=2)).order_by("jour")
    latest: dict[Paire, int] = {
        (motif, lieu): left for motif, lieu, left in rows.values_list("motif_id", "lieu_id", "creneaux")
    }
    total: Counter[int] = Counter()
    for (motif, _lieu), left in latest.items():
        total[motif] += left
    return total
