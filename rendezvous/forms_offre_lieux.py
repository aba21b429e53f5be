"""Forms of counters, of collective sessions and of what cancels one."""

from typing import Any

from django import forms

from collectivites.models import Collectivite, Lieu
from rendezvous.forms_offre_champs import ChampHeure, day_field
from rendezvous.forms_offre_qui import ChampQui, list_lieux
from rendezvous.models import Guichet, Motif
from rendezvous.offre.blocs import BlocsRefuses, check_heures_reelles


class FormulaireGuichet(forms.ModelForm[Guichet]):
    """A counter, an office, a room."""

    class Meta:
        model = Guichet
        fields = ["lieu", "libelle", "is_accessible", "is_active"]
        help_texts = {
            "libelle": "Ce qui est écrit sur la porte\u00a0: «\u00a0Guichet 3\u00a0», «\u00a0Salle 12\u00a0».",
            "is_active": "Hors service, il garde ses rendez-vous et ne reçoit plus de plage.",
        }
        error_messages = {"libelle": {"required": "Un guichet a un nom."}, "lieu": {"required": "Choisissez le lieu."}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lieu: Any = self.fields["lieu"]
        known = Lieu.objects.filter(pk=self.instance.lieu_id) if self.instance.pk else Lieu.objects.none()
        lieu.queryset = (list_lieux() | known).distinct().order_by("nom", "pk")
        lieu.empty_label = "Choisir"

    def clean(self) -> dict[str, Any]:
        """Two counters of one lieu could not be told apart by the same name."""
        data = super().clean() or self.cleaned_data
        name = " ".join(data.get("libelle", "").split())
        data["libelle"] = name
        twins = Guichet.objects.filter(lieu=data.get("lieu"), libelle__iexact=name).exclude(pk=self.instance.pk)
        if name and data.get("lieu") and twins.exists():
            self.add_error("libelle", f"Ce lieu a déjà un guichet «\u00a0{name}\u00a0».")
        return data


class FormulaireSeance(forms.Form):
    """A collective session: a motif, a day, an hour, seats."""

    motif: Any = forms.ModelChoiceField(
        label="Motif", queryset=None, empty_label="Choisir", error_messages={"required": "Choisissez le motif."},
        help_text="Les motifs collectifs.",
    )  # fmt: skip
    titre = forms.CharField(label="Titre", max_length=120, required=False, help_text="Vide\u00a0: le nom du motif.")
    lieu: Any = forms.ModelChoiceField(
        label="Lieu", queryset=None, empty_label="Choisir", error_messages={"required": "Choisissez le lieu."}
    )
    qui: Any
    jour = day_field("Jour")
    debut = ChampHeure(label="Début", error_messages={"required": "Donnez l'heure du début."})
    fin = ChampHeure(label="Fin", required=False, help_text="Vide\u00a0: selon la durée du motif.")
    places = forms.IntegerField(
        label="Places", min_value=1, max_value=500, required=False, help_text="Vide\u00a0: celles du motif.",
        error_messages=dict.fromkeys(("min_value", "max_value"), "De 1 à 500 places."),
    )  # fmt: skip
    CHAMPS = ("motif", "titre", "lieu", "qui", "jour", "debut", "fin", "places")

    def __init__(self, *args: Any, collectivite: Collectivite, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["qui"] = ChampQui(label="Qui anime", collectivite=collectivite)
        motif: Any = self.fields["motif"]
        motif.queryset = Motif.objects.filter(is_active=True, is_collectif=True).order_by("libelle", "pk")
        lieu: Any = self.fields["lieu"]
        lieu.queryset = list_lieux()
        self.order_fields(self.CHAMPS)

    def clean(self) -> dict[str, Any]:
        """The end and the seats come from the motif when left empty; the session ends the same day."""
        data = super().clean() or self.cleaned_data
        motif, start = data.get("motif"), data.get("debut")
        if motif is None or start is None:
            return data
        if data.get("fin") is None and "fin" not in self.errors:
            data["fin"] = start + motif.get_duree(1)
        data["places"] = data.get("places") or motif.places
        if "fin" in data and not start < data["fin"] <= 1440:
            self.add_error("fin", "La séance finit après son début, avant minuit.")
        self._clean_changed_hour(data)
        return data

    def _clean_changed_hour(self, data: dict[str, Any]) -> None:
        lieu, day = data.get("lieu"), data.get("jour")
        if self.errors or not lieu or not day:
            return
        try:
            check_heures_reelles([(data["debut"], data["fin"])], jour=day, fuseau=lieu.fuseau)
        except BlocsRefuses as refusal:
            self.add_error("debut", str(refusal))


class FormulairePlaces(forms.Form):
    """What may change in a session without moving anybody."""

    titre = forms.CharField(label="Titre", max_length=120, required=False, help_text="Vide\u00a0: le nom du motif.")
    places = forms.IntegerField(
        label="Places", min_value=1, max_value=500,
        error_messages=dict.fromkeys(("required", "min_value", "max_value"), "De 1 à 500 places."),
    )  # fmt: skip


class FormulaireAnnulation(forms.Form):
    """Why a session is cancelled: written to everybody registered."""

    raison = forms.CharField(
        label="Raison, lue par les inscrits", max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Dites pourquoi\u00a0: les inscrits recevront cette phrase."},
    )  # fmt: skip
