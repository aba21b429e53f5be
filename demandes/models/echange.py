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


class PieceJointe(ModeleCloisonne):
    """A file received with a message. The bytes are private; each download re-checks rights and is logged."""

    message = ClefCloisonnee(Message, models.CASCADE, related_name="pieces")
    nom = models.CharField("nom", max_length=255)
    type_mime = models.CharField("type", max_length=120)
    octets = models.BigIntegerField("taille en octets")
    empreinte = models.CharField("SHA-256", max_length=64)
    fichier = models.CharField("fichier", max_length=200)  # path in the private store

    class Rgpd:
        personnels = frozenset({"nom", "fichier"})
        libres = frozenset("id collectivite message type_mime octets empreinte".split())
        conservation = "celle de la demande"

    class Meta:
        verbose_name = "pièce jointe"
        verbose_name_plural = "pièces jointes"
        indexes = [models.Index(fields=["collectivite", "message"], name="piece_message_idx")]

    def __str__(self) -> str:
        return f"pièce {self.pk}"
