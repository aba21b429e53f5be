"""The form of a range: who, where, for what, which days, which hours."""

from datetime import date
from typing import Any

from django import forms

from collectivites.models import Collectivite
from demandes.models import Zone
from rendezvous.forms_offre_champs import ChampBlocs, day_field
from rendezvous.forms_offre_qui import ChampMotifs, ChampQui, list_guichets, list_lieux
from rendezvous.forms_offre_repetition import OUVRES, RepetitionMixin, read_regle
from rendezvous.models import Motif, PlageOuverture
from rendezvous.offre.blocs import BlocsRefuses, check_heures_reelles

TOUTES, SUIVANTES, CELLE_CI = "toutes", "suivantes", "celle_ci"
DES_AUTRES = '{"champ": "portee", "est": ["toutes", "suivantes"]}'
SECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Qui reçoit, et où", "person-badge", ("qui", "lieu", "guichet", "libelle")),
    ("Pour quoi", "list-check", ("motifs", "zones", "capacite")),
    (
        "Quand", "calendar-week",
        ("premier_on", "blocs", *RepetitionMixin.REPETITION, "jusqu_on", "is_ferie_travaille"),
    ),
)  # fmt: skip


class FormulairePlage(RepetitionMixin):
    """A range of opening. `instance` gives the first values; `jour` adds the question « which occurrences? »."""

    qui: Any
    lieu: Any = forms.ModelChoiceField(
        label="Lieu", queryset=None, empty_label="Choisir", error_messages={"required": "Choisissez le lieu."}
    )
    guichet: Any = forms.ModelChoiceField(
        label="Guichet où l'agent reçoit", queryset=None, required=False, empty_label="Aucun en particulier",
        help_text="Indiqué dans la confirmation. Laissez vide quand c'est le guichet lui-même que l'on réserve.",
    )  # fmt: skip
    libelle = forms.CharField(label="Nom", max_length=80, required=False, help_text="Pour vous y retrouver.")
    motifs: Any
    zones: Any = forms.ModelMultipleChoiceField(
        label="Zones", queryset=None, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Pour les motifs qui dépendent de l'adresse. Aucune cochée\u00a0: tout le monde.",
    )  # fmt: skip
    capacite = forms.IntegerField(
        label="Rendez-vous en même temps", min_value=1, max_value=50, initial=1,
        help_text="Plus d'un quand plusieurs personnes reçoivent à ce guichet.",
        error_messages=dict.fromkeys(("min_value", "max_value"), "De 1 à 50."),
    )  # fmt: skip
    premier_on = day_field("Premier jour")
    blocs = ChampBlocs(
        label="Heures", help_text="Par exemple «\u00a09 h – 12 h, 13 h 30 – 17 h\u00a0». Au plus tard 24 h.",
        error_messages={"required": "Écrivez au moins une plage\u00a0: «\u00a09 h – 12 h\u00a0»."},
    )  # fmt: skip
    jusqu_on = day_field("Dernier jour", required=False, aide="Vide\u00a0: sans fin.")
    is_ferie_travaille = forms.BooleanField(label="Ouverte aussi les jours fériés", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, collectivite: Collectivite, instance: PlageOuverture, jour: date | None = None, **kwargs: Any
    ) -> None:  # fmt: skip
        self.instance, self.jour = instance, jour
        kwargs["initial"] = _read(instance, jour) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.fields["qui"] = ChampQui(label="Qui reçoit", collectivite=collectivite)
        self.fields["motifs"] = ChampMotifs(
            label="Motifs", motifs=_list_motifs(instance), error_messages={"required": "Cochez au moins un motif."}
        )
        choices = {"lieu": list_lieux(), "guichet": list_guichets(), "zones": Zone.objects.order_by("libelle", "pk")}
        for name, rows in choices.items():
            field: Any = self.fields[name]
            field.queryset = rows
        guichet: Any = self.fields["guichet"]
        guichet.label_from_instance = lambda each: f"{each.lieu.nom} · {each}"
        if jour:
            for name in ("premier_on", "repetition", "jusqu_on"):
                self.fields[name].widget.attrs["data-guichet-si"] = DES_AUTRES

    @property
    def sections(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """The fields by section: title, icon, fields."""
        return [(titre, icone, [self[each] for each in names]) for titre, icone, names in SECTIONS]

    @property
    def portee(self) -> str:
        """Which occurrences are changed: all, those from `jour` on, that of `jour` only."""
        asked = self.data.get("portee", TOUTES) if self.is_bound else CELLE_CI
        return asked if self.jour and asked in {SUIVANTES, CELLE_CI} else TOUTES

    def full_clean(self) -> None:
        """For one occurrence, days and repetition are those of the range: what is typed there does not count."""
        fixed = (*self.REPETITION, "premier_on", "jusqu_on") if self.portee == CELLE_CI else ()
        for name in fixed:
            self.fields[name].disabled = True
        super().full_clean()
        for name in fixed:
            self.fields[name].disabled = False

    def clean(self) -> dict[str, Any]:
        """Days in order, a counter of that lieu, an agent or the counter itself, hours that exist that day."""
        data = super().clean()
        if self.portee == CELLE_CI:
            data |= {"premier_on": self.jour, "jusqu_on": None, "regle": ""}
        first, last = data.get("premier_on"), data.get("jusqu_on")
        if first and last and last < first:
            self.add_error("jusqu_on", "Le dernier jour vient avant le premier.")
        self._clean_guichet(data)
        self._clean_changed_hour(data)
        return data

    def _clean_guichet(self, data: dict[str, Any]) -> None:
        lieu, qui, guichet = data.get("lieu"), data.get("qui"), data.get("guichet")
        if lieu and guichet and guichet.lieu_id != lieu.pk:
            self.add_error("guichet", f"Ce guichet n'est pas à «\u00a0{lieu}\u00a0».")
        if lieu and qui and qui.guichet and qui.guichet.lieu_id != lieu.pk:
            self.add_error("qui", f"Ce guichet n'est pas à «\u00a0{lieu}\u00a0».")
        if qui and qui.guichet:
            data["guichet"] = None

    def _clean_changed_hour(self, data: dict[str, Any]) -> None:
        """Refuse, on a single day, an hour that the change of time skips (2 h 30 in spring)."""
        lieu, first = data.get("lieu"), data.get("premier_on")
        if not lieu or not first or data.get("regle") or not data.get("blocs"):
            return
        try:
            check_heures_reelles(data["blocs"], jour=first, fuseau=lieu.fuseau)
        except BlocsRefuses as refusal:
            self.add_error("blocs", str(refusal))


def _list_motifs(instance: PlageOuverture) -> list[Motif]:
    """Motifs that a range may hold: those offered, and those it holds already."""
    rows = Motif.objects.filter(is_active=True, is_collectif=False)
    if instance.pk:
        rows = rows | Motif.objects.filter(liens_plages__plage=instance)
    return list(rows.select_related("service").distinct().order_by("service__nom", "libelle", "pk"))


def _read(instance: PlageOuverture, jour: date | None) -> dict[str, Any]:
    """First values of the form."""
    if not instance.pk:
        return {"repetition": OUVRES, "version": 0}
    ressource = instance.ressource
    return read_regle(instance.regle) | {
        "qui": f"agent:{ressource.agent_id}" if ressource.agent_id else f"guichet:{ressource.guichet_id}",
        "lieu": instance.lieu_id,
        "guichet": instance.guichet_id,
        "libelle": instance.libelle,
        "motifs": [str(pk) for pk in instance.liens_motifs.order_by("pk").values_list("motif_id", flat=True)],
        "zones": list(instance.liens_zones.order_by("pk").values_list("zone_id", flat=True)),
        "capacite": instance.capacite,
        "premier_on": instance.premier_on,
        "blocs": instance.blocs,
        "jusqu_on": instance.jusqu_on,
        "is_ferie_travaille": instance.is_ferie_travaille,
        "version": instance.version,
    }
