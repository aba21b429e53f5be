"""What the page of an usager never shows: the words of others, nor those written to others."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from accueil.navigation import load_reperes
from citoyens.actions import create_usager
from citoyens.contacts import Contact
from collectivites.acces import Acces
from collectivites.acteur import Acteur
from collectivites.models import Agent, Collectivite, Service
from collectivites.permissions import Role
from demandes.actions import receive_message, reply
from demandes.models import Boite, Demande, Entree, PartieDemande
from demandes.suivi.historique import list_historique
from tests.demandes.conftest import acces_of, join

pytestmark = pytest.mark.django_db


def test_the_demandeur_does_not_read_what_was_written_to_another_party(
    demande: Demande, by: Acteur, agent: Agent, at: datetime
) -> None:
    neighbour = create_usager(
        nature="personne",
        nom="Durand",
        prenoms="Jean",
        contacts=[Contact("courriel", "jean@exemple.fr")],
        by=by,
        at=at,
    )
    PartieDemande.objects.create(demande=demande, usager=neighbour, role="tiers")
    receive_message(
        demande=demande, canal="courriel", texte="Je suis malade.", by=by, at=at + timedelta(hours=1),
        usager=neighbour, adresse="jean@exemple.fr",
    )  # fmt: skip
    for hours, adresse, texte in ((2, "jean@exemple.fr", "Soignez-vous bien."), (3, "samira@exemple.fr", "Réparé.")):
        demande.refresh_from_db()
        reply(demande=demande, version=demande.version, canal="courriel", destinataire=adresse, texte=texte,
              clef=uuid4(), by=by, at=at + timedelta(hours=hours), agent=agent)  # fmt: skip
    steps = list_historique(demande)
    said = " ".join(f"{step.titre} {step.texte}" for step in steps)
    assert "Réparé." in said
    assert "Soignez-vous" not in said
    assert "malade" not in said


def test_the_badge_of_the_quarantaine_does_not_count_a_sealed_mailbox(
    ville: Collectivite, ccas: Service, acces: Acces, at: datetime
) -> None:
    boite = Boite.objects.create(adresse="ccas@aurelle.exemple.fr", service=ccas)
    Entree.objects.create(canal="courriel", boite=boite, externe_id="1", empreinte="0" * 64, brut="", octets=1,
                          etat="quarantaine", received_at=at)  # fmt: skip
    assert load_reperes(acces, at=at).quarantaine == 0
    social = acces_of(join(ville, "odile@aurelle.example", "Odile Renard", ccas, roles=(Role.ACCUEIL,)), ville)
    assert load_reperes(social, at=at).quarantaine == 1
