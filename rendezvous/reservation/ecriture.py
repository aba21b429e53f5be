"""The rows of an appointment: itself, its time, who comes; its number; the version that guards it."""

import secrets
from collections.abc import Collection, Sequence
from copy import copy
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, connection
from django.db.models import F, QuerySet

from collectivites.domaines import RESERVES
from collectivites.reglages import get_reglage
from demandes.models import Demande
from journal.models import Evenement as Ligne
from journal.phrases import tell as tell_ligne
from rendezvous.heures import get_day
from rendezvous.jetons import draw_sel, hash_jeton, write_jeton
from rendezvous.models import Motif, Occupation, Participation, RendezVous
from rendezvous.reservation.controle import check_deja_pris, clean_predemande
from rendezvous.reservation.personnes import Venant, find_adresse
from rendezvous.reservation.places import Besoin, Prise
from rendezvous.reservation.refus import RendezVousRefuse, VersionPerimee
from rendezvous.reservation.verrous import lock_usagers
from socle.texte import clean, truncate


def insert_rendezvous(rendezvous: RendezVous, besoin: Besoin, prise: Prise) -> None:
    """Insert the appointment and the time it takes; in a session the session holds the time."""
    rendezvous.is_surbooking = prise.is_surbooking
    rendezvous.save(force_insert=True)
    if besoin.seance is None:
        Occupation.objects.create(
            rendezvous=rendezvous, ressource_id=prise.ressource_id, place=prise.place, debut_at=besoin.debut_at,
            fin_at=besoin.occupe_at, expire_at=rendezvous.expire_at, is_surbooking=prise.is_surbooking,
        )  # fmt: skip


def build_rendezvous(besoin: Besoin, **champs: Any) -> RendezVous:
    """Return the appointment of this time, not saved; `champs` are its other columns."""
    motif = besoin.motif
    return RendezVous(
        uuid=uuid4(), motif=motif, service=motif.service, domaine=motif.service.domaine, lieu=besoin.lieu,
        seance=besoin.seance, debut_at=besoin.debut_at, fin_at=besoin.fin_at, personnes=besoin.personnes,
        jour=get_day(besoin.debut_at, besoin.lieu.fuseau), **champs,
    )  # fmt: skip


def write_numero(rendezvous: RendezVous, at: datetime) -> str:
    """Draw « RDV-2026-00042 », of the local year. From a sequence: unique, with holes, and nobody waits (ADR 21)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('rendezvous_numeros')")
        rang = int(cursor.fetchone()[0])
    return f"RDV-{get_day(at, rendezvous.lieu.fuseau).year}-{rang:05d}"


def describe_promesse(
    rendezvous: RendezVous, venants: Sequence[Venant], *, message: str, adresse: str, telephone: str,
    demande_id: int | None,
) -> dict[str, Any]:  # fmt: skip
    """Return the columns an appointment gets once it is promised to somebody. Raises RendezVousRefuse."""
    motif, lead = rendezvous.motif, venants[0]
    return {
        "usager": lead.usager,
        "message": clean(message).strip(),
        "adresse": _find_adresse(motif, lead, adresse),
        "telephone": _find_telephone(motif, lead, telephone),
        "visio_url": _write_visio(motif),
        **_read_demande(rendezvous, demande_id),
    }


def _find_adresse(motif: Motif, lead: Venant, typed: str) -> str:
    found = " ".join(clean(typed).split())
    if motif.genre == Motif.Genre.DOMICILE:
        found = found or find_adresse(lead.usager)
        if not found:
            raise RendezVousRefuse("Indiquez l'adresse où venir.", champ="adresse")
    return truncate(found, 300)


def _find_telephone(motif: Motif, lead: Venant, typed: str) -> str:
    found = clean(typed).strip() or (lead.telephone if motif.genre == Motif.Genre.TELEPHONE else "")
    if motif.genre == Motif.Genre.TELEPHONE and not found:
        raise RendezVousRefuse("Indiquez le numéro à appeler.", champ="telephone")
    return truncate(found, 20)


def _write_visio(motif: Motif) -> str:
    """A room nobody can guess: 96 bits."""
    if motif.genre != Motif.Genre.VISIO or not motif.visio_base:
        return ""
    return f"{motif.visio_base.rstrip('/')}/{secrets.token_hex(12)}"


def _read_demande(rendezvous: RendezVous, demande_id: int | None) -> dict[str, Any]:
    """The demande it comes from; a sealed one seals its appointment too."""
    if demande_id is None:
        return {}
    demande = Demande.objects.filter(pk=demande_id).first()
    if demande is None:
        raise RendezVousRefuse("La demande liée n'existe plus.")
    sealed = demande.domaine if demande.domaine in RESERVES else rendezvous.domaine
    return {"demande": demande, "domaine": sealed if rendezvous.domaine not in RESERVES else rendezvous.domaine}


def insert_participations(
    rendezvous: RendezVous, venants: Sequence[Venant], *, is_prevenu: bool
) -> Sequence[Participation]:
    """Insert who comes, each with their link; the first one is the one we write to. Raises RendezVousRefuse.

    A visit of several appointments has its one reminder; see `rendezvous.parcours`.
    """
    categorie = rendezvous.motif.categorie_ants
    has_rappel = is_prevenu and rendezvous.motif.has_rappel and rendezvous.parcours_id is None
    rows = [
        Participation(
            rendezvous=rendezvous, usager=venant.usager, rang=rang, courriel=venant.courriel,
            telephone=venant.telephone if venant.is_mobile else "", categorie=categorie,
            numero_predemande=clean_predemande(venant.numero_predemande) if categorie else "",
            jeton_expire_at=expire_lien(rendezvous.fin_at), is_a_rappeler=has_rappel and rang == 0, **_draw_lien(),
        )
        for rang, venant in enumerate(venants)
    ]  # fmt: skip
    check_predemandes([row.numero_predemande for row in rows], categorie=categorie, sauf=rendezvous.pk)
    try:
        rendezvous.participants_ecrits = Participation.objects.bulk_create(rows)
    except IntegrityError as error:
        raise translate_predemande(error) from error
    return rendezvous.participants_ecrits


def check_predemandes(numbers: Collection[str], *, categorie: str, sauf: int | None) -> None:
    """One live appointment a pre-application number. Raises RendezVousRefuse."""
    wanted = [number for number in numbers if number]
    if not wanted:
        return
    held = Participation.objects.filter(numero_predemande__in=wanted, categorie=categorie, is_vivante=True)
    taken = held.exclude(rendezvous_id=sauf or 0).values_list("numero_predemande", flat=True).first()
    if taken:
        raise _refuse_predemande(taken)


def translate_predemande(error: IntegrityError) -> Exception:
    """Turn the unique key on live numbers into a sentence: somebody was quicker. Any other violation stays itself."""
    return _refuse_predemande("") if "participation_predemande_unique" in str(error) else error


def _refuse_predemande(number: str) -> RendezVousRefuse:
    return RendezVousRefuse(
        f"Le numéro de pré-demande {number or 'saisi'} a déjà un rendez-vous à venir. Annulez-le d'abord.",
        champ="numero_predemande",
    )


def _draw_lien() -> dict[str, Any]:
    sel = draw_sel()
    return {"sel": sel, "jeton_hash": hash_jeton(write_jeton(sel))}


def expire_lien(fin_at: datetime) -> datetime:
    """Return when the link « gérer mon rendez-vous » ends."""
    return fin_at + timedelta(hours=get_reglage("rendezvous.lien_heures"))


def lock_and_check(rendezvous: RendezVous, venants: Sequence[Venant], *, is_surbooking: bool, by: Any) -> None:
    """One booking of a person at a time; they can't come twice at once for one motif. Raises RendezVousRefuse."""
    ids = [venant.usager.pk for venant in venants if not venant.is_nouveau]
    lock_usagers(ids)
    if ids and not is_surbooking:
        check_deja_pris(
            rendezvous.motif, ids, debut_at=rendezvous.debut_at, fin_at=rendezvous.fin_at, sauf=rendezvous.pk, by=by
        )


def update_at_version(rendezvous: RendezVous, version: int, **champs: Any) -> RendezVous:
    """Write `champs` only if nobody wrote since `version`; `version` grows by one. Raises VersionPerimee.

    One conditional UPDATE: the row stays locked to the end of the transaction. Returns the appointment as written.
    """
    mine = RendezVous.objects.filter(pk=rendezvous.pk, version=version)
    if not mine.update(version=F("version") + 1, **champs):
        raise VersionPerimee("Ce rendez-vous", tell_changes(rendezvous.pk, since=version))
    fresh = copy(rendezvous)
    fresh.version = version + 1
    for name, value in champs.items():
        setattr(fresh, name, value)
    return fresh


def tell_changes(rendezvous_id: int, *, since: int) -> list[str]:
    """Say what was done after version `since`, at most five facts: « Yann Le Goff — rendez-vous déplacé »."""
    lines = Ligne.objects.about("rendezvous", rendezvous_id).filter(details__version__gt=since)
    return [f"{line.acteur_libelle} — {tell_ligne(line)}" for line in reversed(list(lines.newest_first()[:5]))]


def read_all() -> QuerySet[RendezVous]:
    """Appointments with what every write about them needs."""
    return RendezVous.objects.select_related("motif__service", "lieu", "service", "usager", "seance", "parcours")


def get_current(rendezvous: RendezVous, version: int) -> RendezVous:
    """Return the appointment as it is now. Raises VersionPerimee when it is no longer at `version`, or left."""
    current = read_all().filter(pk=rendezvous.pk).first()
    if current is None or current.version != version:
        raise VersionPerimee("Ce rendez-vous", tell_changes(rendezvous.pk, since=version))
    return current


def get_locked(rendezvous: RendezVous) -> RendezVous | None:
    """Return the appointment as it is now, its row locked; None when it left (an option released)."""
    return read_all().select_for_update(of=("self",), no_key=True).filter(pk=rendezvous.pk).first()


def list_ressources(rendezvous: RendezVous) -> list[int]:
    """Ids of the resources that hold its time: its own, or its session's."""
    if rendezvous.seance_id is not None:
        return [rendezvous.seance.ressource_id] if rendezvous.seance else []
    return list(Occupation.objects.filter(rendezvous_id=rendezvous.pk).values_list("ressource_id", flat=True))
