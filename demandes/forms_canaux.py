"""Forms of connectors and of calls."""

from typing import Any

from django import forms

from collectivites.models import Service
from demandes.models import Connecteur

TEXTE_MAX = 5_000


class FormulaireConnecteur(forms.Form):
    """A new door: what it brings, its name, the service that answers."""

    libelle = forms.CharField(
        label="Nom",
        max_length=80,
        help_text="Celui du réseau, du partenaire ou du standard\u00a0: «\u00a0Standard\u00a0».",
    )
    genre = forms.ChoiceField(label="Ce qu'il apporte", choices=Connecteur.Genre.choices, widget=forms.RadioSelect)
    service = forms.ModelChoiceField(
        label="Service",
        queryset=Service.objects.none(),
        required=False,
        empty_label="À qualifier",
        help_text="Celui qui reçoit les demandes de ce connecteur.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        services = self.fields["service"]
        services.queryset = Service.objects.filter(is_active=True).order_by("nom")  # type: ignore[attr-defined]


class FormulaireEssai(forms.Form):
    """A message to try, exactly as the program would post it."""

    message = forms.CharField(
        label="Message d'essai (JSON)",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 9, "spellcheck": "false", "autocomplete": "off"}),
        help_text="Guichet le lit sans rien enregistrer et dit ce qu'il en ferait.",
    )


class FormulaireAppel(forms.Form):
    """What was said on the phone, and the demande it belongs to."""

    demande = forms.ChoiceField(label="Ajouter à", widget=forms.RadioSelect)
    texte = forms.CharField(
        label="Ce qui s'est dit",
        max_length=TEXTE_MAX,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="La durée de l'appel est ajoutée toute seule.",
    )

    def __init__(self, *args: Any, choix: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["demande"].choices = choix  # type: ignore[attr-defined]
        if len(choix) == 1:
            self.fields["demande"].initial = choix[0][0]
