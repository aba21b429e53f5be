"""`manage.py lire_courriel FILE…`: one JSON reading per message file, for operators and outside checks."""

import json
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand

from socle.courriel import lire


class Command(BaseCommand):
    """Print one JSON line per readable file; an unreadable one is told on stderr and ends in exit code 1."""

    help = "Lit des messages bruts et affiche une ligne JSON par fichier."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("fichiers", nargs="+", metavar="FICHIER", help="message brut (RFC 5322)")

    def handle(self, *args: object, fichiers: list[str], **options: object) -> None:
        illisibles = 0
        for fichier in fichiers:
            try:
                brut = Path(fichier).read_bytes()
            except OSError as erreur:
                illisibles += 1
                self.stderr.write(f"Fichier illisible\u00a0: {fichier} ({_french_cause(erreur)}).")
                continue
            # Escaped: U+2028 and the like would otherwise break one line into two for some readers.
            self.stdout.write(json.dumps(lire(brut).as_dict()))
        if illisibles:
            raise SystemExit(1)


def _french_cause(erreur: OSError) -> str:
    if isinstance(erreur, FileNotFoundError):
        return "il n’existe pas"
    if isinstance(erreur, PermissionError):
        return "sa lecture est refusée"
    return "c’est un dossier" if isinstance(erreur, IsADirectoryError) else f"erreur système {erreur.errno}"
