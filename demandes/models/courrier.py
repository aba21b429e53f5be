"""Mail on paper: letters that come (scanned, numbered, qualified), letters that leave (printed, posted)."""

from django.db import models

from citoyens.models import Usager
from collectivites.cloison import ClefCloisonnee, ModeleCloisonne
from collectivites.models import Agent, Service
from demandes.models.demande import Demande
from demandes.models.echange import Message
from demandes.models.entree import Entree


class LotNumerisation(ModeleCloisonne):
    """A batch of scans in one PDF, split at its separator pages. The file as uploaded is kept."""

    class Etat(models.TextChoices):
        RECU = "recu", "À découper"
        DECOUPE = "decoupe", "Découpé"
        ERREUR = "erreur", "Illisible"

    nom = models.CharField("fichier", max_length=255)
    fichier = models.CharField("dépôt", max_length=200)
    empreinte = models.CharField("SHA-256", max_length=64)
    octets = models.BigIntegerField("taille en octets")
    pages = models.IntegerField("pages", default=0)
    pages_faites = models.IntegerField("pages lues", default=0)
    etat = models.CharField("état", max_length=8, choices=Etat.choices, default=Etat.RECU)
    erreur = models.CharField("erreur", max_length=300, blank=True)
    essais = models.SmallIntegerField("essais", default=0)
    bail_at = models.DateTimeField("bail jusqu'à", null=True, blank=True)
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="+", db_index=False)
    clef = models.UUIDField("clef de saisie")
    at = models.DateTimeField("déposé le")

    class Rgpd:
        personnels = frozenset({"nom", "fichier", "agent"})
        libres = frozenset(
            "id collectivite empreinte octets pages pages_faites etat erreur essais bail_at clef at".split()
        )
        conservation = "six mois après le découpage"

    class Meta:
        verbose_name = "lot de numérisation"
        verbose_name_plural = "lots de numérisation"
        indexes = [models.Index(fields=["at"], name="lot_a_decouper_idx", condition=models.Q(etat="recu"))]
        constraints = [models.UniqueConstraint("collectivite", "clef", name="lot_clef_unique")]

    def __str__(self) -> str:
        return self.nom


class CourrierArrivee(ModeleCloisonne):
    """A letter received, registered under its n° chrono. `date_cachet` is the postmark (CRPA L112-1)."""

    class Nature(models.TextChoices):
        SIMPLE = "simple", "Lettre simple"
        RECOMMANDE = "recommande", "Recommandé"
        RECOMMANDE_AR = "recommande_ar", "Recommandé avec avis de réception"
        MAIN = "main", "Remis en main propre"
        AUTRE = "autre", "Autre"

    class Etat(models.TextChoices):
        A_QUALIFIER = "a_qualifier", "À qualifier"
        QUALIFIE = "qualifie", "Qualifié"
        ECARTE = "ecarte", "Écarté"

    chrono = models.CharField("n° chrono", max_length=20)  # « CA-2026-0012 »
    entree = ClefCloisonnee(Entree, models.PROTECT, null=True, blank=True)  # the scan, raw
    lot = ClefCloisonnee(LotNumerisation, models.PROTECT, null=True, blank=True, related_name="courriers")
    rang = models.IntegerField("rang dans le lot", default=0)
    pages = models.IntegerField("pages", default=0)
    nature = models.CharField("nature", max_length=14, choices=Nature.choices, default=Nature.SIMPLE)
    numero_recommande = models.CharField("n° de recommandé", max_length=40, blank=True)
    date_courrier = models.DateField("date du courrier", null=True, blank=True)
    date_cachet = models.DateField("cachet de la poste", null=True, blank=True)
    date_arrivee = models.DateField("date d'arrivée")
    expediteur = models.CharField("expéditeur", max_length=200, blank=True)
    objet = models.CharField("objet", max_length=200, blank=True)
    usager = ClefCloisonnee(Usager, models.PROTECT, null=True, blank=True)
    service = ClefCloisonnee(Service, models.PROTECT, null=True, blank=True, verbose_name="service")
    demande = ClefCloisonnee(Demande, models.PROTECT, null=True, blank=True)
    etat = models.CharField("état", max_length=12, choices=Etat.choices, default=Etat.A_QUALIFIER)
    motif = models.CharField("motif d'écart", max_length=300, blank=True)
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="+", db_index=False)
    version = models.IntegerField("version", default=1)
    clef = models.UUIDField("clef de saisie", null=True, blank=True)
    created_at = models.DateTimeField("enregistré le")

    class Rgpd:
        personnels = frozenset({"expediteur", "objet", "usager", "agent", "numero_recommande"})
        libres = frozenset(
            "id collectivite chrono entree lot rang pages nature date_courrier date_cachet date_arrivee service "
            "demande etat motif version clef created_at".split()
        )
        conservation = "celle de la demande ; un an quand il est écarté"

    class Meta:
        verbose_name = "courrier arrivée"
        verbose_name_plural = "courriers arrivée"
        indexes = [
            models.Index(fields=["collectivite", "-date_arrivee", "-id"], name="courrier_arrivee_idx"),
            models.Index(
                fields=["collectivite", "date_arrivee", "id"], name="courrier_a_qualifier_idx",
                condition=models.Q(etat="a_qualifier"),
            ),
            models.Index(fields=["collectivite", "demande"], name="courrier_demande_idx"),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint("collectivite", "chrono", name="courrier_chrono_unique"),
            models.UniqueConstraint("collectivite", "clef", name="courrier_clef_unique"),
            models.UniqueConstraint("collectivite", "lot", "rang", name="courrier_rang_unique"),
            models.CheckConstraint(
                condition=models.Q(etat="qualifie", demande__isnull=False) | ~models.Q(etat="qualifie"),
                name="courrier_qualifie_si_demande",
            ),
        ]

    def __str__(self) -> str:
        return self.chrono


class LotImpression(ModeleCloisonne):
    """Letters printed together: one PDF and its list."""

    document = models.CharField("document", max_length=200)
    nombre = models.IntegerField("lettres")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="+", db_index=False)
    clef = models.UUIDField("clef de saisie")
    at = models.DateTimeField("imprimé le")

    class Rgpd:
        personnels = frozenset({"agent", "document"})
        libres = frozenset("id collectivite nombre clef at".split())
        conservation = "trois mois"

    class Meta:
        verbose_name = "lot d'impression"
        verbose_name_plural = "lots d'impression"
        indexes = [models.Index(fields=["at"], name="impression_a_joindre_idx", condition=models.Q(document=""))]
        constraints = [models.UniqueConstraint("collectivite", "clef", name="impression_clef_unique")]

    def __str__(self) -> str:
        return f"lot du {self.at:%Y-%m-%d}"


class CourrierDepart(ModeleCloisonne):
    """A letter we send: its PDF is frozen when it is written, then printed, then posted."""

    class Etat(models.TextChoices):
        A_IMPRIMER = "a_imprimer", "À imprimer"
        IMPRIME = "imprime", "Imprimé"
        POSTE = "poste", "Posté"
        ANNULE = "annule", "Annulé"

    chrono = models.CharField("n° chrono", max_length=20)  # « CD-2026-0012 »
    demande = ClefCloisonnee(Demande, models.PROTECT, related_name="courriers_depart")
    message = ClefCloisonnee(Message, models.PROTECT, null=True, blank=True)
    destinataire = models.CharField("destinataire", max_length=160)
    adresse = models.TextField("adresse postale")
    objet = models.CharField("objet", max_length=200)
    corps = models.TextField("texte")
    document = models.CharField("document", max_length=200, blank=True)  # PDF/UA in the private store
    empreinte = models.CharField("SHA-256", max_length=64, blank=True)
    octets = models.BigIntegerField("taille en octets", default=0)
    pages = models.IntegerField("pages", default=0)
    etat = models.CharField("état", max_length=10, choices=Etat.choices, default=Etat.A_IMPRIMER)
    lot = ClefCloisonnee(LotImpression, models.PROTECT, null=True, blank=True, related_name="courriers")
    agent = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    created_at = models.DateTimeField("écrit le")
    printed_at = models.DateTimeField("imprimé le", null=True, blank=True)
    posted_at = models.DateTimeField("posté le", null=True, blank=True)

    class Rgpd:
        personnels = frozenset("destinataire adresse objet corps document agent".split())
        libres = frozenset(
            "id collectivite chrono demande message empreinte octets pages etat lot created_at printed_at "
            "posted_at".split()
        )
        conservation = "celle de la demande"

    class Meta:
        verbose_name = "courrier départ"
        verbose_name_plural = "courriers départ"
        indexes = [
            models.Index(fields=["collectivite", "etat", "created_at"], name="courrier_depart_etat_idx"),
            models.Index(fields=["collectivite", "demande"], name="courrier_depart_demande_idx"),
            models.Index(
                fields=["created_at"], name="courrier_a_composer_idx",
                condition=models.Q(document="", etat="a_imprimer"),
            ),
        ]  # fmt: skip
        constraints = [models.UniqueConstraint("collectivite", "chrono", name="courrier_depart_chrono_unique")]

    def __str__(self) -> str:
        return self.chrono
