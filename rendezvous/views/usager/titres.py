"""Pre-application numbers checked with France Titres while the person waits: prologues, before any transaction.

A pass of ours is needed to have anything asked, and one visitor has so many asked in ten minutes.
"""

from typing import Any

from django.http import HttpRequest

from collectivites.acces import RequeteUsager
from rendezvous.ants.verification import Verification, verify
from rendezvous.en_ligne.choix import read_prise, read_valeur
from rendezvous.en_ligne.visites import read_visite
from rendezvous.models.motif import PERSONNES_MAX
from rendezvous.views.usager.page import TROP, is_too_much

DEMANDES_MAX = 30  # answers of France Titres for one visitor in ten minutes
CHAMP = "predemande"


def check_prise(request: Any, kwargs: dict[str, Any]) -> Verification:
    """Ask about the numbers typed for one appointment, at its lieu or at the one just chosen instead."""
    prise = read_prise(kwargs["passe"], ville_id=request.collectivite.pk)
    other = read_valeur(request.POST.get("creneau", ""))
    return _check(request, (other[1] if other else prise.lieu_id) if prise else None)


def check_visite(request: Any, kwargs: dict[str, Any]) -> Verification:
    """Ask about the numbers typed for a visit, at the lieu where documents are asked for."""
    town = request.collectivite.pk
    visite = read_visite(kwargs["passe"], ville_id=town)
    other = read_visite(request.POST.get("visite", ""), ville_id=town) or visite
    return _check(request, other.lieu_titres if visite and other else None)


def read_verification(request: HttpRequest) -> Verification:
    """Return what the prologue of this request heard; nothing when there was none."""
    heard: Verification = getattr(request, "prologue", None) or Verification()
    return heard


def _check(request: RequeteUsager, lieu_id: int | None) -> Verification:
    typed = [request.POST[name] for name in request.POST if name.startswith(CHAMP) and request.POST[name]]
    if request.method != "POST" or lieu_id is None or not typed:
        return Verification()
    if is_too_much(request, "titre", DEMANDES_MAX):
        return Verification(panne=TROP)
    return verify(typed[:PERSONNES_MAX], lieu_id=lieu_id)
