"""« Boîtes aux lettres »: the addresses a town receives mail at, and how each is collected."""

from functools import partial

from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.boites import AdressePrise, save_boite
from demandes.forms_boites import FormulaireBoite
from demandes.models import Boite
from demandes.reception.releve import ask_essai, clef_essai
from socle.toasts import toast

REGLER = Permission.REGLAGE_MODIFIER
TOURS_MAX = 15  # times the page asks for the result of a trial, two seconds apart


@requires(REGLER)
def boites(request: RequeteAgent) -> HttpResponse:
    """The mailboxes, active first, with the state of their last collection."""
    rows = Boite.objects.select_related("service").order_by("-is_active", "adresse")
    return render(request, "demandes/boites.html", {"boites": rows})


@requires(REGLER)
def boite(request: RequeteAgent, pk: int | None = None) -> HttpResponse:
    """Create a mailbox, or change one."""
    instance = get_object_or_404(Boite, pk=pk) if pk else None
    form = FormulaireBoite(request.POST or None, instance=instance)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_boite(
                boite=form.instance, secret=form.cleaned_data["secret"], by=request.acces.acteur, at=timezone.now()
            )
        except AdressePrise as refus:
            form.add_error("adresse", str(refus))
        else:
            toast(request, f"Boîte {saved.adresse} enregistrée.")
            return redirect("demandes:boites", request.acces.collectivite.slug)
    kept = get_object_or_404(Boite, pk=pk) if pk else None
    status = 422 if form.errors else 200
    return render(request, "demandes/boite.html", {"form": form, "boite": kept}, status=status)


@requires(REGLER)
@require_POST
def essayer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Ask a worker to sign in as the collection would: no request waits for a mail server inside its transaction."""
    found = get_object_or_404(Boite.objects.exclude(imap_hote=""), pk=pk)
    cache.delete(clef_essai(found.pk))
    transaction.on_commit(partial(ask_essai, request.acces.collectivite.pk, found.pk), robust=True)
    return redirect(reverse("demandes:boite_essai", args=[request.acces.collectivite.slug, pk]))


@requires(REGLER)
@require_GET
def essai(request: RequeteAgent, pk: int) -> HttpResponse:
    """What the trial gave, once it is known; the page asks again by itself for half a minute."""
    found = get_object_or_404(Boite, pk=pk)
    tour = request.GET.get("tour", "0")
    tour_lu = int(tour) if tour.isascii() and tour.isdigit() and len(tour) < 4 else TOURS_MAX
    context = {
        "boite": found,
        "resultat": cache.get(clef_essai(pk)),
        "tour": tour_lu + 1,
        "fini": tour_lu >= TOURS_MAX,
    }
    template = "demandes/boite_essai.html" + ("#resultat" if request.headers.get("HX-Request") else "")
    return render(request, template, context)
