"""What the pages for usagers ask, step by step: what for and where, who comes, the code, a reason to cancel."""

import hashlib
import re
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms

from citoyens.contacts import ContactIllisible, ContactLu, read_contact
from citoyens.models import PointContact
from collectivites.models import Lieu
from demandes.forms_usager import Texte
from demandes.models import Zone
from rendezvous.ants.verification import Verification
from rendezvous.en_ligne.vitrine import find_zone_of
from rendezvous.models import Motif
from socle.ecriture import write_duree

MESSAGE_MAX = 1000
PARTOUT = 0
SANS_SECTEUR = (
    "Nous ne trouvons pas cette adresse dans nos secteurs. Écrivez le numéro et la rue, ou appelez-nous."
)  # fmt: skip
SANS_CONTACT = "Écrivez votre courriel ou votre mobile\u00a0: nous y envoyons un code."
PREDEMANDE = re.compile(r"[A-Z0-9]{10}")


def _texte(label: str, jeton: str, *, requis: str = "", aide: str = "", longueur: int = 120, **attrs: str) -> Texte:
    return Texte(
        label=label, required=bool(requis), max_length=longueur, help_text=aide,
        error_messages={"required": requis}, widget=forms.TextInput(attrs={"autocomplete": jeton} | attrs),
    )  # fmt: skip


class FormulairePreparation(forms.Form):
    """How many, where, and what must have been read. Only what this motif needs is asked."""

    use_required_attribute = False

    def __init__(self, *args: Any, motif: Motif, lieux: Sequence[Lieu], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone: Zone | None = None
        if motif.personnes_max > 1:
            self.fields["personnes"] = forms.TypedChoiceField(
                label=f"Combien de {motif.unite_personnes}s\u00a0?", coerce=int, empty_value=None,
                choices=[(n, write_personnes(n, motif)) for n in range(1, motif.personnes_max + 1)],
            )  # fmt: skip
        if motif.is_sectorise:
            self.fields["adresse"] = _texte(
                "Votre adresse", "street-address", requis="Écrivez votre adresse\u00a0: elle dit qui vous reçoit.",
                aide="Le numéro et la rue, par exemple 8 rue des Tanneurs.", longueur=250,
            )  # fmt: skip
        if lieux:
            self.fields["lieu"] = forms.TypedChoiceField(
                label="Où venez-vous\u00a0?", coerce=int, empty_value=None, widget=forms.RadioSelect,
                choices=[(PARTOUT, "Peu importe, le plus tôt possible"), *((each.pk, _show(each)) for each in lieux)],
            )  # fmt: skip
            self.initial.setdefault("lieu", PARTOUT)
        if motif.consignes_avant:
            self.fields["lu"] = forms.BooleanField(
                label="J'ai lu ce qui précède", error_messages={"required": "Lisez, puis cochez cette case."}
            )

    def clean_adresse(self) -> str:
        """Find the district, which is all that is kept of the address."""
        typed: str = self.cleaned_data["adresse"]
        self.zone = find_zone_of(typed)
        if self.zone is None:
            raise forms.ValidationError(SANS_SECTEUR)
        return typed


class FormulaireCoordonnees(forms.Form):
    """Who comes and how to write to them."""

    use_required_attribute = False

    prenom = _texte("Prénom", "given-name", requis="Écrivez votre prénom.")
    nom = _texte("Nom", "family-name", requis="Écrivez votre nom.")
    courriel = _texte("Courriel", "email", longueur=254, type="email", inputmode="email")
    telephone = _texte("Téléphone mobile", "tel", longueur=20, type="tel")
    adresse = _texte("Adresse où nous venons", "street-address", requis="Écrivez l'adresse où nous venons.",
                     longueur=300)  # fmt: skip
    predemande = _texte("Numéro de pré-demande", "off", longueur=20, autocapitalize="characters", spellcheck="false",
                        aide="Dix lettres et chiffres, en haut de votre pré-demande. Pas encore fait\u00a0? Laissez "
                        "vide et apportez-le.")  # fmt: skip
    message = Texte(
        label="Un mot pour préparer le rendez-vous", max_length=MESSAGE_MAX, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, motif: Motif, personnes: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.motif, self.rangs = motif, range(2, personnes + 1)
        self.mises_en_garde: list[str] = []
        is_appel = motif.genre == Motif.Genre.TELEPHONE
        if is_appel:
            phone = self.fields["telephone"]
            phone.label, phone.required = "Numéro à appeler", True
            phone.error_messages["required"] = "Écrivez le numéro où nous vous appelons."
        else:
            self.fields["telephone"].help_text = "Pour tout recevoir par SMS, si vous n'avez pas de courriel."
        if motif.genre != Motif.Genre.DOMICILE:
            del self.fields["adresse"]
        if not motif.categorie_ants:
            del self.fields["predemande"]
        for rang in self.rangs:
            self._add_person(rang)

    def _add_person(self, rang: int) -> None:
        """Names are asked of identity documents only, where each file is somebody's."""
        requis = bool(self.motif.categorie_ants)
        self.fields[f"prenom_{rang}"] = _texte("Prénom", "off", requis="Écrivez son prénom." if requis else "")
        self.fields[f"nom_{rang}"] = _texte("Nom", "off", requis="Écrivez son nom." if requis else "")
        if self.motif.categorie_ants:
            self.fields[f"predemande_{rang}"] = _texte("Numéro de pré-demande", "off", longueur=20)

    @property
    def personnes(self) -> list[tuple[int, list[forms.BoundField]]]:
        """The rows of those who come along: rank and fields."""
        names = ("prenom", "nom", "predemande")
        return [
            (rang, [self[f"{name}_{rang}"] for name in names if f"{name}_{rang}" in self.fields])
            for rang in self.rangs
        ]

    def clean_courriel(self) -> str:
        """Return an address the code can go to."""
        typed: str = self.cleaned_data["courriel"]
        return _read(PointContact.Nature.COURRIEL, typed).valeur if typed else ""

    def clean_telephone(self) -> str:
        """Return a number; only a mobile when a code must go there."""
        typed: str = self.cleaned_data["telephone"]
        if not typed:
            return ""
        found = _read(PointContact.Nature.MOBILE, typed)
        if found.nature != PointContact.Nature.MOBILE and self.motif.genre != Motif.Genre.TELEPHONE:
            raise forms.ValidationError("Ce numéro n'est pas un mobile\u00a0: il ne reçoit pas de SMS.")
        return found.normalisee

    def clean(self) -> dict[str, Any]:
        """One address at least, and pre-application numbers as France Titres writes them."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors.keys() & {"courriel", "telephone"} and not self.canaux:
            self.add_error("courriel", SANS_CONTACT)
        for name in [each for each in self.fields if each.startswith("predemande")]:
            typed = re.sub(r"[\s-]", "", cleaned.get(name, "") or "").upper()
            if typed and not PREDEMANDE.fullmatch(typed):
                self.add_error(name, "Ce numéro a dix lettres et chiffres, par exemple TUNY4PB6X2.")
            cleaned[name] = typed
        return cleaned

    @property
    def canaux(self) -> list[str]:
        """The channels a code may take, the one that costs nothing first."""
        phone = self.cleaned_data.get("telephone", "")
        is_mobile = bool(phone) and _read(PointContact.Nature.MOBILE, phone).nature == PointContact.Nature.MOBILE
        found = [("courriel", self.cleaned_data.get("courriel")), ("sms", is_mobile)]
        return [canal for canal, ok in found if ok]

    def hear(self, verification: Verification) -> bool:
        """Add what France Titres said of the numbers: a refusal is an error of its field, a warning is to be ticked.

        Return False while something is to be corrected or ticked.
        """
        for name in [each for each in self.fields if each.startswith("predemande")]:
            refus = verification.find_refus(self.cleaned_data.get(name, ""))
            if refus:
                self.add_error(name, refus)
        said = verification.list_mises_en_garde() if "predemande" in self.fields else []
        if self.data.get("vu") != seal_mises_en_garde(said):
            self.mises_en_garde = said
        return not self.errors and not self.mises_en_garde

    @property
    def vu(self) -> str:
        """The value of the box that says these very warnings were read."""
        return seal_mises_en_garde(self.mises_en_garde)

    @property
    def saisie(self) -> dict[str, Any]:
        """What is kept while the code travels: plain texts."""
        said = self.cleaned_data
        return {
            "prenom": said["prenom"], "nom": said["nom"], "courriel": said["courriel"],
            "telephone": said["telephone"], "adresse": said.get("adresse", ""), "message": said["message"],
            "predemande": said.get("predemande", ""),
            "personnes": [
                {"prenom": said[f"prenom_{n}"], "nom": said[f"nom_{n}"], "predemande": said.get(f"predemande_{n}", "")}
                for n in self.rangs
            ],
        }  # fmt: skip


def spread_saisie(saisie: dict[str, Any]) -> dict[str, Any]:
    """Return what was kept as the initial values of the form."""
    rows = {
        f"{name}_{rang}": valeur
        for rang, each in enumerate(saisie.get("personnes", []), start=2)
        for name, valeur in each.items()
    }
    return {name: valeur for name, valeur in saisie.items() if name != "personnes"} | rows


def seal_mises_en_garde(phrases: Sequence[str]) -> str:
    """Return a short name of these warnings: others are to be ticked again."""
    return hashlib.sha256("\n".join(phrases).encode()).hexdigest()[:16]


class FormulaireCode(forms.Form):
    """Six digits."""

    use_required_attribute = False

    code = _texte("Code reçu", "one-time-code", requis="Écrivez le code à six chiffres.", longueur=12,
                  inputmode="numeric")  # fmt: skip


class FormulaireAnnulation(forms.Form):
    """Why, if one wants to say."""

    use_required_attribute = False

    version = forms.IntegerField(widget=forms.HiddenInput)
    raison = _texte("Raison", "off", longueur=200)


class FormulaireCreneau(forms.Form):
    """The key of a page of slots; the slot itself is read by `choix.read_valeur`."""

    clef = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"clef": uuid4()} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)


def write_personnes(nombre: int, motif: Motif) -> str:
    """Return « 2 dossiers, 35 min »."""
    unit = motif.unite_personnes + ("s" if nombre > 1 else "")
    return f"{nombre}\u00a0{unit}, {write_duree(motif.get_duree(nombre) * 60)}"


def _show(lieu: Lieu) -> str:
    return ", ".join(filter(None, [lieu.nom, lieu.adresse, lieu.ville]))


def _read(nature: str, typed: str) -> ContactLu:
    try:
        return read_contact(nature, typed)
    except ContactIllisible as error:
        raise forms.ValidationError(str(error)) from error
