"""« Répondu tout de suite », « Orienter »: note a contact in two gestures, take it back in one."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import reswap, retarget

from accueil.actions import AnnulationImpossible, Contact, record_contact, undo_contact
from accueil.bureau import build_poste
from accueil.forms import ContactForm, Issue, blank_contact_form
from accueil.journee import list_choices, list_frequents
from citoyens.models import Usager
from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.actions.appels import end_desk_call
from demandes.appels import write_length
from demandes.models import ContactImmediat
from socle.texte import truncate
from socle.toasts import toast

TITRES = {Issue.REPONDU: "Répondu tout de suite", Issue.ORIENTE: "Orienter vers un service"}


@requires(Permission.DEMANDE_CREER)
@require_http_methods(["GET", "POST"])
def contact(request: RequeteAgent) -> HttpResponse:
    """Show the form as a page (no script), or write the contact; htmx gets the desk back, ready for the next one."""
    types, services = list_choices()
    if request.method == "GET":
        return _show(request, _blank(request, types=types, services=services))
    issue = request.POST.get("issue", "")
    form = ContactForm(request.POST, types=types, services=services, auto_id=f"{issue}_%s")
    if not form.is_valid():
        return _show(request, form, status=422)
    asked, now = form.to_contact(), timezone.now()
    if asked.canal == ContactImmediat.Canal.TELEPHONE:
        asked = _hang_up(request, asked, at=now)
    row, _ = record_contact(contact=asked, clef=form.cleaned_data["clef"], by=request.acces.acteur, at=now)
    request.session["canal_contact"] = row.canal
    _tell(request, asked, row)
    if request.htmx:
        poste = build_poste(request, asked.usager, at=timezone.now(), rendu=issue)
        return render(request, "accueil/bureau.html#poste", poste)
    return redirect(_desk_url(request, row.usager_id))


def _hang_up(request: RequeteAgent, asked: Contact, *, at: datetime) -> Contact:
    """End the call under way at this desk, if any, and add to the contact how long it lasted."""
    ended = end_desk_call(agent_id=request.acces.agent.pk, usager=asked.usager, at=at)
    request.session.pop("appel", None)
    if ended is None:
        return asked
    return replace(asked, precision=f"{asked.precision} (appel de {write_length(ended, at=at)})".strip())


@requires(Permission.DEMANDE_CREER)
@require_POST
def annuler(request: RequeteAgent, pk: int) -> HttpResponse:
    """Take a contact back within two minutes; after, say why not (409)."""
    row = get_object_or_404(ContactImmediat, pk=pk)
    usager_id = row.usager_id
    try:
        undo_contact(contact=row, by=request.acces.acteur, at=timezone.now())
    except AnnulationImpossible as error:
        return render(
            request, "accueil/refus.html", {"phrase": str(error), "retour": _desk_url(request, usager_id)}, status=409
        )
    toast(request, "Contact annulé.", ton="info")
    return redirect(_desk_url(request, usager_id))


def _blank(request: RequeteAgent, **lists: Any) -> ContactForm:
    """The empty form of the page; an unknown issue is an answer, an unknown person nobody."""
    issue = request.GET.get("issue", "")
    typed = request.GET.get("usager", "")
    usager = Usager.objects.filter(pk=int(typed)).first() if typed.isdecimal() and len(typed) < 19 else None
    return blank_contact_form(
        issue if issue in TITRES else Issue.REPONDU, canal=request.session.get("canal_contact", "guichet"),
        usager_id=usager.pk if usager else None, **lists,
    )  # fmt: skip


def _show(request: RequeteAgent, form: ContactForm, *, status: int = 200) -> HttpResponse:
    issue = form["issue"].value()
    page = {"form": form, "titre": TITRES.get(issue, TITRES[Issue.REPONDU]), "types": form.types.values()}
    lists = list(form.types.values()), list(form.services_by_name.values())
    page |= {"services": lists[1], "frequents": list_frequents(*lists, at=timezone.now())}
    page["contact_url"] = reverse("accueil:contact", args=[request.acces.collectivite.slug])
    if not request.htmx:
        return render(request, "accueil/contact.html", page, status=status)
    response = render(request, "accueil/contact.html#formulaire", page, status=status)
    return retarget(reswap(response, "outerHTML"), f"#contact-{issue}")


def _tell(request: RequeteAgent, asked: Contact, row: ContactImmediat) -> None:
    """Say what was noted, with « Annuler »."""
    subject = asked.type.libelle if asked.type else truncate(asked.precision, 60)
    ended = f"Orienté vers {asked.service}" if asked.service else "Réponse notée"
    words = f"{ended}\u00a0: {subject}." if subject else f"{ended}."
    undo = reverse("accueil:annuler_contact", args=[request.acces.collectivite.slug, row.pk])
    toast(request, words, annuler_url=undo)


def _desk_url(request: RequeteAgent, usager_id: int | None) -> str:
    desk = reverse("accueil:bureau", args=[request.acces.collectivite.slug])
    return f"{desk}?usager={usager_id}" if usager_id else desk
