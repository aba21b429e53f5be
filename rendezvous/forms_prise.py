"""Forms of booking by agents: what the motif needs, who comes along, how it was asked."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms

from demandes.models import Demande
from rendezvous.heures import is_heure_reelle
from rendezvous.models import Motif, RendezVous
from rendezvous.prise.libres import Couple
from rendezvous.reservation.saisie import Participant

COMPAGNONS_MAX = 11  # a motif counts twelve persons at most; a session names only who books
CANAUX = [
    (RendezVous.Canal.GUICHET.value, "Au guichet"),
    (RendezVous.Canal.TELEPHONE.value, "Par téléphone"),
    (RendezVous.Canal.COURRIEL.value, "Par courriel"),
]
AIDE_ANTS = "Dix lettres et chiffres. Peut rester vide : l'usager l'apporte."
HEURE_RECULEE = "Cette heure n'existe pas ce jour-là : l'horloge avance. Choisissez-en une autre."


def _texte(label: str, *, longueur: int = 120, aide: str = "", **attributs: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off"} | attributs)
    return forms.CharField(label=label, max_length=longueur, required=False, help_text=aide, widget=widget)


class FormulairePrise(forms.Form):
    """Everything beside the usager, the motif and the slot."""

    use_required_attribute = False

    clef = forms.UUIDField(widget=forms.HiddenInput)
    telephone = _texte("Numéro à appeler", longueur=20, aide="Vide : le numéro de sa fiche.", type="tel")
    adresse = _texte("Adresse où venir", longueur=300, aide="Vide : l'adresse de sa fiche.")
    canal = forms.ChoiceField(label="Demandé", choices=CANAUX, required=False)
    demande = forms.ChoiceField(label="Demande liée", required=False)
    note = forms.CharField(
        label="Note des agents", max_length=2000, required=False, help_text="Jamais montrée à l'usager.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    prevenir = forms.BooleanField(label="Prévenir l'usager (confirmation et rappel)", required=False)
    quand_meme = forms.BooleanField(label="Prendre quand même le rendez-vous", required=False)

    def __init__(
        self, *args: Any, motif: Motif | None, personnes: int, demandes: Sequence[Demande], **kwargs: Any
    ) -> None:  # fmt: skip
        kwargs["initial"] = {"clef": uuid4(), "canal": "guichet", "prevenir": True} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.motif = motif
        nommes = 1 if motif is None or motif.is_collectif else min(personnes, COMPAGNONS_MAX + 1)
        self.rangs = range(1, nommes)
        links = [("", "Aucune"), *((str(each.pk), f"{each.numero} {each.objet}") for each in demandes)]
        self.fields["demande"].choices = links  # type: ignore[attr-defined]
        if motif is None or motif.genre != Motif.Genre.TELEPHONE:
            del self.fields["telephone"]
        if motif is None or motif.genre != Motif.Genre.DOMICILE:
            del self.fields["adresse"]
        for rang in self.rangs:
            self.fields[f"prenom_{rang}"] = _texte("Prénom")
            self.fields[f"nom_{rang}"] = _texte("Nom")
        if motif is not None and motif.categorie_ants:
            for rang in range(nommes):
                label = "Numéro de pré-demande" if rang == 0 else "Sa pré-demande"
                self.fields[f"predemande_{rang}"] = _texte(
                    label, longueur=20, aide=AIDE_ANTS if rang == 0 else "", autocapitalize="characters",
                    spellcheck="false",
                )  # fmt: skip

    @property
    def besoins(self) -> list[forms.BoundField]:
        """What the motif itself asks for."""
        return [self[name] for name in ("telephone", "adresse", "predemande_0") if name in self.fields]

    @property
    def compagnons(self) -> list[tuple[int, list[forms.BoundField]]]:
        """The rows of those who come along."""
        names = ("prenom", "nom", "predemande")
        return [
            (rang + 1, [self[f"{name}_{rang}"] for name in names if f"{name}_{rang}" in self.fields])
            for rang in self.rangs
        ]

    def list_nommes(self) -> list[Participant]:
        """Return those who come along and were named."""
        said = self.cleaned_data
        rows = [
            Participant(
                nom=said[f"nom_{n}"], prenom=said[f"prenom_{n}"], numero_predemande=said.get(f"predemande_{n}", "")
            )
            for n in self.rangs
        ]  # fmt: skip
        return [row for row in rows if row.nom or row.prenom]

    def clean(self) -> dict[str, Any]:
        """A number without a name belongs to nobody."""
        cleaned = super().clean() or self.cleaned_data
        for n in self.rangs:
            if cleaned.get(f"predemande_{n}") and not (cleaned.get(f"prenom_{n}") or cleaned.get(f"nom_{n}")):
                self.add_error(f"nom_{n}", "Écrivez le nom de cette personne.")
        return cleaned


class FormulaireSurnombre(forms.Form):
    """A time out of the free slots, taken on purpose."""

    use_required_attribute = False

    jour = forms.DateField(
        label="Jour", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Choisissez le jour.", "invalid": "Ce jour n'est pas lisible."},
    )  # fmt: skip
    heure = forms.TimeField(
        label="Heure", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": "Choisissez l'heure.", "invalid": "Cette heure n'est pas lisible."},
    )  # fmt: skip
    qui = forms.ChoiceField(label="Qui reçoit, où", error_messages={"required": "Choisissez qui reçoit."})
    accepte = forms.BooleanField(
        label="Oui, même si cette personne est déjà prise ou ne reçoit pas : l'un des deux attendra",
        error_messages={"required": "Cochez cette case pour prendre ce rendez-vous en surnombre."},
    )

    def __init__(self, *args: Any, couples: Sequence[Couple], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.couples = {each.clef: each for each in couples}
        choices = [(each.clef, f"{each.ressource.nom}, {each.lieu.nom}") for each in couples]
        self.fields["qui"].choices = choices if len(choices) == 1 else [("", "Choisir"), *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A time the wall clock of the lieu really reads."""
        cleaned = super().clean() or self.cleaned_data
        jour, heure, couple = cleaned.get("jour"), cleaned.get("heure"), self.couple
        if jour and heure and couple:
            if not is_heure_reelle(jour, heure.hour * 60 + heure.minute, couple.lieu.fuseau):
                self.add_error("heure", HEURE_RECULEE)
            elif not date(2000, 1, 1) <= jour <= date(2100, 1, 1):
                self.add_error("jour", "Ce jour n'est pas lisible.")
        return cleaned

    @property
    def couple(self) -> Couple | None:
        """Who receives, and where."""
        return self.couples.get(self.cleaned_data.get("qui", ""))
