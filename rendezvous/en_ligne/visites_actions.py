"""The acts of a visit booked online: hold all its slots, ask for one code, confirm all. Pages only draw the result."""

from datetime import datetime
from typing import Any

from django.db import transaction

from rendezvous.en_ligne.actions import VISITEUR, ask_code, list_participants
from rendezvous.en_ligne.codes import carry_saisie
from rendezvous.en_ligne.retenues import allow_visite
from rendezvous.en_ligne.visites import Formule, PriseVisite
from rendezvous.etats import Etat
from rendezvous.models import CodeConfirmation, Occupation, Parcours, RendezVous
from rendezvous.parcours.actions import Visite, confirm_visite, hold_visite, list_held, name_etape
from rendezvous.parcours.combinaisons import Combinaison
from rendezvous.parcours.recherche import Etape
from rendezvous.reservation.refus import CreneauPris


def find_parcours(prise: PriseVisite) -> Parcours | None:
    """Return the visit booked under the key of this one (one query)."""
    return Parcours.objects.filter(clef=prise.clef).first()


def find_expiry(held: list[RendezVous], prise: PriseVisite, *, at: datetime) -> datetime | None:
    """Return until when the whole visit is held; None when a part of it no longer is."""
    until = [each.expire_at for each in held if each.etat == Etat.OPTION and each.expire_at is not None]
    return min(until) if len(until) == len(prise.arrets) and min(until) > at else None


def find_saisie(held: list[RendezVous]) -> CodeConfirmation | None:
    """Return what was typed: it hangs on one of the options (one query)."""
    return CodeConfirmation.objects.filter(rendezvous__in=[each.pk for each in held]).first()


@transaction.atomic
def retain_visite(
    *, prise: PriseVisite, formule: Formule, at: datetime, visiteur: str = ""
) -> list[RendezVous]:  # fmt: skip
    """Hold every slot for ten minutes; what was typed for another choice of the same visit follows.

    The same again gives the same; once confirmed, its appointments. Raises CreneauPris (what was held before is kept
    then), RendezVousRefuse, TropRetenu.
    """
    allow_visite(visiteur, [name_etape(prise.clef, index) for index in range(len(prise.arrets))], at=at)
    waiting = find_saisie(list_held(prise.clef))
    held = _hold(prise, formule, at=at)
    first = held[0]
    if waiting is not None and first.etat == Etat.OPTION and waiting.rendezvous_id not in {each.pk for each in held}:
        carry_saisie(waiting, first, at=at)
    return held


def _hold(prise: PriseVisite, formule: Formule, *, at: datetime) -> list[RendezVous]:
    """First who was proposed, for two stops may need the same one; then whoever is free at those hours."""
    try:
        return hold_visite(visite=_build(prise, formule), by=VISITEUR, at=at)
    except CreneauPris:
        return hold_visite(visite=_build(prise, formule, is_libre=True), by=VISITEUR, at=at)


def _build(prise: PriseVisite, formule: Formule, *, is_libre: bool = False) -> Visite:
    creneaux = tuple(arret.build_creneau(is_libre=is_libre) for arret in prise.arrets)
    return Visite(
        combinaison=Combinaison(creneaux, tuple(range(len(creneaux)))),
        etapes=[Etape(formule.get_motif(arret.motif_id), arret.personnes) for arret in prise.arrets],
        participants=(), canal=RendezVous.Canal.EN_LIGNE, clef=prise.clef, is_ordonne=formule.modele.is_ordonne,
        modele=formule.modele,
    )  # fmt: skip


@transaction.atomic
def ask_visite_code(
    *, held: list[RendezVous], saisie: dict[str, Any], canal: str, at: datetime, is_renvoi: bool = False
) -> None:
    """Keep what was typed and send one code; every slot is kept as long as the first. Raises TropEnvois."""
    first = held[0]
    ask_code(rendezvous=first, saisie=saisie, canal=canal, at=at, is_renvoi=is_renvoi)
    until = RendezVous.objects.values_list("expire_at", flat=True).get(pk=first.pk)
    others = RendezVous.objects.filter(pk__in=[each.pk for each in held[1:]], etat=Etat.OPTION, expire_at__gt=at)
    ids = list(others.filter(expire_at__lt=until).values_list("pk", flat=True))
    RendezVous.objects.filter(pk__in=ids, etat=Etat.OPTION).update(expire_at=until)
    Occupation.objects.filter(rendezvous__in=ids, is_actif=True, expire_at__isnull=False).update(expire_at=until)


@transaction.atomic
def confirm_prise_visite(*, prise: PriseVisite, formule: Formule, code: CodeConfirmation, at: datetime) -> Parcours:
    """Promise every slot, the address being proven. Raises CreneauPris, RendezVousRefuse: then none is."""
    parcours = confirm_visite(
        clef=prise.clef, nombre=len(prise.arrets), participants=list_participants(code), by=VISITEUR, at=at,
        modele=formule.modele, is_ordonne=formule.modele.is_ordonne, message=code.saisie.get("message", ""),
    )  # fmt: skip
    CodeConfirmation.objects.filter(pk=code.pk).delete()  # what was typed is in the appointments now
    return parcours
