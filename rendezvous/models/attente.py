"""What an usager is waiting for: a code to confirm, an earlier slot."""

from django.db import models
from django.db.models import Q

from collectivites.cloison import ClefCloisonnee, ModeleCloisonne
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
