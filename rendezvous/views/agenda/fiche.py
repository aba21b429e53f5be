"""The page of one appointment."""

from dataclasses import dataclass, field

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from journal.actions import record_reading
from journal.models import Consultation
from rendezvous.agenda.dossier import get_readable, load_dossier
from rendezvous.agenda.journee import TONS, name_ressources
from rendezvous.models import RendezVous


@dataclass(frozen=True)
class Saisie:
    """What a refused gesture held, given back: the sentence, the dialog it came from, the texts."""

    refus: str = ""
    ouvrir: str = ""
    raison: str = ""
    note: str | None = None
    changements: list[str] = field(default_factory=list)


def get_rendezvous(request: RequeteAgent, pk: int) -> RendezVous:
    """Return the appointment, or 404: another town's, or sealed to this agent, does not exist for them."""
    found: RendezVous = get_object_or_404(get_readable(request.acces), pk=pk)
    return found


def reload_rendezvous(request: RequeteAgent, pk: int) -> RendezVous:
    """Return the appointment as somebody else has just left it, 404 if they have just sealed it."""
    found: RendezVous = get_object_or_404(get_readable(request.acces), pk=pk)
    return found


@requires(Permission.RENDEZVOUS_LIRE)
@require_safe
def fiche(request: RequeteAgent, pk: int) -> HttpResponse:
    """Show an appointment; the reading is logged."""
    rdv = get_rendezvous(request, pk)
    record_reading(
        vue=Consultation.Vue.RENDEZVOUS, agent_id=request.acces.agent.pk, usager_id=rdv.usager_id, objet_id=rdv.pk,
        at=timezone.now(),
    )  # fmt: skip
    asked = request.GET.get("ouvrir", "")
    return show_fiche(request, rdv, Saisie(ouvrir=asked if asked == "annuler" else ""))


def show_fiche(request: RequeteAgent, rdv: RendezVous, saisie: Saisie, *, status: int = 200) -> HttpResponse:
    """Draw the page, with what a refused gesture held."""
    acces, now = request.acces, timezone.now()
    context = {
        "dossier": load_dossier(rdv, acces, at=now),
        "rdv": rdv,
        "ressources": name_ressources(rdv),
        "ton": TONS[rdv.etat],
        "saisie": saisie,
        "note": rdv.note if saisie.note is None else saisie.note,
        "maintenant": now,
        "peut_traiter": acces.can(Permission.RENDEZVOUS_TRAITER),
        "demande_lisible": rdv.demande is not None and rdv.demande.domaine in acces.domaines
        and acces.can(Permission.DEMANDE_LIRE),
    }  # fmt: skip
    return render(request, "rendezvous/agenda/fiche.html", context, status=status)
