"""Forms of the pages without account: tracking, opinions, satisfaction."""

from typing import Any
from uuid import uuid4

from django import forms

from socle.texte import clean

TEXTE_MAX = 10_000
OUI_NON = [("oui", "Oui"), ("non", "Non")]


class Texte(forms.CharField):
    """Free text that PostgreSQL can store."""

    def to_python(self, value: Any) -> Any:
        """Return the text cleaned."""
        return clean(super().to_python(value) or "").strip()


class FormulaireSuivi(forms.Form):
    """What opens the page of a demande."""

    use_required_attribute = False

    code = Texte(
        label="Code de suivi", max_length=20, help_text="Huit lettres et chiffres, par exemple QZ4K-8TTM.",
        error_messages={"required": "Écrivez le code reçu avec l'accusé."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip
    qui = Texte(
        label="Votre nom ou votre courriel", max_length=200, help_text="Ceux que vous nous avez donnés.",
        error_messages={"required": "Écrivez votre nom de famille, ou votre adresse de courriel."},
        widget=forms.TextInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip


class FormulaireMessage(forms.Form):
    """What the usager adds to their demande."""

    use_required_attribute = False

    clef = forms.UUIDField(widget=forms.HiddenInput)
    texte = Texte(
        label="Votre message", max_length=TEXTE_MAX, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"clef": uuid4()} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)


class FormulaireReponseAvis(forms.Form):
    """What a third party answers."""

    use_required_attribute = False

    favorable = forms.ChoiceField(
        label="Votre avis", choices=[("oui", "Favorable"), ("non", "Défavorable"), ("", "Sans avis")], required=False,
        widget=forms.RadioSelect, initial="oui",
    )  # fmt: skip
    texte = Texte(
        label="Vos observations", max_length=TEXTE_MAX, widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Écrivez quelques mots, même courts."},
    )  # fmt: skip

    @property
    def is_favorable(self) -> bool | None:
        """The answer: yes, no, or neither."""
        return {"oui": True, "non": False}.get(self.cleaned_data["favorable"])


class FormulaireSatisfaction(forms.Form):
    """One question, one remark, and whether it is settled."""

    use_required_attribute = False

    note = forms.TypedChoiceField(
        label="Êtes-vous satisfait de la réponse\u00a0?", coerce=int, empty_value=None, widget=forms.RadioSelect,
        choices=[(note, str(note)) for note in range(11)], help_text="De 0, pas du tout, à 10, tout à fait.",
        error_messages={"required": "Choisissez une note de 0 à 10."},
    )  # fmt: skip
    regle = forms.ChoiceField(
        label="Votre demande est-elle réglée\u00a0?", choices=[("oui", "Oui"), ("non", "Non, toujours pas")],
        required=False, widget=forms.RadioSelect,
        help_text="Si vous répondez non, nous reprenons votre demande.",
    )  # fmt: skip
    commentaire = Texte(
        label="Voulez-vous ajouter quelque chose\u00a0?", max_length=TEXTE_MAX, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip

    @property
    def is_regle(self) -> bool | None:
        """Settled, not settled, or not said."""
        return {"oui": True, "non": False}.get(self.cleaned_data["regle"])
