"""The offer in words: lengths, delays, hours of a day."""

from collections.abc import Sequence

from django import template

from rendezvous.forms_offre_champs import show_blocs
from rendezvous.models import Motif
from rendezvous.offre.recurrence import describe_regle

register = template.Library()


@register.filter
def durees(motif: Motif) -> str:
    """« 20 min », or « 20 à 60 min » when it depends on how many come."""
    if not motif.durees:
        return ""
    first, last = motif.durees[0], motif.durees[-1]
    return f"{first}\u00a0min" if first == last else f"{first} à {last}\u00a0min"


@register.filter
def delai(minutes: int) -> str:
    """120 → « 2 heures », 2880 → « 2 jours », 90 → « 90 minutes »."""
    number, one = next((minutes // size, word) for size, word in ((1440, "jour"), (60, "heure"), (1, "minute"))
                       if minutes % size == 0)  # fmt: skip
    if not minutes:
        return "0\u00a0minute"
    return f"{number}\u00a0{one}{'s' if number > 1 else ''}"


@register.filter
def heures(blocs: Sequence[Sequence[int]]) -> str:
    """« 9 h – 12 h, 13 h 30 – 17 h »."""
    return show_blocs(blocs)


@register.filter
def repetition(regle: str) -> str:
    """The rule in French; « une seule fois » without rule."""
    return describe_regle(regle)
