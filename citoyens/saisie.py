"""What somebody typed in the search box, understood: names in any order, a phone, an e-mail, a date, an address."""

import re
from dataclasses import dataclass
from datetime import date

from socle.texte import clean, normalise

LONGUEUR_MAX = 200  # characters read; nobody types more, a paste may
MOTS_MAX = 8
VOIES = frozenset(
    "rue avenue av bd boulevard place impasse chemin allee allees route quai square cours lotissement".split()
)
# Not kept with an address (see migration 0005): asking for them would find nothing.
MOTS_VIDES = VOIES | frozenset(
    "residence ave bld pl imp che rte de du des la le les l d et a au aux en sur bis ter cedex".split()
)
_COURRIEL = re.compile(r"\S+@\S*")
_DATE = re.compile(r"(?<![\d./-])(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})(?![\d./-])", re.ASCII)
_RNA = re.compile(r"\bw\d{9}\b", re.ASCII | re.IGNORECASE)
_NUMERO = re.compile(r"(?<![^\W_])\+?\(?\d(?:[\d .()/-]*\d)?(?![^\W_])", re.ASCII)
_NUMERO_DE_VOIE = re.compile(r"[1-9]\d{0,2} (bis |ter )?[a-z]{2}", re.ASCII)
_BORDS = "<>()[]\"',;:"


@dataclass(frozen=True)
class Saisie:
    """`mots`: normalised words; `is_ouvert`: the last one is still being typed. The rest are criteria.

    `numeros`: digits only, national form, 4 or more. `dates`: YYYYMMDD. `courriels`: lower-case, may be cut short.
    """

    mots: tuple[str, ...] = ()
    numeros: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    courriels: tuple[str, ...] = ()
    associations: tuple[str, ...] = ()
    is_adresse: bool = False
    is_ouvert: bool = False

    @property
    def has_criteres(self) -> bool:
        """True when something else than words was typed."""
        return bool(self.numeros or self.dates or self.courriels or self.associations)

    @property
    def is_vide(self) -> bool:
        """True when there is nothing to look for."""
        return not (self.mots or self.has_criteres)


def read_saisie(text: str) -> Saisie:
    """Understand the box. Any text is accepted; what makes no sense is left out."""
    rest = " ".join(clean(text[: 4 * LONGUEUR_MAX]).split())[:LONGUEUR_MAX]
    courriels, rest = _take(_COURRIEL, rest)
    associations, rest = _take(_RNA, rest)
    dates, rest = _take_dates(rest)
    words = normalise(rest)
    is_adresse = bool(VOIES.intersection(words.split())) or bool(_NUMERO_DE_VOIE.match(words))
    numeros: list[str] = []
    if not is_adresse:
        groups, rest = _take(_NUMERO, rest)
        numeros = [digits for digits in map(_national, groups) if len(digits) >= 4]
        words = normalise(f"{rest} {' '.join(g for g in groups if len(_national(g)) < 4)}")
    return Saisie(
        mots=tuple(words.split()[:MOTS_MAX]),
        numeros=tuple(numeros[:3]),
        dates=tuple(dates),
        courriels=tuple(address for address in (c.lower().strip(_BORDS) for c in courriels) if address[:1] != "@")[:2],
        associations=tuple(number.lower() for number in associations[:2]),
        is_adresse=is_adresse,
        is_ouvert=bool(words) and rest[-1:].isalnum(),
    )


def _take(pattern: re.Pattern[str], text: str) -> tuple[list[str], str]:
    return [match[0] for match in pattern.finditer(text)], pattern.sub(" ", text).strip()


def _take_dates(text: str) -> tuple[list[str], str]:
    """A two-digit year is of both centuries. An impossible date is left in the text."""
    found: list[str] = []

    def read(match: re.Match[str]) -> str:
        day, month, year = match.groups()
        years = [year] if len(year) == 4 else [f"19{year}", f"20{year}"]
        days = [read_day(int(y), int(month), int(day)) for y in years]
        found.extend(f"{d:%Y%m%d}" for d in days if d is not None)
        return " " if any(days) else match[0]

    rest = _DATE.sub(read, text)
    return found, rest.strip()


def read_day(year: int, month: int, day: int) -> date | None:
    """Return the date, or None when the calendar has no such day (or nobody alive was born then)."""
    try:
        return date(year, month, day) if year >= 1900 else None
    except ValueError:
        return None


def _national(group: str) -> str:
    """Digits of a number as kept: « +33 (0)6 39 98 12 34 » → « 0639981234 »; others without 00."""
    digits = re.sub(r"\D", "", group)
    if group.lstrip("(").startswith("+"):
        digits = f"00{digits}"
    if digits.startswith("0033"):
        return "0" + digits[4:].removeprefix("0")
    return digits[2:] if digits.startswith("00") else digits
