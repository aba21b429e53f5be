"""What an agent does of a letter: register it, say what it is, discard it, take it back."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import F

from citoyens.models import Usager
from collectivites.acteur import Acteur
from collectivites.cloison import get_active_id
from collectivites.models import Collectivite, Service
from demandes.actions.echange import receive_message
from demandes.actions.ouverture import open_demande
from demandes.actions.pieces import attach_files
from demandes.arrivees.chrono import draw_chrono
from demandes.contacts import list_modes, read_adresses
from demandes.fichiers import keep_received
from demandes.models import CourrierArrivee, Demande, Entree, Message, TypeDemande
from journal.actions import record
from socle.depot import FichierAbsent, read_file

Etat = CourrierArrivee.Etat


class CourrierChange(Exception):
    """Another agent has just dealt with this letter: nothing was written."""

    def __init__(self) -> None:
        super().__init__("Un autre agent vient de traiter ce courrier\u00a0: rien n'a été enregistré.")


class DateImpossible(ValueError):
    """The dates of the letter contradict each other."""


class MotifManquant(ValueError):
    """A letter is discarded for a reason, which is kept."""

    def __init__(self) -> None:
        super().__init__("Dites pourquoi ce courrier est écarté\u00a0: publicité, erreur d'adresse…")


@dataclass(frozen=True)
class Identite:
    """What is written on a letter and its envelope. `date_cachet`: postmark, which counts for the usager (L112-1)."""

    date_arrivee: date
    nature: str = CourrierArrivee.Nature.SIMPLE
    expediteur: str = ""
    objet: str = ""
    date_courrier: date | None = None
    date_cachet: date | None = None
    numero_recommande: str = ""

    def check(self, today: date) -> None:
        """Raise DateImpossible when a letter would arrive tomorrow, or before it was written."""
        if self.date_arrivee > today:
            raise DateImpossible("La date d'arrivée ne peut pas être dans le futur.")
        for label, day in (("du courrier", self.date_courrier), ("du cachet", self.date_cachet)):
            if day is not None and day > self.date_arrivee:
                raise DateImpossible(f"La date {label} ne peut pas être après la date d'arrivée.")


@transaction.atomic
def register_courrier(
    *, identite: Identite, service: Service | None, usager: Usager | None, clef: UUID, agent_id: int, by: Acteur,
    at: datetime,
) -> CourrierArrivee:  # fmt: skip
    """Register a letter by hand. The same `clef` again gives the one already there. Raises DateImpossible."""
    town = Collectivite.objects.get(pk=get_active_id())
    identite.check(at.astimezone(ZoneInfo(town.fuseau)).date())
    try:
        with transaction.atomic():
            courrier = CourrierArrivee.objects.create(
                chrono=draw_chrono(town, at=at), service=service, usager=usager, clef=clef, agent_id=agent_id,
                created_at=at, **vars(identite),
            )  # fmt: skip
    except IntegrityError as error:
        if "courrier_clef_unique" not in str(error):
            raise
        return CourrierArrivee.objects.get(clef=clef)
    _tell("courrier.enregistre", courrier, by=by, at=at)
    return courrier


@transaction.atomic
def open_from_courrier(  # noqa: PLR0913 what is read on the letter, and what becomes of it
    *, courrier: CourrierArrivee, version: int, identite: Identite, type_: TypeDemande | None,
    service: Service | None, usager: Usager | None, description: str, by: Acteur, at: datetime,
) -> Demande:  # fmt: skip
    """Make a demande of the letter; its scan is the first message's file. Raises CourrierChange, DateImpossible."""
    town = Collectivite.objects.get(pk=get_active_id())
    identite.check(at.astimezone(ZoneInfo(town.fuseau)).date())
    _claim(courrier, version)
    demande = open_demande(
        objet=identite.objet or f"Courrier {courrier.chrono}", description=description, canal=Demande.Canal.COURRIER,
        mode_reponse=_choose_mode(usager), received_at=_instant(identite.date_arrivee, town, at), by=by, at=at,
        usager=usager, type=type_, service=service, entree=courrier.entree,
        expediteur="" if usager else identite.expediteur,
    )  # fmt: skip
    _attach_scan(courrier, Message.objects.filter(demande=demande).order_by("at", "pk")[0], at=at)
    return _settle(courrier, demande, identite, Entree.Issue.NOUVELLE, service=service, usager=usager, by=by, at=at)


@transaction.atomic
def attach_courrier(
    *, courrier: CourrierArrivee, version: int, identite: Identite, demande: Demande, by: Acteur, at: datetime
) -> Demande:
    """Add the letter to a demande that exists. Raises CourrierChange, DateImpossible, FenetreDepassee."""
    town = Collectivite.objects.get(pk=get_active_id())
    identite.check(at.astimezone(ZoneInfo(town.fuseau)).date())
    _claim(courrier, version)
    message = receive_message(
        demande=demande, canal=Message.Canal.COURRIER, texte=identite.objet or f"Courrier {courrier.chrono}", by=by,
        at=at, usager=demande.usager, entree=courrier.entree, expediteur=identite.expediteur,
    )  # fmt: skip
    _attach_scan(courrier, message, at=at)
    return _settle(
        courrier, message.demande, identite, Entree.Issue.RATTACHEE, service=demande.service, usager=demande.usager,
        by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def discard_courrier(*, courrier: CourrierArrivee, version: int, motif: str, by: Acteur, at: datetime) -> None:
    """Set a letter aside, with its reason; it stays registered. Raises CourrierChange, MotifManquant."""
    said = " ".join(motif.split())[:300]
    if not said:
        raise MotifManquant
    _claim(courrier, version, etat=Etat.ECARTE, motif=said)
    _tell("courrier.ecarte", courrier, by=by, at=at)


@transaction.atomic
def restore_courrier(*, courrier: CourrierArrivee, version: int, by: Acteur, at: datetime) -> None:
    """Put a discarded letter back among those to qualify. Raises CourrierChange."""
    _claim(courrier, version, depuis=Etat.ECARTE, etat=Etat.A_QUALIFIER, motif="")
    _tell("courrier.repris", courrier, by=by, at=at)


def _claim(courrier: CourrierArrivee, version: int, *, depuis: str = Etat.A_QUALIFIER, **champs: Any) -> None:
    """Write on condition that nobody else did; the row is then ours until the end of the transaction."""
    mine = CourrierArrivee.objects.filter(pk=courrier.pk, version=version, etat=depuis)
    if not mine.update(version=F("version") + 1, **champs):
        raise CourrierChange


def _settle(
    courrier: CourrierArrivee, demande: Demande, identite: Identite, issue: str, *, service: Service | None,
    usager: Usager | None, by: Acteur, at: datetime,
) -> Demande:  # fmt: skip
    CourrierArrivee.objects.filter(pk=courrier.pk).update(
        etat=Etat.QUALIFIE, demande=demande, service=service, usager=usager, **vars(identite)
    )
    if courrier.entree_id:
        Entree.objects.filter(pk=courrier.entree_id).update(
            issue=issue, demande_id=demande.pk, usager_id=usager.pk if usager else None, processed_at=at
        )
    _tell("courrier.qualifie", courrier, by=by, at=at, demande=demande.pk)
    return demande


def _choose_mode(usager: Usager | None) -> str:
    """A letter is answered by letter, unless no address is known."""
    possible = list_modes(read_adresses(usager))
    return "courrier" if "courrier" in possible else possible[0]


def _instant(day: date, town: Collectivite, at: datetime) -> datetime:
    """The day it arrived, on the town's clock: now when it is today, else noon."""
    zone = ZoneInfo(town.fuseau)
    return at if day == at.astimezone(zone).date() else min(at, datetime.combine(day, time(12), zone))


def _attach_scan(courrier: CourrierArrivee, message: Message, *, at: datetime) -> None:
    """Give the message the scan, as it was received."""
    if courrier.entree is None:
        return
    try:
        contenu = read_file(courrier.entree.brut)
    except FichierAbsent:
        return
    kept = keep_received(contenu, nom=f"{courrier.chrono}.pdf", collectivite_id=get_active_id(), at=at)
    attach_files(message=message, gardees=[kept], at=at)


def _tell(verbe: str, courrier: CourrierArrivee, *, by: Acteur, at: datetime, **details: Any) -> None:
    record(verbe=verbe, objet_type="courrier", objet_id=courrier.pk, libelle=courrier.chrono, by=by, at=at, **details)
