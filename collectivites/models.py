"""Tenants, their services, places, hours, agents, and who belongs where with which roles."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower

from collectivites.cloison import ClefCloisonnee, ModeleCloisonne
from collectivites.domaines import Domaine
from collectivites.permissions import Role


class Collectivite(models.Model):
    """A town hall or an intermunicipal body: the tenant. No row security: read before a tenant is chosen."""

    class Nature(models.TextChoices):
        COMMUNE = "commune", "Commune"
        EPCI = "epci", "Intercommunalité (EPCI)"

    class ZoneFeries(models.TextChoices):
        METROPOLE = "metropole", "Métropole"
        ALSACE_MOSELLE = "alsace_moselle", "Alsace-Moselle"
        GUADELOUPE = "guadeloupe", "Guadeloupe"
        MARTINIQUE = "martinique", "Martinique"
        GUYANE = "guyane", "Guyane"
        REUNION = "reunion", "La Réunion"
        MAYOTTE = "mayotte", "Mayotte"
        SAINT_BARTHELEMY = "saint_barthelemy", "Saint-Barthélemy"
        SAINT_MARTIN = "saint_martin", "Saint-Martin"
        SAINT_PIERRE_ET_MIQUELON = "saint_pierre_et_miquelon", "Saint-Pierre-et-Miquelon"
        NOUVELLE_CALEDONIE = "nouvelle_caledonie", "Nouvelle-Calédonie"
        POLYNESIE = "polynesie", "Polynésie française"
        WALLIS_ET_FUTUNA = "wallis_et_futuna", "Wallis-et-Futuna"

    slug = models.SlugField("nom dans l'adresse", max_length=60, unique=True)
    nom = models.CharField("nom", max_length=120)
    nature = models.CharField("nature", max_length=10, choices=Nature.choices, default=Nature.COMMUNE)
    epci = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="communes", verbose_name="EPCI")
    code_insee = models.CharField("code INSEE", max_length=5, blank=True)
    adresse = models.CharField("adresse", max_length=200, blank=True)
    code_postal = models.CharField("code postal", max_length=10, blank=True)
    ville = models.CharField("ville", max_length=100, blank=True)
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    courriel = models.EmailField("adresse électronique", blank=True)
    fuseau = models.CharField("fuseau horaire", max_length=40, default="Europe/Paris")
    zone_feries = models.CharField(
        "jours fériés", max_length=30, choices=ZoneFeries.choices, default=ZoneFeries.METROPOLE
    )
    accent = models.CharField(
        "couleur", max_length=7, default="#0b5563", validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")]
    )
    is_active = models.BooleanField("active", default=True)
    created_at = models.DateTimeField("créée le", auto_now_add=True)

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset(
            "id slug nom nature epci code_insee adresse code_postal ville telephone courriel fuseau zone_feries accent "
            "is_active created_at".split()
        )
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "collectivité"

    def __str__(self) -> str:
        return self.nom


class AgentManager(BaseUserManager["Agent"]):
    """Creates agents; e-mail is the login name."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "Agent":
        """Create an agent; without a password the account waits for its invitation link."""
        agent = self.model(email=self.normalize_email(email).lower(), **fields)
        agent.set_password(password)
        agent.save(using=self._db)
        return agent

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "Agent":
        """Create the platform operator: may open Django's admin, where no personal data of usagers lives."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "Agent":
        """Find by e-mail, whatever the case."""
        return self.get(email__iexact=username)


class Agent(AbstractBaseUser, PermissionsMixin):
    """A person who works with Guichet; may belong to several collectivités."""

    email = models.EmailField("adresse électronique", max_length=254, unique=True)  # always lower-case
    prenom = models.CharField("prénom", max_length=80)
    nom = models.CharField("nom", max_length=80)
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    is_raccourcis_actifs = models.BooleanField("raccourcis clavier d'une touche", default=True)
    is_active = models.BooleanField("actif", default=True)
    is_staff = models.BooleanField("opérateur de la plateforme", default=False)
    date_joined = models.DateTimeField("créé le", auto_now_add=True)

    objects = AgentManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["prenom", "nom"]

    class Rgpd:
        personnels = frozenset({"email", "prenom", "nom", "telephone", "last_login"})
        libres = frozenset(
            "id password is_raccourcis_actifs is_active is_staff is_superuser date_joined groups user_permissions".split()
        )
        conservation = "un an après le départ"

    class Meta:
        verbose_name = "agent"
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="agent_email_minuscule"),
        ]

    def __str__(self) -> str:
        return f"{self.prenom} {self.nom}"

    def get_full_name(self) -> str:
        """First name and name, as allauth and Django's admin ask for it."""
        return str(self)


class Service(ModeleCloisonne):
    """A unit of the town hall that answers demandes (CRPA: « service chargé du dossier »)."""

    nom = models.CharField("nom", max_length=120)
    domaine = models.CharField("domaine", max_length=20, choices=Domaine.choices, default=Domaine.GENERAL)
    courriel = models.EmailField("adresse électronique", blank=True)
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    adresse = models.CharField("adresse postale", max_length=250, blank=True)
    is_active = models.BooleanField("actif", default=True)

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset("id collectivite nom domaine courriel telephone adresse is_active".split())
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "service"
        constraints = [models.UniqueConstraint("collectivite", Lower("nom"), name="service_nom_unique")]

    def __str__(self) -> str:
        return self.nom


class Lieu(ModeleCloisonne):
    """A place that receives the public."""

    nom = models.CharField("nom", max_length=120)
    adresse = models.CharField("adresse", max_length=200, blank=True)
    code_postal = models.CharField("code postal", max_length=10, blank=True)
    ville = models.CharField("ville", max_length=100, blank=True)
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    fuseau = models.CharField("fuseau horaire", max_length=40, default="Europe/Paris")
    is_active = models.BooleanField("ouvert au public", default=True)

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset("id collectivite nom adresse code_postal ville telephone fuseau is_active".split())
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "lieu"
        constraints = [models.UniqueConstraint("collectivite", Lower("nom"), name="lieu_nom_unique")]

    def __str__(self) -> str:
        return self.nom


class Horaire(ModeleCloisonne):
    """One opening range of a lieu on a day of the week; several a day (town halls close at noon).

    Wall-clock minutes since midnight, half-open [debut, fin[. The database refuses two ranges that overlap.
    """

    class Jour(models.IntegerChoices):
        LUNDI = 0, "lundi"
        MARDI = 1, "mardi"
        MERCREDI = 2, "mercredi"
        JEUDI = 3, "jeudi"
        VENDREDI = 4, "vendredi"
        SAMEDI = 5, "samedi"
        DIMANCHE = 6, "dimanche"

    lieu = ClefCloisonnee(Lieu, models.CASCADE, related_name="horaires", verbose_name="lieu")
    jour = models.SmallIntegerField("jour", choices=Jour.choices)
    debut_minute = models.SmallIntegerField("ouverture")
    fin_minute = models.SmallIntegerField("fermeture")

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset("id collectivite lieu jour debut_minute fin_minute".split())
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "horaire d'ouverture"
        indexes = [models.Index(fields=["collectivite", "lieu", "jour"], name="horaire_lieu_idx")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(debut_minute__gte=0, fin_minute__lte=1440, debut_minute__lt=models.F("fin_minute")),
                name="horaire_ordre",
            ),
            models.CheckConstraint(condition=models.Q(jour__range=(0, 6)), name="horaire_jour"),
        ]

    def __str__(self) -> str:
        return f"{self.get_jour_display()} {self.debut} – {self.fin}"

    @property
    def debut(self) -> str:
        """« 8 h 30 »."""
        return show_minute(self.debut_minute)

    @property
    def fin(self) -> str:
        """« 12 h 00 »."""
        return show_minute(self.fin_minute)


def show_minute(minute: int) -> str:
    """French wall-clock time of a minute of the day: 510 → « 8 h 30 »."""
    return f"{minute // 60}\u00a0h\u00a0{minute % 60:02d}"


class Fermeture(ModeleCloisonne):
    """Days when a lieu, or the whole collectivité when `lieu` is empty, does not open. Both dates included."""

    lieu = ClefCloisonnee(Lieu, models.CASCADE, null=True, blank=True, verbose_name="lieu")
    debut_on = models.DateField("premier jour")
    fin_on = models.DateField("dernier jour")
    motif = models.CharField("motif", max_length=120, blank=True)

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset("id collectivite lieu debut_on fin_on motif".split())
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "fermeture"
        indexes = [models.Index(fields=["collectivite", "debut_on"], name="fermeture_debut_idx")]
        constraints = [
            models.CheckConstraint(condition=models.Q(debut_on__lte=models.F("fin_on")), name="fermeture_ordre")
        ]

    def __str__(self) -> str:
        return f"{self.debut_on} – {self.fin_on}"


class Rattachement(models.Model):
    """An agent belongs to a collectivité with roles. No row security: read before a tenant is chosen."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="rattachements")
    collectivite = models.ForeignKey(Collectivite, models.PROTECT, related_name="rattachements")
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices), verbose_name="rôles")
    is_active = models.BooleanField("actif", default=True)
    created_at = models.DateTimeField("créé le", auto_now_add=True)

    class Rgpd:
        personnels = frozenset({"agent"})
        libres = frozenset("id collectivite roles is_active created_at".split())
        conservation = "un an après le départ"

    class Meta:
        verbose_name = "rattachement"
        constraints = [
            models.UniqueConstraint("collectivite", "agent", name="rattachement_unique"),
            models.CheckConstraint(condition=models.Q(roles__len__gt=0), name="rattachement_un_role"),
            models.CheckConstraint(
                condition=models.Q(roles__contained_by=list(Role.values)), name="rattachement_roles_connus"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent} · {self.collectivite}"


class ServiceRattachement(ModeleCloisonne):
    """The services an agent works for, in one collectivité."""

    rattachement = models.ForeignKey(Rattachement, models.CASCADE, related_name="+", db_index=False)
    service = ClefCloisonnee(Service, models.CASCADE)

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset("id collectivite rattachement service".split())
        conservation = "un an après le départ"

    class Meta:
        verbose_name = "service d'un agent"
        constraints = [
            models.UniqueConstraint("collectivite", "rattachement", "service", name="service_rattachement_unique")
        ]

    def __str__(self) -> str:
        return f"{self.rattachement_id} · {self.service_id}"


class Compteur(ModeleCloisonne):
    """A yearly counter: numbers of demandes, chrono of letters. One row is locked for the length of a transaction."""

    nature = models.CharField("nature", max_length=20)
    annee = models.SmallIntegerField("année")
    valeur = models.IntegerField("dernière valeur", default=0)

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset("id collectivite nature annee valeur".split())
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "compteur"
        constraints = [models.UniqueConstraint("collectivite", "nature", "annee", name="compteur_unique")]

    def __str__(self) -> str:
        return f"{self.nature} {self.annee} : {self.valeur}"


class ReglageLegal(ModeleCloisonne):
    """A legal value changed by the collectivité; absent, the default of `reglages.py` and its basis apply."""

    clef = models.CharField("réglage", max_length=60)
    valeur = models.IntegerField("valeur")
    motif = models.CharField("motif du changement", max_length=200)
    changed_at = models.DateTimeField("changé le")

    class Rgpd:
        personnels: frozenset[str] = frozenset()
        libres = frozenset("id collectivite clef valeur motif changed_at".split())
        conservation = "durée du contrat"

    class Meta:
        verbose_name = "réglage légal"
        constraints = [models.UniqueConstraint("collectivite", "clef", name="reglage_legal_unique")]

    def __str__(self) -> str:
        return f"{self.clef} = {self.valeur}"
