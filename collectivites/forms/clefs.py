"""Form of a program's key."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django import forms

from collectivites.clefs import PORTEES
from collectivites.domaines import RESERVES, Domaine

DUREE_PAR_DEFAUT = timedelta(days=365)
DUREE_MAX = timedelta(days=2 * 365)


class FormulaireClef(forms.Form):
    """What a key may do, until when. `today` is the local date of the collectivité."""

    saisie = forms.UUIDField(widget=forms.HiddenInput)
    nom = forms.CharField(
        label="Logiciel",
        max_length=80,
        help_text="Qui s'en sert, par exemple «\u00a0Portail des familles\u00a0». Ce nom paraît au journal.",
    )
    portees = forms.MultipleChoiceField(
        label="Ce que la clef permet", choices=list(PORTEES.items()), widget=forms.CheckboxSelectMultiple
    )
    domaines = forms.MultipleChoiceField(
        label="Domaines réservés",
        choices=[(domaine, Domaine(domaine).label) for domaine in sorted(RESERVES)],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Ces demandes restent invisibles pour la clef, sauf si vous cochez leur domaine.",
    )
    expire_on = forms.DateField(
        label="Dernier jour de validité",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Deux ans au plus.",
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        kwargs["initial"] = {"saisie": uuid4(), "expire_on": today + DUREE_PAR_DEFAUT}
        super().__init__(*args, **kwargs)

    def clean_expire_on(self) -> date:
        """Refuse a past day and a key for ever."""
        day: date = self.cleaned_data["expire_on"]
        if day < self.today:
            raise forms.ValidationError("Cette date est passée.")
        if day > self.today + DUREE_MAX:
            raise forms.ValidationError("Deux ans au plus\u00a0: choisissez une date plus proche.")
        return day


def end_of_day(day: date, fuseau: str) -> datetime:
    """Return the instant at which `day` ends in this zone."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=ZoneInfo(fuseau))
