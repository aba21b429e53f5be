"""The evidence pack: one PDF that tells a whole demande, for a judge, the usager or the archives."""

from django.db import models

from collectivites.cloison import ClefCloisonnee, ModeleCloisonne
from collectivites.models import Agent
from demandes.models.demande import Demande


class DossierPreuves(ModeleCloisonne):
    """One pack asked by an agent: the row first, its PDF drawn by a worker. `faites` of `etapes` are done."""

    class Etat(models.TextChoices):
        A_COMPOSER = "a_composer", "En préparation"
        PRET = "pret", "Prêt"
        ERREUR = "erreur", "Pas préparé"

    demande = ClefCloisonnee(Demande, models.CASCADE, related_name="dossiers_preuves")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="+", db_index=False)
    has_internes = models.BooleanField("avec les notes internes", default=False)
    etat = models.CharField("état", max_length=10, choices=Etat.choices, default=Etat.A_COMPOSER)
    etapes = models.SmallIntegerField("étapes", default=0)
    faites = models.SmallIntegerField("étapes faites", default=0)
    document = models.CharField("document", max_length=200, blank=True)  # PDF/UA in the private store
    empreinte = models.CharField("SHA-256", max_length=64, blank=True)
    octets = models.BigIntegerField("taille en octets", default=0)
    pages = models.IntegerField("pages", default=0)
    erreur = models.CharField("erreur", max_length=300, blank=True)
    clef = models.UUIDField("clef de saisie")
    created_at = models.DateTimeField("demandé le")
    ready_at = models.DateTimeField("prêt le", null=True, blank=True)

    class Rgpd:
        personnels = frozenset({"agent", "document"})
        libres = frozenset(
            "id collectivite demande has_internes etat etapes faites empreinte octets pages erreur clef created_at "
            "ready_at".split()
        )
        conservation = "celle de la demande"

    class Meta:
        verbose_name = "dossier de preuves"
        verbose_name_plural = "dossiers de preuves"
        indexes = [
            models.Index(fields=["collectivite", "demande", "-created_at"], name="preuves_demande_idx"),
            models.Index(fields=["created_at"], name="preuves_a_composer_idx", condition=models.Q(etat="a_composer")),
        ]
        constraints = [models.UniqueConstraint("collectivite", "clef", name="preuves_clef_unique")]

    def __str__(self) -> str:
        return f"dossier du {self.created_at:%Y-%m-%d}"
