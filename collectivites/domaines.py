"""Domains: the sealed families of services inside one town hall.

The 360° page shows that a demande exists; its content is read only by the agents of its domain when the domain is
sealed (CNIL: sectors of téléservices must not mix; social action is the strictest case).
"""

from django.db import models


class Domaine(models.TextChoices):
    """Families of services."""

    GENERAL = "general", "Accueil et vie municipale"
    ETAT_CIVIL = "etat_civil", "État civil et citoyenneté"
    CADRE_DE_VIE = "cadre_de_vie", "Cadre de vie et voirie"
    URBANISME = "urbanisme", "Urbanisme"
    ENFANCE = "enfance", "Enfance et éducation"
    CULTURE_SPORT = "culture_sport", "Culture, sport et associations"
    SECURITE = "securite", "Sécurité et tranquillité"
    FINANCES = "finances", "Finances et régies"
    SOCIAL = "social", "Action sociale (CCAS)"


# Content reserved to the agents of a service of the domain; the others see that something exists, and its state.
RESERVES: frozenset[str] = frozenset({Domaine.SOCIAL, Domaine.SECURITE})
