"""Free slots by the API: shape, local hours, limits, the number of reads."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from collectivites.cloison import collectivite_active
from collectivites.models import CleApi, Lieu, Service
from config.api import build_schema
from rendezvous.models import Motif, Ressource
from tests.api.conftest import Programme, Ville
from tests.rendezvous.monde import make_agent, make_lieu, make_motif, make_plage, make_ressource

PAS_DES_LECTURES = ("SET LOCAL", "SAVEPOINT", "RELEASE")


@dataclass
class Bureau:
    """A counter of « Ici » open from 9 to 10, a Monday at least ten days ahead."""

    motif: Motif
    lieu: Lieu
    ressource: Ressource
    jour: date
    social: Motif


@pytest.fixture
def bureau(ville: Ville) -> Bureau:
    day = timezone.localdate() + timedelta(days=10)
    day += timedelta(days=(7 - day.weekday()) % 7)
    with collectivite_active(ville.collectivite.pk):
        service = Service.objects.create(nom="État civil", domaine="etat_civil", telephone="0199001234")
        lieu, motif = make_lieu(fuseau="Indian/Reunion"), make_motif(service, durees=(20, 35))
        social = make_motif(Service.objects.get(nom="CCAS Ici"), "Aide")
        ressource = make_ressource(make_agent(ville.collectivite, "Claire Moreau", service))
        make_plage(ressource, lieu, motif, social, jours=(day,), blocs=((540, 600),), is_ferie_travaille=True)
    return Bureau(motif, lieu, ressource, day, social)


def ask(programme: Programme, bureau: Bureau, **query: Any) -> Any:
    day = bureau.jour.isoformat()
    return programme.get("creneaux/", **({"motif": bureau.motif.pk, "du": day, "au": day} | query))


def test_slots_are_told_on_the_clock_of_the_lieu(programme: Programme, bureau: Bureau) -> None:
    answer = ask(programme, bureau)
    assert answer.status_code == 200
    day = bureau.jour.isoformat()
    assert [row["debut"] for row in answer.json()["resultats"]] == [
        f"{day}T09:{minute}:00+04:00" for minute in ("00", "20", "40")
    ]
    first = answer.json()["resultats"][0]
    assert (first["fin"], first["lieu"], first["places"]) == (f"{day}T09:20:00+04:00", bureau.lieu.pk, 1)
    assert len(ask(programme, bureau, personnes=2).json()["resultats"]) == 1
    assert ask(programme, bureau, lieu=[bureau.lieu.pk, 12345]).json() == answer.json()
    assert ask(programme, bureau, lieu=12345).json()["resultats"] == []
    schemas = build_schema()["components"]["schemas"]
    assert set(answer.json()) == set(schemas["Creneaux"]["properties"])
    assert set(first) == set(schemas["Creneau"]["properties"])


@pytest.mark.parametrize(
    ("query", "champ"),
    [
        ({"motif": ""}, "motif"), ({"motif": "x"}, "motif"), ({"du": "hier"}, "du"), ({"personnes": 0}, "personnes"),
        ({"personnes": 3}, "personnes"), ({"au": "2020-01-01"}, "au"), ({"au": "2999-01-01"}, "au"),
        ({"lieu": "ici"}, "lieu.0"), ({"personnes": "9" * 30}, "personnes"),
    ],
)  # fmt: skip
def test_bad_questions_are_problems(programme: Programme, bureau: Bureau, query: dict[str, Any], champ: str) -> None:
    answer = ask(programme, bureau, **query)
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert [error["champ"].split(".")[0] for error in answer.json()["erreurs"]] == [champ.split(".", maxsplit=1)[0]]


def test_nine_agents_are_read_like_one(
    programme: Programme, bureau: Bureau, ville: Ville, django_assert_max_num_queries: Any
) -> None:
    with collectivite_active(ville.collectivite.pk):
        for rank in range(8):
            who = make_ressource(make_agent(ville.collectivite, f"Agent N{rank}", bureau.motif.service))
            make_plage(who, bureau.lieu, bureau.motif, jours=(bureau.jour,), is_ferie_travaille=True)
    ask(programme, bureau)  # the key notes its use once in ten minutes
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = ask(programme, bureau)
    reads = [each["sql"] for each in asked if not each["sql"].startswith(PAS_DES_LECTURES)]
    assert len(reads) <= 8, "\n".join(reads)
    assert len(answer.json()["resultats"]) == 9  # one by hour, whoever receives


def test_what_is_not_open_to_all_does_not_exist(
    programme: Programme, bureau: Bureau, ville: Ville, autre: Ville,
    donner_clef: Callable[..., tuple[CleApi, str]],
) -> None:  # fmt: skip
    assert [row["libelle"] for row in programme.get("motifs/").json()["resultats"]] == ["Carte d'identité"]
    assert ask(programme, bureau, motif=bureau.social.pk).status_code == 404  # a sealed service
    assert ask(Programme(programme.client, autre.secret), bureau).status_code == 404
    with collectivite_active(ville.collectivite.pk):
        _, programme.secret = donner_clef(domaines=["social"])
        assert len(ask(programme, bureau, motif=bureau.social.pk).json()["resultats"]) == 3
        Motif.objects.update(reservable_par="agents")
    assert ask(programme, bureau).status_code == 404


def test_a_motif_by_address_asks_for_it(programme: Programme, bureau: Bureau, ville: Ville) -> None:
    with collectivite_active(ville.collectivite.pk):
        Motif.objects.filter(pk=bureau.motif.pk).update(is_sectorise=True)
    assert ask(programme, bureau).json()["erreurs"][0]["champ"] == "adresse"
    assert ask(programme, bureau, adresse="8 rue de nulle part").json()["erreurs"][0]["champ"] == "adresse"
