"""What every screen of the offer shares: its tabs, the way back, appointments told to whoever may read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from collectivites.acces import RequeteAgent
from collectivites.permissions import Permission
from rendezvous.heures import to_local
from rendezvous.models import RendezVous
from socle.ecriture import write_jour

ONGLETS = (
    ("motifs", "Motifs", Permission.OFFRE_MODIFIER),
    ("plages", "Plages d'ouverture", Permission.OFFRE_MODIFIER),
    ("guichets", "Guichets", Permission.OFFRE_MODIFIER),
    ("indisponibilites", "Indisponibilités", Permission.RENDEZVOUS_TRAITER),
    ("seances", "Séances collectives", Permission.OFFRE_MODIFIER),
    ("parcours_modeles", "Parcours et trajets", Permission.OFFRE_MODIFIER),
)


@dataclass(frozen=True)
class Ligne:
    """One appointment of a list: what its reader may know of it. `url` empty: sealed, or nothing to open.

    `pourquoi`: what is wrong with it, when the list does not say it for all.
    """

    rendezvous: RendezVous
    quand: str
    qui: str
    quoi: str
    url: str
    pourquoi: str = ""


def find_url(request: RequeteAgent, name: str, *args: object) -> str:
    """Return the address of a screen of appointments, or an empty text while it does not exist."""
    try:
        return reverse(f"rendezvous:{name}", args=[request.acces.collectivite.slug, *args])
    except NoReverseMatch:
        return ""


def show_page(
    request: RequeteAgent, template: str, context: dict[str, Any], *, onglet: str, status: int = 200
) -> HttpResponse:  # fmt: skip
    """Draw a screen of the offer under its tabs."""
    can = request.acces.can
    tabs = [
        {"libelle": label, "url": find_url(request, name), "actif": name == onglet}
        for name, label, permission in ONGLETS
        if can(permission) or (name == "indisponibilites" and can(Permission.OFFRE_MODIFIER))
    ]
    shared = {
        "onglets": tabs,
        "regle_tout": can(Permission.REGLAGE_MODIFIER),
        "agenda_url": find_url(request, "agenda"),
    }
    return render(request, f"rendezvous/offre/{template}", shared | context, status=status)


def list_lignes(request: RequeteAgent, rendezvous: Iterable[RendezVous]) -> list[Ligne]:
    """Tell appointments, soonest first; those of a sealed domain say only that they are there.

    `motif`, `lieu` and `usager` must be loaded. The hour is that of the lieu.
    """
    rows = sorted(rendezvous, key=lambda each: (each.debut_at, each.pk))
    return [_tell(request, each) for each in rows]


def _tell(request: RequeteAgent, rdv: RendezVous) -> Ligne:
    start = to_local(rdv.debut_at, rdv.lieu.fuseau)
    when = f"{write_jour(start.date())} à {start.hour}\u00a0h\u00a0{start.minute:02d}"
    acces = request.acces
    if rdv.domaine not in acces.domaines or not acces.can(Permission.RENDEZVOUS_LIRE):
        return Ligne(rdv, when, "rendez-vous réservé", "", "")
    return Ligne(rdv, when, str(rdv.usager or ""), rdv.motif.libelle, find_url(request, "fiche", rdv.pk))


def tell_orphelins(nombre: int) -> str:
    """« 3 rendez-vous n'ont plus leur place. »: no range holds them, or fewer are received at once."""
    return f"{nombre} rendez-vous n'{'ont plus leur' if nombre > 1 else 'a plus sa'} place."
