"""The form of a visit: which motifs, for how many, in order or not, from which day."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms

from rendezvous.forms_prise import CANAUX
from rendezvous.models import ModeleParcours, Motif
from rendezvous.models.motif import PERSONNES_MAX
from rendezvous.parcours.combinaisons import ETAPES_MAX
from rendezvous.parcours.recherche import Etape

SANS_MOTIF = "Choisissez au moins deux motifs, ou un parcours tout prêt."
DEUX = 2


class FormulaireParcours(forms.Form):
    """Five stops at most. `etapes` once valid: what is asked of the search."""

    use_required_attribute = False

    clef = forms.UUIDField(widget=forms.HiddenInput)
    modele = forms.ModelChoiceField(
        ModeleParcours.objects.none(), label="Parcours tout prêt", required=False, empty_label="Choisir les motifs"
    )
    ordonne = forms.BooleanField(label="Dans cet ordre", required=False)
    du = forms.DateField(
        label="À partir du", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Choisissez un jour.", "invalid": "Ce jour n'est pas lisible."},
    )  # fmt: skip
    canal = forms.ChoiceField(label="Demandé", choices=CANAUX, required=False)
    prevenir = forms.BooleanField(label="Prévenir l'usager (une seule confirmation)", required=False)

    def __init__(self, *args: Any, motifs: Sequence[Motif], today: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"clef": uuid4(), "du": today, "prevenir": True} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.motifs, self.today = {str(each.pk): each for each in motifs}, today
        fields: dict[str, Any] = self.fields
        fields["modele"].queryset = ModeleParcours.objects.filter(is_active=True).order_by("libelle")
        groups: dict[str, list[tuple[str, str]]] = {}
        for each in motifs:
            groups.setdefault(each.service.nom, []).append((str(each.pk), each.libelle))
        for rang in range(ETAPES_MAX):
            fields[f"motif_{rang}"] = forms.ChoiceField(
                label=f"{rang + 1}. Motif", required=False, choices=[("", "Aucun"), *groups.items()]
            )
            fields[f"personnes_{rang}"] = forms.IntegerField(
                label="Combien", required=False, min_value=1, max_value=PERSONNES_MAX, initial=1,
                widget=forms.NumberInput(attrs={"min": 1, "max": PERSONNES_MAX}),
            )  # fmt: skip

    @property
    def lignes(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The stops: motif, and how many."""
        return [(self[f"motif_{rang}"], self[f"personnes_{rang}"]) for rang in range(ETAPES_MAX)]

    @property
    def etapes(self) -> list[Etape]:
        """The stops asked for, in the order of the page."""
        said = self.cleaned_data
        return [
            Etape(self.motifs[said[f"motif_{rang}"]], said.get(f"personnes_{rang}") or 1)
            for rang in range(ETAPES_MAX)
            if said.get(f"motif_{rang}") in self.motifs
        ]

    def clean_du(self) -> date:
        """Today at the earliest."""
        typed: date = self.cleaned_data["du"]
        if typed < self.today:
            raise forms.ValidationError("Ce jour est passé.")
        return typed

    def clean(self) -> dict[str, Any]:
        """Two stops at least, none for more persons than its motif takes."""
        cleaned = super().clean() or self.cleaned_data
        count = 0
        for rang in range(ETAPES_MAX):
            motif = self.motifs.get(cleaned.get(f"motif_{rang}", ""))
            if motif is None:
                continue
            count += 1
            most = motif.personnes_max if not motif.is_collectif else 1
            if (cleaned.get(f"personnes_{rang}") or 1) > most:
                self.add_error(f"personnes_{rang}", f"{most} au plus pour ce motif.")
        if count < DEUX:
            self.add_error("motif_0", SANS_MOTIF)
        return cleaned


def list_initial(modele: ModeleParcours) -> dict[str, Any]:
    """Return the stops of a bundle as first values of the form (one query)."""
    stops = list(modele.etapes.order_by("rang").values_list("motif_id", flat=True)[:ETAPES_MAX])
    return {
        **{f"motif_{rang}": "" for rang in range(ETAPES_MAX)},
        **{f"motif_{rang}": str(motif) for rang, motif in enumerate(stops)},
        "ordonne": modele.is_ordonne, "modele": modele.pk,
    }  # fmt: skip
