"""Search of usagers by identity: a ladder of questions to PostgreSQL, from the exact to the approximate.

Each rung is a text query of quoted, typed tokens; the database stops at the first rung that answers and filters on the
tenant by itself (migration 0005). Figures: outils/mesures/recherche.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from rapidfuzz.distance import JaroWinkler

from citoyens.models import Usager
from citoyens.phonetique import sound
from citoyens.saisie import MOTS_VIDES, Saisie, read_day, read_saisie
from collectivites.cloison import get_active_id

LIGNES_MAX = 200  # rows ranked; the database stops there
NOMS_MAX = 25  # surnames that begin as typed: beyond, first names and birth names are not looked for
VOISINS_MAX = 30  # words of the lexicon tried for one misspelt word


@dataclass(frozen=True)
class Trouve:
    """A row of the search table: `barreau` is the rung that found it, 0 the most exact."""

    usager_id: int
    nom_n: str
    prenom_n: str
    barreau: int


def search_usagers(saisie: str, *, limite: int = 10) -> list[Usager]:
    """Return the usagers meant by what was typed, best first, with their contacts loaded. Never raises on a text."""
    return load_in_order([found.usager_id for found in find(read_saisie(saisie))[:limite]])


def load_in_order(ids: Sequence[int]) -> list[Usager]:
    """Load these usagers with their contacts, in this order (two queries)."""
    if not ids:
        return []
    usagers = {usager.pk: usager for usager in Usager.objects.filter(pk__in=ids).for_fiche()}
    return [usagers[pk] for pk in ids if pk in usagers]


def find(saisie: Saisie) -> list[Trouve]:
    """Walk up the ladder: one query, two more when every word is misspelt."""
    if saisie.is_vide:
        return []
    return rank(_climb(saisie) or _climb_by_likeness(saisie), saisie.mots)


def rank(rows: Iterable[Trouve], words: Sequence[str]) -> list[Trouve]:
    """Sort by rung, then by likeness to the words typed, then by name; one row a usager."""
    best: dict[int, Trouve] = {}
    for row in rows:
        best.setdefault(row.usager_id, row)
    return sorted(best.values(), key=lambda r: (-_likeness(r, words), r.barreau, r.nom_n, r.prenom_n, r.usager_id))


def _likeness(row: Trouve, words: Sequence[str]) -> float:
    """3 for a word found whole, 2 for a beginning, else how alike it is, from 0 to 1; summed over the words."""
    names = [*row.nom_n.split(), *row.prenom_n.split(), row.nom_n.replace(" ", "")]
    return round(sum(max((_word_likeness(word, name) for name in names), default=0.0) for word in words), 3)


def _word_likeness(word: str, name: str) -> float:
    if word == name:
        return 3.0
    return 2.0 if name.startswith(word) else JaroWinkler.similarity(word, name)


def _climb(saisie: Saisie) -> list[Trouve]:
    words = saisie.mots
    plain = not saisie.has_criteres and not saisie.is_adresse
    first = words[0] if plain and words and len(words) <= 2 else ""
    second = words[1] if plain and len(words) == 2 else ""
    return _ask("citoyens_chercher(%s, %s, %s::text[], %s)", [first, second, build_rungs(saisie), NOMS_MAX])


def _climb_by_likeness(saisie: Saisie) -> list[Trouve]:
    """Last rungs: a misspelt word is replaced by those of the lexicon that look or sound like it.

    A word that the lexicon knows is first taken as right: « dupomt jean » tries no neighbour of « jean ».
    """
    words = [word for word in saisie.mots if len(word) > 2 and word.isalpha()]
    if not words:
        return []
    neighbours = _read_neighbours(words)
    known = {word for word in words if word in neighbours[word]}
    narrowed = {word: [word] if word in known else near for word, near in neighbours.items()}
    if known and len(known) < len(words):
        found = ask_ids(_write_likeness(saisie, narrowed))
        if found:
            return found
    return ask_ids(_write_likeness(saisie, neighbours))


def _read_neighbours(words: Sequence[str]) -> dict[str, list[str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT mot, jeton FROM citoyens_mots_proches(%s::text[], %s)", [list(words), VOISINS_MAX])
        neighbours: dict[str, list[str]] = {word: [] for word in words}
        for word, token in cursor.fetchall():
            neighbours[word].append(token)
    return neighbours


def _write_likeness(saisie: Saisie, neighbours: dict[str, list[str]]) -> str:
    jetons = Jetons(get_active_id())
    parts = [either([*map(jetons.word, near), jetons.write("p", sound(word))]) for word, near in neighbours.items()]
    return " & ".join([*parts, *jetons.criteria(saisie)])


def ask_ids(query: str) -> list[Trouve]:
    """Return the rows that a text query finds in this town, LIGNES_MAX at most."""
    return _ask("(SELECT *, 9 FROM citoyens_recherche_ids(%s, %s)) f", [query, LIGNES_MAX])


def _ask(source: str, parameters: list[Any]) -> list[Trouve]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {source}", parameters)  # noqa: S608 `source` is one of two literals above
        return [Trouve(*row) for row in cursor.fetchall()]


def either(parts: Iterable[str]) -> str:
    """Join alternatives of a text query; an empty text when there is none."""
    alternatives = list(dict.fromkeys(parts))
    if not alternatives:
        return ""
    return alternatives[0] if len(alternatives) == 1 else f"({' | '.join(alternatives)})"


class Jetons:
    """Writes quoted lexemes of one tenant; nothing typed reaches a text query in another way."""

    def __init__(self, collectivite_id: int) -> None:
        self._prefix = f"{int(collectivite_id)}:"

    def write(self, kind: str, value: str, *, debut: bool = False) -> str:
        """« '42:ndupont':* »; `debut` asks for words that begin so."""
        quoted = f"{self._prefix}{kind}{value}".replace("\\", "\\\\").replace("'", "''")
        return f"'{quoted}':*" if debut else f"'{quoted}'"

    def word(self, word: str, *, debut: bool = False) -> str:
        """A word of a name. A beginning of one or two letters is asked whole: « le:* » would be half the town."""
        return self.write("n", word, debut=debut and len(word) > 2)

    def number(self, digits: str) -> str:
        """Digits are the start or the end of a phone, a year or a day of birth, a SIRET or a postal code."""
        parts = [self.write("t", digits, debut=True), self.write("r", digits[::-1], debut=True)]
        if digits[0] == "0" and len(digits) > 6:  # an overseas number is kept without its 0
            parts.append(self.write("r", digits[:0:-1], debut=True))
        if len(digits) == 4 and digits[:2] in {"19", "20"}:
            parts.append(self.write("d", digits, debut=True))
        day = read_day(int(digits[4:]), int(digits[2:4]), int(digits[:2])) if len(digits) == 8 else None
        if day is not None:
            parts.append(self.write("d", f"{day:%Y%m%d}"))
        if len(digits) >= 9:
            parts.append(self.write("s", digits, debut=True))
        if len(digits) == 5:
            parts.append(self.write("a", digits))
        return either(parts)

    def criteria(self, saisie: Saisie) -> list[str]:
        """Everything that is not a word."""
        return [
            *[self.number(digits) for digits in saisie.numeros],
            *([either(self.write("d", day) for day in saisie.dates)] if saisie.dates else []),
            *[self.write("e", address, debut=True) for address in saisie.courriels],
            *[self.write("s", number) for number in saisie.associations],
        ]


def build_rungs(saisie: Saisie) -> list[str]:
    """Return the text queries of the ladder, from the exact to the approximate, without repetition."""
    jetons = Jetons(get_active_id())
    criteria = jetons.criteria(saisie)
    rungs = _address_rungs(jetons, saisie) if saisie.is_adresse else _name_rungs(jetons, saisie)
    queries = [" & ".join(part for part in [*rung, *criteria] if part) for rung in rungs]
    return [query for query in dict.fromkeys(queries) if query]


def _name_rungs(jetons: Jetons, saisie: Saisie) -> list[list[str]]:
    words, last = saisie.mots, len(saisie.mots) - 1
    if not words:
        return [[]]
    exact = [jetons.word(w, debut=saisie.is_ouvert and rank_ == last) for rank_, w in enumerate(words)]
    begun = [jetons.word(w, debut=True) for w in words]
    somewhere = [either([jetons.word(w, debut=True), jetons.write("a", w, debut=len(w) > 2)]) for w in words]
    heard = [either([jetons.write("p", sound(w)), jetons.word(w, debut=True)]) for w in words]
    return [exact, begun, somewhere, heard]


def _address_rungs(jetons: Jetons, saisie: Saisie) -> list[list[str]]:
    words = [word for word in saisie.mots if word not in MOTS_VIDES] or list(saisie.mots)
    last = len(words) - 1
    exact = [_place(jetons, w, debut=saisie.is_ouvert and rank_ == last) for rank_, w in enumerate(words)]
    begun = [_place(jetons, w, debut=True) for w in words]
    heard = [either([_place(jetons, w, debut=True), jetons.write("p", sound(w))]) for w in words]
    return [exact, begun, heard]


def _place(jetons: Jetons, word: str, *, debut: bool) -> str:
    """A word of an address, or of the name of who lives there; a number also ends or begins a phone."""
    long = debut and len(word) > 2 and not word.isdigit()
    parts = [jetons.write("a", word, debut=long), jetons.word(word, debut=long)]
    return either([*parts, jetons.number(word)] if word.isdigit() and len(word) >= 4 else parts)
