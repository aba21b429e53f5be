"""``make demo``: prepare everything, start every process, watch over them, stop them all.

One foreground supervisor. The ready line is printed when ``/sante/`` answers 200. A child that dies is started again.
Ctrl-C or SIGTERM ends everything it started, PostgreSQL and Valkey last. Killed by surprise, it leaves children that
carry its mark in their environment: the next start ends them first, and nothing committed is lost.
"""

import contextlib
import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from outils.empreintes import empreinte_schema, empreinte_statiques, empreinte_ville
from outils.processus import MARQUE, Processus, achever, dire
from outils.serveurs import DONNEES, RACINE, ServiceIndisponible, Services, port_libre, repond

BIN = Path(sys.executable).parent
FILES_CELERY = "courant,envois,entrees"  # config/celery.py routes to these; a test compares
DELAI_DEMARRAGE = 120
STATIQUES_FAITES = DONNEES / "statiques.empreinte"
COMPTES = DONNEES / "comptes.txt"
PANGO = ("libgobject-2.0.so.0", "libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz.so.0", "libfontconfig.so.1")


class DemoImpossible(Exception):
    """The demo can't start or go on; the message is a French sentence that says what to do."""


class ArretDemande(Exception):
    """Someone asked the supervisor to stop."""


class Superviseur:
    """Everything ``make demo`` owns, from the lock on the checkout to the last process."""

    def __init__(self) -> None:
        self.port = _entier("PORT", 8000)
        self.env: dict[str, str] = {}
        self.services: Services | None = None
        self.processus: list[Processus] = []
        self.arret_demande = False
        self.presse = False
        self.ville: subprocess.Popen[str] | None = None
        self._preparations: list[subprocess.Popen[str]] = []

    # ── Preparing ─────────────────────────────────────────────────────────────────────────────────────────────────

    def preparer_environnement(self) -> None:
        if port_libre(self.port) != self.port:
            raise DemoImpossible(
                f"Le port {self.port} est déjà pris par un autre programme. Choisissez-en un autre : "
                f"« make demo PORT={self.port + 1} »."
            )
        ports = {"flux": self.port + 1, "page": self.port + 2, "sortant": 1025, "entrant": 2525}
        libres = {
            nom: port_libre(_entier("PORT_SMTP_ENTRANT", p) if nom == "entrant" else p) for nom, p in ports.items()
        }
        self.env = {
            **os.environ,
            MARQUE: f"{DONNEES}#{os.getpid()}#",
            "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": str(RACINE),
            "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "config.settings.dev"),
            "GUICHET_DEMO": "oui",
            "DONNEES": str(DONNEES),
            "PORT": str(self.port),
            "URL_PUBLIQUE": os.environ.get("URL_PUBLIQUE", f"http://127.0.0.1:{self.port}"),
            "FLUX_PORT": str(libres["flux"]),
            "FLUX_URL": os.environ.get("FLUX_URL", f"http://127.0.0.1:{libres['flux']}"),
            "PORT_SMTP_ENTRANT": str(libres["entrant"]),
            "SMTP_URL": os.environ.get("SMTP_URL", f"smtp://127.0.0.1:{libres['sortant']}"),
            "PASSERELLE_URL": os.environ.get("PASSERELLE_URL", f"http://127.0.0.1:{libres['page']}"),
        }

    def ouvrir(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start ``manage.py`` aside; ``recolter`` waits for it."""
        preparation = subprocess.Popen(
            [sys.executable, str(RACINE / "manage.py"), *arguments],
            cwd=RACINE,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._preparations.append(preparation)
        return preparation

    @staticmethod
    def recolter(preparation: "subprocess.Popen[str]") -> str:
        """Wait for a ``manage.py`` and return what it prints. Raises DemoImpossible with its last lines."""
        dit, erreur = preparation.communicate()
        if preparation.returncode:
            commande = " ".join(map(str, preparation.args[1:]))  # type: ignore[index] a list, see ouvrir
            raise DemoImpossible("\n".join([f"« {commande} » a échoué :", *(erreur or dit).splitlines()[-12:]]))
        return dit

    def preparer(self) -> None:
        """Bring the base, the town and the static files up to date; quick when they are."""
        statiques = None
        if lu(STATIQUES_FAITES) != empreinte_statiques():
            statiques = self.ouvrir("collectstatic", "--noinput", "--verbosity", "0")
        if self._a_faire("schema", empreinte_schema()):
            dire("Préparation de la base …")
            self.recolter(self.ouvrir("preparer_base", "--verbosity", "0", "--skip-checks"))
            self._noter_fait("schema", empreinte_schema())
        if self._a_faire("ville", empreinte_ville()):
            dire("Ville de démonstration …")
            self.ville = self.ouvrir("demo")  # goes on while the processes start: one transaction, seen whole or not
        if statiques:
            self.recolter(statiques)
            STATIQUES_FAITES.write_text(empreinte_statiques())
        if manque := pango_manquant():
            dire(
                f"Les PDF ne seront pas disponibles ({manque} manque) : "
                "« apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 ». Tout le reste fonctionne."
            )

    def finir_la_ville(self) -> None:
        """Wait for the town that ``preparer`` began to load, and keep its accounts."""
        if self.ville is None:
            return
        self.recolter(self.ville)
        COMPTES.write_text(self.recolter(self.ouvrir("demo", "--comptes")))
        self._noter_fait("ville", empreinte_ville())

    def _marque(self, nom: str) -> Path | None:
        """Marks live with our own PostgreSQL's data, so that what erases one erases the other; none elsewhere."""
        return self.services.donnees / f"{nom}.empreinte" if self.services else None

    def _a_faire(self, nom: str, empreinte: str) -> bool:
        marque = self._marque(nom)
        return marque is None or lu(marque) != empreinte or not COMPTES.exists()

    def _noter_fait(self, nom: str, empreinte: str) -> None:
        if marque := self._marque(nom):
            marque.write_text(empreinte)

    # ── Running ───────────────────────────────────────────────────────────────────────────────────────────────────

    def lancer(self) -> None:
        (DONNEES / "journaux").mkdir(parents=True, exist_ok=True)
        self.processus = [Processus(nom, commande) for nom, commande in commandes(self.env).items()]
        for processus in self.processus:
            processus.lancer(self.env)

    def attendre_la_sante(self) -> None:
        adresse = f"http://127.0.0.1:{self.port}/sante/"
        fin = time.monotonic() + DELAI_DEMARRAGE
        portes = (int(self.env["PORT_SMTP_ENTRANT"]), int(self.env["FLUX_PORT"]))
        while not (_repond_200(adresse) and all(map(repond, portes))):
            if time.monotonic() > fin:
                raise DemoImpossible(f"Guichet ne répond pas. Les traces sont dans {DONNEES / 'journaux'}.")
            self._veiller()
            time.sleep(0.1)

    def annoncer(self, comptes: str) -> None:
        dire(f"\nGuichet est prêt : http://127.0.0.1:{self.port}/\n")
        if comptes.strip():
            dire(comptes.rstrip())
        dire(f"SMS et courriels « partis » : {self.env['PASSERELLE_URL']}/")
        dire(f"Porte des courriels (SMTP) : 127.0.0.1:{self.env['PORT_SMTP_ENTRANT']}")
        dire(f"Traces : {DONNEES / 'journaux'}\nCtrl-C arrête tout.")

    def tenir(self) -> None:
        tour = 0
        while True:
            self._veiller()
            tour += 1
            if self.services and tour % 6 == 0 and not all(self.services.etat().values()):
                dire("PostgreSQL ou Valkey s’est arrêté : nouveau départ.")
                with contextlib.suppress(ServiceIndisponible):
                    self.services.start()
            time.sleep(0.5)

    def _veiller(self) -> None:
        for processus in self.processus:
            processus.veiller(self.env)

    # ── Stopping ──────────────────────────────────────────────────────────────────────────────────────────────────

    def arreter(self) -> None:
        """Close the doors first, let the worker finish, keep the gateways until it has."""
        for preparation in self._preparations:
            if preparation.poll() is None:
                preparation.kill()
                preparation.communicate()
        if self.processus:
            dire("\nArrêt …")
        for etape in (("courriel", "horloge", "web", "flux"), ("taches",), ("passerelles",)):
            self._arreter_etape([p for p in self.processus if p.nom in etape])
        achever(self.env[MARQUE])

    def _arreter_etape(self, groupe: list[Processus]) -> None:
        for processus in groupe:
            processus.signaler(signal.SIGTERM)
        fin = time.monotonic() + 10
        while any(p.vit for p in groupe) and time.monotonic() < fin and not self.presse:
            time.sleep(0.05)
        for processus in groupe:
            processus.signaler(signal.SIGKILL)
            if processus.enfant:
                processus.enfant.wait()
                processus.enfant = None

    def entendre(self, _signe: int, _cadre: FrameType | None) -> None:
        """First signal: stop in order. Second: without waiting."""
        if self.arret_demande:
            self.presse = True
            return
        self.arret_demande = True
        raise ArretDemande


def commandes(env: dict[str, str]) -> dict[str, list[str]]:
    """Return the processes of Guichet by name, in the order they start."""
    python, donnees = sys.executable, Path(env["DONNEES"])
    uvicorn = [python, "-m", "uvicorn", "--no-access-log", "--host", "127.0.0.1"]  # its lines hold tokens
    gunicorn = [
        python,
        "-m",
        "gunicorn",
        "--no-control-socket",
        "--preload",
        "--worker-class",
        "gthread",
        "--workers",
        "2",
    ]
    celery = [python, "-m", "celery", "--app", "config"]
    return {
        "passerelles": [python, str(RACINE / "outils" / "passerelles.py")],
        "flux": [*uvicorn, "--port", env["FLUX_PORT"], "config.flux:application"],
        "web": [*gunicorn, "--threads", "4", "--max-requests", "2000", "--max-requests-jitter", "200",
                "--bind", f"127.0.0.1:{env['PORT']}", "config.wsgi"],
        "taches": [*celery, "worker", "--concurrency", "2", "--queues", FILES_CELERY, "--loglevel", "INFO",
                   "--without-gossip", "--without-mingle"],
        "horloge": [*celery, "beat", "--schedule", str(donnees / "horloge"), "--pidfile=", "--loglevel", "INFO"],
        "courriel": [python, str(RACINE / "manage.py"), "ecouter_courriel"],
    }  # fmt: skip


def pango_manquant() -> str | None:
    """Return the first library of WeasyPrint that this machine lacks (Linux; elsewhere the import says it)."""
    for nom in PANGO if sys.platform == "linux" else ():
        try:
            ctypes.CDLL(nom)
        except OSError:
            return nom
    return None


def lu(fichier: Path) -> str:
    return fichier.read_text() if fichier.exists() else ""


def _repond_200(adresse: str) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(adresse, timeout=5) as reponse:
        return bool(reponse.status == 200)
    return False


def _entier(nom: str, defaut: int) -> int:
    valeur = os.environ.get(nom, "") or str(defaut)
    if not valeur.isdigit() or not 0 < int(valeur) < 65536:
        raise DemoImpossible(f"{nom} doit être un numéro de port, pas « {valeur} ».")
    return int(valeur)


@contextlib.contextmanager
def seul_ici() -> Iterator[None]:
    """Hold the checkout's lock: one demo at a time. A kill releases it."""
    DONNEES.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (DONNEES / "demo.verrou").open("a") as fichier:
        try:
            fcntl.flock(fichier, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoImpossible("Une démonstration tourne déjà ici : arrêtez-la d’abord (Ctrl-C).") from None
        yield


def derouler(superviseur: Superviseur, pile: contextlib.ExitStack) -> None:
    """Go from nothing to ready, then watch until asked to stop."""
    pile.enter_context(seul_ici())
    if restes := achever(f"{DONNEES}#"):
        dire(f"{restes} processus d’une démonstration interrompue ont été arrêtés.")
    superviseur.preparer_environnement()
    if not {"DATABASE_URL", "REDIS_URL"} <= os.environ.keys():
        dire("Démarrage de PostgreSQL et de Valkey …")
        superviseur.services = Services.du_profil("demo", prive=DONNEES)
        adresses = pile.enter_context(superviseur.services.en_usage())
        superviseur.env = adresses | superviseur.env
    pile.callback(superviseur.arreter)
    superviseur.preparer()
    superviseur.lancer()
    superviseur.finir_la_ville()
    superviseur.attendre_la_sante()
    superviseur.annoncer(lu(COMPTES))
    superviseur.tenir()


def main() -> int:
    try:
        superviseur = Superviseur()
    except DemoImpossible as erreur:
        print(erreur, file=sys.stderr)
        return 1
    for signe in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signe, superviseur.entendre)
    try:
        with contextlib.ExitStack() as pile:
            derouler(superviseur, pile)
    except ArretDemande:
        dire("Guichet est arrêté.")
    except (DemoImpossible, ServiceIndisponible) as erreur:
        print(f"\n{erreur}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
