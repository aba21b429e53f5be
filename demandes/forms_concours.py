"""Forms of the tab « Compléments et avis »: they clean and say what is wrong in French; actions write."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django import forms

from collectivites.models import Collectivite
from demandes.catalogue.schema import Schema
from demandes.concours.messages import Canalisation
from demandes.forms_usager import Texte
from demandes.models import DemandeComplement, PieceJointe

CANAUX_RECUS = [("guichet", "Au guichet"), ("courrier", "Par courrier"), ("courriel", "Par courriel"),
                ("telephone", "Par téléphone")]  # fmt: skip
DATE = {"invalid": "Cette date n'est pas lisible.", "required": "Choisissez une date."}


def _zone(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _jour(label: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, error_messages=DATE, input_formats=["%Y-%m-%d", "%d/%m/%Y"])


class _Formulaire(forms.Form):
    """A gesture on a demande: its key (sent twice, done once) and the version that was on the page."""

    use_required_attribute = False

    clef = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, version: int, **kwargs: Any) -> None:
        kwargs["initial"] = {"clef": uuid4(), "version": version} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)

    def set_choices(self, champ: str, choices: Sequence[tuple[Any, str]]) -> None:
        """Give a list its rows; an empty one is not drawn."""
        if choices:
            self.fields[champ].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields[champ]


class FormulaireComplement(_Formulaire):
    """Missing fields and documents, asked of the usager."""

    motif = forms.ChoiceField(label="Pourquoi", choices=DemandeComplement.Motif.choices, widget=forms.RadioSelect)
    pieces = forms.MultipleChoiceField(
        label="Documents de la démarche", required=False, widget=forms.CheckboxSelectMultiple
    )
    champs = forms.MultipleChoiceField(label="Réponses à revoir", required=False, widget=forms.CheckboxSelectMultiple)
    libres = Texte(
        label="Autres documents", required=False, max_length=2000, widget=_zone(2),
        help_text="Un par ligne. Hors de la liste de la démarche, un superviseur doit dire pourquoi (CRPA L114-5).",
    )  # fmt: skip
    derogation = Texte(label="Raison du superviseur", required=False, max_length=300)
    message = Texte(label="Message à l'usager", required=False, max_length=4000, widget=_zone(3))
    delai_on = _jour("À envoyer au plus tard le")
    canal = forms.ChoiceField(label="Prévenir l'usager")
    attendre = forms.BooleanField(
        label="Arrêter le délai en attendant", required=False, initial=True,
        help_text="Seulement si un élément indispensable manque (CRPA L114-5-1).",
    )  # fmt: skip

    def __init__(
        self, *args: Any, schema: Schema, canaux: Sequence[Canalisation], is_superviseur: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.set_choices("champs", [(each.code, each.libelle) for each in schema.champs])
        self.set_choices("pieces", [(each.code, _name_piece(each)) for each in schema.pieces])
        self.set_choices("canal", [(each.code, each.libelle) for each in canaux])
        self.initial.setdefault("motif", DemandeComplement.Motif.INCOMPLET)
        if not is_superviseur:
            del self.fields["derogation"]

    @property
    def lignes(self) -> list[str]:
        """The documents in free text, one a line."""
        return [line.strip() for line in self.cleaned_data["libres"].splitlines() if line.strip()]


def _name_piece(piece: Any) -> str:
    marks = [piece.texte, "" if piece.indispensable else "non indispensable"]
    said = " ; ".join(filter(None, marks))
    return f"{piece.libelle} ({said})" if said else str(piece.libelle)


class FormulaireRecu(_Formulaire):
    """Documents that came another way than the link."""

    canal = forms.ChoiceField(label="Reçus", choices=CANAUX_RECUS)
    received_at = forms.DateTimeField(
        label="Le", input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], error_messages=DATE,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    texte = Texte(label="Note", required=False, max_length=4000, widget=_zone(2))
    complet = forms.BooleanField(label="Tout ce qui était demandé est là", required=False, initial=True)

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    def clean_received_at(self) -> datetime:
        """Never later than now."""
        received: datetime = self.cleaned_data["received_at"]
        if received > self.now:
            raise forms.ValidationError("La date de réception ne peut pas être dans le futur.")
        return received


class FormulaireAvis(_Formulaire):
    """A question to somebody who has no account."""

    nom = Texte(label="À qui", max_length=160, error_messages={"required": "Dites à qui vous demandez un avis."})
    courriel = forms.EmailField(
        label="Son courriel", error_messages={"invalid": "Cette adresse n'est pas complète.",
                                              "required": "Écrivez son adresse de courriel."},
    )  # fmt: skip
    question = Texte(
        label="Question", max_length=4000, widget=_zone(4), error_messages={"required": "Écrivez la question."},
        help_text="Le tiers ne voit que ce texte et les documents cochés, jamais le reste de la demande.",
    )  # fmt: skip
    pieces = forms.TypedMultipleChoiceField(
        label="Documents à partager", required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    echeance_on = _jour("Réponse attendue le")
    suspensif = forms.BooleanField(label="Attendre sa réponse pour continuer", required=False, initial=True)

    def __init__(self, *args: Any, fichiers: Sequence[PieceJointe], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.set_choices("pieces", _list_fichiers(fichiers))


class FormulaireNoteAvis(_Formulaire):
    """An answer that came by phone, by letter, in a meeting."""

    favorable = forms.ChoiceField(
        label="Avis", choices=[("oui", "Favorable"), ("non", "Défavorable"), ("", "Sans avis")], required=False
    )
    texte = Texte(
        label="Ce qui a été répondu", max_length=10_000, widget=_zone(2),
        error_messages={"required": "Écrivez ce qui a été répondu."},
    )  # fmt: skip

    @property
    def is_favorable(self) -> bool | None:
        """The answer: yes, no, or neither."""
        return {"oui": True, "non": False}.get(self.cleaned_data["favorable"])


class FormulaireRenvoi(_Formulaire):
    """The competent administration, and why it is."""

    destination = forms.ChoiceField(label="Administration compétente", required=False)
    organisme = Texte(label="Nom, si elle n'utilise pas Guichet", max_length=200, required=False)
    coordonnees = Texte(
        label="Ses coordonnées", max_length=300, required=False,
        help_text="Adresse, téléphone, courriel. L'usager les reçoit. Avec un courriel, le dossier part aussitôt.",
    )  # fmt: skip
    motif = Texte(
        label="Pourquoi elle est compétente", max_length=300, widget=_zone(2),
        error_messages={"required": "Dites pourquoi cette administration est compétente."},
    )  # fmt: skip
    pieces = forms.TypedMultipleChoiceField(
        label="Documents à transmettre", required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    canal = forms.ChoiceField(label="Prévenir l'usager")

    def __init__(
        self, *args: Any, villes: Sequence[Collectivite], fichiers: Sequence[PieceJointe],
        canaux: Sequence[Canalisation], **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.villes = {str(each.pk): each for each in villes}
        towns = [(pk, each.nom) for pk, each in self.villes.items()]
        self.set_choices("destination", [("", "Une autre, hors de Guichet"), *towns])
        self.set_choices("pieces", _list_fichiers(fichiers))
        self.set_choices("canal", [(each.code, each.libelle) for each in canaux])
        self.initial.setdefault("pieces", [each.pk for each in fichiers])

    @property
    def ville(self) -> Collectivite | None:
        """The town of the installation that was chosen."""
        return self.villes.get(self.cleaned_data["destination"])


def _list_fichiers(fichiers: Sequence[PieceJointe]) -> list[tuple[int, str]]:
    return [(each.pk, each.nom) for each in fichiers]


def add_days(day: date, jours: int) -> str:
    """Return the day proposed, as the browser's picker writes it."""
    return date.fromordinal(day.toordinal() + jours).isoformat()
