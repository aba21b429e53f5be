"""The page of a demande through HTTP: what it says, what it costs, who is told to be unknown."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from citoyens.models import NoteUsager, Usager
from collectivites.acteur import Acteur
from collectivites.models import Agent, Collectivite
from collectivites.permissions import Role
from demandes.actions import add_note, close
from demandes.models import Demande, PieceJointe
from journal.models import Consultation
from tests.demandes.conftest import Ouvrir, join
from tests.demandes.ecrans.conftest import count_queries, url

pytestmark = pytest.mark.django_db


def test_the_page_says_everything(poste: Client, demande: Demande, usager: Usager, agent: Agent, at: datetime) -> None:
    NoteUsager.objects.create(usager=usager, texte="Malentendante : préférer le SMS.", is_alerte=True,
                              expire_on=at + timedelta(days=30), agent_id=agent.pk, created_at=at)  # fmt: skip
    page = poste.get(url("fiche", demande.pk)).content.decode()
    for shown in (demande.numero, demande.objet, "Samira Ben Amar", "06\u00a039\u00a098\u00a012\u00a034",
                  "Malentendante", demande.code_suivi, "Éclairage public", "à envoyer", "Envoyer le SMS à",
                  "Envoyer le courriel à samira@exemple.fr", "5\u00a0jours ouvrés",
                  f"Le SMS se termine par «\u00a0Ville d&#x27;Aurelle, {demande.numero}\u00a0»"):  # fmt: skip
        assert shown in page


def test_reading_is_logged(poste: Client, demande: Demande, agent: Agent, usager: Usager) -> None:
    poste.get(url("fiche", demande.pk))
    read = Consultation.objects.get()
    assert (read.vue, read.agent_id, read.usager_id, read.objet_id) == ("demande", agent.pk, usager.pk, demande.pk)


def test_two_hundred_messages_take_fifteen_questions(
    poste: Client, demande: Demande, agent: Agent, by: Acteur, at: datetime
) -> None:
    for n in range(200):
        note = add_note(demande=demande, texte=f"Note {n}", by=by, at=at, agent=agent)
        PieceJointe.objects.create(message=note, nom=f"{n}.jpg", type_mime="image/jpeg", octets=10, empreinte="0" * 64,
                                   fichier="x")  # fmt: skip
    with CaptureQueriesContext(connection) as captured:
        answer = poste.get(url("fiche", demande.pk))
    assert "Note 199" in answer.content.decode()
    assert count_queries(captured) <= 15


def test_only_allowed_gestures_are_drawn(poste: Client, demande: Demande, by: Acteur, at: datetime) -> None:
    assert "Rouvrir" not in poste.get(url("fiche", demande.pk)).content.decode()
    close(demande=demande, version=1, issue="satisfaite", by=by, at=at)
    page = poste.get(url("fiche", demande.pk)).content.decode()
    assert "Rouvrir" in page
    assert 'id="clore"' not in page
    assert "Close, satisfaite" in page


@pytest.mark.parametrize("dialogue", ["affecter", "qualifier", "attendre", "clore"])
def test_dialogs_open_without_javascript(poste: Client, demande: Demande, dialogue: str) -> None:
    page = poste.get(url("fiche", demande.pk), {"ouvrir": dialogue}).content.decode()
    assert f'id="{dialogue}" aria-labelledby="{dialogue}-titre" open' in page


def test_the_one_who_writes_can_be_found_and_told(poste: Client, ouvrir: Ouvrir, usager: Usager) -> None:
    demande = ouvrir(usager=None, adresse="inconnue@exemple.fr")
    page = poste.get(url("fiche", demande.pk), {"qui": "ben amar"}).content.decode()
    assert "Qui écrit\u00a0?" in page
    assert "est cette personne" in page
    answer = poste.post(url("identifier", demande.pk), {"usager": usager.pk, "version": 1}, follow=True)
    assert "La demande est celle de Samira Ben Amar." in answer.content.decode()


def test_the_owners_of_a_shared_address_are_proposed_at_once(poste: Client, ouvrir: Ouvrir, usager: Usager) -> None:
    demande = ouvrir(usager=None, adresse="samira@exemple.fr")
    page = poste.get(url("fiche", demande.pk)).content.decode()
    assert f'name="usager" value="{usager.pk}"' in page


def test_a_person_nobody_knows_can_be_created(poste: Client, ouvrir: Ouvrir) -> None:
    demande = ouvrir(usager=None, adresse="inconnue@exemple.fr")
    page = poste.get(url("fiche", demande.pk), {"qui": "zzzzzz"}).content.decode()
    assert "Personne ne correspond" in page
    assert "Créer sa fiche" in page


def test_an_agent_without_a_service_has_an_inbox(client_de, ville: Collectivite, demande: Demande) -> None:
    browser = client_de(join(ville, "paul@aurelle.example", "Paul Seul", roles=(Role.ACCUEIL,)))
    answer = browser.get(url("liste"))
    assert answer.context["filtres"].vue == "toutes"
    assert demande.objet in answer.content.decode()
    assert browser.get(url("liste"), {"vue": "service"}).status_code == 200
