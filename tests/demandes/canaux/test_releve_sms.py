"""The SMS an operator keeps for us are collected once each; an operator that is away loses nothing."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.conf import LazySettings

from collectivites.balayage import list_pairs
from collectivites.models import Collectivite
from demandes.models import Demande, Entree
from demandes.reception.releve_sms import fetch_sms
from messagerie.chiffrement import encrypt
from messagerie.models import CompteSms
from tests.demandes.canaux.conftest import lire
from tests.messagerie.doubles import Double, double

CLEFS = {"service": "sms-1", "application_key": "AK", "application_secret": "AS", "consumer_key": "CK"}
LISTE = "/1.0/sms/sms-1/incoming"


@pytest.fixture
def ovh(ville: Collectivite, settings: LazySettings) -> Iterator[Double]:
    settings.DEMO = False
    with double() as server:
        settings.OVH_URL = f"{server.url}/1.0"
        CompteSms.objects.create(fournisseur="ovh", identifiants=encrypt(CLEFS))
        server.par_chemin = {LISTE: (200, "[8, 7]", 0)} | {
            f"{LISTE}/{n}": (200, json.dumps({"id": n, "sender": "+33639981234", "message": f"SMS {n}"}), 0)
            for n in (7, 8)
        }
        yield server


def test_each_sms_is_kept_once_and_becomes_what_it_asks(
    ville: Collectivite, ovh: Double, maintenant: datetime
) -> None:
    assert fetch_sms(collectivite_id=ville.pk, at=maintenant) == 2
    assert fetch_sms(collectivite_id=ville.pk, at=maintenant) == 0
    assert [path.partition("?")[0] for path, _, _ in ovh.recus] == [LISTE, f"{LISTE}/7", f"{LISTE}/8", LISTE]
    assert ovh.recus[0][1]["X-Ovh-Signature"].startswith("$1$")
    for entree in Entree.objects.order_by("pk"):
        lire(ville, entree.pk)
    assert Demande.objects.get().objet == "SMS 7"


@pytest.mark.parametrize("reponse", [(401, "{}", 0), (503, "<html>", 0), (200, "{}", 0), (200, "<html>", 0)])
def test_an_operator_that_refuses_loses_nothing(
    ville: Collectivite, ovh: Double, maintenant: datetime, reponse: tuple[int, str, float]
) -> None:
    kept, ovh.par_chemin[LISTE] = ovh.par_chemin[LISTE], reponse
    assert fetch_sms(collectivite_id=ville.pk, at=maintenant) == 0
    ovh.par_chemin[LISTE] = kept
    assert fetch_sms(collectivite_id=ville.pk, at=maintenant) == 2


def test_a_town_without_account_asks_nobody(ville: Collectivite, maintenant: datetime) -> None:
    assert fetch_sms(collectivite_id=ville.pk, at=maintenant) == 0


def test_the_sweeper_lists_the_towns_that_have_an_account(ville: Collectivite, ovh: Any) -> None:
    assert [town for town, _ in list_pairs("messagerie_comptes_a_relever(%s)", [10])] == [ville.pk]
