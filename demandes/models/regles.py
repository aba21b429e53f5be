"""What the house does by itself: routing and automation rules, macros, zones, blocked senders."""

from django.db import models
from django.db.models.functions import Lower

from collectivites.cloison import ClefCloisonnee, ModeleCloisonne
from collectivites.models import Agent, Service
from demandes.models.demande import Demande


class RegleAutomate(ModeleCloisonne):
    """One rule: when (`declencheur`), if (`conditions`), then (`actions`). Rules run in order."""

    class Declencheur(models.TextChoices):
        RECEPTION = "reception", "À la réception d'une demande"  # routing
        EVENEMENT = "evenement", "Quand il se passe quelque chose"
        TEMPS = "temps", "Quand du temps a passé"

    libelle = models.CharField("nom", max_length=120)
    declencheur = models.CharField("quand", max_length=10, choices=Declencheur.choices)
    evenement = models.CharField("événement", max_length=40, blank=True)  # verb of the journal
    depuis = models.CharField("compté depuis", max_length=20, blank=True)  # time rules: received, last_message…
    delai_minutes = models.IntegerField("après (minutes)", null=True, blank=True)
    conditions = models.JSONField("si", default=list)
    actions = models.JSONField("alors", default=list)
    ordre = models.IntegerField("ordre", default=0)
    is_finale = models.BooleanField("arrêter après cette règle", default=False)
    is_active = models.BooleanField("en service", default=False)
    updated_at = models.DateTimeField("modifiée le")
    active_since = models.DateTimeField("en service depuis", null=True, blank=True)

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset(
            "id collectivite libelle declencheur evenement depuis delai_minutes conditions actions ordre is_finale "
            "is_active updated_at active_since".split()
        )
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "règle"
        constraints = [
            models.UniqueConstraint("collectivite", Lower("libelle"), name="regle_libelle_unique"),
            models.CheckConstraint(
                condition=models.Q(declencheur="temps", delai_minutes__gt=0) | ~models.Q(declencheur="temps"),
                name="regle_temps_a_un_delai",
            ),
        ]

    def __str__(self) -> str:
        return self.libelle


class ExecutionRegle(ModeleCloisonne):
    """One run of a rule on a demande. `clef` makes a fact run a rule once; the count of runs guards against loops."""

    class Resultat(models.TextChoices):
        APPLIQUEE = "appliquee", "Appliquée"
        SANS_EFFET = "sans_effet", "Sans effet"
        ERREUR = "erreur", "En erreur"
        BOUCLE = "boucle", "Arrêtée : elle tournait en rond"

    regle = ClefCloisonnee(RegleAutomate, models.CASCADE, related_name="executions")
    demande = ClefCloisonnee(Demande, models.CASCADE, related_name="executions")
    clef = models.CharField("fait", max_length=120)
    resultat = models.CharField("résultat", max_length=10, choices=Resultat.choices)
    details = models.JSONField("détails", default=dict)
    at = models.DateTimeField("quand")

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset("id collectivite regle demande clef resultat details at".split())
        conservation = "un an"

    class Meta:
        verbose_name = "exécution de règle"
        verbose_name_plural = "exécutions de règle"
        indexes = [
            models.Index(fields=["collectivite", "regle", "-at"], name="execution_regle_idx"),
            models.Index(fields=["collectivite", "demande", "-at"], name="execution_demande_idx"),
        ]
        constraints = [models.UniqueConstraint("collectivite", "regle", "demande", "clef", name="execution_unique")]

    def __str__(self) -> str:
        return f"{self.regle_id} {self.resultat}"


class Macro(ModeleCloisonne):
    """Several gestures in one click. Never a message sent: a macro fills, an agent sends."""

    libelle = models.CharField("nom", max_length=80)
    actions = models.JSONField("gestes", default=list)
    service = ClefCloisonnee(Service, models.CASCADE, null=True, blank=True)
    is_active = models.BooleanField("proposée", default=True)
    rang = models.SmallIntegerField("rang", default=0)

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset("id collectivite libelle actions service is_active rang".split())
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "macro"
        constraints = [models.UniqueConstraint("collectivite", Lower("libelle"), name="macro_libelle_unique")]

    def __str__(self) -> str:
        return self.libelle


class Zone(ModeleCloisonne):
    """A district of the town, as a list of its streets: « rue des Lilas » in an address gives the zone."""

    libelle = models.CharField("nom", max_length=80)
    voies = models.TextField("voies, une par ligne", blank=True)
    service = ClefCloisonnee(Service, models.SET_NULL, null=True, blank=True, verbose_name="service du secteur")

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset("id collectivite libelle voies service".split())
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "zone"
        constraints = [models.UniqueConstraint("collectivite", Lower("libelle"), name="zone_libelle_unique")]

    def __str__(self) -> str:
        return self.libelle


class Blocage(ModeleCloisonne):
    """A sender whose abusive messages are no longer acknowledged (CRPA L112-3 1°, L112-11). Lifted, not deleted."""

    adresse = models.CharField("adresse ou numéro", max_length=320)
    motif = models.CharField("motif", max_length=300)
    expire_on = models.DateField("jusqu'au")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField("posé le")
    lifted_at = models.DateTimeField("levé le", null=True, blank=True)

    class Rgpd:
        personnels = frozenset({"adresse", "motif", "agent"})
        libres = frozenset("id collectivite expire_on at lifted_at".split())
        conservation = "un an après la levée"

    class Meta:
        verbose_name = "blocage"
        constraints = [
            models.UniqueConstraint(
                "collectivite", "adresse", name="blocage_unique", condition=models.Q(lifted_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"blocage {self.pk}"
