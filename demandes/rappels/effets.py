"""What one step says, and to whom: pure but for the names of who must be told."""

from dataclasses import dataclass

from collectivites.cloison import get_active_id
from collectivites.models import Rattachement, ServiceRattachement
from demandes.cycle import OUVERTS
from demandes.delais.paliers import APRES, AVANT, ESCALADE, A
from demandes.models import Demande, Echeance, NatureEcheance, Notification, Rappel
from demandes.travail.lecteurs import list_supervisors
from socle.ecriture import write_jour, write_long

Genre = Notification.Genre
N = NatureEcheance
GROUPE_MAX = 30  # a service of three hundred people is not told one by one


@dataclass(frozen=True)
class Effet:
    """A sentence, its kind, and whether supervisors are told too."""

    genre: str
    texte: str
    is_escalade: bool = False


def describe_effet(rappel: Rappel, echeance: Echeance) -> Effet:
    """Return what this step says. Days and hours only: never what the demande is about."""
    day = write_jour(echeance.due_on or rappel.pour_at, annee=True)
    if rappel.palier.startswith("j-"):
        what = f"décision implicite ({echeance.effet})" if echeance.nature == N.DECISION else "réponse due"
        return Effet(Genre.RAPPEL, f"Sans réponse d'ici là, {what} le {day}.", is_escalade=True)
    genre, texte, is_escalade = _PHRASES[(rappel.nature, rappel.palier)]
    exact = write_long(rappel.pour_at) if rappel.nature == N.ENGAGEMENT else day
    born = "d'acceptation" if echeance.effet == "acceptation" else "de rejet"
    return Effet(genre, texte.format(quand=exact, nee=born), is_escalade)


_PHRASES: dict[tuple[str, str], tuple[str, str, bool]] = {
    (N.ENGAGEMENT, AVANT): (Genre.RAPPEL, "La réponse promise est pour le {quand}.", False),
    (N.ENGAGEMENT, A): (Genre.ALERTE, "L'engagement du service est dépassé\u00a0: réponse promise le {quand}.", False),
    (N.ENGAGEMENT, APRES): (Genre.ESCALADE, "Toujours sans réponse\u00a0: elle était promise le {quand}.", True),
    (N.AEE, AVANT): (Genre.ALERTE, "L'accusé d'enregistrement n'est pas parti\u00a0: il est dû le {quand}.", False),
    (N.AEE, A): (Genre.ESCALADE, "L'accusé d'enregistrement dû le {quand} n'est pas parti.", True),
    (N.ARE, ESCALADE): (Genre.ESCALADE, "L'accusé de réception n'est pas émis\u00a0: il est dû le {quand}.", True),
    (N.ARE, A): (
        Genre.ESCALADE,
        "L'accusé de réception dû le {quand} n'est pas émis\u00a0: les délais de recours ne courent pas.",
        True,
    ),
    (N.DECISION, A): (Genre.ALERTE, "Décision implicite {nee} née le {quand}.", True),
    (N.REPONSE, A): (Genre.ALERTE, "La réponse due le {quand} n'est pas donnée.", True),
    (N.COMPLEMENT, A): (
        Genre.RAPPEL,
        "Le délai laissé à l'usager pour compléter sa demande a pris fin le {quand}.",
        False,
    ),
}


def is_relevant(rappel: Rappel, demande: Demande, echeance: Echeance | None) -> bool:
    """False when the date moved, was kept, or the demande is closed: the step then says nothing."""
    return (
        echeance is not None
        and demande.etat in OUVERTS
        and echeance.met_at is None
        and echeance.due_at == rappel.pour_at
    )


class Destinataires:
    """Who is told, remembered for the length of a batch: demandes of one service have the same agents."""

    def __init__(self) -> None:
        self._services: dict[int, list[int]] = {}
        self._superviseurs: dict[str, list[int]] = {}

    def find(self, demande: Demande, *, is_escalade: bool) -> list[int]:
        """Return the agent in charge, else those of the service; supervisors too on escalation."""
        told = [demande.agent_id] if demande.agent_id else self._of_service(demande.service_id)
        return [*told, *self._supervising(demande)] if is_escalade or not told else told

    def _of_service(self, service_id: int | None) -> list[int]:
        if service_id is None:
            return []
        if service_id not in self._services:
            links = ServiceRattachement.objects.filter(service_id=service_id).values("rattachement_id")
            inside = Rattachement.objects.filter(collectivite_id=get_active_id(), pk__in=links, is_active=True)
            agents = inside.filter(agent__is_active=True).order_by("agent_id").values_list("agent_id", flat=True)
            self._services[service_id] = list(agents[:GROUPE_MAX])
        return self._services[service_id]

    def _supervising(self, demande: Demande) -> list[int]:
        if demande.domaine not in self._superviseurs:
            found = list_supervisors(demande).order_by("pk").values_list("pk", flat=True)
            self._superviseurs[demande.domaine] = list(found[:GROUPE_MAX])
        return self._superviseurs[demande.domaine]
