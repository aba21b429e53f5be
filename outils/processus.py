"""The children of ``make demo``: started, watched over, signalled; and those that a killed supervisor left behind."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from outils.serveurs import DONNEES, RACINE

MARQUE = "GUICHET_SUPERVISEUR"
TAILLE_JOURNAL = 5 * 2**20


def dire(phrase: str) -> None:
    print(phrase, flush=True)


@dataclass
class Processus:
    """One child: its command, its log, and how long to wait before it is started again."""

    nom: str
    commande: list[str]
    enfant: subprocess.Popen[bytes] | None = None
    attente: float = 1
    relance_a: float = 0
    lance_a: float = field(default=0, repr=False)

    def lancer(self, env: dict[str, str]) -> None:
        journal = DONNEES / "journaux" / f"{self.nom}.log"
        if journal.exists() and journal.stat().st_size > TAILLE_JOURNAL:
            journal.replace(journal.with_suffix(".log.1"))
        with journal.open("ab") as trace:
            # Its own session: a Ctrl-C of the terminal reaches the supervisor alone, which decides of the order.
            self.enfant = subprocess.Popen(
                self.commande,
                cwd=RACINE,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=trace,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.lance_a, self.relance_a = time.monotonic(), 0

    def veiller(self, env: dict[str, str]) -> None:
        """Start the child again if it died, later and later if it keeps dying."""
        maintenant = time.monotonic()
        if self.relance_a:
            if maintenant >= self.relance_a:
                self.lancer(env)
        elif self.enfant and self.enfant.poll() is not None:
            self.attente = 1 if maintenant - self.lance_a > 60 else min(self.attente * 2, 30)
            self.relance_a = maintenant + self.attente
            dire(
                f"« {self.nom} » s’est arrêté (code {self.enfant.returncode}) : "
                f"nouvel essai dans {self.attente:.0f} s. Sa trace : {DONNEES / 'journaux' / f'{self.nom}.log'}"
            )

    def signaler(self, signe: int) -> None:
        """Signal a living child: politely to its leader, which ends its workers; by force to its whole group."""
        if self.enfant and self.vit:
            with contextlib.suppress(ProcessLookupError):
                (os.killpg if signe == signal.SIGKILL else os.kill)(self.enfant.pid, signe)

    @property
    def vit(self) -> bool:
        return self.enfant is not None and self.enfant.poll() is None


def achever(marque: str) -> int:
    """Kill every process whose mark starts with ``marque``, workers of dead parents included; return how many."""
    restes = [p for p in psutil.process_iter() if _porte(p, marque)]
    for reste in restes:
        with contextlib.suppress(psutil.Error):
            reste.kill()
    fin = time.monotonic() + 10
    while not all(map(_mort, restes)) and time.monotonic() < fin:
        time.sleep(0.02)
    return len(restes)


def _mort(processus: psutil.Process) -> bool:
    """Tell whether it is gone for good, its ports closed: a zombie is, a process that only lost its memory is not."""
    try:
        return not processus.is_running() or processus.status() == psutil.STATUS_ZOMBIE
    except psutil.Error:
        return True


def _porte(processus: psutil.Process, marque: str) -> bool:
    try:
        return processus.environ().get(MARQUE, "").startswith(marque) and processus.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, OSError):
        return False
