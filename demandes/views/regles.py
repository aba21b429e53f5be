"""« Règles »: what the house does by itself. Rows of conditions and gestures work without JavaScript."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.automates import actions, conditions, gestes
from demandes.automates.choix import Noms, load_noms
from demandes.automates.conditions import FAITS
from demandes.automates.essai import TAILLES, Essai, try_regle
from demandes.automates.evenements import EVENEMENTS
from demandes.automates.formulaire import UNITES, SaisieRegle, from_post, from_regle, tell_quand, verify, write
from demandes.automates.saisie import draw_actions, draw_conditions, edit
from demandes.automates.temps import DEPARTS
from demandes.models import ExecutionRegle, RegleAutomate
from socle.nombres import read_nombre
from socle.toasts import toast

REGLER = Permission.REGLAGE_MODIFIER
Declencheur = RegleAutomate.Declencheur
PAR_PAGE = 50


@requires(REGLER)
@require_GET
def regles(request: RequeteAgent) -> HttpResponse:
    """The rules, in the order they run, by what starts them."""
    noms = load_noms()
    rows = list(RegleAutomate.objects.order_by("ordre", "pk"))
    groups = [
        {"declencheur": code, "libelle": label,
         "regles": [_describe(each, noms) for each in rows if each.declencheur == code]}
        for code, label in Declencheur.choices
    ]  # fmt: skip
    return render(request, "demandes/automates/regles.html", {
        "groupes": groups, "vide": not rows, "deplacee": read_nombre(request.GET.get("deplacee", "")),
    })  # fmt: skip


def _describe(regle: RegleAutomate, noms: Noms) -> dict[str, Any]:
    return {
        "regle": regle,
        "quand": tell_quand(regle),
        "si": conditions.explain(regle.conditions, noms),
        "alors": gestes.describe_all(regle.actions, noms),
    }


@requires(REGLER)
def regle(request: RequeteAgent, pk: int | None = None) -> HttpResponse:
    """Write a rule: each button posts the whole page; only « Enregistrer » writes."""
    found = get_object_or_404(RegleAutomate, pk=pk) if pk else RegleAutomate()
    if request.method != "POST":
        return _show(request, found, from_regle(found) if pk else _start(request), load_noms())
    noms, saisie, asked = load_noms(), from_post(request.POST), request.POST.get("faire", "enregistrer")
    if asked == "enregistrer":
        return _save(request, found, saisie, noms)
    if asked == "essayer":
        return _try(request, found, saisie, noms)
    fait = FAITS.get(request.POST.get("nouveau_fait", "texte"), FAITS["texte"])
    new_fact = {"fait": fait.code, "operateur": next(iter(fait.operateurs)), "valeur": []}
    rank_c = edit(saisie.conditions, asked, sorte="c", neuf=new_fact)
    rank_g = edit(saisie.actions, asked, sorte="g", neuf=_start_geste(request.POST.get("nouveau_geste", "")))
    return _show(request, found, saisie, noms, neuves=(rank_c, rank_g))


def _start(request: RequeteAgent) -> SaisieRegle:
    asked = request.GET.get("quand", "")
    return SaisieRegle(declencheur=asked if asked in Declencheur.values else Declencheur.RECEPTION.value)


def _start_geste(code: str) -> dict[str, Any]:
    return {"geste": code if code in gestes.GESTES else "affecter", "parametres": {}}


def _save(request: RequeteAgent, found: RegleAutomate, saisie: SaisieRegle, noms: Noms) -> HttpResponse:
    wrong = verify(saisie, noms, regle=found)
    if wrong:
        return _show(request, found, saisie, noms, erreurs=wrong, status=422)
    saved = actions.save_regle(regle=write(saisie, found), by=request.acces.acteur, at=timezone.now())
    state = "en service" if saved.is_active else "enregistrée, pas encore en service"
    toast(request, f"Règle «\u00a0{saved.libelle}\u00a0» {state}.")
    return redirect("demandes:regles", request.acces.collectivite.slug)


def _try(request: RequeteAgent, found: RegleAutomate, saisie: SaisieRegle, noms: Noms) -> HttpResponse:
    """Say what the rule, as typed, would do to past demandes. Writes nothing."""
    wrong = {name: text for name, text in verify(saisie, noms, regle=found).items() if name != "libelle"}
    if wrong:
        return _show(request, found, saisie, noms, erreurs=wrong, status=422)
    size = read_nombre(request.POST.get("taille", ""))
    essai = try_regle(
        declencheur=saisie.declencheur, depuis=saisie.depuis, delai_minutes=saisie.delai_minutes,
        conditions=saisie.conditions, actions=saisie.actions, noms=noms, acces=request.acces,
        taille=size if size in TAILLES else TAILLES[0], at=timezone.now(),
    )  # fmt: skip
    return _show(request, found, saisie, noms, essai=essai)


def _show(
    request: RequeteAgent, found: RegleAutomate, saisie: SaisieRegle, noms: Noms, *,
    erreurs: dict[str, str] | None = None, neuves: tuple[int, int] = (-1, -1), essai: Essai | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    checked = bool(erreurs)
    context = {
        "regle": found if found.pk else None, "saisie": saisie, "erreurs": erreurs or {}, "essai": essai,
        "lignes_si": draw_conditions(saisie.conditions, noms, checked=checked, neuve=neuves[0]),
        "lignes_alors": draw_actions(saisie.actions, noms, emploi=gestes.REGLE, checked=checked, neuve=neuves[1]),
        "faits": FAITS.values(), "gestes": gestes.list_gestes(gestes.REGLE), "evenements": EVENEMENTS.items(),
        "departs": DEPARTS.items(), "unites": UNITES, "tailles": TAILLES,
        "quand": dict(Declencheur.choices)[saisie.declencheur],
        "executions": _list_executions(request, found)[:10] if found.pk else [],
    }  # fmt: skip
    return render(request, "demandes/automates/regle.html", context, status=status)


@requires(REGLER)
@require_GET
def executions(request: RequeteAgent, pk: int) -> HttpResponse:
    """The log of a rule, newest first."""
    found = get_object_or_404(RegleAutomate, pk=pk)
    before = read_nombre(request.GET.get("avant", "")) or -1
    rows = _list_executions(request, found, before=before)
    more = rows[PAR_PAGE - 1]["execution"].pk if len(rows) > PAR_PAGE else 0
    return render(request, "demandes/automates/executions.html", {
        "regle": found, "executions": rows[:PAR_PAGE], "suivant": f"?avant={more}" if more else "",
        "precedent": "?" if before > 0 else "",
    })  # fmt: skip


def _list_executions(request: RequeteAgent, found: RegleAutomate, *, before: int = -1) -> list[dict[str, Any]]:
    """Runs with the demande beside: its address only for whoever may read it, its number unless it is sealed."""
    rows = ExecutionRegle.objects.filter(regle=found).select_related("demande").order_by("-pk")
    if before > 0:
        rows = rows.filter(pk__lt=before)
    acces, slug = request.acces, request.acces.collectivite.slug
    can_read = acces.can(Permission.DEMANDE_LIRE)

    def address(row: ExecutionRegle) -> str:
        readable = can_read and row.demande.domaine in acces.domaines
        return reverse("demandes:fiche", args=[slug, row.demande_id]) if readable else ""

    def told(row: ExecutionRegle) -> dict[str, str]:
        if row.demande.domaine not in acces.domaines:
            return {"numero": "demande réservée", "raison": ""}
        return {"numero": row.demande.numero, "raison": row.details.get("raison", "")}

    return [{"execution": row, "url": address(row)} | told(row) for row in rows[: PAR_PAGE + 1]]


@requires(REGLER)
@require_POST
def regle_activer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Put a rule in or out of service."""
    found = get_object_or_404(RegleAutomate, pk=pk)
    is_active = request.POST.get("is_active") == "oui"
    actions.set_regle_active(regle=found, is_active=is_active, by=request.acces.acteur, at=timezone.now())
    toast(request, f"Règle «\u00a0{found.libelle}\u00a0» {'en service' if is_active else 'hors service'}.")
    return redirect("demandes:regles", request.acces.collectivite.slug)


@requires(REGLER)
@require_POST
def regle_deplacer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Move a rule one place up or down; the page comes back on the same button."""
    found = get_object_or_404(RegleAutomate, pk=pk)
    places = -1 if request.POST.get("vers") == "haut" else 1
    actions.move_regle(regle=found, places=places, by=request.acces.acteur, at=timezone.now())
    return redirect(reverse("demandes:regles", args=[request.acces.collectivite.slug]) + f"?deplacee={found.pk}")


@requires(REGLER)
@require_POST
def regle_retirer(request: RequeteAgent, pk: int) -> HttpResponse:
    """Remove a rule that never ran."""
    found = get_object_or_404(RegleAutomate, pk=pk)
    try:
        actions.delete_regle(regle=found, by=request.acces.acteur, at=timezone.now())
    except actions.RegleDejaServie as refusal:
        return _show(request, found, from_regle(found), load_noms(), erreurs={"regle": str(refusal)}, status=409)
    toast(request, f"Règle «\u00a0{found.libelle}\u00a0» supprimée.")
    return redirect("demandes:regles", request.acces.collectivite.slug)
