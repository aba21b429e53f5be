"""A repetition said in French: « toutes les deux semaines, le lundi et le jeudi »."""

from rendezvous.offre.regles import Regle, read_regle
from socle.ecriture import JOURS

_NOMBRES = ("", "", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze")
_RANGS = {
    1: "premier", 2: "deuxième", 3: "troisième", 4: "quatrième", 5: "cinquième",
    -1: "dernier", -2: "avant-dernier", -3: "troisième avant la fin", -4: "quatrième avant la fin",
    -5: "cinquième avant la fin",
}  # fmt: skip
_PERIODES = {
    "DAILY": ("tous les jours", "tous les {} jours"),
    "WEEKLY": ("chaque semaine", "toutes les {} semaines"),
    "MONTHLY": ("chaque mois", "tous les {} mois"),
}
_OUVRES = tuple((0, weekday) for weekday in range(5))


def describe_regle(regle: str) -> str:
    """Say a repetition in French; « une seule fois » for the empty one. Raises RegleRefusee."""
    if not regle:
        return "une seule fois"
    read = read_regle(regle)
    days = _tell_days(read)
    return f"{_tell_period(read)}, {days}" if days else _tell_period(read)


def _tell_period(read: Regle) -> str:
    one, many = _PERIODES[read.freq]
    if read.intervalle == 1:
        return one
    return many.format(_NOMBRES[read.intervalle] if read.intervalle < len(_NOMBRES) else read.intervalle)


def _tell_days(read: Regle) -> str:
    if read.rangs:
        ranks = [_elide(_tell_rank(rang)) for rang in read.rangs]
        return f"{_join(ranks)} de ces jours\u00a0: {_tell_chosen(read)}"
    return _tell_chosen(read)


def _tell_chosen(read: Regle) -> str:
    numbers = _join([_tell_number(number) for number in read.quantiemes])
    weekdays = _tell_weekdays(read)
    if numbers and weekdays:
        return f"{numbers} quand c'est {weekdays.replace('le ', 'un ').replace(' et ', ' ou ')}"
    return numbers or weekdays


def _tell_weekdays(read: Regle) -> str:
    if tuple(sorted(read.jours)) == _OUVRES:
        return "du lundi au vendredi"
    if read.freq == "MONTHLY" and not read.quantiemes and not read.rangs:
        return _join([_elide(f"{_tell_rank(nth)} {JOURS[day]}") if nth else f"tous les {JOURS[day]}s"
                      for nth, day in read.jours])  # fmt: skip
    return _join([f"le {JOURS[day]}" for _, day in sorted(read.jours)])


def _tell_number(number: int) -> str:
    if number > 0:
        return "le 1er" if number == 1 else f"le {number}"
    return f"{_elide(_tell_rank(number))} jour"


def _tell_rank(rank: int) -> str:
    return _RANGS.get(rank) or (f"{rank}e" if rank > 0 else f"{-rank}e avant la fin")


def _elide(words: str) -> str:
    return f"l'{words}" if words.startswith("a") else f"le {words}"


def _join(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else " et ".join([", ".join(parts[:-1]), parts[-1]]) if parts else ""
