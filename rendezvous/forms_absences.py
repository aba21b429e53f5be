"""Forms of absences: who is away and when; why, and whether usagers are told."""

from collections.abc import Sequence
from datetime import time
from typing import Any
from uuid import uuid4

from django import forms

from collectivites.models import Lieu
from rendezvous.models import Ressource

JOURS_MAX = 92
RAISON_MAX = 300


class FormulaireAbsence(forms.Form):
    """Who or which lieu, from which day to which, perhaps some hours only."""

    use_required_attribute = False

    ressource = forms.ModelChoiceField(
        Ressource.objects.none(), label="Qui est absent", required=False, empty_label="Tout le monde"
    )
    lieu = forms.ModelChoiceField(Lieu.objects.none(), label="Où", required=False, empty_label="Partout")
    du = forms.DateField(
        label="Du", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Choisissez le premier jour.", "invalid": "Ce jour n'est pas lisible."},
    )  # fmt: skip
    au = forms.DateField(
        label="Au", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Ce jour n'est pas lisible."},
    )  # fmt: skip
    de = forms.TimeField(
        label="De", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": "Cette heure n'est pas lisible."},
    )  # fmt: skip
    a = forms.TimeField(
        label="À", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": "Cette heure n'est pas lisible."},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["ressource"].queryset = Ressource.objects.order_by("nom", "pk")
        fields["lieu"].queryset = Lieu.objects.filter(is_active=True).order_by("nom", "pk")

    def clean(self) -> dict[str, Any]:
        """Days and hours in order; at least somebody or somewhere."""
        cleaned = super().clean() or self.cleaned_data
        du, au, de, a = (cleaned.get(name) for name in ("du", "au", "de", "a"))
        if not cleaned.get("ressource") and not cleaned.get("lieu") and not self.errors:
            self.add_error("ressource", "Choisissez qui est absent, ou quel lieu est fermé.")
        if du and au and au < du:
            self.add_error("au", "Le dernier jour vient avant le premier.")
        elif du and au and (au - du).days > JOURS_MAX:
            self.add_error("au", f"Une absence se traite par {JOURS_MAX}\u00a0jours au plus.")
        if de and a and a <= de:
            self.add_error("a", "La fin vient avant le début.")
        return cleaned

    @staticmethod
    def count_minutes(hour: time | None, default: int) -> int:
        """Return the minute of the day."""
        return default if hour is None else hour.hour * 60 + hour.minute


class FormulaireLot(forms.Form):
    """What is said to usagers, to whom appointments are entrusted."""

    use_required_attribute = False

    clef = forms.UUIDField(widget=forms.HiddenInput)
    ressource_vers = forms.ModelChoiceField(
        Ressource.objects.none(), label="Confier à", empty_label="Choisir",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choisissez à qui les confier."),
    )  # fmt: skip
    raison = forms.CharField(
        label="Raison, écrite aux usagers", max_length=RAISON_MAX,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "L'agent qui devait vous recevoir est absent."}),
        error_messages={
            "required": "Écrivez la raison : les usagers la liront.",
            "max_length": f"La raison tient en {RAISON_MAX} signes.",
        },
    )  # fmt: skip
    prevenir = forms.BooleanField(label="Prévenir les usagers par courriel ou SMS", required=False)

    def __init__(self, *args: Any, geste: str, ressources: Sequence[Ressource], **kwargs: Any) -> None:
        kwargs["initial"] = {"clef": uuid4(), "prevenir": True} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["ressource_vers"].queryset = Ressource.objects.filter(pk__in=[each.pk for each in ressources]).order_by(
            "nom"
        )
        if geste != "confier":
            del self.fields["ressource_vers"]
        if geste != "annuler":
            del self.fields["raison"]
