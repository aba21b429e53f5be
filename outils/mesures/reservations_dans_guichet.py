"""The side of `reservations.py` and of the ordeal of booking that runs inside Guichet: a town that receives.

``python -m outils.mesures.reservations_dans_guichet`` writes, in an empty prepared base, one lieu with one agent and
one lieu with twenty, Monday to Friday nine to five, and a key of the API; prints it all in JSON.
"""

import json
from datetime import timedelta
from uuid import uuid4

import django

django.setup()

from django.utils import timezone  # noqa: E402

from collectivites.acteur import AUTOMATE  # noqa: E402
from collectivites.clefs import create_clef  # noqa: E402
from collectivites.cloison import collectivite_active  # noqa: E402
from collectivites.models import Agent, Collectivite, Lieu, Rattachement, Service  # noqa: E402
from collectivites.permissions import Role  # noqa: E402
from rendezvous.models import Motif, PlageMotif, PlageOuverture, Ressource  # noqa: E402
from rendezvous.offre.projection import project_plage  # noqa: E402

SLUG = "mesure-reservations"
OUVERTURE = [[9 * 60, 17 * 60]]
REGLE = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
AGENTS, PAS = 20, 20


def found() -> dict[str, object]:
    """Write the town; return what a client needs."""
    town = Collectivite.objects.create(slug=SLUG, nom="Mesure")
    with collectivite_active(town.pk):
        service = Service.objects.create(nom="État civil", domaine="etat_civil")
        motif = Motif.objects.create(
            service=service, libelle="Carte d'identité", durees=[PAS], reservable_par=Motif.Reservable.TOUS,
            delai_min_minutes=0,
        )  # fmt: skip
        agents = [_receive(town, motif, rank) for rank in range(AGENTS + 1)]
        secret = _open_api(agents[0])
        return {"motif": motif.pk, "lieux": list(Lieu.objects.order_by("pk").values_list("pk", flat=True)),
                "secret": secret, "ville": town.pk}  # fmt: skip


def _receive(town: Collectivite, motif: Motif, rank: int) -> Agent:
    """The first agent is alone at the first lieu; the others share the second one."""
    lieu, _ = Lieu.objects.get_or_create(nom="Mairie annexe" if rank == 0 else "Hôtel de ville")
    agent = Agent.objects.create(email=f"agent{rank}@{SLUG}.exemple.fr", prenom="Agent", nom=f"N {rank}")
    Rattachement.objects.create(agent=agent, collectivite=town, roles=[Role.SUPERVISEUR])
    ressource = Ressource.objects.create(agent=agent, nom=str(agent))
    plage = PlageOuverture.objects.create(
        ressource=ressource, lieu=lieu, premier_on=timezone.localdate(), regle=REGLE, blocs=OUVERTURE
    )
    PlageMotif.objects.create(plage=plage, motif=motif)
    project_plage(plage, du=plage.premier_on)
    return agent


def _open_api(agent: Agent) -> str:
    now = timezone.now()
    _, secret = create_clef(
        nom="Mesure", portees=["rendezvous_lire", "rendezvous_traiter"], domaines=["etat_civil"], saisie=uuid4(),
        expires_at=now + timedelta(days=2), agent_id=agent.pk, by=AUTOMATE, at=now,
    )  # fmt: skip
    return secret


if __name__ == "__main__":
    print(json.dumps(found()))
