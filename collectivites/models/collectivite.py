"""The tenant."""

from django.core.validators import RegexValidator
from django.db import models


class Collectivite(models.Model):
    """A town hall or an intermunicipal body: the tenant. No row security: read before a tenant is chosen."""

    class Nature(models.TextChoices):
        COMMUNE = "commune", "Commune"
        EPCI = "epci", "Intercommunalité (EPCI)"

    class ZoneFeries(models.TextChoices):
        METROPOLE = "metropole", "Métropole"
        ALSACE_MOSELLE = "alsace_moselle", "Alsace-Moselle"
        GUADELOUPE = "guadeloupe", "Guadeloupe"
        MARTINIQUE = "martinique", "Martinique"
        GUYANE = "guyane", "Guyane"
        REUNION = "reunion", "La Réunion"
        MAYOTTE = "mayotte", "Mayotte"
        SAINT_BARTHELEMY = "saint_barthelemy", "Saint-Barthélemy"
        SAINT_MARTIN = "saint_martin", "Saint-Martin"
        SAINT_PIERRE_ET_MIQUELON = "saint_pierre_et_miquelon", "Saint-Pierre-et-Miquelon"
        NOUVELLE_CALEDONIE = "nouvelle_caledonie", "Nouvelle-Calédonie"
        POLYNESIE = "polynesie", "Polynésie française"
        WALLIS_ET_FUTUNA = "wallis_et_futuna", "Wallis-et-Futuna"

    slug = models.SlugField("nom dans l'adresse", max_length=60, unique=True)
    nom = models.CharField("nom", max_length=120)
    nature = models.CharField("nature", max_length=10, choices=Nature.choices, default=Nature.COMMUNE)
    epci = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="communes", verbose_name="EPCI"
    )
    code_insee = models.CharField("code INSEE", max_length=5, blank=True)
    adresse = models.CharField("adresse", max_length=200, blank=True)
    code_postal = models.CharField("code postal", max_length=10, blank=True)
    ville = models.CharField("ville", max_length=100, blank=True)
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    courriel = models.EmailField("adresse électronique", blank=True)
    fuseau = models.CharField("fuseau horaire", max_length=40, default="Europe/Paris")
    zone_feries = models.CharField(
        "jours fériés", max_length=30, choices=ZoneFeries.choices, default=ZoneFeries.METROPOLE
    )
    accent = models.CharField(
        "couleur", max_length=7, default="#0b5563", validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")]
    )
    is_active = models.BooleanField("active", default=True)
    created_at = models.DateTimeField("créée le", auto_now_add=True)

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset(
            "id slug nom nature epci code_insee adresse code_postal ville telephone courriel fuseau zone_feries "
            "accent is_active created_at".split()
        )
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "collectivité"

    def __str__(self) -> str:
        return self.nom
