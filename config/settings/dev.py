"""A developer's machine and `make demo`."""

from config.env import env, env_bool
from config.settings.base import *
from config.settings.base import DONNEES, SECRET_KEY
from socle.secrets_locaux import read_or_create_secret

DEBUG = env_bool("DEBUG", default=False)
SECRET_KEY = SECRET_KEY or read_or_create_secret(DONNEES / "secret")
ALLOWED_HOSTS = env("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
