"""Demandes by the API: filters, pages that hold still, deposits written once."""

import threading
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from collectivites.acteur import AUTOMATE
from collectivites.cloison import collectivite_active
from demandes.actions import close
from demandes.models import Demande, Message
from journal.models import Evenement
from messagerie.models import Envoi
from tests.api.conftest import Programme, Ville, ouvrir

DEPOT = {
    "objet": "Lampadaire éteint", "description": "Devant le 8, rue des Tanneurs.", "canal": "courriel",
    "mode_reponse": "courriel", "courriel": "samira@exemple.fr",
}  # fmt: skip


def fill(ville: Ville, count: int, at: datetime) -> None:
    with collectivite_active(ville.collectivite.pk):
        for rank in range(count):  # several share one instant: the id decides
            ouvrir(f"Trou {rank}", at=at - timedelta(minutes=rank // 3), usager=ville.usager, type_=ville.type)


def walk(programme: Programme, taille: int, between: object = None) -> list[str]:
    found: list[str] = []
    answer = programme.get("demandes/", taille=taille).json()
    while True:
        found += [row["objet"] for row in answer["resultats"]]
        if answer["suivant"] is None:
            return found
        if callable(between):
            between()
        answer = programme.get(answer["suivant"]).json()


def test_the_pages_hold_every_row_once_in_order(programme: Programme, ville: Ville, at: datetime) -> None:
    fill(ville, 11, at)
    rows = walk(programme, 4)
    assert len(rows) == len(set(rows)) == 12
    assert rows == walk(programme, 100)


def test_rows_that_arrive_meanwhile_shift_nothing(programme: Programme, ville: Ville, at: datetime) -> None:
    fill(ville, 8, at)
    before = walk(programme, 100)

    def arrive() -> None:
        with collectivite_active(ville.collectivite.pk):
            ouvrir(f"Neuve {uuid4()}", at=timezone.now(), usager=ville.usager, type_=ville.type)

    assert walk(programme, 3, between=arrive) == before


@pytest.mark.parametrize("curseur", ["!!", "é", "YQ", "MjAyNi0wMS0wMVQwMDowMDowMHwx"])
def test_a_cursor_made_up_is_refused(programme: Programme, curseur: str) -> None:
    answer = programme.get("demandes/", curseur=curseur)
    assert answer.status_code == 422
    assert answer.json()["erreurs"][0]["champ"] == "curseur"


def test_the_next_page_keeps_the_filters(programme: Programme, ville: Ville, at: datetime) -> None:
    fill(ville, 3, at)
    answer = programme.get("demandes/", taille=1, etat="a_traiter").json()
    assert "etat=a_traiter" in answer["suivant"]
    assert "taille=1" in answer["suivant"]


def test_the_filters_keep_what_they_say(programme: Programme, ville: Ville, at: datetime) -> None:
    fill(ville, 2, at)
    with collectivite_active(ville.collectivite.pk):
        later = timezone.now()
        changed = Demande.objects.get(pk=ville.demande.pk)
        close(demande=changed, issue="satisfaite", version=changed.version, by=AUTOMATE, at=later)

    def objets(**query: object) -> set[str]:
        return {row["objet"] for row in programme.get("demandes/", **query).json()["resultats"]}

    assert objets(etat="close") == {"Nid de poule Ici"}
    assert objets(modifie_depuis=later.isoformat()) == {"Nid de poule Ici"}
    assert objets(modifie_depuis=(at - timedelta(days=1)).isoformat()) == {"Nid de poule Ici", "Trou 0", "Trou 1"}
    assert objets(service=ville.type.service_id) == {"Nid de poule Ici", "Trou 0", "Trou 1"}
    assert objets(service=2**63 - 1) == set()


@pytest.mark.parametrize("query", [{"etat": "inconnu"}, {"service": "x"}, {"modifie_depuis": "hier"}, {"taille": 0}])
def test_a_wrong_filter_is_said(programme: Programme, query: dict[str, object]) -> None:
    answer = programme.get("demandes/", **query)
    assert answer.status_code == 422
    assert [error["champ"] for error in answer.json()["erreurs"]] == list(query)


def test_a_page_costs_the_same_for_any_number(
    programme: Programme, ville: Ville, at: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    fill(ville, 12, at)
    programme.get("demandes/")
    with django_assert_max_num_queries(16):
        programme.get("demandes/")


def test_a_deposit_opens_a_demande_as_an_agent_would(programme: Programme, ville: Ville) -> None:
    answer = programme.post(
        "demandes/", DEPOT | {"usager": ville.usager.pk, "type": ville.type.pk}, **{"Idempotency-Key": "a"}
    )
    assert answer.status_code == 201
    receipt = answer.json()
    assert answer.headers["Location"] == f"/api/v1/demandes/{receipt['numero']}/"
    read = programme.get(answer.headers["Location"].removeprefix("/api/v1/")).json()
    assert (read["objet"], read["etat"]) == ("Lampadaire éteint", "a_traiter")
    assert read["usager"] == {"id": ville.usager.pk, "nom": "Ici Dupont"}
    assert [echange["sens"] for echange in read["echanges"]] == ["entrant", "sortant"]  # the acknowledgement
    with collectivite_active(ville.collectivite.pk):
        line = Evenement.objects.get(verbe="demande.ouverte", objet_libelle=receipt["numero"])
        assert (line.acteur_nature, line.acteur_libelle) == ("automate", "Clef d'API «\u00a0Portail\u00a0»")
        assert Envoi.objects.filter(destinataire="samira@exemple.fr").count() == 1


def test_the_same_deposit_again_gives_the_same_receipt(programme: Programme, ville: Ville) -> None:
    first, again = (programme.post("demandes/", DEPOT, **{"Idempotency-Key": "abc"}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    other = programme.post("demandes/", DEPOT, **{"Idempotency-Key": "abd"})
    assert other.json()["numero"] != first.json()["numero"]


def test_the_same_key_for_another_content_is_refused(programme: Programme, ville: Ville) -> None:
    programme.post("demandes/", DEPOT, **{"Idempotency-Key": "abc"})
    answer = programme.post("demandes/", DEPOT | {"description": "Autre chose."}, **{"Idempotency-Key": "abc"})
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:guichet:probleme:idempotence-autre-contenu"
    with collectivite_active(ville.collectivite.pk):
        assert Message.objects.filter(texte="Autre chose.").count() == 0


def test_two_towns_may_draw_the_same_idempotency_key(programme: Programme, autre: Ville) -> None:
    elsewhere = Programme(programme.client, autre.secret)
    answers = [each.post("demandes/", DEPOT, **{"Idempotency-Key": "abc"}) for each in (programme, elsewhere)]
    assert [answer.status_code for answer in answers] == [201, 201]


@pytest.mark.parametrize("value", ["", "x" * 256])
def test_a_deposit_needs_an_idempotency_key(programme: Programme, value: str) -> None:
    answer = programme.post("demandes/", DEPOT, **({"Idempotency-Key": value} if value else {}))
    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:guichet:probleme:idempotence-absente"


@pytest.mark.parametrize(
    ("change", "champ"),
    [({"objet": ""}, "objet"), ({"objet": "a\x00b"}, "objet"), ({"canal": "fumee"}, "canal"),
     ({"recue_le": "2999-01-01T00:00:00Z"}, "recue_le"), ({"usager": 2**70}, "usager"),
     ({"courriel": "x"}, "courriel")],
)  # fmt: skip
def test_a_wrong_deposit_says_which_field_and_writes_nothing(
    programme: Programme, ville: Ville, change: dict[str, object], champ: str
) -> None:
    answer = programme.post("demandes/", DEPOT | change, **{"Idempotency-Key": "a"})
    assert answer.status_code == 422
    assert [error["champ"] for error in answer.json()["erreurs"]] == [champ]
    with collectivite_active(ville.collectivite.pk):
        assert Demande.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_ten_senders_of_one_deposit_open_one_demande(ville: Ville) -> None:
    gate = threading.Barrier(10)
    answers: list[tuple[int, str]] = []

    def send() -> None:
        gate.wait()
        answer = Programme(Client(), ville.secret).post("demandes/", DEPOT, **{"Idempotency-Key": "abc"})
        answers.append((answer.status_code, answer.json()["numero"]))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(status for status, _ in answers) == [200] * 9 + [201]
    assert len({numero for _, numero in answers}) == 1
