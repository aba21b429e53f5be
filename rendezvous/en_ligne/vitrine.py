"""What may be booked online: motifs by subject, the lieux of one, what to bring. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, QuerySet

from collectivites.models import Lieu
from demandes.automates.zones import find_zone, load_zones
from demandes.models import Zone
from rendezvous.en_ligne.choix import Choix
from rendezvous.invitations import Invitation
from rendezvous.models import Motif, PlageMotif, Seance
from socle.ecriture import write_duree
from socle.texte import normalise

SUR_PLACE = Motif.Genre.SUR_PLACE


@dataclass
class Rayon:
    """Motifs of one subject, each with how long it takes (« à partir de 20 min »)."""

    titre: str
    motifs: list[tuple[Motif, str]] = field(default_factory=list)


def list_rayons() -> list[Rayon]:
    """Return what anybody may book, by subject of the démarche, else by service (one query)."""
    rows = _offered().filter(reservable_par=Motif.Reservable.TOUS)
    rayons: dict[str, Rayon] = {}
    for motif in rows.order_by("libelle", "pk"):
        titre = motif.type_demande.thematique.libelle if motif.type_demande else motif.service.nom
        rayons.setdefault(titre, Rayon(titre)).motifs.append((motif, write_durees(motif)))
    return sorted(rayons.values(), key=lambda rayon: normalise(rayon.titre))


def write_durees(motif: Motif) -> str:
    """Return « 20 min », « à partir de 20 min » when it depends on how many come."""
    shortest = write_duree(min(motif.durees) * 60)
    return shortest if len(set(motif.durees)) == 1 else f"à partir de {shortest}"


def find_motif(pk: int, *, invitation: Invitation | None = None, is_invite: bool = False) -> Motif | None:
    """Return a motif that the visitor may book: open to all, or to who holds its invitation (one query)."""
    motif = _offered().filter(pk=pk).first()
    if motif is None or motif.reservable_par == Motif.Reservable.TOUS:
        return motif
    invited = is_invite or (invitation is not None and invitation.motif_id == motif.pk)
    return motif if invited and motif.reservable_par == Motif.Reservable.INVITES else None


def find_motif_of(choix: Choix) -> Motif | None:
    """Return the motif of a choice, if it may still be booked so."""
    motif = find_motif(choix.motif_id, is_invite=choix.is_invite)
    return motif if motif and 1 <= choix.personnes <= motif.personnes_max else None


def list_lieux(motif: Motif) -> list[Lieu]:
    """Return where the motif is received: ranges in service, or sessions (one query)."""
    ranges = PlageMotif.objects.filter(motif=motif, plage__is_active=True, plage__lieu=OuterRef("pk"))
    sessions = Seance.objects.filter(motif=motif, lieu=OuterRef("pk"), is_annulee=False)
    rows = Lieu.objects.filter(Q(Exists(ranges)) | Q(Exists(sessions)), is_active=True)
    return list(rows.order_by("nom", "pk"))


def is_lieu_choisi(motif: Motif, lieux: Iterable[Lieu]) -> bool:
    """True when the usager has a say in where to go: they come, and there is more than one door."""
    return motif.genre == SUR_PLACE and len(list(lieux)) > 1


def find_zone_of(adresse: str) -> Zone | None:
    """Return the district of an address typed by the usager (one query)."""
    return find_zone(adresse, load_zones())


def _offered() -> QuerySet[Motif]:
    rows = Motif.objects.filter(is_active=True, service__is_active=True)
    return rows.select_related("service", "type_demande__thematique")
