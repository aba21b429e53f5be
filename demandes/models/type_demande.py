"""The catalogue: what a demande can be about, in which words, with which form, under which law."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from collectivites.cloison import ClefCloisonnee, ModeleCloisonne
from collectivites.domaines import Domaine
from collectivites.models import Agent, Service


class ThematiqueQuerySet(models.QuerySet["Thematique"]):
    """Reads of the tree of subjects."""

    def named(self, libelle: str) -> "Thematique":
        """Return the root of this name, whatever its case; it is created when it is new."""
        said = " ".join(libelle.split())
        return self.filter(libelle__iexact=said, parent=None).first() or self.create(libelle=said)


class Thematique(ModeleCloisonne):
    """A node of the tree of subjects: « Cadre de vie › Voirie »."""

    parent = ClefCloisonnee("self", models.PROTECT, null=True, blank=True, verbose_name="thématique mère")
    libelle = models.CharField("libellé", max_length=80)
    rang = models.SmallIntegerField("rang", default=0)
    is_active = models.BooleanField("proposée", default=True)

    objects = ThematiqueQuerySet.as_manager()

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset("id collectivite parent libelle rang is_active".split())
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "thématique"
        constraints = [
            models.UniqueConstraint(
                "collectivite", "parent", Lower("libelle"), name="thematique_libelle_unique"
            ),
            models.UniqueConstraint(
                "collectivite", Lower("libelle"), name="thematique_racine_unique",
                condition=models.Q(parent__isnull=True),
            ),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")),
                name="thematique_pas_sa_mere",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.libelle


class Regime(models.TextChoices):
    """What silence means (CRPA L231-1 to L231-6). `SPECIAL`: a code of its own (urbanisme); nothing is printed."""

    AUCUN = "aucun", "Aucune décision attendue"
    SVA = "sva", "Silence vaut acceptation"
    SVR = "svr", "Silence vaut rejet"
    SPECIAL = "special", "Régime propre"


class Unite(models.TextChoices):
    """Unit of a legal delay."""

    JOURS = "jours", "jours"
    SEMAINES = "semaines", "semaines"
    MOIS = "mois", "mois"


class Nature(models.TextChoices):
    """What kind of demande (CRPA L110-1: réclamations and recours are demandes too)."""

    DEMANDE = "demande", "Demande"
    INFORMATION = "information", "Demande d'information"
    SIGNALEMENT = "signalement", "Signalement"
    RECLAMATION = "reclamation", "Réclamation"
    RECOURS = "recours", "Recours"
    DOCUMENT = "document", "Accès à un document administratif"
    RGPD = "rgpd", "Exercice d'un droit sur ses données"
    ACCESSIBILITE = "accessibilite", "Défaut d'accessibilité"


class TypeDemande(ModeleCloisonne):
    """A kind of demande (on screen « démarche »): who answers, in which domain, how soon, and what the law says.

    `is_active` means offered: it is set by publishing, which freezes the draft of the form into a VersionFormulaire.
    """

    code = models.SlugField("code", max_length=60, blank=True)  # of the seeded catalogue; empty for the town's own
    libelle = models.CharField("libellé", max_length=120)
    thematique = ClefCloisonnee(Thematique, models.PROTECT, verbose_name="thématique", related_name="types")
    aide = models.TextField("à quoi elle sert", blank=True)
    nature = models.CharField("nature", max_length=14, choices=Nature.choices, default=Nature.DEMANDE)
    domaine = models.CharField("domaine", max_length=20, choices=Domaine.choices, default=Domaine.GENERAL)
    service = ClefCloisonnee(Service, models.PROTECT, null=True, blank=True, verbose_name="service par défaut")
    engagement_jours = models.SmallIntegerField("engagement de réponse (jours ouvrés)", default=10)
    engagement_minutes = models.IntegerField("engagement en minutes ouvrées", null=True, blank=True)  # wins when set
    regime_silence = models.CharField("silence", max_length=8, choices=Regime.choices, default=Regime.SVR)
    silence_nombre = models.SmallIntegerField("délai de la décision implicite", default=2)
    silence_unite = models.CharField("unité", max_length=8, choices=Unite.choices, default=Unite.MOIS)
    silence_base = models.CharField("texte qui fonde le régime", max_length=300, blank=True)
    silence_lu_on = models.DateField("texte lu le", null=True, blank=True)
    is_silence_a_verifier = models.BooleanField("régime à vérifier", default=False)
    recours = models.TextField("voies et délais de recours", blank=True)
    canaux = ArrayField(models.CharField(max_length=12), verbose_name="canaux ouverts", default=list, blank=True)
    is_en_ligne = models.BooleanField("formulaire en ligne", default=False)
    publics = ArrayField(models.CharField(max_length=12), verbose_name="pour qui", default=list, blank=True)
    tarif = models.CharField("tarif", max_length=120, blank=True)
    fiche_url = models.CharField("fiche d'information", max_length=300, blank=True)
    rdv_motif = models.CharField("motif de rendez-vous", max_length=120, blank=True)
    rdv_minutes = models.SmallIntegerField("durée du rendez-vous (minutes)", null=True, blank=True)
    conservation_mois = models.SmallIntegerField("conservation après clôture (mois)", default=24)
    has_enquete = models.BooleanField("question de satisfaction après clôture", default=True)
    brouillon = models.JSONField("formulaire en cours d'écriture", default=dict, blank=True)
    version_courante = ClefCloisonnee(
        "VersionFormulaire", models.PROTECT, null=True, blank=True, verbose_name="formulaire publié"
    )
    is_active = models.BooleanField("proposé", default=True)

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset(
            "id collectivite code libelle thematique aide nature domaine service engagement_jours engagement_minutes "
            "regime_silence silence_nombre silence_unite silence_base silence_lu_on is_silence_a_verifier recours "
            "canaux is_en_ligne publics tarif fiche_url rdv_motif rdv_minutes conservation_mois has_enquete brouillon "
            "version_courante is_active".split()
        )
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "type de demande"
        verbose_name_plural = "types de demande"
        constraints = [
            models.UniqueConstraint("collectivite", Lower("libelle"), name="type_demande_libelle_unique"),
            models.UniqueConstraint(
                "collectivite", "code", name="type_demande_code_unique", condition=~models.Q(code="")
            ),
            models.CheckConstraint(
                condition=models.Q(engagement_jours__range=(1, 365)), name="type_demande_engagement"
            ),
            models.CheckConstraint(
                condition=models.Q(engagement_minutes__isnull=True) | models.Q(engagement_minutes__range=(1, 200_000)),
                name="type_demande_engagement_minutes",
            ),
            models.CheckConstraint(condition=models.Q(silence_nombre__range=(1, 730)), name="type_demande_silence"),
            models.CheckConstraint(
                condition=models.Q(regime_silence__in=Regime.values, silence_unite__in=Unite.values),
                name="type_demande_regime_connu",
            ),
        ]

    def __str__(self) -> str:
        return self.libelle


class VersionFormulaire(ModeleCloisonne):
    """A form as it was published: never changed. A demande keeps the version it was filed under."""

    type = ClefCloisonnee(TypeDemande, models.PROTECT, related_name="versions")
    numero = models.IntegerField("version")
    schema = models.JSONField("champs et pièces")
    agent = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    published_at = models.DateTimeField("publiée le")

    class Rgpd:
        personnels = frozenset({"agent"})
        libres = frozenset("id collectivite type numero schema published_at".split())
        conservation = "celle de la dernière demande déposée sous cette version"

    class Meta:
        verbose_name = "version de formulaire"
        verbose_name_plural = "versions de formulaire"
        constraints = [models.UniqueConstraint("collectivite", "type", "numero", name="version_formulaire_unique")]

    def __str__(self) -> str:
        return f"version {self.numero}"


class ModeleReponse(ModeleCloisonne):
    """A reply template, called by `::raccourci` in the reply box; variables are declared and refused if unknown."""

    titre = models.CharField("titre", max_length=120)
    raccourci = models.SlugField("raccourci", max_length=40)
    corps = models.TextField("texte")
    type = ClefCloisonnee(TypeDemande, models.CASCADE, null=True, blank=True, related_name="modeles")
    service = ClefCloisonnee(Service, models.CASCADE, null=True, blank=True)
    is_active = models.BooleanField("proposé", default=True)
    utilisations = models.IntegerField("utilisations", default=0)
    updated_at = models.DateTimeField("modifié le")

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset(
            "id collectivite titre raccourci corps type service is_active utilisations updated_at".split()
        )
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "modèle de réponse"
        verbose_name_plural = "modèles de réponse"
        constraints = [models.UniqueConstraint("collectivite", "raccourci", name="modele_reponse_raccourci_unique")]

    def __str__(self) -> str:
        return self.titre
