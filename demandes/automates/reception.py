"""Routing: the rules of reception, in order, inside the opening of the demande and before its acknowledgement."""

from datetime import datetime

from demandes.automates.conditions import matches
from demandes.automates.execution import is_running, run, was_run
from demandes.automates.faits import load_arbre, read_faits
from demandes.automates.zones import find_zone_of, load_zones
from demandes.cycle import Etat
from demandes.models import Demande, RegleAutomate

CLEF = "reception"  # a routing rule runs once in the life of a demande


def load_regles() -> list[RegleAutomate]:
    """Return the routing rules in service, in order (one query)."""
    active = RegleAutomate.objects.filter(declencheur=RegleAutomate.Declencheur.RECEPTION, is_active=True)
    return list(active.order_by("ordre", "pk"))


def route(demande: Demande, adresse: str, at: datetime) -> Demande:
    """Find the district of a demande just inserted, then run the rules that match, in order; a final one stops.

    Two queries when the town has neither district nor rule.
    """
    if not demande.zone and (zone := find_zone_of(demande, load_zones())):
        demande.zone = zone.libelle
        Demande.objects.filter(pk=demande.pk).update(zone=demande.zone)
    return _run_in_order(demande, adresse, at)


def route_again(demande: Demande, adresse: str, at: datetime) -> Demande:
    """After a qualification by an agent that leaves it without service: the rules that had not matched may, now."""
    return demande if is_running() or demande.etat != Etat.NOUVELLE else _run_in_order(demande, adresse, at)


def _run_in_order(demande: Demande, adresse: str, at: datetime) -> Demande:
    rules = load_regles()
    arbre = load_arbre() if rules else {}
    for regle in rules:
        if not matches(regle.conditions, read_faits(demande, arbre, at=at, adresse=adresse)):
            continue
        if not was_run(regle, demande, CLEF):
            demande = run(regle, demande, clef=CLEF, at=at)
        if regle.is_finale:
            break
    return demande
