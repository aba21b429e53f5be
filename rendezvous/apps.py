"""Fifth floor: appointments."""

from django.apps import AppConfig


class RendezvousConfig(AppConfig):
    """Fifth floor: appointments."""

    name = "rendezvous"
    verbose_name = "Rendez-vous"

    def ready(self) -> None:
        """Tell the floors below what an appointment is: sentences, settings, messages, panels; wire the listeners."""
        from citoyens.panneaux import Panneau, actes, etats_vivants, panneaux
        from collectivites.changements import suites
        from collectivites.departs import departs
        from demandes.attaches import Attache, attaches
        from journal.phrases import declare
        from rendezvous import menu, reglages
        from rendezvous.actes import ACTES
        from rendezvous.ants.ecoute import follow as tell_ants
        from rendezvous.attache import load_attache
        from rendezvous.attente import declarations as attente
        from rendezvous.echanges import webhooks
        from rendezvous.evenements import ecouteurs
        from rendezvous.messages import declarations as messages
        from rendezvous.offre.ressources import follow_depart
        from rendezvous.offre.suites import ask_projection
        from rendezvous.panneau import load_panneau, read_etats
        from rendezvous.phrases import PHRASES

        declare(PHRASES)
        etats_vivants.add("rendezvous", read_etats)
        panneau = Panneau("rendezvous", "Rendez-vous à venir", "rendezvous/agenda/_panneau.html", load_panneau)
        panneaux.add("rendezvous", panneau, rang=20)
        for rang, (clef, acte) in enumerate(ACTES.items(), start=10):
            actes.add(clef, acte, rang=rang)
        attaches.add("rendezvous", Attache("Rendez-vous", "rendezvous/_attache.html", load_attache), rang=10)
        departs.add("rendezvous", follow_depart)
        suites.add("rendezvous", ask_projection)
        reglages.declare_all()
        menu.declare_all()
        ecouteurs.add("ants", tell_ants, rang=50)
        messages.declare_all()
        attente.declare_all()
        webhooks.declare_all()
