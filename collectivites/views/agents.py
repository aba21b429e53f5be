"""Settings: who works here, with which roles and services."""

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from collectivites.acces import RequeteAgent, requires
from collectivites.actions import DejaRattache, DernierAdministrateur, add_agent, change_rattachement
from collectivites.forms.agents import FormulaireDroits, FormulaireNouvelAgent
from collectivites.models import Agent, Rattachement, Service, ServiceRattachement
from collectivites.permissions import Permission, Role
from socle.toasts import toast

REGLER = Permission.REGLAGE_MODIFIER


def _here(request: RequeteAgent) -> "list[Rattachement]":
    rows = Rattachement.objects.filter(collectivite=request.acces.collectivite).select_related("agent")
    return list(rows.order_by("-is_active", "agent__nom", "agent__prenom", "pk"))


@requires(REGLER)
def agents(request: RequeteAgent) -> HttpResponse:
    """The agents of the collectivité, with roles and services in words."""
    names = dict(Service.objects.values_list("pk", "nom"))
    services: dict[int, list[str]] = {}
    for rattachement_id, service_id in ServiceRattachement.objects.values_list("rattachement_id", "service_id"):
        services.setdefault(rattachement_id, []).append(names[service_id])
    rows = [
        (r, ", ".join(Role(role).label for role in r.roles), ", ".join(sorted(services.get(r.pk, []))))
        for r in _here(request)
    ]
    return render(request, "collectivites/agents.html", {"agents": rows})


@requires(REGLER)
def agent_nouveau(request: RequeteAgent) -> HttpResponse:
    """Add an agent and send the invitation."""
    form = FormulaireNouvelAgent(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            rattachement = add_agent(
                collectivite=request.acces.collectivite,
                **form.cleaned_data,
                by=request.acces.acteur,
                at=timezone.now(),
            )
        except DejaRattache as refus:
            form.add_error("email", str(refus))
        else:
            _invite(request, rattachement.agent)
            return redirect("collectivites:agents", request.acces.collectivite.slug)
    return _form(request, form, titre="Nouvel agent")


@requires(REGLER)
def agent(request: RequeteAgent, pk: int) -> HttpResponse:
    """Change an agent's roles, services, access. `pk` is the rattachement's."""
    rattachement = _find(request, pk)
    form = FormulaireDroits(request.POST or None, rattachement=rattachement)
    if request.method == "POST" and form.is_valid():
        try:
            change_rattachement(
                rattachement=rattachement, **form.cleaned_data, by=request.acces.acteur, at=timezone.now()
            )
        except DernierAdministrateur as refus:
            form.add_error("roles", str(refus))
        else:
            toast(request, f"Droits de {rattachement.agent} enregistrés.")
            return redirect("collectivites:agents", request.acces.collectivite.slug)
    return _form(request, form, titre=str(rattachement.agent), rattachement=rattachement)


@requires(REGLER)
@require_POST
def agent_inviter(request: RequeteAgent, pk: int) -> HttpResponse:
    """Send the invitation again."""
    _invite(request, _find(request, pk).agent)
    return redirect("collectivites:agents", request.acces.collectivite.slug)


def _find(request: RequeteAgent, pk: int) -> Rattachement:
    rows = Rattachement.objects.select_related("agent").filter(collectivite=request.acces.collectivite)
    return get_object_or_404(rows, pk=pk)


def _invite(request: RequeteAgent, agent: Agent) -> None:
    """Queue the invitation; someone who already signs in elsewhere only learns of the new town."""
    key = (user_pk_to_url_str(agent), default_token_generator.make_token(agent))
    context = {
        "user": agent,
        "collectivite": request.acces.collectivite,
        "password_reset_url": settings.URL_PUBLIQUE + reverse("account_reset_password_from_key", args=key),
    }
    get_adapter(request).send_mail("account/email/invitation", agent.email, context)
    toast(request, f"Invitation envoyée à {agent.email}.")


def _form(
    request: RequeteAgent, form: object, *, titre: str, rattachement: Rattachement | None = None
) -> HttpResponse:
    context = {"form": form, "titre": titre, "retour": "collectivites:agents", "rattachement": rattachement}
    status = 422 if request.method == "POST" else 200
    return render(request, "collectivites/formulaire.html", context, status=status)
