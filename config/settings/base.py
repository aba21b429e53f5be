"""Settings common to every environment. Each value that an operator may change comes from the environment."""

from pathlib import Path
from typing import Any

import django_stubs_ext

from config.env import env, env_bool, env_int, env_list, parse_database_url

django_stubs_ext.monkeypatch()  # lets `forms.ModelForm[Lieu]` be written, which the types ask for

RACINE = Path(__file__).resolve().parent.parent.parent
DONNEES = Path(env("DONNEES", str(RACINE / ".guichet")))  # private state: received files, logs, local services

SECRET_KEY = env("SECRET_KEY", "")
DEBUG = False
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
PORT = env_int("PORT", 8000)
URL_PUBLIQUE = env("URL_PUBLIQUE", f"http://127.0.0.1:{PORT}")
FLUX_URL = env("FLUX_URL", "")  # empty: same origin (a reverse proxy routes /flux/)

INSTALLED_APPS = [
    "socle",
    "collectivites",
    "journal",
    "messagerie",
    "citoyens",
    "connaissances",
    "demandes",
    "rendezvous",
    "file_attente",
    "accueil",
    "supervision",
    "widgets",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "phonenumber_field",
    "rest_framework",
    "drf_spectacular",
    "pgtrigger",
    "pghistory",
]

MIDDLEWARE = [
    "socle.entetes.EntetesSecurite",
    "socle.traces.IdentifiantRequete",
    "config.metriques.MesureRequetes",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "collectivites.middleware.CollectiviteActive",  # last: opens the tenant's transaction around the view
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

_LOADERS = [
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [RACINE / "templates"],
        "OPTIONS": {
            "loaders": [("template_partials.loader.Loader", [("django.template.loaders.cached.Loader", _LOADERS)])],
            "builtins": ["template_partials.templatetags.partials", "django.templatetags.static"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "collectivites.contexte.collectivite",
                "accueil.contexte.navigation",
            ],
        },
    }
]
FORM_RENDERER = "socle.formulaires.RenduGuichet"

# --- PostgreSQL is the wall: the process takes a role that row-level security binds --------------------------------
ROLE_PROPRIETAIRE = "guichet_proprietaire"
ROLE_APP = "guichet_app"
ROLE_BASE = env("GUICHET_ROLE_BASE", ROLE_APP)
DATABASES: dict[str, dict[str, Any]] = {
    "default": parse_database_url(env("DATABASE_URL", "postgresql://guichet@127.0.0.1:5432/guichet"))
}
DATABASES["default"]["OPTIONS"] |= {
    "options": f"-c role={ROLE_BASE}",  # not Django's assume_role: it deadlocks inside the pool (Django 5.2)
    "pool": {"min_size": 1, "max_size": env_int("BASE_CONNEXIONS", 8), "timeout": 10},
    "application_name": "guichet",
}
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True  # PgBouncer in transaction mode
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis holds nothing of value: a nudge lost is found again by the sweepers -------------------------------------
REDIS_URL = env("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {"default": {"BACKEND": "socle.cache.CacheToleree", "LOCATION": REDIS_URL, "KEY_PREFIX": "guichet"}}
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "max_retries": 1,  # publishing is a nudge: a dead broker costs a request nothing (kombu would insist for 6 s)
    "interval_start": 0,
    "interval_step": 0,
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Europe/Paris"
CELERY_TASK_SERIALIZER = "json"

# --- Sign-in -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "collectivites.Agent"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are created by an administrator, never by sign-up
ACCOUNT_ADAPTER = "config.connexion.AdaptateurCompte"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # we never write to an address that is nobody's
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Guichet"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "socle.refus.csrf"

# --- Language, time ------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
USE_I18N = True
TIME_ZONE = "Europe/Paris"
USE_TZ = True
PHONENUMBER_DEFAULT_REGION = "FR"
PHONENUMBER_DB_FORMAT = "E164"

# --- Files ---------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIQUES", str(DONNEES / "statiques")))  # apart from DONNEES when the image carries them
STATICFILES_DIRS = [RACINE / "static"]
DEPOT = DONNEES / "depot"  # private files: raw messages, attachments; never served by the web server
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DEPOT}},
    "staticfiles": {"BACKEND": "socle.statiques.StatiquesManifest"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2**20
FILE_UPLOAD_HANDLERS = [
    "socle.fichiers.televersement.LimiteTeleversement",  # first: bounds what arrives, keeps the rest of the form
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FILES = 1000  # beyond FICHIERS_MAX each is skipped and the form comes back
FICHIER_MAX = env_int("FICHIER_MAX_MO", 25) * 2**20  # bytes of one file
MESSAGE_MAX = env_int("MESSAGE_MAX_MO", 40) * 2**20  # bytes of all the files of one message received
LOT_MAX = env_int("LOT_MAX_MO", 100) * 2**20  # bytes of the batches of scans of one form, by agents only
CHAMPS_LOURDS = {"scans": LOT_MAX}  # form fields of agents with a limit of their own
FICHIERS_MAX = 20  # files of one message
COURRIEL_PIECES_MAX = env_int("COURRIEL_PIECES_MAX_MO", 18) * 2**20  # sent: mailboxes refuse 25 MB once encoded
IMAGE_MAX = 50 * 10**6  # points of an image we agree to decode (telephones: 12 to 48 million)
CLAMD_URL = env("CLAMD_URL", "")  # antivirus: tcp://host:3310 or unix:///path; empty: files are « non analysés »

# --- Outgoing and incoming messages --------------------------------------------------------------------------------
SMTP_URL = env("SMTP_URL", "smtp://127.0.0.1:1025")
PASSERELLE_URL = env("PASSERELLE_URL", "")  # demo SMS gateway; empty: none
OVH_URL = env("OVH_URL", "https://eu.api.ovh.com/1.0")  # SMS provider OVHcloud
PORT_SMTP_ENTRANT = env_int("PORT_SMTP_ENTRANT", 2525)
HOTE_SMTP_ENTRANT = env("HOTE_SMTP_ENTRANT", "127.0.0.1")
DOMAINE_COURRIEL = env("DOMAINE_COURRIEL", "guichet.localhost")  # right part of our own Message-ID
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", f"ne-pas-repondre@{DOMAINE_COURRIEL}")
CLEF_CHIFFREMENT = env("CLEF_CHIFFREMENT", "")  # encrypts providers' credentials; default: derived from SECRET_KEY
# France Titres (ANTS), one agreement for the installation: what its search sends us, where we declare appointments
ANTS_HUB_JETON = env("ANTS_HUB_JETON", "")
ANTS_COORDINATION_URL = env("ANTS_COORDINATION_URL", "")
ANTS_COORDINATION_JETON = env("ANTS_COORDINATION_JETON", "")
RESEAU_INTERNE_AUTORISE = env("RESEAU_INTERNE_AUTORISE", "")  # networks calendars and webhooks may reach, or « oui »

# --- The API: keys of programs, never a session ---------------------------------------------------------------------
API_DEBIT_MINUTE = env_int("API_DEBIT_MINUTE", 300)  # requests a minute and a key
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["collectivites.api.authentification.AuthentificationClef"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["collectivites.api.debit.DebitParClef"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "socle.problemes.answer_problem",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "API de Guichet",
    "VERSION": "1",
    "DESCRIPTION": "Une clef ouvre une seule collectivité. Erreurs au format RFC 9457, en français.",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "CanalDemande": "demandes.models.Demande.Canal",
        "CanalEchange": "demandes.models.Message.Canal",
        "EtatDemande": "demandes.cycle.Etat",
        "EtatRendezVous": "rendezvous.api.serializers.ETATS",
    },
}

# --- Figures for the operator ---------------------------------------------------------------------------------------
METRIQUES_JETON = env("METRIQUES_JETON", "")  # bearer of /metriques; empty: this machine only

# --- Safety --------------------------------------------------------------------------------------------------------
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SILENCED_SYSTEM_CHECKS = ["security.W002"]  # socle.entetes sends frame-ancestors, which browsers obey first
DEMO = env_bool("GUICHET_DEMO", default=False)

# Form templates of our own live in templates/; the history triggers keep their context in the row itself.
PGHISTORY_CONTEXT_FIELD = None
PGHISTORY_OBJ_FIELD = None

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "socle.traces.FormatJson"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env("NIVEAU_TRACES", "INFO")},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "pghistory": {"level": "WARNING"},
        "weasyprint.progress": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
    },
}
