"""`manage.py recevoir_courriel --collectivite SLUG [FILE…]`: a mail server's pipe, tests, replays.

One JSON line a message: `{"entree", "issue", "demande", "usager", "repond"}` (docs: ARCHITECTURE §9). Exit codes are
those a mail server understands: 75 (EX_TEMPFAIL) when the database or the disk is away, so that it keeps the message.
"""

import json
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import NoReturn

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError
from django.utils import timezone
from psycopg_pool import PoolTimeout

from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite
from demandes.models import Boite, Demande, Entree
from demandes.reception.arrivee import receive_raw
from demandes.reception.traitement import process_entree
from messagerie.models import Envoi

PLUS_TARD = 75  # EX_TEMPFAIL of sysexits.h
USAGE = 2
ILLISIBLE = 66  # EX_NOINPUT
PATIENCE = 90.0  # seconds: longer than the lease of a worker that would hold the entry


class Command(BaseCommand):
    """Keep each message, read it at once, and say what it became."""

    help = "Reçoit des messages bruts (fichiers, ou entrée standard) et affiche une ligne JSON par message."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--collectivite", required=True, metavar="SLUG")
        parser.add_argument(
            "--boite", default="", metavar="ADRESSE", help="boîte qui reçoit (défaut\u00a0: la générale)"
        )
        parser.add_argument(
            "fichiers", nargs="*", metavar="FICHIER", help="messages bruts\u00a0; sans fichier, l'entrée"
        )

    def handle(self, *args: object, collectivite: str, boite: str, fichiers: list[str], **options: object) -> None:
        try:
            self._receive_all(collectivite, boite, fichiers)
        except (DatabaseError, InterfaceError, PoolTimeout) as error:
            self._stop(PLUS_TARD, f"Base de données injoignable ({type(error).__name__})\u00a0: message non pris.")
        except OSError as error:
            self._stop(PLUS_TARD, f"Dépôt indisponible ({error.strerror})\u00a0: message non pris.")

    def _receive_all(self, slug: str, boite: str, fichiers: list[str]) -> None:
        town = Collectivite.objects.filter(slug=slug, is_active=True).first()
        if town is None:
            self._stop(USAGE, f"Aucune collectivité active ne s'appelle «\u00a0{slug}\u00a0».")
        boite_id = self._find_boite(town, boite)
        for brut in self._read(fichiers):
            self.stdout.write(json.dumps(receive_and_read(brut, collectivite_id=town.pk, boite_id=boite_id)))

    def _find_boite(self, town: Collectivite, adresse: str) -> int | None:
        with collectivite_active(town.pk):
            active = Boite.objects.filter(is_active=True).order_by("service_id", "pk")
            if adresse:
                found = active.filter(adresse=adresse.lower()).first()
                if found is None:
                    self._stop(USAGE, f"«\u00a0{adresse}\u00a0» n'est pas une boîte active de {town.nom}.")
                return found.pk
            general = active.filter(service__isnull=True)
            return general.values_list("pk", flat=True).first()

    def _read(self, fichiers: list[str]) -> list[bytes]:
        if not fichiers:
            return [sys.stdin.buffer.read()]
        try:
            return [Path(fichier).read_bytes() for fichier in fichiers]
        except OSError as error:
            self._stop(ILLISIBLE, f"Fichier illisible\u00a0: {error.filename} ({error.strerror}).")

    def _stop(self, code: int, phrase: str) -> NoReturn:
        self.stderr.write(phrase)
        raise SystemExit(code)


def receive_and_read(brut: bytes, *, collectivite_id: int, boite_id: int | None) -> dict[str, object]:
    """Take one message through both halves of a reception and return what the JSON line says."""
    entree = receive_raw(
        brut=brut, collectivite_id=collectivite_id, boite_id=boite_id, at=timezone.now(), is_nudged=False
    )
    deadline = time.monotonic() + PATIENCE
    while True:  # three failures hand the entry to a human; the sweeper may also have taken it a moment before us
        process_entree(collectivite_id=collectivite_id, entree_id=entree.pk, at=timezone.now())
        with collectivite_active(collectivite_id):
            lue = Entree.objects.get(pk=entree.pk)
            if lue.etat != Entree.Etat.RECUE or time.monotonic() > deadline:
                return _describe(lue, is_deja_recue=entree.is_deja_recue)
        time.sleep(0.1)


def _describe(entree: Entree, *, is_deja_recue: bool) -> dict[str, object]:
    demande = Demande.objects.filter(pk=entree.demande_id).first() if entree.demande_id else None
    is_new = entree.issue == Entree.Issue.NOUVELLE and not is_deja_recue
    answered = Envoi.objects.filter(objet_type="demande", objet_id=entree.demande_id, canal=Envoi.Canal.COURRIEL)
    return {
        "entree": entree.pk,
        "issue": Entree.Issue.DOUBLON.value if is_deja_recue else entree.issue or None,
        "demande": demande.numero if demande else None,
        "usager": entree.usager_id,
        "repond": is_new and answered.exists(),
    }
