"""The acts of a booking online: retain a slot, ask for the code, confirm. Pages only draw what these return."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from citoyens.models import PointContact
from citoyens.rapprochement import find_by_contact
from collectivites.acteur import Acteur
from collectivites.reglages import get_reglage
from demandes.suivi.clefs import is_named
from rendezvous.en_ligne.choix import Prise
from rendezvous.en_ligne.codes import carry_saisie, keep_saisie, send_code
from rendezvous.en_ligne.retenues import allow_retenue
from rendezvous.etats import Etat
from rendezvous.models import CodeConfirmation, Motif, Occupation, RendezVous
from rendezvous.reservation.actions import confirm_option, drop_option, hold_creneau
from rendezvous.reservation.saisie import Participant

VISITEUR = Acteur(nature="usager", libelle="Usager en ligne")
COURRIEL, SMS = "courriel", "sms"
NATURES = {COURRIEL: PointContact.Nature.COURRIEL, SMS: PointContact.Nature.MOBILE}


def find_rendezvous(prise: Prise) -> RendezVous | None:
    """Return what was retained or booked online under the key of this booking (one query).

    Online only: the key of a program may be guessed, and whoever holds a key is shown the appointment.
    """
    rows = RendezVous.objects.select_related("motif", "lieu", "service").filter(canal=RendezVous.Canal.EN_LIGNE)
    return rows.filter(clef=prise.clef).first()


def is_retenu(rendezvous: RendezVous | None, *, at: datetime) -> bool:
    """True while the slot is kept for who chose it."""
    if rendezvous is None or rendezvous.etat != Etat.OPTION or rendezvous.expire_at is None:
        return False
    return rendezvous.expire_at > at


def is_confirmed(rendezvous: RendezVous) -> bool:
    """True when what was retained has become an appointment meanwhile (one query)."""
    return RendezVous.objects.booked().filter(pk=rendezvous.pk).exists()


@transaction.atomic
def retain_creneau(*, prise: Prise, motif: Motif, at: datetime, visiteur: str = "") -> RendezVous:
    """Keep the slot for ten minutes. The same again gives the same; another time lets the first one go.

    An appointment already confirmed under this key is returned as it is: the page was sent twice. `visiteur`: from
    where, see `retenues`. Raises CreneauPris (what was retained before is kept then), RendezVousRefuse, TropRetenu.
    """
    held = find_rendezvous(prise)
    if held is not None and (held.etat != Etat.OPTION or (is_retenu(held, at=at) and _is_same(held, prise))):
        return held
    minutes = allow_retenue(visiteur, prise, motif=motif, at=at)
    waiting = CodeConfirmation.objects.filter(rendezvous=held).first() if held else None
    if held is not None:
        drop_option(rendezvous=held, at=at)
    option = hold_creneau(
        creneau=prise.build_creneau(motif), motif=motif, personnes=prise.choix.personnes, clef=prise.clef,
        canal=RendezVous.Canal.EN_LIGNE, by=VISITEUR, at=at, is_invite=prise.choix.is_invite,
        zone_id=prise.choix.zone_id, minutes=minutes,
    )  # fmt: skip
    if waiting is not None:
        carry_saisie(waiting, option, at=at)
    return option


@transaction.atomic
def ask_code(
    *, rendezvous: RendezVous, saisie: dict[str, Any], canal: str, at: datetime, is_renvoi: bool = False
) -> None:
    """Keep what was typed and send the code; the slot is kept ten minutes more, the time to read it.

    Typed again for the same address, the code already sent stays good unless `is_renvoi`. Raises TropEnvois.
    """
    destinataire = saisie[COURRIEL if canal == COURRIEL else "telephone"]
    waiting = CodeConfirmation.objects.filter(rendezvous=rendezvous, canal=canal, destinataire=destinataire)
    if not is_renvoi and waiting.filter(expire_at__gt=at).exists():
        keep_saisie(rendezvous=rendezvous, saisie=saisie)
        return
    send_code(rendezvous=rendezvous, canal=canal, destinataire=destinataire, saisie=saisie, at=at)
    _extend(rendezvous, at)


@transaction.atomic
def confirm_prise(
    *, rendezvous: RendezVous, code: CodeConfirmation, invite_id: int | None, at: datetime
) -> RendezVous:
    """Turn the option into an appointment, the address being proven. Raises CreneauPris, RendezVousRefuse."""
    saisie = code.saisie
    done = confirm_option(
        rendezvous=rendezvous, participants=list_participants(code, invite_id), by=VISITEUR, at=at,
        message=saisie.get("message", ""), adresse=saisie.get("adresse", ""),
        telephone=saisie["telephone"] if rendezvous.motif.genre == Motif.Genre.TELEPHONE else "",
    )  # fmt: skip
    CodeConfirmation.objects.filter(pk=code.pk).delete()  # what was typed is in the appointment now
    return done


def list_participants(code: CodeConfirmation, invite_id: int | None = None) -> list[Participant]:
    """Return who comes: first the one we write to, then those who were named."""
    typed = code.saisie
    first = Participant(
        usager_id=_find_known(code, invite_id), nom=typed["nom"], prenom=typed["prenom"],
        courriel=typed.get("courriel", ""), telephone=typed.get("telephone", ""),
        numero_predemande=typed.get("predemande", ""), preuve=NATURES[code.canal],
    )  # fmt: skip
    others = [
        Participant(nom=each["nom"], prenom=each["prenom"], numero_predemande=each["predemande"])
        for each in typed.get("personnes", [])
        if each["nom"]
    ]
    return [first, *others]


def _find_known(code: CodeConfirmation, invite_id: int | None) -> int | None:
    """Return the usager whose address was proven: the one invited, else the only one so named; None when in doubt."""
    owners = find_by_contact(NATURES[code.canal], code.destinataire)
    if invite_id in {each.pk for each in owners}:
        return invite_id
    nom = f"{code.saisie['prenom']} {code.saisie['nom']}"
    named = [each for each in owners if is_named(each, nom) and _is_first_name(each.prenoms, code.saisie["prenom"])]
    return named[0].pk if len(named) == 1 else None


def _is_first_name(known: str, typed: str) -> bool:
    return not known or known.split(maxsplit=1)[0].casefold() == (typed.split() or [""])[0].casefold()


def _is_same(held: RendezVous, prise: Prise) -> bool:
    there = (held.debut_at, held.lieu_id, held.motif_id, held.personnes, held.seance_id)
    choix = prise.choix
    return there == (prise.debut_at, prise.lieu_id, choix.motif_id, choix.personnes, prise.seance_id)


def _extend(rendezvous: RendezVous, at: datetime) -> None:
    """Keep the slot while the code travels: three times the usual at most, however many codes are asked for."""
    minutes = get_reglage("rendezvous.retenue_minutes")
    until = min(at + timedelta(minutes=minutes), rendezvous.created_at + timedelta(minutes=3 * minutes))
    rows = RendezVous.objects.filter(pk=rendezvous.pk, etat=Etat.OPTION, expire_at__gt=at, expire_at__lt=until)
    if rows.update(expire_at=until):
        Occupation.objects.filter(rendezvous=rendezvous, is_actif=True).update(expire_at=until)
