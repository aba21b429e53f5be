"""What an agent was told: the bell of every page, the list, what is marked read."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from collectivites.acces import RequeteAgent, membre
from demandes.travail.notifications import PAR_PAGE, count_unread, list_notifications, mark_read
from socle.curseur import read_place, write_place


@membre
@require_GET
def notifications(request: RequeteAgent) -> HttpResponse:
    """List the agent's own notifications, newest first."""
    lines = list_notifications(request.acces, before=read_place(request.GET.get("avant", "")))
    shown = lines[:PAR_PAGE]
    older = f"?avant={write_place(shown[-1].notification)}" if len(lines) > PAR_PAGE else ""
    context = {
        "avertissements": shown,
        "non_lues": count_unread(request.acces.agent.pk),
        "suivantes": older,
        "premieres": "?" if request.GET.get("avant") else "",
        "maintenant": timezone.now(),
    }
    return render(request, "demandes/notifications.html", context)


@membre
@require_GET
def pastille(request: RequeteAgent) -> HttpResponse:
    """Draw the bell again, when the live screen says that something came."""
    context = {
        "cloche_url": reverse("demandes:notifications", args=[request.acces.collectivite.slug]),
        "cloche": count_unread(request.acces.agent.pk),
    }
    return render(request, "demandes/_cloche.html", context)


@membre
@require_POST
def notification_lue(request: RequeteAgent, pk: int) -> HttpResponse:
    """Mark one as read and go where it leads, when it leads somewhere of ours."""
    mark_read(agent_id=request.acces.agent.pk, at=timezone.now(), pks=[pk])
    slug = request.acces.collectivite.slug
    goal = request.POST.get("vers", "")
    if goal.startswith(f"/c/{slug}/") and "\\" not in goal:
        return HttpResponseRedirect(goal)
    return redirect("demandes:notifications", slug)


@membre
@require_POST
def notifications_lues(request: RequeteAgent) -> HttpResponse:
    """Mark all as read."""
    mark_read(agent_id=request.acces.agent.pk, at=timezone.now())
    return redirect("demandes:notifications", request.acces.collectivite.slug)
