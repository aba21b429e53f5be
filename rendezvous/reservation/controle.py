"""Who may book what, when: the rules of a motif, told in French. Usagers are held to them; agents are warned.

« Public » is whoever is not an agent: an usager, a partner's application, France Titres.
"""

import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet

from collectivites.acteur import Acteur
from collectivites.models import Lieu
from demandes.courriers import show_telephone
from rendezvous.etats import VIVANTS
from rendezvous.heures import get_day
from rendezvous.models import Motif, Participation, RendezVous
from rendezvous.reservation.refus import RendezVousRefuse
from rendezvous.reservation.saisie import Participant, Reservation
from socle.ecriture import write_duree

_PREDEMANDE = re.compile(r"[A-Z0-9]{10}")  # number of a pre-application of France Titres


def is_public(by: Acteur) -> bool:
    """True for whoever is held to the limits of usagers."""
    return by.nature != "agent"


def check_motif(asked: Reservation, *, by: Acteur) -> None:
    """Check that this actor may book this motif, for that many. Raises RendezVousRefuse."""
    motif = asked.motif
    if not motif.is_active:
        raise RendezVousRefuse("Ce motif n'est plus proposé.")
    if is_public(by) and not _is_open_to_public(motif, is_invite=asked.is_invite):
        raise RendezVousRefuse("Ce rendez-vous ne se prend pas en ligne. Adressez-vous à l'accueil.")
    most = motif.places if motif.is_collectif else motif.personnes_max
    if not 1 <= asked.personnes <= most:
        raise RendezVousRefuse(f"Ce rendez-vous se prend pour {_count(motif, most)} au plus.", champ="personnes")
    if asked.is_surbooking and is_public(by):
        raise RendezVousRefuse("Seul un agent peut prendre un rendez-vous en surnombre.")
    if asked.is_surbooking and motif.is_collectif:
        raise RendezVousRefuse("Une séance n'a pas de surnombre\u00a0: ajoutez-lui des places.")


def _count(motif: Motif, number: int) -> str:
    unite = motif.unite_personnes
    return f"{number}\u00a0{unite}{'s' if number > 1 and not unite.endswith(('s', 'x')) else ''}"


def _is_open_to_public(motif: Motif, *, is_invite: bool) -> bool:
    if motif.reservable_par == Motif.Reservable.INVITES:
        return is_invite
    return motif.reservable_par == Motif.Reservable.TOUS


def check_lieu(lieu: Lieu) -> None:
    """A lieu put aside takes no new appointment. Raises RendezVousRefuse."""
    if not lieu.is_active:
        raise RendezVousRefuse("Ce lieu ne reçoit plus de public.")


def check_moment(motif: Motif, *, lieu: Lieu, debut_at: datetime, fin_at: datetime, by: Acteur, at: datetime) -> None:
    """Check that it is not the past, and the delays for usagers. Raises RendezVousRefuse."""
    check_debut(debut_at, fin_at, by=by, at=at)
    if debut_at.second or debut_at.microsecond:
        raise RendezVousRefuse("Un rendez-vous commence à une minute entière.", champ="debut_at")
    broken = list_delais(motif, lieu=lieu, debut_at=debut_at, at=at) if is_public(by) else []
    if broken:
        raise RendezVousRefuse(broken[0], champ="debut_at")


def check_debut(debut_at: datetime, fin_at: datetime, *, by: Acteur, at: datetime) -> None:
    """Refuse the past. An agent may still lay what has begun (the person is there), never what is over."""
    is_past = debut_at < at if is_public(by) else fin_at <= at
    if is_past:
        raise RendezVousRefuse("Cette heure est déjà passée.", champ="debut_at")


def list_delais(motif: Motif, *, lieu: Lieu, debut_at: datetime, at: datetime) -> list[str]:
    """Return the delays of the motif that this time breaks: the shortest counts minutes, the longest local days."""
    broken = []
    if debut_at - at < timedelta(minutes=motif.delai_min_minutes):
        shortest = write_duree(timedelta(minutes=motif.delai_min_minutes))
        broken.append(f"Ce rendez-vous se prend au moins {shortest} à l'avance.")
    last = get_day(at, lieu.fuseau) + timedelta(days=motif.delai_max_jours)
    if get_day(debut_at, lieu.fuseau) > last:
        broken.append(f"Ce rendez-vous se prend au plus {motif.delai_max_jours}\u00a0jours à l'avance.")
    return broken


def check_participants(participants: Sequence[Participant], *, motif: Motif, personnes: int) -> None:
    """Check who comes, before anybody is looked for. Raises RendezVousRefuse."""
    if not participants:
        raise RendezVousRefuse("Dites qui vient au rendez-vous.", champ="participants")
    if len(participants) > personnes:
        raise RendezVousRefuse(
            f"Vous avez nommé {len(participants)} personnes pour un rendez-vous de {personnes}.", champ="personnes"
        )
    numbers = [clean_predemande(participant.numero_predemande) for participant in participants]
    given = [number for number in numbers if number]
    if motif.categorie_ants and len(set(given)) < len(given):
        raise RendezVousRefuse("Deux personnes ont le même numéro de pré-demande.", champ="numero_predemande")


def clean_predemande(number: str) -> str:
    """Return the number of a pre-application in its one form, or nothing. Raises RendezVousRefuse."""
    cleaned = "".join(number.split()).upper()
    if cleaned and not _PREDEMANDE.fullmatch(cleaned):
        raise RendezVousRefuse(
            f"«\u00a0{number}\u00a0» n'est pas un numéro de pré-demande\u00a0: il a dix lettres ou chiffres.",
            champ="numero_predemande",
        )
    return cleaned


def check_limite(rendezvous: RendezVous, *, minutes: int, geste: str, by: Acteur, at: datetime) -> None:
    """Hold the usager to the last moment for `geste` (« l'annuler », « le déplacer »). Raises RendezVousRefuse."""
    if not is_public(by):
        return
    if rendezvous.debut_at <= at:
        raise RendezVousRefuse(f"Ce rendez-vous a commencé\u00a0: il est trop tard pour {geste}.")
    if rendezvous.debut_at - at < timedelta(minutes=minutes):
        limit, phone = write_duree(timedelta(minutes=minutes)), rendezvous.service.telephone
        raise RendezVousRefuse(
            f"Il est trop tard pour {geste} en ligne\u00a0: c'était possible jusqu'à {limit} avant. "
            + (f"Appelez le {show_telephone(phone)}." if phone else "Appelez l'accueil.")
        )


def check_deja_pris(
    motif: Motif, usager_ids: Collection[int], *, debut_at: datetime, fin_at: datetime, sauf: int | None, by: Acteur
) -> None:
    """One person can't come twice at once for one motif. Raises RendezVousRefuse; to the public, it names nothing."""
    rows = list_simultanes(usager_ids, debut_at=debut_at, fin_at=fin_at, sauf=sauf).filter(rendezvous__motif=motif)
    found = rows.select_related("usager", "rendezvous").first()
    if found is None:
        return
    if is_public(by):
        raise RendezVousRefuse("Vous avez déjà rendez-vous à cette heure pour ce motif.", champ="participants")
    raise RendezVousRefuse(
        f"{found.usager} a déjà rendez-vous à cette heure pour ce motif ({found.rendezvous.numero}).",
        champ="participants",
    )


def list_simultanes(
    usager_ids: Collection[int], *, debut_at: datetime, fin_at: datetime, sauf: int | None = None
) -> QuerySet[Participation]:
    """Live participations of these persons that overlap [debut_at, fin_at[."""
    rows = Participation.objects.filter(
        usager_id__in=list(usager_ids), is_vivante=True, rendezvous__etat__in=VIVANTS,
        rendezvous__debut_at__lt=fin_at, rendezvous__fin_at__gt=debut_at,
    )  # fmt: skip
    return rows.exclude(rendezvous_id=sauf) if sauf else rows


def list_avertissements(
    *, motif: Motif, lieu: Lieu, debut_at: datetime, fin_at: datetime, usager_ids: Collection[int], at: datetime
) -> list[str]:
    """What an agent should know before booking; nothing here refuses. One query."""
    warnings = list_delais(motif, lieu=lieu, debut_at=debut_at, at=at)
    for row in list_simultanes(usager_ids, debut_at=debut_at, fin_at=fin_at).select_related("usager", "rendezvous"):
        warnings.append(f"{row.usager} a un autre rendez-vous à cette heure ({row.rendezvous.numero}).")
    return warnings
