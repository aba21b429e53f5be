"""Gestures through HTTP: what they do, and refusals that lose nothing."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.test import Client

from collectivites.models import Agent, Service
from demandes.actions import move
from demandes.models import Demande, Message, TypeDemande
from messagerie.models import Envoi
from tests.demandes.conftest import acting
from tests.demandes.ecrans.conftest import url

pytestmark = pytest.mark.django_db


def test_answering_by_sms(poste: Client, demande: Demande) -> None:
    answer = poste.post(
        url("repondre", demande.pk),
        {"canal": "sms:+33639981234", "texte": "Réparé mardi.", "clef": uuid4(), "version": 1, "suite": ""},
        follow=True,
    )
    assert "Le SMS part à 06\u00a039\u00a098\u00a012\u00a034." in answer.content.decode()
    assert Envoi.objects.filter(canal="sms", objet_id=demande.pk).count() == 1


def test_answering_and_closing_in_one_gesture(poste: Client, demande: Demande) -> None:
    poste.post(url("repondre", demande.pk), {"canal": "telephone", "texte": "Dit.", "clef": uuid4(), "version": 1,
                                             "suite": "close:satisfaite"})  # fmt: skip
    demande.refresh_from_db()
    assert (demande.etat, demande.issue) == ("close", "satisfaite")


def test_a_note_from_the_same_zone(poste: Client, demande: Demande) -> None:
    poste.post(url("repondre", demande.pk), {"canal": "note", "texte": "Pièce commandée.", "clef": uuid4()})
    assert Message.objects.get(sens="interne").texte == "Pièce commandée."


def test_a_conflict_is_409_with_the_text_and_what_changed(
    poste: Client, demande: Demande, collegue: Agent, at: datetime
) -> None:
    move(demande=demande, version=1, etat="en_attente_tiers", by=acting(collegue), at=at)
    answer = poste.post(
        url("repondre", demande.pk),
        {"canal": "courriel:samira@exemple.fr", "texte": "Ma longue réponse.", "clef": uuid4(), "version": 1},
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Ma longue réponse." in page
    assert "Yann Le Goff — passée à «\u00a0en attente d&#x27;un tiers\u00a0»" in page
    assert 'name="version" value="2"' in page  # the next try will pass
    assert not Envoi.objects.filter(clef__contains=":reponse:").exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"canal": "courriel:samira@exemple.fr", "texte": "  "}, "Écrivez un texte."),
        ({"canal": "courriel:voleur@exemple.fr", "texte": "Secret"}, "Aucune adresse électronique connue"),
        ({"canal": "sms:+33639981234", "texte": "a" * 5000}, "SMS"),
        ({"canal": "pigeon", "texte": "Secret"}, "Aucun mobile connu"),
        ({"canal": "telephone", "texte": "Dit", "suite": "close"}, "choisissez une issue"),
    ],
)
def test_what_cannot_do_is_422_with_everything_typed(
    poste: Client, demande: Demande, typed: dict[str, str], said: str
) -> None:
    answer = poste.post(url("repondre", demande.pk), typed | {"clef": uuid4(), "version": 1})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert typed["texte"].strip() in answer.content.decode()
    demande.refresh_from_db()
    assert demande.version == 1


def test_a_double_click_answers_once(poste: Client, demande: Demande) -> None:
    form = {"canal": "telephone", "texte": "Dit.", "clef": uuid4(), "version": 1}
    assert [poste.post(url("repondre", demande.pk), form).status_code for _ in range(2)] == [302, 302]
    assert Message.objects.filter(sens="sortant", is_automatique=False).count() == 1


def test_taking_assigning_qualifying(
    poste: Client, demande: Demande, agent: Agent, collegue: Agent, service: Service, type_eclairage: TypeDemande
) -> None:
    poste.post(url("prendre", demande.pk), {"version": 1})
    demande.refresh_from_db()
    assert demande.agent == agent
    poste.post(url("affecter", demande.pk), {"version": 2, "service": service.pk, "agent": collegue.pk})
    poste.post(url("qualifier", demande.pk), {"version": 3, "type": type_eclairage.pk, "priorite": 2})
    demande.refresh_from_db()
    assert (demande.agent, demande.priorite, demande.version) == (collegue, 2, 4)


def test_an_agent_of_another_service_is_refused_in_the_dialog(
    poste: Client, demande: Demande, ccas: Service, collegue: Agent
) -> None:
    answer = poste.post(url("affecter", demande.pk), {"version": 1, "service": ccas.pk, "agent": collegue.pk})
    assert answer.status_code == 422
    assert "ne travaille pas pour le service Action sociale" in answer.content.decode()
    assert 'id="affecter" aria-labelledby="affecter-titre" open' in answer.content.decode()


def test_closing_can_be_undone(poste: Client, demande: Demande) -> None:
    answer = poste.post(url("etat", demande.pk), {"version": 1, "etat": "close", "issue": "satisfaite"}, follow=True)
    assert url("rouvrir", demande.pk) in answer.content.decode()
    poste.post(url("rouvrir", demande.pk))
    demande.refresh_from_db()
    assert demande.etat == "en_cours"


def test_forbidden_or_unknown_states_are_refused(poste: Client, demande: Demande) -> None:
    assert poste.post(url("etat", demande.pk), {"version": 1, "etat": "nouvelle"}).status_code == 409
    assert poste.post(url("etat", demande.pk), {"version": 1, "etat": "perdue"}).status_code == 409
    assert poste.post(url("etat", demande.pk), {"version": 1, "etat": "close"}).status_code == 422


def test_marking_as_read(poste: Client, demande: Demande) -> None:
    Demande.objects.update(is_unread=True)
    poste.post(url("lue", demande.pk))
    demande.refresh_from_db()
    assert not demande.is_unread


@pytest.mark.parametrize(
    "geste", ["repondre", "prendre", "affecter", "qualifier", "etat", "rouvrir", "identifier", "lue"]
)
def test_gestures_are_posts(poste: Client, demande: Demande, geste: str) -> None:
    assert poste.get(url(geste, demande.pk)).status_code == 405
