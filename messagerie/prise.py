"""Taking one row of the ledger: one worker holds it, for the length of a lease.

A conditional UPDATE decides. A lease that ended means that a worker died between the call and the mark: the message
may have left. With an idempotent provider the same key is used again; with another one, a person decides.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.utils.encoding import force_str

from collectivites.models import Collectivite
from messagerie.disjoncteur import find_rest
from messagerie.fournisseurs import choose_fournisseur, is_idempotent
from messagerie.fournisseurs.base import CompteInutilisable, Fournisseur, Message
from messagerie.models import CompteSms, Envoi, Essai
from messagerie.pieces import list_pieces
from messagerie.suites import retenues

BAIL = timedelta(minutes=2)
ESSAIS_MAX = 8
NOM_MAX = 11  # GSM: alphanumeric sender


@dataclass(frozen=True)
class Prise:
    """A row we hold until `bail_at`, and what to do with it. `fournisseur` None: the account is not usable."""

    collectivite_id: int
    envoi_id: int
    canal: str
    rang: int
    bail_at: datetime
    message: Message
    fournisseur: Fournisseur | None
    empechement: str = ""


def claim(envoi_id: int, *, at: datetime) -> Envoi | None:
    """Take the row if it is due, or if its lease ended; None when somebody else has it. Needs the wall up."""
    row = Envoi.objects.filter(pk=envoi_id)
    held = {"etat": Envoi.Etat.EN_COURS, "essais": F("essais") + 1, "bail_at": at + BAIL}
    if row.filter(etat=Envoi.Etat.A_ENVOYER, prevu_at__lte=at).update(**held):
        return row.get()
    if not row.filter(etat=Envoi.Etat.EN_COURS, bail_at__lt=at).update(**held, is_doute=True):
        return None
    envoi = row.get()
    _write_interruption(envoi, at=at)
    return envoi


def _write_interruption(envoi: Envoi, *, at: datetime) -> None:
    Essai.objects.create(
        envoi=envoi,
        canal=envoi.canal,
        rang=envoi.essais - 1,
        issue=Essai.Issue.INTERROMPU,
        fournisseur=envoi.fournisseur,
        detail="Le travail s'est arrêté pendant l'envoi.",
        at=at,
    )


def take(collectivite_id: int, envoi_id: int, *, at: datetime) -> Prise | None:
    """Claim the row and gather all the call needs; None when there is nothing to send now. Needs the wall up."""
    if _postpone(collectivite_id, envoi_id, at=at):
        return None
    envoi = claim(envoi_id, at=at)
    if envoi is None or _settle_without_sending(envoi, at=at) or _hold(envoi, at=at):
        return None
    try:
        provider, obstacle = choose_fournisseur(envoi.canal), ""
    except CompteInutilisable as error:
        provider, obstacle = None, str(error)
    if provider and not _bind(envoi, provider, at=at):
        return None
    return Prise(
        collectivite_id=collectivite_id,
        envoi_id=envoi.pk,
        canal=envoi.canal,
        rang=envoi.essais,
        bail_at=at + BAIL,
        message=build_message(envoi, Collectivite.objects.get(pk=collectivite_id)),
        fournisseur=provider,
        empechement=obstacle,
    )


def _postpone(collectivite_id: int, envoi_id: int, *, at: datetime) -> bool:
    """Put a row behind the others while the way out of its channel rests."""
    waiting = Envoi.objects.filter(pk=envoi_id, etat=Envoi.Etat.A_ENVOYER, prevu_at__lte=at)
    rest = find_rest(collectivite_id, at=at)
    return any(waiting.filter(canal=canal).update(prevu_at=until) for canal, until in rest.items())


def _settle_without_sending(envoi: Envoi, *, at: datetime) -> bool:
    """Close a row that must not leave: useless by now, or perhaps gone already by a provider that takes no key."""
    if envoi.is_doute and envoi.fournisseur and not is_idempotent(envoi.fournisseur):
        return _close(envoi, Envoi.Etat.INCERTAIN, "L'envoi a été interrompu\u00a0: le message est peut-être parti.")
    if envoi.is_doute and envoi.essais > ESSAIS_MAX:  # a message that fells each worker that takes it
        return _close(envoi, Envoi.Etat.INCERTAIN, "L'envoi s'interrompt à chaque essai.")
    if envoi.perime_at and envoi.perime_at < at:
        etat = Envoi.Etat.INCERTAIN if envoi.is_doute else Envoi.Etat.ANNULE
        return _close(envoi, etat, "Trop tard\u00a0: ce message n'avait plus d'utilité.", at=at)
    return False


def _close(envoi: Envoi, etat: str, erreur: str, *, at: datetime | None = None) -> bool:
    Envoi.objects.filter(pk=envoi.pk).update(etat=etat, bail_at=None, erreur=erreur, settled_at=at)
    return True


def _hold(envoi: Envoi, *, at: datetime) -> bool:
    """Drop a row that the floor above no longer wants, put back one it holds: nobody tried, so it does not count."""
    retenue = retenues.get(envoi.objet_type) if envoi.objet_type else None
    until = retenue(envoi, at) if retenue and not envoi.is_doute else None  # one that may have left keeps its course
    if until is None:
        return False
    if isinstance(until, str):
        return _close(envoi, Envoi.Etat.ANNULE, until, at=at)
    held = {"etat": Envoi.Etat.A_ENVOYER, "bail_at": None, "prevu_at": until, "essais": F("essais") - 1}
    Envoi.objects.filter(pk=envoi.pk).update(**held)
    return True


def _bind(envoi: Envoi, provider: Fournisseur, *, at: datetime) -> bool:
    """Note which provider gets the key. A doubtful message never changes provider: the new one ignores the key."""
    if envoi.fournisseur == provider.nom:
        return True
    if envoi.is_doute and envoi.fournisseur:
        _close(envoi, Envoi.Etat.INCERTAIN, "Le fournisseur a changé\u00a0: le message est peut-être parti.", at=at)
        return False
    Envoi.objects.filter(pk=envoi.pk).update(fournisseur=provider.nom)
    return True


def build_message(envoi: Envoi, collectivite: Collectivite) -> Message:
    """Cut the row off from the database."""
    is_sms = envoi.canal == Envoi.Canal.SMS
    return Message(
        uuid=envoi.uuid,
        destinataire=envoi.destinataire,
        texte=envoi.corps_texte,
        html=envoi.corps_html,
        objet=envoi.objet,
        expediteur=_sms_sender(envoi) if is_sms else _mail_sender(envoi, collectivite),
        repondre_a="" if is_sms else envoi.repondre_a or collectivite.courriel,
        entetes={name: force_str(value) for name, value in envoi.entetes.items()},
        created_at=envoi.created_at,
        pieces=() if is_sms else list_pieces(envoi),
    )


def _sms_sender(envoi: Envoi) -> str:
    """The name on the telephone: the message's own, else the account's; the demonstration shows one in any case."""
    account = CompteSms.objects.filter(is_active=True).values_list("expediteur", flat=True).first()
    return (envoi.expediteur or account or ("GUICHET" if settings.DEMO else ""))[:NOM_MAX]


def _mail_sender(envoi: Envoi, collectivite: Collectivite) -> str:
    """« "Mairie d'Aurelle" <ne-pas-repondre@…> »: the town's name, an address our relay may sign."""
    if envoi.expediteur:
        return envoi.expediteur
    name = collectivite.nom.replace("\\", "").replace('"', "")
    return f'"{name}" <{settings.DEFAULT_FROM_EMAIL}>'
