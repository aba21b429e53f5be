"""The tab « Travail »: tasks, links, followers, escalation, sujet commun, from hand to hand."""

from dataclasses import dataclass, field
from uuid import uuid4

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from collectivites.acces import RequeteAgent, requires
from collectivites.models import Agent, Service
from collectivites.permissions import Permission
from demandes.attaches import load_attaches
from demandes.forms_travail import FormulaireTache
from demandes.models import Demande, Fusion, Lien, SujetCommun
from demandes.travail.abonnes import list_followers
from demandes.travail.affectations import find_escalade, list_passages
from demandes.travail.lecteurs import list_readers, list_supervisors
from demandes.travail.liens import list_liens, suggest_doublons
from demandes.travail.taches import list_taches
from demandes.views.onglets import load_demande, render_onglet


@dataclass(frozen=True)
class SaisieTravail:
    """What a refused form of the tab held: its section, its sentence, its fields."""

    section: str = ""
    refus: str = ""
    champs: dict[str, str] = field(default_factory=dict)
    tache: FormulaireTache | None = None


@requires(Permission.DEMANDE_LIRE)
@require_GET
def travail(request: RequeteAgent, pk: int) -> HttpResponse:
    """Show the tab."""
    return show_travail(request, load_demande(request, pk), SaisieTravail())


def show_travail(request: RequeteAgent, demande: Demande, saisie: SaisieTravail, *, status: int = 200) -> HttpResponse:
    """Draw the tab, with what a refused form held (about a dozen queries)."""
    acces = request.acces
    may = acces.can(Permission.DEMANDE_TRAITER)
    readers = list(list_readers(demande).order_by("prenom", "nom", "pk")) if may else []
    followers = list(list_followers(demande))
    typed = {"numero": "", "genre": "", "motif": "", "vers": "", "reponse": "", "note": ""} | saisie.champs
    context = {
        "peut": may, "saisie": saisie, "saisi": typed,
        "attaches": load_attaches(acces, demande, timezone.now()),
        "taches": list(list_taches(demande)), "tache_form": saisie.tache or _new_tache(demande),
        "today": timezone.localdate(),
        "liens": list_liens(demande, acces), "genres": Lien.Genre.choices,
        "doublons": suggest_doublons(demande, acces) if may else [],
        "fusions": list_fusions(demande), "fusionnee": _load_kept(request, demande),
        "abonnes": followers, "suivie": any(each.agent_id == acces.agent.pk for each in followers),
        "lecteurs": readers, "collegues": [agent for agent in readers if agent.pk != acces.agent.pk],
        "passages": list(list_passages(demande)), "escalade": find_escalade(demande) if demande.niveau else None,
        "superviseurs": _supervisors(request, demande) if may and demande.is_open else [],
        "services": _other_services(demande) if may and demande.is_open else [],
        "sujet": SujetCommun.objects.filter(pk=demande.sujet_id).first() if demande.sujet_id else None,
        "sujets": _open_sujets() if may and not demande.sujet_id else [], "clef_note": uuid4(),
    }  # fmt: skip
    return render_onglet(
        request, demande, "demandes/onglets/travail.html", onglet="travail", context=context, status=status
    )


def _new_tache(demande: Demande) -> FormulaireTache:
    return FormulaireTache(agents=list_readers(demande).order_by("prenom", "nom", "pk"))


def list_fusions(demande: Demande) -> list[Fusion]:
    """Return the demandes merged into this one and not undone (one query)."""
    rows = Fusion.objects.select_related("absorbee", "par").filter(conservee=demande, annulee_at=None)
    return list(rows.order_by("-at", "-pk"))


def _load_kept(request: RequeteAgent, demande: Demande) -> Demande | None:
    """The demande this one was merged into, when the agent may read it."""
    if demande.fusionnee_dans_id is None:
        return None
    return Demande.objects.visible_to(request.acces).filter(pk=demande.fusionnee_dans_id).first()


def _supervisors(request: RequeteAgent, demande: Demande) -> list[Agent]:
    rows = list_supervisors(demande).exclude(pk=request.acces.agent.pk).exclude(pk=demande.agent_id or 0)
    return list(rows.order_by("prenom", "nom", "pk"))


def _other_services(demande: Demande) -> list[Service]:
    return list(Service.objects.filter(is_active=True).exclude(pk=demande.service_id or 0).order_by("nom", "pk"))


def _open_sujets() -> list[SujetCommun]:
    return list(SujetCommun.objects.filter(closed_at=None).order_by("-at", "-pk")[:50])
