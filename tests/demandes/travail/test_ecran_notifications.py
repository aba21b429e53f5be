"""The bell and its page: what is mine, nothing sealed, one count for the shell."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from collectivites.models import Agent, Collectivite
from demandes.models import Demande, Notification
from demandes.travail.notifications import count_unread, notify
from tests.demandes.ecrans.conftest import url

pytestmark = pytest.mark.django_db


def test_the_page_lists_and_the_bell_counts(poste: Client, agent: Agent, demande: Demande, at: datetime) -> None:
    notify(agent.pk, Notification.Genre.MENTION, "Yann Le Goff vous mentionne.", demande, clef="1", at=at)
    page = poste.get(url("notifications")).content.decode()
    assert "Yann Le Goff vous mentionne." in page
    assert demande.objet in page
    assert "Notifications, non lues\u00a0: 1" in page
    assert "non lues\u00a0: 1" in poste.get(url("pastille")).content.decode()


def test_opening_one_marks_it_read_and_leads_to_the_demande(
    poste: Client, agent: Agent, demande: Demande, at: datetime
) -> None:
    notify(agent.pk, Notification.Genre.SUIVI, "Note ajoutée.", demande, clef="1", at=at)
    line = Notification.objects.get()
    answer = poste.post(url("notification_lue", line.pk), {"vers": url("fiche", demande.pk)})
    assert (answer.status_code, answer["Location"]) == (302, url("fiche", demande.pk))
    assert count_unread(agent.pk) == 0


@pytest.mark.parametrize("goal", ["https://ailleurs.example/", "//ailleurs.example", "/c/aurelle/\\x", "/c/autre/"])
def test_it_never_leads_outside(poste: Client, goal: str) -> None:
    assert poste.post(url("notification_lue", 1), {"vers": goal})["Location"] == url("notifications")


def test_one_cannot_read_for_another(
    client_de: Callable[[Agent], Client], agent: Agent, collegue: Agent, demande: Demande, at: datetime
) -> None:
    notify(agent.pk, Notification.Genre.SUIVI, "Pour Claire.", demande, clef="1", at=at)
    client = client_de(collegue)
    assert "Pour Claire." not in client.get(url("notifications")).content.decode()
    client.post(url("notifications_lues"))
    client.post(url("notification_lue", Notification.objects.get().pk))
    assert count_unread(agent.pk) == 1


def test_an_empty_page_says_what_will_come(poste: Client, ville: Collectivite) -> None:
    assert "Aucune notification" in poste.get(url("notifications")).content.decode()
