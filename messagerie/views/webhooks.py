"""« Webhooks »: which programs are told of what, and what became of it. Secrets are shown once."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from messagerie.forms_webhooks import FormulaireWebhook
from messagerie.models import AbonnementWebhook, LivraisonWebhook
from messagerie.webhooks import abonnements
from messagerie.webhooks.abonnements import NomPris, WebhookRefuse
from messagerie.webhooks.evenements import name_evenement
from socle.toasts import toast

REGLER = Permission.REGLAGE_MODIFIER
Etat = LivraisonWebhook.Etat
TONS = {
    Etat.A_ENVOYER: "info", Etat.EN_COURS: "info", Etat.LIVREE: "bon", Etat.ECHEC: "retard", Etat.ABANDONNEE: "neutre",
}  # fmt: skip
LIVRAISONS = 50


@requires(REGLER)
def liste(request: RequeteAgent) -> HttpResponse:
    """List the webhooks, and open one: its secret is in the answer, and nowhere after."""
    form = FormulaireWebhook(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _list(request, form)
    if not form.is_valid():
        return _list(request, form, status=422)
    try:
        row, secret_ = abonnements.create_abonnement(
            **form.cleaned_data, by=request.acces.acteur, at=timezone.now()
        )  # fmt: skip
    except NomPris as refus:
        form.add_error("libelle", str(refus))
        return _list(request, form, status=409)
    return _show(request, row, secret=secret_)


@requires(REGLER)
def fiche(request: RequeteAgent, pk: int) -> HttpResponse:
    """One webhook: what it listens to, its last deliveries; its settings may be changed."""
    row = _get(pk)
    if request.method != "POST":
        return _show(request, row)
    form = FormulaireWebhook(request.POST)
    if not form.is_valid():
        return _show(request, row, form=form, status=422)
    try:
        abonnements.update_abonnement(
            abonnement=row, **form.cleaned_data, by=request.acces.acteur, at=timezone.now()
        )  # fmt: skip
    except NomPris as refus:
        form.add_error("libelle", str(refus))
        return _show(request, row, form=form, status=409)
    toast(request, "Webhook enregistré.")
    return _back(request, pk)


@requires(REGLER)
@require_POST
def essai(request: RequeteAgent, pk: int) -> HttpResponse:
    """Send a trial; a worker makes the call, never this request."""
    row = _get(pk)
    try:
        abonnements.send_ping(abonnement=row, by=request.acces.acteur, at=timezone.now())
    except WebhookRefuse as refus:
        return _show(request, row, refus=str(refus), status=409)
    toast(request, "Essai en route\u00a0: son sort s'affiche ci-dessous.")
    return _back(request, pk)


@requires(REGLER)
@require_POST
def secret(request: RequeteAgent, pk: int) -> HttpResponse:
    """Replace the secret."""
    row = _get(pk)
    fresh = abonnements.renew_secret(abonnement=row, by=request.acces.acteur, at=timezone.now())
    return _show(request, row, secret=fresh, is_change=True)


@requires(REGLER)
@require_POST
def service(request: RequeteAgent, pk: int) -> HttpResponse:
    """Switch on or off."""
    row = _get(pk)
    opens = request.POST.get("ouvrir") == "oui"
    abonnements.set_active(abonnement=row, is_active=opens, by=request.acces.acteur, at=timezone.now())
    toast(request, f"Webhook «\u00a0{row.libelle}\u00a0» {'en service' if opens else 'hors service'}.")
    return _back(request, pk)


@requires(REGLER)
@require_POST
def supprimer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Remove a webhook and its deliveries."""
    row = _get(pk)
    abonnements.remove_abonnement(abonnement=row, by=request.acces.acteur, at=timezone.now())
    toast(request, f"Webhook «\u00a0{row.libelle}\u00a0» supprimé.")
    return redirect("messagerie:webhooks", request.acces.collectivite.slug)


@requires(REGLER)
@require_POST
def renvoyer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Tell one event again."""
    row = get_object_or_404(LivraisonWebhook.objects.select_related("abonnement"), pk=pk)
    try:
        abonnements.retry_livraison(livraison=row, by=request.acces.acteur, at=timezone.now())
    except WebhookRefuse as refus:
        return _show(request, row.abonnement, refus=str(refus), status=409)
    toast(request, "La livraison repart.")
    return _back(request, row.abonnement_id)


def _get(pk: int) -> AbonnementWebhook:
    return get_object_or_404(AbonnementWebhook, pk=pk)


def _back(request: RequeteAgent, pk: int) -> HttpResponse:
    return redirect("messagerie:webhook", request.acces.collectivite.slug, pk)


def _list(request: RequeteAgent, form: FormulaireWebhook, *, status: int = 200) -> HttpResponse:
    rows = AbonnementWebhook.objects.order_by("-is_active", "libelle")
    return render(request, "messagerie/webhooks.html", {"form": form, "webhooks": rows}, status=status)


def _show(
    request: RequeteAgent,
    row: AbonnementWebhook,
    *,
    form: FormulaireWebhook | None = None,
    secret: str = "",
    is_change: bool = False,
    refus: str = "",
    status: int = 200,
) -> HttpResponse:
    kept = {"libelle": row.libelle, "url": row.url, "evenements": row.evenements}
    last = LivraisonWebhook.objects.filter(abonnement=row).order_by("-pk")[:LIVRAISONS]
    now = timezone.now()
    context = {
        "webhook": row, "form": form or FormulaireWebhook(initial=kept), "secret": secret, "is_change": is_change,
        "refus": refus, "is_repos": bool(row.repos_at and row.repos_at > now and row.is_active),
        "livraisons": [
            {"ligne": each, "ton": TONS[Etat(each.etat)], "quoi": name_evenement(each.evenement),
             "is_terminee": each.etat in abonnements.RENVOYABLES}
            for each in last
        ],
    }  # fmt: skip
    return render(request, "messagerie/webhook.html", context, status=status)
