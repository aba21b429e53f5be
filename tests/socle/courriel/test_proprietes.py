"""Any bytes, and any damaged message, give a reading that can be stored and printed."""

import json

from hypothesis import example, given, settings
from hypothesis import strategies as st

from socle.courriel import lire
from tests.socle.courriel.messages import ENTETES, multipart, rapport, texte

ENTIERS = [
    multipart(
        texte("Bonjour, à 10 h\n-- \nJeanne"),
        b"Content-Type: text/html\r\n\r\n<p>Bonjour</p>",
        sous_type="alternative",
    ),
    multipart(texte("Voir"), b"Content-Type: message/rfc822\r\n\r\nSubject: a\r\n\r\ncorps"),
    rapport("a@x.example", "5.1.1", "550 5.1.1 User unknown"),
    ENTETES + b"Subject: =?utf-8?B?w4k=?=\r\nContent-Transfer-Encoding: base64\r\n\r\nQm9uam91cg==",
]
FRAGMENTS = st.sampled_from(
    [
        b"\r\n",
        b"\n",
        b"--=_f1",
        b"--",
        b"\0",
        b"\xff",
        b"=?utf-8?Q?",
        b"?=",
        b";",
        b'"',
        b"<",
        b">",
        b"begin 644 a\n",
        b"=",
        b"(",
    ]
) | st.binary(max_size=20)


def _check(brut: bytes) -> None:
    lu = json.dumps(lire(brut).as_dict(), ensure_ascii=False)
    lu.encode("utf-8")  # no lone surrogate
    assert "\\u0000" not in lu


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=2_000))
@example(b"Content-Type: multipart/mixed; boundary=\n\n--\n--\n")
@example(b"From: =?utf-16?B?ANg=?= <a@b>\n\n")
def test_any_bytes_are_read(brut: bytes) -> None:
    _check(brut)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(ENTIERS), st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 30), FRAGMENTS), max_size=6))
def test_any_damaged_message_is_read(entier: bytes, blessures: list[tuple[int, int, bytes]]) -> None:
    for position, longueur, fragment in blessures:
        entier = entier[:position] + fragment + entier[position + longueur :]
    _check(entier)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["Subject", "From", "To", "Date", "Content-Type", "References", "Content-Disposition"]),
    st.binary(max_size=300),
)
def test_any_field_value_is_read(champ: str, valeur: bytes) -> None:
    _check(champ.encode() + b": " + valeur.replace(b"\n", b"\n ") + b"\r\n\r\ncorps")
