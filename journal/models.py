"""The journal: who did what, and who read which profile. Append-only: the application cannot change a line."""

from django.db import models

from collectivites.cloison import ModeleCloisonne


class EvenementQuerySet(models.QuerySet["Evenement"]):
    """Reads of the journal."""

    def about(self, objet_type: str, objet_id: int) -> "EvenementQuerySet":
        """Lines about one object, e.g. `about("demande", 12)`."""
        return self.filter(objet_type=objet_type, objet_id=objet_id)

    def newest_first(self) -> "EvenementQuerySet":
        """Newest line first."""
        return self.order_by("-at", "-pk")


class Evenement(ModeleCloisonne):
    """One thing done. No foreign key to the object: the line survives it. No personal data in `details`."""

    class Nature(models.TextChoices):
        AGENT = "agent", "Agent"
        USAGER = "usager", "Usager"
        AUTOMATE = "automate", "Guichet"

    at = models.DateTimeField("quand")
    verbe = models.CharField("verbe", max_length=60)  # « demande.ouverte »; sentences in phrases.py
    objet_type = models.CharField("objet", max_length=30)
    objet_id = models.BigIntegerField("n° interne de l'objet")
    objet_libelle = models.CharField("libellé", max_length=120, blank=True)  # a number or a service, never a person
    acteur_nature = models.CharField("nature de l'acteur", max_length=10, choices=Nature.choices)
    acteur_id = models.BigIntegerField("agent ou usager", null=True)
    acteur_libelle = models.CharField("acteur", max_length=160)
    details = models.JSONField("détails", default=dict)
    correlation = models.CharField("corrélation", max_length=16, blank=True)

    objects = EvenementQuerySet.as_manager()

    class Rgpd:
        personnels = frozenset({"acteur_libelle", "acteur_id"})
        libres = frozenset(
            "id collectivite at verbe objet_type objet_id objet_libelle acteur_nature details correlation".split()
        )
        conservation = "cinq ans"

    class Meta:
        verbose_name = "ligne du journal"
        verbose_name_plural = "journal"
        indexes = [
            models.Index(fields=["collectivite", "objet_type", "objet_id", "-at"], name="evenement_objet_idx"),
            models.Index(fields=["collectivite", "-at"], name="evenement_at_idx"),
            models.Index(fields=["collectivite", "objet_libelle", "-at"], name="evenement_libelle_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verbe} {self.objet_type} {self.objet_id}"


class Consultation(ModeleCloisonne):
    """One reading of a profile, or one search. Monthly partitions: a month is purged by dropping its table."""

    class Vue(models.TextChoices):
        PROFIL = "profil", "Page 360°"
        DEMANDE = "demande", "Demande"
        RENDEZVOUS = "rendezvous", "Rendez-vous"
        MESSAGE_BRUT = "message_brut", "Message d'origine"
        PIECE = "piece", "Pièce jointe"
        EXPORT = "export", "Export"

    at = models.DateTimeField("quand")
    agent_id = models.BigIntegerField("agent")
    usager_id = models.BigIntegerField("usager", null=True)
    objet_id = models.BigIntegerField("n° interne de l'objet", null=True)
    vue = models.CharField("vue", max_length=20, choices=Vue.choices)
    motif = models.CharField("motif", max_length=200, blank=True)

    class Rgpd:
        personnels = frozenset({"agent_id", "usager_id"})
        libres = frozenset("id collectivite at objet_id vue motif".split())
        conservation = "un an (délibération CNIL 2021-122 : journalisation de six mois à un an)"

    class Meta:
        verbose_name = "consultation"
        indexes = [
            models.Index(fields=["collectivite", "usager_id", "-at"], name="consultation_usager_idx"),
            models.Index(fields=["collectivite", "agent_id", "-at"], name="consultation_agent_idx"),
            models.Index(fields=["collectivite", "-at"], name="consultation_at_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} agent {self.agent_id} {self.vue}"
