"""Who or what can be booked: an agent, or a counter. One id space, so that one constraint keeps them all."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from collectivites.cloison import ClefCloisonnee, ModeleCloisonne
from collectivites.models import Agent, Lieu


class Guichet(ModeleCloisonne):
    """A counter, an office or a room of a lieu, where the public is received."""

    lieu = ClefCloisonnee(Lieu, models.PROTECT, related_name="guichets", verbose_name="lieu")
    libelle = models.CharField("nom", max_length=60)  # « Guichet 3 »
    is_accessible = models.BooleanField("accessible en fauteuil", default=True)
    is_active = models.BooleanField("en service", default=True)
    version = models.IntegerField("version", default=1)

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset("id collectivite lieu libelle is_accessible is_active version".split())
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "guichet"
        constraints = [models.UniqueConstraint("collectivite", "lieu", Lower("libelle"), name="guichet_nom_unique")]

    def __str__(self) -> str:
        return self.libelle


class Ressource(ModeleCloisonne):
    """One bookable thing: exactly an agent or a counter. Never in two appointments at once (see Occupation)."""

    agent = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name="agent"
    )
    guichet = ClefCloisonnee(Guichet, models.PROTECT, null=True, blank=True, verbose_name="guichet")
    nom = models.CharField("nom", max_length=160)  # copied from the agent or the counter: lists read one table
    is_active = models.BooleanField("prend des rendez-vous", default=True)

    class Rgpd:
        personnels = frozenset({"agent", "nom"})
        libres = frozenset("id collectivite guichet is_active".split())
        conservation = "un an après le départ de l'agent"

    class Meta:
        verbose_name = "ressource"
        constraints = [
            models.CheckConstraint(
                condition=Q(agent__isnull=False, guichet__isnull=True) | Q(agent__isnull=True, guichet__isnull=False),
                name="ressource_agent_ou_guichet",
            ),
            models.UniqueConstraint(
                "collectivite", "agent", name="ressource_agent_unique", condition=Q(agent__isnull=False)
            ),
            models.UniqueConstraint(
                "collectivite", "guichet", name="ressource_guichet_unique", condition=Q(guichet__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.nom
