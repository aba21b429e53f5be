"""Whole messages in the manner of each client, read from the raw bytes: what its author wrote, and nothing else."""

import time
from pathlib import Path

import pytest

from socle.courriel import lire
from socle.courriel.reperes import TOUS

DONNEES = Path(__file__).parents[2] / "donnees" / "courriels" / "clients"
MESSAGES = sorted(DONNEES.glob("*.txt"))
USUELS = ("gmail", "outlook", "orange", "free", "sfr", "laposte", "apple-mail", "iphone", "thunderbird", "yahoo")


@pytest.mark.parametrize("fichier", MESSAGES, ids=lambda f: f.stem)
def test_only_the_new_text_is_kept(fichier: Path) -> None:
    brut, attendu = fichier.read_bytes().split(b"\n=== attendu ===\n")
    lu = lire(brut)
    assert lu.texte_utile == attendu.decode().rstrip("\n")
    assert lu.rebond is None
    assert not set(TOUS) & set(lu.texte_utile + (lu.html or ""))


@pytest.mark.parametrize("client", USUELS)
def test_each_usual_french_client_is_read_in_text_or_page(client: str) -> None:
    assert sum(f.stem.startswith(f"fr-{client}") for f in MESSAGES) >= 2


def test_a_sender_cannot_write_our_marks() -> None:
    page = "Content-Type: text/html; charset=utf-8\n\n<p>Bonjour</p><p>\ue0f0</p><p>La suite compte.</p>"
    assert "La suite compte." in lire(page.encode()).texte_utile
    texte = "Content-Type: text/plain; charset=utf-8\n\nBonjour\n\ue0f0\nLa suite compte."
    assert "La suite compte." in lire(texte.encode()).texte_utile


def test_a_long_hostile_text_is_read_in_bounded_time() -> None:
    for ligne in ("Le " * 160, "> " * 250, "De : a@b.example\n", "a <x@y.example> wrote ", "On 1 " + "x " * 240):
        texte = (ligne + "\n") * (300_000 // len(ligne))
        debut = time.process_time()
        lire(f"Subject: Re: a\nContent-Type: text/plain\n\n{texte}".encode())
        assert time.process_time() - debut < 12
