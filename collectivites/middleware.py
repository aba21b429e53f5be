"""Opens the wall's door for one town: `/c/<slug>/…` → membership or 404 → one transaction around the view.

Pages for usagers, `/usager/<slug>/…`, open the same door without membership.
"""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from collectivites.acces import Acces
from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite, Rattachement
from socle.traces import contexte_ids


class CollectiviteActive:
    """Last middleware: a stranger to the town gets 404, never 403, so that nothing says the town exists."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Run the view inside the tenant's transaction, on its wall clock; an exception rolls everything back."""
        if "ville_slug" in kwargs:
            return run_public(request, view, args, kwargs)
        slug = kwargs.pop("collectivite_slug", None)
        if slug is None:
            return None
        acces = find_acces(request, slug)
        request.acces = acces  # type: ignore[attr-defined]
        run_prologue(request, view, kwargs)
        token = contexte_ids.set({"collectivite": acces.collectivite.pk, "agent": acces.agent.pk})
        try:
            with collectivite_active(acces.collectivite.pk), timezone.override(acces.collectivite.fuseau):
                return view(request, *args, **kwargs)
        finally:
            contexte_ids.reset(token)


def run_prologue(request: HttpRequest, view: Callable[..., HttpResponseBase], kwargs: dict[str, Any]) -> None:
    """Run what the view must ask a network, before its transaction: see `collectivites.acces.prologue`."""
    before = getattr(view, "prologue", None)
    if before is not None:
        request.prologue = before(request, kwargs)  # type: ignore[attr-defined]


def run_public(
    request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: dict[str, Any]
) -> HttpResponseBase:
    """Run a page for usagers, `/usager/<slug>/…`: the town's wall is up, nobody is signed in. Raises Http404."""
    town = Collectivite.objects.filter(slug=kwargs.pop("ville_slug"), is_active=True).first()
    if town is None:
        raise Http404
    request.collectivite = town  # type: ignore[attr-defined]
    run_prologue(request, view, kwargs)
    token = contexte_ids.set({"collectivite": town.pk})
    try:
        with collectivite_active(town.pk), timezone.override(town.fuseau):
            return view(request, *args, **kwargs)
    finally:
        contexte_ids.reset(token)


def find_acces(request: HttpRequest, slug: str) -> Acces:
    """Return what the signed-in agent may do in the town of this slug. Raises Http404 for a stranger."""
    if not request.user.is_authenticated:
        raise Http404
    rattachement = (
        Rattachement.objects.select_related("collectivite")
        .filter(agent_id=request.user.pk, is_active=True, collectivite__slug=slug, collectivite__is_active=True)
        .first()
    )
    if rattachement is None:
        raise Http404
    agent: Any = request.user._wrapped if isinstance(request.user, SimpleLazyObject) else request.user  # noqa: SLF001
    return Acces(agent=agent, collectivite=rattachement.collectivite, rattachement=rattachement)
