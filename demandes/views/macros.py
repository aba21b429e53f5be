"""« Macros »: several gestures in one click, written in the settings, played on a demande."""

from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from collectivites.acces import RequeteAgent, requires
from collectivites.models import Service
from collectivites.permissions import Permission
from demandes.automates import actions, gestes, groupee
from demandes.automates.choix import Noms, load_noms
from demandes.automates.menu import list_macros
from demandes.automates.saisie import draw_actions, edit, read_actions
from demandes.models import Macro
from demandes.views.acces import choose_retour, get_demande, read_version, reload_demande, require_clef
from demandes.views.fiche import Saisie, show_fiche
from socle.nombres import read_nombre
from socle.texte import clean
from socle.toasts import toast

REGLER = Permission.REGLAGE_MODIFIER
LIBELLE_MAX = 80


@requires(REGLER)
def macros(request: RequeteAgent) -> HttpResponse:
    """The macros, in the order agents see them."""
    noms = load_noms()
    rows = Macro.objects.select_related("service").order_by("-is_active", "rang", "libelle", "pk")
    lines = [{"macro": each, "alors": gestes.describe_all(each.actions, noms)} for each in rows]
    return render(request, "demandes/automates/macros.html", {"lignes": lines})


@requires(REGLER)
def macro(request: RequeteAgent, pk: int | None = None) -> HttpResponse:
    """Write a macro: each button posts the whole page; only « Enregistrer » writes."""
    found = get_object_or_404(Macro, pk=pk) if pk else Macro()
    noms = load_noms()
    if request.method != "POST":
        return _show(request, found, noms)
    _read(request, found)
    asked = request.POST.get("faire", "enregistrer")
    if asked == "enregistrer":
        return _save(request, found, noms)
    new = {"geste": request.POST.get("nouveau_geste", ""), "parametres": {}}
    rank = edit(found.actions, asked, sorte="g", neuf=new if new["geste"] in gestes.GESTES else _default())
    return _show(request, found, noms, neuve=rank)


def _default() -> dict[str, Any]:
    return {"geste": "affecter", "parametres": {}}


def _read(request: RequeteAgent, found: Macro) -> None:
    post = request.POST
    found.libelle = " ".join(clean(post.get("libelle", "")).split())
    found.is_active = post.get("is_active") == "oui"
    asked = post.get("service", "")
    found.service = Service.objects.filter(pk=read_nombre(asked) or 0).first()
    found.rang = read_nombre(post.get("rang", ""), maximum=999) or 0
    found.actions = read_actions(post)


def _save(request: RequeteAgent, found: Macro, noms: Noms) -> HttpResponse:
    wrong = _verify(found, noms)
    if wrong:
        return _show(request, found, noms, erreurs=wrong, status=422)
    saved = actions.save_macro(macro=found, by=request.acces.acteur, at=timezone.now())
    toast(request, f"Macro «\u00a0{saved.libelle}\u00a0» enregistrée.")
    return redirect("demandes:macros", request.acces.collectivite.slug)


def _verify(found: Macro, noms: Noms) -> dict[str, str]:
    wrong = {"gestes": " ".join(gestes.verify(found.actions, noms, emploi=gestes.MACRO))}
    if not found.libelle or len(found.libelle) > LIBELLE_MAX:
        wrong["libelle"] = f"Une macro a un nom, de {LIBELLE_MAX}\u00a0signes au plus."
    elif Macro.objects.filter(libelle__iexact=found.libelle).exclude(pk=found.pk).exists():
        wrong["libelle"] = "Une macro porte déjà ce nom."
    return {name: sentence for name, sentence in wrong.items() if sentence}


def _show(
    request: RequeteAgent, found: Macro, noms: Noms, *, erreurs: dict[str, str] | None = None, neuve: int = -1,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    context = {
        "macro": found, "erreurs": erreurs or {}, "gestes": gestes.list_gestes(gestes.MACRO), "noms": noms,
        "services": noms["service"].items(), "service_choisi": str(found.service_id or ""),
        "lignes_alors": draw_actions(
            found.actions, noms, emploi=gestes.MACRO, checked=bool(erreurs), neuve=neuve
        ),
    }  # fmt: skip
    return render(request, "demandes/automates/macro.html", context, status=status)


@requires(REGLER)
@require_POST
def macro_retirer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Remove a macro."""
    found = get_object_or_404(Macro, pk=pk)
    actions.delete_macro(macro=found, by=request.acces.acteur, at=timezone.now())
    toast(request, f"Macro «\u00a0{found.libelle}\u00a0» supprimée.")
    return redirect("demandes:macros", request.acces.collectivite.slug)


@requires(Permission.DEMANDE_TRAITER)
def jouer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Offer the macros; play one: one click, one toast, one « Annuler »."""
    demande = get_demande(request, pk)
    if request.method != "POST":
        template = "demandes/automates/jouer.html" + ("#menu" if request.htmx else "")
        return render(request, template, {"demande": demande, "macros": list_macros(request.acces), "clef": uuid4()})
    asked = request.POST.get("macro", "")
    found = get_object_or_404(list_macros(request.acces), pk=read_nombre(asked))
    now = timezone.now()
    action, _ = groupee.create(
        geste=groupee.MACRO, actions=found.actions, vises=[(pk, read_version(request, demande))],
        clef=require_clef(request), agent=request.acces.agent, by=request.acces.acteur, at=now, libelle=found.libelle,
    )  # fmt: skip
    done = groupee.run_here(action=action, at=now)
    if done.echecs:
        return show_fiche(request, reload_demande(request, pk), Saisie(refus=done.echecs[0][2]), status=409)
    slug = request.acces.collectivite.slug
    undo = reverse("demandes:groupee_annuler", args=[slug, done.pk])
    toast(request, f"Macro «\u00a0{found.libelle}\u00a0» appliquée.", annuler_url=undo)
    demande.refresh_from_db(fields=["domaine"])
    return redirect(choose_retour(request, demande))
