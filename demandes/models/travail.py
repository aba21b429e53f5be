"""How agents share the work: who had it, who follows it, what is tied to what, what was merged."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Func, Q, Value

from collectivites.cloison import ClefCloisonnee, ModeleCloisonne
from collectivites.models import Agent, Service
from demandes.models.demande import Demande
from demandes.models.type_demande import TypeDemande


class Affectation(ModeleCloisonne):
    """One passage of a demande from hand to hand: history only, the present is on the demande."""

    class Genre(models.TextChoices):
        AFFECTATION = "affectation", "Affectation"
        ESCALADE = "escalade", "Escalade"
        RETOUR = "retour", "Retour"
        SUPPLEANCE = "suppleance", "Suppléance"
        REGLE = "regle", "Règle"

    demande = ClefCloisonnee(Demande, models.CASCADE, related_name="affectations")
    genre = models.CharField("genre", max_length=12, choices=Genre.choices)
    de_service = ClefCloisonnee(Service, models.PROTECT, null=True, blank=True)
    de_agent = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    vers_service = ClefCloisonnee(Service, models.PROTECT, null=True, blank=True)
    vers_agent = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    motif = models.CharField("motif", max_length=300, blank=True)
    par = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    at = models.DateTimeField("quand")

    class Rgpd:
        personnels = frozenset({"de_agent", "vers_agent", "par", "motif"})
        libres = frozenset("id collectivite demande genre de_service vers_service at".split())
        conservation = "celle de la demande"

    class Meta:
        verbose_name = "affectation"
        indexes = [models.Index(fields=["collectivite", "demande", "-at"], name="affectation_demande_idx")]

    def __str__(self) -> str:
        return f"{self.genre} {self.at:%Y-%m-%d}"


class Absence(ModeleCloisonne):
    """An agent is away: what would come to them goes to the substitute, or stays with the service."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+", db_index=False)
    debut_on = models.DateField("du")
    fin_on = models.DateField("au")  # included
    suppleant = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    created_at = models.DateTimeField("saisie le")

    class Rgpd:
        personnels = frozenset({"agent", "suppleant"})
        libres = frozenset("id collectivite debut_on fin_on created_at".split())
        conservation = "un an"

    class Meta:
        verbose_name = "absence"
        constraints = [
            models.CheckConstraint(condition=Q(fin_on__gte=models.F("debut_on")), name="absence_dans_l_ordre"),
            models.CheckConstraint(
                condition=Q(suppleant__isnull=True) | ~Q(suppleant=models.F("agent")), name="absence_un_autre"
            ),
            ExclusionConstraint(
                name="absence_sans_chevauchement",
                expressions=[
                    ("collectivite", RangeOperators.EQUAL),
                    ("agent", RangeOperators.EQUAL),
                    (
                        Func("debut_on", "fin_on", Value("[]"), function="DATERANGE", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.debut_on}"


class Abonnement(ModeleCloisonne):
    """An agent follows a demande without having it."""

    demande = ClefCloisonnee(Demande, models.CASCADE, related_name="abonnements")
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField("depuis")

    class Rgpd:
        personnels = frozenset({"agent"})
        libres = frozenset("id collectivite demande at".split())
        conservation = "celle de la demande"

    class Meta:
        verbose_name = "abonnement"
        constraints = [models.UniqueConstraint("collectivite", "demande", "agent", name="abonnement_unique")]

    def __str__(self) -> str:
        return f"{self.agent_id} suit {self.demande_id}"


class Tache(ModeleCloisonne):
    """Something to do for a demande, by somebody, before a day."""

    demande = ClefCloisonnee(Demande, models.CASCADE, related_name="taches")
    libelle = models.CharField("à faire", max_length=200)
    agent = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    due_on = models.DateField("pour le", null=True, blank=True)
    rang = models.SmallIntegerField("rang", default=0)
    par = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    created_at = models.DateTimeField("écrite le")
    done_at = models.DateTimeField("faite le", null=True, blank=True)
    done_by = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    clef = models.UUIDField("clef de saisie", null=True, blank=True)

    class Rgpd:
        personnels = frozenset({"libelle", "agent", "par", "done_by"})
        libres = frozenset("id collectivite demande due_on rang created_at done_at clef".split())
        conservation = "celle de la demande"

    class Meta:
        verbose_name = "tâche"
        indexes = [
            models.Index(fields=["collectivite", "demande", "rang"], name="tache_demande_idx"),
            models.Index(
                fields=["collectivite", "agent", "due_on"], name="tache_agent_idx", condition=Q(done_at__isnull=True)
            ),
        ]
        constraints = [models.UniqueConstraint("collectivite", "clef", name="tache_clef_unique")]

    def __str__(self) -> str:
        return self.libelle


class Lien(ModeleCloisonne):
    """Two demandes that have to do with each other: `de` is the duplicate, the parent, or simply the first."""

    class Genre(models.TextChoices):
        DOUBLON = "doublon", "Doublon"
        PARENT = "parent", "Principale et suite"
        LIE = "lie", "Liées"

    de = ClefCloisonnee(Demande, models.CASCADE, related_name="liens_de")
    vers = ClefCloisonnee(Demande, models.CASCADE, related_name="liens_vers")
    genre = models.CharField("genre", max_length=8, choices=Genre.choices)
    par = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    at = models.DateTimeField("quand")

    class Rgpd:
        personnels = frozenset({"par"})
        libres = frozenset("id collectivite de vers genre at".split())
        conservation = "celle de la demande"

    class Meta:
        verbose_name = "lien"
        indexes = [models.Index(fields=["collectivite", "vers"], name="lien_vers_idx")]
        constraints = [
            models.UniqueConstraint("collectivite", "de", "vers", name="lien_unique"),
            models.CheckConstraint(condition=~Q(de=models.F("vers")), name="lien_deux_demandes"),
        ]

    def __str__(self) -> str:
        return f"{self.de_id} {self.genre} {self.vers_id}"


class Fusion(ModeleCloisonne):
    """A merge of two demandes, with all it takes to undo it: what moved, from what, to what."""

    conservee = ClefCloisonnee(Demande, models.CASCADE, related_name="fusions")
    absorbee = ClefCloisonnee(Demande, models.CASCADE, related_name="fusionnee_par")
    avant = models.JSONField("état de l'absorbée avant")
    deplacements = models.JSONField("lignes déplacées", default=list)  # [[table, id, column, before, after], …]
    par = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    at = models.DateTimeField("quand")
    annulee_at = models.DateTimeField("annulée le", null=True, blank=True)

    class Rgpd:
        personnels = frozenset({"avant", "par"})
        libres = frozenset("id collectivite conservee absorbee deplacements at annulee_at".split())
        conservation = "celle de la demande"

    class Meta:
        verbose_name = "fusion de demandes"
        indexes = [models.Index(fields=["collectivite", "conservee"], name="fusion_conservee_idx")]
        constraints = [
            models.UniqueConstraint(
                "collectivite", "absorbee", name="fusion_une_seule", condition=Q(annulee_at__isnull=True)
            ),
            models.CheckConstraint(condition=~Q(conservee=models.F("absorbee")), name="fusion_deux_demandes"),
        ]

    def __str__(self) -> str:
        return f"{self.absorbee_id} dans {self.conservee_id}"


class SujetCommun(ModeleCloisonne):
    """A mass event: many demandes, one cause, one answer to all."""

    titre = models.CharField("titre", max_length=160)
    description = models.TextField("description", blank=True)
    type = ClefCloisonnee(TypeDemande, models.PROTECT, null=True, blank=True)
    reponse = models.TextField("réponse à tous", blank=True)
    par = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    at = models.DateTimeField("ouvert le")
    answered_at = models.DateTimeField("répondu le", null=True, blank=True)
    closed_at = models.DateTimeField("clos le", null=True, blank=True)
    clef = models.UUIDField("clef de saisie")

    class Rgpd:
        personnels = frozenset({"par"})
        libres = frozenset("id collectivite titre description type reponse at answered_at closed_at clef".split())
        conservation = "deux ans après la clôture"

    class Meta:
        verbose_name = "sujet commun"
        verbose_name_plural = "sujets communs"
        constraints = [models.UniqueConstraint("collectivite", "clef", name="sujet_clef_unique")]

    def __str__(self) -> str:
        return self.titre


class Vue(ModeleCloisonne):
    """A view of the inbox somebody keeps: filters, columns, order; alone, for a service, or for the town."""

    class Partage(models.TextChoices):
        PRIVE = "prive", "Moi seulement"
        SERVICE = "service", "Mon service"
        COLLECTIVITE = "collectivite", "Tous les agents"

    libelle = models.CharField("nom", max_length=60)
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+", db_index=False)
    partage = models.CharField("visible par", max_length=12, choices=Partage.choices, default=Partage.PRIVE)
    service = ClefCloisonnee(Service, models.CASCADE, null=True, blank=True)
    filtres = models.JSONField("filtres", default=dict)
    colonnes = models.JSONField("colonnes", default=list)
    tri = models.CharField("tri", max_length=20, blank=True)
    rang = models.SmallIntegerField("rang", default=0)

    class Rgpd:
        personnels = frozenset({"agent"})
        libres = frozenset("id collectivite libelle partage service filtres colonnes tri rang".split())
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "vue"
        constraints = [
            models.UniqueConstraint("collectivite", "agent", "libelle", name="vue_libelle_unique"),
            models.CheckConstraint(
                condition=Q(partage="service", service__isnull=False) | ~Q(partage="service"), name="vue_de_service"
            ),
        ]

    def __str__(self) -> str:
        return self.libelle


class ActionGroupee(ModeleCloisonne):
    """One gesture on many demandes: what each was before, so that it can be undone; what failed, and why."""

    class Etat(models.TextChoices):
        EN_COURS = "en_cours", "En cours"
        FINIE = "finie", "Finie"
        ANNULEE = "annulee", "Annulée"

    agent = models.ForeignKey(Agent, models.PROTECT, related_name="+", db_index=False)
    geste = models.CharField("geste", max_length=30)
    parametres = models.JSONField("paramètres", default=dict)
    demandes = models.JSONField("demandes visées", default=list)
    faites = models.JSONField("avant et après", default=list)  # [[demande_id, version after, {field: before}], …]
    echecs = models.JSONField("échecs", default=list)  # [[demande_id, numero, reason], …]
    etat = models.CharField("état", max_length=8, choices=Etat.choices, default=Etat.EN_COURS)
    clef = models.UUIDField("clef de saisie")
    bail_at = models.DateTimeField("bail jusqu'à", null=True, blank=True)
    at = models.DateTimeField("quand")
    fini_at = models.DateTimeField("finie le", null=True, blank=True)

    class Rgpd:
        personnels = frozenset({"agent", "faites"})
        libres = frozenset("id collectivite geste parametres demandes echecs etat clef bail_at at fini_at".split())
        conservation = "un mois"

    class Meta:
        verbose_name = "action groupée"
        verbose_name_plural = "actions groupées"
        indexes = [models.Index(fields=["at"], name="groupee_en_cours_idx", condition=Q(etat="en_cours"))]
        constraints = [models.UniqueConstraint("collectivite", "clef", name="groupee_clef_unique")]

    def __str__(self) -> str:
        return f"{self.geste} {self.at:%Y-%m-%d %H:%M}"
