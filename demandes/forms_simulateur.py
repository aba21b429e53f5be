"""The form of the simulator: one case of deadline, typed by an administrator who wants to trust a calendar."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from collectivites.models import Lieu
from demandes.delais.cas import LIBELLES, PAR_DEFAUT, Regime
from demandes.delais.duree import LIBELLES as UNITES
from demandes.delais.duree import MAXIMA, Duree, Unite
from demandes.delais.projet import read_engagement
from demandes.delais.suspensions import LIBELLES as NATURES
from demandes.delais.suspensions import Arret, Nature
from demandes.models import TypeDemande
from demandes.models.type_demande import Regime as Silence

SUSPENSIONS = 3
_ANNEES = range(1990, 2101)
_SILENCES = {Regime.SVA: Silence.SVA, Regime.SVR: Silence.SVR}


class ChampInstant(forms.CharField):
    """A wall-clock instant, « 2026-11-02T09:12 », read without zone: the calendar chosen says which one."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    default_error_messages = {"invalid": "Donnez un jour et une heure, par exemple 02/11/2026 09:12."}

    def to_python(self, value: Any) -> Any:
        """Return a naive datetime, or None when nothing was typed."""
        text = super().to_python(value)
        if not text:
            return None
        try:
            instant = datetime.fromisoformat(text).replace(tzinfo=None)
        except ValueError:
            raise forms.ValidationError(self.error_messages["invalid"]) from None
        if instant.year not in _ANNEES:
            raise forms.ValidationError("Cette année est hors de portée.")
        return instant


class FormulaireSimulateur(forms.Form):
    """Which clock, from when, on which calendar, for how long."""

    regime = forms.ChoiceField(label="Horloge", choices=[(each.value, LIBELLES[each]) for each in Regime])
    type = forms.ModelChoiceField(
        TypeDemande.objects.none(), label="Type de demande", required=False, empty_label="Aucun",
        help_text="Donne sa durée à l'engagement, et son délai au silence.",
    )  # fmt: skip
    recue = ChampInstant(label="Reçue le")
    competente = ChampInstant(
        label="Reçue par l'administration compétente le", required=False,
        help_text="Après une transmission seulement (CRPA, L114-3).",
    )  # fmt: skip
    nombre = forms.IntegerField(
        label="Durée", required=False, min_value=1, help_text="Vide\u00a0: celle du type, sinon celle de la loi."
    )
    unite = forms.ChoiceField(
        label="Unité de la durée", required=False, choices=[(each.value, UNITES[each][1]) for each in Unite]
    )
    lieu = forms.ModelChoiceField(
        Lieu.objects.none(), label="Calendrier", required=False, empty_label="Toute la collectivité"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].queryset = TypeDemande.objects.filter(is_active=True).order_by("libelle")  # type: ignore[attr-defined]
        self.fields["lieu"].queryset = Lieu.objects.filter(is_active=True).order_by("nom")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Find the length of time: typed, else of the type, else of the law."""
        data = super().clean() or {}
        if {"regime", "nombre"} <= data.keys():
            data["duree"] = self._find_duree(data)
        return data

    def _find_duree(self, data: dict[str, Any]) -> Duree | None:
        regime, type_ = Regime(data["regime"]), data.get("type")
        if data["nombre"]:
            return self._read_typed(data["nombre"], Unite(data.get("unite") or Unite.JOURS_OUVRES), regime)
        if regime == Regime.ENGAGEMENT and type_ is not None:
            return read_engagement(type_)
        if type_ is not None and regime in _SILENCES and type_.regime_silence == _SILENCES[regime]:
            return Duree(type_.silence_nombre, Unite(type_.silence_unite))
        if regime in PAR_DEFAUT:
            return PAR_DEFAUT[regime]
        self.add_error("nombre", "Donnez une durée, ou choisissez un type de demande.")
        return None

    def _read_typed(self, number: int, unite: Unite, regime: Regime) -> Duree | None:
        if number > MAXIMA[unite]:
            self.add_error("nombre", f"Au plus {MAXIMA[unite]} {UNITES[unite][1]}.")
        elif unite == Unite.MINUTES_OUVREES and regime != Regime.ENGAGEMENT:
            self.add_error("unite", "Un délai légal se compte en jours, en semaines ou en mois.")
        return Duree(number, unite)


class FormulaireSuspension(forms.Form):
    """One stop of the clocks; left empty, it counts for nothing."""

    debut = ChampInstant(label="Suspendue du", required=False)
    fin = ChampInstant(label="au", required=False)
    nature = forms.ChoiceField(
        label="Pourquoi", required=False, choices=[(each.value, NATURES[each]) for each in Nature]
    )
    jours = forms.IntegerField(label="Délai accordé (jours)", required=False, min_value=1, max_value=3650)

    def clean(self) -> dict[str, Any]:
        """A stop begins before it ends."""
        data = super().clean() or {}
        debut, fin = data.get("debut"), data.get("fin")
        if fin and not debut and "debut" not in self.errors:
            self.add_error("debut", "Dites quand la suspension commence.")
        elif debut and fin and fin < debut:
            self.add_error("fin", "La fin vient après le début.")
        return data

    def read_arret(self, local: ZoneInfo) -> Arret | None:
        """Return the stop, on the wall clock of the calendar; None when the row is empty."""
        data = self.cleaned_data
        if not data.get("debut"):
            return None
        fin = data["fin"].replace(tzinfo=local) if data.get("fin") else None
        nature = Nature(data.get("nature") or Nature.USAGER)
        return Arret(data["debut"].replace(tzinfo=local), fin, nature, data.get("jours"))


Suspensions = forms.formset_factory(
    FormulaireSuspension, extra=SUSPENSIONS, max_num=SUSPENSIONS, absolute_max=SUSPENSIONS
)
