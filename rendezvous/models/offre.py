"""The offer: when a resource receives, for which motifs; and when it does not.

Rules are wall-clock minutes of local days, in the IANA zone of the lieu. They are expanded per local date into
occurrences (instants), rewritten in the transaction of the rule and extended each night. Nothing counts UTC days.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from collectivites.cloison import ClefCloisonnee, ModeleCloisonne
from collectivites.models import Agent, Lieu
from demandes.models import Zone
from journal.historique import historise
from rendezvous.models.motif import Motif
from rendezvous.models.ressources import Guichet, Ressource


@historise
class PlageOuverture(ModeleCloisonne):
    """A resource receives at a lieu, on the days of `regle` from `premier_on`, during the ordered `blocs`.

    `regle`: RRULE of RFC 5545 without DTSTART (« FREQ=WEEKLY;BYDAY=MO,TH »), empty for one day. `blocs`: [first
    minute, last minute excluded] of the local day, ordered, disjoint, never across midnight (1440 allowed at the end).
    `exceptions`: local days left out. `capacite`: how many appointments at once (anonymous places).
    """

    ressource = ClefCloisonnee(Ressource, models.PROTECT, related_name="plages", verbose_name="qui reçoit")
    lieu = ClefCloisonnee(Lieu, models.PROTECT, verbose_name="lieu")
    guichet = ClefCloisonnee(Guichet, models.PROTECT, null=True, blank=True, verbose_name="guichet où l'agent reçoit")
    libelle = models.CharField("nom", max_length=80, blank=True)
    premier_on = models.DateField("premier jour")
    regle = models.CharField("répétition", max_length=200, blank=True)
    jusqu_on = models.DateField("dernier jour", null=True, blank=True)
    blocs = ArrayField(ArrayField(models.SmallIntegerField(), size=2), verbose_name="heures")
    exceptions = ArrayField(models.DateField(), verbose_name="jours sautés", default=list, blank=True)
    capacite = models.SmallIntegerField("rendez-vous en même temps", default=1)
    is_ferie_travaille = models.BooleanField("ouverte les jours fériés", default=False)
    is_active = models.BooleanField("en service", default=True)
    version = models.IntegerField("version", default=1)

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset(
            "id collectivite ressource lieu guichet libelle premier_on regle jusqu_on blocs exceptions capacite "
            "is_ferie_travaille is_active version".split()
        )
        conservation = "un an après son dernier jour"

    class Meta:
        verbose_name = "plage d'ouverture"
        verbose_name_plural = "plages d'ouverture"
        indexes = [models.Index(fields=["collectivite", "ressource", "premier_on"], name="plage_ressource_idx")]
        constraints = [
            models.CheckConstraint(
                condition=Q(jusqu_on__isnull=True) | Q(jusqu_on__gte=F("premier_on")), name="plage_dans_l_ordre"
            ),
            models.CheckConstraint(condition=Q(capacite__range=(1, 50)), name="plage_capacite"),
            models.CheckConstraint(condition=Q(blocs__len__range=(1, 8)), name="plage_a_des_heures"),
        ]

    def __str__(self) -> str:
        return self.libelle or f"plage {self.pk}"


class PlageMotif(ModeleCloisonne):
    """A motif may be booked in this range."""

    plage = ClefCloisonnee(PlageOuverture, models.CASCADE, related_name="liens_motifs")
    motif = ClefCloisonnee(Motif, models.CASCADE, related_name="liens_plages")

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset("id collectivite plage motif".split())
        conservation = "celle de la plage"

    class Meta:
        verbose_name = "motif d'une plage"
        constraints = [models.UniqueConstraint("collectivite", "plage", "motif", name="plage_motif_unique")]
        indexes = [models.Index(fields=["collectivite", "motif", "plage"], name="plage_motif_idx")]

    def __str__(self) -> str:
        return f"{self.plage_id} · {self.motif_id}"


class PlageZone(ModeleCloisonne):
    """The range receives only the usagers of this zone, for the motifs that go by address. No row: everybody."""

    plage = ClefCloisonnee(PlageOuverture, models.CASCADE, related_name="liens_zones")
    zone = ClefCloisonnee(Zone, models.CASCADE)

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset("id collectivite plage zone".split())
        conservation = "celle de la plage"

    class Meta:
        verbose_name = "zone d'une plage"
        constraints = [models.UniqueConstraint("collectivite", "plage", "zone", name="plage_zone_unique")]

    def __str__(self) -> str:
        return f"{self.plage_id} · {self.zone_id}"


class OccurrencePlage(ModeleCloisonne):
    """One block of a range on one local day, as instants [debut_at, fin_at[. Derived: never edited by hand.

    Public holidays and closures are not taken out here: search reads them live, a closure is effective at once.
    """

    plage = ClefCloisonnee(PlageOuverture, models.CASCADE, related_name="occurrences")
    ressource = ClefCloisonnee(Ressource, models.CASCADE)
    lieu = ClefCloisonnee(Lieu, models.CASCADE)
    jour = models.DateField("jour du lieu")
    debut_at = models.DateTimeField("début")
    fin_at = models.DateTimeField("fin")
    capacite = models.SmallIntegerField("places")
    is_ferie_travaille = models.BooleanField("même un jour férié", default=False)

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset(
            "id collectivite plage ressource lieu jour debut_at fin_at capacite is_ferie_travaille".split()
        )
        conservation = "celle de la plage"

    class Meta:
        verbose_name = "occurrence d'une plage"
        verbose_name_plural = "occurrences des plages"
        indexes = [
            models.Index(fields=["collectivite", "plage", "debut_at"], name="occurrence_plage_idx"),
            models.Index(fields=["collectivite", "lieu", "jour"], name="occurrence_lieu_idx"),
        ]
        constraints = [
            models.UniqueConstraint("collectivite", "plage", "debut_at", name="occurrence_unique"),
            models.CheckConstraint(condition=Q(debut_at__lt=F("fin_at")), name="occurrence_dans_l_ordre"),
        ]

    def __str__(self) -> str:
        return f"{self.ressource_id} {self.debut_at:%Y-%m-%d %H:%M}"


class Indisponibilite(ModeleCloisonne):
    """A resource, or a whole lieu when `ressource` is empty, does not receive. One stretch, or a repetition.

    One stretch: from `debut_on` at `debut_minute` to `fin_on` at `fin_minute` (wall clock of the lieu or town).
    Repeated (`regle`): each day of the rule, between the two minutes; `fin_on` is then the last day, or nothing.
    Whole days of leave of an agent live in demandes.Absence, closures in collectivites.Fermeture: read as well.
    """

    ressource = ClefCloisonnee(Ressource, models.CASCADE, null=True, blank=True, verbose_name="qui")
    lieu = ClefCloisonnee(Lieu, models.CASCADE, null=True, blank=True, verbose_name="lieu")
    libelle = models.CharField("motif", max_length=120, blank=True)  # « Réunion de service »
    debut_on = models.DateField("du")
    fin_on = models.DateField("au", null=True, blank=True)
    debut_minute = models.SmallIntegerField("de", default=0)
    fin_minute = models.SmallIntegerField("à", default=1440)
    regle = models.CharField("répétition", max_length=200, blank=True)
    exceptions = ArrayField(models.DateField(), verbose_name="jours sautés", default=list, blank=True)
    par = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    created_at = models.DateTimeField("saisie le")
    version = models.IntegerField("version", default=1)

    class Rgpd:
        personnels = frozenset({"libelle", "par"})
        libres = frozenset(
            "id collectivite ressource lieu debut_on fin_on debut_minute fin_minute regle exceptions "
            "created_at version".split()
        )
        conservation = "un an"

    class Meta:
        verbose_name = "indisponibilité"
        constraints = [
            models.CheckConstraint(
                condition=Q(ressource__isnull=False, lieu__isnull=True) | Q(ressource__isnull=True),
                name="indisponibilite_de_qui",
            ),
            models.CheckConstraint(
                condition=Q(debut_minute__gte=0, fin_minute__lte=1440), name="indisponibilite_minutes"
            ),
            models.CheckConstraint(
                condition=Q(fin_on__isnull=True) | Q(fin_on__gte=F("debut_on")), name="indisponibilite_dans_l_ordre"
            ),
            models.CheckConstraint(condition=Q(fin_on__isnull=False) | ~Q(regle=""), name="indisponibilite_a_une_fin"),
        ]

    def __str__(self) -> str:
        return f"{self.ressource_id or self.lieu_id} {self.debut_on}"


class OccurrenceIndisponible(ModeleCloisonne):
    """A stretch of instants when a resource (or everybody at `lieu`, or everybody) is taken. Derived.

    Comes from an Indisponibilite, or from an external calendar (`agenda`), never both.
    """

    indisponibilite = ClefCloisonnee(
        Indisponibilite, models.CASCADE, null=True, blank=True, related_name="occurrences"
    )
    agenda = ClefCloisonnee("AgendaExterne", models.CASCADE, null=True, blank=True, related_name="occurrences")
    ressource = ClefCloisonnee(Ressource, models.CASCADE, null=True, blank=True)
    lieu = ClefCloisonnee(Lieu, models.CASCADE, null=True, blank=True)
    debut_at = models.DateTimeField("début")
    fin_at = models.DateTimeField("fin")

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset("id collectivite indisponibilite agenda ressource lieu debut_at fin_at".split())
        conservation = "celle de l'indisponibilité"

    class Meta:
        verbose_name = "occurrence d'indisponibilité"
        verbose_name_plural = "occurrences d'indisponibilité"
        indexes = [
            models.Index(fields=["collectivite", "fin_at"], name="indispo_fin_idx", include=["debut_at"]),
            models.Index(fields=["collectivite", "indisponibilite"], name="indispo_regle_idx"),
            models.Index(fields=["collectivite", "agenda"], name="indispo_agenda_idx"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(debut_at__lt=F("fin_at")), name="indispo_occurrence_ordre"),
            models.CheckConstraint(
                condition=Q(indisponibilite__isnull=False, agenda__isnull=True)
                | Q(indisponibilite__isnull=True, agenda__isnull=False),
                name="indispo_une_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ressource_id or self.lieu_id} {self.debut_at:%Y-%m-%d %H:%M}"
