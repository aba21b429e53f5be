"""Forms of demandes: they clean and say what is wrong in French; actions write."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone

from collectivites.models import Service
from demandes.models import Demande, Thematique, TypeDemande

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
        choices=[("", "Selon ses contacts"), *Demande.ModeReponse.choices],
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


class FormulaireType(forms.ModelForm[TypeDemande]):
    """A kind of demande."""

    thematique = forms.CharField(
        label="Thématique",
        max_length=80,
        help_text="Les types sont groupés par thématique\u00a0: «\u00a0Signaler un problème\u00a0».",
        error_messages={"required": "Un type est rangé dans une thématique."},
    )

    class Meta:
        model = TypeDemande
        fields = ["libelle", "thematique", "domaine", "service", "engagement_jours"]
        help_texts = {
            "libelle": "Ce que l'agent choisit\u00a0: «\u00a0Éclairage\u00a0», «\u00a0Acte de naissance\u00a0».",
            "domaine": "Action sociale et sécurité sont cloisonnées\u00a0: seuls leurs agents lisent le contenu.",
            "service": "Celui qui reçoit la demande. Sans service, elle attend d'être qualifiée.",
            "engagement_jours": "Annoncé à l'usager dans l'accusé d'enregistrement.",
        }
        error_messages = {
            "libelle": {"required": "Un type a un libellé.", "unique": "Un type porte déjà ce libellé."},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["thematique"] = self.instance.thematique.libelle
        service: Any = self.fields["service"]
        service.queryset = Service.objects.filter(is_active=True).order_by("nom", "pk")
        service.empty_label = "Aucun\u00a0: à qualifier"

    def clean_libelle(self) -> str:
        """One spelling of each label, whatever the case."""
        libelle = " ".join(self.cleaned_data["libelle"].split())
        twins = TypeDemande.objects.filter(libelle__iexact=libelle).exclude(pk=self.instance.pk)
        if twins.exists():
            raise forms.ValidationError("Un type porte déjà ce libellé.")
        return libelle

    def clean_thematique(self) -> Thematique:
        """The subject of that name, new or known."""
        return Thematique.objects.named(self.cleaned_data["thematique"])

    def clean_engagement_jours(self) -> int:
        """Between a day and a year."""
        days: int = self.cleaned_data["engagement_jours"]
        if not 1 <= days <= 365:
            raise forms.ValidationError("L'engagement va de 1 à 365 jours ouvrés.")
        return days
