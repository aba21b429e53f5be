"""What this agent has to do, and who is away."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from collectivites.acces import RequeteAgent, requires
from collectivites.models import Agent
from collectivites.permissions import Permission, Role
from demandes.forms_travail import FormulaireAbsence
from demandes.models import Absence, Demande
from demandes.travail.absences import AbsenceRefusee, list_absences, remove_absence, save_absence
from demandes.travail.lecteurs import LECTEURS, list_readers
from demandes.travail.mentions import complete_mention
from demandes.travail.taches import list_my_taches, set_done
from demandes.views.acces import get_demande
from socle.toasts import toast

TACHES_MAX = 200


@requires(Permission.DEMANDE_LIRE)
@require_GET
def mes_taches(request: RequeteAgent) -> HttpResponse:
    """List the agent's own tasks, first due first."""
    lines = list(list_my_taches(request.acces)[:TACHES_MAX])
    context = {"taches": lines, "today": timezone.localdate(), "maximum": TACHES_MAX}
    return render(request, "demandes/mes_taches.html", context)


@requires(Permission.DEMANDE_TRAITER)
@require_POST
def ma_tache_faite(request: RequeteAgent, pk: int) -> HttpResponse:
    """Done, from the agent's own list."""
    tache = get_object_or_404(list_my_taches(request.acces), pk=pk)
    set_done(tache=tache, is_done=True, by=request.acces.acteur, at=timezone.now())
    toast(request, f"Tâche faite\u00a0: {tache.libelle}")
    return redirect("demandes:mes_taches", request.acces.collectivite.slug)


@requires(Permission.DEMANDE_LIRE)
@require_GET
def mentions(request: RequeteAgent, pk: int) -> HttpResponse:
    """Complete « @cla… »: at most eight agents who may read the demande."""
    demande: Demande = get_demande(request, pk)
    found = complete_mention(request.GET.get("q", ""), list_readers(demande).exclude(pk=request.acces.agent.pk))
    return render(request, "demandes/_mentions.html", {"agents": found})


def _runs_all(request: RequeteAgent) -> bool:
    return request.acces.has_role(Role.SUPERVISEUR)


@requires(Permission.DEMANDE_TRAITER)
@require_http_methods(["GET", "POST"])
def absences(request: RequeteAgent) -> HttpResponse:
    """One's own absences; everybody's for a supervisor."""
    acces, today = request.acces, timezone.localdate()
    form = FormulaireAbsence(
        request.POST if request.method == "POST" else None, agents=_colleagues(request), moi=acces.agent,
        is_for_all=_runs_all(request), today=today,
    )  # fmt: skip
    if form.is_bound and form.is_valid() and _save(request, form):
        return redirect("demandes:absences", acces.collectivite.slug)
    lines = list_absences(of=None if _runs_all(request) else acces.agent.pk, today=today)
    context = {"form": form, "absences": list(lines), "toutes": _runs_all(request), "today": today}
    return render(request, "demandes/absences.html", context, status=422 if form.is_bound else 200)


def _colleagues(request: RequeteAgent) -> "object":
    links = {"rattachements__collectivite": request.acces.collectivite, "rattachements__is_active": True,
             "rattachements__roles__overlap": LECTEURS}  # fmt: skip
    return Agent.objects.filter(is_active=True, **links).order_by("prenom", "nom", "pk")


def _save(request: RequeteAgent, form: FormulaireAbsence) -> bool:
    said = form.cleaned_data
    try:
        absence = save_absence(
            agent=said.get("agent") or request.acces.agent, debut_on=said["debut_on"], fin_on=said["fin_on"],
            suppleant=said["suppleant"], by=request.acces.acteur, at=timezone.now(),
        )  # fmt: skip
    except AbsenceRefusee as refusal:
        form.add_error(None, str(refusal))
        return False
    stands_in = f", suppléance\u00a0: {absence.suppleant}" if absence.suppleant else ""
    toast(request, f"Absence enregistrée{stands_in}.")
    return True


@requires(Permission.DEMANDE_TRAITER)
@require_POST
def absence_retirer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Take back one's own absence, or anyone's for a supervisor."""
    absence = get_object_or_404(Absence, pk=pk)
    if absence.agent_id != request.acces.agent.pk and not _runs_all(request):
        raise PermissionDenied
    remove_absence(absence=absence, by=request.acces.acteur, at=timezone.now())
    toast(request, "Absence supprimée.")
    return redirect("demandes:absences", request.acces.collectivite.slug)
