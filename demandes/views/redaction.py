"""While an agent writes: templates called by « :: », the draft that is kept, who else is looking."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from collectivites.acces import RequeteAgent, requires
from collectivites.models import Agent
from collectivites.permissions import Permission
from demandes.actions.modeles import keep_brouillon
from demandes.modeles_reponse import build_variables, fill, list_modeles
from demandes.models import Brouillon, Demande, ModeleReponse
from demandes.pieces import collect_uploads, read_clef
from demandes.views.acces import get_demande
from demandes.views.fiche import Saisie, show_fiche
from socle.presence import tell_presence
from socle.toasts import toast

FAITS: Mapping[str, str] = {"lit": "regarde aussi cette demande", "ecrit": "est en train d'écrire"}


@requires(Permission.DEMANDE_TRAITER)
@require_GET
def modeles(request: RequeteAgent, pk: int) -> HttpResponse:
    """Propose the templates for what follows « :: », filled for this demande (a fragment)."""
    demande = get_demande(request, pk)
    asked = request.GET.get("q", "")[:60]
    return render(request, "demandes/_modeles.html", {"modeles": _fill_all(request, demande, asked), "q": asked})


def _fill_all(request: RequeteAgent, demande: Demande, asked: str) -> list[tuple[ModeleReponse, str]]:
    found = list_modeles(demande, asked)
    variables = _variables(request, demande) if found else {}
    return [(modele, fill(modele, variables)) for modele in found]


def _variables(request: RequeteAgent, demande: Demande) -> dict[str, str]:
    acces = request.acces
    return build_variables(demande, collectivite=acces.collectivite, agent=str(acces.agent), now=timezone.now())


@requires(Permission.DEMANDE_TRAITER)
def inserer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Without JavaScript: the list of templates, then the page again with the text added to what was typed."""
    demande = get_demande(request, pk)
    chosen = request.POST.get("modele", "")
    modele = ModeleReponse.objects.filter(raccourci=chosen, is_active=True).first() if chosen else None
    typed, clef = request.POST.get("texte", ""), read_clef(request) or uuid4()
    found = collect_uploads(request, clef=clef, by=request.acces.acteur, at=timezone.now())
    if modele is None:
        context: dict[str, Any] = {
            "demande": demande, "modeles": _fill_all(request, demande, ""), "texte": typed,
            "canal": request.POST.get("canal", ""), "clef": clef,
        }  # fmt: skip
        return render(request, "demandes/modeles_choix.html", context)
    texte = "\n\n".join(filter(None, [typed.rstrip(), fill(modele, _variables(request, demande))]))
    return show_fiche(
        request, demande, Saisie(texte=texte, mode=request.POST.get("canal", ""), clef=str(clef), pieces=found.refus)
    )


@requires(Permission.DEMANDE_TRAITER)
@require_POST
def brouillon(request: RequeteAgent, pk: int) -> HttpResponse:
    """Keep the draft; a script gets a word, a form gets the page again."""
    demande, now = get_demande(request, pk), timezone.now()
    kept = keep_brouillon(
        demande=demande, agent_id=request.acces.agent.pk, texte=request.POST.get("texte", ""),
        mode=request.POST.get("canal", ""), at=now,
    )  # fmt: skip
    if request.headers.get("X-Guichet-Brouillon"):
        return HttpResponse(status=204)
    toast(request, "Brouillon gardé." if kept else "Brouillon effacé.")
    return redirect("demandes:fiche", request.acces.collectivite.slug, pk)


@requires(Permission.DEMANDE_LIRE)
@require_POST
def presence(request: RequeteAgent, pk: int) -> HttpResponse:
    """Say « I am here » and learn who else is, and who left a draft (a fragment, asked again every 20 seconds)."""
    demande = get_demande(request, pk)
    doing = request.POST.get("fait", "lit")
    others = tell_presence(
        collectivite_id=request.acces.collectivite.pk, sujet=f"demande:{demande.pk}", qui=request.acces.agent.pk,
        fait=doing if doing in FAITS else "",
    )  # fmt: skip
    return render(request, "demandes/_presence.html", {"demande": demande, "autres": _name(request, demande, others)})


def _name(request: RequeteAgent, demande: Demande, others: dict[int, str]) -> list[str]:
    """Return « Yann Le Goff est en train d'écrire », those who left a draft included (two queries at most)."""
    drafts = set(
        Brouillon.objects.filter(demande=demande).exclude(agent=request.acces.agent).values_list("agent_id", flat=True)
    )
    if not others and not drafts:
        return []
    names = {agent.pk: str(agent) for agent in Agent.objects.filter(pk__in=set(others) | drafts).order_by("nom", "pk")}
    said = {pk: FAITS.get(fait, FAITS["lit"]) for pk, fait in others.items()}
    return [f"{name} {said.get(pk, 'a un brouillon sur cette demande')}" for pk, name in names.items()]
