"""The ledger of everything sent, its receipts, and the texts of each collectivité."""

import uuid
from datetime import datetime

from django.db import models

from collectivites.cloison import ClefCloisonnee, ModeleCloisonne
from messagerie.models_webhooks import AbonnementWebhook, LivraisonWebhook

__all__ = [
    "AbonnementWebhook",
    "Accuse",
    "CompteSms",
    "Envoi",
    "EnvoiQuerySet",
    "Essai",
    "LivraisonWebhook",
    "ModeleMessage",
    "PieceEnvoi",
]


class EnvoiQuerySet(models.QuerySet["Envoi"]):
    """Reads of the ledger."""

    def waiting(self, now: datetime) -> "EnvoiQuerySet":
        """Due and not yet taken by a worker."""
        return self.filter(etat=Envoi.Etat.A_ENVOYER, prevu_at__lte=now)


class Envoi(ModeleCloisonne):
    """One message to one recipient, written in the transaction of the fact that causes it.

    States: a_envoyer → en_cours → envoye → remis | rejete; en_cours → a_envoyer (retry) | echec | incertain;
    a_envoyer → annule. `clef` makes the intent unique (« demande:42:accuse »); `uuid` is the idempotency key given to
    the provider. `bail_at` is the end of the lease of the worker that holds the row; an expired lease sets `is_doute`.
    """

    class Canal(models.TextChoices):
        COURRIEL = "courriel", "Courriel"
        SMS = "sms", "SMS"

    class Etat(models.TextChoices):
        A_ENVOYER = "a_envoyer", "À envoyer"
        EN_COURS = "en_cours", "En cours d'envoi"
        ENVOYE = "envoye", "Envoyé"
        REMIS = "remis", "Remis"
        REJETE = "rejete", "Rejeté"
        ECHEC = "echec", "Échec"
        INCERTAIN = "incertain", "Incertain"
        ANNULE = "annule", "Annulé"

    class Voie(models.IntegerChoices):
        """Priority lanes: the lower goes first."""

        IMMEDIAT = 10, "Codes et réservations"
        COURANT = 20, "Réponses et accusés"
        RAPPEL = 30, "Rappels"
        CAMPAGNE = 40, "Campagnes"

    uuid = models.UUIDField("clef d'idempotence", default=uuid.uuid4, editable=False)
    clef = models.CharField("clef d'unicité", max_length=120)
    canal = models.CharField("canal", max_length=10, choices=Canal.choices)
    voie = models.SmallIntegerField("priorité", choices=Voie.choices, default=Voie.COURANT)
    destinataire = models.CharField("destinataire", max_length=320)
    expediteur = models.CharField("expéditeur", max_length=320, blank=True)
    repondre_a = models.CharField("répondre à", max_length=320, blank=True)
    objet = models.CharField("objet", max_length=998, blank=True)
    corps_texte = models.TextField("texte")
    corps_html = models.TextField("HTML", blank=True)
    entetes = models.JSONField("en-têtes", default=dict)  # Message-ID, In-Reply-To, References, Auto-Submitted
    segments = models.SmallIntegerField("segments SMS", default=0)
    etat = models.CharField("état", max_length=10, choices=Etat.choices, default=Etat.A_ENVOYER)
    essais = models.SmallIntegerField("essais", default=0)
    prevu_at = models.DateTimeField("prévu le")
    perime_at = models.DateTimeField("inutile après", null=True, blank=True)  # a reminder never leaves after its hour
    bail_at = models.DateTimeField("bail jusqu'à", null=True, blank=True)
    is_doute = models.BooleanField("doute sur un envoi antérieur", default=False)
    fournisseur = models.CharField("fournisseur", max_length=40, blank=True)
    fournisseur_ref = models.CharField("référence du fournisseur", max_length=120, blank=True)
    sent_at = models.DateTimeField("envoyé le", null=True, blank=True)
    settled_at = models.DateTimeField("sort connu le", null=True, blank=True)
    erreur = models.CharField("erreur", max_length=500, blank=True)
    objet_type = models.CharField("lié à", max_length=30, blank=True)  # « demande »; no foreign key: a floor above
    objet_id = models.BigIntegerField("n° interne de l'objet", null=True, blank=True)
    usager_id = models.BigIntegerField("usager", null=True, blank=True)
    created_at = models.DateTimeField("créé le")
    agent_id = models.BigIntegerField("agent", null=True, blank=True)

    objects = EnvoiQuerySet.as_manager()

    class Rgpd:
        personnels = frozenset(
            "destinataire objet corps_texte corps_html entetes usager_id agent_id repondre_a erreur".split()
        )
        libres = frozenset(
            "id collectivite uuid clef canal voie expediteur segments etat essais prevu_at perime_at bail_at is_doute "
            "fournisseur fournisseur_ref sent_at settled_at objet_type objet_id created_at".split()
        )
        conservation = "celle de l'objet lié ; un an sinon"

    class Meta:
        verbose_name = "envoi"
        indexes = [
            models.Index(
                fields=["voie", "prevu_at"],
                name="envoi_a_envoyer_idx",
                condition=models.Q(etat="a_envoyer"),
            ),
            models.Index(fields=["bail_at"], name="envoi_en_cours_idx", condition=models.Q(etat="en_cours")),
            models.Index(fields=["collectivite", "-created_at"], name="envoi_created_idx"),
            models.Index(fields=["collectivite", "objet_type", "objet_id"], name="envoi_objet_idx"),
            models.Index(fields=["collectivite", "fournisseur_ref"], name="envoi_ref_idx"),
            models.Index(
                fields=["collectivite", "destinataire"],
                name="envoi_destinataire_idx",
                opclasses=["int8_ops", "text_pattern_ops"],  # prefixes: « 06 39… », « claire@… »
            ),
        ]
        constraints = [
            models.UniqueConstraint("collectivite", "clef", name="envoi_clef_unique"),
            models.UniqueConstraint("collectivite", "uuid", name="envoi_uuid_unique"),
            models.CheckConstraint(
                condition=models.Q(
                    etat__in=["a_envoyer", "en_cours", "envoye", "remis", "rejete", "echec", "incertain", "annule"]
                ),
                name="envoi_etat_connu",
            ),
            models.CheckConstraint(
                condition=models.Q(etat="en_cours", bail_at__isnull=False)
                | (~models.Q(etat="en_cours") & models.Q(bail_at__isnull=True)),
                name="envoi_bail_si_en_cours",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.canal} {self.clef} ({self.etat})"


class PieceEnvoi(ModeleCloisonne):
    """A file that leaves with an e-mail: the bytes are in the private store, once whoever points to them.

    What Guichet itself writes (a calendar file, some kB) is in the row: it is there if and only if the message is,
    and nobody waits for a disk while they hold a slot.
    """

    envoi = ClefCloisonnee(Envoi, models.CASCADE, related_name="pieces", verbose_name="envoi")
    rang = models.SmallIntegerField("rang")
    nom = models.CharField("nom", max_length=255)
    type_mime = models.CharField("type", max_length=120)
    octets = models.BigIntegerField("taille en octets")
    chemin = models.CharField("fichier", max_length=200, blank=True)  # path in the private store
    contenu = models.BinaryField("contenu", null=True)

    class Rgpd:
        personnels = frozenset({"nom", "chemin", "contenu"})
        libres = frozenset("id collectivite envoi rang type_mime octets".split())
        conservation = "celle de l'envoi"

    class Meta:
        verbose_name = "pièce d'un envoi"
        verbose_name_plural = "pièces des envois"
        constraints = [
            models.UniqueConstraint("collectivite", "envoi", "rang", name="piece_envoi_rang_unique"),
            models.CheckConstraint(
                condition=models.Q(chemin="", contenu__isnull=False) | (~models.Q(chemin="") & models.Q(contenu=None)),
                name="piece_envoi_fichier_ou_contenu",
            ),
        ]

    def __str__(self) -> str:
        return f"pièce {self.rang} de {self.envoi_id}"


class Essai(ModeleCloisonne):
    """One try to hand a message over, written when its issue is known; `interrompu`: the worker died meanwhile."""

    class Issue(models.TextChoices):
        ENVOYE = "envoye", "Accepté"
        PANNE = "panne", "Panne passagère"
        CREDIT = "credit", "Compte sans crédit ou absent"
        REFUS = "refus", "Refusé"
        INCONNU = "inconnu", "Sans réponse"
        INTERROMPU = "interrompu", "Interrompu"

    envoi = ClefCloisonnee(Envoi, models.CASCADE, related_name="tentatives", verbose_name="envoi")
    canal = models.CharField("canal", max_length=10, choices=Envoi.Canal.choices)
    rang = models.SmallIntegerField("essai n°")
    issue = models.CharField("issue", max_length=10, choices=Issue.choices)
    fournisseur = models.CharField("fournisseur", max_length=40, blank=True)
    detail = models.CharField("détail", max_length=500, blank=True)
    at = models.DateTimeField("quand")

    class Rgpd:
        personnels = frozenset({"detail"})
        libres = frozenset("id collectivite envoi canal rang issue fournisseur at".split())
        conservation = "celle de l'envoi"

    class Meta:
        verbose_name = "essai"
        indexes = [
            models.Index(fields=["collectivite", "envoi", "at"], name="essai_envoi_idx"),
            models.Index(fields=["collectivite", "canal", "-at"], name="essai_canal_idx"),
        ]

    def __str__(self) -> str:
        return f"essai {self.rang} de {self.envoi_id} : {self.issue}"


class Accuse(ModeleCloisonne):
    """A delivery receipt or a provider's callback, kept raw, applied once (unique per provider and external id)."""

    fournisseur = models.CharField("fournisseur", max_length=40)
    externe_id = models.CharField("identifiant externe", max_length=160)
    envoi = ClefCloisonnee(Envoi, models.PROTECT, null=True, blank=True, verbose_name="envoi")
    etat = models.CharField("état annoncé", max_length=20)
    raison = models.CharField("raison", max_length=300, blank=True)
    brut = models.JSONField("reçu tel quel", default=dict)
    received_at = models.DateTimeField("reçu le")

    class Rgpd:
        personnels = frozenset({"brut", "raison"})
        libres = frozenset("id collectivite fournisseur externe_id envoi etat received_at".split())
        conservation = "un an"

    class Meta:
        verbose_name = "accusé de remise"
        constraints = [
            models.UniqueConstraint("collectivite", "fournisseur", "externe_id", "etat", name="accuse_unique")
        ]

    def __str__(self) -> str:
        return f"{self.fournisseur} {self.externe_id} {self.etat}"


class ModeleMessage(ModeleCloisonne):
    """The collectivité's own text for one occasion and one channel; absent, the default of `textes.py` is used."""

    occasion = models.CharField("occasion", max_length=40)
    canal = models.CharField("canal", max_length=10, choices=Envoi.Canal.choices)
    objet = models.CharField("objet", max_length=200, blank=True)
    corps = models.TextField("texte")
    changed_at = models.DateTimeField("modifié le")

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset("id collectivite occasion canal objet corps changed_at".split())
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "modèle de message"
        constraints = [models.UniqueConstraint("collectivite", "occasion", "canal", name="modele_message_unique")]

    def __str__(self) -> str:
        return f"{self.occasion} ({self.canal})"


class CompteSms(ModeleCloisonne):
    """The SMS provider of a collectivité; credentials are encrypted (`chiffrement.py`)."""

    fournisseur = models.CharField("fournisseur", max_length=40)
    expediteur = models.CharField("nom affiché", max_length=11, blank=True)
    identifiants = models.BinaryField("identifiants chiffrés", default=bytes)
    is_economique = models.BooleanField("remplacer les signes hors GSM-7", default=True)
    is_active = models.BooleanField("actif", default=True)

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset("id collectivite fournisseur expediteur identifiants is_economique is_active".split())
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "compte SMS"
        constraints = [models.UniqueConstraint("collectivite", name="compte_sms_un_seul")]

    def __str__(self) -> str:
        return f"{self.fournisseur} {self.expediteur}"
