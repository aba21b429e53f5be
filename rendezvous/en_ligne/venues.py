"""Visits as a visitor reads them: hours on the clock of each lieu, the way between two, how long it all takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from collectivites.models import Lieu
from rendezvous.creneaux.modele import JOURS_USAGER
from rendezvous.en_ligne.visites import Formule, PriseVisite, build_prise, sign_visite
from rendezvous.heures import get_day, to_local
from rendezvous.models import Motif
from rendezvous.parcours.combinaisons import Trajets
from rendezvous.parcours.recherche import Etape, find_visites, read_trajets

PROPOSITIONS = 6
PROCHE = timedelta(days=20)  # searched first: a visit is soon found where slots are plenty
MOIS = timedelta(days=JOURS_USAGER - 1)


@dataclass(frozen=True)
class Halte:
    """A stop to read: `debut`, `fin` on the clock of its lieu; `trajet`, `attente`: what comes before it."""

    motif: Motif
    personnes: int
    debut: datetime
    fin: datetime
    lieu: Lieu
    trajet: timedelta = timedelta()
    attente: timedelta = timedelta()

    @property
    def unites(self) -> str:
        """« 2 dossiers », nothing for one."""
        unit = self.motif.unite_personnes
        return f"{self.personnes}\u00a0{unit}{'' if unit.endswith(('s', 'x')) else 's'}" if self.personnes > 1 else ""


@dataclass(frozen=True)
class Proposition:
    """A visit to choose: `passe` is the value of its button."""

    passe: str
    haltes: list[Halte]

    @property
    def debut(self) -> datetime:
        """When it begins, on the clock of its first lieu."""
        return self.haltes[0].debut

    @property
    def duree(self) -> timedelta:
        """From the first door to the last."""
        return self.haltes[-1].fin - self.debut


@dataclass(frozen=True)
class Souhait:
    """What is looked for: the stops kept, in the bundle's order, for how many (by motif), from which local day."""

    formule: Formule
    personnes: Mapping[int, int]
    du: date
    horizon_on: date
    clef: UUID
    at: datetime

    @property
    def motifs(self) -> list[Motif]:
        """The stops kept."""
        return [motif for motif in self.formule.motifs if motif.pk in self.personnes]


@dataclass(frozen=True)
class Propositions:
    """What the page shows. `suite`: a day from which to look further, None beyond what may be booked."""

    liste: list[Proposition]
    suite: date | None


def find_horizon(motifs: Sequence[Motif], *, aujourd_hui: date) -> date:
    """Return the last local day on which all these motifs may be booked."""
    return aujourd_hui + timedelta(days=min(motif.delai_max_jours for motif in motifs))


def list_propositions(souhait: Souhait) -> Propositions:
    """Return the best visits from the day asked for: near ones first, else two months ahead."""
    lieux = {lieu.pk: lieu for lieu in Lieu.objects.filter(is_active=True)}
    trajets, last = read_trajets(), souhait.du
    liste: list[Proposition] = []
    for span in (PROCHE, MOIS):
        last = min(souhait.du + span, souhait.horizon_on)
        liste = [_show(prise, souhait.formule, lieux, trajets) for prise in _search(souhait, last)]
        if liste or last == souhait.horizon_on:
            break
    if len(liste) == PROPOSITIONS:
        last = liste[-1].debut.date()
    return Propositions(liste, last + timedelta(days=1) if last < souhait.horizon_on else None)


def _search(souhait: Souhait, au: date) -> list[PriseVisite]:
    if au < souhait.du:
        return []
    found = find_visites(
        etapes=[Etape(motif, souhait.personnes[motif.pk]) for motif in souhait.motifs],
        is_ordonne=souhait.formule.modele.is_ordonne, du=souhait.du, au=au, at=souhait.at, nombre=PROPOSITIONS,
    )  # fmt: skip
    return [build_prise(souhait.formule, each, personnes=souhait.personnes, clef=souhait.clef) for each in found]


def find_day(prise: PriseVisite) -> date:
    """Return the local day of a visit under way (one query)."""
    first = prise.arrets[0]
    fuseau = Lieu.objects.values_list("fuseau", flat=True).get(pk=first.lieu_id)
    return get_day(first.debut_at, fuseau)


def show_visite(prise: PriseVisite, formule: Formule) -> Proposition:
    """Return a visit under way as it reads (three queries)."""
    lieux = Lieu.objects.in_bulk([arret.lieu_id for arret in prise.arrets])
    return _show(prise, formule, lieux, read_trajets())


def _show(prise: PriseVisite, formule: Formule, lieux: Mapping[int, Lieu], trajets: Trajets) -> Proposition:
    haltes = []
    for before, arret in zip([None, *prise.arrets[:-1]], prise.arrets, strict=True):
        lieu = lieux[arret.lieu_id]
        go = trajets(before.lieu_id, arret.lieu_id) if before else timedelta()
        wait = arret.debut_at - before.fin_at - go if before else timedelta()
        debut, fin = (to_local(instant, lieu.fuseau) for instant in (arret.debut_at, arret.fin_at))
        haltes.append(Halte(formule.get_motif(arret.motif_id), arret.personnes, debut, fin, lieu, go, wait))
    return Proposition(sign_visite(prise), haltes)


def list_pieces(motifs: Sequence[Motif]) -> list[str]:
    """Return what to bring to all these stops, each document once."""
    return list(dict.fromkeys(piece for motif in motifs for piece in motif.pieces))
