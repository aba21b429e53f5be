"""One question after closing: asked the next morning, rarely, to whom accepts it; « toujours pas réglé » reopens."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import transaction

from collectivites.cloison import get_active_id
from collectivites.models import Collectivite
from collectivites.reglages import get_reglage
from demandes.actions import FenetreDepassee, open_demande, receive_message
from demandes.actions.ouverture import keep_seal
from demandes.concours import jetons, reglages
from demandes.concours.attentes import read_fuseau
from demandes.concours.depots import acting_demandeur, keep_raw
from demandes.concours.messages import choose_adresse
from demandes.contacts import Adresse
from demandes.courriers import build_fil, find_boite
from demandes.models import Demande, Entree, Lien, Message, Notification, Satisfaction
from demandes.suivi.liens import build_lien
from demandes.travail.notifications import notify
from journal.actions import record
from messagerie.actions import queue_occasion
from messagerie.destinataires import MessageRefuse
from messagerie.models import Envoi
from socle.texte import clean, truncate

MATIN = time(9, 30)
REPOS = timedelta(hours=8)  # a closing undone meanwhile asks nothing
FENETRE = timedelta(days=3)  # a sweeper that was stopped asks nothing about the past
PERIME = timedelta(days=7)
PAS_REGLE = "Toujours pas réglé"


class DejaRepondu(Exception):
    """The question was answered: once is enough."""

    def __init__(self) -> None:
        super().__init__("Votre réponse est déjà enregistrée. Merci.")


@dataclass(frozen=True)
class Opinion:
    """What the usager says. `note` from 0 to 10, None when they gave none; `is_regle` None: they did not say."""

    note: int | None
    is_regle: bool | None = None
    commentaire: str = ""


@transaction.atomic
def propose(*, demande_id: int, at: datetime) -> Satisfaction | None:
    """Put the question about a closing, once; who may not be asked gets a row without `canal`, and nothing else.

    The message waits for the morning after the closing. None when the demande is open again.
    """
    locked = Demande.objects.select_for_update(no_key=True).filter(pk=demande_id, closed_at__isnull=False).first()
    if locked is None or locked.closed_at is None:
        return None
    twin = Satisfaction.objects.filter(demande=locked, closed_at=locked.closed_at).first()
    if twin is not None:
        return twin
    demande = Demande.objects.for_fiche().get(pk=locked.pk)
    jeton = jetons.draw()
    row = Satisfaction(demande=demande, jeton=jetons.fingerprint(jeton), closed_at=locked.closed_at, asked_at=at)
    to = choose_adresse(demande) if can_ask(demande, at=at) else None
    if to is not None and _send(row, demande, to, jeton, at=at):
        row.canal = to.canal
    row.save(force_insert=True)
    return row


def can_ask(demande: Demande, *, at: datetime) -> bool:
    """False when the person was asked lately, said they do not want to be, or had rather be written to on paper."""
    if (
        demande.usager is None
        or demande.usager.is_electronique_refuse
        or not (demande.type and demande.type.has_enquete)
    ):
        return False
    mine = Satisfaction.objects.filter(demande__usager=demande.usager)
    since = at - timedelta(days=get_reglage(reglages.ENQUETE.clef))
    return not mine.filter(is_refus=True).exists() and not mine.exclude(canal="").filter(asked_at__gt=since).exists()


def _send(row: Satisfaction, demande: Demande, to: Adresse, jeton: str, *, at: datetime) -> bool:
    """Queue the question in the slowest lane. It is no message of the conversation, and its failure wakes nobody."""
    is_mail = to.canal == "courriel"
    boite = find_boite(demande) if is_mail else None
    morning = next_morning(row.closed_at, fuseau=read_fuseau(), at=at)
    variables = {
        "collectivite": Collectivite.objects.get(pk=get_active_id()).nom, "numero": demande.numero,
        "lien": build_lien("satisfaction", jeton),
    }  # fmt: skip
    try:
        with transaction.atomic():
            queue_occasion(
                occasion="demande.satisfaction", canal=to.canal, destinataire=to.valeur, variables=variables,
                clef=f"satisfaction:{demande.pk}:{row.closed_at.timestamp():.0f}", usager_id=demande.usager_id,
                entetes={"Message-ID": build_fil(demande, uuid4()).entetes["Message-ID"]} if is_mail else None,
                repondre_a=boite.adresse if boite else "", by=acting_demandeur(demande), at=at, prevu_at=morning,
                perime_at=morning + PERIME, voie=Envoi.Voie.CAMPAGNE,
            )  # fmt: skip
    except MessageRefuse:
        return False
    return True


def next_morning(closed_at: datetime, *, fuseau: ZoneInfo, at: datetime) -> datetime:
    """Return the morning after a closing, or now when it has passed."""
    day = closed_at.astimezone(fuseau).date() + timedelta(days=1)
    return max(at, datetime.combine(day, MATIN, fuseau))


def find_by_jeton(jeton: str) -> Satisfaction | None:
    """Return the question of a link, None for a link that opens nothing (one query)."""
    rows = Satisfaction.objects.select_related("demande__usager", "demande__service", "demande__type")
    return rows.filter(jeton=jetons.fingerprint(jeton)).exclude(canal="").first()


def is_expired(row: Satisfaction, *, at: datetime) -> bool:
    """True when the link no longer answers."""
    return row.asked_at + timedelta(days=get_reglage(reglages.ENQUETE_LIEN.clef)) <= at


@transaction.atomic
def answer(*, satisfaction: Satisfaction, opinion: Opinion, at: datetime) -> Demande:
    """Keep the answer; « toujours pas réglé » reopens the demande, or opens a linked one when it is too late.

    Returns the demande that goes on. Raises DejaRepondu.
    """
    held = Satisfaction.objects.select_for_update(no_key=True).get(pk=satisfaction.pk)
    if held.answered_at is not None:
        raise DejaRepondu
    demande = Demande.objects.for_fiche().get(pk=held.demande_id)
    commentaire = clean(opinion.commentaire).strip()
    contenu = {"note": opinion.note, "regle": opinion.is_regle, "commentaire": commentaire}
    entree = keep_raw(nature=f"satisfaction:{held.pk}", contenu=contenu, demande=demande, at=at)
    held.note, held.is_regle, held.commentaire, held.answered_at = opinion.note, opinion.is_regle, commentaire, at
    held.save(update_fields=["note", "is_regle", "commentaire", "answered_at"])
    record(
        verbe="demande.satisfaction", objet_type="demande", objet_id=demande.pk, libelle=demande.numero,
        by=acting_demandeur(demande), at=at, note=opinion.note, regle=opinion.is_regle,
    )  # fmt: skip
    return _go_on(demande, commentaire, entree, at=at) if opinion.is_regle is False else demande


def _go_on(demande: Demande, commentaire: str, entree: Entree, *, at: datetime) -> Demande:
    texte = f"{PAS_REGLE}. {commentaire}".strip()
    by = acting_demandeur(demande)
    try:
        message = receive_message(
            demande=demande, canal=Message.Canal.FORMULAIRE, texte=texte, by=by, at=at, usager=demande.usager,
            entree=entree,
        )  # fmt: skip
    except FenetreDepassee:
        fresh = _open_next(demande, texte, entree, at=at)
    else:
        fresh = message.demande
    if fresh.agent_id:
        notify(fresh.agent_id, Notification.Genre.REPONSE, "L'usager dit que sa demande n'est pas réglée.", fresh,
               clef=f"satisfaction:{entree.pk}", at=at)  # fmt: skip
    return fresh


def _open_next(demande: Demande, texte: str, entree: Entree, *, at: datetime) -> Demande:
    """Too late to reopen: a new demande, in the same hands, tied to the first."""
    fresh = open_demande(
        objet=truncate(f"{PAS_REGLE}\u00a0: {demande.objet}", 200), description=texte,
        canal=Demande.Canal.FORMULAIRE, mode_reponse=demande.mode_reponse, received_at=at, at=at,
        by=acting_demandeur(demande), usager=demande.usager, type=demande.type, service=demande.service, entree=entree,
    )  # fmt: skip
    keep_seal(fresh, demande)
    Lien.objects.create(de=demande, vers=fresh, genre=Lien.Genre.LIE, at=at)
    return fresh


@transaction.atomic
def refuse(*, satisfaction: Satisfaction) -> None:
    """Never put the question to this person again."""
    Satisfaction.objects.filter(pk=satisfaction.pk).update(is_refus=True)
