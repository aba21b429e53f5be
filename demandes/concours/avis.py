"""An opinion asked of somebody without account: they see the question and the chosen files, never the demande.

Their e-mail bears its own signed reference (« AVS-2026-0012 »): what they answer lands on the opinion, never in the
usager's conversation (freescout#4161 is what happens else).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from collectivites.acteur import AUTOMATE, Acteur
from collectivites.cloison import get_active_id
from collectivites.models import Collectivite
from collectivites.reglages import get_reglage
from demandes.actions.pieces import attach_uploads
from demandes.concours import jetons, reglages
from demandes.concours.attentes import choose_etat, end_of_day, plan_relance, read_fuseau, settle
from demandes.concours.complements import PlusAttendu
from demandes.concours.depots import keep_raw
from demandes.courriers import find_boite
from demandes.cycle import Etat
from demandes.delais.recalcul import recompute
from demandes.models import Analyse, Avis, Boite, Demande, Entree, Message, Notification, PieceDeposee, PieceJointe
from demandes.signataires import sign
from demandes.suivi.liens import build_lien
from demandes.travail.notifications import notify
from demandes.versions import DemandeClose, touch, update_at_version
from journal.actions import record
from messagerie.actions import queue_occasion
from messagerie.destinataires import MessageRefuse, check_adresse
from messagerie.models import Envoi
from socle.ecriture import write_date, write_jour
from socle.identifiants import sign_reference
from socle.texte import clean

NATURE = "avis"
PREFIXE = "AVS"
_NOM_LOCAL_MAX = 64  # characters before the @ (RFC 5321 §4.5.3.1.1)
RETENUES = (Analyse.BLOQUEE, Analyse.INFECTEE)


class AvisIncomplet(ValueError):
    """The question, the name or the date is missing."""


@dataclass(frozen=True)
class DemandeAvis:
    """What is asked, of whom, with which files, by when."""

    nom: str
    courriel: str
    question: str
    echeance_on: date
    pieces: Collection[int] = ()
    is_suspensif: bool = True


@dataclass(frozen=True)
class ReponseAvis:
    """What they answer; `is_favorable` None: neither yes nor no."""

    texte: str
    is_favorable: bool | None = None
    pieces: Sequence[PieceDeposee] = ()


@transaction.atomic
def ask_avis(*, demande: Demande, version: int, asked: DemandeAvis, clef: UUID, by: Acteur, at: datetime) -> Avis:
    """Ask by e-mail, with a secret link; the demande waits for the answer when it is « suspensif ».

    The same `clef` again returns the request already there. Raises AvisIncomplet, MessageRefuse, ConflitVersion,
    DemandeClose.
    """
    twin = Avis.objects.filter(clef=clef).first()
    if twin is not None:
        return twin
    if not demande.is_open and demande.version == version:
        raise DemandeClose
    avis = _prepare(demande, asked, clef=clef, by=by, at=at)
    etat = choose_etat(demande)
    if avis.is_suspensif and etat != Etat.EN_ATTENTE_USAGER:
        etat = Etat.EN_ATTENTE_TIERS.value
    fresh = update_at_version(demande, version, etat=etat)
    avis.save(force_insert=True)
    signature = sign(by, fresh.service)
    _write(avis, fresh, occasion="demande.avis", clef=f"avis:{avis.pk}", signature=signature, by=by, at=at)
    _record("demande.avis_demande", fresh, by=by, at=at)
    settle(fresh, at=at)
    return avis


def _prepare(demande: Demande, asked: DemandeAvis, *, clef: UUID, by: Acteur, at: datetime) -> Avis:
    assert by.agent_id is not None  # noqa: S101 only agents ask
    fuseau = read_fuseau()
    nom, question = clean(asked.nom).strip(), clean(asked.question).strip()
    if not nom or not question:
        raise AvisIncomplet("Dites à qui l'avis est demandé, et la question.")
    if asked.echeance_on <= at.astimezone(fuseau).date():
        raise AvisIncomplet("Choisissez une date après aujourd'hui.")
    jours = get_reglage(reglages.AVIS_RELANCE.clef)
    return Avis(
        demande=demande, jeton=jetons.fingerprint(jetons.derive(NATURE, clef)), clef=clef, nom=nom[:160],
        courriel=check_adresse(asked.courriel).lower(), question=question, is_suspensif=asked.is_suspensif,
        pieces=list(list_partageables(demande).filter(pk__in=list(asked.pieces)).values_list("pk", flat=True)),
        echeance_on=asked.echeance_on, agent_id=by.agent_id, asked_at=at,
        etape_at=plan_relance(asked.echeance_on, jours=jours, at=at, fuseau=fuseau),
    )  # fmt: skip


def list_partageables(demande: Demande) -> "QuerySet[PieceJointe]":
    """Return the files of the demande that may be shown to others."""
    mine = PieceJointe.objects.filter(message__demande=demande).exclude(analyse__in=RETENUES)
    return mine.select_related("message").order_by("pk")


def build_reference(avis: Avis) -> str:
    """Return the signed reference of an opinion: « [AVS-2026-0012-3f2a9c01b7e4] »."""
    return sign_reference(collectivite_id=get_active_id(), numero=f"{PREFIXE}-{avis.asked_at:%Y}-{avis.pk:04d}")


def find_by_references(numeros: Collection[str]) -> Avis | None:
    """Return the opinion of one of these numbers, whose signature was checked; None when none is an opinion's."""
    pks = [int(numero.rpartition("-")[2]) for numero in numeros if numero.startswith(f"{PREFIXE}-")]
    return Avis.objects.filter(pk__in=pks).order_by("pk").first() if pks else None


def find_by_jeton(jeton: str) -> Avis | None:
    """Return the opinion of a link, None for a link that opens nothing (one query)."""
    return Avis.objects.select_related("demande__service").filter(jeton=jetons.fingerprint(jeton)).first()


def list_pieces(avis: Avis) -> list[PieceJointe]:
    """Return the files shared with this opinion that may still be handed out (one query)."""
    return list(list_partageables(avis.demande).filter(pk__in=avis.pieces))


def _write(
    avis: Avis, demande: Demande, *, occasion: str, clef: str, signature: str, by: Acteur, at: datetime
) -> None:
    """Queue the e-mail. It is not a message of the conversation: the usager is no party to it."""
    reference = build_reference(avis)
    shared = len(avis.pieces)
    boite = find_boite(demande)
    marque = f"{reference.strip('[]')}.{clef.rpartition(':')[2]}.{avis.clef.hex}"
    queue_occasion(
        occasion=occasion, canal="courriel", clef=clef, destinataire=avis.courriel, objet_type="demande",
        objet_id=demande.pk, by=by, at=at, voie=Envoi.Voie.COURANT,
        repondre_a=_build_retour(boite, reference) if boite else "",
        entetes={"Message-ID": f"<{marque}@{settings.DOMAINE_COURRIEL}>"},
        variables={
            "collectivite": Collectivite.objects.get(pk=get_active_id()).nom, "nom": avis.nom,
            "numero": demande.numero, "reference": reference, "question": avis.question, "signature": signature,
            "delai": write_jour(avis.echeance_on, annee=True),
            "pieces": f"{shared} document{'s' if shared > 1 else ''} à lire sur la page." if shared else "",
            "lien": build_lien("avis", jetons.derive(NATURE, avis.clef)),
        },
    )  # fmt: skip


def _build_retour(boite: Boite, reference: str) -> str:
    """Return an address of its own for the answer: « mairie+AVS-…@… », which our own doors deliver.

    The bare one when it would be too long, or for a mailbox kept elsewhere, whose server may refuse « + »: the
    reference in the subject and in the Message-ID tells as much.
    """
    nom, _, domaine = boite.adresse.partition("@")
    tagged = f"{nom}+{reference.strip('[]')}"
    return boite.adresse if boite.imap_hote or len(tagged) > _NOM_LOCAL_MAX else f"{tagged}@{domaine}"


@transaction.atomic
def receive_avis(*, avis: Avis, reponse: ReponseAvis, at: datetime) -> Avis:
    """Take the answer given on the page: raw first. The same content again has one effect. Raises PlusAttendu."""
    held = _lock(avis)
    demande = Demande.objects.for_fiche().get(pk=held.demande_id)
    contenu = {"favorable": reponse.is_favorable, "texte": reponse.texte}
    entree = keep_raw(nature=f"avis:{held.pk}", contenu=contenu, pieces=reponse.pieces, demande=demande, at=at)
    if entree.is_deja_recue:
        return held
    if not is_awaited(held, demande):
        raise PlusAttendu
    take_answer(avis=held, reponse=reponse, entree=entree, at=at)
    return held


def is_awaited(avis: Avis, demande: Demande) -> bool:
    """True while the answer is of use."""
    return avis.answered_at is None and avis.revoked_at is None and demande.is_open


def take_answer(
    *, avis: Avis, reponse: ReponseAvis, entree: Entree | None, at: datetime, by: Acteur | None = None
) -> Message:
    """Write an answer, whatever the way it came (inside a transaction, `avis` locked or new to us).

    It is shown to agents as an internal note. A second letter of the same person is added, the answer stays.
    """
    who = by or Acteur(nature="usager", libelle=avis.nom)
    if avis.answered_at is None:
        avis.answered_at, avis.etape_at = at, None
        avis.is_favorable, avis.reponse = reponse.is_favorable, clean(reponse.texte).strip()
        avis.save(update_fields=["answered_at", "etape_at", "is_favorable", "reponse"])
    before = Demande.objects.only("etat", "closed_at").get(pk=avis.demande_id)
    demande = touch(avis.demande_id, is_unread=True, last_message_at=at, etat=choose_etat(before))
    note = Message.objects.create(
        demande=demande, sens=Message.Sens.INTERNE, canal=Message.Canal.NOTE, texte=_write_note(avis, reponse),
        expediteur_libelle=f"{avis.nom}, consulté", adresse=avis.courriel, entree=entree, agent_id=who.agent_id,
        at=at,
    )  # fmt: skip
    attach_uploads(message=note, pieces=reponse.pieces)
    _record("demande.avis_recu", demande, by=who, at=at, favorable=reponse.is_favorable)
    recompute(demande, at=at)
    notify(
        demande.agent_id or avis.agent_id, Notification.Genre.REPONSE, f"{avis.nom[:120]} a donné son avis.", demande,
        clef=f"avis:{avis.pk}:{note.pk}", at=at,
    )  # fmt: skip
    return note


def _write_note(avis: Avis, reponse: ReponseAvis) -> str:
    said = {True: "Avis favorable.", False: "Avis défavorable.", None: ""}[reponse.is_favorable]
    return "\n".join(filter(None, [said, clean(reponse.texte).strip()])) or "Réponse sans texte."


def _lock(avis: Avis) -> Avis:
    return Avis.objects.select_for_update(no_key=True).get(pk=avis.pk)


@transaction.atomic
def note_avis(*, avis: Avis, version: int, reponse: ReponseAvis, by: Acteur, at: datetime) -> None:
    """Write an answer given by phone, by letter, in a meeting. Raises PlusAttendu, ConflitVersion."""
    held = _lock(avis)
    if held.answered_at or held.revoked_at:
        raise PlusAttendu
    update_at_version(Demande.objects.for_fiche().get(pk=held.demande_id), version)
    take_answer(avis=held, reponse=reponse, entree=None, at=at, by=by)


@transaction.atomic
def revoke_avis(*, avis: Avis, demande: Demande, version: int, by: Acteur, at: datetime) -> None:
    """Withdraw the question: the link closes at once. Raises PlusAttendu, ConflitVersion."""
    held = _lock(avis)
    if held.answered_at or held.revoked_at:
        raise PlusAttendu
    held.revoked_at, held.etape_at = at, None
    held.save(update_fields=["revoked_at", "etape_at"])
    fresh = update_at_version(demande, version, etat=choose_etat(demande))
    _record("demande.avis_retire", fresh, by=by, at=at)
    settle(fresh, at=at)


@transaction.atomic
def follow_avis(*, avis_id: int, at: datetime) -> None:
    """Do the next step: remind them, then, once the date is past, tell the agent. Once each."""
    due = Avis.objects.select_for_update(skip_locked=True, no_key=True)
    held = due.filter(pk=avis_id, etape_at__lte=at).first()
    if held is None:
        return
    demande = Demande.objects.for_fiche().get(pk=held.demande_id)
    over_at = end_of_day(held.echeance_on, read_fuseau())
    held.etape_at = over_at if at < over_at and demande.is_open else None
    if is_awaited(held, demande):
        if at >= over_at:
            _tell_agent(held, demande, at=at)
        elif held.reminded_at is None:
            held.jeton = jetons.fingerprint(jetons.derive(NATURE, held.clef))  # the secret may have changed
            _remind(held, demande, at=at)
    held.save(update_fields=["etape_at", "reminded_at", "jeton"])


def _remind(held: Avis, demande: Demande, *, at: datetime) -> None:
    service = demande.service.nom if demande.service else ""
    try:
        with transaction.atomic():
            _write(held, demande, occasion="demande.avis_relance", clef=f"avis:{held.pk}:relance", signature=service,
                   by=AUTOMATE, at=at)  # fmt: skip
    except MessageRefuse:
        return
    held.reminded_at = at
    _record("demande.avis_relance", demande, by=AUTOMATE, at=at)


def _tell_agent(held: Avis, demande: Demande, *, at: datetime) -> None:
    notify(
        demande.agent_id or held.agent_id, Notification.Genre.RAPPEL,
        f"L'avis de {held.nom[:120]} était attendu pour le {write_date(held.echeance_on)}.", demande,
        clef=f"avis:{held.pk}:fin", at=at,
    )  # fmt: skip


def _record(verbe: str, demande: Demande, *, by: Acteur, at: datetime, **details: object) -> None:
    record(
        verbe=verbe, objet_type="demande", objet_id=demande.pk, libelle=demande.numero, by=by, at=at,
        version=demande.version, **details,
    )  # fmt: skip
