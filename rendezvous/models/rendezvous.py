"""The appointment, the time it takes of each resource, the persons who come, the collective session."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from citoyens.models import Usager
from collectivites.acces import Acces
from collectivites.cloison import ClefCloisonnee, ModeleCloisonne
from collectivites.domaines import Domaine
from collectivites.models import Agent, Lieu, Service
from demandes.models import Demande
from journal.historique import historise
from rendezvous.etats import ANNULES, VIVANTS, Etat
from rendezvous.models.motif import Motif
from rendezvous.models.parcours import Parcours
from rendezvous.models.ressources import Ressource


class Seance(ModeleCloisonne):
    """A collective session: one resource, one time, `places` seats. The database refuses one seat too many."""

    motif = ClefCloisonnee(Motif, models.PROTECT, verbose_name="motif")
    lieu = ClefCloisonnee(Lieu, models.PROTECT, verbose_name="lieu")
    ressource = ClefCloisonnee(Ressource, models.PROTECT, verbose_name="qui anime")
    titre = models.CharField("titre", max_length=120, blank=True)
    debut_at = models.DateTimeField("début")
    fin_at = models.DateTimeField("fin")
    jour = models.DateField("jour du lieu")
    places = models.SmallIntegerField("places")
    inscrits = models.SmallIntegerField("inscrits", default=0)
    is_annulee = models.BooleanField("annulée", default=False)
    created_at = models.DateTimeField("créée le")
    version = models.IntegerField("version", default=1)  # of what was decided: who takes a seat does not change it

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset(
            "id collectivite motif lieu ressource titre debut_at fin_at jour places inscrits is_annulee "
            "created_at version".split()
        )
        conservation = "deux ans"

    class Meta:
        verbose_name = "séance"
        indexes = [models.Index(fields=["collectivite", "motif", "debut_at"], name="seance_motif_idx")]
        constraints = [
            models.CheckConstraint(condition=Q(debut_at__lt=F("fin_at")), name="seance_dans_l_ordre"),
            models.CheckConstraint(
                condition=Q(inscrits__gte=0, inscrits__lte=F("places"), places__range=(1, 500)), name="seance_places"
            ),
        ]

    def __str__(self) -> str:
        return f"séance {self.debut_at:%Y-%m-%d %H:%M}"


class RendezVousQuerySet(models.QuerySet["RendezVous"]):
    """Reads of appointments, adjective by adjective."""

    def visible_to(self, acces: Acces) -> "RendezVousQuerySet":
        """Appointments the agent may read: sealed domains only for their own agents. Others show as taken time."""
        return self.filter(domaine__in=acces.domaines)

    def booked(self) -> "RendezVousQuerySet":
        """Everything but options: what was really promised to somebody, cancelled or not."""
        return self.exclude(etat=Etat.OPTION)

    def live(self) -> "RendezVousQuerySet":
        """Still to be held."""
        return self.filter(etat__in=VIVANTS)

    def standing(self) -> "RendezVousQuerySet":
        """Booked and not cancelled."""
        return self.booked().exclude(etat__in=ANNULES)

    def expired(self, now: datetime) -> "RendezVousQuerySet":
        """Options whose ten minutes have passed."""
        return self.filter(etat=Etat.OPTION, expire_at__lte=now)

    def for_list(self) -> "RendezVousQuerySet":
        """What a line of an agenda prints."""
        return self.select_related("motif", "lieu", "usager", "service")


@historise
class RendezVous(ModeleCloisonne):
    """One appointment of one or several persons. `version` grows with each write (optimistic lock).

    `debut_at`/`fin_at`: the time promised to the usager; the buffer after it is in `Occupation` only. `jour`: local
    day in the lieu's zone, stored, never computed from UTC. `sequence`: SEQUENCE of RFC 5545, grows with each move.
    `participants_ecrits`: who comes, on the very object that was booked, to spare a reading of what was just written.
    """

    participants_ecrits: "Sequence[Participation]" = ()

    class Canal(models.TextChoices):
        GUICHET = "guichet", "Au guichet"
        TELEPHONE = "telephone", "Par téléphone"
        COURRIEL = "courriel", "Par courriel"
        EN_LIGNE = "en_ligne", "En ligne"
        API = "api", "Par une application"
        ANTS = "ants", "Par France Titres"

    numero = models.CharField("numéro", max_length=20)  # « RDV-2026-00042 », per collectivité
    uuid = models.UUIDField("identifiant d'agenda")  # UID of the ICS
    motif = ClefCloisonnee(Motif, models.PROTECT, related_name="rendezvous", verbose_name="motif")
    service = ClefCloisonnee(Service, models.PROTECT, verbose_name="service")
    domaine = models.CharField("domaine", max_length=20, choices=Domaine.choices)
    lieu = ClefCloisonnee(Lieu, models.PROTECT, verbose_name="lieu")
    seance = ClefCloisonnee(Seance, models.PROTECT, null=True, blank=True, verbose_name="séance")
    parcours = ClefCloisonnee(Parcours, models.PROTECT, null=True, blank=True, related_name="rendezvous")
    rang_parcours = models.SmallIntegerField("étape", default=0)
    demande = ClefCloisonnee(Demande, models.PROTECT, null=True, blank=True, verbose_name="demande liée")
    usager = ClefCloisonnee(Usager, models.PROTECT, null=True, blank=True, related_name="rendezvous")
    etat = models.CharField("état", max_length=14, choices=Etat.choices, default=Etat.OPTION)
    debut_at = models.DateTimeField("début")
    fin_at = models.DateTimeField("fin")
    jour = models.DateField("jour du lieu")
    personnes = models.SmallIntegerField("personnes ou dossiers", default=1)
    canal = models.CharField("pris", max_length=10, choices=Canal.choices)
    is_surbooking = models.BooleanField("en surnombre", default=False)
    adresse = models.CharField("adresse du domicile", max_length=300, blank=True)
    telephone = models.CharField("numéro à appeler", max_length=20, blank=True)
    visio_url = models.CharField("salon de visioconférence", max_length=300, blank=True)
    note = models.TextField("note des agents", blank=True)
    message = models.TextField("ce que l'usager a écrit", blank=True)
    auteur = models.ForeignKey(Agent, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    clef = models.UUIDField("clef d'idempotence", null=True, blank=True)
    empreinte = models.CharField("empreinte de ce qui fut demandé", max_length=64, blank=True)
    expire_at = models.DateTimeField("retenu jusqu'à", null=True, blank=True)
    created_at = models.DateTimeField("pris le")
    present_at = models.DateTimeField("présence signalée", null=True, blank=True)
    started_at = models.DateTimeField("reçu à", null=True, blank=True)
    ended_at = models.DateTimeField("terminé à", null=True, blank=True)
    cancelled_at = models.DateTimeField("annulé le", null=True, blank=True)
    raison = models.CharField("raison de l'annulation", max_length=300, blank=True)
    sequence = models.SmallIntegerField("révision de l'agenda", default=0)
    version = models.IntegerField("version", default=1)

    objects = RendezVousQuerySet.as_manager()

    class Rgpd:
        personnels = frozenset(
            "usager adresse telephone visio_url note message raison auteur empreinte demande".split()
        )
        libres = frozenset(
            "id collectivite numero uuid motif service domaine lieu seance parcours rang_parcours etat debut_at "
            "fin_at jour personnes canal is_surbooking clef expire_at created_at present_at started_at ended_at "
            "cancelled_at sequence version".split()
        )
        conservation = "deux ans"

    class Meta:
        verbose_name = "rendez-vous"
        verbose_name_plural = "rendez-vous"
        indexes = [
            models.Index(fields=["collectivite", "jour", "lieu"], name="rdv_jour_idx"),
            models.Index(fields=["collectivite", "service", "jour"], name="rdv_service_idx"),
            models.Index(fields=["collectivite", "motif", "created_at"], name="rdv_motif_idx"),
            models.Index(fields=["collectivite", "usager", "-debut_at"], name="rdv_usager_idx"),
            models.Index(fields=["collectivite", "demande"], name="rdv_demande_idx"),
            models.Index(fields=["expire_at"], name="rdv_option_idx", condition=Q(etat="option")),
        ]
        constraints = [
            models.UniqueConstraint("collectivite", "numero", name="rdv_numero_unique"),
            models.UniqueConstraint("collectivite", "uuid", name="rdv_uuid_unique"),
            models.UniqueConstraint("collectivite", "clef", name="rdv_clef_unique", condition=Q(clef__isnull=False)),
            models.CheckConstraint(condition=Q(debut_at__lt=F("fin_at")), name="rdv_dans_l_ordre"),
            models.CheckConstraint(condition=Q(personnes__range=(1, 500)), name="rdv_personnes"),
            models.CheckConstraint(condition=Q(etat__in=list(Etat.values)), name="rdv_etat_connu"),
            models.CheckConstraint(
                condition=Q(etat="option", expire_at__isnull=False) | (~Q(etat="option") & Q(expire_at__isnull=True)),
                name="rdv_option_expire",
            ),
            models.CheckConstraint(
                condition=Q(etat__startswith="annule", cancelled_at__isnull=False)
                | (~Q(etat__startswith="annule") & Q(cancelled_at__isnull=True)),
                name="rdv_annule_date",
            ),
        ]

    def __str__(self) -> str:
        return self.numero

    @property
    def is_vivant(self) -> bool:
        """True while the appointment is still to be held."""
        return self.etat in VIVANTS


class Occupation(ModeleCloisonne):
    """Time taken from one place of one resource, by an appointment or a session: the wall against double booking.

    [debut_at, fin_at[ includes the buffer. The exclusion constraint is the promise; searching reads the B-tree index
    (measured five times quicker than the GiST). A surbooking is exempt from the constraint, yet read as taken.
    """

    rendezvous = ClefCloisonnee(RendezVous, models.CASCADE, null=True, blank=True, related_name="occupations")
    seance = ClefCloisonnee(Seance, models.CASCADE, null=True, blank=True, related_name="occupations")
    ressource = ClefCloisonnee(Ressource, models.PROTECT, related_name="occupations")
    place = models.SmallIntegerField("place", default=1)  # 1 … capacity of the range
    debut_at = models.DateTimeField("début")
    fin_at = models.DateTimeField("fin, battement compris")
    expire_at = models.DateTimeField("retenu jusqu'à", null=True, blank=True)  # of an option
    is_actif = models.BooleanField("occupe", default=True)
    is_surbooking = models.BooleanField("en surnombre", default=False)

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset(
            "id collectivite rendezvous seance ressource place debut_at fin_at expire_at is_actif "
            "is_surbooking".split()
        )
        conservation = "celle du rendez-vous"

    class Meta:
        verbose_name = "occupation"
        indexes = [
            models.Index(
                fields=["collectivite", "ressource", "debut_at"],
                include=["fin_at", "place", "expire_at", "seance"],  # all that search reads: never the table
                condition=Q(is_actif=True),
                name="occupation_ressource_idx",
            ),
            models.Index(fields=["collectivite", "rendezvous"], name="occupation_rdv_idx"),
            models.Index(fields=["collectivite", "seance"], name="occupation_seance_idx"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(debut_at__lt=F("fin_at")), name="occupation_dans_l_ordre"),
            models.CheckConstraint(condition=Q(place__range=(1, 50)), name="occupation_place"),
            models.CheckConstraint(
                condition=Q(rendezvous__isnull=False, seance__isnull=True)
                | Q(rendezvous__isnull=True, seance__isnull=False),
                name="occupation_une_cause",
            ),
            ExclusionConstraint(
                name="occupation_sans_double",
                expressions=[
                    ("collectivite", RangeOperators.EQUAL),
                    ("ressource", RangeOperators.EQUAL),
                    ("place", RangeOperators.EQUAL),
                    (
                        Func(
                            "debut_at", "fin_at", Value("[)"),
                            function="TSTZRANGE", output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(is_actif=True, is_surbooking=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.ressource_id}/{self.place} {self.debut_at:%Y-%m-%d %H:%M}"


@historise
class Participation(ModeleCloisonne):
    """One person who comes. The link « gérer mon rendez-vous » is theirs: drawn, kept as a hash, expiring.

    `sel` and the key of the installation give the token again for a reminder; the table alone does not.
    `courriel`/`telephone`: where to write for this appointment. `is_a_rappeler`: told of it, the reminder is still to
    be written, for all who come with them; see `messages.rappels.prepare_rappel`. `categorie` and `is_vivante` are
    copied so that the database refuses a second live appointment for one pre-application number (France Titres).
    """

    class Etat(models.TextChoices):
        ATTENDU = "attendu", "Attendu"
        HONORE = "honore", "Venu"
        ABSENT = "absent", "Absent"
        EXCUSE = "excuse", "Excusé"

    rendezvous = ClefCloisonnee(RendezVous, models.CASCADE, related_name="participations")
    usager = ClefCloisonnee(Usager, models.PROTECT, verbose_name="usager")
    rang = models.SmallIntegerField("rang", default=0)  # 0: who booked, the one we write to
    etat = models.CharField("état", max_length=8, choices=Etat.choices, default=Etat.ATTENDU)
    courriel = models.CharField("adresse électronique", max_length=320, blank=True)
    telephone = models.CharField("téléphone mobile", max_length=20, blank=True)
    sel = models.BinaryField("sel du lien")
    jeton_hash = models.CharField("empreinte du lien", max_length=64)
    jeton_expire_at = models.DateTimeField("lien valable jusqu'à")
    numero_predemande = models.CharField("numéro de pré-demande", max_length=10, blank=True)
    categorie = models.CharField("titre d'identité", max_length=12, blank=True)
    is_vivante = models.BooleanField("attendue", default=True)
    is_a_rappeler = models.BooleanField("rappel à préparer", default=False)

    class Rgpd:
        personnels = frozenset("usager courriel telephone numero_predemande sel jeton_hash".split())
        libres = frozenset(
            "id collectivite rendezvous rang etat jeton_expire_at categorie is_vivante is_a_rappeler".split()
        )
        conservation = "celle du rendez-vous"

    class Meta:
        verbose_name = "participation"
        indexes = [
            models.Index(fields=["collectivite", "usager"], name="participation_usager_idx"),
            models.Index(fields=["id"], name="participation_a_rappeler_idx", condition=Q(is_a_rappeler=True)),
        ]
        constraints = [
            models.UniqueConstraint("collectivite", "rendezvous", "usager", name="participation_unique"),
            models.UniqueConstraint("collectivite", "jeton_hash", name="participation_jeton_unique"),
            models.UniqueConstraint(
                "collectivite", "numero_predemande", "categorie", name="participation_predemande_unique",
                condition=Q(is_vivante=True) & ~Q(numero_predemande=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.usager_id} au rendez-vous {self.rendezvous_id}"
