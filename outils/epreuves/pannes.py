"""Send mails to a running town while its processes are killed one after the other, then count.

Everything happens in a state of its own (``.guichet/epreuve``), with ports of its own. A mail that the SMTP door has
accepted must become one request and one receipt to its sender, whatever was killed in between; a sender whose delivery
failed tries again with the same Message-ID, as mail servers do. Prints what was found, exits 1 if anything is missing.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import smtplib
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import psutil
import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

RACINE = Path(__file__).resolve().parents[2]
DONNEES = RACINE / ".guichet" / "epreuve"
os.environ["DONNEES"] = str(DONNEES)  # read by the modules imported below: never the state of `make demo`

from outils.processus import achever  # noqa: E402
from outils.serveurs import Services, port_libre  # noqa: E402

MESSAGES = 60
RYTHME = 0.4  # seconds between two mails
VICTIMES = {  # what is killed, in turn: a word of its command line
    "taches": "config worker",
    "web": "config.wsgi",
    "courriel": "ecouter_courriel",
    "horloge": "config beat",
    "PostgreSQL": "postgres -D",
    "Valkey": "valkey-server",
}


class Epreuve:
    """One town under test."""

    def __init__(self) -> None:
        self.echecs: list[str] = []
        self.port = port_libre()
        self.acceptes: list[str] = []
        self.supervision: subprocess.Popen[str] | None = None
        self.passerelle = ""
        self.porte = 0

    def verifier(self, phrase: str, *, juste: bool) -> None:
        print(f"{'bon  ' if juste else 'échec'}  {phrase}", flush=True)
        if not juste:
            self.echecs.append(phrase)

    def demarrer(self) -> float:
        """Start the supervisor and return the seconds until its ready line."""
        debut = time.monotonic()
        env = os.environ | {"PORT": str(self.port), "PORT_SMTP_ENTRANT": str(port_libre())}
        self.supervision = subprocess.Popen(
            [sys.executable, "outils/demo.py"], cwd=RACINE, env=env, stdout=subprocess.PIPE, text=True
        )
        assert self.supervision.stdout is not None
        for ligne in self.supervision.stdout:
            print(f"       | {ligne}", end="", flush=True)
            if trouve := re.search(r"« partis » : (\S+)", ligne):
                self.passerelle = trouve.group(1)
            if trouve := re.search(r"SMTP\) : 127\.0\.0\.1:(\d+)", ligne):
                self.porte = int(trouve.group(1))
            if "Ctrl-C" in ligne:
                threading.Thread(target=self.supervision.stdout.read, daemon=True).start()
                return time.monotonic() - debut
        raise SystemExit("La démonstration n’a pas démarré.")

    def arreter(self, signe: int) -> None:
        assert self.supervision is not None
        self.supervision.send_signal(signe)
        self.supervision.wait(60)

    def interroger(self, requete: str, *valeurs: object) -> list[tuple[object, ...]]:
        """Query as a superuser; wait for PostgreSQL if it is being started again."""
        adresse = Services.du_profil("demo", prive=DONNEES).adresses()["DATABASE_URL"]
        for _essai in range(60):
            with contextlib.suppress(psycopg.OperationalError), psycopg.connect(adresse) as connexion:
                return connexion.execute(requete, valeurs).fetchall()
            time.sleep(0.5)
        raise SystemExit("PostgreSQL n’est pas revenu.")

    def envoyer(self, boite: str) -> None:
        """Send every mail until it is accepted, one sender each."""
        for numero in range(MESSAGES):
            message = EmailMessage()
            message["From"], message["To"] = f"Épreuve {numero} <epreuve-{numero}@example.org>", boite
            message["Subject"] = f"Lampadaire en panne n° {numero}"
            message["Message-ID"] = f"<epreuve-{numero}-{self.port}@example.org>"
            message.set_content(f"Bonjour, le lampadaire {numero} de la rue est en panne.")
            while not self._remettre(message):
                time.sleep(0.5)
            self.acceptes.append(str(message["Message-ID"]))
            time.sleep(RYTHME)

    def _remettre(self, message: EmailMessage) -> bool:
        try:
            with smtplib.SMTP("127.0.0.1", self.porte, timeout=20) as client:
                client.send_message(message)
        except (OSError, smtplib.SMTPException):
            return False
        return True

    def recus_par_adresse(self) -> Counter[str]:
        with urllib.request.urlopen(f"{self.passerelle}courriels", timeout=20) as reponse:
            return Counter(courriel["a"] for courriel in json.load(reponse))

    def manquants(self) -> list[int]:
        """Return the numbers of the senders that have no receipt yet."""
        recus = self.recus_par_adresse()
        return [n for n in range(MESSAGES) if not any(f"epreuve-{n}@" in adresse for adresse in recus)]


def processus_de(mot: str) -> Iterator[psutil.Process]:
    """Yield the processes of this town whose command line holds ``mot``."""
    neutre = Path(DONNEES / "services.lieu")
    lieux = [str(DONNEES), *([neutre.read_text().strip()] if neutre.exists() else [])]
    for processus in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            ligne = " ".join(processus.cmdline())
            chez_nous = any(lieu in ligne for lieu in lieux) or processus.environ().get("DONNEES") == str(DONNEES)
            if mot in ligne and chez_nous and processus.pid != os.getpid():
                yield processus


def tuer(mot: str) -> int:
    tues = list(processus_de(mot))
    for processus in tues:
        with contextlib.suppress(psutil.Error):
            processus.kill()
    return len(tues)


def attendre(condition: Callable[[], bool], secondes: float) -> bool:
    fin = time.monotonic() + secondes
    while not condition():
        if time.monotonic() > fin:
            return False
        time.sleep(1)
    return True


def eprouver(epreuve: Epreuve) -> None:
    print(f"Premier départ : {epreuve.demarrer():.1f} s", flush=True)
    (boite,) = epreuve.interroger("SELECT adresse FROM demandes_boite WHERE is_active ORDER BY id LIMIT 1")[0]
    envoi = threading.Thread(target=epreuve.envoyer, args=(str(boite),), daemon=True)
    envoi.start()
    for nom, mot in VICTIMES.items():
        time.sleep(MESSAGES * RYTHME / len(VICTIMES))
        epreuve.verifier(f"{nom} tué en plein travail", juste=tuer(mot) > 0)
    envoi.join(300)
    epreuve.verifier(f"{len(epreuve.acceptes)} courriels acceptés sur {MESSAGES}", juste=not envoi.is_alive())

    quatre_minutes = 240  # a lease left by a killed worker must expire first
    attendre(lambda: not epreuve.manquants(), quatre_minutes)
    compter(epreuve)

    epreuve.arreter(signal.SIGKILL)
    delai = epreuve.demarrer()
    epreuve.verifier(f"superviseur tué, reparti en {delai:.1f} s", juste=delai < 60)
    compter(epreuve)
    epreuve.arreter(signal.SIGTERM)
    restes = list(processus_de(""))
    epreuve.verifier(f"arrêt : {len(restes)} processus restants", juste=not restes)


def compter(epreuve: Epreuve) -> None:
    """Check that nothing accepted was lost, and nothing done twice."""
    comme = f"%epreuve-%-{epreuve.port}@example.org%"
    etats = dict(
        epreuve.interroger("SELECT etat, count(*) FROM demandes_entree WHERE externe_id LIKE %s GROUP BY 1", comme)
    )
    epreuve.verifier(f"entrées : {etats}", juste=etats == {"traitee": MESSAGES})
    manquants = epreuve.manquants()
    epreuve.verifier(f"expéditeurs sans accusé de réception : {manquants}", juste=not manquants)
    doubles = {a: n for a, n in epreuve.recus_par_adresse().items() if "epreuve-" in a and n > 1}
    epreuve.verifier(f"accusés partis deux fois : {doubles}", juste=len(doubles) <= 1)  # the one cut in mid-delivery


def main() -> int:
    effacer()
    epreuve = Epreuve()
    try:
        eprouver(epreuve)
    finally:
        if epreuve.supervision and epreuve.supervision.poll() is None:
            epreuve.arreter(signal.SIGTERM)
        achever(f"{DONNEES}#")
        Services.du_profil("demo", prive=DONNEES).stop()
    print(f"{'Épreuve réussie' if not epreuve.echecs else 'Épreuve manquée'} : {len(epreuve.echecs)} échec(s).")
    return 1 if epreuve.echecs else 0


def effacer() -> None:
    """Start from an empty town: nothing of an earlier trial must count."""
    services = Services.du_profil("demo", prive=DONNEES)
    services.stop()
    shutil.rmtree(services.dossier, ignore_errors=True)
    shutil.rmtree(DONNEES, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
