"""`manage.py calculer_echeance`: the contract of ARCHITECTURE §9, and the sentences for a bad case."""

import io
import json
from typing import Any

import pytest
from django.core.management import call_command

MAIRIE = {
    "fuseau": "Europe/Paris",
    "plages": {jour: [["08:30", "12:00"], ["13:30", "17:30"]] for jour in ("lun", "mar", "mer", "jeu", "ven")},
    "fermetures": [],
    "feries": "metropole",
}
PIECES = {"debut": "2026-11-16T10:00:00+01:00", "fin": "2026-11-30T09:00:00+01:00", "nature": "pieces"}


class Entree:
    """A standard input that holds bytes."""

    def __init__(self, raw: bytes) -> None:
        self.buffer = io.BytesIO(raw)


def run(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> tuple[dict[str, Any], int, str]:
    out, err = io.StringIO(), io.StringIO()
    monkeypatch.setattr("sys.stdin", Entree(raw))
    code = 0
    try:
        call_command("calculer_echeance", stdout=out, stderr=err)
    except SystemExit as stop:
        code = int(stop.code or 0)
    return json.loads(out.getvalue().splitlines()[-1]), code, err.getvalue()


def case(**fields: Any) -> bytes:
    base = {"regime": "engagement", "debut": "2026-11-10T16:30:00+01:00", "duree": {"minutes_ouvrees": 480},
            "calendrier": MAIRIE, "suspensions": []}  # fmt: skip
    return json.dumps(base | fields).encode()


@pytest.mark.parametrize(
    ("fields", "attendu"),
    [
        ({}, "2026-11-12T17:00:00+01:00"),
        ({"duree": {"jours_ouvres": 1}}, "2026-11-12T17:30:00+01:00"),
        ({"duree": {"semaines": 1}}, "2026-11-17T23:59:59+01:00"),
        ({"regime": "AEE", "duree": {"jours_ouvres": 1}}, "2026-11-12T23:59:59+01:00"),
        ({"regime": "ARE", "debut": "2027-03-19T10:00:00+01:00", "duree": {"jours_ouvres": 10}},
         "2027-04-05T23:59:59+02:00"),
        ({"regime": "ARE", "debut": "2027-03-19T10:00:00+01:00", "duree": {"jours_ouvres": 10},
          "calendrier": MAIRIE | {"feries": "Alsace-Moselle"}}, "2027-04-06T23:59:59+02:00"),
        ({"regime": "SVR", "debut": "2026-11-02", "duree": {"mois": 2}, "suspensions": [PIECES]},
         "2027-01-16T23:59:59+01:00"),
        ({"regime": "SVA", "debut": "2026-11-02", "duree": {"mois": 2}, "suspensions": [PIECES]},
         "2027-01-30T23:59:59+01:00"),
        ({"regime": "sva", "debut": "2026-11-02", "duree": {"mois": 2},
          "suspensions": [{"debut": "2026-11-16", "fin": None, "nature": "incomplet"}]}, None),
        ({"regime": "SVR", "debut": "2026-11-02", "duree": {"mois": 2},
          "suspensions": [{"debut": "2026-11-16", "nature": "incomplet", "jours": 30}]}, "2027-02-01T23:59:59+01:00"),
        ({"regime": "SVR", "debut": "2026-11-02", "duree": None, "suspensions": [PIECES | {"nature": "tiers"}]},
         "2027-01-02T23:59:59+01:00"),
        ({"regime": "SVA", "debut": "2026-10-05", "debut_competente": "2026-10-12", "duree": {"mois": 2}},
         "2026-12-12T23:59:59+01:00"),
        ({"regime": "SVR", "debut": "2026-11-21T20:30:00Z", "duree": {"mois": 1},
          "calendrier": {"fuseau": "Indian/Reunion", "plages": {}, "fermetures": [], "feries": "la-reunion"}},
         "2026-12-22T23:59:59+04:00"),
    ],
)  # fmt: skip
def test_the_contract(monkeypatch: pytest.MonkeyPatch, fields: dict[str, Any], attendu: str | None) -> None:
    answer, code, _ = run(monkeypatch, case(**fields))
    assert (answer["echeance"], code) == (attendu, 0)
    assert len(answer["explication"]) >= 3


def test_closures_of_the_town_never_move_the_law(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = MAIRIE | {"fermetures": ["2026-11-12"]}
    legal, _, _ = run(monkeypatch, case(regime="AEE", duree={"jours_ouvres": 1}, calendrier=closed))
    promise, _, _ = run(monkeypatch, case(duree={"jours_ouvres": 1}, calendrier=closed))
    assert (legal["echeance"][:10], promise["echeance"][:10]) == ("2026-11-12", "2026-11-13")


@pytest.mark.parametrize(
    ("raw", "mots"),
    [
        (b"", "JSON"),
        (b"\xff\xfe{", "UTF-8"),
        (b"[" * 100_000, "JSON"),
        (b"[]", "objet JSON"),
        (case(regime="SLA"), "Régime inconnu"),
        (case(debut="hier"), "debut"),
        (case(debut="0001-01-01"), "hors de portée"),
        (case(duree={"minutes_ouvrees": 0}), "nombre entier"),
        (case(duree={"mois": 1, "jours": 2}), "une seule unité"),
        (case(duree={"lunes": 2}), "une seule unité"),
        (case(duree={"jours": 10**12}), "nombre entier"),
        (case(regime="SVA"), "minutes ouvrées"),
        (case(calendrier=None), "calendrier"),
        (case(calendrier=MAIRIE | {"fuseau": "Europe/Aurelle"}), "Fuseau horaire inconnu"),
        (case(calendrier=MAIRIE | {"fuseau": "../../etc/passwd"}), "Fuseau horaire inconnu"),
        (case(calendrier=MAIRIE | {"feries": "Bretagne"}), "Zone de jours fériés inconnue"),
        (case(calendrier=MAIRIE | {"plages": {"lun": [["12:00", "08:30"]]}}), "après l'ouverture"),
        (case(calendrier=MAIRIE | {"plages": {"lun": [["08:00", "12:00"], ["11:00", "17:00"]]}}), "chevauchent"),
        (case(calendrier=MAIRIE | {"plages": {"lun": [["08:00", "25:00"]]}}), "Heure illisible"),
        (case(calendrier=MAIRIE | {"plages": {"demain": []}}), "Jour inconnu"),
        (case(calendrier=MAIRIE | {"plages": {}}), "aucune minute"),
        (case(calendrier=MAIRIE | {"fermetures": ["Noël"]}), "date ISO"),
        (case(suspensions=[{"debut": "2026-11-16", "fin": "2026-11-15", "nature": "usager"}]), "finir avant"),
        (case(suspensions=[{"debut": "2026-11-16", "nature": "humeur"}]), "Nature"),
        (case(suspensions={}), "liste"),
    ],
)
def test_a_bad_case_gets_its_sentence(monkeypatch: pytest.MonkeyPatch, raw: bytes, mots: str) -> None:
    answer, code, err = run(monkeypatch, raw)
    assert mots in answer["erreur"]
    assert err.strip() == answer["erreur"]
    assert code == 2
