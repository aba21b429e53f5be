"""What a write leaves behind it: a line of the journal, a row in each timeline, and the fact told to who follows."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from citoyens.actions import record_interaction
from citoyens.models import Interaction
from collectivites.acteur import Acteur
from collectivites.cloison import get_active_id
from collectivites.models import Lieu
from journal.actions import record
from rendezvous.evenements import Evenement, Genre, tell
from rendezvous.heures import to_local
from rendezvous.models import RendezVous
from rendezvous.reservation.controle import is_public
from socle.direct import publish_on_commit
from socle.ecriture import write_long


def write_moment(instant: datetime, lieu: Lieu) -> str:
    """Return « mardi 24 novembre à 9 h 40 », on the wall clock of the lieu."""
    return write_long(to_local(instant, lieu.fuseau).replace(tzinfo=None))


def leave_traces(
    fait: Evenement, *, verbe: str, titre: str = "", resume: str = "", usagers: Iterable[int] = (), **details: Any
) -> None:
    """Write the journal and, when `titre` says what the usager lived, their timelines; then tell the listeners."""
    rdv = fait.rendezvous
    record(
        verbe=verbe, objet_type="rendezvous", objet_id=rdv.pk, libelle=rdv.numero, by=fait.by, at=fait.at,
        version=rdv.version, etat=rdv.etat, **details,
    )  # fmt: skip
    if titre:
        for usager_id in usagers:
            _write_interaction(rdv, usager_id, titre=titre, resume=resume, by=fait.by, at=fait.at)
    nudge()
    tell(fait)


def _write_interaction(rdv: RendezVous, usager_id: int, *, titre: str, resume: str, by: Acteur, at: datetime) -> None:
    sens = Interaction.Sens.ENTRANT if is_public(by) else Interaction.Sens.INTERNE
    record_interaction(
        usager_id=usager_id, genre=Interaction.Genre.RENDEZVOUS, sens=sens, canal=rdv.canal, domaine=rdv.domaine,
        titre=f"{titre}\u00a0: {rdv.motif.libelle}", resume=resume or describe(rdv), objet_type="rendezvous",
        objet_id=rdv.pk, by=by, at=at,
    )  # fmt: skip


def describe(rdv: RendezVous) -> str:
    """Return « Mardi 24 novembre à 9 h 40, Hôtel de ville »."""
    moment = write_moment(rdv.debut_at, rdv.lieu)
    return f"{moment[0].upper()}{moment[1:]}, {rdv.lieu.nom}"


def nudge() -> None:
    """Screens that show time taken read it again, once this is committed."""
    publish_on_commit(collectivite_id=get_active_id(), sujet="rendezvous")


__all__ = ["Evenement", "Genre", "describe", "leave_traces", "nudge", "write_moment"]
