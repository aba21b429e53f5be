"""`manage.py calculer_echeance < case.json`: the due date of a case, with its reasoning (docs/delais.md).

Prints the reasoning line by line, then one line of JSON: `{"echeance": ISO or null, "explication": […]}`. A case that
cannot be read or computed: its sentence on the standard error, `{"erreur": …}` on the last line, exit code 2.
"""

import io
import json
import sys

from django.core.management.base import BaseCommand

from collectivites.calendrier import AucunJourOuvre
from demandes.delais.calcul import Promesse
from demandes.delais.cas import compute_cas
from demandes.delais.lecture import read_cas
from demandes.delais.lecture_calendrier import CasIllisible

REFUS = 2


class Command(BaseCommand):
    """Compute one case read on the standard input. Reads no database."""

    help = "Calcule une échéance à partir d'un cas JSON lu sur l'entrée standard, et l'explique."
    requires_system_checks: list[str] = []

    def handle(self, *args: object, **options: object) -> None:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(encoding="utf-8")  # whatever the locale of the shell
        try:
            promesse = compute_text(sys.stdin.buffer.read())
        except (CasIllisible, AucunJourOuvre) as error:
            self.stderr.write(str(error))
            self._print({"erreur": str(error)})
            raise SystemExit(REFUS) from None
        for line in promesse.explication:
            self.stdout.write(line)
        at = promesse.at.isoformat() if promesse.at else None
        self._print({"echeance": at, "explication": list(promesse.explication)})

    def _print(self, answer: dict[str, object]) -> None:
        self.stdout.write(json.dumps(answer, ensure_ascii=False))


def compute_text(raw: bytes) -> Promesse:
    """Read and compute one case. Raises CasIllisible, AucunJourOuvre."""
    try:
        data = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise CasIllisible("Le cas n'est pas écrit en UTF-8.") from None
    except (ValueError, RecursionError) as error:
        where = f" (ligne {error.lineno}, colonne {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise CasIllisible(f"Ce n'est pas du JSON{where}.") from None
    try:
        return compute_cas(read_cas(data))
    except OverflowError:
        raise CasIllisible("L'échéance tombe trop loin pour être calculée.") from None
