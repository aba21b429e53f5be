"""What the ordeal and the measure of incoming mail share: a base of their own, processes, a sender that insists."""

import contextlib
import os
import random
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

RACINE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(RACINE))

from outils.serveurs import Services, port_libre  # noqa: E402

DANS_GUICHET = "outils.epreuves.courriels_dans_guichet"
BOITE = "contact@epreuve.example"
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 12


def write_mail(numero: int) -> bytes:
    """Return the mail of this number: its own sender, an accented text, one attachment, CRLF."""
    message = EmailMessage()
    message["From"] = f"Élise Nom{numero} <elise.{numero}@exemple.fr>"
    message["To"] = BOITE
    message["Subject"] = f"Épreuve n° {numero}"
    message["Date"] = "Tue, 24 Nov 2026 09:39:00 +0100"
    message["Message-ID"] = f"<epreuve.{numero}@exemple.fr>"
    message.set_content(f"Bonjour,\n\nLe lampadaire n° {numero} de ma rue est éteint depuis l'été.\n\nMerci.\n")
    message.add_attachment(PDF + str(numero).encode(), maintype="application", subtype="pdf", filename="plan.pdf")
    message.set_boundary(f"frontiere-{numero}")  # the same message twice is the same bytes
    return message.as_bytes().replace(b"\n", b"\r\n")


@dataclass
class Maison:
    """The processes under test; each can be felled and stood up again."""

    env: dict[str, str]
    etat: Path
    port: int
    enfants: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    depuis: dict[str, float] = field(default_factory=dict)

    def command(self, nom: str) -> list[str]:
        celery = [sys.executable, "-m", "celery", "--app", DANS_GUICHET]
        if nom == "porte":
            return [sys.executable, "-m", DANS_GUICHET, "porte", str(self.port)]
        if nom == "horloge":
            return [*celery, "beat", "--schedule", str(self.etat / "horloge"), "--pidfile=", "--loglevel", "WARNING"]
        return [*celery, "worker", "--concurrency", "1", "--queues", "entrees", "--loglevel", "WARNING",
                "--without-gossip", "--without-mingle", "--without-heartbeat", "--hostname", f"{nom}@%h"]  # fmt: skip

    def start(self, nom: str) -> None:
        with (self.etat / f"{nom}.log").open("ab") as trace:
            self.enfants[nom] = subprocess.Popen(
                self.command(nom), cwd=RACINE, env=self.env, stdin=subprocess.DEVNULL, stdout=trace,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self.depuis[nom] = time.monotonic()

    def kill(self, nom: str) -> None:
        """kill -9 of the whole group: no farewell, no acknowledgement."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.enfants[nom].pid, signal.SIGKILL)
        self.enfants[nom].wait()

    def stop(self) -> None:
        for nom in self.enfants:
            self.kill(nom)

    def wait_for_door(self) -> None:
        for _ in range(300):
            with contextlib.suppress(OSError), smtplib.SMTP("127.0.0.1", self.port, timeout=5):
                return
            time.sleep(0.2)
        raise SystemExit("La porte ne s'ouvre pas : voyez porte.log.")


class Expediteur:
    """A mail server: one kept connection, and each message again and again until the door says « received »."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.client: smtplib.SMTP | None = None
        self.reprises = 0

    def send(self, brut: bytes) -> None:
        while True:
            try:
                self._connected().sendmail("elise@exemple.fr", [BOITE], brut)
            except (OSError, smtplib.SMTPException):
                self.client = None
                self.reprises += 1
                time.sleep(random.uniform(0.1, 0.4))
            else:
                return

    def _connected(self) -> smtplib.SMTP:
        if self.client is None:
            self.client = smtplib.SMTP("127.0.0.1", self.port, timeout=30)
        return self.client


@contextlib.contextmanager
def own_database(nom: str, etat: Path) -> Iterator[dict[str, str]]:
    """Yield the environment of a house with an empty database, on the servers given or on servers of its own."""
    with contextlib.ExitStack() as pile:
        if {"DATABASE_URL", "REDIS_URL"} <= os.environ.keys():
            adresses = {nom: os.environ[nom] for nom in ("DATABASE_URL", "REDIS_URL")}
        else:
            adresses = pile.enter_context(Services.du_profil("demo", prive=etat).en_usage())
        base = f"guichet_{nom}_{os.getpid()}"
        admin_url = urlsplit(adresses["DATABASE_URL"])._replace(path="/postgres").geturl()
        admin = pile.enter_context(psycopg.connect(admin_url, autocommit=True))
        admin.execute(f"CREATE DATABASE {base}")  # type: ignore[arg-type]
        pile.callback(admin.execute, f"DROP DATABASE IF EXISTS {base} WITH (FORCE)")  # type: ignore[arg-type]
        adresses["DATABASE_URL"] = urlsplit(adresses["DATABASE_URL"])._replace(path=f"/{base}").geturl()
        yield {
            **os.environ, **adresses,
            "DJANGO_SETTINGS_MODULE": "config.settings.dev", "SECRET_KEY": "epreuve" * 10, "DONNEES": str(etat),
            "PYTHONPATH": str(RACINE), "BASE_CONNEXIONS": "4", "GUICHET_DEMO": "non", "EPREUVE": "oui",
        }  # fmt: skip


def found_house(env: dict[str, str], etat: Path) -> Maison:
    """Migrate, found the town, choose a port."""
    for commande in (["manage.py", "preparer_base", "--verbosity", "0"], ["-m", DANS_GUICHET, "ville"]):
        subprocess.run([sys.executable, *commande], cwd=RACINE, env=env, check=True, stdout=subprocess.DEVNULL)
    return Maison(env, etat, port_libre())
