"""An agent is told once, reads their own only, and nothing of what they may no longer read."""

from datetime import datetime, timedelta

import pytest

from collectivites.acces import Acces
from collectivites.models import Agent, Collectivite, Service
from demandes.models import Demande, Notification
from demandes.travail import notifications
from demandes.travail.notifications import (
    RESERVEE,
    count_unread,
    list_notifications,
    mark_read,
    notify,
    notify_many,
)

Genre = Notification.Genre


def test_the_same_fact_is_told_once(agent: Agent, demande: Demande, at: datetime) -> None:
    for _ in range(3):
        notify(agent.pk, Genre.RAPPEL, "Échéance dans 2 jours.", demande, clef=f"rappel:{demande.pk}", at=at)
    notify(agent.pk, Genre.RAPPEL, "Échéance demain.", demande, clef=f"rappel2:{demande.pk}", at=at)
    assert count_unread(agent.pk) == 2


def test_several_are_told_in_one_statement(
    agent: Agent, collegue: Agent, demande: Demande, at: datetime, django_assert_num_queries
) -> None:
    with django_assert_num_queries(1):
        notify_many({agent.pk, collegue.pk}, Genre.SUIVI, "Note ajoutée.", demande, clef="x", at=at)
    assert (count_unread(agent.pk), count_unread(collegue.pk)) == (1, 1)


def test_screens_are_nudged_after_commit(
    agent: Agent, demande: Demande, ville: Collectivite, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(notifications, "publish_on_commit", lambda *, collectivite_id, sujet: told.append(sujet))
    notify(agent.pk, Genre.MENTION, "Yann vous mentionne.", demande, clef="m", at=at)
    assert told == [f"agent:{agent.pk}"]


def test_a_page_shows_newest_first_with_number_and_objet(acces: Acces, demande: Demande, at: datetime) -> None:
    notify(acces.agent.pk, Genre.SUIVI, "Ancienne.", demande, clef="1", at=at)
    notify(acces.agent.pk, Genre.TRAVAIL, "Export prêt.", clef="2", at=at + timedelta(hours=1), lien="/c/aurelle/x/")
    newest, oldest = list_notifications(acces)
    assert (newest.texte, newest.url, newest.precision) == ("Export prêt.", "/c/aurelle/x/", "")
    assert oldest.precision == f"{demande.numero} · {demande.objet}"
    rest = list_notifications(acces, before=(at + timedelta(hours=1), newest.notification.pk))
    assert [line.texte for line in rest] == ["Ancienne."]
    assert list_notifications(acces, before=(at, oldest.notification.pk)) == []


def test_a_demande_sealed_since_shows_nothing(acces: Acces, demande: Demande, ccas: Service, at: datetime) -> None:
    notify(acces.agent.pk, Genre.SUIVI, "Message de Mme Ben Amar.", demande, clef="1", at=at)
    Demande.objects.filter(pk=demande.pk).update(domaine="social")
    (line,) = list_notifications(acces)
    assert (line.texte, line.precision, line.url) == (RESERVEE, "", "")


def test_one_marks_only_ones_own(agent: Agent, collegue: Agent, demande: Demande, at: datetime) -> None:
    notify_many([agent.pk, collegue.pk], Genre.SUIVI, "Note.", demande, clef="1", at=at)
    others = Notification.objects.get(agent=collegue)
    assert mark_read(agent_id=agent.pk, at=at, pks=[others.pk]) == 0
    assert mark_read(agent_id=agent.pk, at=at) == 1
    assert count_unread(collegue.pk) == 1


def test_a_notification_never_leads_outside(agent: Agent, at: datetime, ville: Collectivite) -> None:
    with pytest.raises(ValueError, match="ailleurs"):
        notify(agent.pk, Genre.TRAVAIL, "Piège.", clef="1", at=at, lien="https://ailleurs.example/")
