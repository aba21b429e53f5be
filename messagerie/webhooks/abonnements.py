"""Who is told: subscriptions opened with a secret shown once, changed, tried, switched off, removed."""

from datetime import datetime
from uuid import uuid4

from django.db import IntegrityError, transaction

from collectivites.acteur import Acteur
from collectivites.temoin import record
from messagerie.chiffrement import IllisiblesIdentifiants, decrypt, encrypt
from messagerie.models import AbonnementWebhook, LivraisonWebhook
from messagerie.webhooks.actions import wake, write_livraisons
from messagerie.webhooks.envoi import abandon
from messagerie.webhooks.evenements import PING
from messagerie.webhooks.signature import draw_secret, renew

RENVOYABLES = (LivraisonWebhook.Etat.ECHEC, LivraisonWebhook.Etat.ABANDONNEE, LivraisonWebhook.Etat.LIVREE)


class NomPris(Exception):
    """Another webhook of the town has this name."""

    def __init__(self) -> None:
        super().__init__("Un autre webhook porte déjà ce nom. Choisissez-en un autre.")


class WebhookRefuse(Exception):
    """The subscription or the delivery is not in a state that allows this; `str()` is a French sentence."""


@transaction.atomic
def create_abonnement(
    *, libelle: str, url: str, evenements: list[str], by: Acteur, at: datetime
) -> tuple[AbonnementWebhook, str]:
    """Open a subscription and return its secret, which is shown once. Raises NomPris."""
    secret = draw_secret()
    row = AbonnementWebhook(
        libelle=libelle, url=url, evenements=evenements, secret=encrypt({"secret": secret}), created_at=at
    )
    _save(row)
    _tell(row, "webhook.cree", by=by, at=at, evenements=evenements)
    return row, secret


@transaction.atomic
def update_abonnement(
    *, abonnement: AbonnementWebhook, libelle: str, url: str, evenements: list[str], by: Acteur, at: datetime
) -> AbonnementWebhook:
    """Change the name, the address, the events. A new address starts without failures. Raises NomPris."""
    row = AbonnementWebhook.objects.select_for_update().get(pk=abonnement.pk)
    if row.url != url:
        row.echecs, row.echoue_depuis_at, row.repos_at = 0, None, None
    row.libelle, row.url, row.evenements = libelle, url, evenements
    _save(row)
    _tell(row, "webhook.modifie", by=by, at=at, evenements=evenements)
    return row


def _save(row: AbonnementWebhook) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "webhook_libelle_unique" not in str(error):
            raise
        raise NomPris from error


@transaction.atomic
def renew_secret(*, abonnement: AbonnementWebhook, by: Acteur, at: datetime) -> str:
    """Replace the secret and return it, shown once. The former one signs beside it for a day."""
    row = AbonnementWebhook.objects.select_for_update().get(pk=abonnement.pk)
    try:
        kept = decrypt(row.secret)
    except IllisiblesIdentifiants:
        kept = {}
    kept = renew(kept, at=at)
    row.secret = encrypt(kept)
    row.save(update_fields=["secret"])
    _tell(row, "webhook.secret", by=by, at=at)
    return kept["secret"]


@transaction.atomic
def set_active(*, abonnement: AbonnementWebhook, is_active: bool, by: Acteur, at: datetime) -> None:
    """Switch the subscription on, its failures forgotten, or off, what waits being given up."""
    fresh = {"raison": "", "echecs": 0, "echoue_depuis_at": None, "repos_at": None}
    rows = AbonnementWebhook.objects.filter(pk=abonnement.pk).exclude(is_active=is_active)
    if not rows.update(is_active=is_active, **fresh):
        return
    if not is_active:
        abandon(abonnement, at=at)
    _tell(abonnement, "webhook.ouvert" if is_active else "webhook.ferme", by=by, at=at)


@transaction.atomic
def remove_abonnement(*, abonnement: AbonnementWebhook, by: Acteur, at: datetime) -> None:
    """Remove the subscription and what is known of its deliveries."""
    _tell(abonnement, "webhook.supprime", by=by, at=at)
    abonnement.delete()


@transaction.atomic
def send_ping(*, abonnement: AbonnementWebhook, by: Acteur, at: datetime) -> LivraisonWebhook:
    """Queue a trial, at once even if the address rests. Raises WebhookRefuse."""
    _rouse(abonnement)
    _tell(abonnement, "webhook.essaye", by=by, at=at)
    charge = {"webhook": abonnement.libelle}
    rows = write_livraisons([abonnement.pk], evenement=PING, charge=charge, clef=f"ping:{uuid4()}", at=at)
    return rows[0]


@transaction.atomic
def retry_livraison(*, livraison: LivraisonWebhook, by: Acteur, at: datetime) -> LivraisonWebhook:
    """Tell the same event again under the same id: who heard it already leaves it. Raises WebhookRefuse."""
    row = LivraisonWebhook.objects.select_for_update().get(pk=livraison.pk)
    if row.etat not in RENVOYABLES:
        raise WebhookRefuse("Cette livraison n'est pas terminée\u00a0: elle va partir toute seule.")
    _rouse(row.abonnement)
    row.etat, row.essais, row.prevu_at, row.settled_at = LivraisonWebhook.Etat.A_ENVOYER, 0, at, None
    row.save(update_fields=["etat", "essais", "prevu_at", "settled_at"])
    _tell(row.abonnement, "webhook.renvoye", by=by, at=at, livraison=row.pk)
    wake(row)
    return row


def _rouse(abonnement: AbonnementWebhook) -> None:
    """A person insists: the rest is over. Raises WebhookRefuse when the subscription is switched off."""
    if not AbonnementWebhook.objects.filter(pk=abonnement.pk, is_active=True).update(repos_at=None):
        raise WebhookRefuse("Ce webhook est hors service\u00a0: remettez-le d'abord en service.")


def _tell(abonnement: AbonnementWebhook, verbe: str, *, by: Acteur, at: datetime, **details: object) -> None:
    record(
        verbe=verbe, objet_type="webhook", objet_id=abonnement.pk, libelle=abonnement.libelle, by=by, at=at, **details
    )  # fmt: skip
