"""The side of the ordeal of booking that runs inside Guichet: one process that books, moves, cancels without end.

``python -m outils.epreuves.rendezvous_dans_guichet RANG`` appends to a file, EPREUVE_PROMESSES and its rank, each
number whose booking was committed: what was promised. With EPREUVE_TEMOIN=oui each statement is committed by itself:
the negative control of ``rendezvous.py``.
"""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from collectivites import cloison  # noqa: E402
from collectivites.acteur import AUTOMATE  # noqa: E402
from collectivites.cloison import collectivite_active  # noqa: E402
from collectivites.models import Collectivite, Lieu  # noqa: E402
from rendezvous.creneaux.modele import Creneau  # noqa: E402
from rendezvous.creneaux.recherche import find_creneaux  # noqa: E402
from rendezvous.etats import Etat  # noqa: E402
from rendezvous.models import Motif, RendezVous  # noqa: E402
from rendezvous.reservation.actions import (  # noqa: E402
    book_rendezvous,
    cancel_rendezvous,
    confirm_option,
    hold_creneau,
    move_rendezvous,
)
from rendezvous.reservation.refus import CreneauPris, RendezVousRefuse, VersionPerimee  # noqa: E402
from rendezvous.reservation.saisie import Participant  # noqa: E402

REFUS = (CreneauPris, RendezVousRefuse, VersionPerimee)


class Passant:
    """Somebody who books, moves and cancels, seen from the web."""

    def __init__(self, rang: int) -> None:
        self.hasard = Random(rang * 1000 + os.getpid())
        self.ville = Collectivite.objects.get().pk
        with collectivite_active(self.ville):
            self.motif = Motif.objects.select_related("service").get()
            self.lieu = Lieu.objects.order_by("-pk").first()
            today = timezone.localdate()
            self.creneaux = find_creneaux(
                motif=self.motif, du=today + timedelta(days=1), au=today + timedelta(days=20), at=timezone.now(),
                lieux=[self.lieu.pk] if self.lieu else None,
            )  # fmt: skip

    def act(self) -> str:
        """Do one thing in one transaction; return the number promised, or nothing."""
        geste = self.hasard.choice([self.book, self.book, self.promise, self.move, self.cancel])
        try:
            with collectivite_active(self.ville):
                return geste()
        except REFUS:
            return ""

    def wish(self) -> Creneau:
        return self.hasard.choice(self.creneaux)

    def somebody(self) -> list[Participant]:
        nom = uuid4().hex[:10]
        return [Participant(nom=nom, courriel=f"{nom}@exemple.fr")]

    def book(self) -> str:
        asked: dict[str, Any] = {"participants": self.somebody(), "clef": uuid4(), "canal": "en_ligne"}
        return book_rendezvous(
            creneau=self.wish(), motif=self.motif, personnes=1, by=AUTOMATE, at=timezone.now(), **asked
        ).numero

    def promise(self) -> str:
        at = timezone.now()
        option = hold_creneau(
            creneau=self.wish(), motif=self.motif, personnes=1, clef=uuid4(), canal="en_ligne", by=AUTOMATE, at=at
        )
        return confirm_option(rendezvous=option, participants=self.somebody(), by=AUTOMATE, at=at).numero

    def pick(self) -> RendezVous | None:
        return RendezVous.objects.filter(etat=Etat.CONFIRME).order_by("?").first()

    def move(self) -> str:
        rdv = self.pick()
        if rdv:
            move_rendezvous(rendezvous=rdv, version=rdv.version, creneau=self.wish(), by=AUTOMATE, at=timezone.now())
        return ""

    def cancel(self) -> str:
        rdv = self.pick() if self.hasard.random() < 0.5 else None
        if rdv:
            cancel_rendezvous(
                rendezvous=rdv, version=rdv.version, par="usager", raison="", by=AUTOMATE, at=timezone.now()
            )
        return ""


def commit_each_statement() -> None:
    """Negative control: no transaction holds the writes of one booking together."""
    connection.ensure_connection()
    connection.in_atomic_block, connection.autocommit = True, False  # what guards ask; the server commits each time

    def set_session(collectivite_id: int | None) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.collectivite', %s, false)", [str(collectivite_id or "")])

    patch.object(transaction.Atomic, "__enter__", lambda _self: None).start()
    patch.object(transaction.Atomic, "__exit__", lambda *_: None).start()
    patch.object(cloison, "_set_local", set_session).start()


def main() -> None:
    if os.environ.get("EPREUVE_TEMOIN") == "oui":
        commit_each_statement()
    passant = Passant(int(sys.argv[1]))
    with Path(f"{os.environ['EPREUVE_PROMESSES']}{sys.argv[1]}").open("a", buffering=1) as promesses:
        end = datetime.now(UTC) + timedelta(minutes=10)  # its parent kills it long before
        while datetime.now(UTC) < end:
            numero = passant.act()
            if numero:
                promesses.write(f"{numero}\n")


if __name__ == "__main__":
    main()
