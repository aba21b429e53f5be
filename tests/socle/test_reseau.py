"""Addresses that users give never lead inside, never hold us, never flood us."""

import ipaddress
import socket
import time
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from socle import reseau
from socle.reseau import AdresseRefusee, ReponseTropLourde, SansReponse, call, check_url, is_public, resolve
from tests.socle.serveur_brut import drip, say, serve

PUBLIQUE = "93.184.215.14"
OK = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture
def boucle(settings: Settings) -> None:
    """The loopback is open, as an operator would open the network of an agenda server."""
    settings.RESEAU_INTERNE_AUTORISE = "127.0.0.0/8"


@pytest.mark.parametrize(
    "adresse",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.31.0.1", "192.168.1.1", "100.64.0.1",  # noqa: S104
        "169.254.169.254", "168.63.129.16", "192.0.0.192", "198.18.0.1", "224.0.0.1", "255.255.255.255",
        "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1",
        "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
        "2001:0:7f00:1::",
    ],
)  # fmt: skip
def test_an_inner_address_is_never_public(adresse: str) -> None:
    assert not is_public(ipaddress.ip_address(adresse))


@pytest.mark.parametrize(
    "adresse", [PUBLIQUE, "2a01:cb00::1", "2606:4700::1", "::ffff:93.184.215.14", "64:ff9b::808:808"]
)
def test_an_address_of_the_internet_is_public(adresse: str) -> None:
    assert is_public(ipaddress.ip_address(adresse))


@pytest.mark.parametrize(
    ("url", "phrase"),
    [
        ("http://exemple.fr/a.ics", "commencer par https"),
        ("ftp://exemple.fr/a.ics", "commence par https"),
        ("file:///etc/passwd", "commence par https"),
        ("https://", "commence par https"),
        ("https://moi:secret@exemple.fr/", "ni identifiant ni mot de passe"),
        ("https://exemple.fr/a\r\nX: y", "commence par https"),
        ("https://exemple.fr:99999/", "mal écrite"),
        ("https://127.0.0.1/", "réseau interne"),
        ("https://[::ffff:10.0.0.1]/", "réseau interne"),
        ("https://exemple.fr/" + "a" * 500, "commence par https"),
    ],
)
def test_a_bad_address_is_told_while_it_is_typed(url: str, phrase: str) -> None:
    with pytest.raises(AdresseRefusee, match=phrase):
        check_url(url)


def test_an_address_is_made_ready_for_the_wire() -> None:
    cible = check_url("https://Écoles.exemple.fr/agenda é.ics?a=b c".replace(" ", "%20"))
    assert (cible.hote, cible.port) == ("xn--coles-9ra.exemple.fr", 443)
    assert cible.chemin == "/agenda%20%C3%A9.ics?a=b%20c"


def test_a_name_that_leads_inside_is_refused() -> None:
    for url in ("https://localhost/", "https://0x7f.1/", "https://2130706433/"):  # spellings of 127.0.0.1
        with pytest.raises((AdresseRefusee, SansReponse)):
            resolve(check_url(url))
    with pytest.raises(AdresseRefusee, match="réseau interne"):
        resolve(check_url("https://localhost/"))


def answer_dns(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> None:
    """Each resolution of a name gives the next of these answers."""
    left = iter(answers)

    def getaddrinfo(_host: str, port: int, **_: Any) -> list[Any]:
        return [(2, 1, 6, "", (address, port)) for address in next(left)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def test_one_inner_address_among_others_refuses_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    answer_dns(monkeypatch, [PUBLIQUE, "10.0.0.1"])
    with pytest.raises(AdresseRefusee, match="réseau interne"):
        call("GET", "https://exemple.fr/", octets_max=10)


def test_a_name_that_changes_between_check_and_call_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: the second answer would be our own machine. It is never asked for."""
    answer_dns(monkeypatch, [PUBLIQUE], ["127.0.0.1"])
    opened: list[Any] = []

    def create_connection(address: Any, timeout: float) -> socket.socket:
        opened.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(reseau.socket, "create_connection", create_connection)
    with pytest.raises(SansReponse, match="refuse la connexion"):
        call("GET", "https://exemple.fr/", octets_max=10)
    assert opened == [(PUBLIQUE, 443)]


def test_the_loopback_is_closed_unless_the_operator_opens_it(settings: Settings) -> None:
    with serve(say(OK + b"Content-Length: 2\r\n\r\nok")) as (url, received):
        for value in ("", "non", "10.0.0.0/8"):
            settings.RESEAU_INTERNE_AUTORISE = value
            with pytest.raises(AdresseRefusee):
                call("GET", url, octets_max=10)
        assert received == []
        settings.RESEAU_INTERNE_AUTORISE = "10.0.0.0/8, 127.0.0.0/8"
        assert call("GET", url, octets_max=10).corps == b"ok"


def test_what_is_sent_is_what_was_asked(boucle: None) -> None:
    with serve(say(OK + b'ETag: "a"\r\nContent-Length: 2\r\n\r\nok')) as (url, received):
        answer = call("REPORT", f"{url}/d?x=1", corps=b"<q/>", entetes={"Depth": "1"}, octets_max=2)
    assert (answer.statut, answer.entetes["etag"], answer.corps) == (200, '"a"', b"ok")
    assert received[0].startswith(b"REPORT /d?x=1 HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"\r\nDepth: 1\r\n" in received[0]
    assert received[0].endswith(b"<q/>")


@pytest.mark.parametrize("head", [b"", OK + b"X-Long: ", OK + b"Content-Length: 100000\r\n\r\n"])
def test_a_byte_at_a_time_holds_nobody(boucle: None, head: bytes) -> None:
    """Slowloris, in the status line, the headers or the body: one deadline for the whole exchange."""
    started = time.monotonic()
    with serve(drip(head, pause=0.02)) as (url, _), pytest.raises(SansReponse, match="à temps"):
        call("GET", url, octets_max=1_000_000, secondes=0.4)
    assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    ("answer", "raises", "phrase"),
    [
        (OK + b"Content-Length: 11\r\n\r\n" + b"x" * 11, ReponseTropLourde, "trop lourde"),
        (OK + b"\r\n" + b"x" * 5000, ReponseTropLourde, "trop lourde"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"5\r\nxxxxx\r\n" * 9, ReponseTropLourde, "trop lourde"),
        (OK + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", ReponseTropLourde, "compressée"),
        (OK + b"Content-Length: 9\r\n\r\nabc", SansReponse, "pas lisible"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab", SansReponse, "pas lisible"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", SansReponse, "pas lisible"),
        (b"", SansReponse, "pas lisible|ne répond pas"),
    ],
)
def test_an_answer_out_of_bounds_is_an_error(boucle: None, answer: bytes, raises: type, phrase: str) -> None:
    with serve(say(answer)) as (url, _), pytest.raises(raises, match=phrase):
        call("GET", url, octets_max=10)


def test_a_redirection_is_not_followed(boucle: None) -> None:
    with serve(say(b"HTTP/1.1 302 Found\r\nLocation: /secret\r\nContent-Length: 0\r\n\r\n")) as (url, received):
        assert call("GET", url, octets_max=10).statut == 302
    assert len(received) == 1


def test_a_server_without_a_valid_certificate_is_refused(settings: Settings) -> None:
    settings.RESEAU_INTERNE_AUTORISE = "oui"
    with serve(say(OK)) as (url, _), pytest.raises(SansReponse, match="sécurisée"):
        call("GET", url.replace("http:", "https:"), octets_max=10, secondes=2)
