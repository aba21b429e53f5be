"""The form of a counter, an office or a room."""

from typing import Any

from django import forms

from collectivites.models import Lieu
from rendezvous.forms_offre_qui import list_lieux
from rendezvous.models import Guichet


class FormulaireGuichet(forms.ModelForm[Guichet]):
    """A counter, an office, a room."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Guichet
        fields = ["lieu", "libelle", "is_accessible", "is_active"]
        help_texts = {
            "libelle": "Ce qui est écrit sur la porte\u00a0: «\u00a0Guichet 3\u00a0», «\u00a0Salle 12\u00a0».",
            "is_active": "Hors service, il garde ses rendez-vous et ne reçoit plus de plage.",
        }
        error_messages = {"libelle": {"required": "Un guichet a un nom."}, "lieu": {"required": "Choisissez le lieu."}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lieu: Any = self.fields["lieu"]
        known = Lieu.objects.filter(pk=self.instance.lieu_id) if self.instance.pk else Lieu.objects.none()
        lieu.queryset = (list_lieux() | known).distinct().order_by("nom", "pk")
        lieu.empty_label = "Choisir"
        self.initial["version"] = self.instance.version if self.instance.pk else 0

    def clean(self) -> dict[str, Any]:
        """Two counters of one lieu could not be told apart by the same name."""
        data = super().clean() or self.cleaned_data
        name = " ".join(data.get("libelle", "").split())
        data["libelle"] = name
        twins = Guichet.objects.filter(lieu=data.get("lieu"), libelle__iexact=name).exclude(pk=self.instance.pk)
        if name and data.get("lieu") and twins.exists():
            self.add_error("libelle", f"Ce lieu a déjà un guichet «\u00a0{name}\u00a0».")
        return data
