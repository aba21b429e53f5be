"""What becomes of these messages: the ledger tells us a loss, and asks us whether a reminder still may leave."""

from datetime import datetime

from django.urls import reverse

from collectivites.acces import Acces
from collectivites.acteur import AUTOMATE
from collectivites.cloison import get_active_id
from collectivites.models import Collectivite
from collectivites.permissions import Permission
from demandes.models import Notification
from demandes.travail.notifications import notify_many
from journal.actions import record
from messagerie.models import Envoi
from messagerie.suites import ObjetLie
from messagerie.textes import SMS
from rendezvous.etats import VIVANTS
from rendezvous.messages.choix import is_failing
from rendezvous.messages.silence import next_allowed
from rendezvous.models import Occupation, RendezVous

PERDUS = frozenset({Envoi.Etat.REJETE.value, Envoi.Etat.ECHEC.value})


def follow_envoi(envoi: Envoi, at: datetime) -> None:
    """Called by the ledger when the fate of a message is known, in its transaction.

    Lost: the journal of the appointment says it, and while it is still to be held its agents are told, so that
    somebody telephones.
    """
    if envoi.etat not in PERDUS or envoi.objet_id is None:
        return
    rdv = RendezVous.objects.filter(pk=envoi.objet_id).first()
    if rdv is None:
        return
    record(
        verbe="rendezvous.non_remis", objet_type="rendezvous", objet_id=rdv.pk, libelle=rdv.numero, by=AUTOMATE,
        at=at, canal=envoi.canal, envoi=envoi.pk,
    )  # fmt: skip
    if rdv.debut_at > at:
        _warn(rdv, envoi, at=at)


def _warn(rdv: RendezVous, envoi: Envoi, *, at: datetime) -> None:
    """Tell who booked and who receives. The sentence names nobody: the page shows what each may read."""
    held = Occupation.objects.filter(rendezvous=rdv, ressource__agent__isnull=False)
    agents = {*held.values_list("ressource__agent_id", flat=True), rdv.auteur_id, envoi.agent_id} - {None}
    slug = Collectivite.objects.values_list("slug", flat=True).get(pk=get_active_id())
    notify_many(
        [pk for pk in agents if pk is not None], Notification.Genre.ALERTE,
        f"Un message du rendez-vous {rdv.numero} n'a pas été remis\u00a0: appelez l'usager.",
        clef=f"envoi:{envoi.pk}:perdu", at=at, lien=find_url(slug, rdv.pk),
    )  # fmt: skip


def judge_rappel(envoi: Envoi, at: datetime) -> datetime | str | None:
    """Say, when a reminder or an offer is about to leave, whether it still may. See `messagerie.suites.retenues`.

    Days have passed since it was written: the appointment may be over, the number may have asked for no more SMS. One
    that a slow provider made late is not tried again in the middle of the night; only SMS ring.
    """
    if envoi.voie != Envoi.Voie.RAPPEL:
        return None
    rdv = RendezVous.objects.filter(pk=envoi.objet_id or 0).select_related("lieu").first()
    if rdv is None or rdv.etat not in VIVANTS:
        return "Ce rendez-vous n'attend plus."
    return hold_back(envoi, rdv.lieu.fuseau, at=at)


def hold_back(envoi: Envoi, fuseau: str, *, at: datetime) -> datetime | str | None:
    """Say why this message must not leave, or when it may, or nothing: now. Only SMS ring in the night."""
    if is_failing(envoi.canal, envoi.destinataire):
        return "Cette adresse ne reçoit plus nos messages."
    decent = next_allowed(at, fuseau) if envoi.canal == SMS else at
    return decent if decent > at else None


def find_url(slug: str, rendezvous_id: int) -> str:
    """Return the page of an appointment."""
    return reverse("rendezvous:fiche", args=[slug, rendezvous_id])


def can_read(acces: Acces, rendezvous_id: int) -> bool:
    """True when the agent reads this appointment (its domain is not sealed to them)."""
    if not acces.can(Permission.RENDEZVOUS_LIRE):
        return False
    return RendezVous.objects.visible_to(acces).filter(pk=rendezvous_id).exists()


OBJET_LIE = ObjetLie(libelle="rendez-vous", url=find_url, can_read=can_read)
