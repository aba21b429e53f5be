"""By which way somebody is told of their appointment: an e-mail when one is known, else an SMS; both if it presses.

An address whose messages come back, or that asked for no more SMS (STOP), is left alone. Who refuses electronic
answers (CRPA L112-14) gets none, unless they booked online themselves.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from citoyens.models import PointContact
from demandes.contacts import read_adresses
from messagerie.destinataires import MessageRefuse, normalise_destinataire
from messagerie.textes import COURRIEL, SMS
from rendezvous.models import Participation, RendezVous

PRESSE = timedelta(hours=48)  # nearer than that no reminder follows: an e-mail alone may be read too late
_NATURES = {COURRIEL: (PointContact.Nature.COURRIEL,), SMS: (PointContact.Nature.MOBILE, PointContact.Nature.FIXE)}


@dataclass(frozen=True)
class Voie:
    """One message to send: `canal` ∈ courriel, sms; `destinataire` a bare address or a mobile in E.164."""

    canal: str
    destinataire: str


def is_pressant(debut_at: datetime, *, at: datetime) -> bool:
    """True when the appointment is so near that an e-mail may be read too late."""
    return debut_at - at <= PRESSE


def list_voies(participation: Participation, *, is_pressant: bool = False) -> list[Voie]:
    """Return where to write, in order: one way, two when it presses and both are known, none when none works.

    What was given for this appointment first; else, for who booked, what is known of them. Two queries at most.
    """
    if participation.usager.is_electronique_refuse and participation.rendezvous.canal != RendezVous.Canal.EN_LIGNE:
        return []
    found = _keep_working(_list_given(participation))
    if not found and participation.rang == 0:
        known = read_adresses(participation.usager)
        found = list(_read((each.canal, each.valeur) for each in known if not each.echec))
    ways = {voie.canal: voie for voie in reversed(found)}  # the first of each channel
    ordered = [ways[canal] for canal in (COURRIEL, SMS) if canal in ways]
    return ordered if is_pressant else ordered[:1]


def _list_given(participation: Participation) -> list[Voie]:
    return list(_read([(COURRIEL, participation.courriel), (SMS, participation.telephone)]))


def _read(pairs: "Iterator[tuple[str, str]] | list[tuple[str, str]]") -> Iterator[Voie]:
    """Keep what can be written to: a landline receives no SMS."""
    for canal, valeur in pairs:
        if canal not in _NATURES or not valeur:
            continue
        try:
            yield Voie(canal, normalise_destinataire(canal, valeur))
        except MessageRefuse:
            continue


def _keep_working(voies: list[Voie]) -> list[Voie]:
    """Leave out the addresses known to fail (one query, none when there is nothing to check)."""
    if not voies:
        return []
    values = [voie.destinataire.lower() for voie in voies]
    rows = PointContact.objects.filter(normalisee__in=values, failing_since__isnull=False)
    failing = set(rows.values_list("nature", "normalisee"))
    return [
        voie for voie in voies
        if not any((nature, voie.destinataire.lower()) in failing for nature in _NATURES[voie.canal])
    ]  # fmt: skip


def is_failing(canal: str, destinataire: str) -> bool:
    """True when messages no longer reach this address, or when it asked for none (one query)."""
    return not _keep_working([Voie(canal, destinataire)])
