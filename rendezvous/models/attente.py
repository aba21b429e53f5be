"""What an usager is waiting for: a code to confirm, an earlier slot, any slot at all."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from collectivites.cloison import ClefCloisonnee, ModeleCloisonne
from collectivites.models import Lieu
from demandes.models import Zone
from rendezvous.models.motif import Motif
from rendezvous.models.rendezvous import RendezVous


class CodeConfirmation(ModeleCloisonne):
    """A code sent to who holds a slot online: proves the address before the appointment is confirmed.

    What was typed waits here, so that a mistake loses nothing; the row leaves with its option.
    """

    rendezvous = ClefCloisonnee(RendezVous, models.CASCADE, related_name="codes")
    canal = models.CharField("canal", max_length=10)  # of messagerie: courriel, sms
    destinataire = models.CharField("envoyé à", max_length=320)
    saisie = models.JSONField("ce qui fut saisi", default=dict)
    code_hash = models.CharField("empreinte du code", max_length=64)
    essais = models.SmallIntegerField("essais", default=0)
    envois = models.SmallIntegerField("envois", default=1)
    expire_at = models.DateTimeField("valable jusqu'à")
    created_at = models.DateTimeField("tiré le")

    class Rgpd:
        personnels = frozenset({"destinataire", "saisie", "code_hash"})
        libres = frozenset("id collectivite rendezvous canal essais envois expire_at created_at".split())
        conservation = "dix minutes, puis effacé avec l'option"

    class Meta:
        verbose_name = "code de confirmation"
        verbose_name_plural = "codes de confirmation"
        constraints = [
            models.UniqueConstraint("collectivite", "rendezvous", name="code_confirmation_unique"),
            models.CheckConstraint(
                condition=Q(essais__range=(0, 10), envois__range=(1, 5)), name="code_confirmation_bornes"
            ),
        ]

    def __str__(self) -> str:
        return f"code du rendez-vous {self.rendezvous_id}"


class DemandePlusTot(ModeleCloisonne):
    """An usager wants to know if an earlier slot frees itself: three messages at most, one a day at most."""

    rendezvous = ClefCloisonnee(RendezVous, models.CASCADE, related_name="+")
    envois = models.SmallIntegerField("messages envoyés", default=0)
    dernier_at = models.DateTimeField("dernier message", null=True, blank=True)
    propose_at = models.DateTimeField("dernier créneau proposé", null=True, blank=True)
    created_at = models.DateTimeField("demandé le")
    ended_at = models.DateTimeField("arrêté le", null=True, blank=True)

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset("id collectivite rendezvous envois dernier_at propose_at created_at ended_at".split())
        conservation = "celle du rendez-vous"

    class Meta:
        verbose_name = "demande d'un créneau plus tôt"
        verbose_name_plural = "demandes d'un créneau plus tôt"
        constraints = [
            models.UniqueConstraint("collectivite", "rendezvous", name="plus_tot_unique"),
            models.CheckConstraint(condition=Q(envois__range=(0, 3)), name="plus_tot_envois"),
        ]

    def __str__(self) -> str:
        return f"plus tôt que le rendez-vous {self.rendezvous_id}"


class InscriptionAttenteQuerySet(models.QuerySet["InscriptionAttente"]):
    """Waits of the active town."""

    def end(self, *, fin: str, at: datetime) -> int:
        """End those that last, and forget their address; return how many."""
        return self.filter(ended_at=None).update(ended_at=at, fin=fin, destinataire="", code_hash="")


class InscriptionAttente(ModeleCloisonne):
    """Somebody without appointment wants to know when a slot of this motif comes free. No account, no usager.

    It counts once the address is proven by a code (`prouve_at`). The address leaves with the wait: what stays,
    nameless, is what statistics count.
    """

    class Fin(models.TextChoices):
        PRIS = "pris", "Créneau pris"
        USAGER = "usager", "L'usager n'attend plus"
        LIMITE = "limite", "Date passée"
        MESSAGES = "messages", "Trois créneaux proposés"
        PERDU = "perdu", "Adresse qui ne reçoit plus"
        REMPLACEE = "remplacee", "Demande faite de nouveau"

    motif = ClefCloisonnee(Motif, models.CASCADE, related_name="+")
    lieu = ClefCloisonnee(Lieu, models.CASCADE, null=True, blank=True)  # nothing: wherever
    zone = ClefCloisonnee(Zone, models.CASCADE, null=True, blank=True)
    personnes = models.SmallIntegerField("personnes", default=1)
    is_invite = models.BooleanField("sur invitation", default=False)
    jusqu_on = models.DateField("au plus tard le")
    canal = models.CharField("canal", max_length=10)  # of messagerie: courriel, sms
    destinataire = models.CharField("prévenu à", max_length=320, blank=True)
    sel = models.BinaryField("sel du lien")
    jeton_hash = models.CharField("empreinte du lien", max_length=64)
    code_hash = models.CharField("empreinte du code", max_length=64, blank=True)
    essais = models.SmallIntegerField("essais", default=0)
    codes = models.SmallIntegerField("codes envoyés", default=0)
    code_expire_at = models.DateTimeField("code valable jusqu'à")
    depuis_at = models.DateTimeField("attend depuis")  # of the first request, when it was made again
    created_at = models.DateTimeField("demandé le")
    prouve_at = models.DateTimeField("adresse prouvée le", null=True, blank=True)
    envois = models.SmallIntegerField("messages envoyés", default=0)
    dernier_at = models.DateTimeField("dernier message", null=True, blank=True)
    propose_at = models.DateTimeField("dernier créneau proposé", null=True, blank=True)
    ended_at = models.DateTimeField("arrêté le", null=True, blank=True)
    fin = models.CharField("pourquoi", max_length=10, choices=Fin.choices, blank=True)

    objects = InscriptionAttenteQuerySet.as_manager()

    class Rgpd:
        personnels = frozenset({"destinataire", "sel", "jeton_hash", "code_hash"})
        libres = frozenset(
            "id collectivite motif lieu zone personnes is_invite jusqu_on canal essais codes code_expire_at depuis_at "
            "created_at prouve_at envois dernier_at propose_at ended_at fin".split()
        )
        conservation = (
            "l'adresse, effacée d'ici dès que l'attente finit, ou une heure après un code jamais écrit ; "
            "les messages envoyés suivent la conservation des envois"
        )

    class Meta:
        verbose_name = "inscription en attente d'un créneau"
        verbose_name_plural = "inscriptions en attente d'un créneau"
        indexes = [
            models.Index(fields=["collectivite", "depuis_at"], name="attente_ouverte_idx", condition=Q(ended_at=None)),
            models.Index(fields=["collectivite", "depuis_at"], name="attente_debut_idx"),  # statistics of a period
            models.Index(
                fields=["collectivite", "dernier_at"], name="attente_servie_idx", condition=Q(fin="messages")
            ),
        ]
        constraints = [
            models.UniqueConstraint("collectivite", "jeton_hash", name="attente_jeton_unique"),
            models.UniqueConstraint(
                "collectivite", "motif", "destinataire", name="attente_une_par_contact",
                condition=Q(ended_at__isnull=True, prouve_at__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(essais__range=(0, 10), codes__range=(0, 5), envois__range=(0, 3), personnes__gte=1),
                name="attente_bornes",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) ^ Q(destinataire=""), name="attente_adresse_le_temps_d_attendre"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"attente {self.pk} du motif {self.motif_id}"
