"""Who belongs where, with which roles, for which services."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from collectivites.cloison import ClefCloisonnee, ModeleCloisonne
from collectivites.models.agent import Agent
from collectivites.models.collectivite import Collectivite
from collectivites.models.organisation import Service
from collectivites.permissions import Role


class Rattachement(models.Model):
    """An agent belongs to a collectivité with roles. No row security: read before a tenant is chosen."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="rattachements")
    collectivite = models.ForeignKey(Collectivite, models.PROTECT, related_name="rattachements")
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices), verbose_name="rôles")
    fonction = models.CharField("fonction", max_length=80, blank=True)  # « Responsable du service » (CRPA L111-2)
    poste = models.CharField("poste téléphonique", max_length=20, blank=True)
    is_active = models.BooleanField("actif", default=True)
    created_at = models.DateTimeField("créé le", auto_now_add=True)

    class Rgpd:
        personnels = frozenset({"agent"})
        libres = frozenset("id collectivite roles fonction poste is_active created_at".split())
        conservation = "un an après le départ"

    class Meta:
        verbose_name = "rattachement"
        constraints = [
            models.UniqueConstraint("collectivite", "agent", name="rattachement_unique"),
            models.CheckConstraint(condition=models.Q(roles__len__gt=0), name="rattachement_un_role"),
            models.CheckConstraint(
                condition=models.Q(roles__contained_by=list(Role.values)), name="rattachement_roles_connus"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent} · {self.collectivite}"


class ServiceRattachement(ModeleCloisonne):
    """The services an agent works for, in one collectivité."""

    rattachement = models.ForeignKey(Rattachement, models.CASCADE, related_name="+", db_index=False)
    service = ClefCloisonnee(Service, models.CASCADE)

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset("id collectivite rattachement service".split())
        conservation = "un an après le départ"

    class Meta:
        verbose_name = "service d'un agent"
        constraints = [
            models.UniqueConstraint("collectivite", "rattachement", "service", name="service_rattachement_unique")
        ]

    def __str__(self) -> str:
        return f"{self.rattachement_id} · {self.service_id}"
