"""Bulk: each demande by its version, failures told, undone, resumed after a kill, twenty agents at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite, Rattachement, Service
from collectivites.permissions import Role
from demandes.actions import add_note, open_demande
from demandes.actions.attributs import prioritise
from demandes.automates import groupee
from demandes.automates.tasks import sweep_groupees
from demandes.models import ActionGroupee, Demande, Message, TypeDemande
from journal.models import Evenement
from tests.demandes.automates.conftest import alors
from tests.demandes.conftest import Ouvrir, acting, join

PARIS = ZoneInfo("Europe/Paris")
HAUTE = [alors("prioriser", priorite=1)]


def ask(demandes: list[Demande], agent: Agent, at: datetime, *, clef: UUID | None = None, actions: object = HAUTE,
        geste: str = "prioriser") -> ActionGroupee:  # fmt: skip
    return groupee.create(
        geste=geste, actions=actions, vises=[(each.pk, each.version) for each in demandes], clef=clef or uuid4(),
        agent=agent, by=acting(agent), at=at,
    )[0]  # fmt: skip


@pytest.mark.django_db
def test_done_then_undone_and_what_somebody_touched_since_stays(
    ouvrir: Ouvrir, agent: Agent, by: Acteur, at: datetime
) -> None:
    rows = [ouvrir() for _ in range(3)]
    done = groupee.run_here(action=ask(rows, agent, at), at=at)
    assert (done.etat, len(done.faites), done.echecs) == ("finie", 3, [])
    assert set(Demande.objects.values_list("priorite", flat=True)) == {1}
    prioritise(demande=rows[0], version=2, priorite=2, by=by, at=at)
    asked = groupee.ask_undo(action=done, agent_id=agent.pk, at=at + timedelta(hours=23))
    back = groupee.run_here(action=asked, at=at + timedelta(hours=23))
    assert back.etat == "annulee"
    assert list(Demande.objects.order_by("pk").values_list("priorite", flat=True)) == [2, 0, 0]
    assert back.echecs == [
        [rows[0].pk, rows[0].numero,
         "Non annulée. Modifiée entre-temps\u00a0: Claire Moreau — priorité «\u00a0Urgente\u00a0»."]
    ]  # fmt: skip
    with pytest.raises(groupee.AnnulationImpossible, match="déjà annulée"):
        groupee.ask_undo(action=back, agent_id=agent.pk, at=at)


@pytest.mark.django_db
def test_a_demande_changed_since_the_page_is_left_and_the_reason_told(
    ouvrir: Ouvrir, agent: Agent, collegue: Agent, at: datetime
) -> None:
    rows = [ouvrir(), ouvrir()]
    prioritise(demande=rows[1], version=1, priorite=2, by=acting(collegue), at=at)
    done = groupee.run_here(action=ask(rows, agent, at), at=at)
    assert [pk for pk, *_ in done.faites] == [rows[0].pk]
    (echec,) = done.echecs
    assert echec[1:] == [rows[1].numero, "Modifiée entre-temps\u00a0: Yann Le Goff — priorité «\u00a0Urgente\u00a0»."]


@pytest.mark.django_db
def test_a_sealed_one_and_a_closed_one_are_left_without_saying_more(
    ouvrir: Ouvrir, agent: Agent, type_social: TypeDemande, at: datetime
) -> None:
    rows = [ouvrir(), ouvrir(type=type_social), ouvrir()]
    groupee.run_here(action=ask(rows[2:], agent, at, actions=[alors("clore", issue="sans_suite")]), at=at)
    done = groupee.run_here(action=ask([*rows[:2], Demande.objects.get(pk=rows[2].pk)], agent, at,
                                       actions=[alors("clore", issue="sans_suite")]), at=at)  # fmt: skip
    assert len(done.faites) == 1
    assert done.echecs == [
        [rows[1].pk, "", "Elle n'existe plus, ou vous ne pouvez plus la traiter."],
        [rows[2].pk, rows[2].numero, "Elle est déjà close."],
    ]


@pytest.mark.django_db
def test_what_was_sealed_by_mistake_is_taken_back_until_its_service_works_on_it(
    ville: Collectivite, ouvrir: Ouvrir, agent: Agent, ccas: Service, at: datetime
) -> None:
    sealer = join(ville, "ines@aurelle.example", "Inès Carpentier", ccas, roles=(Role.INSTRUCTEUR,))
    rows = [ouvrir(), ouvrir()]
    done = groupee.run_here(action=ask(rows, agent, at, actions=[alors("affecter", service=ccas.pk)]), at=at)
    later = at + timedelta(minutes=5)
    add_note(demande=rows[1], texte="Situation connue.", by=acting(sealer), at=later, agent=sealer)
    back = groupee.run_here(action=groupee.ask_undo(action=done, agent_id=agent.pk, at=later), at=later)
    assert list(Demande.objects.order_by("pk").values_list("domaine", flat=True)) == ["cadre_de_vie", "social"]
    (echec,) = back.echecs
    assert echec[2] == "Non annulée. Elle est réservée à son service, qui y travaille."


@pytest.mark.django_db
def test_the_same_form_twice_is_one_action(ouvrir: Ouvrir, agent: Agent, at: datetime) -> None:
    rows, clef = [ouvrir()], uuid4()
    for _ in range(2):
        groupee.run_here(action=ask(rows, agent, at, clef=clef), at=at)
    assert ActionGroupee.objects.count() == 1
    assert Demande.objects.get().version == 2


@pytest.mark.django_db
def test_rights_lost_before_the_worker_comes_stop_it(ouvrir: Ouvrir, agent: Agent, at: datetime) -> None:
    action = ask([ouvrir()], agent, at)
    Rattachement.objects.filter(agent=agent).update(roles=[Role.ADMINISTRATEUR.value])
    assert groupee.run_here(action=action, at=at).faites == []


@pytest.mark.django_db
def test_only_its_author_undoes_it_and_within_the_day(
    ouvrir: Ouvrir, agent: Agent, collegue: Agent, at: datetime
) -> None:
    done = groupee.run_here(action=ask([ouvrir()], agent, at), at=at)
    assert not groupee.may_undo(done, agent_id=collegue.pk, at=at)
    assert not groupee.may_undo(done, agent_id=agent.pk, at=at + timedelta(days=1, seconds=1))
    with pytest.raises(groupee.AnnulationImpossible, match="délai d'un jour"):
        groupee.ask_undo(action=done, agent_id=agent.pk, at=at + timedelta(days=2))


@pytest.mark.django_db
def test_a_worker_killed_between_two_batches_loses_and_repeats_nothing(
    ville: Collectivite, ouvrir: Ouvrir, agent: Agent, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groupee, "PAR_LOT", 3)
    rows = [ouvrir() for _ in range(7)]
    action = ask(rows, agent, at, actions=[*HAUTE, alors("note", texte="En lot.")])
    real, batches = groupee._do_batch, []

    def dies_at_the_second(locked: ActionGroupee, *, at: datetime) -> None:
        if len(batches) == 1:
            raise KeyboardInterrupt
        batches.append(at)
        real(locked, at=at)

    monkeypatch.setattr(groupee, "_do_batch", dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        groupee.run(collectivite_id=ville.pk, action_id=action.pk, clock=lambda: at)
    monkeypatch.setattr(groupee, "_do_batch", real)
    half = ActionGroupee.objects.get()
    assert (half.etat, len(half.faites)) == ("en_cours", 3)
    groupee.run(collectivite_id=ville.pk, action_id=action.pk, clock=lambda: at + timedelta(seconds=30))
    assert len(ActionGroupee.objects.get().faites) == 3  # the dead worker's lease still runs
    groupee.run(collectivite_id=ville.pk, action_id=action.pk, clock=lambda: at + timedelta(minutes=5))
    done = ActionGroupee.objects.get()
    assert (done.etat, len(done.faites), done.bail_at) == ("finie", 7, None)
    assert set(Demande.objects.values_list("version", flat=True)) == {2}
    assert Message.objects.filter(sens="interne").count() == 7
    assert list(Evenement.objects.filter(verbe__startswith="groupee.").order_by("pk").values_list("verbe", flat=True)
                ) == ["groupee.lancee", "groupee.finie"]  # fmt: skip


@pytest.mark.django_db
def test_the_sweep_takes_up_what_was_lost(
    ville: Collectivite, ouvrir: Ouvrir, agent: Agent, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from demandes.automates import tasks  # noqa: PLC0415

    lost, held = ask([ouvrir()], agent, at), ask([ouvrir()], agent, at)
    ActionGroupee.objects.filter(pk=held.pk).update(bail_at=timezone.now() + timedelta(minutes=2))
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(tasks.run_groupee, "apply_async", lambda args, **_: asked.append(args))
    sweep_groupees()
    assert asked == [(ville.pk, lost.pk)]


@pytest.mark.django_db(transaction=True)
def test_twenty_agents_at_once_on_the_same_demandes_each_is_done_once_and_told_nineteen_times() -> None:
    at = datetime(2026, 11, 12, 16, 40, tzinfo=PARIS)
    ville = Collectivite.objects.create(slug="aurelle", nom="Aurelle")
    agents = [
        Agent.objects.create_user(f"agent{number}@aurelle.example", prenom="Agent", nom=f"N{number}")
        for number in range(20)
    ]
    for agent in agents:
        Rattachement.objects.create(agent=agent, collectivite=ville, roles=[Role.ACCUEIL.value])
    with collectivite_active(ville.pk):
        rows = [
            open_demande(objet=f"Demande {number}", description="", canal="guichet", mode_reponse="sur_place",
                         received_at=at, by=acting(agents[0]), at=at)
            for number in range(5)
        ]  # fmt: skip
    depart = Barrier(20)

    def run(agent: Agent) -> tuple[int, list[str]]:
        depart.wait()
        try:
            with collectivite_active(ville.pk):
                mine = rows if agent.pk % 2 else rows[::-1]
                done = groupee.run_here(action=ask(mine, agent, at), at=at)
                return len(done.faites), [raison for *_, raison in done.echecs]
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(run, agents))
    reasons = [reason for _, told in outcomes for reason in told]
    assert sum(number for number, _ in outcomes) == 5
    assert len(reasons) == 95
    assert all(reason.startswith("Modifiée entre-temps\u00a0: Agent N") for reason in reasons)
    with collectivite_active(ville.pk):
        assert set(Demande.objects.values_list("version", flat=True)) == {2}
        add_note(demande=rows[0], texte="Fin.", by=acting(agents[0]), at=at, agent=agents[0])
