"""The tabs of one demande: the same head, a page each. Every tab is read, so every tab logs its reading."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from collectivites.acces import RequeteAgent
from demandes.compteurs import count_onglets
from demandes.etats import describe_etat
from demandes.models import Demande
from demandes.views.acces import get_demande
from demandes.views.fraicheur import stamp
from journal.actions import record_reading
from journal.models import Consultation


@dataclass(frozen=True)
class Onglet:
    """One tab, as `{% onglets %}` draws it."""

    libelle: str
    url: str
    actif: bool
    icone: str
    nombre: int | None = None


ONGLETS: tuple[tuple[str, str, str, str], ...] = (  # code (and route), label, icon, counter
    ("fiche", "Conversation", "chat-left-text", ""),
    ("dossier", "Dossier", "card-text", "pieces"),
    ("concours", "Compléments et avis", "people", "concours"),
    ("travail", "Travail", "list-check", "taches"),
    ("preuves", "Preuves", "shield-check", "preuves"),
)


def load_demande(request: RequeteAgent, pk: int) -> Demande:
    """Return the demande for one of its tabs and log the reading. Raises Http404 when it does not exist for them."""
    demande = get_demande(request, pk)
    record_reading(
        vue=Consultation.Vue.DEMANDE, agent_id=request.acces.agent.pk, usager_id=demande.usager_id,
        objet_id=demande.pk, at=timezone.now(),
    )  # fmt: skip
    return demande


def describe_onglets(request: RequeteAgent, demande: Demande, *, onglet: str) -> dict[str, Any]:
    """Return what the head and the tabs show (one query): the `onglets`, the state, the time of the page."""
    slug, now = request.acces.collectivite.slug, timezone.now()
    counts, draft = count_onglets(demande, request.acces.agent.pk)
    tabs = [
        Onglet(label, reverse(f"demandes:{code}", args=[slug, demande.pk]), code == onglet, icon,
               counts[counter] or None if counter else None)
        for code, label, icon, counter in ONGLETS
    ]  # fmt: skip
    return {
        "demande": demande, "onglets": tabs, "compteurs": counts, "brouillon": draft, "etat": describe_etat(demande),
        "en_retard": demande.is_overdue(now), "maintenant": now, "vu": stamp(demande), "a_change": False,
    }  # fmt: skip


def render_onglet(
    request: RequeteAgent, demande: Demande, gabarit: str, *, onglet: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Draw a tab: `gabarit` extends `demandes/fiche_base.html` and fills its block `onglet`."""
    return render(request, gabarit, describe_onglets(request, demande, onglet=onglet) | context, status=status)
