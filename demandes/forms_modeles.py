"""The form of a reply template."""

from typing import Any

from django import forms

from collectivites.models import Service
from demandes.modeles_reponse import ModeleRefuse, check_corps
from demandes.models import ModeleReponse, TypeDemande
from messagerie.textes import VariableInconnue


class FormulaireModele(forms.ModelForm[ModeleReponse]):
    """Title, shortcut, text; for one type, one service, or everything."""

    class Meta:
        model = ModeleReponse
        fields = ["titre", "raccourci", "corps", "type", "service", "is_active"]
        help_texts = {
            "raccourci": "Lettres, chiffres et tirets\u00a0: l'agent écrit «\u00a0::raccourci\u00a0» dans sa réponse.",
            "corps": "Les variables sont à droite\u00a0; ce qui manque reste «\u00a0à compléter\u00a0».",
            "type": "Proposé en premier pour ce type, et pour lui seul.",
            "service": "Proposé aux demandes de ce service, et à elles seules.",
        }
        labels = {"is_active": "Proposé aux agents"}
        error_messages = {
            "titre": {"required": "Donnez un titre."},
            "raccourci": {"required": "Donnez un raccourci.", "invalid": "Lettres sans accent, chiffres et tirets."},
            "corps": {"required": "Écrivez le texte."},
        }
        widgets = {"corps": forms.Textarea(attrs={"rows": 12})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        type_: Any = self.fields["type"]
        type_.queryset = TypeDemande.objects.filter(is_active=True).order_by("libelle", "pk")
        type_.empty_label = "Tous les types"
        service: Any = self.fields["service"]
        service.queryset = Service.objects.filter(is_active=True).order_by("nom", "pk")
        service.empty_label = "Tous les services"

    def clean_raccourci(self) -> str:
        """One owner of each shortcut, in lower case."""
        shortcut: str = self.cleaned_data["raccourci"].lower()
        if ModeleReponse.objects.filter(raccourci=shortcut).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(f"Le raccourci «\u00a0::{shortcut}\u00a0» est déjà pris.")
        return shortcut

    def clean_corps(self) -> str:
        """Only variables that exist; nothing the law forbids to ask."""
        corps: str = self.cleaned_data["corps"]
        try:
            check_corps(corps)
        except (VariableInconnue, ModeleRefuse) as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return corps
