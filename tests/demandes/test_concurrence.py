"""Twenty agents at once on one demande: real threads, real transactions. One wins, nineteen are told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from io import BytesIO
from threading import Barrier
from unittest.mock import patch
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite
from demandes import versions
from demandes.actions import ConflitVersion, add_note, move, open_demande, reply
from demandes.actions.pieces import keep_upload, list_uploads
from demandes.models import Demande, Message, PieceDeposee, PieceJointe

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 11, 12, 16, 40, tzinfo=ZoneInfo("Europe/Paris"))
ECRIVAINS = 20


def town() -> tuple[Collectivite, Agent, Acteur, Demande]:
    ville = Collectivite.objects.create(slug="aurelle", nom="Aurelle")
    agent = Agent.objects.create_user("claire@aurelle.example", prenom="Claire", nom="Moreau")
    by = Acteur(nature="agent", libelle=str(agent), agent_id=agent.pk)
    with collectivite_active(ville.pk):
        demande = open_demande(objet="Lampadaire", description="", canal="guichet", mode_reponse="sur_place",
                               received_at=AT, by=by, at=AT)  # fmt: skip
    return ville, agent, by, demande


def all_at_once(ville: Collectivite, geste) -> list[str]:
    """Run `geste(n)` from 20 threads let go together; return each outcome in a word."""
    depart = Barrier(ECRIVAINS)

    def run(number: int) -> str:
        depart.wait()
        try:
            with collectivite_active(ville.pk):
                geste(number)
        except ConflitVersion as refusal:
            return "refusé" if "Claire Moreau — " in str(refusal) else "refusé sans le dire"
        finally:
            connection.close()
        return "écrit"

    with ThreadPoolExecutor(ECRIVAINS) as pool:
        return list(pool.map(run, range(ECRIVAINS)))


def test_twenty_answers_at_once_one_leaves_and_nineteen_are_told() -> None:
    ville, agent, by, demande = town()
    outcomes = all_at_once(
        ville,
        lambda n: reply(demande=demande, version=1, canal="telephone", texte=f"Réponse {n}", clef=uuid4(), by=by,
                        at=AT, agent=agent),
    )  # fmt: skip
    assert sorted(outcomes) == ["refusé"] * 19 + ["écrit"]
    with collectivite_active(ville.pk):
        assert Message.objects.filter(sens="sortant").count() == 1
        assert Demande.objects.get().version == 2


def test_one_note_submitted_twenty_times_at_once_is_one_note() -> None:
    ville, agent, by, demande = town()
    clef = uuid4()
    outcomes = all_at_once(
        ville, lambda _: add_note(demande=demande, texte="Pièce commandée.", by=by, at=AT, agent=agent, clef=clef)
    )
    assert outcomes == ["écrit"] * 20
    with collectivite_active(ville.pk):
        assert Message.objects.filter(sens="interne").count() == 1


def test_one_form_submitted_twenty_times_at_once_is_one_answer() -> None:
    ville, agent, by, demande = town()
    clef = uuid4()
    outcomes = all_at_once(
        ville,
        lambda _: reply(demande=demande, version=1, canal="telephone", texte="Réponse", clef=clef, by=by, at=AT,
                        agent=agent),
    )  # fmt: skip
    assert outcomes == ["écrit"] * 20  # each is told that the answer is there
    with collectivite_active(ville.pk):
        assert Message.objects.filter(sens="sortant").count() == 1


def test_one_form_submitted_twenty_times_at_once_is_one_demande() -> None:
    ville, _, by, _ = town()
    clef = uuid4()
    all_at_once(
        ville,
        lambda _: open_demande(objet="Nid-de-poule", description="", canal="guichet", mode_reponse="sur_place",
                               received_at=AT, by=by, at=AT, clef=clef),
    )  # fmt: skip
    with collectivite_active(ville.pk):
        assert sorted(Demande.objects.values_list("numero", flat=True)) == ["DEM-2026-0001", "DEM-2026-0002"]


def test_twenty_demandes_at_once_have_twenty_numbers_without_a_hole() -> None:
    ville, _, by, _ = town()
    all_at_once(
        ville,
        lambda n: open_demande(objet=f"N° {n}", description="", canal="guichet", mode_reponse="sur_place",
                               received_at=AT, by=by, at=AT),
    )  # fmt: skip
    with collectivite_active(ville.pk):
        numbers = {int(numero[-4:]) for numero in Demande.objects.values_list("numero", flat=True)}
    assert numbers == set(range(1, 22))


def test_without_the_version_check_the_last_writer_would_win() -> None:
    """The negative control: the tests above would see it if the check were gone."""
    ville, _, by, demande = town()

    def unchecked(_demande: Demande, _version: int, **champs: object) -> Demande:
        return versions.touch(demande.pk, **champs)

    with patch("demandes.actions.traitement.update_at_version", unchecked):
        outcomes = all_at_once(ville, lambda _: move(demande=demande, version=1, etat="en_cours", by=by, at=AT))
    assert outcomes == ["écrit"] * 20


def test_one_note_with_a_file_submitted_twenty_times_at_once_has_one_file(settings, tmp_path) -> None:
    settings.DEPOT = tmp_path
    ville, agent, by, demande = town()
    clef = uuid4()

    def send(_: int) -> None:
        keep_upload(clef=clef, flux=BytesIO(b"%PDF-1.7"), nom="plan.pdf", by=by, at=AT)
        add_note(demande=demande, texte="Plan.", by=by, at=AT, agent=agent, clef=clef,
                 pieces=list_uploads(clef=clef, by=by))  # fmt: skip

    assert all_at_once(ville, send) == ["écrit"] * 20
    with collectivite_active(ville.pk):
        assert PieceJointe.objects.get().message == Message.objects.get(sens="interne")
        assert PieceDeposee.objects.count() <= 1  # left by those who came second; forgotten after two days
