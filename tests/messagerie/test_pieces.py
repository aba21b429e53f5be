"""Files that leave with an e-mail: tied to the row, whole and well named at arrival, refused in a sentence before."""

import email
import email.policy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from collectivites.models import Collectivite
from messagerie.destinataires import MessageRefuse
from messagerie.fournisseurs.base import Message, Piece, RefusDefinitif
from messagerie.fournisseurs.courriel import Courriel, build_email
from messagerie.models import Envoi, PieceEnvoi
from messagerie.pieces import PieceAEnvoyer, write_piece
from messagerie.prise import build_message
from socle.depot import store_bytes
from tests.messagerie.test_fournisseurs import COURRIEL, relais
from tests.messagerie.test_registre import queue
from tests.socle.fichiers.clamd import EICAR, clamd

AT = datetime(2026, 11, 24, 8, 40, tzinfo=UTC)


@pytest.fixture(autouse=True)
def depot(settings: Any, tmp_path: Path) -> Path:
    settings.DEPOT = tmp_path / "depot"
    return tmp_path / "depot"


def keep(nom: str, content: bytes, type_mime: str = "application/pdf") -> PieceAEnvoyer:
    kept = store_bytes(content, collectivite_id=1, at=AT)
    return PieceAEnvoyer(nom, type_mime, kept.octets, kept.chemin)


def carry(*pieces: PieceAEnvoyer) -> Message:
    return Message(**{**vars(COURRIEL), "pieces": tuple(Piece(p.nom, p.type_mime, p.chemin) for p in pieces)})


def test_files_are_tied_to_the_row_once(mur: Collectivite, at: datetime) -> None:
    pieces = [keep("été.pdf", b"%PDF-1"), keep("plan.png", b"\x89PNG", "image/png")]
    row = queue(at, pieces=pieces)
    assert queue(at, pieces=pieces).pk == row.pk
    assert list(PieceEnvoi.objects.order_by("rang").values_list("rang", "nom")) == [(1, "été.pdf"), (2, "plan.png")]
    assert [piece.nom for piece in build_message(row, mur).pieces] == ["été.pdf", "plan.png"]


def test_too_heavy_together_and_never_by_sms(mur: Collectivite, at: datetime, settings: Any) -> None:
    settings.COURRIEL_PIECES_MAX = 10
    heavy = [keep("a.pdf", b"123456"), keep("b.pdf", b"654321")]
    with pytest.raises(MessageRefuse, match="au plus"):
        queue(at, pieces=heavy)
    with pytest.raises(MessageRefuse, match="Un SMS ne porte pas de fichier"):
        queue(at, canal="sms", destinataire="0639981234", pieces=heavy[:1])
    assert not Envoi.objects.exists()


def test_a_message_arrives_with_its_files() -> None:
    files = [
        keep("Décision « été » 2026.pdf", b"%PDF-1.7 corps"),
        keep("message.eml", b"From: a@exemple.fr\n\nBonjour", "message/rfc822"),
    ]
    with relais() as (url, boite):
        Courriel(url).send(carry(*files))
    read = email.message_from_bytes(boite.recus[0][1], policy=email.policy.default)
    assert read.get_content_type() == "multipart/mixed"
    assert "votre demande est prête" in read.get_body(("plain",)).get_content()
    assert read.get_body(("html",)) is not None
    pdf, eml = read.iter_attachments()
    assert (pdf.get_filename(), pdf.get_content_type()) == ("Décision « été » 2026.pdf", "application/pdf")
    assert pdf.get_content() == b"%PDF-1.7 corps"
    assert (eml.get_content_type(), eml.get_content()) == (
        "application/octet-stream",
        b"From: a@exemple.fr\n\nBonjour",
    )
    assert b"filename*" in boite.recus[0][1]  # RFC 2231, not a bare accent


def test_a_hostile_name_adds_no_header() -> None:
    hostile = keep("a.pdf\r\nBcc: tous@example.org", b"%PDF")
    try:
        built = build_email(carry(hostile)).as_bytes()
    except ValueError:
        return
    assert b"\nBcc:" not in built


def test_a_file_gone_is_said_and_nothing_leaves() -> None:
    gone = PieceAEnvoyer("plan.pdf", "application/pdf", 4, "1/2020/01/" + "0" * 64)
    with relais() as (url, boite), pytest.raises(RefusDefinitif, match="plus dans le dépôt"):
        Courriel(url).send(carry(gone))
    assert boite.recus == []


def test_nothing_infected_leaves(settings: Any) -> None:
    with clamd() as server, relais() as (url, boite):
        settings.CLAMD_URL = server.url
        Courriel(url).send(carry(keep("sain.pdf", b"%PDF")))
        with pytest.raises(RefusDefinitif, match="infecté"):
            Courriel(url).send(carry(keep("sain.pdf", b"%PDF"), keep("virus.pdf", EICAR)))
    assert len(boite.recus) == 1


def test_a_small_file_travels_in_the_row(mur: Collectivite, at: datetime, depot: Path) -> None:
    row = queue(at, pieces=[write_piece("rendez-vous.ics", "text/calendar", b"BEGIN:VCALENDAR")])
    [piece] = build_message(row, mur).pieces
    assert (piece.contenu, piece.chemin) == (b"BEGIN:VCALENDAR", "")
    with relais() as (url, boite):
        Courriel(url).send(Message(**{**vars(COURRIEL), "pieces": (piece,)}))
    [arrived] = email.message_from_bytes(boite.recus[0][1], policy=email.policy.default).iter_attachments()
    assert "BEGIN:VCALENDAR" in arrived.get_content()
    assert not depot.exists()
