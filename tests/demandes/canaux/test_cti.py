"""Telephony says a call rings, is taken, ends; the agent of the extension is nudged; a call never goes back."""

from typing import Any

import pytest

from citoyens.actions import Contact, create_usager
from citoyens.models import Usager
from collectivites.models import Agent, Rattachement
from demandes.actions.appels import follow_call
from demandes.appels import present, write_seconds
from demandes.models import Appel, Connecteur
from tests.demandes.canaux.conftest import Ouvrir, Porte


@pytest.fixture
def standard(ouvrir_porte: Ouvrir, agent: Agent) -> Porte:
    Rattachement.objects.filter(agent=agent).update(poste="214")
    return ouvrir_porte("cti")


def sonner(standard: Porte, evenement: str = "sonne", **champs: Any) -> Appel:
    signal = {"id": "c1", "evenement": evenement, "numero": "06 39 98 12 34", "poste": "214"} | champs
    answer = standard.post(signal)
    assert answer.status_code == 202, answer.content
    return Appel.objects.get(pk=answer.json()["appel"])


def test_a_ringing_phone_names_its_agent_and_its_caller(standard: Porte, agent: Agent, usager: Usager) -> None:
    appel = sonner(standard)
    assert (appel.etat, appel.agent, appel.usager, appel.numero) == ("sonne", agent, usager, "+33639981234")
    assert Connecteur.objects.get(pk=standard.connecteur.pk).last_received_at is not None


def test_a_shared_number_names_nobody_and_shows_everybody(standard: Porte, usager: Usager, by: Any, at: Any) -> None:
    twin = create_usager(
        nature="personne", nom="Ben Amar", prenoms="Karim", contacts=[Contact("mobile", "0639981234")], by=by, at=at
    )
    appel = sonner(standard)
    assert appel.usager is None
    assert present([appel], at=appel.debut_at)[0].personnes == [usager, twin]


def test_taken_then_ended_lasts(standard: Porte) -> None:
    sonner(standard)
    taken = sonner(standard, "answered")
    ended = sonner(standard, "ended")
    assert (taken.etat, ended.etat) == ("en_ligne", "termine")
    assert ended.decroche_at is not None
    assert ended.fin_at is not None


def test_never_taken_is_missed(standard: Porte) -> None:
    sonner(standard)
    assert sonner(standard, "termine").etat == "manque"


def test_events_out_of_order_never_go_back(standard: Porte) -> None:
    sonner(standard, "decroche")
    sonner(standard, "termine")
    assert sonner(standard, "sonne").etat == "termine"
    assert Appel.objects.count() == 1


def test_the_agent_who_takes_a_group_call_owns_it(standard: Porte, collegue: Agent) -> None:
    Rattachement.objects.filter(agent=collegue).update(poste="215")
    sonner(standard)
    assert sonner(standard, "decroche", poste="215").agent == collegue


@pytest.mark.parametrize("poste", ["", "999", "214"])
def test_an_extension_of_nobody_or_of_two_nudges_nobody(standard: Porte, collegue: Agent, poste: str) -> None:
    Rattachement.objects.filter(agent=collegue).update(poste="214")
    assert sonner(standard, poste=poste).agent is None


def test_a_hidden_number_is_a_call_all_the_same(standard: Porte) -> None:
    appel = sonner(standard, numero="")
    assert (appel.numero, appel.usager) == ("", None)


@pytest.mark.parametrize(
    "signal", [{}, {"id": "c"}, {"id": "c", "evenement": "chante"}, [], {"id": {}, "evenement": "sonne"}]
)
def test_an_unreadable_event_is_refused_and_told(standard: Porte, signal: Any) -> None:
    answer = standard.post(signal)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert not Appel.objects.exists()
    assert Connecteur.objects.get(pk=standard.connecteur.pk).erreur


def test_a_length_is_said_as_people_say_it() -> None:
    said = [write_seconds(s).replace("\u00a0", " ") for s in (0, 42, 252, 3_900)]
    assert said == ["0 s", "42 s", "4 min 12 s", "1 h 05 min"]


def test_the_screens_of_the_agent_and_the_log_are_nudged(
    standard: Porte, agent: Agent, ville: Any, maintenant: Any, monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    told: list[str] = []
    monkeypatch.setattr("socle.direct._publish", told.append)
    with django_capture_on_commit_callbacks(execute=True):
        follow_call(
            connecteur=standard.connecteur, externe_id="c9", evenement="sonne", numero="", poste="214", at=maintenant
        )
    assert set(told) == {f"flux:{ville.pk}:appel", f"flux:{ville.pk}:appel:{agent.pk}"}
