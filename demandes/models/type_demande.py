"""The catalogue: what a demande can be about."""

from django.db import models
from django.db.models.functions import Lower

from collectivites.cloison import ClefCloisonnee, ModeleCloisonne
from collectivites.domaines import Domaine
from collectivites.models import Service


class TypeDemande(ModeleCloisonne):
    """A kind of demande (on screen « démarche »): who answers it by default, in which domain, in how many days."""

    libelle = models.CharField("libellé", max_length=120)
    thematique = models.CharField("thématique", max_length=80)
    domaine = models.CharField("domaine", max_length=20, choices=Domaine.choices, default=Domaine.GENERAL)
    service = ClefCloisonnee(Service, models.PROTECT, null=True, blank=True, verbose_name="service par défaut")
    engagement_jours = models.SmallIntegerField("engagement de réponse (jours ouvrés)", default=10)
    is_active = models.BooleanField("proposé", default=True)

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset("id collectivite libelle thematique domaine service engagement_jours is_active".split())
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "type de demande"
        verbose_name_plural = "types de demande"
        constraints = [
            models.UniqueConstraint("collectivite", Lower("libelle"), name="type_demande_libelle_unique"),
            models.CheckConstraint(
                condition=models.Q(engagement_jours__range=(1, 365)), name="type_demande_engagement"
            ),
        ]

    def __str__(self) -> str:
        return self.libelle
