"""Settings of the peer, as its documentation asks; its wheel has no migrations: they are made in a scratch."""

import os
import sys
from urllib.parse import urlsplit

_base = urlsplit(os.environ["PAIR_DATABASE_URL"])
sys.path.insert(0, os.environ["PAIR_BROUILLON"])  # where its migrations are written

SECRET_KEY = "mesure-sans-secret"  # noqa: S105 a scratch database on the loopback
DEBUG = False
ALLOWED_HOSTS = ["testserver"]
USE_TZ = True
TIME_ZONE = "Europe/Paris"
LANGUAGE_CODE = "en"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
ROOT_URLCONF = "pair_rendezvous.adresses"
MIGRATION_MODULES = {"appointment": "migrations_pair"}
INSTALLED_APPS = [
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages",
    "phonenumber_field", "appointment",
]  # fmt: skip
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]  # fmt: skip
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
    "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
}]  # fmt: skip
DATABASES = {"default": {
    "ENGINE": "django.db.backends.postgresql", "NAME": _base.path[1:], "HOST": _base.hostname, "PORT": _base.port,
    "USER": _base.username or "", "PASSWORD": _base.password or "", "CONN_MAX_AGE": None,
}}  # fmt: skip
LOGGING = {"version": 1, "disable_existing_loggers": True, "root": {"handlers": []}}
