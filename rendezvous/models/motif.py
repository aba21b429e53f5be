"""Why one comes: the motif says how long it takes, who may book it, when, and with which documents."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from collectivites.cloison import ClefCloisonnee, ModeleCloisonne
from collectivites.models import Service
from demandes.models import TypeDemande
from journal.historique import historise

PERSONNES_MAX = 12
DUREE_MAX = 8 * 60  # minutes


@historise
class Motif(ModeleCloisonne):
    """A reason for an appointment. Archived, never deleted.

    `durees[n - 1]` is the length in minutes for n persons (or files): a table, not a product (« 1 dossier =
    1 créneau », but CNI and passport of one person together are one). Its length is the most one may bring.
    """

    class Genre(models.TextChoices):
        SUR_PLACE = "sur_place", "Sur place"
        TELEPHONE = "telephone", "Par téléphone"
        VISIO = "visio", "En visioconférence"
        DOMICILE = "domicile", "À domicile"

    class Reservable(models.TextChoices):
        AGENTS = "agents", "Les agents seulement"
        INVITES = "invites", "Les agents, et les usagers qui ont un lien"
        TOUS = "tous", "Tout le monde, en ligne"

    class CategorieAnts(models.TextChoices):
        AUCUNE = "", "Aucune"
        CNI = "CNI", "Carte d'identité"
        PASSEPORT = "PASSPORT", "Passeport"
        LES_DEUX = "CNI-PASSPORT", "Carte d'identité et passeport"

    service = ClefCloisonnee(Service, models.PROTECT, related_name="motifs", verbose_name="service")
    type_demande = ClefCloisonnee(TypeDemande, models.PROTECT, null=True, blank=True, verbose_name="démarche liée")
    libelle = models.CharField("nom", max_length=120)
    libelle_public = models.CharField("nom dans les messages", max_length=120, blank=True)
    genre = models.CharField("comment", max_length=10, choices=Genre.choices, default=Genre.SUR_PLACE)
    durees = ArrayField(models.SmallIntegerField(), verbose_name="durées en minutes, par nombre de personnes")
    unite_personnes = models.CharField("ce que l'on compte", max_length=30, default="personne")  # « dossier »
    battement_minutes = models.SmallIntegerField("battement après (minutes)", default=0)
    delai_min_minutes = models.IntegerField("au plus tard avant le rendez-vous (minutes)", default=120)
    delai_max_jours = models.SmallIntegerField("au plus tôt avant le rendez-vous (jours)", default=90)
    reservable_par = models.CharField("qui réserve", max_length=8, choices=Reservable.choices, default="agents")
    is_collectif = models.BooleanField("rendez-vous collectif", default=False)
    places = models.SmallIntegerField("places d'une séance collective", default=1)
    annulable_minutes = models.IntegerField("annulable jusqu'à (minutes avant)", default=4 * 60)
    deplacable_minutes = models.IntegerField("déplaçable jusqu'à (minutes avant)", default=4 * 60)
    pieces = ArrayField(
        models.CharField(max_length=200), verbose_name="documents à apporter", default=list, blank=True
    )
    consignes_avant = models.TextField("à lire avant de réserver", blank=True)
    consignes_apres = models.TextField("à savoir une fois le rendez-vous pris", blank=True)
    is_sensible = models.BooleanField("motif sensible : jamais nommé dans un message", default=False)
    is_sectorise = models.BooleanField("selon l'adresse de l'usager", default=False)
    is_plus_tot = models.BooleanField("proposer d'être prévenu d'un créneau plus tôt", default=True)
    has_rappel = models.BooleanField("rappel l'avant-veille", default=True)
    categorie_ants = models.CharField(
        "titre d'identité", max_length=12, choices=CategorieAnts.choices, default="", blank=True
    )
    visio_base = models.CharField("adresse du salon de visioconférence", max_length=200, blank=True)
    couleur = models.SmallIntegerField("couleur dans l'agenda", default=1)  # 1 to 8, a token of the style sheet
    is_active = models.BooleanField("proposé", default=True)
    version = models.IntegerField("version", default=1)

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset(
            "id collectivite service type_demande libelle libelle_public genre durees unite_personnes "
            "battement_minutes delai_min_minutes delai_max_jours reservable_par is_collectif places "
            "annulable_minutes deplacable_minutes pieces consignes_avant consignes_apres is_sensible is_sectorise "
            "is_plus_tot has_rappel categorie_ants visio_base couleur is_active version".split()
        )
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "motif de rendez-vous"
        verbose_name_plural = "motifs de rendez-vous"
        constraints = [
            models.UniqueConstraint(
                "collectivite", "service", "genre", Lower("libelle"), name="motif_nom_unique",
                condition=Q(is_active=True),
            ),
            models.CheckConstraint(
                condition=Q(durees__len__range=(1, PERSONNES_MAX)), name="motif_a_une_duree"
            ),
            models.CheckConstraint(
                condition=Q(battement_minutes__range=(0, 240), delai_min_minutes__range=(0, 527_040)),
                name="motif_battement_et_delai",
            ),
            models.CheckConstraint(condition=Q(delai_max_jours__range=(1, 366)), name="motif_delai_max"),
            models.CheckConstraint(
                condition=Q(annulable_minutes__gte=0, deplacable_minutes__gte=0), name="motif_limites"
            ),
            models.CheckConstraint(
                condition=Q(is_collectif=False, places=1) | Q(is_collectif=True, places__range=(1, 500)),
                name="motif_places",
            ),
            models.CheckConstraint(condition=Q(couleur__range=(1, 8)), name="motif_couleur"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.libelle

    @property
    def personnes_max(self) -> int:
        """The most persons (or files) one appointment takes."""
        return len(self.durees)

    def get_duree(self, personnes: int) -> int:
        """Return the length in minutes for that many persons. Raises ValueError beyond the table."""
        if not 1 <= personnes <= len(self.durees):
            raise ValueError("personnes")
        return int(self.durees[personnes - 1])

    @property
    def nom_message(self) -> str:
        """What a message may call it: nothing at all for a sensitive motif without a neutral name."""
        if self.is_sensible:
            return self.libelle_public
        return self.libelle_public or self.libelle
