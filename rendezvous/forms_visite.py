"""What the pages of a visit ask: which stops, for how many, from which day; then who comes."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from rendezvous.en_ligne.venues import Halte, find_horizon
from rendezvous.en_ligne.vitrine import write_durees
from rendezvous.forms_usager import FormulaireAnnulation, FormulaireCoordonnees, write_personnes
from rendezvous.models import Motif
from rendezvous.parcours.combinaisons import ETAPES_MAX

AUCUNE = "Gardez au moins une démarche."
INCONNUE = "Cette démarche n'est plus proposée. Cochez celles qui restent."
TROP = f"Une venue compte {ETAPES_MAX} rendez-vous au plus\u00a0: décochez-en."


class Nombre(forms.TypedChoiceField):
    """How many; one when nothing is said."""

    def clean(self, value: Any) -> Any:
        """Return an int."""
        return super().clean(value or "1")


class Jour(forms.DateField):
    """A day; as soon as possible when nothing is said."""

    def clean(self, value: Any) -> Any:
        """Return a date or None."""
        return super().clean(value) if value else None


class FormulaireVisite(forms.Form):
    """Read from the address, so that a page can be kept. Unbound, everything is kept, for one person each."""

    use_required_attribute = False

    jour = Jour(
        label="À partir du", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Choisissez une date."},
    )  # fmt: skip

    def __init__(self, *args: Any, motifs: Sequence[Motif], aujourd_hui: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.motifs, self.aujourd_hui = motifs, aujourd_hui
        self.horizon_on = find_horizon(motifs, aujourd_hui=aujourd_hui)
        self.initial.update({"jour": aujourd_hui, "garder": [motif.pk for motif in motifs[:ETAPES_MAX]]})
        self.fields["garder"] = forms.TypedMultipleChoiceField(
            label="Vos démarches", coerce=int, error_messages={"required": AUCUNE, "invalid_choice": INCONNUE},
            choices=[(motif.pk, motif.libelle) for motif in motifs], widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip
        self.fields["jour"].widget.attrs |= {"min": str(aujourd_hui), "max": str(self.horizon_on)}
        for motif in motifs:
            if motif.personnes_max > 1:
                self.fields[f"personnes_{motif.pk}"] = Nombre(
                    label=f"Combien de {motif.unite_personnes}s\u00a0?", coerce=int, empty_value=None,
                    choices=[(n, write_personnes(n, motif)) for n in range(1, motif.personnes_max + 1)],
                )  # fmt: skip

    @property
    def etapes(self) -> list[tuple[Motif, bool, forms.BoundField | None, str]]:
        """Each stop: is it kept, for how many, how long it takes."""
        value = self["garder"].value() or []
        kept = {str(each) for each in value}
        return [
            (motif, str(motif.pk) in kept, self._find_personnes(motif), write_durees(motif)) for motif in self.motifs
        ]

    def _find_personnes(self, motif: Motif) -> forms.BoundField | None:
        name = f"personnes_{motif.pk}"
        return self[name] if name in self.fields else None

    def clean_garder(self) -> list[int]:
        """No more stops than one visit can hold."""
        kept: list[int] = self.cleaned_data["garder"]
        if len(kept) > ETAPES_MAX:
            raise forms.ValidationError(TROP)
        return kept

    def clean_jour(self) -> date:
        """Keep the day within what may be booked."""
        return min(max(self.cleaned_data["jour"] or self.aujourd_hui, self.aujourd_hui), self.horizon_on)

    @property
    def personnes(self) -> dict[int, int]:
        """The stops kept and for how many, in the bundle's order; the first search when nothing was asked yet."""
        said = self.cleaned_data if self.is_bound else self.initial
        kept = set(said["garder"])
        return {motif.pk: said.get(f"personnes_{motif.pk}") or 1 for motif in self.motifs if motif.pk in kept}

    @property
    def du(self) -> date:
        """The day from which to look."""
        day: date = self.cleaned_data["jour"] if self.is_bound else self.aujourd_hui
        return day


class FormulaireVisiteurs(FormulaireCoordonnees):
    """Who comes: names and numbers as the stop for identity documents asks them, else the first stop.

    What must be read before is ticked here, once for all the stops.
    """

    lu = forms.BooleanField(
        label="J'ai lu ce qu'il faut savoir avant de venir",
        error_messages={"required": "Lisez, puis cochez cette case."},
    )

    def __init__(self, *args: Any, haltes: Sequence[Halte], **kwargs: Any) -> None:
        lead = next((halte for halte in haltes if halte.motif.categorie_ants), haltes[0])
        super().__init__(*args, motif=lead.motif, personnes=lead.personnes, **kwargs)
        if not any(halte.motif.consignes_avant for halte in haltes):
            del self.fields["lu"]


class FormulaireAnnulationVisite(FormulaireAnnulation):
    """Why the whole visit is cancelled, if one wants to say. Its versions are read when it is."""

    version = None  # type: ignore[assignment]
