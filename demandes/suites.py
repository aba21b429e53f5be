"""What becomes of our answers: a message that was not delivered makes its demande ask for attention again."""

from datetime import datetime

from django.urls import reverse

from collectivites.acces import Acces
from collectivites.acteur import AUTOMATE
from collectivites.permissions import Permission
from demandes.cycle import OUVERTS
from demandes.models import Demande, Notification
from demandes.travail.fusionnees import find_kept
from demandes.travail.notifications import notify
from demandes.versions import touch
from journal.actions import record
from messagerie.models import Envoi
from messagerie.suites import ObjetLie

PERDUS = frozenset({Envoi.Etat.REJETE.value, Envoi.Etat.ECHEC.value})


def follow_envoi(envoi: Envoi, at: datetime) -> None:
    """Called by the ledger when the fate of one of our messages is known, in its transaction.

    Delivered: nothing to do, the conversation reads the ledger. Lost: the journal says it, and the open demande is
    marked as having something new and its agent is told, so that nobody has to look for it.
    """
    if envoi.etat not in PERDUS or envoi.objet_id is None:
        return
    answered = Demande.objects.filter(pk=envoi.objet_id).first()
    if answered is None:
        return
    kept = find_kept(answered)
    demande = touch(kept.pk, **({"is_unread": True} if kept.etat in OUVERTS else {}))
    record(
        verbe="demande.non_remis", objet_type="demande", objet_id=demande.pk, libelle=demande.numero, by=AUTOMATE,
        at=at, version=demande.version, canal=envoi.canal, envoi=envoi.pk,
    )  # fmt: skip
    told = demande.agent_id or envoi.agent_id
    if demande.is_open and told is not None:
        notify(
            agent_id=told, genre=Notification.Genre.ALERTE, demande=demande, clef=f"envoi:{envoi.pk}:perdu", at=at,
            texte=f"Un message de la demande {demande.numero} n'a pas été remis\u00a0: trouvez un autre contact.",
        )  # fmt: skip


def find_url(slug: str, demande_id: int) -> str:
    """Return the page of a demande."""
    return reverse("demandes:fiche", args=[slug, demande_id])


def can_read(acces: Acces, demande_id: int) -> bool:
    """True when the agent reads the content of this demande (its domain is not sealed to them)."""
    return acces.can(Permission.DEMANDE_LIRE) and Demande.objects.visible_to(acces).filter(pk=demande_id).exists()


OBJET_LIE = ObjetLie(libelle="demande", url=find_url, can_read=can_read)
