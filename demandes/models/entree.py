"""One way in: everything received is stored raw before it is understood."""

from django.db import models

from collectivites.cloison import ClefCloisonnee, ModeleCloisonne
from collectivites.models import Service


class Boite(ModeleCloisonne):
    """A mailbox of the collectivité or of one service. Its address finds the tenant, so it is unique everywhere."""

    class Securite(models.TextChoices):
        TLS = "tls", "TLS"
        STARTTLS = "starttls", "STARTTLS"
        AUCUNE = "aucune", "Aucune"

    adresse = models.EmailField("adresse")  # lower-case
    service = ClefCloisonnee(Service, models.PROTECT, null=True, blank=True, verbose_name="service")
    nom_affiche = models.CharField("nom affiché", max_length=120, blank=True)
    imap_hote = models.CharField("serveur IMAP", max_length=200, blank=True)
    imap_port = models.IntegerField("port IMAP", default=993)
    imap_securite = models.CharField("sécurité", max_length=10, default=Securite.TLS, choices=Securite.choices)
    imap_compte = models.CharField("compte IMAP", max_length=200, blank=True)
    imap_secret = models.BinaryField("mot de passe chiffré", default=bytes)
    imap_dossier = models.CharField("dossier", max_length=100, default="INBOX")
    imap_dossier_traite = models.CharField("dossier des messages relevés", max_length=100, default="Traités")
    imap_fetched_at = models.DateTimeField("dernier relevé", null=True, blank=True)
    imap_erreur = models.CharField("dernière erreur", max_length=300, blank=True)
    is_active = models.BooleanField("active", default=True)

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset(
            "id collectivite adresse service nom_affiche imap_hote imap_port imap_securite imap_compte imap_secret "
            "imap_dossier imap_dossier_traite imap_fetched_at imap_erreur is_active".split()
        )
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "boîte aux lettres"
        verbose_name_plural = "boîtes aux lettres"
        constraints = [
            models.UniqueConstraint("collectivite", "adresse", name="boite_adresse_unique"),
            # boite_adresse_partout, unique on adresse alone, is in the migration: the one exception to the wall's rule
        ]

    def __str__(self) -> str:
        return self.adresse


class Entree(ModeleCloisonne):
    """Something received, raw. `externe_id` makes it unique per channel and mailbox: received twice, stored once.

    `brut` is the path of the untouched bytes in the private store (content-addressed, see `socle.depot`).
    """

    class Canal(models.TextChoices):
        COURRIEL = "courriel", "Courriel"
        FORMULAIRE = "formulaire", "Formulaire en ligne"
        SMS = "sms", "SMS"
        RESEAU = "reseau", "Réseau social"
        COURRIER = "courrier", "Courrier postal"
        TRANSFERT = "transfert", "Autre collectivité"

    class Etat(models.TextChoices):
        RECUE = "recue", "À lire"
        TRAITEE = "traitee", "Lue"
        QUARANTAINE = "quarantaine", "En quarantaine"
        ECARTEE = "ecartee", "Écartée"

    class Issue(models.TextChoices):
        NOUVELLE = "nouvelle", "Nouvelle demande"
        RATTACHEE = "rattachee", "Rattachée à une demande"
        REBOND = "rebond", "Avis de non-remise"
        AUTOMATIQUE = "automatique", "Message automatique"
        DOUBLON = "doublon", "Déjà reçu"
        QUARANTAINE = "quarantaine", "Quarantaine"

    canal = models.CharField("canal", max_length=10, choices=Canal.choices)
    connecteur_id = models.BigIntegerField("connecteur", null=True, blank=True)
    boite = ClefCloisonnee(Boite, models.PROTECT, null=True, blank=True, verbose_name="boîte")
    externe_id = models.CharField("identifiant externe", max_length=200)  # Message-ID and SHA-256, per mailbox
    empreinte = models.CharField("SHA-256", max_length=64)
    brut = models.CharField("fichier brut", max_length=200)
    octets = models.BigIntegerField("taille en octets")
    etat = models.CharField("état", max_length=12, choices=Etat.choices, default=Etat.RECUE)
    issue = models.CharField("issue", max_length=12, choices=Issue.choices, blank=True)
    motif = models.CharField("motif", max_length=300, blank=True)
    essais = models.SmallIntegerField("essais", default=0)
    bail_at = models.DateTimeField("bail jusqu'à", null=True, blank=True)
    demande_id = models.BigIntegerField("demande", null=True, blank=True)
    usager_id = models.BigIntegerField("usager", null=True, blank=True)
    expediteur = models.CharField("expéditeur", max_length=320, blank=True)
    objet = models.CharField("objet", max_length=300, blank=True)
    received_at = models.DateTimeField("reçue le")
    processed_at = models.DateTimeField("lue le", null=True, blank=True)

    is_deja_recue = False  # set on the answer of a reception whose message was already there; not a column

    class Rgpd:
        personnels = frozenset("brut expediteur objet usager_id externe_id".split())
        libres = frozenset(
            "id collectivite canal connecteur_id boite empreinte octets etat issue motif essais bail_at demande_id "
            "received_at processed_at".split()
        )
        conservation = "celle de la demande ; six mois en quarantaine"

    class Meta:
        verbose_name = "entrée"
        indexes = [
            models.Index(fields=["received_at"], name="entree_recues_idx", condition=models.Q(etat="recue")),
            models.Index(
                fields=["collectivite", "-received_at"],
                name="entree_quarantaine_idx",
                condition=models.Q(etat="quarantaine"),
            ),
            models.Index(fields=["collectivite", "demande_id"], name="entree_demande_idx"),
            models.Index(
                fields=["collectivite", "expediteur", "-received_at"],
                name="entree_expediteur_idx",
                condition=~models.Q(expediteur=""),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                "collectivite", "canal", "boite", "externe_id", name="entree_unique", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.canal} {self.pk}"
