"""Visits proposed online: the bundles anybody may book, and one visit under way, carried signed in its address.

As for one appointment (see `choix`), nothing is kept of the visitor but the pass: it says which stops, when, where,
under which key. It lasts two hours and shows what was typed, so it must not be guessed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.core import signing

from collectivites.cloison import get_active_id
from rendezvous.creneaux.modele import Creneau
from rendezvous.en_ligne.choix import DUREE
from rendezvous.models import EtapeParcours, ModeleParcours, Motif
from rendezvous.parcours.combinaisons import Combinaison


@dataclass(frozen=True)
class Formule:
    """A bundle as the public sees it: `motifs` in the order written."""

    modele: ModeleParcours
    motifs: tuple[Motif, ...]

    def get_motif(self, pk: int) -> Motif:
        """Return the motif of one stop. Raises KeyError."""
        return {motif.pk: motif for motif in self.motifs}[pk]


@dataclass(frozen=True)
class Arret:
    """One stop of a visit under way. `ressource_id`: who was free when it was proposed, never told."""

    motif_id: int
    personnes: int
    debut_at: datetime
    fin_at: datetime
    lieu_id: int
    ressource_id: int
    seance_id: int | None = None

    def build_creneau(self, *, is_libre: bool = False) -> Creneau:
        """Return the slot to ask for; `is_libre`: whoever is free."""
        return Creneau(
            debut_at=self.debut_at, fin_at=self.fin_at, lieu_id=self.lieu_id,
            ressource_id=0 if is_libre else self.ressource_id, place=1, motif_id=self.motif_id,
            seance_id=self.seance_id,
        )  # fmt: skip


@dataclass(frozen=True)
class PriseVisite:
    """A visit chosen under an idempotency key: its stops in the order they are lived.

    `lieu_titres`: where identity documents are asked for, known without reading a table; None when none is.
    """

    modele_id: int
    clef: UUID
    arrets: tuple[Arret, ...]
    lieu_titres: int | None = None

    @property
    def personnes(self) -> dict[int, int]:
        """How many come to each stop, by motif."""
        return {arret.motif_id: arret.personnes for arret in self.arrets}


def list_formules() -> list[Formule]:
    """Return the bundles anybody may book online, by name (two queries)."""
    rows = ModeleParcours.objects.filter(is_public=True, is_active=True).order_by("libelle", "pk")
    return _join(list(rows))


def find_formule(pk: int) -> Formule | None:
    """Return one of them; None when it is not proposed, or no longer (two queries)."""
    found = _join(list(ModeleParcours.objects.filter(pk=pk, is_public=True, is_active=True)))
    return found[0] if found else None


def _join(modeles: Sequence[ModeleParcours]) -> list[Formule]:
    """Give each bundle its motifs; one that has a stop the public may not book so is left out."""
    stops = EtapeParcours.objects.filter(modele__in=[each.pk for each in modeles]).order_by("modele_id", "rang")
    motifs: dict[int, list[Motif]] = {each.pk: [] for each in modeles}
    for stop in stops.select_related("motif__service"):
        motifs[stop.modele_id].append(stop.motif)
    whole = [Formule(modele, tuple(dict.fromkeys(motifs[modele.pk]))) for modele in modeles]
    return [each for each in whole if len(each.motifs) > 1 and all(map(is_en_venue, each.motifs))]


def is_en_venue(motif: Motif) -> bool:
    """True for what anybody may book in one visit: one comes, and no address is asked to say who receives."""
    is_open = motif.is_active and motif.service.is_active and motif.reservable_par == Motif.Reservable.TOUS
    return is_open and motif.genre == Motif.Genre.SUR_PLACE and not motif.is_sectorise


def build_prise(
    formule: Formule, combinaison: Combinaison, *, personnes: Mapping[int, int], clef: UUID
) -> PriseVisite:
    """Return a visit that was found as one that can be chosen."""
    arrets = [
        Arret(
            slot.motif_id, personnes[slot.motif_id], slot.debut_at, slot.fin_at, slot.lieu_id, slot.ressource_id,
            slot.seance_id,
        )
        for slot in combinaison.creneaux
    ]  # fmt: skip
    return PriseVisite(formule.modele.pk, clef, tuple(arrets), _find_lieu_titres(formule, arrets))


def _find_lieu_titres(formule: Formule, arrets: Iterable[Arret]) -> int | None:
    titres = (arret.lieu_id for arret in arrets if formule.get_motif(arret.motif_id).categorie_ants)
    return next(titres, None)


def sign_visite(prise: PriseVisite) -> str:
    """Return what the addresses of a visit under way carry."""
    arrets = [
        [
            arret.motif_id, arret.personnes, _second(arret.debut_at), _second(arret.fin_at), arret.lieu_id,
            arret.ressource_id, arret.seance_id,
        ]
        for arret in prise.arrets
    ]  # fmt: skip
    facts = [prise.modele_id, prise.clef.hex, prise.lieu_titres, arrets]
    return signing.dumps(facts, salt=_salt(get_active_id()))


def read_visite(passe: str, *, ville_id: int | None = None) -> PriseVisite | None:
    """Return the visit under way; None when it is forged, of another town, or two hours old.

    `ville_id`: the town, before its wall is up (a prologue).
    """
    try:
        modele_id, clef, titres, rows = signing.loads(passe, salt=_salt(ville_id or get_active_id()), max_age=DUREE)
    except (signing.BadSignature, ValueError):
        return None
    return PriseVisite(modele_id, UUID(clef), tuple(map(_read_arret, rows)), titres)


def _read_arret(row: Sequence[int]) -> Arret:
    motif_id, personnes, debut, fin, lieu_id, ressource_id, seance_id = row
    return Arret(
        motif_id, personnes, datetime.fromtimestamp(debut, UTC), datetime.fromtimestamp(fin, UTC), lieu_id,
        ressource_id, seance_id,
    )  # fmt: skip


def _second(instant: datetime) -> int:
    return int(instant.timestamp())


def _salt(ville_id: int | None) -> str:
    return f"rendezvous.visite:{ville_id}"
