"""The new part of an answer, on hand-written messages in the manner of the clients used in France."""

from pathlib import Path

import pytest

from socle.courriel.citation import DELIMITEUR, useful_text

EXEMPLES = sorted((Path(__file__).parents[2] / "donnees" / "courriels" / "citations").glob("*.txt"))


def _example(fichier: Path) -> tuple[str, str, str]:
    corps, attendu = fichier.read_text(encoding="utf-8").split("\n=== attendu ===\n")
    genre = ""
    if corps.startswith("#"):
        genre, corps = corps.split("\n", 1)
    return genre, corps, attendu.rstrip("\n")


@pytest.mark.parametrize("fichier", EXEMPLES, ids=lambda f: f.stem)
@pytest.mark.parametrize("saut", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_only_the_new_text_is_kept(fichier: Path, saut: str) -> None:
    genre, corps, attendu = _example(fichier)
    lu = useful_text(corps.replace("\n", saut), is_reply=genre == "#reponse", is_forward=genre == "#transfert")
    assert lu == attendu


def test_the_reference_set_is_large_enough() -> None:
    assert len(EXEMPLES) >= 30


def test_our_delimiter_cuts_even_rewritten_by_the_client() -> None:
    for ligne in (
        DELIMITEUR,
        f"> {DELIMITEUR}",
        "*-- Répondez au-dessus de cette ligne --*",
        "– Répondez au-dessus de cette ligne –",
    ):
        assert useful_text(f"Oui.\n\n{ligne}\n\nVotre rendez-vous") == "Oui."


def test_a_message_is_never_swallowed_whole() -> None:
    for texte in ("> tout est cité\n> vraiment", "-- \nJeanne", DELIMITEUR + "\n> Bonjour", "Envoyé de mon iPhone"):
        assert useful_text(texte, is_reply=True)


def test_an_empty_message_stays_empty() -> None:
    assert useful_text("") == ""
    assert useful_text(" \r\n \n", is_reply=True) == ""
