"""Usagers (people and organisations), their contact points, notes about them, and their timeline."""

from datetime import date, datetime

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from collectivites.cloison import ClefCloisonnee, ModeleCloisonne
from collectivites.domaines import Domaine
from journal.historique import historise
from socle.telephone import show_numero


class UsagerQuerySet(models.QuerySet["Usager"]):
    """Reads of usagers. Search by identity is in `recherche.py`: it needs its own small table."""

    def for_fiche(self) -> "UsagerQuerySet":
        """One usager with everything the 360° page prints about identity and contact, in two more queries."""
        links = LienContact.objects.select_related("point").order_by("-is_prefere", "point__nature", "pk")
        return self.prefetch_related(models.Prefetch("liens_contact", queryset=links))


@historise
class Usager(ModeleCloisonne):
    """A person, an association or a company in relation with the town hall. One e-mail is not one person."""

    class Nature(models.TextChoices):
        PERSONNE = "personne", "Personne"
        ASSOCIATION = "association", "Association"
        ENTREPRISE = "entreprise", "Entreprise"

    class Civilite(models.TextChoices):
        NON_DITE = "", "Non précisée"
        MADAME = "mme", "Madame"
        MONSIEUR = "m", "Monsieur"

    class Verification(models.TextChoices):
        """How sure we are of the identity (levels of Lutèce identitystore, simplified)."""

        DECLARATIF = "declaratif", "Identité déclarée"
        GUICHET = "guichet", "Identité vérifiée au guichet"

    nature = models.CharField("nature", max_length=12, choices=Nature.choices, default=Nature.PERSONNE)
    civilite = models.CharField("civilité", max_length=4, choices=Civilite.choices, blank=True)
    nom = models.CharField("nom d'usage ou raison sociale", max_length=120, blank=True)
    nom_naissance = models.CharField("nom de naissance", max_length=120, blank=True)
    prenoms = models.CharField("prénoms", max_length=120, blank=True)
    naissance_on = models.DateField("date de naissance", null=True, blank=True)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    rna = models.CharField("n° RNA", max_length=10, blank=True)
    langue = models.CharField("langue", max_length=5, default="fr")
    verification = models.CharField(
        "vérification", max_length=12, choices=Verification.choices, default=Verification.DECLARATIF
    )
    verified_at = models.DateTimeField("vérifiée le", null=True, blank=True)
    is_electronique_refuse = models.BooleanField("refuse les réponses électroniques", default=False)  # CRPA L112-14
    is_nom_usage_choisi = models.BooleanField("demande son nom d'usage dans les courriers", default=False)  # L111-3
    created_at = models.DateTimeField("créé le")
    version = models.IntegerField("version", default=1)
    clef = models.UUIDField("clef de saisie", null=True, blank=True)  # one form filled = one usager

    objects = UsagerQuerySet.as_manager()

    class Rgpd:
        personnels = frozenset("civilite nom nom_naissance prenoms naissance_on siret rna langue".split())
        libres = frozenset(
            "id collectivite nature verification verified_at is_electronique_refuse is_nom_usage_choisi created_at "
            "version clef".split()
        )
        conservation = "trois ans après la dernière relation"

    class Meta:
        verbose_name = "usager"
        indexes = [models.Index(fields=["collectivite", "-created_at"], name="usager_created_idx")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(nature="personne") | models.Q(prenoms="", nom_naissance="", naissance_on=None),
                name="usager_organisation_sans_etat_civil",
            ),
            models.UniqueConstraint(
                "collectivite", "siret", name="usager_siret_unique", condition=~models.Q(siret="")
            ),
            models.UniqueConstraint("collectivite", "rna", name="usager_rna_unique", condition=~models.Q(rna="")),
            models.UniqueConstraint("collectivite", "clef", name="usager_clef_unique"),
        ]

    def __str__(self) -> str:
        return self.nom_complet

    @property
    def is_personne(self) -> bool:
        """True for a human being, false for an association or a company."""
        return self.nature == self.Nature.PERSONNE

    @property
    def nom_complet(self) -> str:
        """« Samira Ben Amar », « Les Amis du kiosque »; an unknown person is said to be so."""
        first = self.prenoms.split(",")[0].split(" ")[0] if self.prenoms else ""
        return f"{first} {self.nom or self.nom_naissance}".strip() or "Usager sans nom"

    def age_on(self, day: date) -> int | None:
        """Return the age in whole years on `day`, None when the date of birth is unknown."""
        born = self.naissance_on
        if born is None:
            return None
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@historise
class PointContact(ModeleCloisonne):
    """An address, a phone, an e-mail. It may be shared by several usagers: a couple with one e-mail is ordinary."""

    class Nature(models.TextChoices):
        COURRIEL = "courriel", "Courriel"
        MOBILE = "mobile", "Mobile"
        FIXE = "fixe", "Téléphone fixe"
        ADRESSE = "adresse", "Adresse postale"

    nature = models.CharField("nature", max_length=10, choices=Nature.choices)
    valeur = models.CharField("valeur", max_length=320)  # as typed, for display
    normalisee = models.CharField("forme normalisée", max_length=320)  # lower-case e-mail, E.164, plain words
    failing_since = models.DateTimeField("en échec depuis", null=True, blank=True)

    class Rgpd:
        personnels = frozenset({"valeur", "normalisee"})
        libres = frozenset("id collectivite nature failing_since".split())
        conservation = "celle des usagers qui le portent"

    class Meta:
        verbose_name = "point de contact"
        constraints = [models.UniqueConstraint("collectivite", "nature", "normalisee", name="point_contact_unique")]

    def __str__(self) -> str:
        return self.valeur

    @property
    def is_telephone(self) -> bool:
        """True for a mobile or a landline."""
        return self.nature in {self.Nature.MOBILE, self.Nature.FIXE}

    @property
    def shown(self) -> str:
        """As people read it: « 06 39 98 12 34 », an e-mail or an address as it was typed."""
        return show_numero(self.normalisee) if self.is_telephone else self.valeur


@historise
class LienContact(ModeleCloisonne):
    """This usager is reached at this contact point."""

    usager = ClefCloisonnee(Usager, models.CASCADE, related_name="liens_contact")
    point = ClefCloisonnee(PointContact, models.CASCADE, related_name="liens")
    libelle = models.CharField("libellé", max_length=60, blank=True)  # « travail », « chez sa fille »
    is_prefere = models.BooleanField("préféré", default=False)

    class Rgpd:
        personnels = frozenset({"libelle"})
        libres = frozenset("id collectivite usager point is_prefere".split())
        conservation = "celle de l'usager"

    class Meta:
        verbose_name = "contact d'un usager"
        indexes = [models.Index(fields=["collectivite", "point"], name="lien_contact_point_idx")]
        constraints = [
            models.UniqueConstraint("collectivite", "usager", "point", name="lien_contact_unique"),
            models.UniqueConstraint(
                "collectivite", "usager", name="lien_contact_un_prefere", condition=models.Q(is_prefere=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.usager_id} · {self.point_id}"


class NoteQuerySet(models.QuerySet["NoteUsager"]):
    """Reads of notes."""

    def live(self, day: date) -> "NoteQuerySet":
        """Notes that have not expired on `day`."""
        return self.filter(expire_on__gte=day)

    def visible_to(self, *, agent_id: int, domaines: frozenset[str]) -> "NoteQuerySet":
        """Everyone's notes of the domains the agent reads, and the agent's own private ones."""
        shared = models.Q(visibilite=NoteUsager.Visibilite.COLLECTIVITE, domaine__in=domaines)
        return self.filter(shared | models.Q(visibilite=NoteUsager.Visibilite.AUTEUR, agent_id=agent_id))


class NoteUsager(ModeleCloisonne):
    """A note about a usager. No free text without a visibility and an end (RGPD art. 5-1-c and e)."""

    class Visibilite(models.TextChoices):
        AUTEUR = "auteur", "Moi seulement"
        COLLECTIVITE = "collectivite", "Tous les agents du domaine"

    usager = ClefCloisonnee(Usager, models.CASCADE, related_name="notes")
    texte = models.CharField("note", max_length=500)
    visibilite = models.CharField(
        "visible par", max_length=12, choices=Visibilite.choices, default=Visibilite.COLLECTIVITE
    )
    domaine = models.CharField("domaine", max_length=20, choices=Domaine.choices, default=Domaine.GENERAL)
    is_alerte = models.BooleanField("à savoir avant de parler", default=False)
    expire_on = models.DateField("jusqu'au")
    agent_id = models.BigIntegerField("auteur")
    agent_libelle = models.CharField("auteur", max_length=160)
    created_at = models.DateTimeField("écrite le")
    clef = models.UUIDField("clef de saisie", null=True, blank=True)

    objects = NoteQuerySet.as_manager()

    class Rgpd:
        personnels = frozenset({"texte", "agent_id", "agent_libelle"})
        libres = frozenset("id collectivite usager visibilite domaine is_alerte expire_on created_at clef".split())
        conservation = "jusqu'à la date écrite sur la note, un an au plus"

    class Meta:
        verbose_name = "note"
        indexes = [models.Index(fields=["collectivite", "usager", "expire_on"], name="note_usager_idx")]
        constraints = [models.UniqueConstraint("collectivite", "clef", name="note_clef_unique")]

    def __str__(self) -> str:
        return f"note {self.pk}"


class InteractionQuerySet(models.QuerySet["Interaction"]):
    """Reads of the timeline."""

    def of(self, usager_id: int) -> "InteractionQuerySet":
        """Rows of one usager, newest first: one keyset query on the index."""
        return self.filter(usager_id=usager_id).order_by("-at", "-pk")

    def shown_to(self, domaines: frozenset[str]) -> "InteractionQuerySet":
        """What an agent of these domains may know: all of theirs; of a sealed domain, that something exists.

        Sealed messages and appointments are left out: their number would already tell how close the person is to the
        service.
        """
        counted = [Interaction.Genre.MESSAGE, Interaction.Genre.RENDEZVOUS]
        return self.filter(models.Q(domaine__in=domaines) | ~models.Q(genre__in=counted))

    def before(self, at: datetime, pk: int) -> "InteractionQuerySet":
        """The next page of `of()`: rows older than the last one shown."""
        older = models.Q(at__lt=at) | models.Q(at=at, pk__lt=pk)
        return self.filter(older, at__lte=at)


class Interaction(ModeleCloisonne):
    """One thing the usager lived. Append-only; labels are facts of that moment, written by the action that does it."""

    class Genre(models.TextChoices):
        DEMANDE = "demande", "Demande"
        MESSAGE = "message", "Message"
        CONTACT = "contact", "Contact sur place"
        RENDEZVOUS = "rendezvous", "Rendez-vous"
        VISITE = "visite", "Visite"

    class Sens(models.TextChoices):
        ENTRANT = "entrant", "Reçu"
        SORTANT = "sortant", "Envoyé"
        INTERNE = "interne", "Interne"

    usager = ClefCloisonnee(Usager, models.CASCADE, related_name="interactions")
    at = models.DateTimeField("quand")
    genre = models.CharField("genre", max_length=12, choices=Genre.choices)
    sens = models.CharField("sens", max_length=10, choices=Sens.choices)
    canal = models.CharField("canal", max_length=12)
    domaine = models.CharField("domaine", max_length=20, choices=Domaine.choices)
    titre = models.CharField("titre", max_length=200)
    resume = models.CharField("résumé", max_length=300, blank=True)
    objet_type = models.CharField("objet", max_length=30)  # « demande »: the floor above gives its live state
    objet_id = models.BigIntegerField("n° interne de l'objet")
    acteur_libelle = models.CharField("acteur", max_length=160, blank=True)

    objects = InteractionQuerySet.as_manager()

    class Rgpd:
        personnels = frozenset({"titre", "resume", "acteur_libelle"})
        libres = frozenset("id collectivite usager at genre sens canal domaine objet_type objet_id".split())
        conservation = "celle de l'objet"

    class Meta:
        verbose_name = "interaction"
        indexes = [
            models.Index(fields=["collectivite", "usager", "-at", "-id"], name="interaction_usager_idx"),
            models.Index(fields=["collectivite", "objet_type", "objet_id"], name="interaction_objet_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.genre} {self.objet_id}"


class Recherche(ModeleCloisonne):
    """What search knows of one usager. Written by triggers only; the application may read, never write."""

    usager = ClefCloisonnee(Usager, models.DO_NOTHING)
    nom_n = models.TextField("nom normalisé", db_collation="C")
    prenom_n = models.TextField("prénoms normalisés", db_collation="C")
    tsv = SearchVectorField("jetons")  # typed and prefixed by the tenant: « 42:ndupont », see migration 0005

    class Rgpd:
        personnels = frozenset({"nom_n", "prenom_n", "tsv"})
        libres = frozenset({"id", "collectivite", "usager"})
        conservation = "celle de l'usager : la ligne part avec lui"

    class Meta:
        verbose_name = "ligne de recherche"
        indexes = [
            models.Index(fields=["collectivite", "nom_n", "prenom_n"], name="recherche_nom_idx"),
            GinIndex(fields=["tsv"], name="recherche_tsv_idx", fastupdate=False),  # stable latency, measured
        ]
        constraints = [models.UniqueConstraint("collectivite", "usager", name="recherche_usager_unique")]

    def __str__(self) -> str:
        return f"recherche {self.usager_id}"


class Lexique(ModeleCloisonne):
    """The words of the names of one collectivité, to understand a misspelt one.

    No unique key on purpose: two agents creating the same new name at once must not wait for one another.
    """

    jeton = models.TextField("mot", db_collation="C")

    class Rgpd:
        personnels = frozenset({"jeton"})
        libres = frozenset({"id", "collectivite"})
        conservation = "jusqu'à la prochaine reconstruction de la recherche"

    class Meta:
        verbose_name = "mot du lexique"
        indexes = [
            models.Index(fields=["collectivite", "jeton"], name="lexique_jeton_idx"),
            GinIndex(
                "collectivite",
                OpClass("jeton", name="gin_trgm_ops"),
                name="lexique_ressemblance_idx",
                fastupdate=False,
            ),
        ]

    def __str__(self) -> str:
        return self.jeton
