"""Receipts: signed, kept raw, applied once, never backwards, and silent about what they are not told."""

import importlib.util
import itertools
import json
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from collectivites.acteur import AUTOMATE
from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite
from messagerie.accuses import sign
from messagerie.actions import queue_message
from messagerie.models import Accuse, Envoi

URL = "/entrees/sms/accuse/"


@pytest.fixture
def envoi(ville: Collectivite, at: datetime) -> Envoi:
    with collectivite_active(ville.pk):
        row = queue_message(clef="1", canal="sms", destinataire="0639981234", texte="Bonjour", by=AUTOMATE, at=at)
        Envoi.objects.update(etat="envoye", fournisseur="demo", sent_at=at)
    return row


def post(client: Client, body: object, *, signature: str | None = None) -> int:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"X-Guichet-Signature": sign(raw) if signature is None else signature}
    return client.post(URL, raw, content_type="application/json", headers=headers).status_code


def receipt(envoi: Envoi, etat: str, raison: str = "") -> dict[str, str]:
    return {"reference": str(envoi.uuid), "etat": etat, "raison": raison}


def read(ville: Collectivite) -> tuple[str, int]:
    with collectivite_active(ville.pk):
        return Envoi.objects.get().etat, Accuse.objects.count()


def test_the_same_receipt_three_times_has_one_effect_and_one_line(
    client: Client, ville: Collectivite, envoi: Envoi
) -> None:
    assert [post(client, receipt(envoi, "remis")) for _ in range(3)] == [204] * 3
    assert read(ville) == ("remis", 1)
    with collectivite_active(ville.pk):
        assert Accuse.objects.get().brut == receipt(envoi, "remis")


@pytest.mark.parametrize("order", list(itertools.permutations(["accepte", "echec", "remis"])))
def test_whatever_the_order_of_arrival_the_end_is_the_same(
    client: Client, ville: Collectivite, envoi: Envoi, order: tuple[str, ...]
) -> None:
    for etat in order:
        assert post(client, receipt(envoi, etat)) == 204
    assert read(ville) == ("remis", 3)


def test_a_failure_keeps_its_reason(client: Client, ville: Collectivite, envoi: Envoi) -> None:
    post(client, receipt(envoi, "echec", "numéro hors service"))
    with collectivite_active(ville.pk):
        row = Envoi.objects.get()
    assert (row.etat, row.erreur) == ("rejete", "numéro hors service")


def test_an_unknown_reference_learns_nothing(client: Client, ville: Collectivite, envoi: Envoi) -> None:
    unknown = {"reference": str(uuid4()), "etat": "remis", "raison": ""}
    response = client.post(
        URL, json.dumps(unknown), content_type="application/json",
        headers={"X-Guichet-Signature": sign(json.dumps(unknown).encode())},
    )  # fmt: skip
    assert (response.status_code, response.content) == (202, b"")
    assert read(ville) == ("envoye", 0)


@pytest.mark.parametrize("signature", ["", "00", "é", "f" * 64])
def test_a_bad_signature_is_refused_before_anything_is_read(
    client: Client, ville: Collectivite, envoi: Envoi, signature: str
) -> None:
    assert post(client, receipt(envoi, "remis"), signature=signature) == 403
    assert read(ville) == ("envoye", 0)


def test_a_signature_covers_the_whole_body(client: Client, ville: Collectivite, envoi: Envoi) -> None:
    signed = sign(json.dumps(receipt(envoi, "remis")).encode())
    assert post(client, receipt(envoi, "echec"), signature=signed) == 403


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"x"', b"{}", b'{"reference": "x", "etat": "remis"}', b"\xff\xfe"]
)
def test_what_is_not_a_receipt_is_refused(client: Client, ville: Collectivite, envoi: Envoi, body: bytes) -> None:
    assert post(client, body) == 400


def test_too_long_a_body_is_refused_and_a_reading_too(client: Client, db: None) -> None:
    assert post(client, b"x" * 20_000) == 413
    assert client.get(URL).status_code == 405


def test_a_receipt_for_what_never_left_changes_nothing(client: Client, ville: Collectivite, envoi: Envoi) -> None:
    with collectivite_active(ville.pk):
        Envoi.objects.update(etat="a_envoyer", fournisseur="", sent_at=None)
    assert post(client, receipt(envoi, "remis")) == 204
    assert read(ville) == ("a_envoyer", 1)


@pytest.mark.parametrize("etat", ["incertain", "echec", "a_envoyer"])
def test_a_receipt_settles_what_we_doubted(client: Client, ville: Collectivite, envoi: Envoi, etat: str) -> None:
    with collectivite_active(ville.pk):
        Envoi.objects.update(etat=etat, is_doute=True)
    post(client, receipt(envoi, "remis"))
    assert read(ville)[0] == "remis"


def test_the_demo_gateway_signs_as_we_check(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = Path(__file__).resolve().parents[2] / "outils" / "passerelles.py"
    spec = importlib.util.spec_from_file_location("passerelles", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setenv("SECRET_KEY", settings.SECRET_KEY)
    assert module.signer(b"{}") == sign(b"{}")
    monkeypatch.delenv("SECRET_KEY")
    monkeypatch.setenv("DONNEES", str(tmp_path))
    (tmp_path / "secret").write_text(f"{settings.SECRET_KEY}\n")
    assert module.signer(b"{}") == sign(b"{}")
