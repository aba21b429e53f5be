"""Production: behind a TLS reverse proxy; refuses to start without its secrets."""

from config.env import env, env_bool, env_int
from config.settings.base import *

SECRET_KEY = env("SECRET_KEY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ALLAUTH_TRUSTED_PROXY_COUNT = env_int("MANDATAIRES", 1)  # else one stranger's failures would close everybody's door
SECURE_SSL_REDIRECT = env_bool("REDIRIGER_HTTPS", default=True)
SECURE_REDIRECT_EXEMPT = [r"^sante/", r"^metriques/?$"]  # asked from this machine, without the proxy
SECURE_HSTS_SECONDS = env_int("HSTS_SECONDES", 31_536_000)
# A promise for the town's whole domain is the town's to make.
SECURE_HSTS_INCLUDE_SUBDOMAINS = env_bool("HSTS_SOUS_DOMAINES", default=False)
SECURE_HSTS_PRELOAD = env_bool("HSTS_PRECHARGEMENT", default=False)
SILENCED_SYSTEM_CHECKS = [*SILENCED_SYSTEM_CHECKS, "security.W005", "security.W021"]  # the two lines above
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
