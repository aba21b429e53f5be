"""Forms of districts and of blocked senders."""

from datetime import date, timedelta
from typing import Any

from django import forms

from collectivites.models import Service
from demandes.automates.zones import VoieIllisible, read_voies
from demandes.blocages import write_adresse
from demandes.models import Zone
from socle.telephone import NumeroIllisible, parse_numero

BLOCAGE_MAX = 366  # days: a block is reviewed within the year


class FormulaireZone(forms.ModelForm[Zone]):
    """A district: its name, its streets, the service that works there."""

    class Meta:
        model = Zone
        fields = ["libelle", "service", "voies"]
        widgets = {"voies": forms.Textarea(attrs={"rows": 14, "spellcheck": "false"})}
        help_texts = {
            "service": "Celui à qui le geste «\u00a0Affecter au service de la zone\u00a0» donne la demande.",
            "voies": "«\u00a0rue des Lilas\u00a0», ou une partie seulement\u00a0: "
            "«\u00a0avenue de la Gare\u00a0: 2-98 pairs\u00a0».",
        }
        error_messages = {"libelle": {"required": "Une zone a un nom."}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        service: Any = self.fields["service"]
        service.queryset = Service.objects.filter(is_active=True).order_by("nom", "pk")
        service.empty_label = "Aucun"

    def clean_libelle(self) -> str:
        """One spelling of each name."""
        libelle = " ".join(self.cleaned_data["libelle"].split())
        if Zone.objects.filter(libelle__iexact=libelle).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("Une zone porte déjà ce nom.")
        return libelle

    def clean_voies(self) -> str:
        """Each line is a street, or a part of one."""
        lines = [" ".join(each.split()) for each in self.cleaned_data["voies"].splitlines()]
        text = "\n".join(dict.fromkeys(each for each in lines if each))
        try:
            read_voies(text)
        except VoieIllisible as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return text


class FormulaireBlocage(forms.Form):
    """Who is blocked, why, until when."""

    adresse = forms.CharField(
        label="Adresse électronique ou numéro", max_length=320,
        error_messages={"required": "Donnez l'adresse ou le numéro à bloquer."},
    )  # fmt: skip
    motif = forms.CharField(
        label="Motif", max_length=300,
        help_text="Des faits\u00a0: nombre, répétition, propos. La décision peut être contestée.",
        error_messages={"required": "Dites pourquoi cet expéditeur est bloqué."},
    )  # fmt: skip
    expire_on = forms.DateField(
        label="Jusqu'au", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Un blocage a une fin.", "invalid": "Cette date n'est pas lisible."},
    )  # fmt: skip
    is_told = forms.BooleanField(
        label="Prévenir l'expéditeur par courriel", required=False, initial=True,
        help_text="La loi le demande quand c'est possible (CRPA, article L112-11).",
    )  # fmt: skip

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"expire_on": today + timedelta(days=90)} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_adresse(self) -> str:
        """An e-mail address or a telephone number, in its one spelling."""
        text = "".join(self.cleaned_data["adresse"].split())
        if "@" in text:
            forms.EmailField(error_messages={"invalid": "Cette adresse n'est pas lisible."}).clean(text)
            return write_adresse(text)
        try:
            return parse_numero(text)
        except NumeroIllisible as refusal:
            raise forms.ValidationError("Ni une adresse ni un numéro lisible.") from refusal

    def clean_expire_on(self) -> date:
        """From today to a year."""
        day: date = self.cleaned_data["expire_on"]
        if not self.today <= day <= self.today + timedelta(days=BLOCAGE_MAX):
            raise forms.ValidationError("Un blocage va d'aujourd'hui à un an.")
        return day
