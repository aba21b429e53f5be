"""One cause, many demandes: one answer each, once, whatever dies in the middle."""

from datetime import datetime, timedelta
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import OperationalError

from collectivites.acces import Acces
from collectivites.acteur import Acteur
from collectivites.models import Agent, Collectivite
from demandes.actions.sujets import SujetRefuse, attach, close_sujet, detach, open_sujet
from demandes.automates import groupee
from demandes.automates.sujets import ReponseVide, answer_all, close_all, list_demandes, list_envois
from demandes.models import ActionGroupee, Demande, Message, SujetCommun
from messagerie.models import Envoi
from tests.demandes.conftest import Ouvrir


@pytest.fixture
def sujet(ville: Collectivite, by: Acteur, at: datetime) -> SujetCommun:
    return open_sujet(titre="Panne rue des Tanneurs", description="", type=None, clef=uuid4(), by=by, at=at)


@pytest.fixture
def touchees(sujet: SujetCommun, ouvrir: Ouvrir, by: Acteur, at: datetime) -> list[Demande]:
    """Five households in the dark."""
    return [attach(sujet=sujet, demande=ouvrir(objet=f"Panne {n}"), by=by, at=at) for n in range(5)]


def answers() -> int:
    return Envoi.objects.filter(clef__contains=":reponse:").count()


def test_the_same_form_opens_one_sujet(ville: Collectivite, by: Acteur, at: datetime) -> None:
    clef = uuid4()
    pair = {open_sujet(titre="Panne", description="", type=None, clef=clef, by=by, at=at).pk for _ in range(2)}
    assert len(pair) == 1
    with pytest.raises(SujetRefuse, match="titre"):
        open_sujet(titre="  ", description="", type=None, clef=uuid4(), by=by, at=at)


def test_joining_and_leaving(sujet: SujetCommun, demande: Demande, acces: Acces, by: Acteur, at: datetime) -> None:
    attach(sujet=sujet, demande=demande, by=by, at=at)
    assert list(list_demandes(sujet, acces)) == [demande]
    detach(demande=Demande.objects.get(pk=demande.pk), by=by, at=at)
    assert not list_demandes(sujet, acces).exists()
    Demande.objects.filter(pk=demande.pk).update(domaine="social")
    with pytest.raises(SujetRefuse, match="réservée"):
        attach(sujet=sujet, demande=Demande.objects.get(pk=demande.pk), by=by, at=at)
    close_sujet(sujet=sujet, by=by, at=at)
    sujet.refresh_from_db()
    with pytest.raises(SujetRefuse, match="clos"):
        attach(sujet=sujet, demande=demande, by=by, at=at)


def ask(sujet: SujetCommun, acces: Acces, by: Acteur, at: datetime, **options: object) -> ActionGroupee:
    wanted = {"texte": "Le courant revient mardi.", "issue": "", "clef": uuid4()} | options
    (action,) = answer_all(sujet=sujet, acces=acces, agent=acces.agent, by=by, at=at + timedelta(hours=1), **wanted)  # type: ignore[arg-type]
    return action


def test_each_gets_one_answer_and_who_cannot_is_named(
    sujet: SujetCommun, touchees: list[Demande], acces: Acces, by: Acteur, at: datetime
) -> None:
    Demande.objects.filter(pk=touchees[0].pk).update(mode_reponse="telephone")
    action = groupee.run_here(action=ask(sujet, acces, by, at, issue="satisfaite"), at=at + timedelta(hours=1))
    assert answers() == 4
    assert Demande.objects.filter(etat="close", issue="satisfaite").count() == 4
    assert action.echecs == [
        [touchees[0].pk, touchees[0].numero, "Réponse souhaitée par téléphone\u00a0: répondez à part."]
    ]
    sujet.refresh_from_db()
    assert sujet.reponse == "Le courant revient mardi."


def test_the_same_form_twice_asks_once(
    sujet: SujetCommun, touchees: list[Demande], acces: Acces, by: Acteur, at: datetime
) -> None:
    clef = uuid4()
    assert ask(sujet, acces, by, at, clef=clef) == ask(sujet, acces, by, at, clef=clef)
    assert list_envois(sujet).count() == 1


def test_a_worker_killed_in_the_middle_sends_nothing_twice(
    sujet: SujetCommun, touchees: list[Demande], acces: Acces, by: Acteur, at: datetime
) -> None:
    action, calls = ask(sujet, acces, by, at), []
    real = groupee._apply_one

    def dies(*args: object, **kwargs: object) -> None:
        calls.append(1)
        if len(calls) == 4:
            raise OperationalError
        real(*args, **kwargs)  # type: ignore[arg-type]

    with patch.object(groupee, "PAR_LOT", 2):
        with patch.object(groupee, "_apply_one", dies), pytest.raises(OperationalError):
            groupee.run(collectivite_id=sujet.collectivite_id, action_id=action.pk, clock=lambda: at)
        assert answers() == 2  # the batch that died is taken back whole
        later = at + groupee.BAIL * 2
        groupee.run(collectivite_id=sujet.collectivite_id, action_id=action.pk, clock=lambda: later)
        groupee.run(collectivite_id=sujet.collectivite_id, action_id=action.pk, clock=lambda: later)
    assert answers() == 5
    assert Message.objects.filter(sens="sortant", is_automatique=False).count() == 5


def test_an_answer_replayed_outside_its_action_leaves_once(
    sujet: SujetCommun, touchees: list[Demande], acces: Acces, by: Acteur, at: datetime
) -> None:
    """Even if the memory of what was done were lost, the key of each answer stops a second one."""
    action = groupee.run_here(action=ask(sujet, acces, by, at), at=at + timedelta(hours=1))
    fresh = Demande.objects.in_bulk([each.pk for each in touchees])
    vises = [[pk, row.version] for pk, row in fresh.items()]
    ActionGroupee.objects.filter(pk=action.pk).update(etat="en_cours", faites=[], demandes=vises)
    groupee.run_here(action=ActionGroupee.objects.get(pk=action.pk), at=at + timedelta(hours=2))
    assert answers() == 5


def test_nobody_to_answer(sujet: SujetCommun, acces: Acces, by: Acteur, at: datetime, agent: Agent) -> None:
    with pytest.raises(ReponseVide, match="Aucune demande ouverte"):
        ask(sujet, acces, by, at)
    with pytest.raises(ReponseVide, match="Écrivez"):
        ask(sujet, acces, by, at, texte=" ")


def test_closing_all(sujet: SujetCommun, touchees: list[Demande], acces: Acces, by: Acteur, at: datetime) -> None:
    (action,) = close_all(sujet=sujet, issue="satisfaite", clef=uuid4(), acces=acces, agent=acces.agent, by=by, at=at)
    groupee.run_here(action=action, at=at)
    assert not Demande.objects.open().exists()
