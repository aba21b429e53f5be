"""The antivirus reads the files of demandes, after the commit and outside any transaction.

A nudge lost, or an antivirus that was away, is made up for by the sweeper: a file is « non analysée » until somebody
has read it, and says so.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from django.db import connection, transaction

from collectivites.acteur import AUTOMATE
from collectivites.cloison import collectivite_active, get_active_id
from demandes.models import Analyse, PieceJointe
from journal.actions import record
from socle.depot import FichierAbsent, open_file
from socle.fichiers import antivirus
from socle.ouvriers import ask_worker

TACHE = "demandes.tasks.scan_pieces"
BALAYAGE = 200  # files of one sweep


def nudge_on_commit(pieces: Iterable[PieceJointe]) -> None:
    """Ask a worker to read these files once they are written; nothing when there is no antivirus."""
    ids = [piece.pk for piece in pieces]
    if ids and antivirus.is_configured():
        transaction.on_commit(partial(ask_worker, TACHE, get_active_id(), ids, expires=600), robust=True)


def scan_piece(*, collectivite_id: int, piece_id: int, clock: Callable[[], datetime]) -> bool:
    """Have one file read and write the verdict. False when the antivirus is away: no need to ask for the next one."""
    with collectivite_active(collectivite_id):
        piece = PieceJointe.objects.filter(pk=piece_id, analysed_at=None).first()
    if piece is None:
        return True
    try:
        with open_file(piece.fichier) as flux:
            found = antivirus.scan(flux)
    except FichierAbsent as error:
        found = antivirus.Resultat(antivirus.Analyse.NON_ANALYSEE, str(error))
    if not found.is_final:
        return False
    with collectivite_active(collectivite_id):
        _settle(piece, found, at=clock())
    return True


def _settle(piece: PieceJointe, found: antivirus.Resultat, *, at: datetime) -> None:
    """Write the verdict once; an infected file is told in the journal of its demande."""
    pending = PieceJointe.objects.filter(pk=piece.pk, analysed_at=None)
    if not pending.update(analyse=found.analyse.value, raison=found.detail[:200], analysed_at=at):
        return
    if found.analyse == antivirus.Analyse.INFECTEE:
        demande = PieceJointe.objects.select_related("message__demande").get(pk=piece.pk).message.demande
        record(
            verbe="demande.piece_infectee", objet_type="demande", objet_id=demande.pk, libelle=demande.numero,
            by=AUTOMATE, at=at, virus=found.detail[:80],
        )  # fmt: skip


def sweep_pieces(*, clock: Callable[[], datetime]) -> int:
    """Read what still waits, in every town; return how many were settled. Stops when the antivirus is away."""
    if not antivirus.is_configured():
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT collectivite_id, id FROM demandes_pieces_a_analyser(%s, %s)", [clock(), BALAYAGE])
        due = list(cursor.fetchall())
    for rank, (collectivite_id, piece_id) in enumerate(due):
        if not scan_piece(collectivite_id=collectivite_id, piece_id=piece_id, clock=clock):
            return rank
    return len(due)


def describe_analyse(piece: PieceJointe) -> tuple[str, str]:
    """Return the words and the tone of a file's state on screen."""
    if piece.analysed_at is None:
        return "non analysé", "neutre"
    return {
        Analyse.SAINE.value: ("sans virus", "bon"),
        Analyse.INFECTEE.value: ("infecté", "retard"),
        Analyse.BLOQUEE.value: ("bloqué", "alerte"),
    }.get(piece.analyse, ("non analysé", "neutre"))
