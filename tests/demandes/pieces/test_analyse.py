"""The antivirus and the files of demandes: verdict written once, infected told, away asked again later."""

from datetime import datetime
from typing import Any

import pytest

from collectivites.acteur import Acteur
from demandes.actions.pieces import attach_files
from demandes.analyse import describe_analyse, scan_piece, sweep_pieces
from demandes.fichiers import keep_received
from demandes.models import Demande, PieceJointe
from demandes.tasks import scan_pieces
from journal.models import Evenement
from tests.demandes.conftest import Ouvrir
from tests.socle.fichiers.clamd import EICAR, clamd
from tests.socle.fichiers.documents import EXE, PDF, photo

pytestmark = pytest.mark.django_db


def receive(demande: Demande, at: datetime, *contents: bytes) -> list[PieceJointe]:
    files = [
        keep_received(content, nom=f"{rank}.pdf", collectivite_id=demande.collectivite_id, at=at)
        for rank, content in enumerate(contents)
    ]
    return attach_files(message=demande.messages.first(), gardees=files, at=at)


def scan(demande: Demande, piece: PieceJointe, at: datetime) -> bool:
    return scan_piece(collectivite_id=demande.collectivite_id, piece_id=piece.pk, clock=lambda: at)


def test_clean_infected_and_the_journal(demande: Demande, at: datetime, settings: Any) -> None:
    clean, infected = receive(demande, at, PDF, b"%PDF-1.7\n" + EICAR)
    with clamd() as server:
        settings.CLAMD_URL = server.url
        assert scan(demande, clean, at)
        assert scan(demande, infected, at)
        assert scan(demande, infected, at)  # settled: not asked again
        assert len(server.vus) == 2
    clean.refresh_from_db()
    infected.refresh_from_db()
    assert (clean.analyse, clean.analysed_at) == ("saine", at)
    assert (infected.analyse, infected.raison) == ("infectee", "Eicar-Test-Signature")
    assert [describe_analyse(each)[0] for each in (clean, infected)] == ["sans virus", "infecté"]
    told = Evenement.objects.get(verbe="demande.piece_infectee")
    assert (told.objet_id, told.details["virus"]) == (demande.pk, "Eicar-Test-Signature")


def test_away_nothing_is_called_clean_and_the_sweeper_comes_back(
    demande: Demande, ouvrir: Ouvrir, at: datetime, settings: Any
) -> None:
    pieces = receive(demande, at, PDF, PDF + b"2") + receive(ouvrir(), at, PDF + b"3")
    settings.CLAMD_URL = "unix:///nulle/part"
    assert sweep_pieces(clock=lambda: at) == 0
    assert all(each.analysed_at is None for each in PieceJointe.objects.all())
    assert describe_analyse(pieces[0]) == ("non analysé", "neutre")
    with clamd() as server:
        settings.CLAMD_URL = server.url
        assert sweep_pieces(clock=lambda: at) == 3
        assert sweep_pieces(clock=lambda: at) == 0


def test_without_antivirus_nothing_is_asked(demande: Demande, at: datetime, settings: Any) -> None:
    (piece,) = receive(demande, at, PDF)
    settings.CLAMD_URL = ""
    assert sweep_pieces(clock=lambda: at) == 0
    piece.refresh_from_db()
    assert (piece.analyse, piece.analysed_at) == ("non_analysee", None)


def test_blocked_is_final_and_a_file_gone_is_said(demande: Demande, at: datetime, settings: Any) -> None:
    blocked, gone = receive(demande, at, EXE, PDF)
    PieceJointe.objects.filter(pk=gone.pk).update(fichier="1/2020/01/" + "0" * 64)
    with clamd() as server:
        settings.CLAMD_URL = server.url
        scan_pieces(demande.collectivite_id, [blocked.pk, gone.pk])
        assert server.vus == []
    blocked.refresh_from_db()
    gone.refresh_from_db()
    assert blocked.analyse == "bloquee"
    assert "programme" in blocked.raison
    assert (gone.analyse, gone.raison) == ("non_analysee", "Ce fichier n'est plus dans le dépôt.")


def test_photos_that_come_by_themselves_lose_their_place(
    demande: Demande, by: Acteur, at: datetime, depot: Any
) -> None:
    (piece,) = receive(demande, at, photo("JPEG"))
    assert (piece.nom, piece.type_mime) == ("0.jpg", "image/jpeg")
    assert not any(b"Fabricant-de-Secrets" in each.read_bytes() for each in depot.rglob("*") if each.is_file())
