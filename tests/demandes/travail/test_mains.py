"""From hand to hand: history, substitutes, departures, escalation and its way back."""

from datetime import date, datetime, timedelta

import pytest

from collectivites.acteur import AUTOMATE, Acteur
from collectivites.actions import change_rattachement
from collectivites.models import Agent, Collectivite, Rattachement, Service
from collectivites.permissions import Role
from demandes.actions import assign, take
from demandes.actions.escalade import EscaladeRefusee, escalate, give_back
from demandes.models import Absence, Affectation, Demande, Message, Notification
from demandes.travail.absences import AbsenceRefusee, find_absence, save_absence
from demandes.travail.affectations import find_escalade
from demandes.travail.lecteurs import keep_readers, list_supervisors
from tests.demandes.conftest import acting, join

JEUDI = date(2026, 11, 12)


@pytest.fixture
def chef(ville: Collectivite, service: Service) -> Agent:
    return join(ville, "ines@aurelle.example", "Inès Carpentier", service, roles=(Role.SUPERVISEUR,))


def away(agent: Agent, suppleant: Agent | None, at: datetime, day: date = JEUDI) -> Absence:
    return save_absence(agent=agent, debut_on=day, fin_on=day, suppleant=suppleant, by=AUTOMATE, at=at)


def history(demande: Demande) -> list[tuple[str, int | None]]:
    return list(Affectation.objects.filter(demande=demande).order_by("pk").values_list("genre", "vers_agent_id"))


def test_every_passage_is_written_and_the_agent_is_told_by_others_only(
    demande: Demande, service: Service, agent: Agent, collegue: Agent, by: Acteur, at: datetime
) -> None:
    first = take(demande=demande, version=1, agent=agent, services=[service], by=by, at=at)
    assign(demande=first, version=2, service=service, agent=collegue, by=by, at=at)
    rule = Demande.objects.get(pk=demande.pk)
    assign(demande=rule, version=3, service=service, agent=agent, by=AUTOMATE, at=at)
    assert history(demande) == [("affectation", agent.pk), ("affectation", collegue.pk), ("regle", agent.pk)]
    assert list(Notification.objects.order_by("pk").values_list("agent_id", "texte")) == [
        (collegue.pk, "Claire Moreau vous affecte une demande."), (agent.pk, "Une règle vous affecte une demande.")
    ]  # fmt: skip


@pytest.mark.parametrize(("heure", "minute"), [(0, 30), (23, 45)])  # another day in UTC, or the same: no matter
def test_an_absence_is_of_the_local_day(collegue: Agent, at: datetime, heure: int, minute: int) -> None:
    away(collegue, None, at)
    instant = at.replace(hour=heure, minute=minute)
    assert find_absence(collegue.pk, instant) is not None
    assert find_absence(collegue.pk, instant - timedelta(days=1)) is None
    assert find_absence(collegue.pk, instant + timedelta(days=1)) is None


def test_a_demande_for_someone_away_goes_to_their_substitute(
    demande: Demande, service: Service, collegue: Agent, chef: Agent, by: Acteur, at: datetime
) -> None:
    away(collegue, chef, at)
    done = assign(demande=demande, version=1, service=service, agent=collegue, by=by, at=at)
    assert (done.agent, history(demande)) == (chef, [("suppleance", chef.pk)])
    assert "Yann Le Goff est en absence" in Affectation.objects.get().motif
    assert Notification.objects.get().agent_id == chef.pk


def test_it_stays_with_the_service_when_nobody_may_stand_in(
    demande: Demande, service: Service, ccas: Service, ville: Collectivite, collegue: Agent, chef: Agent, by: Acteur,
    at: datetime,
) -> None:  # fmt: skip
    outside = join(ville, "lea@aurelle.example", "Léa Social", ccas, roles=(Role.INSTRUCTEUR,))
    absence = away(collegue, outside, at)
    assert assign(demande=demande, version=1, service=service, agent=collegue, by=by, at=at).agent is None
    Absence.objects.filter(pk=absence.pk).update(suppleant=chef)
    away(chef, None, at)
    assert assign(demande=demande, version=2, service=service, agent=collegue, by=by, at=at).agent is None


def test_whoever_takes_it_is_there(demande: Demande, service: Service, agent: Agent, by: Acteur, at: datetime) -> None:
    away(agent, None, at)
    assert take(demande=demande, version=1, agent=agent, services=[service], by=by, at=at).agent == agent


def test_absences_do_not_overlap(collegue: Agent, chef: Agent, at: datetime) -> None:
    save_absence(agent=collegue, debut_on=JEUDI, fin_on=JEUDI + timedelta(days=3), suppleant=chef, by=AUTOMATE, at=at)
    with pytest.raises(AbsenceRefusee, match="du 12/11/2026 au 15/11/2026"):
        away(collegue, None, at, JEUDI + timedelta(days=3))
    away(collegue, None, at, JEUDI + timedelta(days=4))
    with pytest.raises(AbsenceRefusee, match="soi-même"):
        away(chef, chef, at)


def leave(
    agent: Agent, ville: Collectivite, services: list[Service], by: Acteur, at: datetime, *, active: bool
) -> None:
    link = Rattachement.objects.get(agent=agent, collectivite=ville)
    change_rattachement(rattachement=link, roles=link.roles, services=services, is_active=active, by=by, at=at)


def test_who_leaves_gives_their_demandes_back_to_the_service(
    demande: Demande, ville: Collectivite, service: Service, ccas: Service, collegue: Agent, by: Acteur, at: datetime
) -> None:
    assign(demande=demande, version=1, service=service, agent=collegue, by=by, at=at)
    leave(collegue, ville, [service, ccas], by, at, active=True)
    demande.refresh_from_db()
    assert demande.agent == collegue
    leave(collegue, ville, [ccas], by, at, active=True)
    demande.refresh_from_db()
    assert (demande.agent, demande.service, demande.version) == (None, service, 3)
    assert history(demande)[-1] == ("affectation", None)


def test_who_leaves_the_town_gives_everything_back(
    demande: Demande, ville: Collectivite, service: Service, collegue: Agent, by: Acteur, at: datetime
) -> None:
    assign(demande=demande, version=1, service=service, agent=collegue, by=by, at=at)
    leave(collegue, ville, [service], by, at, active=False)
    demande.refresh_from_db()
    assert demande.agent is None


def test_an_escalation_climbs_and_comes_back_to_each(
    demande: Demande, service: Service, ville: Collectivite, agent: Agent, chef: Agent, by: Acteur, at: datetime
) -> None:
    urbanisme = Service.objects.create(nom="Urbanisme", domaine="urbanisme")
    d = take(demande=demande, version=1, agent=agent, services=[service], by=by, at=at)
    d = escalate(demande=d, version=2, motif="Arbitrage", agent=chef, by=by, at=at + timedelta(minutes=1))
    d = escalate(
        demande=d, version=3, motif="Permis", service=urbanisme, by=acting(chef), at=at + timedelta(minutes=2)
    )
    assert (d.niveau, d.service, d.agent) == (2, urbanisme, None)
    d = give_back(demande=d, version=4, texte="Vu.", by=acting(agent), at=at + timedelta(minutes=3), agent=agent)
    assert (d.niveau, d.agent) == (1, chef)
    d = give_back(demande=Demande.objects.get(pk=d.pk), version=d.version, texte="Accordé.", by=acting(chef),
                  at=at + timedelta(minutes=4), agent=chef)  # fmt: skip
    assert (d.niveau, d.agent, d.service) == (0, agent, service)
    assert find_escalade(d) is None
    assert [note.texte for note in Message.objects.filter(sens="interne").order_by("at")] == [
        "Réponse à l'escalade\u00a0: Vu.", "Réponse à l'escalade\u00a0: Accordé."
    ]  # fmt: skip


def test_given_back_to_the_service_when_the_giver_is_away(
    demande: Demande, service: Service, agent: Agent, chef: Agent, by: Acteur, at: datetime
) -> None:
    d = take(demande=demande, version=1, agent=agent, services=[service], by=by, at=at)
    d = escalate(demande=d, version=2, motif="Arbitrage", agent=chef, by=by, at=at)
    away(agent, None, at)
    d = give_back(demande=d, version=3, texte="Vu.", by=acting(chef), at=at, agent=chef)
    assert (d.agent, d.service) == (None, service)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"motif": " "}, "pourquoi"),
        ({}, "superviseur, ou un autre service"),
        ({"agent": "collegue"}, "ne supervise pas"),
        ({"service": "service"}, "déjà au service"),
    ],
)
def test_escalations_refused(
    demande: Demande, service: Service, collegue: Agent, by: Acteur, at: datetime, asked: dict[str, str], said: str
) -> None:
    values = {"collegue": collegue, "service": service}
    options = {name: values.get(value, value) for name, value in ({"motif": "Arbitrage"} | asked).items()}
    with pytest.raises(EscaladeRefusee, match=said):
        escalate(demande=demande, version=1, by=by, at=at, **options)  # type: ignore[arg-type]


def test_nothing_to_give_back(demande: Demande, agent: Agent, by: Acteur, at: datetime) -> None:
    with pytest.raises(EscaladeRefusee, match="escalade"):
        give_back(demande=demande, version=1, texte="Vu.", by=by, at=at, agent=agent)


def test_a_sealed_demande_is_read_by_its_own_service_only(
    demande: Demande, ccas: Service, ville: Collectivite, agent: Agent, chef: Agent
) -> None:
    inside = join(ville, "lea@aurelle.example", "Léa Social", ccas, roles=(Role.INSTRUCTEUR,))
    admin = join(ville, "paul@aurelle.example", "Paul Nguyen", roles=(Role.ADMINISTRATEUR,))
    everyone = [agent.pk, chef.pk, inside.pk, admin.pk]
    assert set(keep_readers(demande, everyone)) == {agent.pk, chef.pk, inside.pk}
    demande.domaine = "social"
    assert keep_readers(demande, everyone) == [inside.pk]
    assert not list_supervisors(demande).exists()
