"""CR-17: an abusive sender is not acknowledged, is told, is never deleted, and can be forgiven."""

from datetime import date, datetime, timedelta

import pytest

from collectivites.acteur import Acteur
from collectivites.models import Agent
from demandes.actions.attributs import MotifManquant, flag_abusive, unflag_abusive
from demandes.automates.actions import DejaBloque, block, lift
from demandes.blocages import is_blocked
from demandes.models import AccuseReception, Blocage, Demande, Message
from journal.models import Evenement
from messagerie.models import Envoi
from tests.demandes.conftest import Ouvrir

pytestmark = pytest.mark.django_db
LE_12 = date(2026, 11, 12)


@pytest.fixture
def bloque(agent: Agent, by: Acteur, at: datetime) -> Blocage:
    return block(adresse="Samira@exemple.fr", motif="Cent messages par jour.", expire_on=LE_12, is_told=True,
                 agent=agent, by=by, at=at)  # fmt: skip


def test_a_blocked_sender_is_received_not_acknowledged_and_the_journal_says_why(
    bloque: Blocage, ouvrir: Ouvrir
) -> None:
    demande = ouvrir()
    assert Message.objects.filter(demande=demande, sens="entrant").exists()
    assert not AccuseReception.objects.exists()
    assert Evenement.objects.get(verbe="demande.accusee").details["abusif"] is True


def test_the_sender_is_told_once_with_the_reason_and_the_last_day(bloque: Blocage) -> None:
    envoi = Envoi.objects.get(objet_type="blocage")
    assert "Cent messages par jour" in envoi.corps_texte
    assert "jeudi 12\u00a0novembre\u00a02026" in envoi.corps_texte
    assert envoi.entetes["Auto-Submitted"] == "auto-generated"


def test_a_block_ends_with_its_day_or_is_lifted(bloque: Blocage, by: Acteur, at: datetime) -> None:
    assert is_blocked("samira@EXEMPLE.fr", LE_12)
    assert not is_blocked("samira@exemple.fr", LE_12 + timedelta(days=1))
    lift(blocage=bloque, by=by, at=at)
    lift(blocage=bloque, by=by, at=at)
    assert not is_blocked("samira@exemple.fr", LE_12)
    assert Evenement.objects.filter(verbe="blocage.leve").count() == 1


def test_a_second_block_is_refused_while_one_stands_and_possible_after(
    bloque: Blocage, agent: Agent, by: Acteur, at: datetime
) -> None:
    again = {"adresse": "samira@exemple.fr", "motif": "Encore.", "is_told": False, "agent": agent, "by": by}
    with pytest.raises(DejaBloque):
        block(**again, expire_on=LE_12, at=at)
    block(**again, expire_on=LE_12 + timedelta(days=30), at=at + timedelta(days=2))
    assert Blocage.objects.count() == 2


def test_a_number_has_one_spelling(agent: Agent, by: Acteur, at: datetime) -> None:
    block(adresse="06 39 98 12 34", motif="Insultes.", expire_on=LE_12, is_told=True, agent=agent, by=by, at=at)
    assert is_blocked("+33639981234", LE_12)
    assert not Envoi.objects.filter(objet_type="blocage").exists()


def test_unflagging_sends_the_acknowledgement_that_was_withheld(
    ouvrir: Ouvrir, bloque: Blocage, agent: Agent, by: Acteur, at: datetime
) -> None:
    demande = ouvrir()
    flagged = flag_abusive(demande=demande, version=1, motif="Insultes répétées", by=by, at=at, agent=agent)
    assert flagged.is_abusive
    lift(blocage=bloque, by=by, at=at)
    unflag_abusive(demande=flagged, version=2, by=by, at=at)
    assert AccuseReception.objects.filter(demande=demande).count() == 1
    note = Message.objects.get(demande=demande, sens="interne")
    assert note.texte == "Envoi signalé comme abusif\u00a0: Insultes répétées"


def test_a_flag_has_a_motive(demande: Demande, agent: Agent, by: Acteur, at: datetime) -> None:
    with pytest.raises(MotifManquant):
        flag_abusive(demande=demande, version=1, motif="  ", by=by, at=at, agent=agent)
    assert not Demande.objects.get().is_abusive
