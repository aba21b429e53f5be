"""The conversation: what the usager writes, what we answer, what agents tell each other."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from citoyens.actions import record_interaction
from citoyens.models import Interaction, Usager
from collectivites.acteur import Acteur
from collectivites.cloison import get_active_id
from collectivites.models import Agent, Collectivite
from collectivites.reglages import get_reglage
from demandes.actions.pieces import attach_uploads
from demandes.actions.traitement import apply_suite
from demandes.contacts import list_destinataires, normalise_adresse, read_adresses
from demandes.courriers import build_fil, build_objet, build_reponse, find_boite
from demandes.cycle import Etat, Issue
from demandes.delais.recalcul import recompute
from demandes.lettres.reponse import address, write_reponse
from demandes.lettres.texte import Lettre
from demandes.models import Demande, DemandeComplement, Entree, Message, PieceDeposee
from demandes.reglages import REOUVERTURE
from demandes.signataires import sign
from demandes.travail.abonnes import tell_followers
from demandes.travail.mentions import tell_mentioned
from demandes.versions import ConflitVersion, DemandeClose, touch, update_at_version
from journal.actions import record
from messagerie.actions import queue_occasion
from messagerie.models import Envoi
from messagerie.pieces import PieceAEnvoyer
from socle.texte import clean

ADRESSE_MAX = 320
COURRIER = Message.Canal.COURRIER
ECRITS = frozenset({Message.Canal.COURRIEL.value, Message.Canal.SMS.value})  # the others are noted, not sent


class FenetreDepassee(Exception):
    """The demande was closed too long ago to be reopened by a message: open a new one, linked to it."""

    def __init__(self, demande: Demande) -> None:
        self.demande = demande
        super().__init__(f"La demande {demande.numero} est close depuis trop longtemps pour être rouverte.")


class TexteVide(ValueError):
    """Nothing was written."""

    def __init__(self) -> None:
        super().__init__("Écrivez un texte.")


class DestinataireInconnu(ValueError):
    """The reply would go to somebody who is not in the conversation."""

    def __init__(self, canal: str) -> None:
        what = "Aucune adresse électronique connue" if canal == Message.Canal.COURRIEL else "Aucun mobile connu"
        super().__init__(f"{what} pour cette demande : ce message ne peut pas partir.")


class ElectroniqueRefuse(ValueError):
    """The usager expressly refused to be answered electronically (CRPA L112-14)."""

    def __init__(self) -> None:
        super().__init__("Cet usager refuse les réponses électroniques (CRPA L112-14)\u00a0: écrivez-lui une lettre.")


@transaction.atomic
def receive_message(  # noqa: PLR0913 one argument a fact of the reception
    *,
    demande: Demande,
    canal: str,
    texte: str,
    by: Acteur,
    at: datetime,
    usager: Usager | None = None,
    adresse: str = "",
    entree: Entree | None = None,
    html: str = "",
    texte_complet: str = "",
    message_id: str = "",
    is_automatique: bool = False,
    expediteur: str = "",
    pieces: Sequence[PieceDeposee] = (),
) -> Message:
    """Add what the usager sent. A waiting demande goes on; one closed lately is reopened, by a human's message only.

    What comes for a merged demande goes to the one that was kept. The same `entree` again returns its message.
    Raises FenetreDepassee when the demande was closed too long ago.
    """
    locked = lock_kept(demande.pk)
    twin = Message.objects.filter(demande=locked, entree=entree).first() if entree else None
    if twin is not None:
        return twin
    changes: dict[str, Any] = {"last_message_at": at} | ({} if is_automatique else {"is_unread": True})
    reopened = locked.etat == Etat.CLOSE and not is_automatique
    if reopened:
        _verify_window(locked, at)
        changes |= {"etat": Etat.EN_COURS, "issue": "", "closed_at": None}
    elif locked.etat == Etat.EN_ATTENTE_USAGER and not is_automatique and not _waits_for_documents(locked):
        changes["etat"] = Etat.EN_COURS
    fresh = _turn_clocks(touch(locked.pk, **changes), locked.etat, at)
    author = usager or (None if adresse else fresh.usager)  # a call noted with no other name: the demandeur
    message = Message.objects.create(
        demande=fresh, sens=Message.Sens.ENTRANT, canal=canal, is_automatique=is_automatique,
        texte=clean(texte).strip(), texte_complet=clean(texte_complet), html=html, adresse=adresse,
        usager_id=author.pk if author else None,
        expediteur_libelle=expediteur or (author.nom_complet if author else adresse or "Usager inconnu"),
        agent_id=by.agent_id, entree=entree, message_id=message_id, at=at,
    )  # fmt: skip
    attach_uploads(message=message, pieces=pieces)
    _tell(fresh, "demande.message_recu", by=by, at=at, canal=canal, automatique=is_automatique)
    if reopened:
        _tell(fresh, "demande.rouverte", by=by, at=at, message=True)
    if not is_automatique:
        _add_to_timeline(fresh, message, usager_id=author.pk if author else fresh.usager_id, by=by)
        tell_followers(fresh, "L'usager a écrit.", clef=f"message:{message.pk}", by=by, at=at)
    return message


def lock_kept(demande_id: int) -> Demande:
    """Lock the row of a demande until the end of the transaction; of a merged one, that of the demande kept."""
    locked = Demande.objects.select_for_update(no_key=True).get(pk=demande_id)
    while locked.fusionnee_dans_id is not None:
        locked = Demande.objects.select_for_update(no_key=True).get(pk=locked.fusionnee_dans_id)
    return locked


def _waits_for_documents(demande: Demande) -> bool:
    """True while indispensable documents are awaited: a mere message does not make the file complete (CRPA L114-5)."""
    open_ones = DemandeComplement.objects.filter(demande=demande, answered_at=None, cancelled_at=None)
    return open_ones.filter(is_indispensable=True).exists()


def _verify_window(demande: Demande, at: datetime) -> None:
    last_day = (demande.closed_at or at) + timedelta(days=get_reglage(REOUVERTURE.clef))
    if at > last_day:
        raise FenetreDepassee(demande)


@transaction.atomic
def reply(  # noqa: PLR0913 what is said, to whom, by whom, and what comes next
    *,
    demande: Demande,
    version: int,
    canal: str,
    texte: str,
    clef: UUID,
    by: Acteur,
    at: datetime,
    agent: Agent,
    destinataire: str = "",
    suite: str = "",
    issue: str = "",
    pieces: Sequence[PieceDeposee] = (),
    lettre: Lettre | None = None,
) -> Message:
    """Answer the usager: by e-mail or SMS through the ledger, by a letter to print, or note what was said.

    The first answer puts the demande « en cours »; `suite` (a state, with `issue` when it closes) goes further in the
    same gesture. `pieces` are uploads of the form (demandes/pieces.py); an SMS carries none. The same `clef` again
    returns the message already there. Raises ConflitVersion, TexteVide, DestinataireInconnu, ElectroniqueRefuse,
    AdresseManquante, RefusIncomplet, DemandeClose, PassageInterdit, messagerie's MessageRefuse.
    """
    said = clean(texte).strip()
    if not said:
        raise TexteVide
    twin = _find(clef)
    if twin is not None:
        return twin
    if not demande.is_open and demande.version == version:
        raise DemandeClose
    par_lettre = address(lettre, demande, is_refus=issue == Issue.REFUSEE) if canal == COURRIER else None
    to = _choose_destinataire(demande, canal, destinataire, par_lettre)
    try:
        fresh = update_at_version(demande, version, is_unread=False, last_message_at=at, **_first_step(demande))
    except ConflitVersion:
        twin = _find(clef)  # the same form, sent twice at once: the first one wrote it
        if twin is None:
            raise
        return twin
    fresh = _turn_clocks(fresh, demande.etat, at)
    message = Message(
        demande=fresh, sens=Message.Sens.SORTANT, canal=canal, texte=said, expediteur_libelle=by.libelle, agent=agent,
        adresse=to, clef=clef, at=at,
    )  # fmt: skip
    _deliver(message, pieces=pieces, lettre=par_lettre, by=by)
    if suite:
        apply_suite(fresh, suite, issue=issue, by=by, at=at)
    return message


def _deliver(message: Message, *, pieces: Sequence[PieceDeposee], lettre: Lettre | None, by: Acteur) -> None:
    """Send it, post it or note it; write it in the conversation, the journal and the timeline."""
    demande = message.demande
    if message.canal in ECRITS:
        _send(demande, message, pieces=pieces, by=by)
    message.save(force_insert=True)
    if lettre is not None:
        write_reponse(message=message, lettre=lettre, usager=demande.usager, agent=message.agent)
    attach_uploads(message=message, pieces=pieces)
    _tell(demande, "demande.reponse", by=by, at=message.at, canal=message.canal)
    _add_to_timeline(demande, message, usager_id=demande.usager_id, by=by)
    tell_followers(demande, f"{by.libelle} a répondu.", clef=f"message:{message.pk}", by=by, at=message.at)


def _turn_clocks(demande: Demande, avant: str, at: datetime) -> Demande:
    """A change of state starts or stops the clocks."""
    return demande if demande.etat == avant else recompute(demande, at=at)


def _first_step(demande: Demande) -> dict[str, str]:
    """The first answer says that somebody works on it."""
    starts = demande.etat in {Etat.NOUVELLE, Etat.A_TRAITER}
    return {"etat": Etat.EN_COURS} if starts else {}


def _find(clef: UUID) -> Message | None:
    return Message.objects.select_related("demande").filter(clef=clef).first()


def _choose_destinataire(demande: Demande, canal: str, asked: str, lettre: Lettre | None) -> str:
    if lettre is not None:
        return " ".join(lettre.adresse.split())[:ADRESSE_MAX]
    return _find_destinataire(demande, canal, asked) if canal in ECRITS else asked


def _find_destinataire(demande: Demande, canal: str, asked: str) -> str:
    """Return the address to write to, which must be one of the conversation: a forged form writes to nobody else."""
    if demande.usager is not None and demande.usager.is_electronique_refuse:
        raise ElectroniqueRefuse
    received = list(Message.objects.filter(demande=demande, sens=Message.Sens.ENTRANT).order_by("at", "pk"))
    known = [
        each for each in list_destinataires(demande, read_adresses(demande.usager), received) if each.canal == canal
    ]
    wanted = normalise_adresse(canal, asked)
    found = [each for each in known if not asked or normalise_adresse(canal, each.valeur) == wanted]
    if not found:
        raise DestinataireInconnu(canal)
    return found[0].valeur


def _send(demande: Demande, message: Message, *, pieces: Sequence[PieceDeposee], by: Acteur) -> None:
    """Queue the answer in the ledger and tie the message to it."""
    town = Collectivite.objects.get(pk=get_active_id())
    assert message.clef is not None  # noqa: S101 given by reply()
    fil, boite = build_fil(demande, message.clef), find_boite(demande)
    is_mail = message.canal == Message.Canal.COURRIEL
    mail = {"objet": build_objet(demande), "entetes": fil.entetes, "repondre_a": boite.adresse if boite else ""}
    envoi: Envoi = queue_occasion(
        occasion="demande.reponse", canal=message.canal, clef=f"demande:{demande.pk}:reponse:{message.clef}",
        destinataire=message.adresse, objet_type="demande", objet_id=demande.pk, usager_id=demande.usager_id, by=by,
        variables=build_reponse(
            demande, collectivite=town, corps=message.texte, signature=sign(by, demande.service)
        ), at=message.at, pieces=[PieceAEnvoyer(p.nom, p.type_mime, p.octets, p.fichier) for p in pieces],
        **(mail if is_mail else {}),
    )  # fmt: skip
    message.envoi_id, message.texte_complet = envoi.pk, envoi.corps_texte
    message.message_id = fil.message_id if is_mail else ""


@transaction.atomic
def add_note(
    *, demande: Demande, texte: str, by: Acteur, at: datetime, agent: Agent | None, clef: UUID | None = None,
    pieces: Sequence[PieceDeposee] = (),
) -> Message:  # fmt: skip
    """Add an internal note: never sent, never shown to the usager. Needs no version: it overwrites nothing.

    Agents it calls (« @Yann Le Goff ») who may read the demande are told, and those who follow it. The same `clef`
    again returns the note already there. Raises TexteVide.
    """
    said = clean(texte).strip()
    if not said:
        raise TexteVide
    demande = lock_kept(demande.pk)  # the same form, sent twice at once
    twin = _find(clef) if clef else None
    if twin is not None:
        return twin
    note = Message.objects.create(
        demande=demande, sens=Message.Sens.INTERNE, canal=Message.Canal.NOTE, texte=said,
        expediteur_libelle=by.libelle, agent=agent, clef=clef, at=at,
    )  # fmt: skip
    attach_uploads(message=note, pieces=pieces)
    _tell(demande, "demande.note", by=by, at=at)
    called = tell_mentioned(demande, note, by=by, at=at)
    said_by = f"{by.libelle} a ajouté une note."
    tell_followers(demande, said_by, clef=f"message:{note.pk}", by=by, at=at, sauf=called)
    return note


@transaction.atomic
def mark_read(*, demande: Demande) -> None:
    """Say that the usager's last message was read. Not a change of the demande: the version stays."""
    Demande.objects.filter(pk=demande.pk, is_unread=True).update(is_unread=False)


def _tell(demande: Demande, verbe: str, *, by: Acteur, at: datetime, **details: object) -> None:
    record(
        verbe=verbe, objet_type="demande", objet_id=demande.pk, libelle=demande.numero, by=by, at=at,
        version=demande.version, **details,
    )  # fmt: skip


def _add_to_timeline(demande: Demande, message: Message, *, usager_id: int | None, by: Acteur) -> None:
    if usager_id is None:
        return
    record_interaction(
        usager_id=usager_id, genre=Interaction.Genre.MESSAGE, sens=message.sens, canal=message.canal,
        domaine=demande.domaine, titre=demande.objet, resume=message.texte, objet_type="demande", objet_id=demande.pk,
        by=by, at=message.at,
    )  # fmt: skip
