"""What somebody must be told before the usagers notice: messages that wait, a provider that refuses."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min

from messagerie.models import Envoi, Essai
from socle.ecriture import write_duree, write_milliers

ATTENTE_NORMALE = timedelta(minutes=5)
MEMOIRE = timedelta(days=1)
SUITE_DE_PANNES = 3
PANNES = {Essai.Issue.PANNE, Essai.Issue.INCONNU, Essai.Issue.INTERROMPU}
PAR = {Envoi.Canal.COURRIEL: "courriels", Envoi.Canal.SMS: "SMS"}


@dataclass(frozen=True)
class Alerte:
    """One notice at the head of the page; `ton` as in the components."""

    ton: str
    titre: str
    texte: str


def find_alertes(*, at: datetime) -> list[Alerte]:
    """Return the notices of the active collectivité, gravest first. Three queries."""
    found = [_judge_canal(canal, at=at) for canal in Envoi.Canal]
    return [alerte for alerte in [*found, _judge_wait(at=at)] if alerte]


def _judge_canal(canal: Envoi.Canal, *, at: datetime) -> Alerte | None:
    """The last tries of a channel: one without a usable account is enough, three failures in a row are."""
    tries = list(Essai.objects.filter(canal=canal, at__gte=at - MEMOIRE).order_by("-at", "-pk")[:SUITE_DE_PANNES])
    if tries and tries[0].issue == Essai.Issue.CREDIT:
        texte = f"{tries[0].detail} Ils attendent, rien n'est perdu."
        return Alerte("retard", f"Les {PAR[canal]} ne partent plus.", texte)
    if len(tries) == SUITE_DE_PANNES and all(each.issue in PANNES for each in tries):
        return Alerte(
            "alerte",
            f"Les {PAR[canal]} ont du mal à partir.",
            f"{tries[0].detail} Nouveaux essais automatiques, de plus en plus espacés.",
        )
    return None


def _judge_wait(*, at: datetime) -> Alerte | None:
    """Rows that should have left: no worker takes them."""
    late = Envoi.objects.waiting(at - ATTENTE_NORMALE).aggregate(total=Count("pk"), first=Min("prevu_at"))
    if not late["total"]:
        return None
    count = f"{write_milliers(late['total'])}\u00a0message{'s attendent' if late['total'] > 1 else ' attend'}"
    return Alerte(
        "alerte",
        "Les envois prennent du retard.",
        f"{count}, le plus ancien depuis {write_duree(at - late['first'])}. Prévenez l'exploitant de Guichet.",
    )
