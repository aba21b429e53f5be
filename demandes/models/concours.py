"""What we ask of others for a demande: the usager's missing documents, a third party's opinion, another town's hand;
and what the usager thought of it. Links are secret tokens: only their SHA-256 is kept.
"""

from django.db import models

from collectivites.cloison import ClefCloisonnee, ModeleCloisonne
from collectivites.models import Agent, Collectivite
from demandes.models.demande import Demande


class DemandeComplement(ModeleCloisonne):
    """Fields and documents asked of the usager, answered by link (CRPA L114-5). Opens and closes a suspension."""

    class Motif(models.TextChoices):
        INCOMPLET = "incomplet", "Il manque quelque chose"
        INCORRECT = "incorrect", "Quelque chose est à corriger"
        PERIME = "perime", "Une pièce est périmée"

    demande = ClefCloisonnee(Demande, models.CASCADE, related_name="complements")
    jeton = models.CharField("SHA-256 du jeton", max_length=64)
    motif = models.CharField("motif", max_length=10, choices=Motif.choices)
    champs = models.JSONField("champs demandés", default=list)
    pieces = models.JSONField("pièces demandées", default=list)  # codes of the form's documents, or free text
    message = models.TextField("message", blank=True)
    is_indispensable = models.BooleanField("arrête l'instruction", default=True)  # CRPA L114-5-1
    derogation = models.CharField("accord du superviseur pour une pièce hors liste", max_length=300, blank=True)
    delai_on = models.DateField("délai accordé")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="+", db_index=False)
    reponse = models.JSONField("réponse", default=dict)
    asked_at = models.DateTimeField("demandé le")
    answered_at = models.DateTimeField("reçu le", null=True, blank=True)
    cancelled_at = models.DateTimeField("annulé le", null=True, blank=True)
    reminded_at = models.DateTimeField("relancé le", null=True, blank=True)
    etape_at = models.DateTimeField("prochaine étape", null=True, blank=True)  # reminder, then the agent is told
    clef = models.UUIDField("clef de saisie")

    class Rgpd:
        personnels = frozenset({"reponse", "message", "agent", "jeton"})
        libres = frozenset(
            "id collectivite demande motif champs pieces is_indispensable derogation delai_on asked_at answered_at "
            "cancelled_at reminded_at etape_at clef".split()
        )
        conservation = "celle de la demande"

    class Meta:
        verbose_name = "demande de compléments"
        verbose_name_plural = "demandes de compléments"
        indexes = [
            models.Index(fields=["collectivite", "demande"], name="complement_demande_idx"),
            models.Index(fields=["etape_at"], name="complement_etape_idx", condition=models.Q(etape_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint("collectivite", "jeton", name="complement_jeton_unique"),
            models.UniqueConstraint("collectivite", "clef", name="complement_clef_unique"),
            models.UniqueConstraint(
                "collectivite", "demande", name="complement_un_ouvert",
                condition=models.Q(answered_at__isnull=True, cancelled_at__isnull=True),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"compléments {self.asked_at:%Y-%m-%d}"


class Avis(ModeleCloisonne):
    """A third party without account is asked one question, and answers by link."""

    demande = ClefCloisonnee(Demande, models.CASCADE, related_name="avis")
    jeton = models.CharField("SHA-256 du jeton", max_length=64)
    nom = models.CharField("à qui", max_length=160)
    courriel = models.EmailField("courriel")
    question = models.TextField("question")
    pieces = models.JSONField("pièces partagées", default=list)  # ids of PieceJointe
    is_suspensif = models.BooleanField("attendre la réponse", default=True)
    echeance_on = models.DateField("réponse attendue le")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField("demandé le")
    reminded_at = models.DateTimeField("relancé le", null=True, blank=True)
    etape_at = models.DateTimeField("prochaine étape", null=True, blank=True)  # reminder, then the agent is told
    answered_at = models.DateTimeField("reçu le", null=True, blank=True)
    is_favorable = models.BooleanField("favorable", null=True, blank=True)
    reponse = models.TextField("réponse", blank=True)
    revoked_at = models.DateTimeField("retiré le", null=True, blank=True)
    clef = models.UUIDField("clef de saisie")

    class Rgpd:
        personnels = frozenset({"nom", "courriel", "question", "reponse", "agent", "jeton"})
        libres = frozenset(
            "id collectivite demande pieces is_suspensif echeance_on asked_at reminded_at etape_at answered_at "
            "is_favorable revoked_at clef".split()
        )
        conservation = "celle de la demande"

    class Meta:
        verbose_name = "avis demandé"
        verbose_name_plural = "avis demandés"
        indexes = [
            models.Index(fields=["collectivite", "demande"], name="avis_demande_idx"),
            models.Index(fields=["etape_at"], name="avis_etape_idx", condition=models.Q(etape_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint("collectivite", "jeton", name="avis_jeton_unique"),
            models.UniqueConstraint("collectivite", "clef", name="avis_clef_unique"),
        ]

    def __str__(self) -> str:
        return f"avis {self.asked_at:%Y-%m-%d}"


class Transfert(ModeleCloisonne):
    """The demande goes to the competent administration (CRPA L114-2): another town of the installation, or outside.

    Of the installation: what is shared is written here, handed over by a task, opened there once (`cible_id`).
    """

    class Etat(models.TextChoices):
        A_REMETTRE = "a_remettre", "En cours de remise"
        REMIS = "remis", "Remis"
        ECHEC = "echec", "Non remis"

    demande = ClefCloisonnee(Demande, models.CASCADE, related_name="transferts")
    destination = models.ForeignKey(
        Collectivite, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    organisme = models.CharField("administration compétente", max_length=200)
    coordonnees = models.CharField("coordonnées", max_length=300)
    motif = models.CharField("motif", max_length=300)
    pieces = models.JSONField("pièces transmises", default=list)  # ids of PieceJointe
    etat = models.CharField("état", max_length=10, choices=Etat.choices, default=Etat.A_REMETTRE)
    erreur = models.CharField("erreur", max_length=300, blank=True)
    essais = models.SmallIntegerField("essais", default=0)
    cible_id = models.BigIntegerField("demande ouverte là-bas", null=True, blank=True)
    cible_numero = models.CharField("son numéro", max_length=20, blank=True)
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField("transmis le")
    remis_at = models.DateTimeField("remis le", null=True, blank=True)
    clef = models.UUIDField("clef de saisie")

    class Rgpd:
        personnels = frozenset({"agent", "motif"})
        libres = frozenset(
            "id collectivite demande destination organisme coordonnees pieces etat erreur essais cible_id "
            "cible_numero at remis_at clef".split()
        )
        conservation = "celle de la demande"

    class Meta:
        verbose_name = "transfert"
        indexes = [
            models.Index(fields=["at"], name="transfert_a_remettre_idx", condition=models.Q(etat="a_remettre")),
            models.Index(fields=["collectivite", "demande"], name="transfert_demande_idx"),
        ]
        constraints = [models.UniqueConstraint("collectivite", "clef", name="transfert_clef_unique")]

    def __str__(self) -> str:
        return f"vers {self.organisme}"


class Satisfaction(ModeleCloisonne):
    """One question after closing, answered by link; « toujours pas réglé » reopens within the window.

    Without `canal` the question was not put: the person had been asked lately, refuses, or can't be reached.
    """

    demande = ClefCloisonnee(Demande, models.CASCADE, related_name="satisfactions")
    jeton = models.CharField("SHA-256 du jeton", max_length=64)
    canal = models.CharField("canal", max_length=12, blank=True)
    closed_at = models.DateTimeField("clôture concernée")
    asked_at = models.DateTimeField("demandé le")
    note = models.SmallIntegerField("note", null=True, blank=True)  # 0 to 10
    is_regle = models.BooleanField("réglé", null=True, blank=True)
    commentaire = models.TextField("commentaire", blank=True)
    is_refus = models.BooleanField("ne veut plus de cette question", default=False)
    answered_at = models.DateTimeField("répondu le", null=True, blank=True)

    class Rgpd:
        personnels = frozenset({"commentaire", "jeton"})
        libres = frozenset(
            "id collectivite demande canal closed_at asked_at note is_regle is_refus answered_at".split()
        )
        conservation = "deux ans"

    class Meta:
        verbose_name = "satisfaction"
        indexes = [models.Index(fields=["collectivite", "-asked_at"], name="satisfaction_at_idx")]
        constraints = [
            models.UniqueConstraint("collectivite", "jeton", name="satisfaction_jeton_unique"),
            models.UniqueConstraint("collectivite", "demande", "closed_at", name="satisfaction_une_par_cloture"),
            models.CheckConstraint(
                condition=models.Q(note__isnull=True) | models.Q(note__range=(0, 10)), name="satisfaction_note"
            ),
        ]

    def __str__(self) -> str:
        return f"satisfaction {self.asked_at:%Y-%m-%d}"
