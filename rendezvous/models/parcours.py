"""One visit across several services: the bundles a town proposes, a visit booked, the way between two lieux."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from citoyens.models import Usager
from collectivites.cloison import ClefCloisonnee, ModeleCloisonne
from collectivites.models import Lieu
from rendezvous.models.motif import Motif


class ModeleParcours(ModeleCloisonne):
    """A bundle of motifs for one occasion: « J'emménage à Aurelle »."""

    libelle = models.CharField("nom", max_length=120)
    aide = models.TextField("pour qui, pour quoi", blank=True)
    is_ordonne = models.BooleanField("dans cet ordre", default=False)
    is_public = models.BooleanField("proposé en ligne", default=False)
    is_active = models.BooleanField("en service", default=True)
    version = models.IntegerField("version", default=1)

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset("id collectivite libelle aide is_ordonne is_public is_active version".split())
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "modèle de parcours"
        verbose_name_plural = "modèles de parcours"
        constraints = [models.UniqueConstraint("collectivite", Lower("libelle"), name="modele_parcours_unique")]

    def __str__(self) -> str:
        return self.libelle


class EtapeParcours(ModeleCloisonne):
    """One stop of a bundle."""

    modele = ClefCloisonnee(ModeleParcours, models.CASCADE, related_name="etapes")
    motif = ClefCloisonnee(Motif, models.PROTECT)
    rang = models.SmallIntegerField("rang")

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset("id collectivite modele motif rang".split())
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "étape d'un parcours"
        verbose_name_plural = "étapes des parcours"
        constraints = [models.UniqueConstraint("collectivite", "modele", "rang", name="etape_parcours_unique")]

    def __str__(self) -> str:
        return f"{self.rang} {self.motif_id}"


class Trajet(ModeleCloisonne):
    """Minutes from one lieu to another, either way. Absent: the town's usual value."""

    de = ClefCloisonnee(Lieu, models.CASCADE, verbose_name="de")
    vers = ClefCloisonnee(Lieu, models.CASCADE, verbose_name="à")
    minutes = models.SmallIntegerField("minutes")

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset("id collectivite de vers minutes".split())
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "trajet"
        constraints = [
            models.UniqueConstraint("collectivite", "de", "vers", name="trajet_unique"),
            models.CheckConstraint(condition=Q(de__lt=F("vers")), name="trajet_un_sens"),
            models.CheckConstraint(condition=Q(minutes__range=(0, 600)), name="trajet_minutes"),
        ]

    def __str__(self) -> str:
        return f"{self.de_id} – {self.vers_id}"


class Parcours(ModeleCloisonne):
    """A visit booked: its appointments point here. All or nothing, one confirmation."""

    numero = models.CharField("numéro", max_length=20)  # « PAR-2026-00007 »
    modele = ClefCloisonnee(ModeleParcours, models.PROTECT, null=True, blank=True)
    usager = ClefCloisonnee(Usager, models.PROTECT, null=True, blank=True, verbose_name="usager")  # known once booked
    is_ordonne = models.BooleanField("dans l'ordre", default=False)
    clef = models.UUIDField("clef d'idempotence", null=True, blank=True)
    created_at = models.DateTimeField("pris le")

    class Rgpd:
        personnels = frozenset({"usager"})
        libres = frozenset("id collectivite numero modele is_ordonne clef created_at".split())
        conservation = "deux ans"

    class Meta:
        verbose_name = "parcours"
        verbose_name_plural = "parcours"
        constraints = [
            models.UniqueConstraint("collectivite", "numero", name="parcours_numero_unique"),
            models.UniqueConstraint(
                "collectivite", "clef", name="parcours_clef_unique", condition=Q(clef__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.numero
