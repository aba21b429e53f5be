"""The questions of the chosen type, in « Nouvelle demande »: they come as soon as a type is chosen.

An agent is never stopped by one left empty. Without JavaScript the page comes back once, with the questions.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from collectivites.acces import RequeteAgent, requires
from collectivites.permissions import Permission
from demandes.catalogue.formulaire import PREFIXE, FormulaireSchema, Piece, build_form, relax
from demandes.catalogue.vitrine import load_offert, published_schema
from demandes.models import TypeDemande

VUES = "questions_vues"  # id of the type whose questions were on the screen


@dataclass(frozen=True)
class Questions:
    """The form of a type; `is_nouvelle`: it had not been on the screen when the demande was sent."""

    form: FormulaireSchema | None = None
    type_id: int | None = None
    pieces: tuple[Piece, ...] = ()
    is_nouvelle: bool = False

    def is_valid(self) -> bool:
        """True when there is nothing to ask, or the answers hold."""
        return self.form is None or (not self.is_nouvelle and self.form.is_valid())

    @property
    def reponses(self) -> dict[str, Any]:
        """The answers, once valid."""
        return self.form.reponses if self.form else {}


SANS_QUESTION = Questions()


@requires(Permission.DEMANDE_CREER)
@require_GET
def questions(request: RequeteAgent) -> HttpResponse:
    """Return the questions of the type just chosen (htmx)."""
    asked = request.GET.get("type", "")
    known = load_offert(int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
    shown = _build(known, None, now=timezone.now()) if known else SANS_QUESTION
    return render(request, "demandes/_questions.html", {"questions": shown})


def read_questions(request: HttpRequest, type_: TypeDemande | None, *, now: datetime) -> Questions:
    """Return the questions of a demande that is sent, with what was answered."""
    if type_ is None:
        return SANS_QUESTION
    seen = request.POST.get(VUES, "") == str(type_.pk)
    return _build(type_, request.POST if seen else None, now=now, is_nouvelle=not seen)


def hook_questions(request: RequeteAgent) -> dict[str, str]:
    """Return the attributes that fetch the questions when the type changes."""
    url = reverse("demandes:questions", args=[request.acces.collectivite.slug])
    return {"hx-get": url, "hx-target": "#questions", "hx-swap": "outerHTML", "hx-trigger": "change"}


def _build(type_: TypeDemande, data: Any, *, now: datetime, is_nouvelle: bool = False) -> Questions:
    schema = published_schema(type_)
    if not schema.champs:
        return Questions(pieces=schema.pieces, type_id=type_.pk)
    made = build_form(relax(schema), jour=timezone.localdate(now))
    return Questions(made(data, prefix=PREFIXE), type_.pk, schema.pieces, is_nouvelle)
