"""Rules that wait: exactly once a fact under two beats, again after a new message, never on the past."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite
from demandes.actions import move, open_demande, receive_message
from demandes.automates.tasks import sweep_evenements, sweep_regles_de_temps
from demandes.automates.temps import run_regle
from demandes.models import Demande, ExecutionRegle, Message, RegleAutomate
from tests.demandes.automates.conftest import Poser, alors, si
from tests.demandes.conftest import Ouvrir

JOUR = 1_440
PARIS = ZoneInfo("Europe/Paris")


def run(ville: Collectivite, regle: RegleAutomate, at: datetime) -> int:
    return run_regle(collectivite_id=ville.pk, regle_id=regle.pk, at=at)


@pytest.fixture
def relance(poser: Poser) -> RegleAutomate:
    return poser("Sans nouvelles", [], [alors("prioriser", priorite=1)], declencheur="temps", depuis="last_message",
                 delai_minutes=3 * JOUR)  # fmt: skip


@pytest.mark.django_db
def test_a_rule_runs_when_the_delay_has_passed_once_then_again_after_a_message(
    ville: Collectivite, demande: Demande, relance: RegleAutomate, by: Acteur, at: datetime
) -> None:
    assert run(ville, relance, at + timedelta(days=3, minutes=-1)) == 0
    assert run(ville, relance, at + timedelta(days=3)) == 1
    assert run(ville, relance, at + timedelta(days=4)) == 0
    demande.refresh_from_db()
    assert demande.priorite == 1
    receive_message(demande=demande, canal="courriel", texte="?", by=by, at=at + timedelta(days=5))
    assert run(ville, relance, at + timedelta(days=8)) == 1
    assert ExecutionRegle.objects.count() == 2


@pytest.mark.django_db
def test_putting_a_rule_in_service_never_sweeps_the_past(
    ville: Collectivite, demande: Demande, relance: RegleAutomate, at: datetime
) -> None:
    RegleAutomate.objects.update(active_since=at + timedelta(days=10))
    assert run(ville, relance, at + timedelta(days=11)) == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("condition", "attendu"),
    [
        (si("etat", "est", "a_traiter"), 1), (si("etat", "pas", "a_traiter"), 0), (si("agent", "vide"), 1),
        (si("service", "rempli"), 1), (si("priorite", "est", "0", "1"), 1), (si("zone", "vide"), 1),
        (si("type", "pas", "987654"), 1), (si("agent", "est", "1"), 0), (si("texte", "un", "lampadaire"), 1),
        (si("texte", "un", "poubelle"), 0), (si("priorite", "pas", "0"), 0),
    ],
)  # fmt: skip
def test_the_database_and_the_judge_agree(
    ville: Collectivite, demande: Demande, relance: RegleAutomate, at: datetime, condition: object, attendu: int
) -> None:
    relance.conditions = [condition]
    relance.save()
    assert run(ville, relance, at + timedelta(days=3)) == attendu


@pytest.mark.django_db
def test_waiting_counts_from_the_beginning_of_the_wait_and_an_automatic_message_leaves_once_a_day(
    ville: Collectivite, demande: Demande, poser: Poser, by: Acteur, at: datetime
) -> None:
    regle = poser("Relance", [], [alors("envoyer", occasion="demande.relance_usager")], declencheur="temps",
                  depuis="waiting", delai_minutes=60)  # fmt: skip
    again = poser("Relance encore", [], [alors("envoyer", occasion="demande.nouvelles")], declencheur="temps",
                  depuis="waiting", delai_minutes=90)  # fmt: skip
    assert run(ville, regle, at + timedelta(days=1)) == 0
    move(demande=demande, version=demande.version, etat="en_attente_usager", by=by, at=at)
    assert run(ville, regle, at + timedelta(hours=2)) == 1
    run(ville, again, at + timedelta(hours=2))
    sent = Message.objects.filter(is_automatique=True, expediteur_libelle__startswith="Règle")
    assert [each.adresse for each in sent] == ["samira@exemple.fr"]
    refused = ExecutionRegle.objects.get(regle=again)
    assert refused.details["raison"] == "Un message automatique est déjà parti depuis moins d'un jour."


@pytest.mark.django_db(transaction=True)
def test_exactly_once_under_two_beats() -> None:
    at = datetime(2026, 11, 12, 16, 40, tzinfo=PARIS)
    ville = Collectivite.objects.create(slug="aurelle", nom="Aurelle")
    by = Acteur(nature="automate", libelle="Guichet")
    with collectivite_active(ville.pk):
        for number in range(10):
            open_demande(objet=f"Demande {number}", description="", canal="guichet", mode_reponse="sur_place",
                         received_at=at, by=by, at=at)  # fmt: skip
        regle = RegleAutomate.objects.create(
            libelle="Note", declencheur="temps", depuis="received", delai_minutes=60, is_active=True, active_since=at,
            updated_at=at, conditions=[], actions=[alors("note", texte="Une heure."), alors("prioriser", priorite=1)],
        )  # fmt: skip
    depart = Barrier(4)

    def beat(_: int) -> None:
        depart.wait()
        try:
            run(ville, regle, at + timedelta(hours=2))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(beat, range(4)))
    with collectivite_active(ville.pk):
        assert Message.objects.filter(sens="interne").count() == 10
        assert set(Demande.objects.values_list("version", flat=True)) == {2}
        assert ExecutionRegle.objects.filter(resultat="appliquee").count() == 10


@pytest.mark.django_db
def test_the_sweepers_ask_for_each_rule_of_each_town(
    ville: Collectivite, relance: RegleAutomate, poser: Poser, ouvrir: Ouvrir, monkeypatch: pytest.MonkeyPatch
) -> None:
    poser("Événement", [], [alors("prioriser", priorite=1)], declencheur="evenement", evenement="demande.note")
    asked: list[tuple[str, tuple[int, ...]]] = []
    from demandes.automates import tasks  # noqa: PLC0415

    monkeypatch.setattr(tasks.run_regle_de_temps, "apply_async", lambda args, **_: asked.append(("temps", args)))
    monkeypatch.setattr(tasks.run_evenements, "apply_async", lambda args, **_: asked.append(("evenement", args)))
    sweep_regles_de_temps()
    sweep_evenements()
    assert asked == [("temps", (ville.pk, relance.pk)), ("evenement", (ville.pk,))]
