"""The reminder: some days before, at the same hour of the lieu, never in the night, never once it has begun.

It waits in the ledger from a minute after the booking on; a move or a cancellation takes it back in its own
transaction, so that nobody is ever reminded of an appointment that is no more.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from collectivites.acteur import AUTOMATE, Acteur
from collectivites.reglages import get_reglages
from messagerie.actions import EnvoiNonModifiable, cancel_envoi
from messagerie.models import Envoi
from rendezvous.etats import Etat
from rendezvous.heures import get_day, get_minute, to_instant
from rendezvous.messages.envois import OBJET, Courrier, queue_courrier
from rendezvous.messages.silence import SILENCE, Silence, build_silence
from rendezvous.models import Participation, RendezVous

MARQUE = "rappel"
JOURS = "rendezvous.rappel_jours"


def compute_rappel(debut_at: datetime, fuseau: str, *, jours: int, silence: Silence, at: datetime) -> datetime | None:
    """Return when to remind: `jours` local days before, at the same local hour (Mon 30 March 9:00 → Sat 28 March 9:00,
    though a night of 23 hours lies between). In the night: that morning, or that evening. None when it is too late.
    """
    day = get_day(debut_at, fuseau) - timedelta(days=jours)
    nominal = to_instant(day, get_minute(debut_at, fuseau), fuseau)
    is_morning = get_minute(nominal, fuseau) < silence.fin * 60
    moved = (silence.find_next if is_morning else silence.find_previous)(nominal, fuseau)
    return moved if at < min(nominal, moved) and moved < debut_at else None


def read_moment(rendezvous: RendezVous, *, at: datetime) -> datetime | None:
    """Return when to remind of this appointment, by the settings of the town (one query)."""
    reglages = get_reglages(JOURS, *SILENCE)
    return compute_rappel(
        rendezvous.debut_at, rendezvous.lieu.fuseau, jours=reglages[JOURS], silence=build_silence(reglages), at=at
    )


def prepare_rappel(rendezvous_id: int, *, at: datetime) -> list[Envoi]:
    """Queue the reminder of an appointment booked a moment ago, which nobody had to wait for. Twice queues it once.

    Its row is locked first, so that a move or a cancellation comes before and is seen, or after and takes this back.
    """
    rows = RendezVous.objects.select_related("motif__service", "lieu", "service", "collectivite")
    rdv = rows.select_for_update(of=("self",), no_key=True).filter(pk=rendezvous_id).first()
    if not Participation.objects.filter(rendezvous_id=rendezvous_id, is_a_rappeler=True).update(is_a_rappeler=False):
        return []
    return plan_rappel(rdv, by=AUTOMATE, at=at) if rdv is not None and rdv.etat == Etat.CONFIRME else []


def plan_rappel(rendezvous: RendezVous, *, by: Acteur, at: datetime) -> list[Envoi]:
    """Queue the reminder of an appointment alone (a parcours has its own), if its motif has one and there is time."""
    if not rendezvous.motif.has_rappel or rendezvous.parcours_id is not None:
        return []
    moment = read_moment(rendezvous, at=at)
    if moment is None:
        return []
    courrier = Courrier(
        occasion="rendezvous.rappel", marque=f"{MARQUE}:{rendezvous.sequence}.{rendezvous.version}",
        voie=Envoi.Voie.RAPPEL, prevu_at=moment,
    )  # fmt: skip
    return queue_courrier(rendezvous, courrier, by=by, at=at)


def cancel_rappel(rendezvous: RendezVous, *, by: Acteur, at: datetime) -> int:
    """Take back the reminders that wait; return how many. One that a worker has taken is on its way."""
    return cancel_all(_list_waiting(rendezvous), by=by, at=at)


def replace_rappel(rendezvous: RendezVous, *, by: Acteur, at: datetime) -> None:
    """Queue as they read now the reminders that wait, if any does. Twice at the same version keeps the first ones."""
    waiting = _list_waiting(rendezvous)
    queued = plan_rappel(rendezvous, by=by, at=at) if waiting else []
    kept = {envoi.pk for envoi in queued}
    cancel_all([each for each in waiting if each.pk not in kept], by=by, at=at)


def _list_waiting(rendezvous: RendezVous) -> list[Envoi]:
    waiting = Envoi.objects.filter(objet_type=OBJET, objet_id=rendezvous.pk, etat=Envoi.Etat.A_ENVOYER)
    return list(waiting.filter(clef__startswith=f"rdv:{rendezvous.pk}:{MARQUE}:"))


def cancel_all(envois: list[Envoi], *, by: Acteur, at: datetime) -> int:
    """Take back these messages; return how many were still there to take."""
    count = 0
    for envoi in envois:
        with suppress(EnvoiNonModifiable):
            cancel_envoi(envoi=envoi, by=by, at=at)
            count += 1
    return count
