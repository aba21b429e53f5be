"""Somebody was quicker: the form comes back with what was typed, what they wrote, and the right to write over it."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict


@dataclass(frozen=True)
class Ecart:
    """One field that is not, in the database, what this form says."""

    libelle: str
    enregistre: str
    saisi: str


def refresh_version(form: forms.BaseForm, version: int) -> None:
    """Give a refused form the version that stands: sent again, knowingly, it is written."""
    data = form.data.copy() if isinstance(form.data, QueryDict) else QueryDict(mutable=True)
    data[form.add_prefix("version")] = str(version)
    form.data = data


def list_ecarts(typed: forms.BaseForm, standing: forms.BaseForm) -> list[Ecart]:
    """Compare a bound form with an unbound one of the same row as it stands now, field by field, in words."""
    found = []
    for name, field in typed.fields.items():
        if name == "version" or field.disabled:
            continue
        kept, mine = (_show(form[name]) for form in (standing, typed))
        if kept != mine:
            found.append(Ecart(str(field.label or name), kept or "rien", mine or "rien"))
    return found


def _show(bound: forms.BoundField) -> str:
    """Return the value of a field as its reader knows it: the words of a choice, « oui » of a box."""
    value = bound.value()
    if isinstance(bound.field, forms.BooleanField):
        return "oui" if bound.field.to_python(value) else "non"
    if isinstance(bound.field, forms.ChoiceField | forms.ModelChoiceField):
        chosen = {str(each) for each in (value if isinstance(value, list | tuple) else [value])}
        return ", ".join(
            str(label) for code, label in _list_choices(bound.field.choices) if str(code) in chosen and code
        )
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value if each not in ("", None))
    return "" if value is None else str(value)


def _list_choices(choices: Any) -> list[tuple[Any, Any]]:
    """Flatten the groups of a list of choices."""
    flat: list[tuple[Any, Any]] = []
    for code, label in choices:
        flat += list(label) if isinstance(label, list | tuple) else [(code, label)]
    return flat
