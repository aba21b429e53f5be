"""Fields of the offer: a delay in a unit people use, a table of lengths, a time of day, lines, blocks of hours."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from collectivites.plages import Plage, PlageIllisible, parse_plages, show_plages
from rendezvous.models.motif import DUREE_MAX, PERSONNES_MAX
from rendezvous.offre.blocs import BlocsRefuses, check_blocs
from rendezvous.offre.verifications import ANNEES

UNITES = (("1", "minutes"), ("60", "heures"), ("1440", "jours"))
PAS_MINUTES = 5
_BLOC = re.compile(r"(\d{1,2})\s*[hH:]\s*(\d{2})?\s*(?:-|–|—|à|a|au)\s*(\d{1,2})\s*[hH:]\s*(\d{2})?")
_HEURE = re.compile(r"^\s*(\d{1,2})\s*(?:(?:h|H|:)\s*(\d{2})?)?\s*$")


class SaisieDelai(forms.MultiWidget):
    """A number and its unit."""

    template_name = "rendezvous/offre/champs/delai.html"

    def __init__(self) -> None:
        number = forms.NumberInput(attrs={"min": 0, "aria-label": "Nombre", "inputmode": "numeric"})
        super().__init__([number, forms.Select(attrs={"aria-label": "Unité"}, choices=UNITES)])

    def decompress(self, value: Any) -> list[Any]:
        """Write minutes in the largest unit that divides them."""
        if value in (None, ""):
            return ["", "60"]
        minutes = int(value)
        unit = next(int(code) for code, _ in reversed(UNITES) if minutes % int(code) == 0)
        return [minutes // unit, str(unit if minutes else 60)]


class ChampDelai(forms.MultiValueField):
    """Minutes, typed as « 4 heures ». `maxi` in minutes."""

    widget = SaisieDelai

    def __init__(self, *, maxi: int, **kwargs: Any) -> None:
        self.maxi = maxi
        lines = {"incomplete": "Donnez un nombre.", "required": "Donnez un nombre."}
        fields = (
            forms.IntegerField(min_value=0, error_messages={"invalid": "Donnez un nombre entier."}),
            forms.ChoiceField(choices=UNITES),
        )
        super().__init__(fields, error_messages=lines, **kwargs)

    def compress(self, data_list: list[Any]) -> int:
        """Return minutes."""
        minutes = int(data_list[0]) * int(data_list[1]) if data_list else 0
        if minutes > self.maxi:
            raise forms.ValidationError(f"C'est trop long\u00a0: {self.maxi // 1440} jours au plus.")
        return minutes


class SaisieDurees(forms.MultiWidget):
    """One number a line: how long for one, for two, up to twelve."""

    template_name = "rendezvous/offre/champs/durees.html"

    def __init__(self) -> None:
        super().__init__([
            forms.NumberInput(attrs={
                "min": PAS_MINUTES, "max": DUREE_MAX, "step": PAS_MINUTES, "inputmode": "numeric",
                "aria-label": f"Durée en minutes pour {rank}",
            })
            for rank in range(1, PERSONNES_MAX + 1)
        ])  # fmt: skip

    def decompress(self, value: Any) -> list[Any]:
        """Return the twelve cells, empty after the last."""
        known = list(value or [])
        return known + [""] * (PERSONNES_MAX - len(known))


class ChampDurees(forms.MultiValueField):
    """A list of minutes, as many as persons (or files) one appointment takes."""

    widget = SaisieDurees

    def __init__(self, **kwargs: Any) -> None:
        lines = {"invalid": "Une durée est un nombre de minutes.", "required": "Donnez la durée pour une personne."}
        cells = [forms.IntegerField(required=False, error_messages=lines) for _ in range(PERSONNES_MAX)]
        super().__init__(cells, require_all_fields=False, error_messages=lines, **kwargs)

    def compress(self, data_list: list[Any]) -> list[int]:
        """Return the filled lines. Refuses a hole, a length out of bounds, more people for less time."""
        filled = [value for value in data_list if value is not None]
        if not filled or data_list[0] is None:
            raise forms.ValidationError("Donnez la durée pour une personne.")
        if list(data_list[: len(filled)]) != filled:
            raise forms.ValidationError("Remplissez les durées dans l'ordre, sans sauter de ligne.")
        if any(not PAS_MINUTES <= value <= DUREE_MAX for value in filled):
            raise forms.ValidationError(f"Une durée va de {PAS_MINUTES} minutes à {DUREE_MAX // 60} heures.")
        if sorted(filled) != filled:
            raise forms.ValidationError("Recevoir plus de monde ne peut pas prendre moins de temps.")
        return filled


class ChampLignes(forms.CharField):
    """A list, one item a line."""

    widget = forms.Textarea

    def __init__(self, *, lignes_max: int = 30, longueur_max: int = 200, **kwargs: Any) -> None:
        self.lignes_max, self.longueur_max = lignes_max, longueur_max
        super().__init__(required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Write the list one item a line."""
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[str]:
        """Return the lines that say something."""
        text: str = super().clean(value)
        lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
        if len(lines) > self.lignes_max:
            raise forms.ValidationError(f"{self.lignes_max} lignes au plus.")
        if any(len(line) > self.longueur_max for line in lines):
            raise forms.ValidationError(f"Une ligne compte {self.longueur_max} caractères au plus.")
        return lines


class ChampBlocs(forms.CharField):
    """« 9 h – 12 h, 13 h 30 – 17 h » as [(540, 720), (810, 1020)], ordered, disjoint, inside one day."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=200, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Write the blocks as people do."""
        return value if isinstance(value, str) or value is None else show_blocs(value)

    def clean(self, value: Any) -> list[Plage]:
        """Return the blocks. Refuses what is not hours, ends before it starts, overlaps or crosses midnight."""
        text: str = super().clean(value)
        try:
            blocks = parse_plages(text)
        except PlageIllisible as error:
            raise forms.ValidationError(_explain(text) or str(error)) from error
        if not blocks:
            raise forms.ValidationError("Écrivez au moins une plage\u00a0: «\u00a09 h – 12 h\u00a0».")
        if len(blocks) > 8:
            raise forms.ValidationError("Huit plages au plus dans une journée.")
        return blocks


def _explain(text: str) -> str:
    """Say which blocks overlap, or that one passes midnight; nothing when the text is not hours at all."""
    found = [[int(part or 0) for part in match.groups()] for match in _BLOC.finditer(text)]
    try:
        check_blocs(sorted((each[0] * 60 + each[1], each[2] * 60 + each[3]) for each in found))
    except BlocsRefuses as refusal:
        return str(refusal) if found else ""
    return ""


def show_blocs(blocs: Sequence[Sequence[int]]) -> str:
    """Write blocks of minutes as hours: « 9 h – 12 h, 13 h 30 – 17 h »."""
    return show_plages([(int(start), int(end)) for start, end in blocs])


class ChampHeure(forms.CharField):
    """A time of day, typed « 9 h 30 », « 9:30 » or « 9 »: minutes since midnight, 1440 allowed, empty is None."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"placeholder": "9 h 30", "inputmode": "text"}))
        super().__init__(max_length=20, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Write minutes as a time."""
        return show_heure(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        """Return minutes since midnight, or None when nothing was typed."""
        text: str = super().clean(value).replace("\u00a0", " ")
        if not text.strip():
            return None
        found = _HEURE.match(text)
        hours, minutes = (int(part or 0) for part in found.groups()) if found else (99, 99)
        if minutes > 59 or hours * 60 + minutes > 1440:
            raise forms.ValidationError("Écrivez une heure, par exemple «\u00a09 h 30\u00a0».")
        return hours * 60 + minutes


def show_heure(minute: int) -> str:
    """540 → « 9 h », 570 → « 9 h 30 »."""
    hours, rest = divmod(minute, 60)
    return f"{hours}\u00a0h\u00a0{rest:02d}" if rest else f"{hours}\u00a0h"


class ChampJour(forms.DateField):
    """A date within `ANNEES` of today: a year farther than that is a slip of the keyboard."""

    def validate(self, value: date | None) -> None:
        """Refuse a year too far."""
        super().validate(value)
        if value is not None and abs(value.year - timezone.localdate().year) > ANNEES:
            raise forms.ValidationError(f"C'est à plus de {ANNEES}\u00a0ans\u00a0: vérifiez l'année.")


def day_field(label: str, *, required: bool = True, aide: str = "") -> forms.DateField:
    """A date, with the browser's own picker."""
    return ChampJour(
        label=label, required=required, help_text=aide,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Choisissez une date.", "invalid": "Cette date n'est pas lisible."},
    )  # fmt: skip
