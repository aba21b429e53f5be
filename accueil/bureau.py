"""What the desk shows: a person, or the work of the day when nobody stands in front of it."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from accueil.forms import Issue, blank_contact_form
from accueil.journee import list_choices, list_frequents, load_chiffres, load_piles
from accueil.navigation import find_url
from citoyens.fiche import build_fiche
from citoyens.forms import blank_note
from citoyens.models import Usager
from collectivites.acces import RequeteAgent
from collectivites.permissions import Permission
from demandes.etats import describe_urgence


def build_poste(request: RequeteAgent, usager: Usager | None, *, at: datetime, rendu: str = "") -> dict[str, Any]:
    """Return the context of the desk. `rendu` is the issue just noted: its tile takes the focus back."""
    acces = request.acces
    slug = acces.collectivite.slug
    context: dict[str, Any] = {
        "usager": usager,
        "bureau_url": reverse("accueil:bureau", args=[slug]),
        "contact_url": reverse("accueil:contact", args=[slug]),
        "rendu": rendu,
        "can_agir": acces.can(Permission.DEMANDE_CREER),
    }
    if usager is None:
        context |= _build_journee(request, at=at)
    else:
        context["fiche"] = build_fiche(acces, usager, at, suite=f"{context['bureau_url']}?usager={usager.pk}")
        context["note"] = blank_note(acces.domaines)
        context["note"].auto_id = "note_%s"  # the column of the person holds the same form
    if context["can_agir"]:
        context |= _build_actes(request, usager, at=at, rendu=rendu)
    return context


def _build_journee(request: RequeteAgent, *, at: datetime) -> dict[str, Any]:
    acces = request.acces
    if not acces.can(Permission.DEMANDE_LIRE):
        return {"chiffres": None, "piles": []}
    chiffres = load_chiffres(acces, at=at)
    piles = load_piles(acces, chiffres, at=at, url=find_url("demandes:liste", acces.collectivite.slug))
    rows = [(pile, [(demande, *describe_urgence(demande, now=at)) for demande in pile.demandes]) for pile in piles]
    return {"chiffres": chiffres, "piles": rows}


def _build_actes(request: RequeteAgent, usager: Usager | None, *, at: datetime, rendu: str) -> dict[str, Any]:
    """The tiles and their two dialogs."""
    types, services = list_choices()
    options = {
        "canal": request.session.get("canal_contact", "guichet"), "usager_id": usager.pk if usager else None,
        "types": types, "services": services,
    }  # fmt: skip
    query = f"?usager={usager.pk}" if usager else ""
    nouvelle = find_url("demandes:nouvelle", request.acces.collectivite.slug)
    address = reverse("accueil:contact", args=[request.acces.collectivite.slug])
    tiles = {
        issue.value: {
            "form": blank_contact_form(issue, **options),
            "url": f"{address}?issue={issue}{query and '&' + query[1:]}",
            "autofocus": rendu == issue,
        }
        for issue in (Issue.REPONDU, Issue.ORIENTE)
    }
    return tiles | {
        "types": types,
        "services": services,
        "frequents": list_frequents(types, services, at=at),
        "nouvelle_url": nouvelle and nouvelle + query,
        "prendre_url": _find_prendre(request, query),
    }


def _find_prendre(request: RequeteAgent, query: str) -> str:
    """Where an appointment is booked for this person; nothing for who may not."""
    if not request.acces.can(Permission.RENDEZVOUS_TRAITER):
        return ""
    return f"{reverse('rendezvous:prendre', args=[request.acces.collectivite.slug])}{query}"
