"""The SMTP and LMTP door, spoken to by real sockets on this machine."""

import smtplib
import socket
from collections.abc import Iterator

import pytest
from django.db import OperationalError

from collectivites.cloison import collectivite_active
from demandes.models import Boite, Entree
from demandes.reception import smtp
from socle.depot import read_file
from tests.demandes.reception.conftest import Ecrire, Ville, fonder
from tests.demandes.reception.porte import PorteOuverte

pytestmark = pytest.mark.django_db(transaction=True)
DE = "samira@exemple.fr"


@pytest.fixture
def villes() -> tuple[Ville, Ville]:
    return fonder("aurelle", "Aurelle"), fonder("valmont", "Valmont")


@pytest.fixture
def porte(villes: tuple[Ville, Ville]) -> Iterator[PorteOuverte]:
    ouverte = PorteOuverte()
    yield ouverte
    ouverte.fermer()


@pytest.fixture
def client(porte: PorteOuverte) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("127.0.0.1", porte.port, timeout=30) as ouvert:
        yield ouvert


def entrees(ville: Ville) -> list[Entree]:
    with collectivite_active(ville.pk):
        return list(Entree.objects.order_by("pk"))


def test_accepted_means_committed_and_the_log_names_nobody(
    client: smtplib.SMTP, villes: tuple[Ville, Ville], ecrire: Ecrire, caplog: pytest.LogCaptureFixture
) -> None:
    client.sendmail(DE, ["contact@aurelle.example"], ecrire())
    (entree,) = entrees(villes[0])
    assert entree.boite_id == villes[0].boite_id
    assert read_file(entree.brut).startswith(b"Return-Path: <samira@exemple.fr>\r\nDelivered-To: contact@aurelle")
    assert "@" not in caplog.text


def test_one_connection_carries_several_messages(
    client: smtplib.SMTP, villes: tuple[Ville, Ville], ecrire: Ecrire
) -> None:
    for rang in range(5):
        client.sendmail(DE, ["contact@aurelle.example"], ecrire(message_id=f"<{rang}@exemple.fr>"))
    assert len(entrees(villes[0])) == 5


def test_a_recipient_in_each_town_gets_its_own(
    client: smtplib.SMTP, villes: tuple[Ville, Ville], ecrire: Ecrire
) -> None:
    client.sendmail(DE, ["contact+x1@aurelle.example", "VOIRIE@aurelle.example", "contact@valmont.example"], ecrire())
    assert {entree.boite_id for entree in entrees(villes[0])} == {villes[0].boite_id, villes[0].voirie_id}
    assert len(entrees(villes[1])) == 1


def test_an_unknown_recipient_is_refused_for_good(client: smtplib.SMTP, villes: tuple[Ville, Ville]) -> None:
    with collectivite_active(villes[0].pk):
        Boite.objects.filter(pk=villes[0].voirie_id).update(is_active=False)
    client.helo()
    client.mail(DE)
    for adresse in ("personne@aurelle.example", "contact@ailleurs.example", "voirie@aurelle.example", "sans-arobase"):
        code, phrase = client.rcpt(adresse)
        assert (code, phrase[:5]) == (550, b"5.1.1")
    assert client.rcpt("contact@aurelle.example")[0] == 250


def test_a_failure_asks_the_sender_to_come_back(
    client: smtplib.SMTP, villes: tuple[Ville, Ville], ecrire: Ecrire, monkeypatch: pytest.MonkeyPatch
) -> None:
    def couper(**_: object) -> None:
        raise OperationalError("server closed the connection")

    with monkeypatch.context() as panne:
        panne.setattr(smtp, "receive_raw", couper)
        with pytest.raises(smtplib.SMTPDataError) as refus:
            client.sendmail(DE, ["contact@aurelle.example"], ecrire())
        assert refus.value.smtp_code == 451
    assert entrees(villes[0]) == []
    client.sendmail(DE, ["contact@aurelle.example"], ecrire())
    assert len(entrees(villes[0])) == 1


def test_too_big_is_refused_before_and_after_the_announcement(
    client: smtplib.SMTP, villes: tuple[Ville, Ville], monkeypatch: pytest.MonkeyPatch
) -> None:
    client.ehlo()
    assert client.mail(DE, [f"SIZE={smtp.TAILLE_MAX + 1}"])[0] == 552
    assert int(client.esmtp_features["size"]) == smtp.TAILLE_MAX


def test_a_message_over_the_limit_is_refused_and_the_connection_lives(
    villes: tuple[Ville, Ville], ecrire: Ecrire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "TAILLE_MAX", 50_000)
    porte = PorteOuverte()
    with smtplib.SMTP("127.0.0.1", porte.port, timeout=30) as client:
        client.helo()  # no announcement of the size
        with pytest.raises(smtplib.SMTPDataError) as refus:
            client.sendmail(DE, ["contact@aurelle.example"], ecrire(texte="x " * 50_000))
        assert refus.value.smtp_code == 552
        client.sendmail(DE, ["contact@aurelle.example"], ecrire())
    porte.fermer()
    assert len(entrees(villes[0])) == 1


def test_a_line_without_end_is_taken(client: smtplib.SMTP, villes: tuple[Ville, Ville]) -> None:
    """Real senders break the limit of 998 bytes; a door that refuses loses their message."""
    client.sendmail(DE, ["contact@aurelle.example"], b"From: x@exemple.fr\r\n\r\n" + b"a" * 200_000 + b"\r\n")
    assert entrees(villes[0])[0].octets > 200_000


def test_a_bounce_with_an_empty_sender_is_taken(
    client: smtplib.SMTP, villes: tuple[Ville, Ville], ecrire: Ecrire
) -> None:
    client.sendmail("", ["contact@aurelle.example"], ecrire())
    assert read_file(entrees(villes[0])[0].brut).startswith(b"Return-Path: <>\r\n")


def test_a_cut_connection_keeps_nothing(porte: PorteOuverte, villes: tuple[Ville, Ville]) -> None:
    with socket.create_connection(("127.0.0.1", porte.port), timeout=10) as fil:
        fil.sendall(
            b"HELO x\r\nMAIL FROM:<a@b.fr>\r\nRCPT TO:<contact@aurelle.example>\r\nDATA\r\nFrom: a@b.fr\r\n\r\nmoi"
        )
        fil.recv(1000)
    assert entrees(villes[0]) == []


def test_a_smuggled_end_of_message_is_not_one(porte: PorteOuverte, villes: tuple[Ville, Ville]) -> None:
    """SMTP smuggling (CVE-2023-51764): « \\n.\\r\\n » ends nothing."""
    corps = (
        b"From: a@b.fr\r\n\r\nun\n.\r\nMAIL FROM:<pirate@b.fr>\r\nRCPT TO:<contact@valmont.example>\r\n.\r\nQUIT\r\n"
    )
    with socket.create_connection(("127.0.0.1", porte.port), timeout=10) as fil:
        fil.sendall(b"HELO x\r\nMAIL FROM:<a@b.fr>\r\nRCPT TO:<contact@aurelle.example>\r\nDATA\r\n")
        fil.sendall(corps)
        while fil.recv(1000):
            pass
    assert (len(entrees(villes[0])), len(entrees(villes[1]))) == (1, 0)


def test_lmtp_answers_once_a_recipient(villes: tuple[Ville, Ville], ecrire: Ecrire) -> None:
    porte = PorteOuverte(lmtp=True)
    with socket.create_connection(("127.0.0.1", porte.port), timeout=10) as fil:
        lignes = fil.makefile("rb")
        dit = lambda texte: (fil.sendall(texte), lignes.readline())[1]  # noqa: E731
        lignes.readline()
        fil.sendall(b"LHLO ici\r\n")
        while lignes.readline()[3:4] == b"-":
            pass
        dit(b"MAIL FROM:<a@b.fr>\r\n")
        for adresse in (b"contact@aurelle.example", b"contact@valmont.example"):
            dit(b"RCPT TO:<" + adresse + b">\r\n")
        dit(b"DATA\r\n")
        premiere = dit(ecrire().replace(b"\n", b"\r\n") + b".\r\n")
        seconde = lignes.readline()
    porte.fermer()
    assert premiere[:3] == seconde[:3] == b"250"
    assert (len(entrees(villes[0])), len(entrees(villes[1]))) == (1, 1)
