"""The people who work with Guichet: the user of Django, signed in by e-mail."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower


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
            "id password is_raccourcis_actifs is_active is_staff is_superuser date_joined groups "
            "user_permissions".split()
        )
        conservation = "un an après le départ"

    class Meta:
        verbose_name = "agent"
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="agent_email_minuscule"),
        ]

    def __str__(self) -> str:
        return f"{self.prenom} {self.nom}"

    def clean(self) -> None:
        """One spelling of each address, before the constraints are checked."""
        super().clean()
        self.email = self.email.lower()

    def get_full_name(self) -> str:
        """First name and name, as allauth and Django's admin ask for it."""
        return str(self)
