"""Hostile mails, always the same ones: what breaks parsers, databases and screens, and mutations of honest mails."""

import base64
import random
from collections.abc import Iterator

from tests.demandes.reception.conftest import ecrire_courriel

DEBUT = b"From: x@exemple.fr\r\nMessage-ID: <h%d@exemple.fr>\r\n"
GRAINE = 20_261_124


def written_by_hand() -> Iterator[bytes]:
    """One trap each."""
    corps = b"Bonjour"
    champs = [
        b"Subject: \x00\x01\x02 nul", b"Subject: " + b"A" * 100_000, b"Subject: =?utf-8?B?####?=",
        b"Subject: =?inconnu?Q?=E9?=", b"Subject: \xff\xfe", "Subject: \u202egpj.exe".encode(), b"Subject:",
        b"Subject: <script>alert(1)</script>", b"Subject: %s %n {{ 7*7 }} ${jndi:ldap://x}", b"Date: demain",
        b"Date: Thu, 99 Foo 9999 99:99:99 +9999", b"Content-Type: text/plain; charset=\"utf-8\x00\"",
        b"Content-Type: text/plain; charset=utf-7", b"Content-Type: /", b"Content-Type: multipart/mixed",
        b"Content-Type: multipart/mixed; boundary=\"\"", b"Content-Type: multipart/mixed; boundary=x",
        b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: inconnu",
        b"References: " + b"<a@b> " * 5000,
        b"In-Reply-To: <" + b"x" * 5000 + b"@y>", b"In-Reply-To: [DEM-2026-0001-000000000000]",
        b"Subject: [DEM-2026-0001-000000000000]", b"To: " + b"a@b.fr, " * 5000, b"Cc: " + b"(" * 5000,
        b"X-Long: " + b"y" * 500_000, b"MIME-Version: ", b"Reply-To: x@exemple.fr\r\n\tBcc: y@exemple.fr",
        b"Content-Type: message/rfc822", b"Content-Type: text/html", b"Content-Type: message/delivery-status",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b",
    ]  # fmt: skip
    for rang, champ in enumerate(champs):
        yield DEBUT % rang + champ + b"\r\n\r\n" + corps
    des = [
        b"", b"\x00@exemple.fr", b"@", b"<>", b"a@", b"@b", "é@exemple.fr".encode(), b"a@b@c",
        b"x" * 400 + b"@exemple.fr",
        b"\"a\r\n b\" <a@exemple.fr>", b"=?utf-8?q?a=40b?= <c@exemple.fr>", b"a@exemple.fr, b@exemple.fr",
        b"undisclosed:;",
        b"a@[127.0.0.1]", b"'; DROP TABLE demandes_demande; --@exemple.fr", b"a\x00b@exemple.fr", b"a@localhost",
        "=?utf-8?q?\ud83d?= <d@exemple.fr>".encode("utf-8", "surrogatepass"),
        ("\U0001f600" * 300 + " <e@exemple.fr>").encode(),
    ]  # fmt: skip
    for rang, de in enumerate(des):
        yield b"From: " + de + b"\r\nMessage-ID: <de%d@x>\r\nSubject: de\r\n\r\nBonjour" % rang
    yield from (b"", b"\r\n", b"\x00" * 1000, b"\xff" * 1000, b"PK\x03\x04" + b"z" * 500, b"GET / HTTP/1.1\r\n\r\n")
    yield DEBUT % 900 + b"Subject: profond\r\n" + _nested(300)
    yield DEBUT % 901 + b"Subject: nul\r\n\r\n" + b"a\x00b" * 1000
    yield DEBUT % 902 + b"Subject: surrogates\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\xed\xa0\x80"
    yield DEBUT % 903 + b"Subject: html\r\nContent-Type: text/html\r\n\r\n" + b"<div>" * 20_000
    yield DEBUT % 904 + b"Subject: texte\r\n\r\n" + b"mot unique " * 200_000
    yield DEBUT % 905 + b"Subject: mots\r\n\r\n" + b" ".join(b"m%d" % each for each in range(150_000))
    yield DEBUT % 906 + b"Subject: jeton\r\n\r\n" + b"x" * 3_000_000
    yield _attached(b"../../../etc/passwd")
    yield _attached(b"a" * 5000 + b".pdf")
    yield _attached(b"\xe2\x80\xaegpj.exe")
    yield _attached(b"")


def _nested(profondeur: int) -> bytes:
    ouverts = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(profondeur)
    )
    return ouverts + b"Content-Type: text/plain\r\n\r\nau fond"


def _attached(nom: bytes) -> bytes:
    tete = DEBUT % (1000 + len(nom)) + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n'
    piece = b'Content-Disposition: attachment; filename="' + nom + b'"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    return tete + piece + base64.b64encode(b"contenu") + b"\r\n--b--\r\n"


def mutated(combien: int) -> Iterator[bytes]:
    """Honest mails with bytes flipped, cut, doubled, or spliced into one another."""
    hasard = random.Random(GRAINE)  # noqa: S311 reproducible, not secret
    pieces = [("plan.pdf", "application/pdf", b"%PDF-1.7 " + bytes(range(256)))]
    honnetes = [
        ecrire_courriel(message_id="<m1@exemple.fr>"), ecrire_courriel(message_id="<m2@exemple.fr>", pieces=pieces),
        ecrire_courriel(message_id="<m3@exemple.fr>", objet="Événement à l'école", entetes={"References": "<a@b>"}),
    ]  # fmt: skip
    for rang in range(combien):
        brut = bytearray(hasard.choice(honnetes))
        for _ in range(hasard.randint(1, 30)):
            _damage(brut, hasard)
        # One sender each: what is tested is the reading, not the limit of messages an hour.
        yield b"Sender: h%d@exemple.fr\r\n" % rang + bytes(brut).replace(b"samira.benamar@", b"h%d@" % rang)


def _damage(brut: bytearray, hasard: random.Random) -> None:
    ou = hasard.randrange(max(1, len(brut)))
    geste = hasard.randrange(4)
    if geste == 0 and brut:
        brut[ou : ou + 1] = bytes([hasard.randrange(256)])
    elif geste == 1:
        del brut[ou : ou + hasard.randint(1, 60)]
    elif geste == 2:
        brut[ou:ou] = hasard.randbytes(hasard.randint(1, 20))
    else:
        brut[ou:ou] = brut[ou : ou + hasard.randint(1, 80)]
