"""The key of a program: what it may do in one collectivité, until when."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models

from collectivites.cloison import ModeleCloisonne
from collectivites.models.agent import Agent


class CleApiQuerySet(models.QuerySet["CleApi"]):
    """Reads of keys."""

    def newest_first(self) -> "CleApiQuerySet":
        """Newest key first."""
        return self.order_by("-created_at", "-pk")


class CleApi(ModeleCloisonne):
    """A program's key. Only the SHA-256 of the secret is kept: the secret is shown once, at its creation.

    `portees` are Permission values; `domaines` are the sealed domains it reads besides the open ones.
    """

    nom = models.CharField("logiciel", max_length=80)
    prefixe = models.CharField("début de la clef", max_length=20)  # shown in lists and logs, so that one knows which
    empreinte = models.CharField("SHA-256 de la clef", max_length=64)
    portees = ArrayField(models.CharField(max_length=40), verbose_name="portées")
    domaines = ArrayField(models.CharField(max_length=20), verbose_name="domaines réservés", default=list)
    saisie = models.UUIDField("clef de saisie")  # one form filled = one key
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="+", db_index=False, verbose_name="créée par")
    created_at = models.DateTimeField("créée le")
    expires_at = models.DateTimeField("valable jusqu'au")
    used_at = models.DateTimeField("dernier usage", null=True, blank=True)  # to the nearest ten minutes
    revoked_at = models.DateTimeField("révoquée le", null=True, blank=True)

    objects = CleApiQuerySet.as_manager()

    class Rgpd:
        personnels = frozenset({"agent"})
        libres = frozenset(
            "id collectivite nom prefixe empreinte portees domaines saisie created_at expires_at used_at "
            "revoked_at".split()
        )
        conservation = "un an après la fin de validité"

    class Meta:
        verbose_name = "clef d'API"
        verbose_name_plural = "clefs d'API"
        indexes = [models.Index(fields=["empreinte"], name="clef_api_empreinte_idx")]  # asked before the town is known
        constraints = [
            models.UniqueConstraint("collectivite", "empreinte", name="clef_api_empreinte_unique"),
            models.UniqueConstraint("collectivite", "saisie", name="clef_api_saisie_unique"),
            models.CheckConstraint(condition=models.Q(portees__len__gt=0), name="clef_api_une_portee"),
        ]

    def __str__(self) -> str:
        return f"{self.nom} ({self.prefixe}…)"

    def is_usable(self, now: datetime) -> bool:
        """True unless revoked or expired."""
        return self.revoked_at is None and now < self.expires_at
