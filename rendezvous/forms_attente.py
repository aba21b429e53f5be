"""What is asked of who waits without an appointment: where to write, until which day."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from citoyens.contacts import ContactIllisible, read_contact
from citoyens.models import PointContact
from collectivites.models import Lieu
from demandes.forms_usager import Texte
from messagerie.textes import COURRIEL, SMS
from rendezvous.en_ligne.choix import Choix
from rendezvous.forms_usager import PARTOUT, SANS_CONTACT
from socle.ecriture import write_jour

Nature = PointContact.Nature


class FormulaireAttente(forms.Form):
    """An e-mail or a mobile, one lieu or any, a last day. `premier`: the first day free now, if there is one."""

    use_required_attribute = False

    courriel = Texte(
        label="Courriel", max_length=254, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "email", "type": "email", "inputmode": "email"}),
    )  # fmt: skip
    telephone = Texte(
        label="Téléphone mobile", max_length=20, required=False,
        help_text="Pour être prévenu par SMS, si vous n'avez pas de courriel.",
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )  # fmt: skip

    def __init__(
        self, *args: Any, lieux: Sequence[Lieu], today: date, limite: date, premier: date | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.limite, self.premier = today, limite, premier
        if lieux:
            self.fields["lieu"] = forms.TypedChoiceField(
                label="Où pouvez-vous venir\u00a0?", coerce=int, empty_value=None, widget=forms.RadioSelect,
                choices=[(PARTOUT, "Peu importe"), *((each.pk, each.nom) for each in lieux)],
            )  # fmt: skip
            self.initial.setdefault("lieu", PARTOUT)
        last = f"Vide\u00a0: jusqu'au {write_jour(limite)}."
        self.fields["jusqu_on"] = forms.DateField(
            label="Au plus tard le", required=premier is not None,
            help_text="Avant la première date libre." if premier else last,
            widget=forms.DateInput(attrs={"type": "date", "min": today.isoformat(), "max": limite.isoformat()}),
            error_messages={"required": "Écrivez une date avant le premier créneau libre.",
                            "invalid": "Écrivez une date, par exemple 24/11/2026."},
        )  # fmt: skip

    def clean_courriel(self) -> str:
        """Return the address in its normal form."""
        typed: str = self.cleaned_data["courriel"]
        return _read(Nature.COURRIEL, typed) if typed else ""

    def clean_telephone(self) -> str:
        """Return a mobile in E.164."""
        typed: str = self.cleaned_data["telephone"]
        return _read(Nature.MOBILE, typed) if typed else ""

    def clean_jusqu_on(self) -> date:
        """A day to come, before what is free already, within what the town keeps."""
        last: date | None = self.cleaned_data["jusqu_on"]
        if last is None:
            return self.limite
        if last < self.today:
            raise forms.ValidationError("Cette date est passée.")
        if self.premier is not None and last >= self.premier:
            raise forms.ValidationError(
                f"Un créneau est déjà libre {write_jour(self.premier)}\u00a0: prenez-le, ou écrivez une date avant."
            )
        return min(last, self.limite)

    def clean(self) -> dict[str, Any]:
        """One address at least."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors.keys() & {"courriel", "telephone"} and not (
            cleaned.get("courriel") or cleaned.get("telephone")
        ):
            self.add_error("courriel", SANS_CONTACT)
        return cleaned

    @property
    def voie(self) -> tuple[str, str]:
        """The channel and the address: an e-mail when one was given, it costs nothing."""
        said = self.cleaned_data
        return (COURRIEL, said["courriel"]) if said["courriel"] else (SMS, said["telephone"])

    def complete(self, choix: Choix) -> Choix:
        """Return what is waited for, the lieu chosen here."""
        if "lieu" not in self.fields:
            return choix
        return Choix(
            choix.motif_id, choix.personnes, self.cleaned_data["lieu"] or None, choix.zone_id, choix.is_invite
        )


def _read(nature: str, typed: str) -> str:
    try:
        found = read_contact(nature, typed)
    except ContactIllisible as error:
        raise forms.ValidationError(str(error)) from error
    if found.nature != nature:
        raise forms.ValidationError("Ce numéro n'est pas un mobile\u00a0: il ne reçoit pas de SMS.")
    return found.normalisee
