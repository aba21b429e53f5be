"""Appointments of the demonstration: six weeks behind, six weeks ahead, taken by real people in real slots."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from accueil.demo.horloge import Horloge
from accueil.demo.installation import Ville
from accueil.demo.offre import OffreBatie, find_monday
from citoyens.models import Usager
from collectivites.acteur import Acteur, acting_usager
from rendezvous.creneaux.modele import Creneau
from rendezvous.creneaux.recherche import find_creneaux
from rendezvous.etats import Etat
from rendezvous.heures import to_instant
from rendezvous.models import Motif, RendezVous
from rendezvous.offre.actions import find_ressource
from rendezvous.reservation.actions import book_rendezvous, cancel_rendezvous, mark_rendezvous
from rendezvous.reservation.refus import RendezVousRefuse
from rendezvous.reservation.saisie import Participant
from rendezvous.reservation.seances import open_seance

# motif, how many behind, how many ahead
VOLUMES: dict[str, dict[str, tuple[int, int]]] = {
    "aurelle": {
        "cni": (14, 26), "passeport": (8, 16), "titres": (3, 6), "retrait": (8, 8), "mariage": (1, 3), "pacs": (1, 2),
        "travaux": (3, 6), "urba_tel": (2, 3), "ecole": (3, 6), "creche": (1, 3), "social": (4, 7), "domicile": (0, 2),
    },
    "valmont": {"mairie": (2, 4), "urbanisme": (0, 2)},
}  # fmt: skip
ADRESSE = "12 rue des Tanneurs, Aurelle"
SUR_PLACE = (RendezVous.Canal.GUICHET, RendezVous.Canal.TELEPHONE)
FENETRE = timedelta(days=28)


@dataclass(frozen=True)
class _Tirage:
    """What drawing one appointment needs."""

    ville: Ville
    usagers: list[Usager]
    horloge: Horloge
    chance: random.Random

    def actor(self) -> Acteur:
        return self.ville.acteur(self.chance.choice(self.ville.accueil))


def take_rendezvous(ville: Ville, offre: OffreBatie, usagers: dict[str, Usager], *, horloge: Horloge) -> int:
    """Book, honour, miss and cancel; the same appointments each time for the same day. Returns how many."""
    slug = ville.demo.slug
    known = [usager for clef, usager in usagers.items() if clef.startswith(f"{slug}-") and usager.is_personne]
    tirage = _Tirage(ville, known, horloge, random.Random(f"guichet-rdv-{slug}"))  # noqa: S311 not a secret
    total = 0
    for clef, (before, after) in VOLUMES[slug].items():
        motif = offre.motifs[clef]
        total += _book_some(tirage, motif, before, du=horloge.today - FENETRE, au=horloge.today - timedelta(days=1))
        total += _book_some(tirage, motif, after, du=horloge.today, au=horloge.today + FENETRE)
    return total + _gather(tirage, offre)


def _gather(tirage: _Tirage, offre: OffreBatie) -> int:
    """Two workshops at the media library, the first one nearly full."""
    if "atelier" not in offre.motifs:
        return 0
    motif, lieu = offre.motifs["atelier"], offre.lieux["Médiathèque Colette-Aubry"]
    host = find_ressource(agent=tirage.ville.agents["sophie.delaunay"])
    taken = 0
    for week, seats in ((1, 6), (3, 2)):
        day = find_monday(tirage.horloge) + timedelta(weeks=week, days=3)
        start = to_instant(day, 10 * 60, lieu.fuseau)
        seance = open_seance(
            motif=motif, lieu=lieu, ressource=host, debut_at=start, fin_at=start + timedelta(minutes=90), places=8,
            by=tirage.actor(), at=tirage.horloge.at - timedelta(days=5),
        )  # fmt: skip
        slot = Creneau(start, seance.fin_at, lieu.pk, host.pk, 1, motif.pk, seance.pk, 8)
        taken += sum(_live(tirage, motif, slot, 1) for _ in range(seats))
    return taken


def _book_some(tirage: _Tirage, motif: Motif, number: int, *, du: date, au: date) -> int:
    """Book `number` appointments between two days, as if each had been taken some days before."""
    if not number:
        return 0
    asked_at = tirage.horloge.at - timedelta(days=60) if du < tirage.horloge.today else tirage.horloge.at
    longest = min(2, motif.personnes_max)
    slots = find_creneaux(motif=motif, du=du, au=au, at=asked_at, personnes=longest, pour_agent=True)
    return sum(_live(tirage, motif, slot, longest) for slot in _spread(slots, number, tirage.chance))


def _spread(slots: list[Creneau], number: int, chance: random.Random) -> list[Creneau]:
    """Draw slots that do not overlap on one resource: near days are fuller than far ones."""
    kept: list[Creneau] = []
    pool = sorted(
        slots, key=lambda slot: (slot.debut_at.timestamp() * (1 + 4e-4 * chance.random()), slot.ressource_id)
    )
    for slot in pool:
        clash = any(
            slot.ressource_id == other.ressource_id and abs(slot.debut_at - other.debut_at) < timedelta(minutes=100)
            for other in kept
        )
        if not clash:
            kept.append(slot)
        if len(kept) == number:
            break
    return kept


def _live(tirage: _Tirage, motif: Motif, slot: Creneau, longest: int) -> bool:
    """Book, and say what became of it; False when the person drawn can't come then."""
    chance, by = tirage.chance, tirage.actor()
    usager = chance.choice(tirage.usagers)
    taken_at = min(
        slot.debut_at - timedelta(days=chance.randint(3, 20), hours=chance.randint(0, 6)), tirage.horloge.at
    )
    online = motif.reservable_par == Motif.Reservable.TOUS and chance.random() < 0.6
    try:
        rdv = book_rendezvous(
            creneau=slot, motif=motif, personnes=chance.choice((1, 1, 1, longest)),
            participants=[Participant(usager_id=usager.pk)],
            clef=_draw(tirage, f"{motif.pk}:{slot.debut_at}:{usager.pk}"),
            canal=RendezVous.Canal.EN_LIGNE if online else chance.choice(SUR_PLACE),
            adresse=ADRESSE if motif.genre == Motif.Genre.DOMICILE else "", telephone="",
            by=acting_usager(usager_id=usager.pk) if online else by, at=taken_at,
        )  # fmt: skip
    except RendezVousRefuse:
        return False
    _end(tirage, rdv, by)
    return True


def _end(tirage: _Tirage, rdv: RendezVous, by: Acteur) -> None:
    """What became of it: one in ten cancelled, one in twelve missed, the others held."""
    fate, now = tirage.chance.random(), tirage.horloge.at
    if fate < 0.08 and rdv.debut_at - timedelta(days=1) < now:
        at = rdv.debut_at - timedelta(days=2)
        cancel_rendezvous(rendezvous=rdv, version=rdv.version, par="usager", raison="", by=by, at=at)
    elif rdv.fin_at < now:
        state = Etat.ABSENT if fate > 0.92 else Etat.HONORE
        mark_rendezvous(rendezvous=rdv, version=rdv.version, etat=state, by=by, at=rdv.fin_at)
    elif rdv.debut_at < now:
        mark_rendezvous(rendezvous=rdv, version=rdv.version, etat=Etat.EN_COURS, by=by, at=rdv.debut_at)


def _draw(tirage: _Tirage, what: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"guichet:rdv:{tirage.ville.demo.slug}:{what}")
