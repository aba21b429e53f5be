"""Forms of demandes: they clean and say what is wrong in French; actions write."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone

from demandes.models import Demande

CANAUX_SAISIS = [
    (Demande.Canal.GUICHET.value, "Guichet"),
    (Demande.Canal.TELEPHONE.value, "Téléphone"),
    (Demande.Canal.COURRIER.value, "Courrier"),
]


class FormulaireDemande(forms.Form):
    """A demande taken at the counter, on the phone, or from a letter."""

    clef = forms.UUIDField(widget=forms.HiddenInput)
    canal = forms.ChoiceField(label="Reçue par", choices=CANAUX_SAISIS, widget=forms.RadioSelect)
    usager = forms.CharField(required=False, widget=forms.HiddenInput)
    type = forms.ChoiceField(label="Type de demande", required=False)
    objet = forms.CharField(
        label="Objet", max_length=200, error_messages={"required": "Dites en quelques mots ce qui est demandé."}
    )
    description = forms.CharField(label="Description", required=False, widget=forms.Textarea(attrs={"rows": 4}))
    received_at = forms.DateTimeField(
        label="Reçue le",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        error_messages={"invalid": "Cette date n'est pas lisible."},
    )
    mode_reponse = forms.ChoiceField(
        label="Répondre",
        required=False,
        choices=[("", "Selon ses contacts"), *(each for each in Demande.ModeReponse.choices if each[0] != "reseau")],
    )

    def __init__(self, *args: Any, choix_types: list[tuple[str, Any]], now: datetime, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "clef": uuid4(), "canal": Demande.Canal.GUICHET.value, "received_at": timezone.localtime(now)
        } | kwargs.get("initial", {})  # fmt: skip
        super().__init__(*args, **kwargs)
        self.now = now
        self.fields["type"].choices = choix_types  # type: ignore[attr-defined]

    def clean_received_at(self) -> datetime:
        """Now when nothing was typed; never later than now."""
        received: datetime | None = self.cleaned_data["received_at"]
        if received is not None and received > self.now:
            raise forms.ValidationError("La date de réception ne peut pas être dans le futur.")
        return received or self.now


class FormulaireNouvelUsager(forms.Form):
    """A person who was not found: the little that is needed to answer them."""

    prenoms = forms.CharField(label="Prénom", max_length=120, required=False)
    nom = forms.CharField(label="Nom", max_length=120, required=False)
    telephone = forms.CharField(
        label="Téléphone", required=False, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})
    )
    courriel = forms.CharField(
        label="Courriel", required=False, widget=forms.TextInput(attrs={"type": "email", "autocomplete": "off"})
    )

    def clean(self) -> dict[str, Any]:
        """A person has a name or a first name."""
        cleaned = super().clean() or self.cleaned_data
        if not (cleaned.get("nom", "").strip() or cleaned.get("prenoms", "").strip()):
            self.add_error("nom", "Il faut au moins un nom ou un prénom.")
        return cleaned
