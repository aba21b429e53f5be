"""Form of a webhook: its name, where, about what."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from messagerie.webhooks.evenements import evenements
from socle.reseau import URL_MAX, AdresseRefusee, check_url


class FormulaireWebhook(forms.Form):
    """`evenements` are those the floors declared."""

    libelle = forms.CharField(label="Nom", max_length=80, help_text="Le logiciel prévenu\u00a0: « Portail famille ».")
    url = forms.CharField(
        label="Adresse à appeler",
        max_length=URL_MAX,
        help_text="Elle commence par https:// et répond en moins de 10\u00a0s.",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    evenements = forms.MultipleChoiceField(label="Événements", widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(each.code, each.libelle) for each in evenements]
        self.fields["evenements"].choices = choices  # type: ignore[attr-defined]

    def clean_url(self) -> str:
        """Refuse what will never be called; a name is judged again at each call."""
        url = str(self.cleaned_data["url"]).strip()
        try:
            check_url(url)
        except AdresseRefusee as error:
            raise ValidationError(str(error)) from error
        return url
