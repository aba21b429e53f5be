"""French dates, durations, sizes and phone numbers in templates; the rules are in socle.ecriture."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from socle import ecriture
from socle.telephone import show_numero

register = template.Library()

STYLES: dict[str, Callable[[datetime, datetime], str]] = {
    "long": lambda instant, now: ecriture.write_long(instant, annee=instant.year != now.year),
    "court": lambda instant, now: ecriture.write_court(instant, now=now),
    "heure": lambda instant, _now: ecriture.write_heure(instant),
    "creneau": lambda instant, _now: ecriture.write_heure(instant, pleine=True),
    "jour": lambda instant, now: ecriture.write_jour(instant, annee=instant.year != now.year),
    "jour_court": lambda instant, now: ecriture.write_jour_court(instant, now=now),
    "date": lambda instant, _now: ecriture.write_date(instant),
    "relatif": lambda instant, now: ecriture.write_relatif(instant, now=now),
    "echeance": lambda instant, now: ecriture.write_echeance(instant, now=now),
}
VIVANTS = {"relatif"}  # styles that static/js/temps.js keeps true while the page stays open


@register.simple_tag
def moment(instant: date | None, style: str = "long", maintenant: datetime | None = None) -> SafeString | str:
    """Return a <time> with the exact instant in datetime and title; nothing for an absent instant."""
    if not instant:
        return ""
    now = maintenant or timezone.now()
    exact = ecriture.write_long(instant, annee=True)
    iso = (
        ecriture.local(instant).isoformat(timespec="seconds") if isinstance(instant, datetime) else instant.isoformat()
    )
    words = STYLES[style](instant, now)  # type: ignore[arg-type]
    vivant = SafeString(" data-guichet-temps") if style in VIVANTS else ""
    return format_html('<time datetime="{}" title="{}"{}>{}</time>', iso, exact, vivant, words)


@register.filter
def telephone(numero: object) -> str:
    """Write an E.164 number as « 06 39 98 12 34 »."""
    return show_numero(str(numero)) if numero else ""


@register.filter
def taille(octets: int) -> str:
    """Write a number of bytes as « 840 Ko »."""
    return ecriture.write_taille(octets)


@register.filter
def duree(duration: timedelta | float) -> str:
    """Write a duration or seconds as « 18 min »."""
    return ecriture.write_duree(duration)


@register.filter
def milliers(number: float) -> str:
    """Write a number as « 12 345 »."""
    return ecriture.write_milliers(number)
