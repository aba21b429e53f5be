"""Forms of the collectivité, its services, places, closures and legal values."""

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import forms

from collectivites.feries import compute_feries
from collectivites.models import Collectivite, Fermeture, Horaire, Lieu, ReglageLegal, Service
from collectivites.plages import Plage, PlageIllisible, parse_plages, show_plages
from collectivites.reglages import ReglageDeclare
from socle.couleur import CONTRASTE_MINIMAL, measure_contrast
from socle.ecriture import write_jour


class FormulaireCollectivite(forms.ModelForm[Collectivite]):
    """Identity of the collectivité; the colour must stay readable."""

    class Meta:
        model = Collectivite
        fields = [
            "nom",
            "adresse",
            "code_postal",
            "ville",
            "telephone",
            "courriel",
            "code_insee",
            "fuseau",
            "zone_feries",
            "accent",
        ]
        widgets = {"accent": forms.TextInput(attrs={"type": "color"})}
        help_texts = {
            "accent": "Couleur des boutons et de la barre du haut. Le texte blanc doit y rester lisible.",
            "fuseau": "Par exemple Europe/Paris, Indian/Reunion.",
            "zone_feries": "Les jours fériés comptés dans les délais.",
        }

    def clean_accent(self) -> str:
        """Refuse a colour on which white text is hard to read (RGAA 3.2)."""
        accent: str = self.cleaned_data["accent"].lower()
        contrast = measure_contrast(accent)
        if contrast < CONTRASTE_MINIMAL:
            written = f"{contrast:.1f}".replace(".", ",")
            raise forms.ValidationError(
                f"Cette couleur est trop claire\u00a0: contraste de {written} avec le blanc, il faut 4,5. Foncez-la."
            )
        return accent

    def clean_fuseau(self) -> str:
        """Refuse a zone that the IANA database does not know."""
        fuseau: str = self.cleaned_data["fuseau"]
        return verify_fuseau(fuseau)


def verify_fuseau(fuseau: str) -> str:
    """Return the zone, or raise ValidationError with a French sentence."""
    try:
        ZoneInfo(fuseau)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise forms.ValidationError(f"«\u00a0{fuseau}\u00a0» n'est pas un fuseau horaire connu.") from error
    return fuseau


class FormulaireService(forms.ModelForm[Service]):
    """A service of the collectivité."""

    class Meta:
        model = Service
        fields = ["nom", "domaine", "courriel", "telephone", "adresse", "is_active"]
        help_texts = {
            "domaine": "Action sociale et sécurité sont réservées\u00a0: seuls ses agents lisent le contenu.",
            "is_active": "Un service inactif garde ses demandes et n'en reçoit plus.",
            "adresse": "Mentionnée dans les accusés de réception (CRPA, art. R. 112-5).",
        }

    def clean_nom(self) -> str:
        """Two services of the same name could not be told apart."""
        nom: str = self.cleaned_data["nom"].strip()
        if Service.objects.filter(nom__iexact=nom).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(f"Un service «\u00a0{nom}\u00a0» existe déjà.")
        return nom


APRES_LA_SEMAINE = ("zone_feries", "feries_ouverts", "latitude", "longitude", "is_active")


def _coordinate(label: str, most: int, aide: str) -> forms.DecimalField:
    """Degrees, with a comma or a point, as precise as maps give them."""
    wrong = f"De -{most} à {most}."
    return forms.DecimalField(
        label=label, required=False, help_text=aide, min_value=-most, max_value=most, localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={"min_value": wrong, "max_value": wrong, "invalid": "Donnez un nombre\u00a0: 48,11198."},
    )  # fmt: skip


class FormulaireLieu(forms.ModelForm[Lieu]):
    """A place and its week: one text per day, such as « 8 h 30 – 12 h, 13 h 30 – 17 h ».

    `zone_ville` (a value of Collectivite.ZoneFeries) and `annee` tell which public holidays may be worked, and when
    each falls.
    """

    feries_ouverts = forms.MultipleChoiceField(
        label="Jours fériés où ce lieu reçoit", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Les autres sont fermés\u00a0: aucun rendez-vous n'y est proposé.",
    )  # fmt: skip

    latitude = _coordinate("Latitude", 90, "Pour que France Titres situe le lieu\u00a0: 48,11198.")
    longitude = _coordinate("Longitude", 180, "Par exemple\u00a0: -1,67429.")

    class Meta:
        model = Lieu
        fields = [
            "nom", "adresse", "code_postal", "ville", "telephone", "fuseau", "latitude", "longitude", "zone_feries",
            "feries_ouverts", "is_active",
        ]  # fmt: skip
        help_texts = {
            "fuseau": "Les rendez-vous de ce lieu sont donnés à cette heure.",
            "zone_feries": "Vide\u00a0: ceux de la collectivité.",
        }

    def __init__(self, *args: Any, zone_ville: str, annee: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone: Any = self.fields["zone_feries"]
        zone.choices = [("", "Ceux de la collectivité"), *Collectivite.ZoneFeries.choices]
        self._choose_feries(zone_ville, annee)
        week = self._read_week()
        for jour, libelle in Horaire.Jour.choices:
            field = forms.CharField(label=str(libelle).capitalize(), required=False, max_length=120)
            field.initial = show_plages(week.get(jour, []))
            field.widget.attrs["placeholder"] = "fermé"
            self.fields[f"jour_{jour}"] = field
        week_first = [name for name in self.fields if name not in APRES_LA_SEMAINE]
        self.order_fields([*week_first, *APRES_LA_SEMAINE])

    def _choose_feries(self, zone_ville: str, annee: int) -> None:
        """Offer the holidays of the zone shown, and those ticked before under another one."""
        asked = self.data.get("zone_feries", "") if self.is_bound else self.instance.zone_feries
        zone = asked if asked in Collectivite.ZoneFeries.values else zone_ville
        named = {name: f"{name} ({write_jour(day)})" for day, name in compute_feries(annee, zone).items()}
        field: Any = self.fields["feries_ouverts"]
        typed: Any = self.data  # a QueryDict
        ticked = typed.getlist("feries_ouverts") if self.is_bound else self.instance.feries_ouverts
        known = {name for each in Collectivite.ZoneFeries.values for name in compute_feries(annee, each).values()}
        others = [name for name in ticked if name in known and name not in named]
        field.choices = [*named.items(), *((name, f"{name} (pas dans cette zone)") for name in others)]

    def _read_week(self) -> dict[int, list[Plage]]:
        week: dict[int, list[Plage]] = {}
        if self.instance.pk:
            for horaire in Horaire.objects.filter(lieu=self.instance).order_by("jour", "debut_minute"):
                week.setdefault(horaire.jour, []).append((horaire.debut_minute, horaire.fin_minute))
        return week

    def clean_nom(self) -> str:
        """Two places of the same name could not be told apart."""
        nom: str = self.cleaned_data["nom"].strip()
        if Lieu.objects.filter(nom__iexact=nom).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(f"Un lieu «\u00a0{nom}\u00a0» existe déjà.")
        return nom

    def clean(self) -> dict[str, Any]:
        """A point has both coordinates, on Earth; each day is read, its error stays on it."""
        cleaned = super().clean() or {}
        self._check_point(cleaned)
        self._read_days(cleaned)
        return cleaned

    def _check_point(self, cleaned: dict[str, Any]) -> None:
        """Five decimals, one metre, are kept; one coordinate alone says nothing."""
        point = [cleaned.get(name) for name in ("latitude", "longitude")]
        if not {"latitude", "longitude"} & set(self.errors) and point.count(None) == 1:
            self.add_error("latitude", "Donnez la latitude et la longitude, ou aucune des deux.")
        for name, value in zip(("latitude", "longitude"), point, strict=True):
            if value is not None:
                cleaned[name] = round(value, 5)

    def clean_fuseau(self) -> str:
        """Refuse an unknown zone."""
        fuseau: str = self.cleaned_data["fuseau"]
        return verify_fuseau(fuseau)

    def _read_days(self, cleaned: dict[str, Any]) -> None:
        self.plages: list[tuple[int, Plage]] = []
        for jour in Horaire.Jour.values:
            try:
                self.plages += [(jour, plage) for plage in parse_plages(cleaned.get(f"jour_{jour}", ""))]
            except PlageIllisible as error:
                self.add_error(f"jour_{jour}", str(error))


class FormulaireFermeture(forms.ModelForm[Fermeture]):
    """A closure, of one place or of everything."""

    class Meta:
        model = Fermeture
        fields = ["lieu", "debut_on", "fin_on", "motif"]
        widgets = {
            "debut_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "fin_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lieu = self.fields["lieu"]
        lieu.queryset = Lieu.objects.filter(is_active=True).order_by("nom", "pk")  # type: ignore[attr-defined]
        lieu.empty_label = "Toute la collectivité"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The last day can't come before the first."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("debut_on"), cleaned.get("fin_on")
        if first and last and last < first:
            self.add_error("fin_on", "Le dernier jour vient avant le premier.")
        return cleaned


class FormulaireReglage(forms.ModelForm[ReglageLegal]):
    """A legal value changed by the collectivité, with its reason."""

    class Meta:
        model = ReglageLegal
        fields = ["valeur", "motif"]
        help_texts = {"motif": "Par exemple une délibération et sa date. Il est gardé au journal."}

    def __init__(self, *args: Any, declare: ReglageDeclare, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.declare = declare
        self.fields["valeur"].label = f"Valeur ({declare.unite})"
        self.fields["valeur"].help_text = f"De {declare.mini} à {declare.maxi}. Par défaut\u00a0: {declare.defaut}."

    def clean_valeur(self) -> int:
        """Stay inside the bounds the text allows."""
        valeur: int = self.cleaned_data["valeur"]
        if not self.declare.mini <= valeur <= self.declare.maxi:
            raise forms.ValidationError(f"Donnez un nombre de {self.declare.mini} à {self.declare.maxi}.")
        return valeur
