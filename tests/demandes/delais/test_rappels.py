"""Steps of reminders: what is said to whom, once, and nothing about what no longer matters."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from collectivites.acteur import Acteur
from collectivites.models import Agent, Collectivite, ReglageLegal, Service
from collectivites.permissions import Role
from demandes import tasks
from demandes.actions import assign, close
from demandes.models import Demande, Echeance, Notification, Rappel, TypeDemande
from demandes.rappels import balayage
from demandes.rappels.balayage import do_rappels, group_by_town
from journal.models import Evenement
from journal.phrases import tell
from tests.demandes.conftest import Ouvrir, join

JOUR = timedelta(days=1)


@pytest.fixture
def superviseur(ville: Collectivite) -> Agent:
    return join(ville, "ines@aurelle.example", "Inès Carpentier", roles=(Role.SUPERVISEUR,))


@pytest.fixture
def muette(ouvrir: Ouvrir) -> Demande:
    """A demande that nobody has acknowledged yet."""
    return ouvrir(accuse=False)


def sweep(at: datetime) -> int:
    """What one beat and one worker do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT collectivite_id, id FROM demandes_rappels_dus(%s, 500)", [at])
        due = cursor.fetchall()
    return sum(do_rappels(collectivite_id=town, rappel_ids=pks, at=at) for town, pks in group_by_town(due, lot=7))


def told(agent: Agent) -> list[tuple[str, str]]:
    lines = Notification.objects.filter(agent=agent).order_by("pk")
    return [(line.genre, line.texte.replace("\u00a0", " ")) for line in lines]


def test_the_agents_of_the_service_then_the_supervisor(
    muette: Demande, agent: Agent, collegue: Agent, superviseur: Agent, at: datetime
) -> None:
    assert sweep(at + JOUR * 0.5) == 0
    assert sweep(datetime(2026, 11, 24, 12, tzinfo=at.tzinfo)) == 6
    assert told(agent) == told(collegue)
    assert [genre for genre, _ in told(superviseur)] == ["escalade", "escalade", "escalade"]
    promise = [texte for _, texte in told(agent) if "promise" in texte]
    assert promise == [
        "La réponse promise est pour le jeudi 19 novembre 2026 à 18 h.",
        "L'engagement du service est dépassé : réponse promise le jeudi 19 novembre 2026 à 18 h.",
        "Toujours sans réponse : elle était promise le jeudi 19 novembre 2026 à 18 h.",
    ]


def test_only_the_agent_in_charge(
    muette: Demande, agent: Agent, collegue: Agent, service: Service, by: Acteur, at: datetime
) -> None:
    assign(demande=muette, version=muette.version, service=service, agent=collegue, by=by, at=at)
    sweep(datetime(2026, 11, 20, 12, tzinfo=at.tzinfo))
    assert told(agent) == []
    assert [genre for genre, _ in told(collegue)] == ["affectation", "alerte", "escalade", "rappel", "alerte"]


def test_somebody_who_left_is_replaced_by_the_service(
    muette: Demande, agent: Agent, collegue: Agent, service: Service, by: Acteur, at: datetime
) -> None:
    assign(demande=muette, version=muette.version, service=service, agent=collegue, by=by, at=at)
    Agent.objects.filter(pk=collegue.pk).update(is_active=False)
    sweep(datetime(2026, 11, 20, 12, tzinfo=at.tzinfo))
    assert (len(told(agent)), len(told(collegue))) == (4, 1)


def test_an_implicit_decision_is_announced_then_born(
    demande: Demande, agent: Agent, superviseur: Agent, at: datetime
) -> None:
    sweep(datetime(2027, 1, 8, 12, tzinfo=at.tzinfo))
    before = [texte for genre, texte in told(superviseur) if "implicite" in texte]
    assert before == ["Sans réponse d'ici là, décision implicite (rejet) le mardi 12 janvier 2027."] * 3
    assert not Evenement.objects.filter(verbe="demande.decision_implicite").exists()
    sweep(datetime(2027, 1, 13, 0, 1, tzinfo=at.tzinfo))
    born = Evenement.objects.get(verbe="demande.decision_implicite")
    assert tell(born) == "décision implicite de rejet née"
    assert ("alerte", "Décision implicite de rejet née le mardi 12 janvier 2027.") in told(superviseur)


def test_what_was_answered_meanwhile_reminds_nobody(demande: Demande, agent: Agent, by: Acteur, at: datetime) -> None:
    stale = list(Rappel.objects.filter(demande=demande, nature="engagement").values_list("pk", flat=True))
    Echeance.objects.filter(demande=demande).update(met_at=at)
    assert do_rappels(collectivite_id=demande.collectivite_id, rappel_ids=stale, at=at + 30 * JOUR) == len(stale)
    close(demande=demande, version=demande.version, issue="satisfaite", by=by, at=at + JOUR)
    assert sweep(at + 90 * JOUR) == Rappel.objects.filter(fait_at=at + 90 * JOUR).count()
    assert told(agent) == []


def test_doing_them_again_tells_nothing_more(demande: Demande, agent: Agent, at: datetime) -> None:
    late = at + 20 * JOUR
    pks = list(Rappel.objects.filter(prevu_at__lte=late).values_list("pk", flat=True))
    sweep(late)
    before = told(agent), Evenement.objects.count()
    assert sweep(late) == 0
    assert do_rappels(collectivite_id=demande.collectivite_id, rappel_ids=pks, at=late) == 0
    assert (told(agent), Evenement.objects.count()) == before


def test_a_sealed_demande_escalates_to_its_own_supervisors(
    ville: Collectivite, ccas: Service, type_social: TypeDemande, ouvrir: Ouvrir, superviseur: Agent, at: datetime
) -> None:
    inside = join(ville, "dora@aurelle.example", "Dora Social", ccas, roles=(Role.SUPERVISEUR,))
    ouvrir(type=type_social, accuse=False)
    sweep(at + 20 * JOUR)
    assert told(superviseur) == []
    assert told(inside)


def test_one_that_fails_holds_up_nobody(
    muette: Demande, agent: Agent, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, late = balayage.describe_effet, at + 10 * JOUR

    def fragile(rappel: Rappel, echeance: Echeance, local: ZoneInfo) -> object:
        if rappel.nature == "engagement" and rappel.palier == "a":
            raise RuntimeError("panne")
        return real(rappel, echeance, local)

    monkeypatch.setattr(balayage, "describe_effet", fragile)
    assert sweep(late) == 3
    left = Rappel.objects.get(nature="engagement", palier="a")
    assert (left.fait_at, left.prevu_at) == (None, late + timedelta(hours=1))
    monkeypatch.undo()
    assert sweep(late + 2 * timedelta(hours=1)) == 1


def test_the_town_may_switch_a_step_off(ouvrir: Ouvrir, at: datetime) -> None:
    for clef in ("rappel.avant_jours", "rappel.decision_1"):
        ReglageLegal.objects.create(clef=clef, valeur=0, motif="trop de messages", changed_at=at)
    steps = set(Rappel.objects.filter(demande=ouvrir()).values_list("nature", "palier"))
    assert ("engagement", "avant") not in steps
    assert {("engagement", "a"), ("decision", "j-15")} <= steps
    assert not any(palier == "j-30" for _, palier in steps)


def test_a_beat_asks_by_batches_and_a_worker_does_them(
    muette: Demande, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    late, asked = at + 20 * JOUR, []
    monkeypatch.setattr(tasks.timezone, "now", lambda: late)
    monkeypatch.setattr(tasks.do_rappels, "apply_async", lambda args, **_: asked.append(args))
    tasks.sweep_rappels()
    assert [len(pks) for _, pks in asked] == [Rappel.objects.filter(prevu_at__lte=late).count()]
    tasks.do_rappels(*asked[0])
    tasks.sweep_rappels()
    assert len(asked) == 1
