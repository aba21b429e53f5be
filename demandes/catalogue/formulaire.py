"""Asking the questions of a schema and reading the answers; the server alone decides what is asked.

A hidden question is neither required nor kept. Without JavaScript every question is on the page, with its condition
in words; with it, `static/js/conditions.js` hides those that do not apply (hook: `data-guichet-si`).
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString

from demandes.catalogue.schema import (
    GENRES,
    NON,
    OUI,
    Champ,
    Choix,
    Condition,
    Piece,
    Schema,
    SchemaInvalide,
    read_schema,
    write_schema,
)
from socle.ecriture import write_date, write_milliers
from socle.telephone import NumeroIllisible, parse_numero, show_numero
from socle.texte import clean

__all__ = [
    "GENRES", "NON", "OUI", "PREFIXE", "Champ", "Choix", "Condition", "FormulaireSchema", "Piece", "ReponsesInvalides",
    "Schema", "SchemaInvalide", "build_form", "clean_reponses", "describe", "missing_pieces", "read_schema", "relax",
    "visible", "visible_pieces", "write_condition", "write_schema",
]  # fmt: skip

PREFIXE = "reponse"  # of the HTML names, so that a question may bear any code
RADIO_MAX = 6  # beyond, a select is shorter than a column of buttons
COURT_MAX, LONG_MAX, NOMBRE_MAX = 300, 10_000, 10**12
ATTENDUE = "Cette réponse est attendue."


class ReponsesInvalides(ValueError):
    """Answers that the form refuses. `erreurs` maps the code of a question to French sentences."""

    def __init__(self, erreurs: Mapping[str, list[str]]) -> None:
        self.erreurs = dict(erreurs)
        super().__init__(" ".join(each for sentences in self.erreurs.values() for each in sentences))


def visible(schema: Schema, reponses: Mapping[str, Any]) -> frozenset[str]:
    """Return the codes of the questions to ask, given the answers already there."""
    shown: set[str] = set()
    for champ in schema.champs:
        if _holds(champ.si, reponses, shown):
            shown.add(champ.code)
    return frozenset(shown)


def relax(schema: Schema) -> Schema:
    """Return the same questions, none required: on the phone, what the caller does not know can be asked later."""
    return replace(schema, champs=tuple(replace(each, obligatoire=False) for each in schema.champs))


def visible_pieces(schema: Schema, reponses: Mapping[str, Any]) -> tuple[Piece, ...]:
    """Return the documents to ask, given the answers."""
    shown = visible(schema, reponses)
    return tuple(each for each in schema.pieces if _holds(each.si, reponses, shown))


def missing_pieces(schema: Schema, reponses: Mapping[str, Any], pieces: Collection[str]) -> tuple[Piece, ...]:
    """Return the required documents that are not among `pieces`, the codes already received."""
    return tuple(each for each in visible_pieces(schema, reponses) if each.obligatoire and each.code not in pieces)


def _holds(si: Condition | None, reponses: Mapping[str, Any], shown: Collection[str]) -> bool:
    if si is None:
        return True
    answer = reponses.get(si.champ)
    given = set(answer) if isinstance(answer, list) else {answer}
    return si.champ in shown and not given.isdisjoint(si.est)


def describe(schema: Schema, reponses: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return (question, answer in readable French) in the order asked; what was not answered is left out."""
    shown = visible(schema, reponses)
    rows = [(each, reponses.get(each.code)) for each in schema.champs if each.code in shown]
    return [(champ.libelle, _write_reponse(champ, answer)) for champ, answer in rows if answer not in (None, "", [])]


def _write_reponse(champ: Champ, answer: Any) -> str:
    if champ.genre == "date":
        return write_date(date.fromisoformat(answer))
    if champ.genre == "nombre":
        return write_milliers(answer)
    if champ.genre == "telephone":
        return show_numero(answer)
    known = champ.reponses
    return ", ".join(known.get(each, each) for each in (answer if isinstance(answer, list) else [str(answer)]))


def clean_reponses(schema: Schema, brutes: Any, *, jour: date | None = None) -> dict[str, Any]:
    """Check answers given as JSON and return what is kept. Raises ReponsesInvalides (also for an unknown question)."""
    if not isinstance(brutes, dict):
        raise ReponsesInvalides({"": ["Les réponses sont un objet\u00a0: code de la question, réponse."]})
    unknown = [code for code in brutes if schema.champ(code) is None]
    if unknown:
        raise ReponsesInvalides({str(code): ["Cette question n'est pas dans le formulaire."] for code in unknown})
    form = build_form(schema, jour=jour)({code: _as_typed(value) for code, value in brutes.items()})
    if not form.is_valid():
        raise ReponsesInvalides({code: [str(each) for each in form.errors[code]] for code in form.errors})
    return form.reponses


def _as_typed(value: Any) -> Any:
    if isinstance(value, bool):
        return OUI if value else NON
    if isinstance(value, list):
        return [str(each) for each in value]
    return "" if value is None else str(value)


class FormulaireSchema(forms.Form):
    """The questions of one schema; `reponses` after `is_valid()` is what `Demande.reponses` keeps."""

    schema: ClassVar[Schema]
    use_required_attribute = False  # a hidden question would block the browser

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for champ in self.schema.champs:
            if champ.si:
                hook = json.dumps({"champ": self.add_prefix(champ.si.champ), "est": champ.si.est})
                self.fields[champ.code].widget.attrs["data-guichet-si"] = hook

    def clean(self) -> dict[str, Any]:
        """Forget the questions that do not apply, and what was wrong in them."""
        cleaned = super().clean() or self.cleaned_data
        for code in set(self.fields) - visible(self.schema, self._plain(cleaned)):
            cleaned.pop(code, None)
            self.errors.pop(code, None)
        return cleaned

    @property
    def reponses(self) -> dict[str, Any]:
        """The answers as JSON values: ISO dates, numbers, codes; nothing for a question left empty."""
        return self._plain(self.cleaned_data)

    def _plain(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        rows = ((each.code, cleaned.get(each.code)) for each in self.schema.champs)
        return {code: _as_json(value) for code, value in rows if value not in (None, "", [])}


def _as_json(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def build_form(schema: Schema, *, jour: date | None = None) -> type[FormulaireSchema]:
    """Return a form class with the questions of `schema`; `jour` (today, in the town) gives dates their bounds.

    Instantiate it with `prefix=PREFIXE` on a page.
    """
    fields: dict[str, Any] = {each.code: _build_champ(each, schema, jour) for each in schema.champs}
    made: type[FormulaireSchema] = type("FormulaireDeDemarche", (FormulaireSchema,), fields)
    made.schema = schema  # after: a question may bear the code « schema »
    return made


def write_condition(si: Condition | None, schema: Schema) -> str:
    """Return the condition in words: « Si vous répondez « Oui » à « … ». », or "" when there is none."""
    source = schema.champ(si.champ) if si else None
    if si is None or source is None:
        return ""
    known = source.reponses
    words = " ou ".join(f"«\u00a0{known.get(each, each)}\u00a0»" for each in si.est)
    return f"Seulement si vous répondez {words} à «\u00a0{source.libelle}\u00a0»."


def _build_champ(champ: Champ, schema: Schema, jour: date | None) -> forms.Field:
    field = _FABRIQUES[champ.genre](champ, jour)
    field.label, field.required, field.help_text = champ.libelle, champ.obligatoire, _write_aide(champ, schema)
    field.error_messages["required"] = ATTENDUE
    field.widget.is_required = champ.obligatoire
    return field


def _write_aide(champ: Champ, schema: Schema) -> SafeString | str:
    condition = write_condition(champ.si, schema)
    if not condition:
        return format_html("{}", champ.aide) if champ.aide else ""
    return format_html('<span class="condition">{} </span>{}', condition, champ.aide)


def _make_texte(champ: Champ, _jour: date | None) -> forms.Field:
    return _build_texte(champ, forms.TextInput(), COURT_MAX)


def _make_texte_long(champ: Champ, _jour: date | None) -> forms.Field:
    return _build_texte(champ, forms.Textarea(attrs={"rows": 5}), LONG_MAX)


def _build_texte(champ: Champ, widget: forms.Widget, limite: int) -> forms.Field:
    short, long = int(champ.mini or 0), int(champ.maxi or limite)
    return _Texte(widget=widget, min_length=short or None, max_length=min(long, limite))


def _make_nombre(champ: Champ, _jour: date | None) -> forms.Field:
    low = champ.mini if champ.mini is not None else -NOMBRE_MAX
    high = champ.maxi if champ.maxi is not None else NOMBRE_MAX
    widget = forms.TextInput(attrs={"inputmode": "decimal"})
    return _Nombre(
        widget=widget, min_value=Decimal(str(low)), max_value=Decimal(str(high)), decimal_places=2, localize=True,
        error_messages={"invalid": "Écrivez un nombre, en chiffres."},
    )  # fmt: skip


def _make_date(champ: Champ, jour: date | None) -> forms.Field:
    return _Date(jour, champ)


def _make_choix(champ: Champ, _jour: date | None) -> forms.Field:
    rows = list(champ.reponses.items())
    radio = len(rows) <= RADIO_MAX
    widget: forms.Widget = forms.RadioSelect() if radio else forms.Select()
    return forms.ChoiceField(choices=rows if radio else [("", "Choisissez"), *rows], widget=widget)


def _make_choix_multiple(champ: Champ, _jour: date | None) -> forms.Field:
    return forms.MultipleChoiceField(choices=list(champ.reponses.items()), widget=forms.CheckboxSelectMultiple)


def _make_courriel(_champ: Champ, _jour: date | None) -> forms.Field:
    return forms.EmailField(
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": "Cette adresse n'est pas complète\u00a0: elle ressemble à nom@exemple.fr."},
    )


def _make_telephone(_champ: Champ, _jour: date | None) -> forms.Field:
    return _Telephone(widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}))


def _make_adresse(_champ: Champ, _jour: date | None) -> forms.Field:
    widget = forms.TextInput(attrs={"autocomplete": "street-address"})
    return _Texte(widget=widget, max_length=COURT_MAX)


class _Texte(forms.CharField):
    """Free text that PostgreSQL can store."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(clean(value) if isinstance(value, str) else value)


class _Nombre(forms.DecimalField):
    """A number as it is typed in France: « 12 500,5 »."""

    def to_python(self, value: Any) -> Any:
        bare = "".join(value.split()).replace(",", ".") if isinstance(value, str) else value
        return super().to_python(bare)


class _Date(forms.DateField):
    """A day, by the browser's picker or typed « 24/11/2026 »; its bounds are days from `jour`."""

    def __init__(self, jour: date | None, champ: Champ) -> None:
        self.jour = jour
        self.bornes = tuple(None if each is None else int(each) for each in (champ.mini, champ.maxi))
        widget = forms.DateInput(attrs={"type": "date"} | self._limits(), format="%Y-%m-%d")
        super().__init__(
            widget=widget, input_formats=["%Y-%m-%d", "%d/%m/%Y"],
            error_messages={"invalid": "Cette date n'est pas lisible\u00a0: écrivez-la ainsi, 24/11/2026."},
        )  # fmt: skip

    def _limits(self) -> dict[str, str]:
        low, high = self._days()
        return {name: day.isoformat() for name, day in (("min", low), ("max", high)) if day}

    def _days(self) -> tuple[date | None, date | None]:
        low, high = (
            None if self.jour is None or each is None else self.jour + timedelta(each) for each in self.bornes
        )
        return low, high

    def validate(self, value: Any) -> None:
        super().validate(value)
        low, high = self._days()
        if value and low and value < low:
            raise forms.ValidationError(f"Choisissez une date à partir du {write_date(low)}.")
        if value and high and value > high:
            raise forms.ValidationError(f"Choisissez une date jusqu'au {write_date(high)}.")


class _Telephone(forms.CharField):
    """A phone number, kept in E.164."""

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
        try:
            return parse_numero(typed) if typed else ""
        except NumeroIllisible as error:
            raise forms.ValidationError(str(error)) from error


_FABRIQUES: dict[str, Callable[[Champ, date | None], forms.Field]] = {
    "texte": _make_texte,
    "texte_long": _make_texte_long,
    "nombre": _make_nombre,
    "date": _make_date,
    "choix": _make_choix,
    "choix_multiple": _make_choix_multiple,
    "oui_non": _make_choix,
    "courriel": _make_courriel,
    "telephone": _make_telephone,
    "adresse": _make_adresse,
}
