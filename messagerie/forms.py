"""Forms of the settings: the texts, the SMS account, the test message."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from messagerie.destinataires import MessageRefuse, normalise_destinataire
from messagerie.fournisseurs import SMS
from messagerie.models import CompteSms, Envoi
from messagerie.textes import (
    Occasion,
    Texte,
    TexteInterdit,
    VariableInconnue,
    VariableObligatoire,
    check_obligatoires,
    check_texte,
)

_NOM = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 .-]{3,11}")


class FormulaireTexte(forms.Form):
    """Subject (e-mails) and body of one occasion on one channel."""

    objet = forms.CharField(label="Objet", max_length=200)
    corps = forms.CharField(label="Texte", max_length=10_000, widget=forms.Textarea(attrs={"rows": 14}))

    def __init__(self, *args: Any, occasion: Occasion, canal: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.occasion, self.canal = occasion, canal
        if canal == Envoi.Canal.SMS:
            del self.fields["objet"]
            self.fields["corps"].widget.attrs |= {
                "rows": 5,
                "data-guichet-compteur-sms": True,
                "aria-describedby": "compte-sms",
            }

    def clean_objet(self) -> str:
        """Refuse an unknown variable where it stands."""
        return self._check(Texte(corps="", objet=self.cleaned_data["objet"]), self.cleaned_data["objet"])

    def clean_corps(self) -> str:
        """Same, and refuse to drop what the law wants."""
        texte = Texte(corps=self.cleaned_data["corps"])
        self._check(texte, texte.corps)
        try:
            check_obligatoires(self.occasion, self.canal, texte)
        except (VariableObligatoire, TexteInterdit) as error:
            raise ValidationError(str(error)) from error
        return texte.corps

    def _check(self, texte: Texte, value: str) -> str:
        try:
            check_texte(self.occasion, texte)
        except VariableInconnue as error:
            raise ValidationError(str(error)) from error
        return value

    @property
    def texte(self) -> Texte:
        """The text, once valid."""
        corps = self.cleaned_data["corps"].replace("\r\n", "\n")
        return Texte(corps=corps, objet=self.cleaned_data.get("objet", ""))


class FormulaireCompte(forms.Form):
    """The provider, the name on the telephones, and secrets that are never shown again."""

    fournisseur = forms.ChoiceField(label="Fournisseur")
    expediteur = forms.CharField(
        label="Nom affiché sur les téléphones",
        required=False,
        help_text="De 3 à 11 lettres sans accent, chiffres, espaces, points ou tirets. "
        "Vide\u00a0: un numéro, auquel on peut répondre.",
    )
    is_economique = forms.BooleanField(
        label="Remplacer les accents qui coûtent un SMS de plus (ê, ç, œ…)", required=False
    )
    is_active = forms.BooleanField(label="Envoyer des SMS", required=False)

    def __init__(self, *args: Any, compte: CompteSms | None, connus: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = {name: label for name, (label, _, _) in SMS.items() if name != "demo" or settings.PASSERELLE_URL}
        self.fields["fournisseur"].choices = list(offered.items())  # type: ignore[attr-defined]
        for provider in offered:
            known = connus if compte and compte.fournisseur == provider else {}
            for name, label in SMS[provider][1].items():
                self.fields[f"{provider}_{name}"] = _secret_field(label, is_known=bool(known.get(name)))
        self.use_required_attribute = False  # the browser can't know which provider is chosen
        if self.is_bound:
            self._release_other_providers()

    def _release_other_providers(self) -> None:
        """Ask for nothing of the providers that were not chosen."""
        kept = f"{self.data.get('fournisseur')}_"
        for name, field in self.fields.items():
            if isinstance(field.widget, forms.PasswordInput):
                field.required = field.required and name.startswith(kept)

    def clean_expediteur(self) -> str:
        """The rule of GSM networks for an alphanumeric sender."""
        name = str(self.cleaned_data["expediteur"]).strip()
        if name and not _NOM.fullmatch(name):
            raise ValidationError("De 3 à 11 caractères sans accent, dont une lettre au moins\u00a0: « AURELLE ».")
        return name

    def read_identifiants(self) -> dict[str, str]:
        """The credentials typed for the provider chosen."""
        provider = self.cleaned_data["fournisseur"]
        return {name: self.cleaned_data[f"{provider}_{name}"].strip() for name in SMS[provider][1]}


def _secret_field(label: str, *, is_known: bool) -> forms.CharField:
    hint = "Enregistré. Laissez vide pour le garder." if is_known else ""
    widget = forms.PasswordInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, required=not is_known, max_length=200, help_text=hint, widget=widget)


class FormulaireEssai(forms.Form):
    """A number to write to, to see whether it works."""

    clef = forms.UUIDField(widget=forms.HiddenInput)
    numero = forms.CharField(
        label="Numéro de mobile", widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
    )

    def clean_numero(self) -> str:
        """A mobile."""
        try:
            return normalise_destinataire(Envoi.Canal.SMS, self.cleaned_data["numero"])
        except MessageRefuse as error:
            raise ValidationError(str(error)) from error
