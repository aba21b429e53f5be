"""Somebody was quicker: the form comes back with what was typed, what they wrote, and the right to write over it."""

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from rendezvous.versions import VersionPerimee
from socle.ecriture import write_jour


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


def refuse(form: forms.BaseForm, refusal: Exception, champ: str | None = None) -> int:
    """Say in the form why it was not written; return the status of its page: 409 when somebody was quicker."""
    is_stale = isinstance(refusal, VersionPerimee)
    form.add_error(None if is_stale else champ, str(refusal))
    return 409 if is_stale else 422


def face_current(typed: forms.BaseForm, standing: forms.BaseForm) -> list[Ecart]:
    """Refresh the version of a form refused because somebody was quicker, and say what differs from what stands."""
    refresh_version(typed, standing.get_initial_for_field(standing.fields["version"], "version"))
    return list_ecarts(typed, standing)


def list_ecarts(typed: forms.BaseForm, standing: forms.BaseForm) -> list[Ecart]:
    """Compare a bound form with an unbound one of the same row as it stands now, field by field, in words."""
    found = []
    for name, field in typed.fields.items():
        if name == "version" or field.disabled or not any(_is_asked(form, field) for form in (standing, typed)):
            continue
        kept, mine = (_show(form[name]) for form in (standing, typed))
        if kept != mine:
            found.append(Ecart(str(field.label or name), kept or "rien", mine or "rien"))
    return found


def _is_asked(form: forms.BaseForm, field: forms.Field) -> bool:
    """False for a field that another choice hides (`data-guichet-si`): a browser sends it all the same."""
    condition = json.loads(field.widget.attrs.get("data-guichet-si", "null"))
    if condition is None or condition["champ"] not in form.fields:
        return True
    value = form[condition["champ"]].value()
    return ("on" if value is True else str(value)) in condition["est"]


def _show(bound: forms.BoundField) -> str:
    return _tell(bound.field, bound.value())


def _tell(field: forms.Field, value: Any) -> str:
    """Return a value as its reader knows it: the words of a choice, « oui » of a box, a day, « 4 heures »."""
    if isinstance(field, forms.BooleanField):
        return "oui" if field.to_python(value) else "non"
    if isinstance(field, forms.MultiValueField):
        widget: Any = field.widget
        parts = value if isinstance(value, list) else widget.decompress(value)
        return " ".join(filter(None, map(_tell, field.fields, parts)))
    if isinstance(field, forms.DateField):
        with suppress(forms.ValidationError):
            day = field.to_python(value)
            return write_jour(day, annee=True) if day else ""
    if isinstance(field, forms.CharField):  # « 13h30 » and « 13 h 30 » say the same
        with suppress(forms.ValidationError):
            value = field.prepare_value(field.clean(value))
    listed = value if isinstance(value, list | tuple) else [value]
    if isinstance(field, forms.ChoiceField):
        chosen = {str(each) for each in listed}
        return ", ".join(str(label) for code, label in _flatten(field.choices) if code and str(code) in chosen)
    return ", ".join(str(each) for each in listed if each not in ("", None))


def _flatten(choices: Any) -> list[tuple[Any, Any]]:
    """Return the choices of a list that may have groups."""
    flat: list[tuple[Any, Any]] = []
    for code, label in choices:
        flat += label if isinstance(label, list) else [(code, label)]
    return flat
