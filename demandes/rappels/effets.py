"""What one step says, and to whom: pure but for the names of who must be told."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from collectivites.models import Agent, ServiceRattachement
from demandes.cycle import OUVERTS
from demandes.delais.calcul import tell_instant, tell_jour
from demandes.delais.paliers import APRES, AVANT, ESCALADE, A
from demandes.models import Demande, Echeance, NatureEcheance, Notification, Rappel
from demandes.travail.lecteurs import list_readers, list_supervisors

Genre = Notification.Genre
N = NatureEcheance
GROUPE_MAX = 30  # a service of three hundred people is not told one by one


@dataclass(frozen=True)
class Effet:
    """A sentence, its kind, whether supervisors are told too, and what silence means."""

    genre: str
    texte: str
    is_escalade: bool = False
    sens: str = ""  # acceptation, rejet


def describe_effet(rappel: Rappel, echeance: Echeance, local: ZoneInfo) -> Effet:
    """Return what this step says, on the town's wall clock. Days and hours only: never what the demande is about."""
    day = tell_jour(echeance.due_on or rappel.pour_at.astimezone(local).date())
    if rappel.palier.startswith("j-"):
        what = f"décision implicite ({echeance.effet})" if echeance.nature == N.DECISION else "réponse due"
        return Effet(Genre.RAPPEL, f"Sans réponse d'ici là, {what} le {day}.", is_escalade=True, sens=echeance.effet)
    genre, texte, is_escalade = _PHRASES[(rappel.nature, rappel.palier)]
    exact = tell_instant(rappel.pour_at, local) if rappel.nature == N.ENGAGEMENT else day
    born = "d'acceptation" if echeance.effet == "acceptation" else "de rejet"
    return Effet(genre, texte.format(quand=exact, nee=born), is_escalade, echeance.effet)


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
        self._known: dict[tuple[str, int | str], list[int]] = {}

    def find(self, demande: Demande, *, is_escalade: bool) -> list[int]:
        """Return the agent in charge, else those of the service; supervisors too on escalation, or for want of others.

        Only agents who may still read the demande: somebody who left is replaced by the service.
        """
        told = self._in_charge(demande) or self._of_service(demande)
        return [*told, *self._supervising(demande)] if is_escalade or not told else told

    def _in_charge(self, demande: Demande) -> list[int]:
        if demande.agent_id is None:
            return []
        return self._recall((demande.domaine, demande.agent_id), list_readers(demande).filter(pk=demande.agent_id))

    def _of_service(self, demande: Demande) -> list[int]:
        if demande.service_id is None:
            return []
        inside = ServiceRattachement.objects.filter(service_id=demande.service_id).values("rattachement__agent_id")
        return self._recall((demande.domaine, f"service {demande.service_id}"),
                            list_readers(demande).filter(pk__in=inside))  # fmt: skip

    def _supervising(self, demande: Demande) -> list[int]:
        return self._recall((demande.domaine, "superviseurs"), list_supervisors(demande))

    def _recall(self, clef: tuple[str, int | str], agents: QuerySet[Agent]) -> list[int]:
        if clef not in self._known:
            self._known[clef] = list(agents.order_by("pk").values_list("pk", flat=True)[:GROUPE_MAX])
        return self._known[clef]
