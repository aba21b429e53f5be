"""Forms of the catalogue: a type, a question, a document, a subject."""

from typing import Any

from django import forms

from collectivites.models import Collectivite, Service
from demandes.actions.catalogue import list_manques
from demandes.catalogue.edition import draw_code, read_choix
from demandes.catalogue.schema import AIDE_MAX, CONDITIONNANTS, GENRES, LIBELLE_MAX, Champ, Condition, Piece
from demandes.catalogue.semis import RECOURS_SVR
from demandes.models import Demande, Thematique, TypeDemande

CANAUX = [
    (canal.value, canal.label)
    for canal in (
        Demande.Canal.FORMULAIRE,
        Demande.Canal.GUICHET,
        Demande.Canal.TELEPHONE,
        Demande.Canal.COURRIEL,
        Demande.Canal.COURRIER,
    )
]
PUBLICS = [("personne", "Une personne"), ("association", "Une association"), ("entreprise", "Une entreprise")]
NOUVELLE = "nouvelle"
SECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "Identité", "tag",
        ("libelle", "aide", "thematique", "nouvelle_thematique", "nature", "publics", "tarif", "fiche_url"),
    ),
    ("Service et domaine", "house", ("service", "domaine", "canaux")),
    (
        "Engagement", "clock",
        ("engagement_jours", "rdv_motif", "rdv_minutes", "has_enquete", "conservation_mois"),
    ),
    (
        "Régime légal", "journal-text",
        ("regime_silence", "silence_nombre", "silence_unite", "silence_base", "silence_lu_on",
         "is_silence_a_verifier", "recours"),
    ),
)  # fmt: skip


def list_thematiques() -> list[tuple[str, str]]:
    """Return the active subjects as choices, children after their parent, indented by their path."""
    nodes = list(Thematique.objects.filter(is_active=True).order_by("rang", "libelle", "pk"))
    children: dict[int | None, list[Thematique]] = {}
    for node in nodes:
        children.setdefault(node.parent_id, []).append(node)
    rows: list[tuple[str, str]] = []
    for root in children.get(None, []):
        rows.append((str(root.pk), root.libelle))
        rows += [(str(each.pk), f"{root.libelle} › {each.libelle}") for each in children.get(root.pk, [])]
    return rows


class FormulaireType(forms.ModelForm[TypeDemande]):
    """A kind of demande, without its form. A type that is offered stays complete."""

    thematique: Any = forms.ChoiceField(
        label="Thématique", error_messages={"required": "Un type est rangé dans une thématique."}
    )
    nouvelle_thematique = forms.CharField(
        label="Nouvelle thématique",
        max_length=80,
        required=False,
        help_text="Elle est ajoutée à l'arbre.",
        widget=forms.TextInput(attrs={"data-guichet-si": '{"champ": "thematique", "est": ["nouvelle"]}'}),
    )
    canaux = forms.MultipleChoiceField(
        label="Canaux ouverts", choices=CANAUX, required=False, widget=forms.CheckboxSelectMultiple
    )
    publics = forms.MultipleChoiceField(
        label="Qui peut la demander", choices=PUBLICS, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = TypeDemande
        fields = [
            name for _, _, names in SECTIONS for name in names if name not in {"thematique", "nouvelle_thematique"}
        ]
        widgets = {
            "aide": forms.Textarea(attrs={"rows": 3}),
            "recours": forms.Textarea(attrs={"rows": 4}),
            "silence_lu_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {
            "libelle": "Ce que l'usager et l'agent lisent\u00a0: «\u00a0Copie d'acte de naissance\u00a0».",
            "aide": "Une ou deux phrases simples, montrées à l'usager avant le formulaire.",
            "domaine": "Action sociale et sécurité sont cloisonnées\u00a0: seuls leurs agents lisent le contenu.",
            "service": "Celui qui reçoit la demande, nommé dans l'accusé.",
            "engagement_jours": "Annoncé à l'usager dans l'accusé.",
            "fiche_url": "Adresse de la fiche de service-public.gouv.fr ou de votre site.",
            "silence_base": "Code et article\u00a0: «\u00a0CRPA, art. L231-4, 2°\u00a0».",
            "silence_lu_on": "Jour où quelqu'un a vérifié ce texte.",
            "is_silence_a_verifier": "Coché, l'accusé n'annonce aucune date de décision implicite.",
            "recours": "Imprimé dans l'accusé quand le silence vaut rejet.",
            "rdv_minutes": "Vide si la démarche ne demande pas de rendez-vous.",
        }
        error_messages = {"libelle": {"required": "Un type a un libellé."}}

    def __init__(self, *args: Any, collectivite: Collectivite, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.collectivite = collectivite
        service: Any = self.fields["service"]
        service.queryset = Service.objects.filter(is_active=True).order_by("nom", "pk")
        service.empty_label = "Aucun\u00a0: à qualifier"
        thematique: Any = self.fields["thematique"]
        thematique.choices = [
            ("", "Choisir"),
            *list_thematiques(),
            (NOUVELLE, "Une nouvelle thématique…"),
        ]
        if self.instance.pk:
            self.initial["thematique"] = str(self.instance.thematique_id)
        else:
            self.initial.update({"recours": RECOURS_SVR, "publics": [code for code, _ in PUBLICS]})

    @property
    def sections(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """The fields by section: title, icon, fields."""
        return [(titre, icone, [self[name] for name in names]) for titre, icone, names in SECTIONS]

    def clean_libelle(self) -> str:
        """One spelling of each label, whatever the case."""
        libelle = " ".join(self.cleaned_data["libelle"].split())
        if TypeDemande.objects.filter(libelle__iexact=libelle).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("Un type porte déjà ce libellé.")
        return libelle

    def clean_engagement_jours(self) -> int:
        """Between a day and a year."""
        days: int = self.cleaned_data["engagement_jours"]
        if not 1 <= days <= 365:
            raise forms.ValidationError("L'engagement va de 1 à 365 jours ouvrés.")
        return days

    def clean_silence_nombre(self) -> int:
        """Between one and two years of days."""
        number: int = self.cleaned_data["silence_nombre"]
        if not 1 <= number <= 730:
            raise forms.ValidationError("Ce délai va de 1 à 730.")
        return number

    def clean(self) -> dict[str, Any]:
        """A new subject has a name; what can be filed on the web is what the form is open for."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("thematique") == NOUVELLE and not cleaned.get("nouvelle_thematique", "").strip():
            self.add_error("nouvelle_thematique", "Écrivez le nom de la thématique.")
        self.instance.is_en_ligne = "formulaire" in cleaned.get("canaux", [])
        return cleaned

    def _post_clean(self) -> None:
        """Fill the instance, then refuse what would leave an offered type without a complete acknowledgement."""
        super()._post_clean()  # type: ignore[misc]
        if self.instance.pk and self.instance.is_active and not self.errors:
            for sentence in list_manques(self.instance, collectivite=self.collectivite):
                self.add_error(None, f"Cette démarche est proposée\u00a0: {sentence[0].lower()}{sentence[1:]}")

    def choose_thematique(self) -> Thematique:
        """Return the subject named (created when it is new) or chosen; a write, so only once valid."""
        chosen = self.cleaned_data["thematique"]
        if chosen == NOUVELLE:
            return Thematique.objects.named(self.cleaned_data["nouvelle_thematique"])
        return Thematique.objects.get(pk=chosen)


class _FormulaireElement(forms.Form):
    """What a question and a document share: label, hint, obligation, condition."""

    empreinte = forms.CharField(widget=forms.HiddenInput, required=False)
    libelle = forms.CharField(
        label="Libellé", max_length=LIBELLE_MAX, error_messages={"required": "Écrivez ce qui est demandé."}
    )
    aide = forms.CharField(
        label="Aide", max_length=AIDE_MAX, required=False, help_text="Une phrase sous le libellé, en mots simples."
    )
    obligatoire = forms.BooleanField(label="Obligatoire", required=False)
    si: Any = forms.MultipleChoiceField(
        label="Seulement si", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Rien de coché\u00a0: toujours demandé. Cochez une ou plusieurs réponses d'une même question.",
    )  # fmt: skip

    def __init__(
        self, *args: Any, avant: tuple[Champ, ...], element: Champ | Piece | None, taken: frozenset[str], **kwargs: Any
    ) -> None:
        kwargs["initial"] = self.read_initial(element) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.element, self.taken = element, taken
        sources = [each for each in avant if each.genre in CONDITIONNANTS]
        if not sources:
            del self.fields["si"]
            return
        self.fields["si"].choices = [  # type: ignore[attr-defined]
            (each.libelle, [(f"{each.code}:{code}", label) for code, label in each.reponses.items()])
            for each in sources
        ]

    def read_initial(self, element: Champ | Piece | None) -> dict[str, Any]:
        """Return what the form shows of an element already there."""
        if element is None:
            return {}
        si = [f"{element.si.champ}:{code}" for code in element.si.est] if element.si else []
        return {"libelle": element.libelle, "aide": element.aide, "obligatoire": element.obligatoire, "si": si}

    def clean_si(self) -> Condition | None:
        """Answers of one question only."""
        pairs = [each.partition(":") for each in self.cleaned_data["si"]]
        sources = {champ for champ, _, _ in pairs}
        if len(sources) > 1:
            raise forms.ValidationError("Cochez les réponses d'une seule question.")
        return Condition(sources.pop(), tuple(code for _, _, code in pairs)) if pairs else None

    @property
    def commun(self) -> dict[str, Any]:
        """What `Champ` and `Piece` share, ready to build one."""
        said = self.cleaned_data
        code = self.element.code if self.element else draw_code(said["libelle"], self.taken)
        return {"code": code, "libelle": said["libelle"], "aide": said["aide"], "obligatoire": said["obligatoire"],
                "si": said.get("si")}  # fmt: skip


class FormulaireChamp(_FormulaireElement):
    """A question."""

    genre = forms.ChoiceField(label="Genre de réponse", choices=list(GENRES.items()))
    choix = forms.CharField(
        label="Choix proposés", required=False, help_text="Un par ligne.",
        widget=forms.Textarea(
            attrs={"rows": 5, "data-guichet-si": '{"champ": "genre", "est": ["choix", "choix_multiple"]}'}
        ),
    )  # fmt: skip
    mini = forms.FloatField(
        label="Minimum", required=False,
        help_text="Valeur d'un nombre, longueur d'un texte\u00a0; pour une date, jours à compter du dépôt "
        "(0\u00a0: aujourd'hui, 15\u00a0: dans quinze jours, -30\u00a0: il y a un mois).",
    )  # fmt: skip
    maxi = forms.FloatField(label="Maximum", required=False)
    field_order = ["empreinte", "libelle", "aide", "genre", "choix", "mini", "maxi", "obligatoire", "si"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("mini", "maxi"):
            hook = '{"champ": "genre", "est": ["nombre", "date", "texte", "texte_long"]}'
            self.fields[name].widget.attrs["data-guichet-si"] = hook

    def read_initial(self, element: Champ | Piece | None) -> dict[str, Any]:
        """Return what the form shows of a question already there."""
        if not isinstance(element, Champ):
            return {}
        choix = "\n".join(each.libelle for each in element.choix)
        mine = {"genre": element.genre, "choix": choix, "mini": element.mini, "maxi": element.maxi}
        return super().read_initial(element) | mine

    def build(self) -> Champ:
        """Return the question as typed; what its kind does not use is left out."""
        said = self.cleaned_data
        known = self.element.choix if isinstance(self.element, Champ) else ()
        bounded = said["genre"] in {"nombre", "date", "texte", "texte_long"}
        listed = said["genre"] in {"choix", "choix_multiple"}
        return Champ(
            **self.commun, genre=said["genre"], choix=read_choix(said["choix"], known) if listed else (),
            mini=_shorten(said["mini"]) if bounded else None, maxi=_shorten(said["maxi"]) if bounded else None,
        )  # fmt: skip


class FormulairePiece(_FormulaireElement):
    """A document asked."""

    indispensable = forms.BooleanField(
        label="Indispensable à l'instruction", required=False,
        help_text="Son absence suspend ou repousse le délai légal\u00a0; sinon le délai court (CRPA L114-5-1).",
    )  # fmt: skip
    texte = forms.CharField(
        label="Texte qui l'exige",
        max_length=200,
        required=False,
        help_text="Code et article, repris dans le courrier.",
    )
    field_order = ["empreinte", "libelle", "aide", "obligatoire", "indispensable", "texte", "si"]

    def read_initial(self, element: Champ | Piece | None) -> dict[str, Any]:
        """Return what the form shows of a document already there."""
        if not isinstance(element, Piece):
            return {}
        return super().read_initial(element) | {"indispensable": element.indispensable, "texte": element.texte}

    def build(self) -> Piece:
        """Return the document as typed."""
        said = self.cleaned_data
        return Piece(**self.commun, indispensable=said["indispensable"], texte=said["texte"])


def _shorten(value: float | None) -> float | None:
    """Write 3.0 as 3: the same number, as the JSON of the schema keeps it."""
    return int(value) if value is not None and value == int(value) else value
