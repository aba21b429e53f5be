"""Two real IMAP servers on this machine: pymap (in the environment) and dovecot (Debian, what town halls run)."""

import contextlib
import getpass
import imaplib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from outils.serveurs import port_libre

COMPTE, SECRET = "contact", "mot-de-passe-de-test"


@dataclass(frozen=True)
class ServeurImap:
    """Where it listens, and one account in it."""

    port: int
    compte: str = COMPTE
    secret: str = SECRET

    def session(self, delai: float = 20) -> imaplib.IMAP4:
        ouverte = imaplib.IMAP4("127.0.0.1", self.port, timeout=delai)
        ouverte.login(self.compte, self.secret)
        return ouverte

    def deposer(self, brut: bytes, *, dossier: str = "INBOX", quand: str = '"20-Nov-2026 08:00:00 +0100"') -> None:
        with self.session() as session:
            session.append(dossier, "", quand, brut.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))

    def compter(self, dossier: str = "INBOX") -> int:
        with self.session() as session:
            statut, reponse = session.select(f'"{dossier}"', readonly=True)
            return int(reponse[0] or 0) if statut == "OK" else 0


@contextlib.contextmanager
def pymap() -> Iterator[ServeurImap]:
    port = port_libre()
    commande = [str(Path(sys.executable).parent / "pymap"), "--host", "127.0.0.1", "--port", str(port), "--no-tls"]
    commande += ["dict", "--demo-data", "--demo-user", COMPTE, "--demo-password", SECRET]
    with _tenir(commande, port) as serveur:
        with serveur.session() as session:  # the demo account comes with messages
            session.select()
            session.store("1:*", "+FLAGS", r"(\Deleted)")
            session.expunge()
        yield serveur


@contextlib.contextmanager
def dovecot() -> Iterator[ServeurImap]:
    with tempfile.TemporaryDirectory(prefix="gdv") as dossier:  # short: its sockets' paths have a limit of 107 bytes
        yield from _dovecot(Path(dossier))


def _dovecot(dossier: Path) -> Iterator[ServeurImap]:
    port = port_libre()
    moi = getpass.getuser()
    usagers = dossier / "usagers"
    usagers.write_text(f"{COMPTE}:{{PLAIN}}{SECRET}:{os.getuid() or 65534}:{os.getgid() or 65534}::{dossier}::\n")
    (dossier / "courrier").mkdir(exist_ok=True)
    if not os.getuid():
        dossier.chmod(0o755)  # the process that checks passwords has its own account
        for chemin in (dossier, dossier / "courrier"):
            os.chown(chemin, 65534, 65534)
    compte_interne = "" if not os.getuid() else f"default_internal_user = {moi}\ndefault_login_user = {moi}\n"
    reglages = dossier / "dovecot.conf"
    reglages.write_text(
        f"{compte_interne}base_dir = {dossier}/run\nprotocols = imap\nlisten = 127.0.0.1\nssl = no\n"
        "disable_plaintext_auth = no\nfirst_valid_uid = 1\nfirst_valid_gid = 1\nlog_path = /dev/stderr\n"
        f"mail_location = maildir:{dossier}/courrier\n"
        f"passdb {{\n driver = passwd-file\n args = {usagers}\n}}\n"
        f"userdb {{\n driver = passwd-file\n args = {usagers}\n}}\n"
        f"service imap-login {{\n chroot =\n inet_listener imap {{\n port = {port}\n }}\n"
        " inet_listener imaps {\n port = 0\n }\n}\nservice anvil {\n chroot =\n}\n"
    )
    programme = shutil.which("dovecot") or "/usr/sbin/dovecot"
    with _tenir([programme, "-F", "-c", str(reglages)], port) as serveur:
        yield serveur


@contextlib.contextmanager
def _tenir(commande: list[str], port: int) -> Iterator[ServeurImap]:
    with tempfile.TemporaryFile() as trace:
        processus = subprocess.Popen(commande, stdout=subprocess.DEVNULL, stderr=trace)
        try:
            yield _attendre(processus, ServeurImap(port), trace)
        finally:
            processus.terminate()
            processus.wait(timeout=10)


def _attendre(processus: subprocess.Popen[bytes], serveur: ServeurImap, trace: IO[bytes]) -> ServeurImap:
    for _ in range(50):
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            serveur.session(delai=2).logout()
            return serveur
        if processus.poll() is not None:
            break
        time.sleep(0.1)
    trace.seek(0)
    raise RuntimeError(f"The IMAP server did not start: {trace.read().decode()[-2000:]}")
