"""Real threads: mail that arrives while two demandes become one, twenty agents who all save in the end."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import connection

from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite
from demandes.actions import ConflitVersion, echange, open_demande, receive_message, reply
from demandes.actions.fusion import FusionRefusee, merge_demandes, undo_merge
from demandes.models import Demande, Fusion, Message
from tests.demandes.conftest import PARIS, acting

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 11, 12, 16, 40, tzinfo=PARIS)
ECRIVAINS = 20


@pytest.fixture
def ville(db: None) -> Collectivite:
    return Collectivite.objects.create(slug="aurelle", nom="Aurelle")


@pytest.fixture
def agent(ville: Collectivite) -> Agent:
    return Agent.objects.create_user("claire@aurelle.example", prenom="Claire", nom="Moreau")


def open_one(ville: Collectivite, by: Acteur) -> Demande:
    with collectivite_active(ville.pk):
        return open_demande(objet="Lampadaire", description="", canal="guichet", mode_reponse="sur_place",
                            received_at=AT, by=by, at=AT)  # fmt: skip


def together(ville: Collectivite, gestes: list[Callable[[], str]]) -> list[str]:
    """Run each gesture in its thread and its transaction, let go together; return what each says."""
    depart = Barrier(len(gestes))

    def run(geste: Callable[[], str]) -> str:
        depart.wait()
        try:
            with collectivite_active(ville.pk):
                return geste()
        except (ConflitVersion, FusionRefusee) as refusal:
            return type(refusal).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(len(gestes)) as pool:
        return list(pool.map(run, gestes))


def merge(kept: Demande, gone: Demande, by: Acteur) -> str:
    merge_demandes(conservee=kept, absorbee=gone, version_conservee=Demande.objects.get(pk=kept.pk).version,
                   version_absorbee=Demande.objects.get(pk=gone.pk).version, by=by, at=AT)  # fmt: skip
    return "fusion"


def test_no_mail_is_lost_while_two_demandes_become_one(ville: Collectivite, agent: Agent) -> None:
    by = acting(agent)
    kept, gone = open_one(ville, by), open_one(ville, by)

    def write(number: int) -> Callable[[], str]:
        return lambda: str(
            receive_message(demande=gone, canal="courriel", texte=f"Mail {number}", by=by, at=AT).demande_id
        )

    gestes = [write(number) for number in range(9)]
    for _ in range(3):  # a merge whose version has just passed is asked again by the agent
        outcomes = together(ville, [*gestes, lambda: merge(kept, gone, by)])
        gestes = []
        if "fusion" in outcomes:
            break
    with collectivite_active(ville.pk):
        texts = list(Message.objects.filter(demande=kept).values_list("texte", flat=True))
        assert {f"Mail {number}" for number in range(9)} <= set(texts)
        assert not Message.objects.filter(demande=gone).exists()


def test_two_opposite_merges_at_once_make_one(ville: Collectivite, agent: Agent) -> None:
    by = acting(agent)
    one, two = open_one(ville, by), open_one(ville, by)
    outcomes = together(ville, [lambda: merge(one, two, by), lambda: merge(two, one, by)] * 5)
    assert outcomes.count("fusion") == 1
    with collectivite_active(ville.pk):
        fusion = Fusion.objects.get()
    undone = together(ville, [lambda: str(undo_merge(fusion=fusion, by=by, at=AT).restees)] * 5)
    assert sorted(undone) == ["FusionRefusee"] * 4 + ["[]"]


def save_until_done(ville: Collectivite, demande: Demande, agent: Agent, number: int) -> tuple[list[int], list[str]]:
    """What an agent does: read, write, be told that it moved, read again. Returns (versions won, sentences read)."""
    won, told = [], []
    while not won:
        try:
            with collectivite_active(ville.pk):
                seen = Demande.objects.get(pk=demande.pk)
                reply(demande=seen, version=seen.version, canal="telephone", texte=f"Réponse {number}", clef=uuid4(),
                      by=acting(agent), at=AT, agent=agent)  # fmt: skip
            won.append(seen.version)
        except ConflitVersion as refusal:
            told.append(str(refusal))
    connection.close()
    return won, told


def save_all(ville: Collectivite, demande: Demande, agent: Agent) -> tuple[Counter[int], list[str]]:
    with ThreadPoolExecutor(ECRIVAINS) as pool:
        done = list(pool.map(lambda number: save_until_done(ville, demande, agent, number), range(ECRIVAINS)))
    return Counter(version for won, _ in done for version in won), [line for _, told in done for line in told]


def test_twenty_agents_who_try_again_all_save_one_a_version(ville: Collectivite, agent: Agent) -> None:
    demande = open_one(ville, acting(agent))
    wins, told = save_all(ville, demande, agent)
    assert wins == Counter(range(1, ECRIVAINS + 1))  # each version was written by exactly one
    assert all("Claire Moreau — " in line for line in told)
    with collectivite_active(ville.pk):
        assert set(Message.objects.filter(sens="sortant").values_list("texte", flat=True)) == {
            f"Réponse {number}" for number in range(ECRIVAINS)
        }


def test_without_the_check_several_would_save_on_one_version(ville: Collectivite, agent: Agent) -> None:
    """The negative control: the test above would see it if the check were gone."""
    from demandes.versions import touch  # noqa: PLC0415 what it would be

    demande, depart = open_one(ville, acting(agent)), Barrier(ECRIVAINS)

    def unchecked(seen: Demande, version: int, **champs: object) -> Demande:
        depart.wait(timeout=30)  # all have read the same version
        return touch(seen.pk, **champs)

    with patch.object(echange, "update_at_version", unchecked):
        wins, _ = save_all(ville, demande, agent)
    assert max(wins.values()) > 1
