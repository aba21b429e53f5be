"""Outgoing webhooks: who wants to be told of what, and what became of each call. Payloads hold no personal data."""

import uuid
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from collectivites.cloison import ClefCloisonnee, ModeleCloisonne


class AbonnementWebhook(ModeleCloisonne):
    """A program of the town told of events at `url`, which it proves to come from us by `secret`.

    `echecs`: failed calls in a row, `echoue_depuis_at` since when; until `repos_at` nothing is sent there (circuit
    breaker of this address alone). After days without one good answer it is switched off, and `raison` says why.
    """

    libelle = models.CharField("nom", max_length=80)
    url = models.CharField("adresse", max_length=500)
    secret = models.BinaryField("secret chiffré")
    evenements = ArrayField(models.CharField(max_length=60), verbose_name="événements")
    is_active = models.BooleanField("en service", default=True)
    raison = models.CharField("pourquoi hors service", max_length=300, blank=True)
    echecs = models.IntegerField("échecs de suite", default=0)
    echoue_depuis_at = models.DateTimeField("en échec depuis", null=True, blank=True)
    repos_at = models.DateTimeField("au repos jusqu'à", null=True, blank=True)
    livre_at = models.DateTimeField("dernière livraison", null=True, blank=True)
    created_at = models.DateTimeField("créé le")

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset(
            "id collectivite libelle url secret evenements is_active raison echecs echoue_depuis_at repos_at livre_at "
            "created_at".split()
        )
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "webhook"
        constraints = [
            models.UniqueConstraint("collectivite", Lower("libelle"), name="webhook_libelle_unique"),
            models.CheckConstraint(condition=Q(evenements__len__gte=1), name="webhook_evenements"),
        ]

    def __str__(self) -> str:
        return self.libelle


class LivraisonWebhookQuerySet(models.QuerySet["LivraisonWebhook"]):
    """Reads of deliveries."""

    def due(self, now: datetime) -> "LivraisonWebhookQuerySet":
        """To send now: planned, or left by a worker whose lease ended; its address in service and awake."""
        awake = Q(abonnement__repos_at__isnull=True) | Q(abonnement__repos_at__lte=now)
        planned = Q(etat="a_envoyer", prevu_at__lte=now) | Q(etat="en_cours", bail_at__lte=now)
        return self.filter(planned & awake, abonnement__is_active=True)


class LivraisonWebhook(ModeleCloisonne):
    """One event for one address, written in the transaction of the fact. `uuid` is the same at each try.

    States: a_envoyer → en_cours → livree | echec; en_cours → a_envoyer (retry); a_envoyer → abandonnee when the
    address is switched off. `charge` is the JSON object sent, the same bytes at each try.
    """

    class Etat(models.TextChoices):
        A_ENVOYER = "a_envoyer", "À envoyer"
        EN_COURS = "en_cours", "En cours d'envoi"
        LIVREE = "livree", "Livrée"
        ECHEC = "echec", "Échec"
        ABANDONNEE = "abandonnee", "Abandonnée"

    uuid = models.UUIDField("identifiant", default=uuid.uuid4, editable=False)
    abonnement = ClefCloisonnee(AbonnementWebhook, models.CASCADE, related_name="livraisons", verbose_name="webhook")
    clef = models.CharField("clef d'unicité", max_length=120)
    evenement = models.CharField("événement", max_length=60)
    charge = models.JSONField("contenu")
    etat = models.CharField("état", max_length=10, choices=Etat.choices, default=Etat.A_ENVOYER)
    essais = models.SmallIntegerField("essais", default=0)
    prevu_at = models.DateTimeField("prévue le")
    bail_at = models.DateTimeField("bail jusqu'à", null=True, blank=True)
    statut = models.SmallIntegerField("dernier statut HTTP", null=True, blank=True)
    erreur = models.CharField("erreur", max_length=300, blank=True)
    created_at = models.DateTimeField("créée le")
    settled_at = models.DateTimeField("terminée le", null=True, blank=True)

    objects = LivraisonWebhookQuerySet.as_manager()

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset(
            "id collectivite uuid abonnement clef evenement charge etat essais prevu_at bail_at statut erreur "
            "created_at settled_at".split()
        )
        conservation = "trente jours"

    class Meta:
        verbose_name = "livraison d'un webhook"
        verbose_name_plural = "livraisons des webhooks"
        indexes = [
            models.Index(
                fields=["collectivite", "abonnement", "prevu_at"],
                name="livraison_due_idx",
                condition=Q(etat="a_envoyer"),
            ),
            models.Index(fields=["bail_at"], name="livraison_bail_idx", condition=Q(etat="en_cours")),
            models.Index(fields=["collectivite", "abonnement", "-id"], name="livraison_abonnement_idx"),
            models.Index(fields=["settled_at"], name="livraison_finie_idx", condition=Q(settled_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint("collectivite", "abonnement", "clef", name="livraison_clef_unique"),
            models.CheckConstraint(
                condition=Q(etat__in=["a_envoyer", "en_cours", "livree", "echec", "abandonnee"]),
                name="livraison_etat_connu",
            ),
            models.CheckConstraint(
                condition=Q(etat="en_cours", bail_at__isnull=False) | (~Q(etat="en_cours") & Q(bail_at__isnull=True)),
                name="livraison_bail_si_en_cours",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evenement} {self.uuid} ({self.etat})"
