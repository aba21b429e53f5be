"""The conversation of a demande: messages in and out, internal notes, attached files."""

from django.db import models

from collectivites.cloison import ClefCloisonnee, ModeleCloisonne
from collectivites.models import Agent
from demandes.models.demande import Demande
from demandes.models.entree import Entree


class Message(ModeleCloisonne):
    """One exchange. Never edited once written. An internal note (`sens=interne`) is never shown to the usager."""

    class Sens(models.TextChoices):
        ENTRANT = "entrant", "Reçu"
        SORTANT = "sortant", "Envoyé"
        INTERNE = "interne", "Note interne"

    class Canal(models.TextChoices):
        COURRIEL = "courriel", "Courriel"
        SMS = "sms", "SMS"
        TELEPHONE = "telephone", "Téléphone"
        GUICHET = "guichet", "Guichet"
        COURRIER = "courrier", "Courrier postal"
        FORMULAIRE = "formulaire", "Formulaire en ligne"
        RESEAU = "reseau", "Réseau social"
        TRANSFERT = "transfert", "Autre collectivité"
        NOTE = "note", "Note"

    demande = ClefCloisonnee(Demande, models.CASCADE, related_name="messages")
    sens = models.CharField("sens", max_length=10, choices=Sens.choices)
    canal = models.CharField("canal", max_length=10, choices=Canal.choices)
    is_automatique = models.BooleanField("automatique", default=False)  # acknowledgement, out-of-office
    texte = models.TextField("texte")  # what was newly written
    texte_complet = models.TextField("texte complet", blank=True)  # with the quoted reply, when it differs
    html = models.TextField("HTML assaini", blank=True)
    expediteur_libelle = models.CharField("expéditeur", max_length=320)
    adresse = models.CharField("adresse ou numéro", max_length=320, blank=True)  # of the sender, or of the recipient
    usager_id = models.BigIntegerField("usager", null=True, blank=True)
    agent = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    entree = ClefCloisonnee(Entree, models.PROTECT, null=True, blank=True)
    envoi_id = models.BigIntegerField("envoi", null=True, blank=True)  # messagerie.Envoi
    message_id = models.CharField("Message-ID", max_length=500, blank=True)
    clef = models.UUIDField("clef de saisie", null=True, blank=True)  # one form filled = one message
    at = models.DateTimeField("quand")

    class Rgpd:
        personnels = frozenset("texte texte_complet html expediteur_libelle adresse usager_id message_id".split())
        libres = frozenset("id collectivite demande sens canal is_automatique agent entree envoi_id clef at".split())
        conservation = "celle de la demande"

    class Meta:
        verbose_name = "message"
        indexes = [
            models.Index(fields=["collectivite", "demande", "at", "id"], name="message_demande_idx"),
            models.Index(
                fields=["collectivite", "message_id"],
                name="message_message_id_idx",
                condition=~models.Q(message_id=""),
            ),
        ]
        constraints = [
            models.UniqueConstraint("collectivite", "clef", name="message_clef_unique"),
            models.UniqueConstraint("collectivite", "entree", "demande", name="message_entree_unique"),
            models.CheckConstraint(
                condition=models.Q(sens="interne", envoi_id__isnull=True) | ~models.Q(sens="interne"),
                name="message_note_jamais_envoyee",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sens} {self.canal} {self.pk}"


class Analyse(models.TextChoices):
    """What the antivirus and our own inspection said of a file."""

    NON_ANALYSEE = "non_analysee", "Non analysée"
    SAINE = "saine", "Saine"
    INFECTEE = "infectee", "Infectée"
    BLOQUEE = "bloquee", "Bloquée"


ECARTEES = (Analyse.BLOQUEE.value, Analyse.INFECTEE.value)  # never handed out, to anybody


class PieceJointe(ModeleCloisonne):
    """A file of a message, received or sent. The bytes are private; each download re-checks rights and is logged.

    `exigence` is the code of the form's document it answers (pièce justificative); empty for a mere attachment.
    """

    message = ClefCloisonnee(Message, models.CASCADE, related_name="pieces")
    nom = models.CharField("nom", max_length=255)
    type_mime = models.CharField("type", max_length=120)
    octets = models.BigIntegerField("taille en octets")
    empreinte = models.CharField("SHA-256", max_length=64)
    fichier = models.CharField("fichier", max_length=200)  # path in the private store
    exigence = models.CharField("pièce demandée", max_length=60, blank=True)
    analyse = models.CharField("analyse", max_length=12, choices=Analyse.choices, default=Analyse.NON_ANALYSEE)
    raison = models.CharField("raison", max_length=200, blank=True)
    analysed_at = models.DateTimeField("analysée le", null=True, blank=True)

    class Rgpd:
        personnels = frozenset({"nom", "fichier"})
        libres = frozenset(
            "id collectivite message type_mime octets empreinte exigence analyse raison analysed_at".split()
        )
        conservation = "celle de la demande"

    class Meta:
        verbose_name = "pièce jointe"
        verbose_name_plural = "pièces jointes"
        indexes = [
            models.Index(fields=["collectivite", "message"], name="piece_message_idx"),
            models.Index(fields=["id"], name="piece_a_analyser_idx", condition=models.Q(analysed_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"pièce {self.pk}"

    @property
    def is_ecartee(self) -> bool:
        """True for what is kept but handed out to nobody: refused by our inspection, or infected."""
        return self.analyse in ECARTEES


class PieceDeposee(ModeleCloisonne):
    """A file uploaded with a form not sent yet: it waits under the form's key, so that a refused form keeps it."""

    clef = models.UUIDField("clef du formulaire")
    rang = models.SmallIntegerField("rang")
    nom = models.CharField("nom", max_length=255)
    type_mime = models.CharField("type", max_length=120)
    octets = models.BigIntegerField("taille en octets")
    empreinte = models.CharField("SHA-256", max_length=64)
    fichier = models.CharField("fichier", max_length=200)
    exigence = models.CharField("pièce demandée", max_length=60, blank=True)
    agent = models.ForeignKey(Agent, models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    at = models.DateTimeField("déposée le")

    class Rgpd:
        personnels = frozenset({"nom", "fichier", "agent"})
        libres = frozenset("id collectivite clef rang type_mime octets empreinte exigence at".split())
        conservation = "deux jours"

    class Meta:
        verbose_name = "pièce déposée"
        verbose_name_plural = "pièces déposées"
        indexes = [models.Index(fields=["collectivite", "at"], name="piece_deposee_at_idx")]
        constraints = [models.UniqueConstraint("collectivite", "clef", "rang", name="piece_deposee_rang_unique")]

    def __str__(self) -> str:
        return f"dépôt {self.pk}"


class Brouillon(ModeleCloisonne):
    """What an agent is writing, kept on the server; each has their own, and sees that another has one."""

    demande = ClefCloisonnee(Demande, models.CASCADE, related_name="brouillons")
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+", db_index=False)
    texte = models.TextField("texte")
    mode = models.CharField("mode", max_length=340, blank=True)
    updated_at = models.DateTimeField("écrit le")

    class Rgpd:
        personnels = frozenset({"texte", "mode", "agent"})
        libres = frozenset("id collectivite demande updated_at".split())
        conservation = "un mois"

    class Meta:
        verbose_name = "brouillon"
        constraints = [models.UniqueConstraint("collectivite", "demande", "agent", name="brouillon_unique")]

    def __str__(self) -> str:
        return f"brouillon {self.pk}"
