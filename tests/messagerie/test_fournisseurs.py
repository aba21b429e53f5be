"""Each answer of a provider becomes one of four words, and a key or a header can't be smuggled."""

import asyncio
import email
import email.policy
import hashlib
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from pytest_django.fixtures import Settings

from collectivites.models import Collectivite
from messagerie.chiffrement import IllisiblesIdentifiants, decrypt, encrypt
from messagerie.fournisseurs import choose_fournisseur
from messagerie.fournisseurs import http as transport
from messagerie.fournisseurs.base import CompteInutilisable, Message, PanneTemporaire, RefusDefinitif, SortInconnu
from messagerie.fournisseurs.courriel import Courriel, build_email, parse_smtp_url
from messagerie.fournisseurs.demo import PasserelleDemo
from messagerie.fournisseurs.ovh import Ovh
from messagerie.models import CompteSms
from tests.messagerie.doubles import double

UID = UUID("7b1e2c34-0000-4000-8000-000000000001")
SMS = Message(
    uuid=UID,
    destinataire="+33639981234",
    texte="Votre demande est prête",
    expediteur="AURELLE",
    created_at=datetime(2026, 11, 24, tzinfo=UTC),
)
CLEFS = {"service": "sms-ab12345-1", "application_key": "AK", "application_secret": "AS", "consumer_key": "CK"}
ACCEPTE = json.dumps({"ids": [27814656], "invalidReceivers": [], "totalCreditsRemoved": 1, "validReceivers": ["x"]})


def test_ovh_receives_a_signed_job_for_one_person() -> None:
    with double(200, ACCEPTE) as ovh:
        assert Ovh(f"{ovh.url}/1.0", CLEFS).send(SMS) == "27814656"
    path, headers, job = ovh.recus[0]
    assert path == "/1.0/sms/sms-ab12345-1/jobs"
    assert job["receivers"] == ["+33639981234"]
    assert (job["sender"], job["noStopClause"], job["coding"]) == ("AURELLE", True, "8bit")
    body = json.dumps(job, separators=(",", ":"))
    signed = "+".join(("AS", "CK", "POST", f"{ovh.url}/1.0{path[4:]}", body, headers["X-Ovh-Timestamp"]))
    assert headers["X-Ovh-Signature"] == "$1$" + hashlib.sha1(signed.encode()).hexdigest()  # noqa: S324
    assert headers["X-Ovh-Application"] == "AK"


REFUSE = json.dumps({"ids": [], "invalidReceivers": ["+33639981234"], "validReceivers": []})


@pytest.mark.parametrize(
    ("statut", "corps", "verdict"),
    [
        (400, '{"message": "Invalid sender"}', RefusDefinitif),
        (200, REFUSE, RefusDefinitif),
        (401, "{}", CompteInutilisable),
        (402, '{"message": "Not enough credits"}', CompteInutilisable),
        (403, '{"errorCode": "NOT_GRANTED_CALL"}', CompteInutilisable),
        (404, "{}", CompteInutilisable),
        (429, "{}", PanneTemporaire),
        (503, "<html>", PanneTemporaire),
        (500, '{"message": "Internal server error"}', SortInconnu),
        (502, "<html>Bad gateway</html>", SortInconnu),
        (200, "<html>Portail captif</html>", SortInconnu),
        (200, "[]", SortInconnu),
        (200, "{}", SortInconnu),
        (302, "", SortInconnu),
    ],
)
def test_each_answer_of_ovh_has_one_meaning(statut: int, corps: str, verdict: type[Exception]) -> None:
    with double(statut, corps) as ovh, pytest.raises(verdict) as refusal:
        Ovh(ovh.url, CLEFS).send(SMS)
    assert type(refusal.value) is verdict
    assert len(ovh.recus) == 1


@pytest.mark.parametrize(
    ("statut", "corps", "verdict"),
    [
        (402, "{}", CompteInutilisable),
        (403, "{}", CompteInutilisable),
        (422, "{}", RefusDefinitif),
        (429, "{}", PanneTemporaire),
        (500, "{}", PanneTemporaire),
        (200, "<html>", PanneTemporaire),
    ],
)
def test_each_answer_of_the_demo_gateway_has_one_meaning(statut: int, corps: str, verdict: type[Exception]) -> None:
    with double(statut, corps) as gateway, pytest.raises(verdict) as refusal:
        PasserelleDemo(gateway.url).send(SMS)
    assert type(refusal.value) is verdict


def test_the_demo_gateway_gets_our_key() -> None:
    with double(201, '{"id": "abc"}') as gateway:
        assert PasserelleDemo(gateway.url).send(SMS) == "abc"
    assert gateway.recus[0][2] == {
        "reference": str(UID),
        "numero": "+33639981234",
        "texte": "Votre demande est prête",
        "expediteur": "AURELLE",
    }


def test_a_provider_nobody_answers_for_was_not_reached() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with pytest.raises(PanneTemporaire):
            Ovh(f"http://127.0.0.1:{closed.getsockname()[1]}", CLEFS).send(SMS)


def test_a_provider_that_accepts_and_never_answers_leaves_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "DELAI_REPONSE", 0.2)
    with double(200, ACCEPTE, attente=0.6) as ovh, pytest.raises(SortInconnu):
        Ovh(ovh.url, CLEFS).send(SMS)
    assert len(ovh.recus) == 1


def test_an_incomplete_account_says_what_is_missing() -> None:
    with pytest.raises(CompteInutilisable, match="Consumer Key"):
        Ovh("http://127.0.0.1:9", CLEFS | {"consumer_key": ""})


# ── E-mail ────────────────────────────────────────────────────────────────────────────────────────────────────────

COURRIEL = Message(
    uuid=UID,
    destinataire="lea@mairie-évry.example",
    texte="Bonjour Léa,\nvotre demande est prête.",
    html="<p>Bonjour Léa</p>",
    objet="Votre demande « Œuvre » est prête",
    expediteur='"Mairie d\'Aurelle" <ne-pas-repondre@guichet.example>',
    repondre_a="guichet@aurelle.example",
    entetes={"Message-ID": "<envoi.1@guichet.example>", "Auto-Submitted": "auto-replied"},
    created_at=datetime(2026, 11, 24, 8, 40, tzinfo=UTC),
)


class _Relais:
    """Answers `dit` at one step; keeps what it accepts."""

    def __init__(self, etape: str, dit: str) -> None:
        self.etape, self.dit = etape, dit
        self.recus: list[tuple[list[str], bytes]] = []

    async def handle_RCPT(  # noqa: N802
        self, _s: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.etape == "RCPT":
            return self.dit
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.dit == "raccroche":
            server.transport.abort()
            await asyncio.sleep(0.05)
        self.recus.append((envelope.rcpt_tos, envelope.content))
        return self.dit if self.etape == "DATA" else "250 OK"


@contextmanager
def relais(etape: str = "", dit: str = "") -> Iterator[tuple[str, _Relais]]:
    handler = _Relais(etape, dit)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, "127.0.0.1", port)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{port}", handler
    finally:
        controller.stop()


def test_an_email_leaves_with_its_own_message_id_each_time() -> None:
    with relais() as (url, boite):
        assert Courriel(url).send(COURRIEL) == "<envoi.1@guichet.example>"
        Courriel(url).send(COURRIEL)
    (to, first), (_, second) = boite.recus
    assert to == ["lea@xn--mairie-vry-h7a.example"]
    read = email.message_from_bytes(first, policy=email.policy.default)
    assert read["Message-ID"] == email.message_from_bytes(second)["Message-ID"] == "<envoi.1@guichet.example>"
    assert read["Subject"] == "Votre demande « Œuvre » est prête"
    assert read["From"] == "Mairie d'Aurelle <ne-pas-repondre@guichet.example>"
    assert (read["Reply-To"], read["Auto-Submitted"]) == ("guichet@aurelle.example", "auto-replied")
    assert read["Date"] == "Tue, 24 Nov 2026 08:40:00 +0000"
    assert read.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]
    assert "votre demande est prête" in read.get_body(("plain",)).get_content()


@pytest.mark.parametrize(
    ("etape", "dit", "verdict", "raison"),
    [
        ("RCPT", "550 5.1.1 User unknown", RefusDefinitif, "550 5.1.1 User unknown"),
        ("RCPT", "450 4.2.1 Try later", PanneTemporaire, "450"),
        ("DATA", "554 5.7.1 Spam", RefusDefinitif, "554"),
        ("DATA", "451 4.3.0 Try later", PanneTemporaire, "451"),
        ("DATA", "raccroche", SortInconnu, "tu"),
    ],
)
def test_4xx_is_temporary_5xx_is_for_ever_and_silence_is_doubt(
    etape: str, dit: str, verdict: type[Exception], raison: str
) -> None:
    with relais(etape, dit) as (url, _), pytest.raises(verdict, match=raison) as refusal:
        Courriel(url).send(COURRIEL)
    assert type(refusal.value) is verdict


def test_a_relay_that_is_away_is_a_temporary_failure() -> None:
    with pytest.raises(PanneTemporaire):
        Courriel("smtp://127.0.0.1:9").send(COURRIEL)


@pytest.mark.parametrize("champ", ["objet", "repondre_a", "destinataire", "expediteur"])
def test_no_field_can_add_a_header(champ: str) -> None:
    hostile = Message(**{**vars(COURRIEL), champ: "a@example.org\r\nBcc: tous@example.org"})
    try:
        built = build_email(hostile)
    except (ValueError, RefusDefinitif):
        return
    assert built["Bcc"] is None
    assert b"\nBcc:" not in built.as_bytes()


@pytest.mark.parametrize(
    ("url", "attendu"),
    [
        ("smtp://127.0.0.1:1025", ("smtp", "127.0.0.1", 1025, "", "")),
        ("smtps://u%40x:p%3A1@relais.example", ("smtps", "relais.example", 465, "u@x", "p:1")),
        ("smtp+starttls://u:p@relais.example", ("smtp+starttls", "relais.example", 587, "u", "p")),
    ],
)
def test_the_address_of_the_relay_says_all(url: str, attendu: tuple[Any, ...]) -> None:
    read = parse_smtp_url(url)
    assert (read.nature, read.hote, read.port, read.compte, read.secret) == attendu


# ── Which provider, which credentials ─────────────────────────────────────────────────────────────────────────────


def test_a_town_without_an_account_waits_for_one(mur: Collectivite, settings: Settings) -> None:
    settings.DEMO = False
    with pytest.raises(CompteInutilisable, match="Aucun compte"):
        choose_fournisseur("sms")


def test_a_demonstration_never_uses_a_real_account(mur: Collectivite, settings: Settings) -> None:
    settings.DEMO, settings.PASSERELLE_URL = True, "http://127.0.0.1:9"
    CompteSms.objects.create(fournisseur="ovh", identifiants=encrypt(CLEFS))
    assert choose_fournisseur("sms").nom == "demo"
    settings.DEMO = False
    assert choose_fournisseur("sms").nom == "ovh"


def test_credentials_are_unreadable_in_the_database_and_survive_a_change_of_key(settings: Settings) -> None:
    settings.CLEF_CHIFFREMENT = "ancienne"
    kept = encrypt(CLEFS)
    assert b"AS" not in kept
    settings.CLEF_CHIFFREMENT = "nouvelle,ancienne"
    assert decrypt(kept) == CLEFS
    settings.CLEF_CHIFFREMENT = "nouvelle"
    with pytest.raises(IllisiblesIdentifiants):
        decrypt(kept)
    assert decrypt(b"") == {}


def test_lost_keys_stop_sending_without_losing_messages(mur: Collectivite, settings: Settings) -> None:
    settings.DEMO = False
    CompteSms.objects.create(fournisseur="ovh", identifiants=b"illisible")
    with pytest.raises(CompteInutilisable, match="saisissez-les de nouveau"):
        choose_fournisseur("sms")
