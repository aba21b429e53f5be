"""Contacts, notes and verification, from the identity column of the 360° page."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from citoyens.actions import (
    ConflitVersion,
    Contact,
    ContactIllisible,
    NoteRefusee,
    add_contact,
    add_note,
    end_note,
    prefer_contact,
    remove_contact,
    verify_identity,
)
from citoyens.forms import FormulaireContact, FormulaireNote
from citoyens.models import LienContact, NoteUsager, Usager
from citoyens.views.fiche import go_back, show
from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from socle.toasts import toast


@requires(Permission.USAGER_MODIFIER)
@require_POST
def ajouter_contact(request: RequeteAgent, pk: int) -> HttpResponse:
    """Add a phone, an e-mail, an address; refused, the page comes back with the form open and filled."""
    usager, at = get_object_or_404(Usager, pk=pk), timezone.now()
    form = FormulaireContact(request.POST, auto_id="id_contact_%s")
    if form.is_valid():
        try:
            add_contact(usager=usager, contact=Contact(**form.cleaned_data), by=request.acces.acteur, at=at)
        except ContactIllisible as refusal:
            form.add_error("valeur", str(refusal))
    if form.errors:
        return show(request, usager, at=at, status=422, suite=request.POST.get("suite", ""), formulaire_contact=form)
    toast(request, "Contact ajouté.")
    return go_back(request, usager.pk)


@requires(Permission.USAGER_MODIFIER)
@require_POST
def retirer_contact(request: RequeteAgent, pk: int, lien: int) -> HttpResponse:
    """Stop reaching the usager there."""
    found = get_object_or_404(LienContact.objects.select_related("point"), pk=lien, usager_id=pk)
    remove_contact(lien=found, by=request.acces.acteur, at=timezone.now())
    toast(request, f"Contact retiré\u00a0: {found.point.shown}.")
    return go_back(request, pk)


@requires(Permission.USAGER_MODIFIER)
@require_POST
def preferer_contact(request: RequeteAgent, pk: int, lien: int) -> HttpResponse:
    """Use this contact first."""
    found = get_object_or_404(LienContact.objects.select_related("point"), pk=lien, usager_id=pk)
    prefer_contact(lien=found, by=request.acces.acteur, at=timezone.now())
    toast(request, f"{found.point.shown} sera utilisé en premier.")
    return go_back(request, pk)


@requires(Permission.USAGER_MODIFIER)
@require_POST
def ajouter_note(request: RequeteAgent, pk: int) -> HttpResponse:
    """Write a note, for a time; refused, the page comes back with the form open and filled."""
    usager, at = get_object_or_404(Usager, pk=pk), timezone.now()
    form = FormulaireNote(request.POST, auto_id="id_note_%s", domaines=request.acces.domaines)
    if form.is_valid():
        typed = {name: value for name, value in form.cleaned_data.items() if name != "duree"}
        end = form.end(on=timezone.localdate(at))
        try:
            add_note(usager=usager, **typed, expire_on=end, by=request.acces.acteur, at=at)
        except NoteRefusee as refusal:
            form.add_error("duree" if refusal.champ == "expire_on" else refusal.champ, str(refusal))
    if form.errors:
        return show(request, usager, at=at, status=422, suite=request.POST.get("suite", ""), formulaire_note=form)
    toast(request, "Note ajoutée.")
    return go_back(request, usager.pk)


@requires(Permission.USAGER_MODIFIER)
@require_POST
def terminer_note(request: RequeteAgent, pk: int, note: int) -> HttpResponse:
    """End a note that this agent may read; another one does not exist for them."""
    readable = NoteUsager.objects.visible_to(agent_id=request.acces.agent.pk, domaines=request.acces.domaines)
    found = get_object_or_404(readable, pk=note, usager_id=pk)
    end_note(note=found, by=request.acces.acteur, at=timezone.now())
    toast(request, "Note retirée.")
    return go_back(request, pk)


@requires(Permission.USAGER_MODIFIER)
@require_POST
def verifier(request: RequeteAgent, pk: int) -> HttpResponse:
    """Say that an identity document was seen, for the identity that was on the screen."""
    usager, at = get_object_or_404(Usager, pk=pk), timezone.now()
    typed = request.POST.get("version", "")
    usager.version = int(typed) if typed.isdecimal() and len(typed) < 10 else 0
    try:
        verify_identity(usager=usager, by=request.acces.acteur, at=at)
    except ConflitVersion:
        usager.refresh_from_db()
        toast(request, "La fiche vient de changer\u00a0: relisez-la avant de dire l'identité vérifiée.", ton="alerte")
        return show(request, usager, at=at, status=409, suite=request.POST.get("suite", ""))
    toast(request, "Identité vérifiée au guichet.")
    return go_back(request, pk)
