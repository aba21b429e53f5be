"""Clone the repository, run ``make demo`` there, sign in as a demo agent, stop it, and look for what is left.

Standard library only: it stands outside of the project and sees what an outsider sees.
"""

import contextlib
import http.cookiejar
import os
import re
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent
DELAI = 600  # seconds: the clone installs its own environment
PRET = re.compile(r"Guichet est prêt : (http://127\.0\.0\.1:\d+/)")
MOT_DE_PASSE = re.compile(r"mot de passe commun\s*:\s*«\s*(\S+)\s*»")
COMPTE = re.compile(r"^\s+([\w.+-]+@[\w.-]+)\s")


class DepartRate(Exception):
    """The clean start failed; says where."""


def port_libre() -> int:
    with socket.create_server(("127.0.0.1", 0)) as prise:
        return int(prise.getsockname()[1])


def processus_de(depot: Path) -> list[str]:
    """Return the command lines of processes that run from this clone or hold its servers."""
    service = depot / ".guichet" / "services.lieu"
    lieux = [str(depot), *([service.read_text().strip()] if service.exists() else [])]
    trouves = []
    for dossier in Path("/proc").iterdir():
        if not dossier.name.isdigit() or int(dossier.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            ligne = (dossier / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if any(lieu in ligne for lieu in lieux):
                trouves.append(f"{dossier.name} {ligne}")
    return trouves


def lire_jusqu_au_pret(processus: "subprocess.Popen[bytes]") -> tuple[str, list[str]]:
    """Return the address of the ready line and every line printed within the second that follows."""
    lignes: list[str] = []
    adresse = ""
    fin = time.monotonic() + DELAI
    reste = b""
    assert processus.stdout is not None
    with selectors.DefaultSelector() as guet:
        guet.register(processus.stdout, selectors.EVENT_READ)
        while time.monotonic() < fin:
            if not guet.select(timeout=1):
                if adresse:
                    return adresse, lignes
                continue
            morceau = os.read(processus.stdout.fileno(), 65536)
            if not morceau:
                break
            *entieres, reste = (reste + morceau).split(b"\n")
            for ligne in (brute.decode() for brute in entieres):
                print(f"  | {ligne}", flush=True)
                lignes.append(ligne)
                if trouve := PRET.search(ligne):
                    adresse = trouve.group(1)
    raise DepartRate("make demo did not print its ready line")


def lire_compte(lignes: list[str]) -> tuple[str, str]:
    """Return the first account printed and the password that all share."""
    comptes = [trouve.group(1) for ligne in lignes if (trouve := COMPTE.search(ligne))]
    secrets = [trouve.group(1) for ligne in lignes if (trouve := MOT_DE_PASSE.search(ligne))]
    if not comptes or not secrets:
        raise DepartRate("make demo printed no account")
    return comptes[0], secrets[0]


def se_connecter(adresse: str, courriel: str, mot_de_passe: str) -> str:
    """Sign in through the form, as a browser would, and return the address of the first page seen."""
    temoins = http.cookiejar.CookieJar()
    navigateur = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(temoins))
    with navigateur.open(adresse, timeout=30) as page:  # a stranger is sent to the sign-in form
        formulaire, connexion = page.read().decode(), page.geturl()
    jeton = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', formulaire)
    if jeton is None:
        raise DepartRate(f"no sign-in form at {connexion}")
    champs = {"csrfmiddlewaretoken": jeton.group(1), "login": courriel, "password": mot_de_passe}
    requete = urllib.request.Request(connexion, urllib.parse.urlencode(champs).encode(), {"Referer": connexion})
    with navigateur.open(requete, timeout=30) as page:
        contenu, arrivee = page.read().decode(), str(page.geturl())
    if 'name="password"' in contenu:
        raise DepartRate(f"{courriel} could not sign in, still at {arrivee}")
    return arrivee


@contextlib.contextmanager
def clone() -> Iterator[Path]:
    dossier = Path(tempfile.mkdtemp(prefix="guichet-depart-"))
    try:
        subprocess.run(["git", "clone", "--quiet", str(RACINE), str(dossier / "depot")], check=True)
        yield dossier / "depot"
    finally:
        neutre = dossier / "depot" / ".guichet" / "services.lieu"
        if neutre.exists():
            shutil.rmtree(neutre.read_text().strip(), ignore_errors=True)
        shutil.rmtree(dossier, ignore_errors=True)


def essayer(depot: Path) -> None:
    """Start, sign in, stop; then start again, which must be quick, and stop."""
    retires = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "DONNEES", "VIRTUAL_ENV")
    env = {nom: valeur for nom, valeur in os.environ.items() if nom not in retires} | {"PORT": str(port_libre())}
    for fois in ("first start", "second start"):
        debut = time.monotonic()
        processus = subprocess.Popen(
            ["make", "demo"], cwd=depot, env=env, stdout=subprocess.PIPE, start_new_session=True
        )
        try:
            adresse, lignes = lire_jusqu_au_pret(processus)
            print(f"{fois}: ready in {time.monotonic() - debut:.1f} s", flush=True)
            print(f"signed in, at {se_connecter(adresse, *lire_compte(lignes))}", flush=True)
        finally:
            processus.send_signal(signal.SIGTERM)
            try:
                processus.wait(60)
            finally:
                processus.kill()
                processus.communicate()
        if restes := processus_de(depot):
            raise DepartRate("left running after SIGTERM:\n" + "\n".join(restes))


def main() -> int:
    with clone() as depot:
        try:
            essayer(depot)
        except (DepartRate, urllib.error.URLError, subprocess.TimeoutExpired) as erreur:
            print(f"Clean start failed: {erreur}", file=sys.stderr)
            for journal in sorted((depot / ".guichet" / "journaux").glob("*.log")):
                print(f"── {journal.name}\n{journal.read_text(errors='replace')[-3000:]}", file=sys.stderr)
            return 1
    print("Clean start: nothing left running.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
