"""Hostile messages cost little, lose nothing and break nothing."""

import base64
import json
import time

import pytest

from socle.courriel import Courriel, lire
from tests.socle.courriel.messages import ENTETES

PLAFOND = 12  # seconds of CPU, on a machine that does ten other things: what is quadratic takes minutes
HOSTILES = {
    "vide": b"",
    "un octet": b"\xff",
    "fins de ligne": b"\r\n" * 1_000,
    "nul": ENTETES + b"\r\n" + b"\0" * 200_000,
    "en-tête d'un mégaoctet": b"Subject: " + b"a" * 1_000_000 + b"\r\n\r\nx",
    "mots codés ouverts": b"Subject: " + b"=?a?q?" * 50_000 + b"\r\n\r\nx",
    "cent mille en-têtes": b"X: y\r\n" * 100_000 + b"\r\nx",
    "paramètres": b"Content-Type: multipart/mixed" + b';a="' * 100_000 + b"\r\n\r\nx",
    "références": b"References: " + b"<" * 500_000 + b"\r\n\r\nx",
    "parties": ENTETES + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 50_000,
    "frontière d'un tiret": ENTETES + b"Content-Type: multipart/mixed; boundary=-\r\n\r\n" + b"---x\n" * 100_000,
    "chevrons": ENTETES + b"Subject: Re: x\r\n\r\n" + b">" * 500_000,
    "attributions": ENTETES + b"\r\n" + b"Le 12 a\n" * 30_000,
    "étiquettes": ENTETES + b"\r\n" + b"De : a\n" * 20_000,
    "signatures": ENTETES + b"\r\n" + b"x\n--\n" * 30_000,
    "rebond arobases": b"From: MAILER-DAEMON@x\nSubject: Undelivered\n\n" + b"a@" * 30_000,
    "rebond lignes": b"From: MAILER-DAEMON@x\nSubject: Undelivered\n\n" + b"550 5.1.1 user aaaa\n" * 3_000,
    "rebond mots": b"From: MAILER-DAEMON@x\nSubject: Undelivered\n\n" + b"user mailbox recipient " * 2_600,
    "uuencode": ENTETES + b"\r\n" + b"begin 644 a\n`\nend\n" * 10_000,
    "base64": ENTETES + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"aaa=" * 100_000,
    "quoted-printable": ENTETES + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=" * 500_000,
    "page": ENTETES + b"Content-Type: text/html\r\n\r\n" + b"<b><a href=x>" * 50_000,
}


@pytest.mark.parametrize("nom", HOSTILES)
def test_a_message_made_to_harm_is_read_in_bounded_time(nom: str) -> None:
    depart = time.process_time()
    lu = lire(HOSTILES[nom])
    json.dumps(lu.as_dict())
    assert time.process_time() - depart < PLAFOND
    assert isinstance(lu, Courriel)


def test_a_thousand_nested_levels_are_kept_as_one_attachment() -> None:
    corps = ENTETES
    for i in range(1_000):
        corps += f'Content-Type: multipart/mixed; boundary="b{i}"\r\n\r\n--b{i}\r\n'.encode()
    lu = lire(corps + b"Content-Type: text/plain\r\n\r\nau fond")
    assert b"au fond" in lu.pieces[-1].contenu


def test_parts_beyond_the_limit_are_not_lost() -> None:
    corps = ENTETES + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 3_000
    assert lire(corps + b"--b\r\n\r\ndernier mot\r\n--b--").texte.endswith("dernier mot\r\n--b--")


def test_a_huge_text_is_cut_for_reading_and_kept_whole_beside() -> None:
    corps = "Été à Valmont\n".encode() * 500_000
    lu = lire(ENTETES + b"\r\n" + corps)
    assert len(lu.texte) <= 5_000_000
    assert lu.pieces[0].octets == len(corps)


@pytest.mark.lent
def test_a_sixty_megabyte_attachment_is_read_whole() -> None:
    contenu = bytes(range(256)) * 180_000
    brut = (
        ENTETES + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nbonjour\r\n--b\r\n"
        b"Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(contenu)
        + b"\r\n--b--\r\n"
    )
    depart = time.process_time()
    lu = lire(brut)
    assert lu.pieces[0].contenu == contenu
    assert time.process_time() - depart < 5


def test_an_ordinary_message_takes_less_than_five_milliseconds() -> None:
    corps = "Bonjour,\r\n\r\nLe lampadaire de la rue des Lilas est en panne.\r\n\r\n> cité\r\n" * 20
    page = f"Content-Type: text/html; charset=utf-8\r\n\r\n<p>{corps}</p>\r\n--b--".encode()
    brut = (
        ENTETES
        + b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\n"
        + corps.encode()
        + b"\r\n--b\r\n"
        + page
    )
    lire(brut)
    depart = time.process_time()
    for _ in range(20):
        lire(brut)
    assert (time.process_time() - depart) / 20 < 0.005
