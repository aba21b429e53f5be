"""The filter of the journal."""

from typing import Any

from django import forms

from journal.lignes import Filtre
from journal.phrases import list_verbes

DATE = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class FormulaireFiltre(forms.Form):
    """Everything is optional; a value that makes no sense is said, and the journal is not shown for it."""

    quoi = forms.ChoiceField(
        label="Montrer", required=False, choices=[("actions", "Les actions"), ("lectures", "Les lectures de fiches")]
    )
    agent = forms.TypedChoiceField(label="Agent", required=False, coerce=int, empty_value=None)
    verbe = forms.ChoiceField(label="Action", required=False)
    objet = forms.CharField(
        label="N° de demande", required=False, max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    usager = forms.IntegerField(
        label="N° d'usager",
        required=False,
        min_value=1,
        max_value=2**62,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    du = forms.DateField(label="Du", required=False, widget=DATE)
    au = forms.DateField(label="Au", required=False, widget=DATE)

    def __init__(self, *args: Any, agents: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agent"].choices = [("", "Tous"), *agents]  # type: ignore[attr-defined]
        verbes = [(verbe, describe_verbe(verbe)) for verbe in list_verbes()]
        self.fields["verbe"].choices = [("", "Toutes"), *verbes]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A period has a beginning before its end."""
        typed = super().clean() or self.cleaned_data
        if typed.get("du") and typed.get("au") and typed["du"] > typed["au"]:
            self.add_error("au", "La fin est avant le début.")
        return typed

    def filter(self) -> Filtre:
        """What was asked, all of it optional."""
        typed = self.cleaned_data
        return Filtre(
            quoi=typed["quoi"] or "actions",
            agent_id=typed["agent"],
            verbe=typed["verbe"],
            usager_id=typed["usager"],
            objet=typed["objet"].strip().upper(),
            du=typed["du"],
            au=typed["au"],
        )


def describe_verbe(verbe: str) -> str:
    """« demande · close »: the verb in the list of choices, readable as it stands."""
    return verbe.replace(".", " · ").replace("_", " ") if verbe else ""
