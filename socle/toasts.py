"""Messages shown in the corner after an action, with « Annuler » when it can be undone."""

from django.contrib import messages
from django.contrib.messages import constants
from django.http import HttpRequest

NIVEAUX = {"info": constants.INFO, "bon": constants.SUCCESS, "alerte": constants.WARNING, "retard": constants.ERROR}
ANNULER = "annuler:"


def toast(request: HttpRequest, texte: str, *, ton: str = "bon", annuler_url: str = "") -> None:
    """Queue a message for the next page or fragment; `annuler_url` receives a POST when the agent undoes."""
    messages.add_message(request, NIVEAUX[ton], texte, extra_tags=f"{ANNULER}{annuler_url}" if annuler_url else "")
