"""What one can do about appointments from the 360° page."""

from django.urls import reverse

from citoyens.panneaux import Acte
from collectivites.acces import Acces
from collectivites.permissions import Permission


def _find_prendre(acces: Acces, usager_id: int) -> str:
    if not acces.can(Permission.RENDEZVOUS_TRAITER):
        return ""
    return f"{reverse('rendezvous:prendre', args=[acces.collectivite.slug])}?usager={usager_id}"


ACTES = {"rendezvous": Acte("Prendre un rendez-vous", "calendar-plus", "r", _find_prendre)}
