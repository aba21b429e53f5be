"""Uploads wait under the key of their form, belong to one person, and become files of one message."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from collectivites.acteur import Acteur
from collectivites.models import Agent
from demandes.actions import add_note, reply
from demandes.actions.pieces import drop_uploads, keep_upload, list_uploads
from demandes.models import Demande, Entree, Message, PieceDeposee, PieceJointe
from demandes.tasks import sweep_pieces
from messagerie.destinataires import MessageRefuse
from messagerie.models import PieceEnvoi
from socle.depot import read_file
from socle.fichiers import FichierRefuse
from tests.demandes.conftest import acting
from tests.demandes.pieces.conftest import flux
from tests.socle.fichiers.documents import EXE, PDF, photo

pytestmark = pytest.mark.django_db
CLEF = UUID("7b1e2c34-0000-4000-8000-000000000001")


def keep(by: Acteur, at: datetime, content: bytes = PDF, nom: str = "plan.pdf", **more: Any) -> PieceDeposee:
    return keep_upload(**({"clef": CLEF, "flux": flux(content), "nom": nom, "by": by, "at": at} | more))


def test_files_wait_in_order_and_once_each(demande: Demande, by: Acteur, at: datetime) -> None:
    first = keep(by, at)
    keep(by, at, PDF + b"2", "devis.pdf")
    assert keep(by, at, PDF, "le même.pdf").pk == first.pk
    assert keep(by, at, PDF, exigence="justificatif").pk != first.pk  # the same paper may answer two requests
    assert [(each.rang, each.nom) for each in list_uploads(clef=CLEF, by=by)] == [
        (1, "plan.pdf"), (2, "devis.pdf"), (3, "plan.pdf"),
    ]  # fmt: skip


def test_a_photo_is_kept_without_its_place(demande: Demande, by: Acteur, at: datetime) -> None:
    kept = keep(by, at, photo("JPEG"), "IMG_0001.JPG")
    assert b"Fabricant-de-Secrets" not in read_file(kept.fichier)
    assert kept.octets == len(read_file(kept.fichier))


def test_a_refused_file_keeps_nothing(demande: Demande, by: Acteur, at: datetime, depot: Any) -> None:
    with pytest.raises(FichierRefuse, match="programme"):
        keep(by, at, EXE, "facture.pdf")
    assert not depot.exists()
    assert not PieceDeposee.objects.exists()


def test_too_many_and_too_heavy_together(demande: Demande, by: Acteur, at: datetime, settings: Any) -> None:
    settings.FICHIERS_MAX = 2
    keep(by, at)
    settings.MESSAGE_MAX = len(PDF) * 2
    with pytest.raises(FichierRefuse, match="ensemble"):
        keep(by, at, PDF + b"trop", "b.pdf")
    settings.MESSAGE_MAX = 10**6
    keep(by, at, PDF + b"2", "b.pdf")
    with pytest.raises(FichierRefuse, match="2 au plus"):
        keep(by, at, PDF + b"3", "c.pdf")


def test_a_forged_key_takes_nothing_of_others(demande: Demande, by: Acteur, collegue: Agent, at: datetime) -> None:
    mine = keep(by, at)
    other = acting(collegue)
    assert list_uploads(clef=CLEF, by=other) == []
    drop_uploads(clef=CLEF, pks=[mine.pk], by=other)
    drop_uploads(clef=uuid4(), pks=[mine.pk], by=by)
    assert list_uploads(clef=CLEF, by=by) == [mine]
    drop_uploads(clef=CLEF, pks=[mine.pk], by=by)
    assert list_uploads(clef=CLEF, by=by) == []


def test_an_answer_leaves_with_its_files(demande: Demande, agent: Agent, by: Acteur, at: datetime) -> None:
    keep(by, at, exigence="plan")
    given = {"demande": demande, "version": demande.version, "canal": "courriel", "texte": "Voici le plan.", "by": by,
             "clef": CLEF, "at": at, "agent": agent}  # fmt: skip
    message = reply(**given, pieces=list_uploads(clef=CLEF, by=by))
    piece = PieceJointe.objects.get()
    assert (piece.message, piece.nom, piece.exigence, piece.analyse) == (message, "plan.pdf", "plan", "non_analysee")
    sent = PieceEnvoi.objects.get()
    assert (sent.envoi_id, sent.nom, sent.chemin) == (message.envoi_id, "plan.pdf", piece.fichier)
    assert not PieceDeposee.objects.exists()
    keep(by, at)  # the same form sent twice: the second one uploads again, and adds nothing
    assert reply(**given, pieces=list_uploads(clef=CLEF, by=by)).pk == message.pk
    assert PieceJointe.objects.count() == 1


def test_an_sms_takes_no_file_and_loses_none(demande: Demande, agent: Agent, by: Acteur, at: datetime) -> None:
    keep(by, at)
    with pytest.raises(MessageRefuse, match="SMS"):
        reply(demande=demande, version=demande.version, canal="sms", texte="Voir le plan.", clef=CLEF, by=by, at=at,
              agent=agent, pieces=list_uploads(clef=CLEF, by=by))  # fmt: skip
    assert len(list_uploads(clef=CLEF, by=by)) == 1
    assert not Message.objects.filter(sens="sortant", is_automatique=False).exists()


def test_a_note_keeps_its_files_inside(demande: Demande, agent: Agent, by: Acteur, at: datetime) -> None:
    keep(by, at)
    note = add_note(demande=demande, texte="Plan reçu.", by=by, at=at, agent=agent, clef=CLEF,
                    pieces=list_uploads(clef=CLEF, by=by))  # fmt: skip
    assert PieceJointe.objects.get().message == note
    assert not PieceEnvoi.objects.exists()


def test_uploads_of_a_form_never_sent_are_forgotten(demande: Demande, by: Acteur, at: datetime) -> None:
    keep(by, at - timedelta(days=900))
    young = keep(by, datetime.now(tz=at.tzinfo), PDF + b"2", clef=uuid4())
    sweep_pieces()
    assert list(PieceDeposee.objects.all()) == [young]


@pytest.mark.parametrize(("etat", "left"), [("quarantaine", 1), ("recue", 1), ("traitee", 0)])
def test_files_of_a_form_that_waits_to_be_read_wait_with_it(
    demande: Demande, by: Acteur, at: datetime, etat: str, left: int
) -> None:
    keep(by, at - timedelta(days=900))
    Entree.objects.create(canal="formulaire", externe_id=f"depot:{CLEF}", empreinte="0" * 64, brut="", octets=1,
                          etat=etat, received_at=at)  # fmt: skip
    sweep_pieces()
    assert PieceDeposee.objects.count() == left
