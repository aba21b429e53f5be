"""Finding a demande: by its number however it is typed, else by the words of its objet and of its conversation."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection

from collectivites.acces import Acces
from demandes.models import Demande, DemandeQuerySet
from socle.texte import normalise

# « DEM-2026-0871 », « 2026-871 », « dem 871 », « 2026/0871 »: a year and a rank, or the word and a rank.
_NUMERO = re.compile(r"(?:(?P<mot>dem|demande|n|no)\s*)?(?:(?P<annee>20\d\d)\s+)?(?P<rang>\d{1,9})", re.ASCII)
# French words that say nothing, without accents: the search configuration can't know them once accents are gone.
MOTS_VIDES = frozenset(
    "a ai as au aux avec ce ces cet cette d dans de des du elle en est et eu il ils j je l la le les leur lui m ma "
    "mais me mes mon n ne nos notre nous on ont ou par pas pour qu que qui s sa se ses son sont sur t ta te tes ton "
    "tu un une vos votre vous y ete etre etait".split()
)
MOTS_MAX = 8
FIN_DES_TEMPS = datetime(9999, 12, 31, tzinfo=UTC)
DERNIER = 2**63 - 1
_CHERCHER = "SELECT demande_id FROM demandes_chercher(%s::text[], %s, %s::text[], %s, %s, %s)"


@dataclass(frozen=True)
class Curseur:
    """The last row shown: the next page holds what was received before it."""

    received_at: datetime = FIN_DES_TEMPS
    pk: int = DERNIER


DEBUT = Curseur()


def read_numero(saisie: str) -> tuple[int | None, int] | None:
    """Return (year or None, rank) when the text is a number of demande: a bare rank needs « dem » or a year."""
    found = _NUMERO.fullmatch(normalise(saisie))
    if found is None or (found["annee"] is None and found["mot"] is None):
        return None
    return (int(found["annee"]) if found["annee"] else None), int(found["rang"])


def write_numero(saisie: str, *, annee: int) -> str:
    """Return the whole number typed (of `annee` when it has no year), "" when the text is not one."""
    read = read_numero(saisie)
    return f"DEM-{read[0] or annee}-{read[1]:04d}" if read else ""


def find_by_numero(saisie: str, acces: Acces, *, annee: int) -> Demande | None:
    """Return the demande of this number (of `annee` when none is typed) if the agent may read it (one query)."""
    numero = write_numero(saisie, annee=annee)
    if not numero:
        return None
    return Demande.objects.visible_to(acces).for_list().filter(numero=numero).first()


def search_demandes(saisie: str, acces: Acces, limite: int = 20, avant: Curseur = DEBUT) -> list[Demande]:
    """Return the demandes that match, newest first, at most `limite`, received before `avant` (two queries).

    Every word must be in the number, the objet, the description or a message; the last one may be unfinished.
    Sealed domains the agent does not belong to are left out in the database.
    """
    ids = search_ids(saisie, acces, limite=limite, avant=avant)
    found = {demande.pk: demande for demande in Demande.objects.visible_to(acces).for_list().filter(pk__in=ids)}
    return [found[pk] for pk in ids if pk in found]


def search_ids(saisie: str, acces: Acces, *, limite: int, avant: Curseur = DEBUT) -> list[int]:
    """Return the ids, newest first. Nothing for a text without a single word that means something."""
    words = read_mots(saisie)
    if not words:
        return []
    unfinished = not saisie.endswith(" ")
    with connection.cursor() as cursor:
        cursor.execute(_CHERCHER, [words, unfinished, sorted(acces.domaines), avant.received_at, avant.pk, limite])
        return [pk for (pk,) in cursor.fetchall()]


def read_mots(saisie: str) -> list[str]:
    """Return the words worth searching, without accents, at most eight."""
    return [word for word in normalise(saisie[:200]).split() if word not in MOTS_VIDES][:MOTS_MAX]


def filter_by_texte(demandes: DemandeQuerySet, saisie: str, acces: Acces, *, parmi: int = 400) -> DemandeQuerySet:
    """Keep those that match among the `parmi` newest matches of the town, whatever the other filters (two queries)."""
    return demandes.filter(pk__in=search_ids(saisie, acces, limite=parmi))
