"""What the floors below show of appointments: on the 360° page, on the page of a demande."""

from citoyens.panneaux import Panneau, actes, etats_vivants, panneaux
from demandes.attaches import Attache, attaches
from rendezvous.actes import ACTES
from rendezvous.attache import load_attache
from rendezvous.panneau import load_panneau, read_etats


def declare_all() -> None:
    """Fill the registries."""
    etats_vivants.add("rendezvous", read_etats)
    panneau = Panneau("rendezvous", "Rendez-vous à venir", "rendezvous/agenda/_panneau.html", load_panneau)
    panneaux.add("rendezvous", panneau, rang=20)
    for rang, (clef, acte) in enumerate(ACTES.items(), start=10):
        actes.add(clef, acte, rang=rang)
    attaches.add("rendezvous", Attache("Rendez-vous", "rendezvous/_attache.html", load_attache), rang=10)
