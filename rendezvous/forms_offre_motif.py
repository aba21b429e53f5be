"""The form of a motif: what it is, how long, who may book, what the usager reads."""

from typing import Any

from django import forms
from django.core.validators import URLValidator

from collectivites.models import Service
from demandes.models import TypeDemande
from rendezvous.forms_offre_champs import ChampDelai, ChampDurees, ChampLignes
from rendezvous.models import Motif, RendezVous, Seance

COULEURS = (  # the classes c1 to c8 of agenda.css
    (1, "Bleu canard"), (2, "Bleu"), (3, "Violet"), (4, "Rose"), (5, "Ocre"), (6, "Olive"), (7, "Vert"), (8, "Gris"),
)  # fmt: skip
UN_AN = 366 * 1440
SECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "Le rendez-vous", "calendar-event",
        ("libelle", "service", "type_demande", "genre", "visio_base", "is_collectif", "places", "couleur"),
    ),
    ("Durée", "clock", ("unite_personnes", "durees", "battement_minutes")),
    (
        "Réservation", "calendar-check",
        ("reservable_par", "delai_min_minutes", "delai_max_jours", "annulable_minutes", "deplacable_minutes",
         "is_plus_tot", "has_rappel", "is_sectorise", "categorie_ants"),
    ),
    (
        "Ce que lit l'usager", "card-text",
        ("pieces", "consignes_avant", "consignes_apres", "is_sensible", "libelle_public"),
    ),
)  # fmt: skip
FIGES = ("genre", "is_collectif")  # once somebody has an appointment for it


class FormulaireMotif(forms.ModelForm[Motif]):
    """A motif. What it is (kind, collective) no longer changes once somebody has an appointment for it."""

    durees = ChampDurees(
        label="Durée, en minutes",
        help_text="Remplissez autant de lignes que l'on peut venir à plusieurs. Venir à deux prend souvent moins de "
        "deux fois le temps.",
    )
    delai_min_minutes = ChampDelai(
        label="Réserver au plus tard", maxi=UN_AN, help_text="Avant l'heure du rendez-vous, pour les usagers."
    )
    annulable_minutes = ChampDelai(label="Annuler au plus tard", maxi=UN_AN, help_text="Par l'usager, avec son lien.")
    deplacable_minutes = ChampDelai(
        label="Déplacer au plus tard", maxi=UN_AN,
        help_text="Le même délai que pour annuler se comprend mieux.",
    )  # fmt: skip
    pieces = ChampLignes(
        label="Documents à apporter",
        help_text="Un par ligne. Une administration ne demande pas ce qu'une autre peut lui donner (CRPA, "
        "art. L114-8).",
    )
    couleur = forms.TypedChoiceField(
        label="Couleur dans l'agenda", choices=COULEURS, coerce=int, widget=forms.RadioSelect
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Motif
        fields = [name for _, _, names in SECTIONS for name in names]
        widgets = {
            "genre": forms.RadioSelect,
            "reservable_par": forms.RadioSelect,
            "consignes_avant": forms.Textarea(attrs={"rows": 3}),
            "consignes_apres": forms.Textarea(attrs={"rows": 3}),
            "visio_base": forms.TextInput(
                attrs={"data-guichet-si": '{"champ": "genre", "est": ["visio"]}', "inputmode": "url"}
            ),
            "places": forms.NumberInput(
                attrs={"min": 1, "max": 500, "data-guichet-si": '{"champ": "is_collectif", "est": ["on"]}'}
            ),
        }
        help_texts = {
            "libelle": "Ce que l'usager et l'agent lisent\u00a0: «\u00a0Carte d'identité ou passeport\u00a0».",
            "type_demande": "Le rendez-vous pris pour une demande de ce type lui est rattaché.",
            "visio_base": "Chaque rendez-vous y ajoute son propre salon\u00a0: https://visio.exemple.fr/",
            "is_collectif": "Plusieurs usagers viennent ensemble à une séance que vous planifiez.",
            "places": "Proposées à l'ouverture d'une séance.",
            "unite_personnes": "«\u00a0personne\u00a0», «\u00a0dossier\u00a0», «\u00a0enfant\u00a0»…",
            "battement_minutes": "Temps gardé après chaque rendez-vous, que l'usager ne voit pas.",
            "delai_max_jours": "Nombre de jours à l'avance, pour les usagers\u00a0: de 1 à 366.",
            "is_sectorise": "L'usager donne son adresse, et ne voit que les plages de sa zone.",
            "is_plus_tot": "Quand le rendez-vous est lointain, l'usager peut être prévenu si une place se libère.",
            "categorie_ants": "Ces rendez-vous sont proposés par France Titres à ceux qui cherchent une place.",
            "consignes_avant": "Montré avant de choisir un créneau.",
            "consignes_apres": "Dans la confirmation\u00a0: étage, sonnette, stationnement.",
            "is_sensible": "Ni courriel, ni SMS, ni agenda ne disent de quoi il s'agit.",
            "libelle_public": "Par exemple «\u00a0Rendez-vous à la mairie\u00a0». Vide, pour un motif sensible\u00a0: "
            "«\u00a0Votre rendez-vous\u00a0».",
        }
        error_messages = {
            "libelle": {"required": "Un motif a un nom."},
            "service": {"required": "Choisissez le service qui reçoit."},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        service: Any = self.fields["service"]
        service.queryset = Service.objects.filter(is_active=True).order_by("nom", "pk")
        service.empty_label = "Choisir"
        kind: Any = self.fields["type_demande"]
        kind.queryset = TypeDemande.objects.filter(is_active=True).order_by("libelle", "pk")
        kind.empty_label = "Aucune"
        self.fields["pieces"].widget.attrs["rows"] = 4
        self.fields["delai_max_jours"].widget.attrs |= {"min": 1, "max": 366}
        self.fields["battement_minutes"].widget.attrs |= {"min": 0, "max": 240, "step": 5}
        self.fields["places"].required = False
        self.initial["version"] = self.instance.version if self.instance.pk else 0
        self.is_fige = bool(self.instance.pk) and _is_used(self.instance.pk)
        if self.is_fige:
            for name in FIGES:
                self.fields[name].disabled = True
                self.fields[name].help_text = "Ne change plus\u00a0: des rendez-vous ont été pris. Dupliquez le motif."

    @property
    def sections(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """The fields by section: title, icon, fields."""
        return [(titre, icone, [self[name] for name in names]) for titre, icone, names in SECTIONS]

    def clean_libelle(self) -> str:
        """One spacing of each name."""
        return " ".join(self.cleaned_data["libelle"].split())

    def clean_visio_base(self) -> str:
        """An address the usager's browser may open: https only."""
        url: str = self.cleaned_data["visio_base"].strip()
        if url:
            try:
                URLValidator(schemes=["https"])(url)
            except forms.ValidationError as error:
                raise forms.ValidationError("Donnez une adresse complète, qui commence par https.") from error
        return url

    def clean_battement_minutes(self) -> int:
        """Four hours at most."""
        return self._between("battement_minutes", 0, 240, "Le battement va de 0 à 240 minutes.")

    def clean_delai_max_jours(self) -> int:
        """A year at most."""
        return self._between("delai_max_jours", 1, 366, "De 1 à 366 jours.")

    def _between(self, name: str, low: int, high: int, phrase: str) -> int:
        value: int = self.cleaned_data[name]
        if not low <= value <= high:
            raise forms.ValidationError(phrase)
        return value

    def clean(self) -> dict[str, Any]:
        """What goes together: places and session, room and video, one name a service and kind."""
        data = super().clean() or self.cleaned_data
        if not data.get("is_collectif"):
            data["places"] = 1
        elif not 1 <= (data.get("places") or 0) <= 500:
            self.add_error("places", "De 1 à 500 places.")
        if data.get("genre") == Motif.Genre.VISIO and data.get("visio_base") == "":
            self.add_error("visio_base", "Donnez l'adresse où les salons sont ouverts.")
        if data.get("delai_min_minutes", 0) >= data.get("delai_max_jours", 366) * 1440:
            self.add_error(
                "delai_max_jours", "C'est moins que le délai au plus tard\u00a0: personne ne pourrait réserver."
            )
        self._refuse_twin(data)
        return data

    def _refuse_twin(self, data: dict[str, Any]) -> None:
        if not data.get("libelle") or not data.get("service"):
            return
        twins = Motif.objects.filter(
            is_active=True, service=data["service"], genre=data.get("genre"), libelle__iexact=data["libelle"]
        )
        if self.instance.is_active and twins.exclude(pk=self.instance.pk).exists():
            self.add_error("libelle", "Ce service a déjà un motif de ce nom, reçu de la même façon.")


def _is_used(motif_id: int) -> bool:
    return RendezVous.objects.filter(motif=motif_id).exists() or Seance.objects.filter(motif=motif_id).exists()
