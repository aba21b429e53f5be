"""The side of the ordeal of reminders that runs inside Guichet: what is due, and the application of Celery.

``python -m outils.epreuves.rappels_dans_guichet N`` writes N demandes with one step due each, in four towns. With
EPREUVE_TEMOIN=oui the workers run disarmed: the negative control of ``rappels.py``.
"""

import os
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import django

django.setup()

from django.utils import timezone  # noqa: E402

from collectivites.acteur import AUTOMATE  # noqa: E402
from collectivites.cloison import collectivite_active  # noqa: E402
from collectivites.models import Agent, Collectivite, Rattachement, Service, ServiceRattachement  # noqa: E402
from config.celery import app  # noqa: E402
from demandes.models import Demande, Echeance, Rappel  # noqa: E402
from demandes.rappels import balayage  # noqa: E402
from demandes.rappels.effets import describe_effet  # noqa: E402
from demandes.travail.notifications import notify  # noqa: E402
from journal.actions import record_many  # noqa: E402

VILLES, AGENTS, LOT = 4, 3, 500

__all__ = ["app"]


def preparer(combien: int) -> None:
    for rang in range(VILLES):
        ville = Collectivite.objects.create(slug=f"ville-{rang}", nom=f"Ville {rang}")
        with collectivite_active(ville.pk):
            preparer_la_ville(ville, rang, combien // VILLES + (rang < combien % VILLES))


def preparer_la_ville(ville: Collectivite, rang: int, combien: int) -> None:
    service, agents = Service.objects.create(nom="Voirie"), []
    for n in range(AGENTS):
        agent = Agent.objects.create(email=f"agent{n}@ville-{rang}.example", prenom="Agent", nom=str(n))
        lien = Rattachement.objects.create(agent=agent, collectivite=ville, roles=["instructeur"])
        ServiceRattachement.objects.create(rattachement=lien, service=service)
        agents.append(agent)
    due = timezone.now() - timedelta(hours=2)
    demandes = Demande.objects.bulk_create(
        [
            Demande(
                numero=f"DEM-2026-{n:06}", code_suivi=f"{rang}{n:08}", objet=f"Objet {n}", canal="guichet",
                mode_reponse="sur_place", etat="en_cours", service=service, agent=agents[n % AGENTS],
                received_at=due - timedelta(days=9), created_at=due - timedelta(days=9), last_message_at=due,
            )
            for n in range(combien)
        ],
        batch_size=LOT,
    )  # fmt: skip
    Echeance.objects.bulk_create(
        [Echeance(demande=d, nature="engagement", due_at=due, due_on=due.date(), computed_at=due) for d in demandes],
        batch_size=LOT,
    )
    Rappel.objects.bulk_create(
        [Rappel(demande=d, nature="engagement", palier="a", prevu_at=due, pour_at=due) for d in demandes],
        batch_size=LOT,
    )


def faire_sans_garde(collectivite_id: int, rappel_ids: Sequence[int], at: datetime) -> int:
    """Negative control: rows are taken whatever their state, and closed in another transaction than their effect."""
    with collectivite_active(collectivite_id):
        rappels = list(Rappel.objects.filter(pk__in=rappel_ids).select_related("demande"))
        dates = {e.demande_id: e for e in Echeance.objects.filter(demande__in=[r.demande_id for r in rappels])}
        local = ZoneInfo("Europe/Paris")
        effets = [(r, describe_effet(r, dates[r.demande_id], local)) for r in rappels]
        faits = [balayage.describe_fait(rappel, rappel.demande, effet) for rappel, effet in effets]
        record_many(faits, by=AUTOMATE, at=at)
        for rappel, effet in effets:
            notify(
                rappel.demande.agent_id, effet.genre, effet.texte, rappel.demande, clef=f"rappel:{rappel.pk}", at=at
            )
    with collectivite_active(collectivite_id):
        return Rappel.objects.filter(pk__in=rappel_ids).update(fait_at=at)


if os.environ.get("EPREUVE_TEMOIN") == "oui":
    balayage.do_batch = faire_sans_garde

if __name__ == "__main__":
    preparer(int(sys.argv[1]))
