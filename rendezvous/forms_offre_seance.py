"""Forms of collective sessions: open one, move it, change its seats, cancel it."""

from typing import Any

from django import forms

from collectivites.models import Collectivite
from rendezvous.forms_offre_champs import ChampHeure, day_field
from rendezvous.forms_offre_qui import ChampQui, list_lieux
from rendezvous.heures import get_minute
from rendezvous.models import Motif, Seance
from rendezvous.offre.blocs import BlocsRefuses, check_heures_reelles
from socle.ecriture import write_duree

MINUTES_JOUR = 24 * 60


class TempsSeance(forms.Form):
    """Where, who leads, which day, from when to when: one local day of the lieu."""

    lieu: Any = forms.ModelChoiceField(
        label="Lieu", queryset=None, empty_label="Choisir", error_messages={"required": "Choisissez le lieu."}
    )
    qui: Any
    jour = day_field("Jour")
    debut = ChampHeure(label="Début", error_messages={"required": "Donnez l'heure du début."})
    fin = ChampHeure(label="Fin", required=False)

    def __init__(self, *args: Any, collectivite: Collectivite, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["qui"] = ChampQui(label="Qui anime", collectivite=collectivite)
        lieu: Any = self.fields["lieu"]
        lieu.queryset = list_lieux()

    def clean_temps(self, data: dict[str, Any], minutes: int) -> None:
        """An end left empty is `minutes` after the start; the session ends the same day, at an hour that exists."""
        if data.get("debut") is None:
            return
        if data.get("fin") is None and "fin" not in self.errors:
            data["fin"] = data["debut"] + minutes
        if "fin" in data and not data["debut"] < data["fin"] <= MINUTES_JOUR:
            self.add_error("fin", "La séance finit après son début, avant minuit.")
        self._clean_changed_hour(data)

    def _clean_changed_hour(self, data: dict[str, Any]) -> None:
        lieu, day = data.get("lieu"), data.get("jour")
        if self.errors or not lieu or not day:
            return
        try:
            check_heures_reelles([(data["debut"], data["fin"])], jour=day, fuseau=lieu.fuseau)
        except BlocsRefuses as refusal:
            self.add_error("debut", str(refusal))


class FormulaireSeance(TempsSeance):
    """A collective session: a motif, a day, an hour, seats."""

    motif: Any = forms.ModelChoiceField(
        label="Motif", queryset=None, empty_label="Choisir", error_messages={"required": "Choisissez le motif."},
        help_text="Les motifs collectifs.",
    )  # fmt: skip
    titre = forms.CharField(label="Titre", max_length=120, required=False, help_text="Vide\u00a0: le nom du motif.")
    places = forms.IntegerField(
        label="Places", min_value=1, max_value=500, required=False, help_text="Vide\u00a0: celles du motif.",
        error_messages=dict.fromkeys(("min_value", "max_value"), "De 1 à 500 places."),
    )  # fmt: skip
    CHAMPS = ("motif", "titre", "lieu", "qui", "jour", "debut", "fin", "places")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        motif: Any = self.fields["motif"]
        motif.queryset = Motif.objects.filter(is_active=True, is_collectif=True).order_by("libelle", "pk")
        self.fields["fin"].help_text = "Vide\u00a0: selon la durée du motif."
        self.order_fields(self.CHAMPS)

    def clean(self) -> dict[str, Any]:
        """The end and the seats come from the motif when left empty."""
        data = super().clean() or self.cleaned_data
        motif = data.get("motif")
        if motif is None:
            return data
        data["places"] = data.get("places") or motif.places
        self.clean_temps(data, motif.get_duree(1))
        return data


class FormulaireDeplacement(TempsSeance):
    """Another time, another place, somebody else to lead. `seance`: with `lieu` and `ressource`."""

    prevenir = forms.BooleanField(label="Prévenir les inscrits du changement", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, seance: Seance, **kwargs: Any) -> None:
        self.seance, zone = seance, seance.lieu.fuseau
        ressource = seance.ressource
        kwargs["initial"] = {
            "lieu": seance.lieu_id, "jour": seance.jour, "debut": get_minute(seance.debut_at, zone),
            "prevenir": True, "version": seance.version,
            "qui": f"agent:{ressource.agent_id}" if ressource.agent_id else f"guichet:{ressource.guichet_id}",
        }  # fmt: skip
        super().__init__(*args, **kwargs)
        self.fields["fin"].help_text = f"Vide\u00a0: {write_duree(seance.fin_at - seance.debut_at)}, comme avant."
        self.order_fields(("jour", "debut", "fin", "lieu", "qui", "prevenir", "version"))

    def clean(self) -> dict[str, Any]:
        """An end left empty keeps the length."""
        data = super().clean() or self.cleaned_data
        self.clean_temps(data, int((self.seance.fin_at - self.seance.debut_at).total_seconds()) // 60)
        return data


class FormulairePlaces(forms.Form):
    """What may change in a session without moving anybody."""

    titre = forms.CharField(label="Titre", max_length=120, required=False, help_text="Vide\u00a0: le nom du motif.")
    places = forms.IntegerField(
        label="Places", min_value=1, max_value=500,
        error_messages=dict.fromkeys(("required", "min_value", "max_value"), "De 1 à 500 places."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class FormulaireAnnulation(forms.Form):
    """Why a session is cancelled: written to everybody registered."""

    raison = forms.CharField(
        label="Raison, lue par les inscrits", max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Dites pourquoi\u00a0: les inscrits recevront cette phrase."},
    )  # fmt: skip
    prevenir = forms.BooleanField(label="Prévenir les inscrits", required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
