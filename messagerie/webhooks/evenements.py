"""What can be told to other programs: each floor declares its events in `AppConfig.ready()`."""

from dataclasses import dataclass

from socle.registre import Registre

PING = "ping"  # of the screen: always accepted, never chosen


@dataclass(frozen=True)
class EvenementWebhook:
    """One kind of event: its code (« rendezvous.confirme ») and what it means, in French."""

    code: str
    libelle: str


evenements: Registre[EvenementWebhook] = Registre()


def declare(*news: EvenementWebhook) -> None:
    """Add the events of a floor, shown in this order."""
    for rang, each in enumerate(news, start=len(evenements)):
        evenements.add(each.code, each, rang=rang)


def name_evenement(code: str) -> str:
    """Return the words of an event; its code when no floor declares it any more."""
    found = evenements.get(code)
    return "Essai" if code == PING else found.libelle if found else code
