"""What agents do from the tab « Travail »: each gesture is a POST, a toast, the tab again; a refusal loses nothing."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from collectivites.acces import RequeteAgent, requires
from collectivites.models import Agent, Service
from collectivites.permissions import Permission
from demandes import actions
from demandes.actions.escalade import EscaladeRefusee, escalate, give_back
from demandes.actions.fusion import FusionRefusee, undo_merge
from demandes.actions.sujets import SujetRefuse, attach, detach
from demandes.forms_travail import FormulaireTache
from demandes.models import Demande, Fusion, Lien, SujetCommun, Tache
from demandes.recherche import find_by_numero
from demandes.travail import abonnes, liens, taches
from demandes.travail.lecteurs import list_readers
from demandes.travail.mentions import add_mentions
from demandes.views.acces import get_demande, read_version, reload_demande
from demandes.views.travail import SaisieTravail, show_travail
from socle.toasts import toast

CONFLITS = (actions.ConflitVersion, actions.DemandeClose, actions.DemandeFusionnee, FusionRefusee)
REFUS = (taches.TacheRefusee, liens.LienRefuse, EscaladeRefusee, SujetRefuse, actions.TexteVide)
Geste = Callable[[RequeteAgent, Demande, dict[str, Any]], str]


def geste(section: str) -> Callable[[Geste], Callable[..., HttpResponse]]:
    """Turn « do this, return the sentence of the toast » into a view that comes back to its section of the tab."""

    def decorate(do: Geste) -> Callable[..., HttpResponse]:
        @requires(Permission.DEMANDE_TRAITER)
        @require_POST
        @wraps(do)
        def view(request: RequeteAgent, pk: int, **args: int) -> HttpResponse:
            demande = get_demande(request, pk)
            common = {"by": request.acces.acteur, "at": timezone.now(), **args}
            try:
                with transaction.atomic():
                    said = do(request, demande, common)
            except CONFLITS as refusal:
                return _refuse(request, pk, refusal, section, status=409)
            except REFUS as refusal:
                return _refuse(request, pk, refusal, section, status=422)
            toast(request, said) if said else None
            return redirect(_find_retour(request, pk, section))

        return view

    return decorate


def _find_retour(request: RequeteAgent, pk: int, section: str) -> str:
    """Back to the section; to the list for whoever has just sent the demande out of their own sight."""
    slug = request.acces.collectivite.slug
    if not Demande.objects.visible_to(request.acces).filter(pk=pk).exists():
        return reverse("demandes:liste", args=[slug])
    return f"{reverse('demandes:travail', args=[slug, pk])}#{section}"


def _refuse(request: RequeteAgent, pk: int, refusal: Exception, section: str, *, status: int) -> HttpResponse:
    demande = reload_demande(request, pk)
    typed = {name: str(value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    return show_travail(request, demande, SaisieTravail(section, str(refusal), typed), status=status)


def number(text: str) -> int:
    """Return the id typed in a form, -1 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1


def read_clef(request: RequeteAgent) -> UUID:
    """Return the form's key; a form without one can't be recognised twice."""
    try:
        return UUID(request.POST.get("clef", ""))
    except ValueError:
        return uuid4()


def _get_tache(demande: Demande, pk: int) -> Tache:
    return get_object_or_404(Tache.objects.select_related("demande", "agent"), pk=pk, demande=demande)


@requires(Permission.DEMANDE_TRAITER)
@require_POST
def tache_ajouter(request: RequeteAgent, pk: int) -> HttpResponse:
    """Add a task."""
    demande = get_demande(request, pk)
    form = FormulaireTache(request.POST, agents=list_readers(demande))
    if not form.is_valid():
        return show_travail(request, demande, SaisieTravail("taches", tache=form), status=422)
    said = form.cleaned_data
    taches.add_tache(
        demande=demande, libelle=said["libelle"], agent=said["agent"], due_on=said["due_on"],
        clef=said["clef"] or uuid4(), by=request.acces.acteur, at=timezone.now(),
    )  # fmt: skip
    toast(request, "Tâche ajoutée.")
    return redirect(_find_retour(request, pk, "taches"))


@geste("taches")
def tache_modifier(request: RequeteAgent, demande: Demande, common: dict[str, Any]) -> str:
    """Change the words, who does it, the day."""
    form = FormulaireTache(request.POST, agents=list_readers(demande))
    if not form.is_valid():
        raise taches.TacheRefusee(" ".join(str(error) for errors in form.errors.values() for error in errors))
    said, tache = form.cleaned_data, _get_tache(demande, common.pop("tache_pk"))
    taches.change_tache(tache=tache, libelle=said["libelle"], agent=said["agent"], due_on=said["due_on"], **common)
    return "Tâche modifiée."


@geste("taches")
def tache_faite(request: RequeteAgent, demande: Demande, common: dict[str, Any]) -> str:
    """Done, or to do again."""
    tache, is_done = _get_tache(demande, common.pop("tache_pk")), request.POST.get("faite") == "oui"
    taches.set_done(tache=tache, is_done=is_done, **common)
    return "Tâche faite." if is_done else "Tâche à refaire."


@geste("taches")
def tache_deplacer(request: RequeteAgent, demande: Demande, common: dict[str, Any]) -> str:
    """Before, or after."""
    taches.shift_tache(tache=_get_tache(demande, common["tache_pk"]), is_up=request.POST.get("sens") == "haut")
    return ""


@geste("taches")
def tache_retirer(request: RequeteAgent, demande: Demande, common: dict[str, Any]) -> str:
    """Take it off the list."""
    taches.remove_tache(tache=_get_tache(demande, common.pop("tache_pk")), **common)
    return "Tâche supprimée."


@geste("liens")
def lier(request: RequeteAgent, demande: Demande, common: dict[str, Any]) -> str:
    """Tie to the demande of this number: this one is the duplicate, the sequel, or simply related."""
    typed = request.POST.get("numero", "")
    other = find_by_numero(typed, request.acces, annee=timezone.localdate().year)
    if other is None:
        raise liens.LienRefuse("Aucune demande de ce numéro\u00a0: vérifiez, «\u00a0DEM-2026-0871\u00a0» par exemple.")
    genre = request.POST.get("genre", "")
    if genre not in {*Lien.Genre.values, "suite"}:
        raise liens.LienRefuse("Dites comment les deux demandes se tiennent.")
    pair = (other, demande) if genre == "suite" else (demande, other)
    liens.tie(de=pair[0], vers=pair[1], genre="parent" if genre == "suite" else genre, **common)
    return f"Demande liée à {other.numero}."


@geste("liens")
def delier(request: RequeteAgent, demande: Demande, common: dict[str, Any]) -> str:
    """Take a link off."""
    rows = Lien.objects.select_related("de", "vers")
    lien = get_object_or_404(rows, pk=common.pop("lien_pk"))
    if demande.pk not in {lien.de_id, lien.vers_id}:
        raise Http404
    liens.untie(lien=lien, **common)
    return "Lien retiré."


@geste("liens")
def defusionner(request: RequeteAgent, demande: Demande, common: dict[str, Any]) -> str:
    """Undo a merge; what has moved since is named."""
    fusion = get_object_or_404(
        Fusion.objects.select_related("absorbee"), pk=common.pop("fusion_pk"), conservee=demande
    )
    done = undo_merge(fusion=fusion, **common)
    stayed = f" Restent ici, changés depuis\u00a0: {', '.join(done.restees)}." if done.restees else ""
    return f"Fusion annulée\u00a0: {done.absorbee.numero} est revenue comme avant.{stayed}"


@requires(Permission.DEMANDE_LIRE)
@require_POST
def suivre(request: RequeteAgent, pk: int) -> HttpResponse:
    """Follow, or stop following."""
    demande, agent = get_demande(request, pk), request.acces.agent
    if request.POST.get("suivre") == "oui":
        abonnes.follow(demande=demande, agent=agent, at=timezone.now())
        toast(request, "Vous suivez cette demande.")
    else:
        abonnes.unfollow(demande=demande, agent=agent)
        toast(request, "Vous ne suivez plus cette demande.")
    return redirect(_find_retour(request, pk, "suivi"))


@geste("suivi")
def mentionner(request: RequeteAgent, demande: Demande, common: dict[str, Any]) -> str:
    """Add an internal note that calls colleagues chosen in a list."""
    chosen = [number(text) for text in request.POST.getlist("agents")]
    called = list(list_readers(demande).filter(pk__in=chosen))
    texte = add_mentions(request.POST.get("note", ""), called)
    actions.add_note(demande=demande, texte=texte, agent=request.acces.agent, clef=read_clef(request), **common)
    return f"Note ajoutée, {', '.join(str(agent) for agent in called)} en est averti." if called else "Note ajoutée."


@geste("escalade")
def escalader(request: RequeteAgent, demande: Demande, common: dict[str, Any]) -> str:
    """Hand up, with a reason."""
    kind, _, pk = request.POST.get("vers", "").partition(":")
    agent = get_object_or_404(Agent, pk=number(pk)) if kind == "agent" else None
    service = get_object_or_404(Service, pk=number(pk), is_active=True) if kind == "service" else None
    escalate(
        demande=demande, version=read_version(request, demande), motif=request.POST.get("motif", ""), service=service,
        agent=agent, **common,
    )  # fmt: skip
    return f"Demande transmise à {agent}." if agent else f"Demande transmise au service {service}."


@geste("escalade")
def rendre(request: RequeteAgent, demande: Demande, common: dict[str, Any]) -> str:
    """Give back, with the answer."""
    done = give_back(
        demande=demande, version=read_version(request, demande), texte=request.POST.get("reponse", ""),
        agent=request.acces.agent, **common,
    )  # fmt: skip
    to = done.agent or (f"service {done.service}" if done.service else "la file à qualifier")
    return f"Demande rendue\u00a0: {to}."


@geste("sujet")
def rejoindre(request: RequeteAgent, demande: Demande, common: dict[str, Any]) -> str:
    """Put the demande under a sujet commun."""
    sujet = get_object_or_404(SujetCommun, pk=number(request.POST.get("sujet", "")))
    attach(sujet=sujet, demande=demande, **common)
    return f"Demande rattachée au sujet commun «\u00a0{sujet.titre}\u00a0»."


@geste("sujet")
def quitter(request: RequeteAgent, demande: Demande, common: dict[str, Any]) -> str:
    """Take the demande out of its sujet commun."""
    detach(demande=demande, **common)
    return "Demande retirée du sujet commun."
