"""Forms of agents: identity once, roles and services in this town."""

from typing import Any

from django import forms

from collectivites.models import Rattachement, Service, ServiceRattachement
from collectivites.permissions import Role

AIDE_ROLES = (
    "Accueil et instructeur traitent les demandes\u00a0; superviseur relance les envois et lit le journal\u00a0; "
    "administrateur règle Guichet sans lire les dossiers."
)


class FormulaireDroits(forms.Form):
    """Roles, services and quality of an agent in this collectivité."""

    roles = forms.MultipleChoiceField(
        label="Rôles", choices=Role.choices, widget=forms.CheckboxSelectMultiple, help_text=AIDE_ROLES
    )
    services = forms.ModelMultipleChoiceField(
        label="Services",
        queryset=Service.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Ses demandes, et le contenu réservé de ces services.",
    )
    fonction = forms.CharField(
        label="Fonction",
        max_length=80,
        required=False,
        help_text="Elle signe les réponses et les lettres, avec le prénom et le nom (CRPA L111-2).",
    )
    poste = forms.CharField(
        label="Poste téléphonique",
        max_length=20,
        required=False,
        help_text="Ajouté au téléphone du service, sur ses lettres.",
    )
    is_active = forms.BooleanField(
        label="Accès ouvert", required=False, initial=True, help_text="Décochez au départ de l'agent."
    )

    def __init__(self, *args: Any, rattachement: Rattachement | None = None, **kwargs: Any) -> None:
        if rattachement is not None:
            mine = ServiceRattachement.objects.filter(rattachement=rattachement).values_list("service_id", flat=True)
            kwargs["initial"] = {
                "roles": rattachement.roles,
                "services": list(mine),
                "fonction": rattachement.fonction,
                "poste": rattachement.poste,
                "is_active": rattachement.is_active,
            }
        super().__init__(*args, **kwargs)
        services = self.fields["services"]
        services.queryset = Service.objects.filter(is_active=True).order_by("nom", "pk")  # type: ignore[attr-defined]


class FormulaireNouvelAgent(FormulaireDroits):
    """A new agent of this town; the invitation leaves by e-mail."""

    prenom = forms.CharField(label="Prénom", max_length=80)
    nom = forms.CharField(label="Nom", max_length=80)
    email = forms.EmailField(
        label="Adresse électronique professionnelle",
        help_text="Elle reçoit l'invitation et sert d'identifiant.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    field_order = ["prenom", "nom", "email", "fonction", "poste", "roles", "services"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["is_active"]

    def clean_email(self) -> str:
        """One spelling of each address."""
        email: str = self.cleaned_data["email"]
        return email.lower()
