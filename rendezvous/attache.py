"""Appointments on the page of a demande: those taken for it or for the ones merged into it, and a way to take one."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse

from collectivites.acces import Acces
from collectivites.permissions import Permission
from demandes.models import Demande
from rendezvous.agenda.blocs import write_local
from rendezvous.agenda.journee import TONS
from rendezvous.models import RendezVous

MONTRES = 12


def load_attache(acces: Acces, demande: Demande, at: datetime) -> dict[str, Any] | None:
    """Return the appointments of a demande that this agent may read, the latest first (one query)."""
    if not acces.can(Permission.RENDEZVOUS_LIRE):
        return None
    ours = Q(demande=demande) | Q(demande__fusionnee_dans=demande)
    rows = RendezVous.objects.visible_to(acces).booked().filter(ours).select_related("motif", "lieu")
    slug = acces.collectivite.slug
    shown = [
        {
            "rdv": rdv,
            "debut": write_local(rdv.debut_at, rdv.lieu.fuseau),
            "ton": TONS[rdv.etat],
            "url": reverse("rendezvous:fiche", args=[slug, rdv.pk]),
        }
        for rdv in rows.order_by("-debut_at", "-pk")[:MONTRES]
    ]
    return {"rendezvous": shown, "prendre_url": _find_prise(acces, demande)}


def _find_prise(acces: Acces, demande: Demande) -> str:
    """Where to book for this demande; nowhere once it is closed."""
    if not acces.can(Permission.RENDEZVOUS_TRAITER) or not demande.is_open:
        return ""
    asked = {"demande": demande.pk} | ({"usager": demande.usager_id} if demande.usager_id else {})
    return f"{reverse('rendezvous:prendre', args=[acces.collectivite.slug])}?{urlencode(asked)}"
