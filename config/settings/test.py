"""The suite: stricter than production."""

from config.settings.base import *
from config.settings.base import CACHES, DATABASES, INSTALLED_APPS, MIDDLEWARE, RACINE, STORAGES, TEMPLATES

SECRET_KEY = "clef-de-test-sans-valeur-mais-assez-longue-pour-les-controles-0123456789"  # noqa: S105
DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES["default"]["OPTIONS"].pop("pool")  # the test runner changes role on one plain connection
TEMPLATES[0]["OPTIONS"]["debug"] = True
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
CELERY_TASK_ALWAYS_EAGER = False
DONNEES = RACINE / ".guichet" / "test"
CACHES = CACHES | {"default": CACHES["default"] | {"KEY_PREFIX": "test"}}
WHITENOISE_AUTOREFRESH = True
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]

# A page that asks once per row fails.
INSTALLED_APPS = [*INSTALLED_APPS, "zeal"]
MIDDLEWARE = [*MIDDLEWARE, "zeal.middleware.zeal_middleware"]
ZEAL_RAISE = True
ZEAL_ALLOWLIST = [
    {"model": "sessions.Session", "field": "*"},  # signing out reads the session, then deletes it
    {"model": "messagerie.Envoi", "field": "get()"},  # each message is written once under its own key
]
