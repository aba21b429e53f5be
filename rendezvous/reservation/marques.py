"""The list of the day: present, received, done, absent; each mark can be undone. And the note of agents."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from collectivites.acteur import Acteur
from journal.actions import record
from rendezvous.etats import ANNULES, OCCUPANTS, TENUS, Etat, can_pass
from rendezvous.evenements import Genre
from rendezvous.heures import get_day
from rendezvous.models import Participation, RendezVous
from rendezvous.reservation.deplacement import list_usagers
from rendezvous.reservation.ecriture import get_current, translate_predemande, update_at_version
from rendezvous.reservation.refus import RendezVousRefuse
from rendezvous.reservation.traces import Evenement, leave_traces
from socle.texte import clean

# The way through an appointment. Nobody came: an absent one stands before everything again.
_RANGS = {Etat.ABSENT: 0, Etat.CONFIRME: 0, Etat.PRESENT: 1, Etat.EN_COURS: 2, Etat.HONORE: 3}
_GENRES = {
    Etat.PRESENT: Genre.PRESENT, Etat.EN_COURS: Genre.COMMENCE, Etat.HONORE: Genre.HONORE, Etat.ABSENT: Genre.ABSENT,
}  # fmt: skip
_TITRES = {
    Genre.HONORE: "Rendez-vous honoré", Genre.ABSENT: "Absence au rendez-vous", Genre.RETABLI: "Rendez-vous rétabli",
}  # fmt: skip
_VENUES = {Etat.HONORE: Participation.Etat.HONORE, Etat.ABSENT: Participation.Etat.ABSENT}


@transaction.atomic
def mark_rendezvous(*, rendezvous: RendezVous, version: int, etat: str, by: Acteur, at: datetime) -> RendezVous:
    """Say where the appointment stands: present, en_cours, honore, absent; or back to an earlier state.

    Present may be early, the same local day; absent only once the start has passed. Raises RendezVousRefuse,
    VersionPerimee.
    """
    current = get_current(rendezvous, version)
    _check(current, etat, at=at)
    rdv = update_at_version(current, version, etat=etat, **_date(current, etat, at))
    _mark_participations(rdv)
    genre = _choose_genre(current.etat, etat)
    is_lived = genre in {Genre.HONORE, Genre.ABSENT} or (genre == Genre.RETABLI and current.etat in TENUS)
    leave_traces(
        Evenement(genre, rdv, by=by, at=at), verbe="rendezvous.etat", titre=_TITRES[genre] if is_lived else "",
        usagers=list_usagers(rdv) if is_lived else (), avant=current.etat,
    )  # fmt: skip
    return rdv


def _check(current: RendezVous, etat: str, *, at: datetime) -> None:
    if current.etat == Etat.OPTION or etat not in OCCUPANTS or not can_pass(current.etat, etat):
        state = Etat(current.etat).label.lower()
        raise RendezVousRefuse(f"Ce rendez-vous est «\u00a0{state}\u00a0»\u00a0: il ne peut pas prendre cet état.")
    if etat == Etat.ABSENT and at < current.debut_at:
        raise RendezVousRefuse("On n'est pas absent avant l'heure du rendez-vous.")
    if etat != Etat.CONFIRME and get_day(at, current.lieu.fuseau) < current.jour:
        raise RendezVousRefuse("Ce rendez-vous est un autre jour\u00a0: déplacez-le d'abord.")


def _date(current: RendezVous, etat: str, at: datetime) -> dict[str, Any]:
    """Instants of the states reached; those beyond `etat` are undone, those passed over stay empty."""
    rang = _RANGS[Etat(etat)]
    steps = (("present_at", 1, Etat.PRESENT), ("started_at", 2, Etat.EN_COURS), ("ended_at", 3, Etat.HONORE))
    return {
        column: None if step > rang else (getattr(current, column) or (at if etat == reached else None))
        for column, step, reached in steps
    }


def _choose_genre(avant: str, apres: str) -> Genre:
    if apres == Etat.CONFIRME or (apres != Etat.ABSENT and _RANGS[Etat(apres)] < _RANGS[Etat(avant)]):
        return Genre.RETABLI
    return _GENRES[Etat(apres)]


def _mark_participations(rdv: RendezVous) -> None:
    """Who came, as the appointment says. Raises RendezVousRefuse when a number has a live appointment elsewhere."""
    rows = Participation.objects.filter(rendezvous_id=rdv.pk)
    try:
        with transaction.atomic():
            rows.update(etat=_VENUES.get(Etat(rdv.etat), Participation.Etat.ATTENDU), is_vivante=rdv.is_vivant)
    except IntegrityError as error:
        raise translate_predemande(error) from error


@transaction.atomic
def update_note(*, rendezvous: RendezVous, version: int, note: str, by: Acteur, at: datetime) -> RendezVous:
    """Write the note of agents, never shown to the usager. Raises RendezVousRefuse, VersionPerimee."""
    current = get_current(rendezvous, version)
    if current.etat in ANNULES or current.etat == Etat.OPTION:
        raise RendezVousRefuse("Ce rendez-vous n'a plus cours.")
    rdv = update_at_version(current, version, note=clean(note).strip())
    record(
        verbe="rendezvous.modifie", objet_type="rendezvous", objet_id=rdv.pk, libelle=rdv.numero, by=by, at=at,
        version=rdv.version, champs=["note"],
    )  # fmt: skip
    return rdv
