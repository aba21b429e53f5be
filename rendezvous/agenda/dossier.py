"""Everything about one appointment: who comes, what to bring, what was sent and its fate, what happened."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.urls import reverse

from collectivites.acces import Acces
from collectivites.permissions import Permission
from journal.models import Evenement
from journal.phrases import tell
from messagerie.models import Envoi
from rendezvous.agenda.blocs import write_local
from rendezvous.agenda.journee import ABSENT, EN_COURS, HONORE, PRESENT, Geste
from rendezvous.etats import ANNULES, VIVANTS, Etat, can_pass
from rendezvous.heures import get_day
from rendezvous.models import Participation, RendezVous
from socle.telephone import show_numero

HISTOIRE_MAX = 20
TONS_ENVOI: dict[str, str] = {
    Envoi.Etat.REMIS: "bon", Envoi.Etat.ENVOYE: "info", Envoi.Etat.REJETE: "retard", Envoi.Etat.ECHEC: "retard",
    Envoi.Etat.INCERTAIN: "alerte",
}  # fmt: skip
RETOUR = Geste(Etat.CONFIRME, "Pas encore venu", "")


@dataclass(frozen=True)
class Venant:
    """One participant, where to reach them, and their 360° page when the agent may open it."""

    participation: Participation
    url: str
    contacts: list[str]


@dataclass(frozen=True)
class Courrier:
    """One message about the appointment; `at`: when it left, or when it is to leave."""

    envoi: Envoi
    at: datetime
    ton: str


@dataclass(frozen=True)
class Dossier:
    """What the page of one appointment shows."""

    rendezvous: RendezVous
    debut: datetime
    fin: datetime
    venants: list[Venant]
    envois: list[Courrier]
    histoire: list[tuple[Evenement, str]]
    gestes: list[Geste]
    can_deplacer: bool
    can_annuler: bool

    @property
    def is_annule(self) -> bool:
        """True when it will not take place."""
        return self.rendezvous.etat in ANNULES


def get_readable(acces: Acces) -> Any:
    """Return the appointments this agent may open, with what their page shows."""
    rows = RendezVous.objects.visible_to(acces).booked()
    return rows.select_related(
        "motif", "lieu", "service", "usager", "demande", "seance__ressource", "auteur"
    ).prefetch_related("occupations__ressource")


def load_dossier(rdv: RendezVous, acces: Acces, *, at: datetime) -> Dossier:
    """Read the rest of the page (three queries)."""
    lines = Evenement.objects.about("rendezvous", rdv.pk).newest_first()[:HISTOIRE_MAX]
    sent = Envoi.objects.filter(objet_type="rendezvous", objet_id=rdv.pk).order_by("-created_at", "-pk")
    can_traiter = acces.can(Permission.RENDEZVOUS_TRAITER)
    return Dossier(
        rendezvous=rdv,
        debut=write_local(rdv.debut_at, rdv.lieu.fuseau),
        fin=write_local(rdv.fin_at, rdv.lieu.fuseau),
        venants=_list_venants(rdv, acces),
        envois=[_show_envoi(each, rdv.lieu.fuseau) for each in sent],
        histoire=[(line, tell(line)) for line in lines],
        gestes=list_gestes(rdv, at=at) if can_traiter else [],
        can_deplacer=can_traiter and rdv.etat in VIVANTS - {Etat.EN_COURS} and rdv.seance_id is None,
        can_annuler=can_traiter and can_pass(rdv.etat, Etat.ANNULE_SERVICE),
    )


def tell_prevenus(rdv: RendezVous, *, is_voulu: bool, depuis: datetime) -> str:
    """Say who was told, after a change made at `depuis`: nobody is, without an e-mail or a mobile (one query)."""
    if not is_voulu:
        return "Aucun message n'est parti."
    sent = Envoi.objects.filter(objet_type="rendezvous", objet_id=rdv.pk, created_at__gte=depuis)
    return "L'usager est prévenu." if sent.exists() else "Aucune adresse connue\u00a0: prévenez l'usager vous-même."


def _list_venants(rdv: RendezVous, acces: Acces) -> list[Venant]:
    can_open = acces.can(Permission.USAGER_LIRE)
    slug = acces.collectivite.slug
    return [
        Venant(
            row,
            reverse("citoyens:fiche", args=[slug, row.usager_id]) if can_open else "",
            [text for text in (show_numero(row.telephone) if row.telephone else "", row.courriel) if text],
        )
        for row in rdv.participations.select_related("usager").order_by("rang", "pk")
    ]


def _show_envoi(envoi: Envoi, fuseau: str) -> Courrier:
    at = envoi.settled_at or envoi.sent_at or envoi.prevu_at
    return Courrier(envoi, write_local(at, fuseau), TONS_ENVOI.get(envoi.etat, "neutre"))


def list_gestes(rdv: RendezVous, *, at: datetime) -> list[Geste]:
    """Return every state one may give now, the way back last; nothing before the day."""
    is_time = get_day(at, rdv.lieu.fuseau) >= rdv.jour
    words = [each for each in (PRESENT, EN_COURS, HONORE, ABSENT) if is_time and can_pass(rdv.etat, each.etat)]
    if rdv.etat not in VIVANTS:  # a mistake to undo is not what one is expected to do
        words = [replace(each, is_premier=False) for each in words]
    if rdv.debut_at > at:
        words = [each for each in words if each.etat != Etat.ABSENT]
    if rdv.etat != Etat.CONFIRME and can_pass(rdv.etat, Etat.CONFIRME):
        words.append(RETOUR)
    return words
