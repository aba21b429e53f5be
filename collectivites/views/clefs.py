"""Settings: the keys of programs. The secret is shown once, in the answer that creates it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from collectivites.acces import RequeteAgent, requires
from collectivites.clefs import PORTEES, DejaCreee, create_clef, revoke_clef
from collectivites.domaines import Domaine
from collectivites.forms.clefs import FormulaireClef, end_of_day
from collectivites.models import CleApi
from collectivites.permissions import Permission
from socle.toasts import toast


@requires(Permission.REGLAGE_MODIFIER)
def clefs(request: RequeteAgent) -> HttpResponse:
    """List the keys, and create one."""
    zone = request.acces.collectivite.fuseau
    form = FormulaireClef(request.POST or None, today=timezone.localdate(timezone=ZoneInfo(zone)))
    if request.method != "POST":
        return _show(request, form)
    if not form.is_valid():
        return _show(request, form, status=422)
    facts = form.cleaned_data
    expires_at = end_of_day(facts.pop("expire_on"), zone)
    try:
        clef, secret = create_clef(
            **facts, expires_at=expires_at, agent_id=request.acces.agent.pk, by=request.acces.acteur, at=timezone.now()
        )
    except DejaCreee as refus:
        form.add_error(None, str(refus))
        return _show(request, form, status=409)
    return _show(request, FormulaireClef(today=form.today), creee=clef, secret=secret)


@requires(Permission.REGLAGE_MODIFIER)
@require_POST
def clef_revoquer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Close a key."""
    clef = get_object_or_404(CleApi, pk=pk)
    revoke_clef(clef=clef, by=request.acces.acteur, at=timezone.now())
    toast(request, f"La clef «\u00a0{clef.nom}\u00a0» n'ouvre plus rien.")
    return redirect("collectivites:clefs", request.acces.collectivite.slug)


def _show(
    request: RequeteAgent, form: FormulaireClef, *, status: int = 200, creee: CleApi | None = None, secret: str = ""
) -> HttpResponse:
    now = timezone.now()
    rows = [
        (clef, _describe(clef), clef.expires_at - datetime.resolution, clef.is_usable(now))
        for clef in CleApi.objects.newest_first()
    ]
    context = {"form": form, "clefs": rows, "creee": creee, "secret": secret}
    return render(request, "collectivites/clefs.html", context, status=status)


def _describe(clef: CleApi) -> str:
    """« Lire les demandes ; Action sociale (CCAS) »."""
    sealed = [str(Domaine(domaine).label) for domaine in clef.domaines]
    return "\u00a0; ".join([*[PORTEES.get(portee, portee) for portee in clef.portees], *sealed])
