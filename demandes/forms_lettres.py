"""The form of a letter."""

from typing import Any

from django import forms

from demandes.contacts import read_adresses
from demandes.cycle import Issue
from demandes.fiche import list_suites
from demandes.lettres.destinataire import find_adresse, name_destinataire
from demandes.lettres.texte import Lettre, RefusIncomplet, compose_corps
from demandes.models import Demande


class FormulaireLettre(forms.Form):
    """To whom, about what, in which words; reasons and appeals when it refuses."""

    destinataire = forms.CharField(label="Destinataire", max_length=160)
    adresse = forms.CharField(
        label="Adresse postale",
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Une ligne par ligne de l'enveloppe\u00a0; la dernière porte le code postal et la ville.",
    )
    objet = forms.CharField(label="Objet", max_length=200)
    texte = forms.CharField(
        label="Texte",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text="La formule d'appel et celle de la fin s'ajoutent si vous ne les écrivez pas. Une ligne vide "
        "sépare deux paragraphes.",
    )
    is_refus = forms.BooleanField(
        label="Cette lettre refuse, en tout ou partie, ce qui est demandé",
        required=False,
        help_text="Elle dit alors ses motifs et les recours (CRPA L211-2, L211-5).",
    )
    motifs = forms.CharField(
        label="Motifs, en droit et en fait",
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    recours = forms.CharField(
        label="Voies et délais de recours", max_length=5_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    is_algorithme = forms.BooleanField(
        label="Décision prise à l'aide d'un traitement algorithmique",
        required=False,
        help_text="La mention de l'article L311-3-1 du CRPA est alors portée.",
    )
    suite = forms.ChoiceField(label="Ensuite", required=False)

    def __init__(self, *args: Any, demande: Demande, **kwargs: Any) -> None:
        self.demande = demande
        kwargs["initial"] = self._propose() | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.fields["suite"].choices = list_suites(demande)  # type: ignore[attr-defined]

    def _propose(self) -> dict[str, Any]:
        usager, type_ = self.demande.usager, self.demande.type
        return {
            "destinataire": name_destinataire(usager) if usager else "",
            "adresse": find_adresse(read_adresses(usager)),
            "objet": self.demande.objet,
            "recours": type_.recours if type_ else "",
        }

    def clean(self) -> dict[str, Any]:
        """Refuse a refusal without reasons, beside the field that lacks."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("suite", "").endswith(f":{Issue.REFUSEE}"):
            data["is_refus"] = True
        if not data.get("is_refus"):
            return data
        for name in ("motifs", "recours"):
            if not data.get(name, "").strip():
                self.add_error(name, str(RefusIncomplet()))
        return data

    @property
    def lettre(self) -> Lettre:
        """The letter, once valid."""
        names = ("destinataire", "adresse", "objet", "is_refus", "motifs", "recours", "is_algorithme")
        return Lettre(**{name: self.cleaned_data[name] for name in names})

    @property
    def corps(self) -> str:
        """The whole text, once valid, for the preview."""
        return compose_corps(self.cleaned_data["texte"], self.lettre, self.demande.usager)
