"""The two clocks of a demande, what stops them, what reminds of them, and the proof of what was acknowledged.

Rows of `Echeance` are a projection recomputed from the events of the demande; nothing ever increments them.
"""

from django.db import models

from collectivites.cloison import ClefCloisonnee, ModeleCloisonne
from collectivites.models import Agent
from demandes.models.demande import Demande
from demandes.models.echange import Message


class NatureEcheance(models.TextChoices):
    """What is due."""

    ENGAGEMENT = "engagement", "Engagement du service"
    AEE = "aee", "Accusé d'enregistrement électronique"
    ARE = "are", "Accusé de réception"
    DECISION = "decision", "Décision implicite"
    REPONSE = "reponse", "Réponse due"  # RGPD, accessibility, documents: an answer, not a decision
    COMPLEMENT = "complement", "Compléments attendus"


class Echeance(ModeleCloisonne):
    """One date of a demande. `due_on` is a local day of the town; `due_at` its last instant (or the exact minute)."""

    demande = ClefCloisonnee(Demande, models.CASCADE, related_name="echeances")
    nature = models.CharField("nature", max_length=12, choices=NatureEcheance.choices)
    due_at = models.DateTimeField("échéance", null=True, blank=True)  # null: stopped, no date can be told
    due_on = models.DateField("jour", null=True, blank=True)
    effet = models.CharField("effet", max_length=12, blank=True)  # acceptation, rejet
    base = models.CharField("texte", max_length=300, blank=True)
    explication = models.JSONField("pourquoi cette date", default=list)
    is_suspendue = models.BooleanField("suspendue", default=False)
    met_at = models.DateTimeField("atteinte le", null=True, blank=True)  # answered, issued, decided
    computed_at = models.DateTimeField("calculée le")

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset(
            "id collectivite demande nature due_at due_on effet base explication is_suspendue met_at "
            "computed_at".split()
        )
        conservation = "celle de la demande"

    class Meta:
        verbose_name = "échéance"
        indexes = [
            models.Index(
                fields=["collectivite", "nature", "due_at"], name="echeance_due_idx",
                condition=models.Q(met_at__isnull=True),
            )
        ]  # fmt: skip
        constraints = [models.UniqueConstraint("collectivite", "demande", "nature", name="echeance_unique")]

    def __str__(self) -> str:
        return f"{self.nature} {self.due_on}"


class Suspension(ModeleCloisonne):
    """A time during which a clock stands still: it belongs to the demande and survives a change of type."""

    class Cause(models.TextChoices):
        USAGER = "usager", "En attente de l'usager"
        TIERS = "tiers", "En attente d'un tiers"

    demande = ClefCloisonnee(Demande, models.CASCADE, related_name="suspensions")
    cause = models.CharField("cause", max_length=8, choices=Cause.choices)
    is_legale = models.BooleanField("arrête aussi le délai légal", default=False)  # incomplete file, CRPA L114-5
    debut_at = models.DateTimeField("depuis")
    fin_at = models.DateTimeField("jusqu'à", null=True, blank=True)
    delai_on = models.DateField("délai accordé", null=True, blank=True)  # last day given to complete the file

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset("id collectivite demande cause is_legale debut_at fin_at delai_on".split())
        conservation = "celle de la demande"

    class Meta:
        verbose_name = "suspension"
        indexes = [models.Index(fields=["collectivite", "demande", "debut_at"], name="suspension_demande_idx")]
        constraints = [
            models.UniqueConstraint(
                "collectivite", "demande", name="suspension_une_ouverte", condition=models.Q(fin_at__isnull=True)
            ),
            models.CheckConstraint(
                condition=models.Q(fin_at__isnull=True) | models.Q(fin_at__gte=models.F("debut_at")),
                name="suspension_dans_l_ordre",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.debut_at:%Y-%m-%d}"


class Rappel(ModeleCloisonne):
    """A step before, at or after a date. Done exactly once: the effect and `fait_at` are one transaction."""

    demande = ClefCloisonnee(Demande, models.CASCADE, related_name="rappels")
    nature = models.CharField("échéance", max_length=12, choices=NatureEcheance.choices)
    palier = models.CharField("palier", max_length=20)  # « avant », « a », « apres », « j-30 »…
    prevu_at = models.DateTimeField("prévu le")
    pour_at = models.DateTimeField("pour l'échéance du")
    fait_at = models.DateTimeField("fait le", null=True, blank=True)

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset("id collectivite demande nature palier prevu_at pour_at fait_at".split())
        conservation = "celle de la demande"

    class Meta:
        verbose_name = "rappel"
        indexes = [
            models.Index(fields=["prevu_at", "id"], name="rappel_du_idx", condition=models.Q(fait_at__isnull=True)),
            models.Index(fields=["collectivite", "demande"], name="rappel_demande_idx"),
        ]
        constraints = [
            models.UniqueConstraint("collectivite", "demande", "nature", "palier", "pour_at", name="rappel_unique")
        ]

    def __str__(self) -> str:
        return f"{self.nature} {self.palier} {self.prevu_at:%Y-%m-%d}"


class AccuseReception(ModeleCloisonne):
    """The proof of an acknowledgement: its text as it left, never changed (CRPA L112-3, L112-11)."""

    class Nature(models.TextChoices):
        AEE = "aee", "Accusé d'enregistrement électronique"
        ARE = "are", "Accusé de réception électronique"
        PAPIER = "papier", "Accusé de réception postal"

    demande = ClefCloisonnee(Demande, models.CASCADE, related_name="accuses")
    nature = models.CharField("nature", max_length=8, choices=Nature.choices)
    canal = models.CharField("canal", max_length=12)
    destinataire = models.CharField("destinataire", max_length=320, blank=True)
    message = ClefCloisonnee(Message, models.PROTECT, null=True, blank=True)
    envoi_id = models.BigIntegerField("envoi", null=True, blank=True)  # messagerie.Envoi
    texte = models.TextField("texte émis")
    mentions = models.JSONField("mentions portées", default=list)
    empreinte = models.CharField("SHA-256 du texte ou du document", max_length=64)
    document = models.CharField("document", max_length=200, blank=True)  # PDF in the private store
    received_at = models.DateTimeField("accuse réception du")
    issued_at = models.DateTimeField("émis le")

    class Rgpd:
        personnels = frozenset("destinataire texte document".split())
        libres = frozenset(
            "id collectivite demande nature canal message envoi_id mentions empreinte received_at issued_at".split()
        )
        conservation = "celle de la demande"

    class Meta:
        verbose_name = "accusé de réception"
        constraints = [
            models.UniqueConstraint("collectivite", "demande", "nature", "received_at", name="accuse_reception_unique")
        ]

    def __str__(self) -> str:
        return f"{self.nature} {self.issued_at:%Y-%m-%d}"


class Notification(ModeleCloisonne):
    """What an agent must be told: a mention, a reminder, a demande that was given to them."""

    class Genre(models.TextChoices):
        MENTION = "mention", "Mention"
        AFFECTATION = "affectation", "Affectation"
        RAPPEL = "rappel", "Rappel"
        ALERTE = "alerte", "Échéance dépassée"
        ESCALADE = "escalade", "Escalade"
        REPONSE = "reponse", "Réponse attendue reçue"
        SUIVI = "suivi", "Demande suivie"
        TRAVAIL = "travail", "Travail terminé"

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+", db_index=False)
    demande = ClefCloisonnee(Demande, models.CASCADE, null=True, blank=True)
    genre = models.CharField("genre", max_length=12, choices=Genre.choices)
    texte = models.CharField("texte", max_length=300)  # never content of a sealed demande
    lien = models.CharField("adresse", max_length=300, blank=True)  # when it is not about a demande
    clef = models.CharField("clef", max_length=120)  # the same fact is told once
    at = models.DateTimeField("quand")
    read_at = models.DateTimeField("lue le", null=True, blank=True)

    class Rgpd:
        personnels = frozenset({"agent", "texte"})
        libres = frozenset("id collectivite demande genre lien clef at read_at".split())
        conservation = "trois mois"

    class Meta:
        verbose_name = "notification"
        indexes = [
            models.Index(fields=["collectivite", "agent", "-at"], name="notification_agent_idx"),
            models.Index(
                fields=["collectivite", "agent"], name="notification_non_lue_idx",
                condition=models.Q(read_at__isnull=True),
            ),
        ]  # fmt: skip
        constraints = [models.UniqueConstraint("collectivite", "agent", "clef", name="notification_unique")]

    def __str__(self) -> str:
        return f"{self.genre} {self.at:%Y-%m-%d}"
