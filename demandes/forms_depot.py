"""What a form on the web asks of whoever files it, by kind (CRPA R112-9-1), and the guards against robots.

A person gives name, first name, postal and e-mail addresses, never a phone if they have rather not; an association its
RNA number, a company its SIREN or SIRET.
"""

import re
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import uuid4

from django import forms
from django.core import signing

from citoyens.contacts import ContactIllisible, read_contact
from citoyens.identites import is_siret
from citoyens.models import PointContact
from socle.texte import clean

SEL_DEPART = "demandes.depot.depart"
TROP_VITE = timedelta(seconds=3)  # nobody reads a form and fills it in less
TROP_VIEUX = timedelta(hours=24)
_RNA = re.compile(r"W[0-9A-Z]\d{8}")
_ESPACES = re.compile(r"[\s\u00a0\u202f.-]+")


def is_siren(siren: str) -> bool:
    """True for 9 digits that obey Luhn's rule."""
    if not (len(siren) == 9 and siren.isascii() and siren.isdigit()):
        return False
    doubled = [int(digit) * (1 + rank % 2) for rank, digit in enumerate(siren)]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


class _Texte(forms.CharField):
    def to_python(self, value: Any) -> Any:
        return " ".join(clean(super().to_python(value) or "").split())


def _texte(label: str, jeton: str, *, requis: str = "", aide: str = "", longueur: int = 120, **attrs: str) -> _Texte:
    return _Texte(
        label=label, required=bool(requis), max_length=longueur, help_text=aide,
        error_messages={"required": requis}, widget=forms.TextInput(attrs={"autocomplete": jeton} | attrs),
    )  # fmt: skip


class _FormulaireDepositaire(forms.Form):
    """What every kind gives: where the acknowledgement goes."""

    use_required_attribute = False

    def clean_courriel(self) -> str:
        """Return an address the acknowledgement can go to."""
        return _read(PointContact.Nature.COURRIEL, self.cleaned_data["courriel"])

    def clean_telephone(self) -> str:
        """Return a phone, or nothing: it is never required."""
        typed: str = self.cleaned_data["telephone"]
        return _read(PointContact.Nature.MOBILE, typed) if typed else ""

    def clean_adresse(self) -> str:
        """Return an address with at least a letter or a figure."""
        typed: str = self.cleaned_data["adresse"]
        return _read(PointContact.Nature.ADRESSE, typed) if typed else ""


def _read(nature: str, typed: str) -> str:
    try:
        return read_contact(nature, typed).valeur
    except ContactIllisible as error:
        raise forms.ValidationError(str(error)) from error


_COURRIEL = {"type": "email", "inputmode": "email"}
_AIDE_COURRIEL = "Votre accusé et la réponse y sont envoyés."


class FormulairePersonne(_FormulaireDepositaire):
    """A person."""

    prenoms = _texte("Prénom", "given-name", requis="Écrivez votre prénom.")
    nom = _texte("Nom", "family-name", requis="Écrivez votre nom.")
    courriel = _texte("Courriel", "email", requis="Écrivez votre courriel.", aide=_AIDE_COURRIEL, longueur=254,
                      **_COURRIEL)  # fmt: skip
    adresse = _texte("Adresse postale", "street-address", requis="Écrivez votre adresse postale.", longueur=250)
    telephone = _texte("Téléphone", "tel", longueur=20, type="tel")


class FormulaireAssociation(_FormulaireDepositaire):
    """An association, by its RNA number."""

    nom = _texte("Nom de l'association", "organization", requis="Écrivez le nom de l'association.")
    rna = _texte("Numéro RNA", "off", requis="Écrivez le numéro RNA\u00a0: il figure sur le récépissé de déclaration.",
                 aide="W suivi de neuf chiffres, par exemple W291234567.", longueur=14)  # fmt: skip
    contact = _texte("Votre nom", "name", requis="Écrivez votre nom.")
    courriel = _texte("Courriel", "email", requis="Écrivez un courriel.", aide=_AIDE_COURRIEL, longueur=254,
                      **_COURRIEL)  # fmt: skip
    adresse = _texte("Adresse postale", "street-address", longueur=250)
    telephone = _texte("Téléphone", "tel", longueur=20, type="tel")

    def clean_rna(self) -> str:
        """Return the number in one spelling."""
        typed = _ESPACES.sub("", self.cleaned_data["rna"]).upper()
        if not _RNA.fullmatch(typed):
            raise forms.ValidationError("Un numéro RNA s'écrit W suivi de neuf chiffres, par exemple W291234567.")
        return typed


class FormulaireEntreprise(_FormulaireDepositaire):
    """A company, by its SIREN or SIRET."""

    nom = _texte("Nom de l'entreprise", "organization", requis="Écrivez le nom de l'entreprise.")
    immatriculation = _texte("SIREN ou SIRET", "off", requis="Écrivez le SIREN ou le SIRET.", longueur=20,
                             aide="9 ou 14 chiffres.", inputmode="numeric")  # fmt: skip
    contact = _texte("Votre nom", "name", requis="Écrivez votre nom.")
    courriel = _texte("Courriel", "email", requis="Écrivez un courriel.", aide=_AIDE_COURRIEL, longueur=254,
                      **_COURRIEL)  # fmt: skip
    adresse = _texte("Adresse postale", "street-address", longueur=250)
    telephone = _texte("Téléphone", "tel", longueur=20, type="tel")

    def clean_immatriculation(self) -> str:
        """Return the digits of a SIREN or of a SIRET that hold."""
        typed = _ESPACES.sub("", self.cleaned_data["immatriculation"])
        if not (is_siren(typed) or is_siret(typed)):
            raise forms.ValidationError(
                "Ce numéro n'est pas valable\u00a0: un SIREN a 9 chiffres, un SIRET 14, dont une clef de contrôle."
            )
        return typed


DEPOSITAIRES: dict[str, type[_FormulaireDepositaire]] = {
    "personne": FormulairePersonne,
    "association": FormulaireAssociation,
    "entreprise": FormulaireEntreprise,
}


class FormulaireEnvoi(forms.Form):
    """The free text, and what tells a person from a robot: a field nobody sees, and the time it took."""

    clef = forms.UUIDField(widget=forms.HiddenInput)
    depart = forms.CharField(widget=forms.HiddenInput, max_length=100)
    site_web = forms.CharField(required=False, label="Ne remplissez pas ce champ")
    description = forms.CharField(
        label="Votre message", required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Écrivez votre message."},
    )  # fmt: skip
    use_required_attribute = False

    def __init__(self, *args: Any, now: datetime, is_texte_attendu: bool, **kwargs: Any) -> None:
        fresh = {"clef": uuid4(), "depart": sign_depart(now)}
        super().__init__(*args, **(kwargs | {"initial": fresh | kwargs.get("initial", {})}))
        self.now = now
        self.fields["description"].required = is_texte_attendu
        if not is_texte_attendu:
            self.fields["description"].label = "Autre chose à nous dire"

    def clean_description(self) -> str:
        """Return a text that PostgreSQL can store."""
        return clean(self.cleaned_data["description"]).strip()

    def clean(self) -> dict[str, Any]:
        """A robot fills every field, at once. A person who is taken for one sends again: nothing typed is lost."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("site_web"):
            self.add_error(None, "Un champ caché était rempli, comme le font les robots. Envoyez de nouveau.")
        elif not self._took_time(cleaned.get("depart", "")):
            self.add_error(None, "Le formulaire est arrivé très vite ou très tard. Relisez, puis envoyez de nouveau.")
        return cleaned

    def forgive(self) -> None:
        """Let the same form be sent again by whoever was taken for a robot: the guards start afresh."""
        data: Any = cast(Any, self.data).copy()
        data.update({"site_web": "", "depart": sign_depart(self.now)})
        for name in ("site_web", "depart"):
            data[name] = data.getlist(name)[-1]
        self.data = data

    def _took_time(self, depart: str) -> bool:
        try:
            left_at = datetime.fromisoformat(signing.Signer(salt=SEL_DEPART).unsign(depart))
        except (signing.BadSignature, ValueError):
            return False
        return TROP_VITE <= self.now - left_at <= TROP_VIEUX


def sign_depart(now: datetime) -> str:
    """Return the instant a form was shown, signed."""
    return signing.Signer(salt=SEL_DEPART).sign(now.isoformat())
