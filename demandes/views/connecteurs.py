"""« Canaux et connecteurs »: the doors by which programs bring messages and calls. Secrets are shown once."""

import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.actions.appels import find_agent
from demandes.appels import find_people
from demandes.connecteurs import Clefs, NomPris, create_connecteur, renew_clefs, set_active
from demandes.forms_canaux import FormulaireConnecteur, FormulaireEssai
from demandes.models import Connecteur
from demandes.reception.ecrits import EcritIllisible
from demandes.reception.essai import Ligne, try_message
from demandes.views.cti import read_signal
from socle.telephone import show_numero
from socle.toasts import toast

REGLER = Permission.REGLAGE_MODIFIER
Genre = Connecteur.Genre
EXEMPLES: dict[str, dict[str, Any]] = {
    Genre.RESEAU: {
        "id": "publication-881", "auteur": {"id": "leila_m", "nom": "Leïla M."}, "fil": "publication-880",
        "texte": "Le banc du square est cassé.", "lien": "https://reseau.exemple.fr/publication-881",
    },
    Genre.SMS: {"id": "sms-4412", "de": "+33639981234", "texte": "Bonjour, ma poubelle n'a pas été vidée."},
    Genre.CTI: {"id": "appel-77", "evenement": "sonne", "numero": "+33639981234", "poste": "214"},
}  # fmt: skip


@requires(REGLER)
def connecteurs(request: RequeteAgent) -> HttpResponse:
    """List the connectors, and open one: its address and its secret are in the answer, and nowhere after."""
    form = FormulaireConnecteur(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _list(request, form)
    if not form.is_valid():
        return _list(request, form, status=422)
    try:
        created, clefs = create_connecteur(**form.cleaned_data, by=request.acces.acteur, at=timezone.now())
    except NomPris as refus:
        form.add_error("libelle", str(refus))
        return _list(request, form, status=409)
    return _show(request, created, clefs=clefs)


@requires(REGLER)
def connecteur(request: RequeteAgent, pk: int) -> HttpResponse:
    """One connector: what it does, when it last spoke, and a message to try without any effect."""
    found = _get(pk)
    if request.method != "POST":
        return _show(request, found)
    form = FormulaireEssai(request.POST)
    if not form.is_valid():
        return _show(request, found, form=form, status=422)
    try:
        lignes = _try(found, form.cleaned_data["message"].encode())
    except EcritIllisible as error:
        form.add_error("message", f"{error} Reçu ainsi, il attendrait en quarantaine.")
        return _show(request, found, form=form, status=422)
    return _show(request, found, form=form, lignes=lignes)


@requires(REGLER)
@require_POST
def connecteur_clefs(request: RequeteAgent, pk: int) -> HttpResponse:
    """Change address and secret."""
    found = _get(pk)
    return _show(request, found, clefs=renew_clefs(connecteur=found, by=request.acces.acteur, at=timezone.now()))


@requires(REGLER)
@require_POST
def connecteur_service(request: RequeteAgent, pk: int) -> HttpResponse:
    """Close the door, or open it again."""
    found = _get(pk)
    opens = request.POST.get("ouvrir") == "oui"
    set_active(connecteur=found, is_active=opens, by=request.acces.acteur, at=timezone.now())
    state = "en service" if opens else "hors service"
    toast(request, f"Connecteur «\u00a0{found.libelle}\u00a0» {state}.")
    return redirect("demandes:connecteur", request.acces.collectivite.slug, pk)


def _get(pk: int) -> Connecteur:
    return get_object_or_404(Connecteur.objects.select_related("service"), pk=pk)


def _try(found: Connecteur, brut: bytes) -> list[Ligne]:
    if found.genre != Genre.CTI:
        return try_message(found, brut)
    signal = read_signal(brut)
    people = len(find_people({signal.numero}).get(signal.numero, [])) if signal.numero else 0
    agent = find_agent(signal.poste)
    return [
        ("Événement", {"sonne": "sonne", "decroche": "décroché", "termine": "terminé"}[signal.evenement]),
        ("Numéro", show_numero(signal.numero) if signal.numero else "masqué ou illisible"),
        ("Usagers à ce numéro", str(people)),
        ("Agent prévenu", str(agent) if agent else "aucun\u00a0: ce poste n'est celui d'aucun agent, ou de plusieurs"),
    ]


def _list(request: RequeteAgent, form: FormulaireConnecteur, *, status: int = 200) -> HttpResponse:
    rows = Connecteur.objects.select_related("service").order_by("-is_active", "libelle")
    return render(request, "demandes/connecteurs.html", {"form": form, "connecteurs": rows}, status=status)


def _show(
    request: RequeteAgent,
    found: Connecteur,
    *,
    clefs: Clefs | None = None,
    form: FormulaireEssai | None = None,
    lignes: list[Ligne] | None = None,
    status: int = 200,
) -> HttpResponse:
    slug, route = request.acces.collectivite.slug, "cti" if found.genre == Genre.CTI else "entree"
    example = json.dumps(EXEMPLES[found.genre], ensure_ascii=False, indent=2)
    context = {
        "connecteur": found, "clefs": clefs, "lignes": lignes,
        "form": form or FormulaireEssai(initial={"message": example}),
        "adresse": request.build_absolute_uri(reverse(route, args=[slug, clefs.jeton])) if clefs else "",
    }  # fmt: skip
    return render(request, "demandes/connecteur.html", context, status=status)
