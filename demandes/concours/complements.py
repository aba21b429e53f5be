"""Missing documents: asked of the usager by link, received, noted, withdrawn, reminded (CRPA L114-5, L114-5-1)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from collectivites.acteur import AUTOMATE, Acteur
from collectivites.reglages import get_reglage
from demandes.actions import receive_message
from demandes.catalogue.formulaire import describe
from demandes.concours import exigences, jetons, reglages
from demandes.concours.attentes import (
    choose_etat,
    end_of_day,
    find_open_complement,
    plan_relance,
    read_fuseau,
    settle,
    settle_after_message,
)
from demandes.concours.depots import acting_demandeur, keep_raw
from demandes.concours.messages import build_commun, choose_adresse, read_canal, tell_usager
from demandes.cycle import Etat
from demandes.models import Demande, DemandeComplement, Message, Notification, PieceDeposee, Regime
from demandes.suivi.liens import build_lien
from demandes.travail.notifications import notify
from demandes.versions import DemandeClose, update_at_version
from journal.actions import record
from messagerie.destinataires import MessageRefuse
from socle.ecriture import write_date, write_jour
from socle.texte import clean

NATURE = "complement"


class DelaiPasse(ValueError):
    """The last day given is not after today."""

    def __init__(self) -> None:
        super().__init__("Donnez au moins un jour à l'usager\u00a0: choisissez une date après aujourd'hui.")


class DejaDemande(Exception):
    """Something is already asked: one request at a time, so that the delay is clear."""

    def __init__(self) -> None:
        super().__init__("Des compléments sont déjà demandés. Annulez cette demande ou attendez la réponse.")


class PlusAttendu(Exception):
    """The documents are no longer awaited: received, withdrawn, or the demande is closed."""

    def __init__(self) -> None:
        super().__init__("Ces éléments ne sont plus attendus.")


@dataclass(frozen=True)
class Question:
    """What the agent asks. `libres`: documents outside the list; `wants_pause`: wait, if something indispensable."""

    motif: str
    delai_on: date
    canal: str  # as listed by `messages.list_canaux`
    champs: Collection[str] = ()
    pieces: Collection[str] = ()
    libres: Sequence[str] = ()
    derogation: str = ""
    message: str = ""
    wants_pause: bool = True
    is_superviseur: bool = False


@dataclass(frozen=True)
class Reponse:
    """What came back: answers by code, uploads that wait, a free text."""

    reponses: dict[str, Any] = field(default_factory=dict)
    pieces: Sequence[PieceDeposee] = ()
    texte: str = ""


@transaction.atomic
def ask_complements(
    *, demande: Demande, version: int, question: Question, clef: UUID, by: Acteur, at: datetime
) -> DemandeComplement:
    """Ask the usager for fields and documents, by a secret link; the demande waits when one of them is indispensable.

    The same `clef` again returns the request already there. Raises RienDemande, PieceHorsListe, DelaiPasse,
    DejaDemande, MessageRefuse, ConflitVersion, DemandeClose.
    """
    twin = DemandeComplement.objects.filter(clef=clef).first()
    if twin is not None:
        return twin
    if not demande.is_open and demande.version == version:
        raise DemandeClose
    if find_open_complement(demande) is not None:
        raise DejaDemande
    complement = _prepare(demande, question, clef=clef, by=by, at=at)
    to = read_canal(demande, question.canal)
    etat = Etat.EN_ATTENTE_USAGER.value if complement.is_indispensable else choose_etat(demande)
    fresh = update_at_version(demande, version, etat=etat, last_message_at=at)
    complement.save(force_insert=True)
    variables = build_variables(complement, fresh, by=by)
    tell_usager(
        fresh, to, occasion="demande.complements", variables=variables,
        clef=f"complement:{complement.pk}", marque=clef, by=by, at=at,
    )  # fmt: skip
    _record("demande.complements_demandes", fresh, by=by, at=at, nombre=len(exigences.describe_exigences(complement)))
    settle(fresh, at=at)
    return complement


def _prepare(demande: Demande, asked: Question, *, clef: UUID, by: Acteur, at: datetime) -> DemandeComplement:
    assert by.agent_id is not None  # noqa: S101 only agents ask
    fuseau = read_fuseau()
    schema = exigences.load_schema(demande)
    champs = exigences.choose_champs(schema, asked.champs)
    pieces = exigences.choose_pieces(schema, asked.pieces, [clean(each) for each in asked.libres])
    if not champs and not pieces:
        raise exigences.RienDemande
    exigences.verify_libres(pieces, derogation=asked.derogation, is_superviseur=asked.is_superviseur)
    if asked.delai_on <= at.astimezone(fuseau).date():
        raise DelaiPasse
    jours = get_reglage(reglages.COMPLEMENT_RELANCE.clef)
    return DemandeComplement(
        demande=demande, jeton=jetons.fingerprint(jetons.derive(NATURE, clef)), motif=asked.motif, clef=clef,
        champs=exigences.write_champs(champs), pieces=exigences.write_pieces(pieces), delai_on=asked.delai_on,
        message=clean(asked.message).strip(), agent_id=by.agent_id, asked_at=at,
        derogation=clean(asked.derogation).strip()[:300] if any(each.is_libre for each in pieces) else "",
        is_indispensable=asked.wants_pause and exigences.stops_the_clock(schema, champs, pieces),
        etape_at=plan_relance(asked.delai_on, jours=jours, at=at, fuseau=fuseau),
    )  # fmt: skip


def build_variables(complement: DemandeComplement, demande: Demande, *, by: Acteur) -> dict[str, str]:
    """Return what the town's text about missing documents may say."""
    asked = exigences.describe_exigences(complement)
    return build_commun(demande, by=by) | {
        "liste": "\n".join(f"- {each}" for each in asked),
        "precision": complement.message,
        "delai": write_jour(complement.delai_on, annee=True),
        "consequence": tell_consequence(complement, demande),
        "lien": build_lien("complements", jetons.derive(NATURE, complement.clef)),
    }


def tell_consequence(complement: DemandeComplement, demande: Demande) -> str:
    """Return what the request does to the clock, which the usager must be told (CRPA L114-5, R112-11-4)."""
    if not complement.is_indispensable:
        return "Nous continuons à traiter votre demande en attendant."
    regime = demande.type.regime_silence if demande.type else Regime.AUCUN
    if regime == Regime.SVA:
        return (
            "Le délai au terme duquel votre demande serait considérée comme acceptée ne court qu'à partir de leur "
            "réception (article L114-5 du code des relations entre le public et l'administration)."
        )
    if regime == Regime.SVR:
        return (
            "Le délai au terme duquel votre demande serait considérée comme refusée est arrêté jusqu'à leur "
            "réception, au plus tard jusqu'à cette date "
            "(article L114-5 du code des relations entre le public et l'administration)."
        )
    return "Nous reprendrons votre demande dès leur réception."


@transaction.atomic
def receive_complements(*, complement: DemandeComplement, reponse: Reponse, at: datetime) -> DemandeComplement:
    """Take what the usager sends from the page: raw first, then a message with its documents.

    The clocks go on when the last thing asked has come; what is partial is kept, and the rest stays awaited. The same
    content again has one effect. Raises PlusAttendu, FenetreDepassee.
    """
    held = _lock(complement)
    demande = Demande.objects.for_fiche().get(pk=held.demande_id)
    contenu = {"reponses": reponse.reponses, "texte": reponse.texte}
    entree = keep_raw(nature=f"complement:{held.pk}", contenu=contenu, pieces=reponse.pieces, demande=demande, at=at)
    if entree.is_deja_recue:
        return held
    if held.answered_at or held.cancelled_at or not demande.is_open:
        raise PlusAttendu
    done = _note(held, demande, reponse, received_at=at)
    receive_message(
        demande=done, canal=Message.Canal.FORMULAIRE, texte=_write_texte(held, reponse), by=acting_demandeur(demande),
        at=at, usager=demande.usager, entree=entree, pieces=reponse.pieces,
    )  # fmt: skip
    return _finish(held, by=acting_demandeur(demande), at=at, received_at=at)


@transaction.atomic
def note_complements(
    *, complement: DemandeComplement, version: int, canal: str, reponse: Reponse, received_at: datetime,
    is_complet: bool, by: Acteur, at: datetime,
) -> DemandeComplement:  # fmt: skip
    """Write what came another way (counter, letter, e-mail): the agent says whether everything is there.

    `received_at`, between the request and now, is what the clocks count from. Raises PlusAttendu, ConflitVersion.
    """
    held = _lock(complement)
    if held.answered_at or held.cancelled_at:
        raise PlusAttendu
    received = min(max(received_at, held.asked_at), at)
    fresh = update_at_version(Demande.objects.for_fiche().get(pk=held.demande_id), version)
    _note(held, fresh, reponse, received_at=received, is_complet=is_complet)
    receive_message(
        demande=fresh, canal=canal, texte=_write_texte(held, reponse), by=by, at=received, usager=fresh.usager,
        pieces=reponse.pieces,
    )  # fmt: skip
    return _finish(held, by=by, at=at, received_at=received)


def _lock(complement: DemandeComplement) -> DemandeComplement:
    return DemandeComplement.objects.select_for_update(no_key=True).get(pk=complement.pk)


def _note(
    held: DemandeComplement, demande: Demande, reponse: Reponse, *, received_at: datetime,
    is_complet: bool | None = None,
) -> Demande:  # fmt: skip
    """Keep the answers on the request and on the demande; say whether the last thing asked has come."""
    held.reponse = held.reponse | reponse.reponses
    if is_complet is None:
        sent = {each.exigence for each in reponse.pieces}
        unanswered = [each for each in held.champs if each["code"] not in held.reponse]
        is_complet = not unanswered and not exigences.list_missing(held, sent=sent)
    if is_complet:
        held.answered_at, held.etape_at = received_at, None
    held.save(update_fields=["reponse", "answered_at", "etape_at"])
    if reponse.reponses:
        demande.reponses = demande.reponses | reponse.reponses
        Demande.objects.filter(pk=demande.pk).update(reponses=demande.reponses)
    return demande


def _write_texte(held: DemandeComplement, reponse: Reponse) -> str:
    """What the conversation shows: each answer in words, then what was added."""
    answers = [
        f"{question}\u00a0: {answer}" for question, answer in describe(exigences.read_form(held), reponse.reponses)
    ]
    return "\n".join(filter(None, [*answers, clean(reponse.texte).strip()])) or "Documents envoyés."


def _finish(held: DemandeComplement, *, by: Acteur, at: datetime, received_at: datetime) -> DemandeComplement:
    """Restart the clocks at the right instant, and tell who asked."""
    demande = settle_after_message(Demande.objects.for_fiche().get(pk=held.demande_id), at=received_at)
    _record("demande.complements_recus", demande, by=by, at=at, complet=held.answered_at is not None)
    texte = "Les compléments demandés sont arrivés." if held.answered_at else "Une partie des compléments est arrivée."
    notify(
        demande.agent_id or held.agent_id, Notification.Genre.REPONSE, texte, demande,
        clef=f"complement:{held.pk}:{received_at.isoformat()}", at=at,
    )  # fmt: skip
    return held


@transaction.atomic
def cancel_complements(
    *, complement: DemandeComplement, demande: Demande, version: int, by: Acteur, at: datetime
) -> None:
    """Withdraw the request: its link says so, the clocks go on. Raises PlusAttendu, ConflitVersion."""
    held = _lock(complement)
    if held.answered_at or held.cancelled_at:
        raise PlusAttendu
    held.cancelled_at, held.etape_at = at, None
    held.save(update_fields=["cancelled_at", "etape_at"])
    fresh = update_at_version(demande, version, etat=choose_etat(demande))
    _record("demande.complements_annules", fresh, by=by, at=at)
    settle(fresh, at=at)


@transaction.atomic
def follow_complement(*, complement_id: int, at: datetime) -> None:
    """Do the next step of a request: remind the usager, then, once the delay is over, tell the agent. Once each."""
    due = DemandeComplement.objects.select_for_update(skip_locked=True, no_key=True)
    held = due.filter(pk=complement_id, etape_at__lte=at).first()
    if held is None:
        return
    demande = Demande.objects.for_fiche().get(pk=held.demande_id)
    fuseau = read_fuseau()
    is_over = end_of_day(held.delai_on, fuseau) <= at
    held.etape_at = None if is_over or not demande.is_open else end_of_day(held.delai_on, fuseau)
    if demande.is_open and not (held.answered_at or held.cancelled_at):
        if is_over:
            _tell_agent(held, demande, at=at)
        elif held.reminded_at is None:
            held.jeton = jetons.fingerprint(jetons.derive(NATURE, held.clef))  # the secret may have changed
            held.reminded_at = _remind(held, demande, at=at)
    held.save(update_fields=["etape_at", "reminded_at", "jeton"])


def _remind(held: DemandeComplement, demande: Demande, *, at: datetime) -> datetime | None:
    to = choose_adresse(demande)
    if to is None:
        return None
    variables = build_variables(held, demande, by=AUTOMATE)
    try:
        with transaction.atomic():
            tell_usager(
                demande, to, occasion="demande.complements_relance", variables=variables,
                clef=f"complement:{held.pk}:relance", marque=UUID(int=held.clef.int ^ 1), by=AUTOMATE, at=at,
                is_automatique=True,
            )  # fmt: skip
    except MessageRefuse:
        return None
    _record("demande.complements_relances", demande, by=AUTOMATE, at=at, canal=to.canal)
    return at


def _tell_agent(held: DemandeComplement, demande: Demande, *, at: datetime) -> None:
    notify(
        demande.agent_id or held.agent_id, Notification.Genre.RAPPEL,
        f"Le délai donné à l'usager pour compléter est passé ({write_date(held.delai_on)}).", demande,
        clef=f"complement:{held.pk}:fin", at=at,
    )  # fmt: skip


def find_by_jeton(jeton: str) -> DemandeComplement | None:
    """Return the request of a link, None for a link that opens nothing (one query)."""
    rows = DemandeComplement.objects.select_related("demande__usager", "demande__service", "demande__type")
    return rows.filter(jeton=jetons.fingerprint(jeton)).first()


def is_expired(due_on: date, *, at: datetime, fuseau: ZoneInfo) -> bool:
    """True when a link no longer answers: some time after the last day asked."""
    return end_of_day(due_on + timedelta(days=get_reglage(reglages.LIEN.clef)), fuseau) <= at


def _record(verbe: str, demande: Demande, *, by: Acteur, at: datetime, **details: object) -> None:
    record(
        verbe=verbe, objet_type="demande", objet_id=demande.pk, libelle=demande.numero, by=by, at=at,
        version=demande.version, **details,
    )  # fmt: skip
