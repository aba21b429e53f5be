"""Appointments on the 360° page: the panel of those to come, the live state of the rows of the timeline."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from citoyens.panneaux import EtatVivant
from collectivites.acces import Acces
from collectivites.permissions import Permission
from rendezvous.agenda.blocs import write_local
from rendezvous.agenda.journee import TONS
from rendezvous.agenda.lecture import list_etats_ouverts
from rendezvous.etats import VIVANTS, Etat
from rendezvous.models import RendezVous
from socle.ecriture import write_court

PANNEAU_MAX = 6


def read_etats(acces: Acces, ids: Sequence[int], at: Any) -> dict[int, EtatVivant]:
    """Return the live state of these appointments (one query). Of a sealed one nothing: neither its hour, for
    somebody could wait at the door, nor whether they came.
    """
    fields = ("etat", "domaine", "numero", "debut_at", "lieu__fuseau")
    found = RendezVous.objects.visible_to(acces).filter(pk__in=list(ids)).select_related("lieu").only(*fields)
    return {rdv.pk: _live(acces, rdv, at) for rdv in found}


def _live(acces: Acces, rdv: RendezVous, at: datetime) -> EtatVivant:
    word = rdv.get_etat_display().lower()
    if rdv.etat == Etat.CONFIRME and rdv.debut_at > at:
        word = write_court(write_local(rdv.debut_at, rdv.lieu.fuseau), now=at)
    can_open = acces.can(Permission.RENDEZVOUS_LIRE)
    url = reverse("rendezvous:fiche", args=[acces.collectivite.slug, rdv.pk]) if can_open else ""
    return EtatVivant(libelle=word, ton=TONS[rdv.etat], url=url, numero=rdv.numero)


def load_panneau(acces: Acces, usager_id: int, at: Any) -> dict[str, Any]:
    """Return the usager's appointments still to be held that the agent may read, the soonest first (one query)."""
    if not acces.can(Permission.RENDEZVOUS_LIRE):
        return {"rendezvous": [], "peut_lire": False}
    rows = RendezVous.objects.visible_to(acces).filter(etat__in=VIVANTS, participations__usager_id=usager_id)
    slug, can_move = acces.collectivite.slug, acces.can(Permission.RENDEZVOUS_TRAITER)
    shown = [
        {
            "rdv": rdv,
            "debut": write_local(rdv.debut_at, rdv.lieu.fuseau),
            "ton": TONS[rdv.etat],
            "url": reverse("rendezvous:fiche", args=[slug, rdv.pk]),
            "deplacer_url": reverse("rendezvous:deplacer", args=[slug, rdv.pk])
            if can_move and rdv.etat in list_etats_ouverts()
            else "",
        }
        for rdv in rows.select_related("motif", "lieu").order_by("debut_at", "pk")[:PANNEAU_MAX]
    ]
    return {"rendezvous": shown, "peut_lire": True}
