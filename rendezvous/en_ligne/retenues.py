"""How much of the offer one network address may hold without having proven anything: a tiny office stays open to all.

The first slot held is never refused nor shortened. From the second on, the town says how many may be alive at once,
which share of a motif's day they may be, and how soon they are let go when no code is asked for. What an address
holds is known by the keys of its bookings, in Redis, under a keyed hash, ninety minutes at most; Redis away, nobody is
refused. Options are counted in the database: confirmed, dropped or expired, they no longer count.
"""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from uuid import UUID

from django.core.cache import cache

from collectivites.cloison import get_active_id
from collectivites.models import Lieu
from collectivites.reglages import get_reglages
from rendezvous.creneaux.recherche import find_creneaux
from rendezvous.en_ligne.choix import Prise
from rendezvous.etats import Etat
from rendezvous.heures import get_day
from rendezvous.models import Motif, RendezVous
from rendezvous.reservation.refus import RendezVousRefuse

DUREE = 5400  # seconds a key is kept: no option lives longer, however many codes are asked for
EN_ROUTE = 5  # seconds during which a key noted counts though its option is not written yet: two requests at once
CASES = 100  # keys kept of one address; more than the town may allow
PAR_ADRESSE, PART = "rendezvous.retenues_par_adresse", "rendezvous.retenues_part_jour"
USUELLE, SUIVANTE = "rendezvous.retenue_minutes", "rendezvous.retenue_suivante_minutes"
CALME = "Terminez une réservation commencée, attendez quelques minutes, ou appelez-nous."
AUTRE_JOUR = "Terminez la réservation commencée, choisissez un autre jour, ou appelez-nous."


class TropRetenu(RendezVousRefuse):
    """This address holds enough. HTTP 429."""


@dataclass(frozen=True)
class Retenue:
    """An option alive, of this address. `places`: seats of a session, else one."""

    motif_id: int
    jour: date
    places: int


def allow_retenue(visiteur: str, prise: Prise, *, motif: Motif, at: datetime) -> int | None:
    """Say whether this address may hold one slot more, and for how many minutes: None, the usual. Raises TropRetenu.

    `visiteur`: see `demandes.debit.find_visiteur`; empty, nothing is limited. One look at Redis, and no query, for who
    holds nothing yet.
    """
    with _noting(visiteur, [prise.clef]) as known:
        held, pending = _list_alive(known, at=at)
        if not held and not pending:
            return None
        reglages = get_reglages(PAR_ADRESSE, PART, USUELLE, SUIVANTE)
        _check_nombre(len(held) + pending + 1, reglages[PAR_ADRESSE])
        lieu = Lieu.objects.filter(pk=prise.lieu_id).first()
        if lieu is not None:
            _check_part(held, prise, motif, get_day(prise.debut_at, lieu.fuseau), part=reglages[PART], at=at)
        return min(reglages[SUIVANTE], reglages[USUELLE])


def allow_visite(visiteur: str, clefs: Sequence[UUID], *, at: datetime) -> None:
    """The same for a visit, which holds several slots: they are counted, neither shared out by day nor shortened."""
    with _noting(visiteur, clefs) as known:
        held, pending = _list_alive(known, at=at)
        if held or pending:
            _check_nombre(len(held) + pending + len(clefs), get_reglages(PAR_ADRESSE)[PAR_ADRESSE])


def _check_nombre(nombre: int, maximum: int) -> None:
    if nombre > maximum:
        raise TropRetenu(f"Plusieurs créneaux sont déjà retenus depuis votre connexion. {CALME}")


def _check_part(
    held: Collection[Retenue], prise: Prise, motif: Motif, jour: date, *, part: int, at: datetime
) -> None:  # fmt: skip
    same = sum(each.places for each in held if (each.motif_id, each.jour) == (motif.pk, jour))
    if not same:
        return
    choix = prise.choix
    free = find_creneaux(motif=motif, du=jour, au=jour, at=at, personnes=choix.personnes, zone_id=choix.zone_id)
    whole = same + sum(each.places_restantes for each in free)
    asked = choix.personnes if prise.seance_id else 1
    if same + asked > ceil(whole * part / 100):  # rounded up: two tabs of one person are not an attack
        raise TropRetenu(f"Vous retenez déjà une bonne part de ce jour depuis votre connexion. {AUTRE_JOUR}")


def _list_alive(known: Mapping[UUID, float], *, at: datetime) -> tuple[list[Retenue], int]:
    """Return the options alive among these keys, and how many are being written just now (one query, none of none)."""
    if not known:
        return [], 0
    rows = RendezVous.objects.filter(clef__in=known).values_list(
        "clef", "etat", "expire_at", "motif_id", "jour", "seance_id", "personnes"
    )
    written = {row[0]: row for row in rows}
    held = [
        Retenue(motif_id, jour, personnes if seance_id else 1)
        for _, etat, expire_at, motif_id, jour, seance_id, personnes in written.values()
        if etat == Etat.OPTION and expire_at is not None and expire_at > at
    ]
    recent = time.time() - EN_ROUTE
    return held, sum(1 for clef, noted in known.items() if clef not in written and noted > recent)


@contextmanager
def _noting(visiteur: str, clefs: Sequence[UUID]) -> Iterator[dict[UUID, float]]:
    """Write these keys first, so that two requests at once see each other; give the others and when they came.

    Refused, they are taken back, and what they had pushed out with them: refusals do not wash a visitor clean.
    """
    if not visiteur:
        yield {}
        return
    base = f"retenues:{get_active_id()}:{visiteur}"
    cache.add(f"{base}:n", 0, timeout=DUREE)
    try:
        cases = [f"{base}:{cache.incr(f'{base}:n') % CASES}" for _ in clefs]
    except ValueError:  # Redis away, or evicted between the two
        yield {}
        return
    pushed = cache.get_many(cases)
    cache.set_many({case: (clef.hex, time.time()) for case, clef in zip(cases, clefs, strict=True)}, timeout=DUREE)
    found = cache.get_many([f"{base}:{case}" for case in range(CASES)])
    others = {UUID(hexa): noted for hexa, noted in [*pushed.values(), *found.values()]}
    try:
        yield {clef: noted for clef, noted in others.items() if clef not in clefs}
    except TropRetenu:
        cache.delete_many(cases)
        cache.set_many(pushed, timeout=DUREE)
        raise
