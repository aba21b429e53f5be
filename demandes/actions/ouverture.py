"""Opening a demande, whatever the channel; saying who asked."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from citoyens.actions import move_interactions, record_interaction
from citoyens.models import Interaction, Usager
from collectivites.acteur import Acteur
from collectivites.cloison import get_active_id
from collectivites.domaines import RESERVES
from collectivites.models import Collectivite, Service
from collectivites.numerotation import draw_number
from demandes.accuses.emission import issue
from demandes.actions.pieces import attach_uploads
from demandes.declencheurs import apres_reception, follow
from demandes.delais.recalcul import foresee, write_foreseen
from demandes.models import (
    Demande,
    Entree,
    Message,
    Nature,
    PartieDemande,
    PieceDeposee,
    TypeDemande,
    VersionFormulaire,
)
from demandes.routage import choose_domaine, choose_etat, choose_service
from journal.actions import record
from socle.identifiants import draw_code_suivi
from socle.texte import clean, truncate

OBJET_MAX = 200
_TIRAGES = 5  # a collision of tracking codes has a chance in 10^12 for each code already given


class ReceptionImpossible(ValueError):
    """The date of reception is later than now."""

    def __init__(self) -> None:
        super().__init__("La date de réception ne peut pas être dans le futur.")


class ObjetVide(ValueError):
    """A demande needs an objet."""

    def __init__(self) -> None:
        super().__init__("Une demande a un objet.")


def open_demande(  # noqa: PLR0913 one argument a fact of the reception
    *,
    objet: str,
    description: str,
    canal: str,
    mode_reponse: str,
    received_at: datetime,
    by: Acteur,
    at: datetime,
    usager: Usager | None = None,
    type: TypeDemande | None = None,  # noqa: A002 the word of the business
    service: Service | None = None,
    adresse: str = "",
    clef: UUID | None = None,
    entree: Entree | None = None,
    html: str = "",
    message_id: str = "",
    texte_complet: str = "",
    accuse: bool = True,
    expediteur: str = "",
    pieces: Sequence[PieceDeposee] = (),
    reponses: Mapping[str, Any] | None = None,
    version_formulaire: VersionFormulaire | None = None,
    competente_at: datetime | None = None,
    externe: str = "",
) -> Demande:
    """Open a demande with its first message, its journal line, its row in the timeline and its acknowledgement.

    `received_at` starts the clocks; `adresse` is where it came from; `clef` is the form's key: the same one again
    gives the demande already there. `pieces` are uploads of the form (demandes/pieces.py). `accuse=False` sends
    nothing (loops, abuse). `reponses` are checked answers to the form of the type, under `version_formulaire` (its
    current one by default). `competente_at`: when it reached us, who are competent, after another administration
    (CRPA L114-3); `externe`: its thread elsewhere, unique for a transfer. Raises ReceptionImpossible, ObjetVide.
    """
    _verify(objet, received_at=received_at, at=at)
    if (already := _find_by_clef(clef)) is not None:
        return already
    first = Message(
        sens=Message.Sens.ENTRANT, canal=canal, texte=clean(description).strip() or clean(objet).strip(), html=html,
        texte_complet=clean(texte_complet), message_id=message_id, adresse=adresse, entree=entree, clef=clef,
        usager_id=usager.pk if usager else None, at=received_at, agent_id=by.agent_id,
        expediteur_libelle=expediteur or _name(usager, adresse),
    )  # fmt: skip
    demande = Demande(
        objet=truncate(clean(objet), OBJET_MAX), description=clean(description).strip(), canal=canal,
        mode_reponse=mode_reponse, type=type, service=choose_service(type, service), usager=usager,
        received_at=received_at, created_at=at, last_message_at=received_at, is_unread=by.nature != "agent",
        competente_at=competente_at, externe=externe, **_read_form(type, reponses or {}, version_formulaire),
    )  # fmt: skip
    return _open_once(demande, first, pieces=pieces, by=by, at=at, accuse=accuse)


def _verify(objet: str, *, received_at: datetime, at: datetime) -> None:
    """Raises ReceptionImpossible, ObjetVide."""
    if received_at > at:
        raise ReceptionImpossible
    if not clean(objet).strip():
        raise ObjetVide


def _read_form(
    type_: TypeDemande | None, reponses: Mapping[str, Any], version: VersionFormulaire | None
) -> dict[str, Any]:
    """Return what the form gives the demande: its answers, the place they name, the nature of its type."""
    return {
        "reponses": dict(reponses),
        "lieu": str(reponses.get("lieu", ""))[:300],
        "nature": type_.nature if type_ else Nature.DEMANDE,
        "version_formulaire_id": _find_version(type_, version),
    }


def _find_version(type_: TypeDemande | None, version: VersionFormulaire | None) -> int | None:
    """Return the id of the form that was filled: the one given, else the one the type offers now."""
    if version is not None:
        return version.pk
    return type_.version_courante_id if type_ else None


def _open_once(
    demande: Demande, first: Message, *, pieces: Sequence[PieceDeposee], by: Acteur, at: datetime, accuse: bool
) -> Demande:
    """Write it all, or give the demande that the same form, sent twice at once, has just opened."""
    try:
        with transaction.atomic():
            insert_demande(demande, first, by=by, at=at)
            attach_uploads(message=first, pieces=pieces)
            demande = follow(apres_reception, demande, adresse=first.adresse, at=at)
            if accuse:
                issue(demande, first.adresse, at=at)
    except IntegrityError as error:
        twin = _find_by_clef(first.clef) if "message_clef_unique" in str(error) else None
        if twin is None:
            raise
        return twin
    return demande


def _find_by_clef(clef: UUID | None) -> Demande | None:
    if clef is None:
        return None
    message = Message.objects.select_related("demande").filter(clef=clef).first()
    return message.demande if message else None


def _name(usager: Usager | None, adresse: str) -> str:
    return usager.nom_complet if usager else adresse or "Usager inconnu"


def insert_demande(demande: Demande, first: Message, *, by: Acteur, at: datetime) -> None:
    """Insert a demande with its first message, new or detached from another; its number, its dates, its journal line.

    Sends nothing and runs no rule: `open_demande` does.
    """
    town = demande.collectivite = Collectivite.objects.get(pk=get_active_id())
    demande.domaine = choose_domaine(demande.type, demande.service)
    demande.etat = choose_etat(demande.type, demande.service)
    prevision = foresee(demande, at=at)
    annee = at.astimezone(ZoneInfo(town.fuseau)).year
    demande.numero = f"DEM-{annee}-{draw_number(nature='demande', annee=annee):04d}"
    _save_with_code(demande)
    write_foreseen(demande, prevision, at=at)
    first.demande = demande
    first.save(force_insert=first.pk is None)
    record(
        verbe="demande.ouverte", objet_type="demande", objet_id=demande.pk, libelle=demande.numero, by=by, at=at,
        canal=demande.canal, version=demande.version,
    )  # fmt: skip
    if demande.usager is not None:
        tie_usager(demande, demande.usager, by=by)


def keep_seal(demande: Demande, origine: Demande | None) -> None:
    """Put a demande just opened behind the seal of the one it goes on with: what answers a sealed one quotes it.

    Its type and its service are not always enough: one that left its sealed service stays sealed.
    """
    if origine is None or origine.domaine not in RESERVES or demande.domaine == origine.domaine:
        return
    Demande.objects.filter(pk=demande.pk).update(domaine=origine.domaine)
    demande.domaine = origine.domaine
    move_interactions(objet_type="demande", objet_id=demande.pk, domaine=demande.domaine)


def _save_with_code(demande: Demande) -> None:
    """Insert with a tracking code nobody has; a collision draws another."""
    for essai in range(_TIRAGES):
        demande.code_suivi = draw_code_suivi()
        try:
            with transaction.atomic():
                demande.save(force_insert=True)
        except IntegrityError as error:
            if "demande_code_suivi_unique" not in str(error) or essai == _TIRAGES - 1:
                raise
        else:
            return


def tie_usager(demande: Demande, usager: Usager, *, by: Acteur) -> None:
    """Make `usager` the demandeur and write the demande in their timeline, at the date of reception."""
    PartieDemande.objects.create(demande=demande, usager=usager, role=PartieDemande.Role.DEMANDEUR)
    record_interaction(
        usager_id=usager.pk, genre=Interaction.Genre.DEMANDE, sens=Interaction.Sens.ENTRANT, canal=demande.canal,
        domaine=demande.domaine, titre=demande.objet, resume=demande.description, objet_type="demande",
        objet_id=demande.pk, by=by, at=demande.received_at,
    )  # fmt: skip
