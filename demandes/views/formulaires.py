"""Settings: writing the form of a type, one question or document at a time; usable without JavaScript."""

import hashlib
import json
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.actions.catalogue import BrouillonChange, save_brouillon
from demandes.catalogue.edition import (
    PIECES,
    QUESTIONS,
    find_element,
    list_elements,
    move_element,
    put_element,
    remove_element,
)
from demandes.catalogue.formulaire import build_form, write_condition
from demandes.catalogue.schema import GENRES, Schema, SchemaInvalide
from demandes.forms_catalogue import FormulaireChamp, FormulairePiece
from demandes.models import TypeDemande
from demandes.views.types import LUS, describe_type, load_schema
from socle.toasts import toast

REGLER = Permission.REGLAGE_MODIFIER
NOMS = {QUESTIONS: "question", PIECES: "pièce"}


@requires(REGLER)
def type_formulaire(request: RequeteAgent, pk: int) -> HttpResponse:
    """Show the questions and the documents in order, with a preview that behaves as on the web."""
    return _show(request, _load(pk))


@requires(REGLER)
def type_element(request: RequeteAgent, pk: int, sorte: str, code: str = "") -> HttpResponse:
    """Add a question or a document, or change one."""
    type_, sorte = _load(pk), _known(sorte)
    schema = load_schema(type_)
    element = find_element(schema, sorte, code) if code else None
    if code and element is None:
        raise Http404
    form = _build(request, type_, schema, sorte, element)
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, type_, put_element(schema, sorte, form.build()))
        except (SchemaInvalide, BrouillonChange) as refusal:
            form.add_error(None, str(refusal))
        else:
            toast(request, f"Formulaire enregistré\u00a0: «\u00a0{form.cleaned_data['libelle']}\u00a0».")
            return _back(request, type_)
    titre = f"Modifier la {NOMS[sorte]}" if element else f"Nouvelle {NOMS[sorte]}"
    context = describe_type(request, type_, onglet="type_formulaire") | {"form": form, "titre_element": titre}
    return render(request, "demandes/type_element.html", context, status=422 if request.method == "POST" else 200)


@requires(REGLER)
@require_POST
def type_element_deplacer(request: RequeteAgent, pk: int, sorte: str, code: str) -> HttpResponse:
    """Move a question or a document up or down by one."""
    type_ = _load(pk)
    up = request.POST.get("sens") == "haut"
    return _change(request, type_, lambda schema: move_element(schema, _known(sorte), code, vers_le_haut=up))


@requires(REGLER)
@require_POST
def type_element_retirer(request: RequeteAgent, pk: int, sorte: str, code: str) -> HttpResponse:
    """Take a question or a document away; published versions keep it."""
    return _change(request, _load(pk), lambda schema: remove_element(schema, _known(sorte), code))


def stamp_brouillon(type_: TypeDemande) -> str:
    """Return a short fingerprint of the draft: what the screen was drawn from."""
    return hashlib.sha256(json.dumps(type_.brouillon, sort_keys=True).encode()).hexdigest()[:16]


def _load(pk: int) -> TypeDemande:
    return get_object_or_404(TypeDemande.objects.select_related(*LUS), pk=pk)


def _known(sorte: str) -> str:
    if sorte not in NOMS:
        raise Http404
    return sorte


def _build(request: RequeteAgent, type_: TypeDemande, schema: Schema, sorte: str, element: Any) -> Any:
    """Return the form of the element; conditions may only use what is asked before it."""
    before = schema.champs
    if sorte == QUESTIONS and element is not None:
        before = schema.champs[: schema.champs.index(element)]
    taken = frozenset(each.code for each in list_elements(schema, sorte))
    kind = FormulaireChamp if sorte == QUESTIONS else FormulairePiece
    typed = request.POST if request.method == "POST" else None
    return kind(typed, avant=before, element=element, taken=taken, initial={"empreinte": stamp_brouillon(type_)})


def _save(request: RequeteAgent, type_: TypeDemande, schema: Schema) -> None:
    if request.POST.get("empreinte", "") != stamp_brouillon(type_):
        raise BrouillonChange
    save_brouillon(type_=type_, schema=schema, vu=type_.brouillon, by=request.acces.acteur, at=timezone.now())


def _change(request: RequeteAgent, type_: TypeDemande, edit: Any) -> HttpResponse:
    try:
        _save(request, type_, edit(load_schema(type_)))
    except (SchemaInvalide, BrouillonChange) as refusal:
        return _show(request, type_, refus=str(refusal), status=409)
    return _back(request, type_)


def _back(request: RequeteAgent, type_: TypeDemande) -> HttpResponse:
    return redirect("demandes:type_formulaire", request.acces.collectivite.slug, type_.pk)


def _show(request: RequeteAgent, type_: TypeDemande, *, refus: str = "", status: int = 200) -> HttpResponse:
    schema = load_schema(type_)
    rows = {sorte: list_elements(schema, sorte) for sorte in NOMS}
    context = describe_type(request, type_, onglet="type_formulaire") | {
        "questions": [(each, GENRES[each.genre], write_condition(each.si, schema)) for each in rows[QUESTIONS]],
        "pieces": [(each, write_condition(each.si, schema)) for each in rows[PIECES]],
        "empreinte": stamp_brouillon(type_),
        "apercu": build_form(schema, jour=timezone.localdate())(prefix="apercu"),
        "refus_formulaire": refus,
    }
    return render(request, "demandes/type_formulaire.html", context, status=status)
