"""What leaves and what comes in: secret feeds, external calendars, France Titres."""

from django.db import models
from django.db.models import Q

from collectivites.cloison import ClefCloisonnee, ModeleCloisonne
from collectivites.models import Agent, Lieu
from rendezvous.models.rendezvous import Participation
from rendezvous.models.ressources import Ressource


class FluxAgenda(ModeleCloisonne):
    """A secret ICS address of the agenda of a resource or of a lieu. Only its hash is kept; revoked, not deleted."""

    ressource = ClefCloisonnee(Ressource, models.CASCADE, null=True, blank=True)
    lieu = ClefCloisonnee(Lieu, models.CASCADE, null=True, blank=True)
    jeton_hash = models.CharField("empreinte", max_length=64)
    par = models.ForeignKey(Agent, models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField("créé le")
    read_at = models.DateTimeField("dernière lecture", null=True, blank=True)
    revoked_at = models.DateTimeField("révoqué le", null=True, blank=True)

    class Rgpd:
        personnels = frozenset({"par", "jeton_hash"})
        libres = frozenset("id collectivite ressource lieu created_at read_at revoked_at".split())
        conservation = "un an après la révocation"

    class Meta:
        verbose_name = "flux d'agenda"
        verbose_name_plural = "flux d'agenda"
        constraints = [
            models.UniqueConstraint("collectivite", "jeton_hash", name="flux_agenda_unique"),
            models.CheckConstraint(
                condition=Q(ressource__isnull=False, lieu__isnull=True)
                | Q(ressource__isnull=True, lieu__isnull=False),
                name="flux_agenda_de_qui",
            ),
        ]

    def __str__(self) -> str:
        return f"flux {self.pk}"


class AgendaExterne(ModeleCloisonne):
    """A calendar kept elsewhere (ICS address or CalDAV): its events are read as taken time, nothing else is kept.

    Its address is a secret as much as the password: both are encrypted (`messagerie.chiffrement`). Screens show the
    server alone; a keyed hash tells that two addresses are the same.
    """

    class Genre(models.TextChoices):
        ICS = "ics", "Adresse ICS"
        CALDAV = "caldav", "CalDAV"

    ressource = ClefCloisonnee(Ressource, models.CASCADE, related_name="agendas")
    genre = models.CharField("genre", max_length=6, choices=Genre.choices)
    hote = models.CharField("serveur", max_length=255)
    adresse_hash = models.CharField("empreinte de l'adresse", max_length=64)
    identifiants = models.BinaryField("adresse et identifiants chiffrés")
    is_active = models.BooleanField("relevé", default=True)
    releve_at = models.DateTimeField("dernière relève", null=True, blank=True)
    reussi_at = models.DateTimeField("dernière relève réussie", null=True, blank=True)
    erreur = models.CharField("erreur", max_length=300, blank=True)
    empreinte = models.CharField("version lue", max_length=200, blank=True)  # ETag or hash of the body

    class Rgpd:
        personnels = frozenset({"hote", "adresse_hash", "identifiants"})  # a server may bear the agent's own name
        libres = frozenset("id collectivite ressource genre is_active releve_at reussi_at erreur empreinte".split())
        conservation = "tant que l'agent le garde"

    class Meta:
        verbose_name = "agenda externe"
        verbose_name_plural = "agendas externes"
        indexes = [models.Index(fields=["releve_at"], name="agenda_releve_idx", condition=Q(is_active=True))]
        constraints = [
            models.UniqueConstraint("collectivite", "ressource", "adresse_hash", name="agenda_externe_unique")
        ]

    def __str__(self) -> str:
        return f"agenda {self.pk}"


class EchangeAnts(ModeleCloisonne):
    """One call to make to the coordination of France Titres, written in the booking's transaction.

    No update there: a move is a deletion then a creation. Calls of one participation run in order of id. `charge`
    carries all the call needs, since the appointment may have changed meanwhile.
    """

    class Action(models.TextChoices):
        CREER = "creer", "Déclarer"
        SUPPRIMER = "supprimer", "Retirer"

    class Etat(models.TextChoices):
        A_FAIRE = "a_faire", "À faire"
        FAIT = "fait", "Fait"
        INUTILE = "inutile", "Sans objet"
        ECHEC = "echec", "Échec"

    participation = ClefCloisonnee(Participation, models.CASCADE, related_name="+")
    action = models.CharField("action", max_length=10, choices=Action.choices)
    charge = models.JSONField("contenu")
    etat = models.CharField("état", max_length=8, choices=Etat.choices, default=Etat.A_FAIRE)
    essais = models.SmallIntegerField("essais", default=0)
    prevu_at = models.DateTimeField("prévu le")
    bail_at = models.DateTimeField("bail jusqu'à", null=True, blank=True)
    erreur = models.CharField("erreur", max_length=300, blank=True)
    created_at = models.DateTimeField("créé le")
    done_at = models.DateTimeField("fait le", null=True, blank=True)

    class Rgpd:
        personnels = frozenset({"charge"})
        libres = frozenset(
            "id collectivite participation action etat essais prevu_at bail_at erreur created_at done_at".split()
        )
        conservation = "celle du rendez-vous"

    class Meta:
        verbose_name = "échange avec France Titres"
        verbose_name_plural = "échanges avec France Titres"
        indexes = [
            models.Index(fields=["prevu_at"], name="ants_a_faire_idx", condition=Q(etat="a_faire")),
            models.Index(fields=["collectivite", "participation", "id"], name="ants_participation_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.participation_id} ({self.etat})"


class ReleveOffre(ModeleCloisonne):
    """What was offered to the public, once a day: how long one would have waited, how many slots were left."""

    motif = ClefCloisonnee("Motif", models.CASCADE)
    lieu = ClefCloisonnee(Lieu, models.CASCADE)
    jour = models.DateField("jour du relevé")
    delai_jours = models.SmallIntegerField("attente en jours", null=True, blank=True)  # nothing: no slot at all
    creneaux = models.IntegerField("créneaux libres")

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset("id collectivite motif lieu jour delai_jours creneaux".split())
        conservation = "trois ans"

    class Meta:
        verbose_name = "relevé de l'offre"
        verbose_name_plural = "relevés de l'offre"
        constraints = [models.UniqueConstraint("collectivite", "motif", "lieu", "jour", name="releve_offre_unique")]

    def __str__(self) -> str:
        return f"{self.motif_id} {self.jour}"
