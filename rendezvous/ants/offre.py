"""What the national search reads: every lieu of every town that really offers identity documents, and its free slots.

Times are the local hour of the lieu followed by « Z »: that is the practice of the search, not UTC.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import connection
from django.urls import reverse

from collectivites.cloison import collectivite_active, get_active_id
from collectivites.models import Collectivite, Lieu
from rendezvous.creneaux.lots import find_offres_de
from rendezvous.creneaux.modele import JOURS_MAX
from rendezvous.en_ligne.choix import Choix, sign_choix
from rendezvous.heures import to_local
from rendezvous.models import Motif

RAISONS = frozenset({"CNI", "PASSPORT", "CNI-PASSPORT"})


@dataclass(frozen=True)
class Question:
    """One search: which lieux, which document, how many files, local days both included."""

    lieux: Sequence[int]
    raison: str
    documents: int
    du: date
    au: date


def list_points() -> list[dict[str, object]]:
    """Return the lieux of every town where a document can be asked for online, as the search wants them."""
    points: list[dict[str, object]] = []
    for collectivite_id, lieux in _group_lieux(None).items():
        with collectivite_active(collectivite_id):
            points += [_tell_point(lieu) for lieu in Lieu.objects.filter(pk__in=lieux).order_by("pk")]
    return sorted(points, key=lambda point: int(str(point["id"])))


def _tell_point(lieu: Lieu) -> dict[str, object]:
    return {
        "id": str(lieu.pk),
        "name": lieu.nom,
        "latitude": float(lieu.latitude) if lieu.latitude is not None else None,
        "longitude": float(lieu.longitude) if lieu.longitude is not None else None,
        "public_entry_address": lieu.adresse,
        "zip_code": lieu.code_postal,
        "city_name": lieu.ville,
    }


def list_libres(question: Question, *, at: datetime) -> dict[str, list[dict[str, str]]]:
    """Return {lieu: [{datetime, callback_url}]}, sorted, one entry a start; a lieu that is not ours has none."""
    answer: dict[str, list[dict[str, str]]] = {str(lieu): [] for lieu in question.lieux}
    for collectivite_id, lieux in _group_lieux(question.lieux).items():
        with collectivite_active(collectivite_id):
            for lieu_id, found in _search(question, lieux, at=at).items():
                answer[str(lieu_id)] = [
                    {"datetime": heure, "callback_url": url} for heure, url in sorted(found.items())
                ]
    return answer


def _search(question: Question, lieux: Iterable[int], *, at: datetime) -> dict[int, dict[str, str]]:
    """Return, for each lieu of the active town, {local hour: address where it is booked}."""
    rows = Motif.objects.filter(is_active=True, categorie_ants=question.raison, reservable_par=Motif.Reservable.TOUS)
    motifs = [motif for motif in rows.order_by("pk") if question.documents <= motif.personnes_max]
    fuseaux = dict(Lieu.objects.filter(pk__in=lieux).values_list("pk", "fuseau"))
    free = find_offres_de(
        motifs, du=question.du, au=question.au, at=at, personnes=question.documents, lieux=list(fuseaux),
        jours_max=JOURS_MAX,
    )  # fmt: skip
    build = _Adresses(question.documents)
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for motif in motifs:
        for slot in free[motif.pk]:
            heure = f"{to_local(slot.debut_at, fuseaux[slot.lieu_id]):%Y-%m-%dT%H:%M}Z"
            if heure not in found[slot.lieu_id]:
                found[slot.lieu_id][heure] = build(motif.pk, slot.lieu_id, heure)
    return found


class _Adresses:
    """Addresses of our booking page: one signature for a motif and a lieu, then the day."""

    def __init__(self, documents: int) -> None:
        self.documents = documents
        self.slug = Collectivite.objects.values_list("slug", flat=True).get(pk=get_active_id())
        self.connues: dict[tuple[int, int], str] = {}

    def __call__(self, motif_id: int, lieu_id: int, heure: str) -> str:
        if (motif_id, lieu_id) not in self.connues:
            passe = sign_choix(Choix(motif_id, personnes=self.documents, lieu_id=lieu_id))
            chemin = reverse("rdv:creneaux", args=[self.slug, passe])
            self.connues[motif_id, lieu_id] = f"{settings.URL_PUBLIQUE.rstrip('/')}{chemin}"
        return f"{self.connues[motif_id, lieu_id]}?jour={heure[:10]}"


def _group_lieux(wanted: Iterable[int] | None) -> dict[int, list[int]]:
    """Return {collectivité: lieux} of those that offer documents, among `wanted` (all when None)."""
    kept = None if wanted is None else set(wanted)
    groups: dict[int, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute("SELECT collectivite_id, id FROM rendezvous_lieux_ants() ORDER BY 1, 2")
        for collectivite_id, lieu_id in cursor.fetchall():
            if kept is None or lieu_id in kept:
                groups[collectivite_id].append(lieu_id)
    return groups
