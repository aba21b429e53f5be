"""What one can do for the usager of the 360° page, on the screens of this floor and of the demandes."""

from django.urls import reverse

from accueil.navigation import find_url
from citoyens.panneaux import Acte
from collectivites.acces import Acces
from collectivites.permissions import Permission


def _nouvelle_demande(acces: Acces, usager_id: int) -> str:
    url = find_url("demandes:nouvelle", acces.collectivite.slug) if acces.can(Permission.DEMANDE_CREER) else ""
    return f"{url}?usager={usager_id}" if url else ""


def _guichet(acces: Acces, usager_id: int) -> str:
    return f"{reverse('accueil:bureau', args=[acces.collectivite.slug])}?usager={usager_id}"


ACTES = {
    "demande": Acte("Nouvelle demande", "plus-square", "n", _nouvelle_demande),
    "guichet": Acte("Recevoir au guichet", "person-square", "", _guichet),
}
