"""What a town hall is made of: services, places, opening hours, closures."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from collectivites.cloison import ClefCloisonnee, ModeleCloisonne
from collectivites.domaines import Domaine
from collectivites.models.collectivite import Collectivite


class Service(ModeleCloisonne):
    """A unit of the town hall that answers demandes (CRPA: « service chargé du dossier »)."""

    nom = models.CharField("nom", max_length=120)
    domaine = models.CharField("domaine", max_length=20, choices=Domaine.choices, default=Domaine.GENERAL)
    courriel = models.EmailField("adresse électronique", blank=True)
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    adresse = models.CharField("adresse postale", max_length=250, blank=True)
    is_active = models.BooleanField("actif", default=True)

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset("id collectivite nom domaine courriel telephone adresse is_active".split())
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "service"
        constraints = [models.UniqueConstraint("collectivite", Lower("nom"), name="service_nom_unique")]

    def __str__(self) -> str:
        return self.nom


class Lieu(ModeleCloisonne):
    """A place that receives the public."""

    nom = models.CharField("nom", max_length=120)
    adresse = models.CharField("adresse", max_length=200, blank=True)
    code_postal = models.CharField("code postal", max_length=10, blank=True)
    ville = models.CharField("ville", max_length=100, blank=True)
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    fuseau = models.CharField("fuseau horaire", max_length=40, default="Europe/Paris")
    zone_feries = models.CharField(  # empty: the collectivité's
        "jours fériés", max_length=30, choices=Collectivite.ZoneFeries.choices, blank=True, default=""
    )
    feries_ouverts = ArrayField(  # names of `feries.py`: « Lundi de Pentecôte »
        models.CharField(max_length=40), verbose_name="jours fériés travaillés", default=list, blank=True
    )
    latitude = models.DecimalField("latitude", max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField("longitude", max_digits=8, decimal_places=5, null=True, blank=True)
    is_active = models.BooleanField("ouvert au public", default=True)

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset(
            "id collectivite nom adresse code_postal ville telephone fuseau zone_feries feries_ouverts latitude "
            "longitude is_active".split()
        )
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "lieu"
        constraints = [models.UniqueConstraint("collectivite", Lower("nom"), name="lieu_nom_unique")]

    def __str__(self) -> str:
        return self.nom


def show_minute(minute: int) -> str:
    """French wall-clock time of a minute of the day: 510 → « 8 h 30 »."""
    return f"{minute // 60}\u00a0h\u00a0{minute % 60:02d}"


class Horaire(ModeleCloisonne):
    """One opening range of a lieu on a day of the week; several a day (town halls close at noon).

    Wall-clock minutes since midnight, half-open [debut, fin[. The database refuses two ranges that overlap.
    """

    class Jour(models.IntegerChoices):
        LUNDI = 0, "lundi"
        MARDI = 1, "mardi"
        MERCREDI = 2, "mercredi"
        JEUDI = 3, "jeudi"
        VENDREDI = 4, "vendredi"
        SAMEDI = 5, "samedi"
        DIMANCHE = 6, "dimanche"

    lieu = ClefCloisonnee(Lieu, models.CASCADE, related_name="horaires", verbose_name="lieu")
    jour = models.SmallIntegerField("jour", choices=Jour.choices)
    debut_minute = models.SmallIntegerField("ouverture")
    fin_minute = models.SmallIntegerField("fermeture")

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset("id collectivite lieu jour debut_minute fin_minute".split())
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "horaire d'ouverture"
        indexes = [models.Index(fields=["collectivite", "lieu", "jour"], name="horaire_lieu_idx")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(debut_minute__gte=0, fin_minute__lte=1440, debut_minute__lt=models.F("fin_minute")),
                name="horaire_ordre",
            ),
            models.CheckConstraint(condition=models.Q(jour__range=(0, 6)), name="horaire_jour"),
        ]

    def __str__(self) -> str:
        return f"{self.get_jour_display()} {self.debut} – {self.fin}"

    @property
    def debut(self) -> str:
        """« 8 h 30 »."""
        return show_minute(self.debut_minute)

    @property
    def fin(self) -> str:
        """« 12 h 00 »."""
        return show_minute(self.fin_minute)


class Fermeture(ModeleCloisonne):
    """Days when a lieu, or the whole collectivité when `lieu` is empty, does not open. Both dates included."""

    lieu = ClefCloisonnee(Lieu, models.CASCADE, null=True, blank=True, verbose_name="lieu")
    debut_on = models.DateField("premier jour")
    fin_on = models.DateField("dernier jour")
    motif = models.CharField("motif", max_length=120, blank=True)

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset("id collectivite lieu debut_on fin_on motif".split())
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "fermeture"
        indexes = [models.Index(fields=["collectivite", "debut_on"], name="fermeture_debut_idx")]
        constraints = [
            models.CheckConstraint(condition=models.Q(debut_on__lte=models.F("fin_on")), name="fermeture_ordre")
        ]

    def __str__(self) -> str:
        return f"{self.debut_on} – {self.fin_on}"
