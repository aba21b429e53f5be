"""Doors for programs: social networks, SMS, telephony. And the calls telephony told us of."""

from django.db import models

from citoyens.models import Usager
from collectivites.cloison import ClefCloisonnee, ModeleCloisonne
from collectivites.models import Agent, Service
from demandes.models.demande import Demande


class Connecteur(ModeleCloisonne):
    """A signed door for one outside program. The secret is encrypted; the token of its address is kept hashed."""

    class Genre(models.TextChoices):
        RESEAU = "reseau", "Réseau social ou partenaire"
        SMS = "sms", "SMS reçus"
        CTI = "cti", "Téléphonie"

    genre = models.CharField("genre", max_length=8, choices=Genre.choices)
    libelle = models.CharField("nom", max_length=80)
    jeton = models.CharField("SHA-256 du jeton", max_length=64)
    secret = models.BinaryField("secret chiffré", default=bytes)
    service = ClefCloisonnee(Service, models.PROTECT, null=True, blank=True, verbose_name="service")
    is_active = models.BooleanField("en service", default=True)
    last_received_at = models.DateTimeField("dernier appel reçu", null=True, blank=True)
    erreur = models.CharField("dernière erreur", max_length=300, blank=True)
    created_at = models.DateTimeField("créé le")

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset(
            "id collectivite genre libelle jeton secret service is_active last_received_at erreur created_at".split()
        )
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "connecteur"
        constraints = [
            models.UniqueConstraint("collectivite", "jeton", name="connecteur_jeton_unique"),
            models.UniqueConstraint("collectivite", "libelle", name="connecteur_libelle_unique"),
        ]

    def __str__(self) -> str:
        return self.libelle


class Appel(ModeleCloisonne):
    """A call, told by telephony or noted by an agent: the timer runs from `debut_at`."""

    class Etat(models.TextChoices):
        SONNE = "sonne", "Sonne"
        EN_LIGNE = "en_ligne", "En ligne"
        TERMINE = "termine", "Terminé"
        MANQUE = "manque", "Manqué"

    connecteur = ClefCloisonnee(Connecteur, models.PROTECT, null=True, blank=True)
    externe_id = models.CharField("identifiant de la téléphonie", max_length=120, blank=True)
    numero = models.CharField("numéro", max_length=20, blank=True)  # E.164; empty: hidden
    poste = models.CharField("poste", max_length=20, blank=True)
    agent = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    usager = ClefCloisonnee(Usager, models.SET_NULL, null=True, blank=True)
    demande = ClefCloisonnee(Demande, models.SET_NULL, null=True, blank=True)
    etat = models.CharField("état", max_length=8, choices=Etat.choices)
    debut_at = models.DateTimeField("appel reçu à")
    decroche_at = models.DateTimeField("décroché à", null=True, blank=True)
    fin_at = models.DateTimeField("fini à", null=True, blank=True)
    rappele_at = models.DateTimeField("rappelé le", null=True, blank=True)

    class Rgpd:
        personnels = frozenset({"numero", "usager", "agent"})
        libres = frozenset(
            "id collectivite connecteur externe_id poste demande etat debut_at decroche_at fin_at rappele_at".split()
        )
        conservation = "six mois"

    class Meta:
        verbose_name = "appel"
        indexes = [
            models.Index(fields=["collectivite", "-debut_at", "-id"], name="appel_debut_idx"),
            models.Index(
                fields=["collectivite", "agent", "-debut_at"], name="appel_en_cours_idx",
                condition=models.Q(etat__in=["sonne", "en_ligne"]),
            ),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(
                "collectivite", "connecteur", "externe_id", name="appel_unique", condition=~models.Q(externe_id="")
            )
        ]

    def __str__(self) -> str:
        return f"appel {self.debut_at:%Y-%m-%d %H:%M}"
