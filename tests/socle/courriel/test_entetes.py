"""Header block, encoded words, parameters, dates."""

from datetime import UTC, datetime, timedelta

import pytest

from socle.courriel.entetes import decode_words, parse_date, parse_parameters, split_headers


@pytest.mark.parametrize(
    ("ecrit", "lu"),
    [
        ("Bonjour", "Bonjour"),
        ("=?utf-8?Q?D=C3=A9p=C3=B4t_de_dossier?=", "Dépôt de dossier"),
        ("=?iso-8859-1?Q?=80_et_=9C?=", "€ et œ"),
        ("=?utf-8?B?w4k=?= =?utf-8?B?dGF0?=", "État"),
        ("=?utf-8?B?w4?= =?utf-8?B?k=?=tat", "État"),  # one character cut between two words
        ("=?utf-8?Q?=C3?= =?utf-8?Q?=89tat?=", "État"),
        ("=?UTF-8?Q? avec des espaces nus=21?=", " avec des espaces nus!"),
        ("Re: =?utf-8?q?=C3=A9cole?= et =?utf-8?q?mairie?=", "Re: école et mairie"),
        ("=?utf-8*fr?Q?=C3=A9t=C3=A9?=", "été"),
        ("=?utf-8?B?w6k", "é"),  # never closed
        ("=?inconnu?Q?=E9t=E9?=", "été"),
        ("=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
        ("2 =? 3", "2 =? 3"),
    ],
)
def test_encoded_words_are_read_even_broken(ecrit: str, lu: str) -> None:
    assert decode_words(ecrit) == lu


def test_raw_eight_bit_headers_keep_their_accents() -> None:
    for jeu in ("utf-8", "cp1252"):
        entetes, _ = split_headers("Subject: Éclairage de l’école\r\n\r\n".encode(jeu), 0, 99)
        assert entetes.readable("subject") == "Éclairage de l’école"


def test_folded_and_repeated_fields_are_read() -> None:
    brut = b"From x@y Thu May 3\nSubject: a\n b\n\tc\nReceived: 1\nReceived: 2\n\ncorps"
    entetes, debut = split_headers(brut, 0, len(brut))
    assert entetes.text("subject") == "a b c"
    assert [v for n, v in entetes.champs if n == "received"] == [b"1", b"2"]
    assert brut[debut:] == b"corps"


def test_a_text_without_header_is_all_body() -> None:
    brut = b"Bonjour la mairie\n\nmerci"
    entetes, debut = split_headers(brut, 0, len(brut))
    assert not entetes.champs
    assert brut[debut:] == brut


def test_a_broken_line_between_two_fields_is_skipped_but_text_is_not_swallowed() -> None:
    brut = b"Subject: a\npas un champ\nFrom: x@y\n\ncorps"
    entetes, debut = split_headers(brut, 0, len(brut))
    assert entetes.text("from") == "x@y"
    brut = b"Subject: a\nBonjour, sans ligne vide\nmerci\n"
    _, debut = split_headers(brut, 0, len(brut))
    assert brut[debut:].startswith(b"Bonjour")


@pytest.mark.parametrize(
    ("valeur", "nom", "attendu"),
    [
        ('application/pdf; name="arrêté n° 12.pdf"', "name", "arrêté n° 12.pdf"),
        ("application/pdf; name=mon fichier.pdf", "name", "mon fichier.pdf"),
        ("x/y; name*=utf-8''%C3%A9tat%20civil.pdf", "name", "état civil.pdf"),
        ("x/y; name*0*=iso-8859-1''%E9t; name*1*=%E9.pdf", "name", "été.pdf"),
        ('x/y; name*0="long"; name*1=".pdf"', "name", "long.pdf"),
        ("x/y; name*1=b; name*0=a", "name", "ab"),
        ('x/y; name="=?utf-8?Q?=C3=A9t=C3=A9.pdf?="', "name", "été.pdf"),
        ('x/y; name="jamais fermé', "name", "jamais fermé"),
        ('x/y; name="a\\"b"', "name", 'a"b'),
        ("multipart/mixed; boundary=--abc_1;charset=x", "boundary", "--abc_1"),
    ],
)
def test_parameters_are_read_in_every_fashion(valeur: str, nom: str, attendu: str) -> None:
    assert parse_parameters(valeur)[1][nom] == attendu


def test_dates_are_facts_or_nothing() -> None:
    assert parse_date("Tue, 12 Mar 2024 10:21:44 +0100") == datetime(2024, 3, 12, 9, 21, 44, tzinfo=UTC)
    assert parse_date("Thu, 01 Jan 1970 00:00:00 +0000") == datetime(1970, 1, 1, tzinfo=UTC)
    lointaine = parse_date("31 Dec 2099 23:59:59 -0000")
    assert lointaine
    assert lointaine.utcoffset() == timedelta(0)
    for illisible in ("", "hier", "32 Mar 2024 10:00:00 +0100", "12 Mar 2024 10:00:00 +9999", "0 0 0 0", "1" * 9000):
        assert parse_date(illisible) is None
