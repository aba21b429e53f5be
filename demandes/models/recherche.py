"""The search table: one row a demande, kept by triggers, read only through `demandes_chercher` (`recherche.py`)."""

from django.contrib.postgres.search import SearchVectorField
from django.db import models

from collectivites.cloison import ClefCloisonnee, ModeleCloisonne
from demandes.models.demande import Demande


class RechercheDemande(ModeleCloisonne):
    """Words of a demande and of its conversation, each written `<tenant>:<month>:<stem>`.

    `@@` is not leakproof: under row security it would lose its index. The tenant in each word makes one index behave
    as one per town; the month lets the newest answers be found without reading the others.
    """

    demande = ClefCloisonnee(Demande, models.CASCADE)
    domaine = models.CharField("domaine", max_length=20)
    received_at = models.DateTimeField("reçue le")
    mots = SearchVectorField("mots")

    class Rgpd:
        personnels = frozenset({"mots"})
        libres = frozenset("id collectivite demande domaine received_at".split())
        conservation = "celle de la demande"

    class Meta:
        verbose_name = "recherche de demandes"
        indexes = [models.Index(fields=["collectivite", "received_at"], name="recherche_demande_mois_idx")]
        constraints = [models.UniqueConstraint("collectivite", "demande", name="recherche_demande_unique")]

    def __str__(self) -> str:
        return f"recherche {self.demande_id}"
