"""Contacts answered on the spot: one line, so that the counter's real work is counted."""

from django.db import models

from citoyens.models import Usager
from collectivites.cloison import ClefCloisonnee, ModeleCloisonne
from collectivites.domaines import Domaine
from collectivites.models import Agent, Service
from demandes.models.type_demande import TypeDemande


class ContactImmediat(ModeleCloisonne):
    """A question answered at once, or a person shown to the right service. Known usager or not."""

    class Canal(models.TextChoices):
        GUICHET = "guichet", "Guichet"
        TELEPHONE = "telephone", "Téléphone"

    class Issue(models.TextChoices):
        REPONDU = "repondu", "Répondu tout de suite"
        ORIENTE = "oriente", "Orienté vers un service"

    type = ClefCloisonnee(TypeDemande, models.PROTECT, null=True, blank=True, verbose_name="sujet")
    domaine = models.CharField("domaine", max_length=20, choices=Domaine.choices, default=Domaine.GENERAL)
    canal = models.CharField("canal", max_length=10, choices=Canal.choices, default=Canal.GUICHET)
    issue = models.CharField("issue", max_length=10, choices=Issue.choices, default=Issue.REPONDU)
    service = ClefCloisonnee(Service, models.PROTECT, null=True, blank=True, verbose_name="service")
    usager = ClefCloisonnee(Usager, models.PROTECT, null=True, blank=True)
    precision = models.CharField("précision", max_length=200, blank=True)
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="+", db_index=False)
    clef = models.UUIDField("clef de saisie")
    at = models.DateTimeField("quand")

    class Rgpd:
        personnels = frozenset({"usager", "precision", "agent"})
        libres = frozenset("id collectivite type domaine canal issue service clef at".split())
        conservation = "un an"

    class Meta:
        verbose_name = "contact immédiat"
        verbose_name_plural = "contacts immédiats"
        indexes = [models.Index(fields=["collectivite", "-at"], name="immediat_at_idx")]
        constraints = [models.UniqueConstraint("collectivite", "clef", name="immediat_clef_unique")]

    def __str__(self) -> str:
        return f"{self.issue} {self.at:%Y-%m-%d %H:%M}"
