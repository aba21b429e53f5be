"""Forms about usagers. They read what was typed; the rules are in identites.py, contacts.py and actions.py."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django import forms

from citoyens.contacts import Contact
from citoyens.models import NoteUsager, PointContact, Usager
from citoyens.saisie import read_saisie
from collectivites.domaines import Domaine

FORMATS_DATE = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %m %Y", "%d%m%Y", "%Y-%m-%d"]
DUREES = [("30", "1 mois"), ("90", "3 mois"), ("180", "6 mois"), ("365", "1 an")]
LANGUES = [
    ("fr", "français"), ("en", "anglais"), ("ar", "arabe"), ("pt", "portugais"), ("es", "espagnol"), ("it", "italien"),
    ("tr", "turc"), ("uk", "ukrainien"), ("ru", "russe"), ("fa", "persan"), ("ps", "pachto"), ("zh", "chinois"),
    ("fsl", "langue des signes"),
]  # fmt: skip
CONTACTS = ("mobile", "courriel", "adresse")
IDENTITE = ("nature", "civilite", "nom", "prenoms", "nom_naissance", "naissance_on", "siret", "rna", "langue")


def _text(label: str, **attrs: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"} | attrs)
    return forms.CharField(label=label, required=False, max_length=320, widget=widget)


class FormulaireIdentite(forms.Form):
    """Who it is. Every field may be empty: an agent writes what they know."""

    nature = forms.ChoiceField(label="C'est", choices=Usager.Nature.choices, widget=forms.RadioSelect)
    civilite = forms.ChoiceField(label="Civilité", required=False, choices=Usager.Civilite.choices)
    nom = _text("Nom")
    prenoms = _text("Prénoms")
    nom_naissance = _text("Nom de naissance", placeholder="s'il est différent")
    naissance_on = forms.DateField(
        label="Date de naissance",
        required=False,
        input_formats=FORMATS_DATE,
        error_messages={"invalid": "Écrivez la date ainsi\u00a0: 14/03/1987."},
        widget=forms.DateInput(
            format="%d/%m/%Y", attrs={"placeholder": "jj/mm/aaaa", "inputmode": "numeric", "autocomplete": "off"}
        ),
    )
    siret = _text("SIRET", inputmode="numeric", placeholder="14 chiffres")
    rna = _text("N° RNA", placeholder="W291234567")
    langue = forms.ChoiceField(label="Langue", required=False, choices=LANGUES)

    def identity(self) -> dict[str, Any]:
        """The identity typed, as `create_usager` and `update_usager` take it (nature apart for the latter)."""
        return {name: self.cleaned_data[name] for name in IDENTITE if name in self.cleaned_data}


class FormulaireCreation(FormulaireIdentite):
    """One screen: who it is and where to reach them. `vus` holds the ids of the likenesses the agent has refused."""

    mobile = _text("Téléphone", inputmode="tel", placeholder="06 39 98 12 34")
    courriel = _text("Courriel", inputmode="email", placeholder="nom@exemple.fr")
    adresse = _text("Adresse postale", placeholder="8 rue des Tanneurs, 29000 Aurelle")
    clef = forms.UUIDField(widget=forms.HiddenInput)

    def contacts(self) -> list[Contact]:
        """The contacts typed; the first one is preferred."""
        typed = [(nature, self.cleaned_data.get(nature, "").strip()) for nature in CONTACTS]
        filled = [(nature, value) for nature, value in typed if value]
        return [Contact(nature, value, is_prefere=rank == 0) for rank, (nature, value) in enumerate(filled)]


class FormulaireModification(FormulaireIdentite):
    """The identity and the version the agent was looking at; a person does not become a company."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["nature"]


class FormulaireContact(forms.Form):
    """One more way to reach them."""

    nature = forms.ChoiceField(label="Genre", choices=PointContact.Nature.choices)
    valeur = forms.CharField(label="Contact", max_length=320, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    libelle = forms.CharField(
        label="Précision", max_length=60, required=False, widget=forms.TextInput(attrs={"placeholder": "travail"})
    )
    is_prefere = forms.BooleanField(label="À utiliser en premier", required=False)


class FormulaireNote(forms.Form):
    """A note with who reads it and until when: the lengths offered keep within a year."""

    texte = forms.CharField(
        label="Note",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Des faits utiles à l'accueil. L'usager peut demander à la lire.",
    )
    is_alerte = forms.BooleanField(label="À savoir avant de parler", required=False)
    visibilite = forms.ChoiceField(label="Visible par", choices=NoteUsager.Visibilite.choices)
    domaine = forms.ChoiceField(label="Domaine")
    duree = forms.ChoiceField(label="Pendant", choices=DUREES, initial="180")
    clef = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, domaines: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["domaine"].choices = [choice for choice in Domaine.choices if choice[0] in domaines]  # type: ignore[attr-defined]

    def end(self, *, on: date) -> date:
        """The last day of the note."""
        return on + timedelta(days=int(self.cleaned_data["duree"]))


def blank_contact() -> FormulaireContact:
    """The form shown folded on the page."""
    return FormulaireContact(auto_id="id_contact_%s", initial={"nature": PointContact.Nature.MOBILE})


def blank_note(domaines: frozenset[str]) -> FormulaireNote:
    """The form shown folded on the page."""
    return FormulaireNote(auto_id="id_note_%s", domaines=domaines, initial={"clef": uuid4()})


def guess_identity(saisie: str) -> dict[str, Any]:
    """Turn what was searched into what is created: « Dupont Jean 06 39 98 12 34 » fills name, first name, phone.

    A first name comes last, unless the name is the only word in capitals.
    """
    read = read_saisie(saisie)
    guessed: dict[str, Any] = {"nature": Usager.Nature.PERSONNE, "clef": uuid4()}
    words = [
        word.strip(",;") for word in saisie.split() if word.strip(",;").replace("-", "").replace("'", "").isalpha()
    ]
    if words and not read.is_adresse:
        capitals = [word for word in words if len(word) > 1 and word.isupper()]
        names = capitals if capitals and len(capitals) < len(words) else words[:-1] or words
        guessed["nom"] = " ".join(map(_capitalise, names))[:120]
        guessed["prenoms"] = " ".join(_capitalise(word) for word in words if word not in names)[:120]
    if read.is_adresse:
        guessed["adresse"] = " ".join(saisie.split())[:320]
    if read.numeros and len(read.numeros[0]) == 10:
        guessed["mobile"] = read.numeros[0]
    if read.courriels:
        guessed["courriel"] = read.courriels[0]
    if read.dates and len(read.dates) == 1:
        day = read.dates[0]
        guessed["naissance_on"] = f"{day[6:]}/{day[4:6]}/{day[:4]}"
    return guessed


def _capitalise(word: str) -> str:
    return word if not (word.islower() or word.isupper()) else "-".join(part.capitalize() for part in word.split("-"))
