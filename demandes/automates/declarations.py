"""What the automates tell the registries at start-up."""

from collectivites.menu import EntreeReglage, entrees
from demandes.automates import occasions
from demandes.automates.reception import route, route_again
from demandes.declencheurs import apres_qualification, apres_reception


def declare_all() -> None:
    """Routing after a reception, messages a rule may send, screens of the settings."""
    apres_reception.add("regles", route)
    apres_qualification.add("regles", route_again)
    occasions.declare_all()
    screens = (
        ("regles", "Règles", "Ce que Guichet fait seul\u00a0: orienter, relancer, prévenir", "robot"),
        ("macros", "Macros", "Plusieurs gestes en un clic", "skip-forward"),
        ("zones", "Zones", "Quartiers, par leurs rues, et leur service", "geo-alt"),
        ("blocages", "Expéditeurs bloqués", "Envois abusifs, sans accusé, jusqu'à une date", "shield-lock"),
    )
    for rang, (route_, libelle, aide, icone) in enumerate(screens, start=65):
        entrees.add(route_, EntreeReglage(libelle, aide, icone, f"demandes:{route_}"), rang=rang)
