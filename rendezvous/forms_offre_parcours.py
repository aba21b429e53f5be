"""Forms of the bundles of motifs and of the ways between lieux."""

from itertools import combinations
from typing import Any

from django import forms

from collectivites.models import Lieu
from rendezvous.forms_offre_qui import list_motifs_by_service
from rendezvous.models import ModeleParcours, Motif
from rendezvous.parcours.combinaisons import ETAPES_MAX

MINUTES_MAX = 600


class FormulaireModele(forms.ModelForm[ModeleParcours]):
    """A bundle and its stops, from two to five. `motifs` in the cleaned data are in the order written."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = ModeleParcours
        fields = ["libelle", "aide", "is_ordonne", "is_public", "is_active"]
        widgets = {"aide": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "libelle": "Ce que vit l'usager\u00a0: «\u00a0J'emménage à Aurelle\u00a0».",
            "is_ordonne": "Sinon l'ordre est choisi pour attendre et marcher le moins possible.",
            "is_public": "Proposé sur les pages de rendez-vous de la ville.",
        }
        error_messages = {"libelle": {"required": "Un parcours a un nom."}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version if self.instance.pk else 0
        known = (
            list(self.instance.etapes.order_by("rang").values_list("motif_id", flat=True)) if self.instance.pk else []
        )
        rows = Motif.objects.filter(is_active=True, is_collectif=False) | Motif.objects.filter(pk__in=known)
        self.motifs_connus = {
            str(each.pk): each
            for each in rows.select_related("service").distinct().order_by("service__nom", "libelle", "pk")
        }
        choices = [("", "Aucun"), *list_motifs_by_service(self.motifs_connus.values())]
        for rank in range(1, ETAPES_MAX + 1):
            field = forms.ChoiceField(label=f"Étape {rank}", choices=choices, required=False)
            field.initial = str(known[rank - 1]) if rank <= len(known) else ""
            self.fields[f"etape_{rank}"] = field

    @property
    def etapes(self) -> list[forms.BoundField]:
        """The stops, in order."""
        return [self[f"etape_{rank}"] for rank in range(1, ETAPES_MAX + 1)]

    @property
    def entete(self) -> list[forms.BoundField]:
        """Everything else."""
        return [self[name] for name in self._meta.fields or []]

    def clean_libelle(self) -> str:
        """One spelling of each name, whatever the case."""
        libelle = " ".join(self.cleaned_data["libelle"].split())
        if ModeleParcours.objects.filter(libelle__iexact=libelle).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("Un parcours porte déjà ce nom.")
        return libelle

    def clean(self) -> dict[str, Any]:
        """At least two stops; a motif once. Stops left empty in between are skipped."""
        data = super().clean() or self.cleaned_data
        codes = [data.get(f"etape_{rank}") for rank in range(1, ETAPES_MAX + 1)]
        chosen = [code for code in codes if code]
        if len(chosen) < 2:
            self.add_error("etape_2", "Un parcours compte au moins deux étapes.")
        for rank, code in enumerate(codes):
            if code and code in codes[:rank]:
                self.add_error(f"etape_{rank + 1}", "Ce motif est déjà dans le parcours.")
        data["motifs"] = [self.motifs_connus[code] for code in chosen]
        return data


class FormulaireTrajets(forms.Form):
    """Minutes between each pair of lieux; left empty, the town's usual value."""

    def __init__(
        self, *args: Any, lieux: list[Lieu], connus: dict[tuple[int, int], int], defaut: int, **kwargs: Any
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.defaut = defaut
        self.paires = list(combinations(sorted(lieux, key=lambda each: each.pk), 2))
        for de, vers in self.paires:
            field = forms.IntegerField(
                label=f"{de} ↔ {vers}", required=False, min_value=0, max_value=MINUTES_MAX,
                initial=connus.get((de.pk, vers.pk)),
                error_messages=dict.fromkeys(("min_value", "max_value"), f"De 0 à {MINUTES_MAX} minutes."),
            )  # fmt: skip
            field.widget.attrs |= {"placeholder": str(defaut), "inputmode": "numeric"}
            self.fields[f"trajet_{de.pk}_{vers.pk}"] = field

    @property
    def minutes(self) -> dict[tuple[int, int], int | None]:
        """Minutes by pair of lieux, smaller id first; None takes the row away. Only once the form is valid."""
        return {(de.pk, vers.pk): self.cleaned_data[f"trajet_{de.pk}_{vers.pk}"] for de, vers in self.paires}
