"""The form of a mailbox."""

from typing import Any

from django import forms

from collectivites.models import Service
from demandes.models import Boite


class FormulaireBoite(forms.ModelForm[Boite]):
    """Address, service, and the way to collect it by IMAP. The password is written, never shown again."""

    secret = forms.CharField(
        label="Mot de passe IMAP",
        required=False,
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Chiffré dans la base, jamais réaffiché. Laissez vide pour garder celui qui est enregistré.",
    )

    class Meta:
        model = Boite
        fields = [
            "adresse",
            "nom_affiche",
            "service",
            "is_active",
            "imap_hote",
            "imap_port",
            "imap_securite",
            "imap_compte",
            "imap_dossier",
            "imap_dossier_traite",
        ]
        help_texts = {
            "service": "Vide\u00a0: boîte générale, les demandes arrivent «\u00a0à qualifier\u00a0».",
            "imap_hote": "Vide\u00a0: cette boîte n'est pas relevée, le courrier lui est apporté par votre serveur.",
            "imap_compte": "Vide\u00a0: l'adresse de la boîte.",
            "imap_dossier_traite": "Un message y est rangé une fois gardé dans Guichet\u00a0; créé s'il n'existe pas.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"].queryset = Service.objects.filter(is_active=True).order_by("nom")  # type: ignore[attr-defined]
        self.fields["service"].empty_label = "Boîte générale"  # type: ignore[attr-defined]
        for nom in ("imap_dossier", "imap_dossier_traite", "imap_port"):
            self.fields[nom].required = False

    def clean_imap_port(self) -> int:
        """Return a port a server may listen on."""
        port = self.cleaned_data["imap_port"] or 993
        if not 0 < port < 65_536:
            raise forms.ValidationError("Un port est un nombre de 1 à 65 535.")
        return int(port)

    def clean_imap_dossier(self) -> str:
        """Return the folder, the inbox by default."""
        return self.cleaned_data["imap_dossier"] or "INBOX"

    def clean_imap_dossier_traite(self) -> str:
        """Return where collected messages go."""
        return self.cleaned_data["imap_dossier_traite"] or "Traités"

    def clean(self) -> dict[str, Any]:
        """Refuse a collection without password, or into the folder it empties."""
        data = super().clean() or self.cleaned_data
        if data.get("imap_hote") and not (data.get("secret") or self.instance.imap_secret):
            self.add_error("secret", "Donnez le mot de passe de cette boîte.")
        if data.get("imap_hote") and data.get("imap_dossier") == data.get("imap_dossier_traite"):
            self.add_error("imap_dossier_traite", "Choisissez un autre dossier que celui qui est relevé.")
        return data
