"""Rules that answer what happened: once a fact, never their own effect, stopped when they turn in circles."""

from datetime import datetime, timedelta

import pytest

from collectivites.acteur import Acteur
from collectivites.models import Agent, Collectivite, Service
from collectivites.permissions import Role
from demandes.actions import add_note, assign, move, receive_message
from demandes.automates.evenements import run_evenements
from demandes.automates.execution import PAR_REGLE
from demandes.models import Demande, ExecutionRegle, Message, Notification, RegleAutomate
from journal.models import Evenement
from tests.demandes.automates.conftest import Poser, alors, si
from tests.demandes.conftest import join

pytestmark = pytest.mark.django_db


def sweep(ville: Collectivite, at: datetime) -> int:
    return run_evenements(collectivite_id=ville.pk, at=at)


def test_a_fact_runs_a_rule_once_whatever_the_number_of_sweeps(
    ville: Collectivite, demande: Demande, poser: Poser, by: Acteur, at: datetime
) -> None:
    poser("Réponse reçue", [], [alors("prioriser", priorite=1)], declencheur="evenement",
          evenement="demande.message_recu")  # fmt: skip
    receive_message(demande=demande, canal="courriel", texte="Toujours rien.", by=by, at=at)
    assert (sweep(ville, at), sweep(ville, at)) == (1, 0)
    demande.refresh_from_db()
    assert demande.priorite == 1
    assert ExecutionRegle.objects.get().resultat == "appliquee"


def test_what_does_not_match_is_read_once_and_says_so(
    ville: Collectivite, demande: Demande, poser: Poser, by: Acteur, at: datetime
) -> None:
    poser("Urgences", [si("dernier_message", "un", "danger")], [alors("prioriser", priorite=2)],
          declencheur="evenement", evenement="demande.message_recu")  # fmt: skip
    receive_message(demande=demande, canal="courriel", texte="Merci.", by=by, at=at)
    assert (sweep(ville, at), sweep(ville, at)) == (1, 0)
    assert ExecutionRegle.objects.get().details == {"raison": "Conditions non remplies."}
    receive_message(demande=demande, canal="courriel", texte="C'est un danger !", by=by, at=at)
    sweep(ville, at)
    demande.refresh_from_db()
    assert demande.priorite == 2


def test_a_machine_s_message_and_what_happened_before_the_rule_start_nothing(
    ville: Collectivite, demande: Demande, poser: Poser, by: Acteur, at: datetime
) -> None:
    receive_message(demande=demande, canal="courriel", texte="Avant.", by=by, at=at - timedelta(hours=1))
    poser("Tout", [], [alors("prioriser", priorite=2)], declencheur="evenement", evenement="demande.message_recu",
          active_since=at)  # fmt: skip
    receive_message(demande=demande, canal="courriel", texte="Absent", by=by, at=at, is_automatique=True)
    assert sweep(ville, at) == 0


def test_a_rule_never_answers_its_own_effect(
    ville: Collectivite, demande: Demande, poser: Poser, agent: Agent, by: Acteur, at: datetime
) -> None:
    poser("Note sur note", [], [alors("note", texte="Vu : {{ numero }}")], declencheur="evenement",
          evenement="demande.note")  # fmt: skip
    add_note(demande=demande, texte="À voir.", by=by, at=at, agent=agent)
    for _ in range(4):
        sweep(ville, at)
    notes = Message.objects.filter(demande=demande, sens="interne").order_by("pk")
    assert list(notes.values_list("texte", flat=True)) == ["À voir.", f"Vu : {demande.numero}"]


def test_two_rules_that_call_each_other_are_stopped_and_told(
    ville: Collectivite, demande: Demande, poser: Poser, agent: Agent, service: Service, by: Acteur, at: datetime
) -> None:
    admin = join(ville, "paul@aurelle.example", "Paul Nguyen", roles=(Role.ADMINISTRATEUR,))
    attente = {"declencheur": "evenement", "evenement": "demande.etat"}
    poser("Ping", [si("etat", "est", "en_cours")], [alors("etat", etat="en_attente_tiers")], **attente)
    poser("Pong", [si("etat", "est", "en_attente_tiers")], [alors("etat", etat="en_cours")], **attente)
    move(demande=demande, version=1, etat="en_cours", by=by, at=at)
    for minute in range(40):
        sweep(ville, at + timedelta(seconds=minute))
    stopped = RegleAutomate.objects.get(is_active=False)
    runs = ExecutionRegle.objects.filter(resultat="appliquee")
    assert runs.filter(regle=stopped).count() == PAR_REGLE
    assert ExecutionRegle.objects.filter(regle=stopped, resultat="boucle").count() == 1
    told = Notification.objects.get(agent=admin)
    assert stopped.libelle in told.texte
    assert Evenement.objects.filter(verbe="regle.suspendue").count() == 1
    assert Demande.objects.get(pk=demande.pk).is_open  # nothing lost: it waits where it was


def test_a_final_rule_stops_the_next_ones_for_that_fact(
    ville: Collectivite, demande: Demande, poser: Poser, service: Service, collegue: Agent, by: Acteur, at: datetime
) -> None:
    facts = {"declencheur": "evenement", "evenement": "demande.affectee"}
    poser("Première", [], [alors("prioriser", priorite=1)], is_finale=True, **facts)
    poser("Seconde", [], [alors("prioriser", priorite=2)], **facts)
    assign(demande=demande, version=1, service=service, agent=collegue, by=by, at=at)
    sweep(ville, at)
    demande.refresh_from_db()
    assert demande.priorite == 1
    assert ExecutionRegle.objects.get(regle__libelle="Seconde").details == {
        "raison": "Arrêtée par «\u00a0Première\u00a0»."
    }
