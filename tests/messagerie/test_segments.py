"""An SMS is counted as the operator counts it, in the server and in the browser, and French is written cheaply."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messagerie.segments import BASE, EXTENSION, count_segments, economise, find_dear

VECTEURS = json.loads((Path(__file__).parent / "segments.json").read_text())
COMPTEUR = Path(__file__).resolve().parents[2] / "static" / "js" / "compteur_sms.js"


def build(vector: dict[str, Any]) -> str:
    if "texte" in vector:
        return str(vector["texte"])
    sign, times = vector["repete"]
    return str(sign * times + vector.get("suite", "") + "a" * vector.get("fin", 0))


@pytest.mark.parametrize("vector", VECTEURS)
def test_the_server_counts_as_the_operator(vector: dict[str, Any]) -> None:
    count = count_segments(build(vector))
    expected = (vector["unites"], vector["place"], vector["segments"], vector["gsm"])
    assert (count.unites, count.place, count.segments, count.is_gsm) == expected


def test_the_alphabet_of_the_browser_is_ours() -> None:
    found = re.search(r'BASE = new Set\("(.*)"\);', COMPTEUR.read_text())
    assert found
    assert set(json.loads(f'"{found[1]}"')) == set(BASE)


@given(st.text(max_size=400))
def test_segments_always_hold_the_text_and_never_more_than_one_too_many(texte: str) -> None:
    count = count_segments(texte)
    assert count.unites <= count.place
    linked = 153 if count.is_gsm else 67
    assert count.segments <= count.unites // (linked - 1) + 1
    assert (count.segments == 0) == (texte == "")


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("l’hôtel de ville", "l'hotel de ville"),
        ("« Noël » à 9\u00a0h\u00a040…", '"Noel" à 9 h 40...'),
        ("Œuvre, ça, où, île", "OEuvre, ca, où, ile"),
        ("n° 12 – reçu", "no 12 - recu"),
        ("é è à ù ò É Ç", "é è à ù ò É Ç"),
        ("e\u0301te\u0301", "été"),
        ("Tél. : 01 99", "Tél. : 01 99"),
        ("À Évry", "A Évry"),
        ("😀 жара", "😀 жара"),
    ],
)
def test_french_is_written_cheaply(typed: str, sent: str) -> None:
    assert economise(typed) == sent


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzàâäçéèêëîïôöùûüÿœæÀÂÇÉÈÊËÎÏÔÙÛŒ’«»…–° \u00a0€", max_size=200))
def test_any_french_text_becomes_gsm(texte: str) -> None:
    cheap = economise(texte)
    assert count_segments(cheap).is_gsm
    assert economise(cheap) == cheap
    assert find_dear(cheap) == []


def test_the_dear_signs_are_named_once() -> None:
    assert find_dear("l’hôtel, l’île") == ["’", "ô", "î"]
    assert not set(BASE) & set(EXTENSION)
