"""Appointments moved, entrusted to somebody else or cancelled together, because somebody is away."""

from django.db import models
from django.db.models import Q

from collectivites.cloison import ModeleCloisonne
from collectivites.models import Agent


class LotRendezVous(ModeleCloisonne):
    """One gesture on many appointments, the whole memory of it: what was asked, what was done, what was not and why.

    `vises`: [[id, version seen, slot or null], …], slot = [start (ISO), lieu, resource, session or null].
    `faits`, `echecs`: [[id, sentence], …]. Each appointment is its own transaction; nothing is all-or-nothing here.
    """

    class Geste(models.TextChoices):
        DEPLACER = "deplacer", "Déplacer"
        CONFIER = "confier", "Confier à quelqu'un d'autre"
        ANNULER = "annuler", "Annuler"

    class Etat(models.TextChoices):
        EN_COURS = "en_cours", "En cours"
        FINI = "fini", "Fini"

    agent = models.ForeignKey(Agent, models.PROTECT, related_name="+", db_index=False, verbose_name="par")
    geste = models.CharField("geste", max_length=8, choices=Geste.choices)
    raison = models.CharField("raison écrite aux usagers", max_length=300, blank=True)
    is_prevenu = models.BooleanField("usagers prévenus", default=True)
    vises = models.JSONField("rendez-vous visés", default=list)
    faits = models.JSONField("faits", default=list)
    echecs = models.JSONField("laissés de côté", default=list)
    etat = models.CharField("état", max_length=8, choices=Etat.choices, default=Etat.EN_COURS)
    clef = models.UUIDField("clef de saisie")
    bail_at = models.DateTimeField("bail jusqu'à", null=True, blank=True)
    at = models.DateTimeField("lancé le")
    fini_at = models.DateTimeField("fini le", null=True, blank=True)

    class Rgpd:
        personnels = frozenset({"agent", "raison", "faits", "echecs"})
        libres = frozenset("id collectivite geste is_prevenu vises etat clef bail_at at fini_at".split())
        conservation = "un mois"

    class Meta:
        verbose_name = "lot de rendez-vous"
        verbose_name_plural = "lots de rendez-vous"
        indexes = [models.Index(fields=["at"], name="lot_rdv_en_cours_idx", condition=Q(etat="en_cours"))]
        constraints = [models.UniqueConstraint("collectivite", "clef", name="lot_rdv_clef_unique")]

    def __str__(self) -> str:
        return f"{self.geste} {self.at:%Y-%m-%d %H:%M}"
