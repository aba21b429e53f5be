"""The forms of letters received."""

from datetime import date
from typing import Any

from django import forms

from collectivites.models import Service
from demandes.arrivees.actions import Identite
from demandes.models import CourrierArrivee, TypeDemande


class FormulaireCourrier(forms.Form):
    """What is written on the letter and its envelope, and where it goes."""

    date_arrivee = forms.DateField(
        label="Arrivé le", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    nature = forms.ChoiceField(label="Nature", choices=CourrierArrivee.Nature.choices)
    numero_recommande = forms.CharField(label="N° de recommandé", max_length=40, required=False)
    expediteur = forms.CharField(label="Expéditeur", max_length=200, required=False)
    objet = forms.CharField(label="Objet", max_length=200, required=False)
    date_courrier = forms.DateField(
        label="Date du courrier", required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    date_cachet = forms.DateField(
        label="Cachet de la poste",
        required=False,
        help_text="Il fait foi pour les délais de l'usager (article L112-1 du CRPA).",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    service = forms.ModelChoiceField(
        label="Service", queryset=Service.objects.none(), required=False, empty_label="Celui du type, ou à qualifier"
    )
    type = forms.ModelChoiceField(
        label="Type de demande",
        queryset=TypeDemande.objects.none(),
        required=False,
        empty_label="À qualifier plus tard",
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["date_arrivee"].initial = today
        service: Any = self.fields["service"]
        service.queryset = Service.objects.filter(is_active=True).order_by("nom", "pk")
        type_: Any = self.fields["type"]
        type_.queryset = TypeDemande.objects.filter(is_active=True).order_by("libelle", "pk")

    @property
    def identite(self) -> Identite:
        """What was read on the paper."""
        said = self.cleaned_data
        return Identite(
            date_arrivee=said["date_arrivee"], nature=said["nature"], expediteur=said["expediteur"],
            objet=said["objet"], date_courrier=said["date_courrier"], date_cachet=said["date_cachet"],
            numero_recommande=said["numero_recommande"],
        )  # fmt: skip
