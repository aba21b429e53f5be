"""Signed links to motifs that are not open to everybody: « voici le lien pour prendre rendez-vous ».

The link names the motif, and the usager it was meant for when there is one. Nothing is stored; it lasts sixty days.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from citoyens.models import Usager
from collectivites.cloison import get_active_id
from collectivites.models import Collectivite
from rendezvous.models import Motif

DUREE = timedelta(days=60)


@dataclass(frozen=True)
class Invitation:
    """Who may book what. `usager_id`: whom it was sent to, if anyone by name."""

    motif_id: int
    usager_id: int | None = None


def sign_invitation(motif: Motif, usager: Usager | None = None) -> str:
    """Return the token of an invitation of the active town."""
    return signing.dumps([motif.pk, usager.pk if usager else None], salt=_salt())


def read_invitation(jeton: str) -> Invitation | None:
    """Return the invitation; None when it is forged, of another town, or too old."""
    try:
        motif_id, usager_id = signing.loads(jeton, salt=_salt(), max_age=DUREE)
    except (signing.BadSignature, ValueError):
        return None
    return Invitation(motif_id, usager_id)


def build_lien_invitation(motif: Motif, usager: Usager | None = None) -> str:
    """Return the absolute address to send (one query)."""
    slug = Collectivite.objects.values_list("slug", flat=True).get(pk=get_active_id())
    path = reverse("rdv:invitation", args=[slug, sign_invitation(motif, usager)])
    return f"{settings.URL_PUBLIQUE.rstrip('/')}{path}"


def _salt() -> str:
    return f"rendezvous.invitation:{get_active_id()}"
