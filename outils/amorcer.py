"""Make ``.venv`` and install one group of dependencies in it. Standard library only, runs on any Python 3.7 or later.

The locks in ``requirements/`` hold hashes and no address: packages come from wherever pip or uv is set up to look.
A stamp ``.venv/ok-<group>`` keeps the hash of the lock installed, so that a second run costs nothing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent
ENV = RACINE / ".venv"
PYTHON = ENV / "bin" / "python"
GROUPES = ["base", "demo", "dev", "e2e"]  # each contains the one before, resolved together
MINIMUM = (3, 11)
ESSAI = f"import sys, venv; sys.exit(0 if sys.version_info[:2] >= {MINIMUM} else 9)"


class AmorcageImpossible(Exception):
    """The environment can't be made; the message is a French sentence that says what to do."""


def verrou(groupe: str) -> Path:
    return RACINE / "requirements" / f"{groupe}.txt"


def empreinte(groupe: str) -> str:
    return hashlib.sha256(verrou(groupe).read_bytes()).hexdigest()


def _est_pret(groupe: str) -> bool:
    try:
        return (ENV / f"ok-{groupe}").read_text().strip() == empreinte(groupe) and _fonctionne(str(PYTHON))
    except FileNotFoundError:
        return False


def _fonctionne(python: str) -> bool:
    """Tell whether this interpreter really runs and is recent enough: a pyenv shim exists even when it can't run."""
    try:
        essai = subprocess.run(
            [python, "-c", ESSAI], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
        )
    except OSError:
        return False
    return essai.returncode == 0


def choisir_python() -> str:
    """Return the first interpreter that works, the caller's own first (``PYTHON`` of the environment wins)."""
    noms = [
        os.environ.get("PYTHON", ""),
        sys.executable,
        "python3.13",
        "python3.12",
        "python3.11",
        "python3.14",
        "python3",
    ]
    for nom in noms:
        if nom and _fonctionne(nom):
            return nom
    raise AmorcageImpossible(
        "Il faut Python 3.11 ou plus récent, et aucun n’a été trouvé. "
        "Sous Debian 12 : « apt install python3 python3-venv »."
    )


def _creer_env(env: Path, python: Path) -> None:
    if _fonctionne(str(python)):
        return
    print(f"Création de l’environnement Python dans {env.relative_to(RACINE)} …", flush=True)
    shutil.rmtree(str(env), ignore_errors=True)
    fait = subprocess.run(
        [choisir_python(), "-m", "venv", "--without-pip", str(env)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if fait.returncode:
        raise AmorcageImpossible(
            "L’environnement Python n’a pas pu être créé. Sous Debian : « apt install python3-venv ».\n"
            + fait.stdout.decode(errors="replace")[-1500:]
        )


def _pip(*arguments: str, python: Path | None = None) -> bool:
    commande = [*_choisir_pip(python or PYTHON), "install", "--quiet", "--disable-pip-version-check", *arguments]
    return subprocess.run(commande, check=False).returncode == 0


def _choisir_pip(python: Path) -> list[str]:
    """Return a pip that installs for `python`: the machine's own, pointed at it, else one put there (nine seconds)."""
    du_dehors = [choisir_python(), "-m", "pip", "--python", str(python)]
    if not subprocess.run([*du_dehors, "--version"], capture_output=True, check=False).returncode:
        return du_dehors
    subprocess.run([str(python), "-m", "ensurepip"], capture_output=True, check=False)
    return [str(python), "-m", "pip"]


def trouver_uv() -> str | None:
    """Return uv of the PATH, else of .venv, installed there from its own hashed lock; None when it can't be had."""
    dans_env = ENV / "bin" / "uv"
    trouve = shutil.which("uv")
    if trouve:
        return trouve
    if dans_env.exists() or _pip("--require-hashes", "-r", str(RACINE / "requirements" / "amorce.txt")):
        return str(dans_env)
    return None


def _installer(groupe: str, python: Path | None = None) -> None:
    print(f"Installation des dépendances ({groupe}) …", flush=True)
    python = python or PYTHON
    arguments = ["--require-hashes", "-r", str(verrou(groupe))]
    uv = trouver_uv()
    if (
        uv
        and not subprocess.run(
            [uv, "pip", "install", "--quiet", "--python", str(python), *arguments], check=False
        ).returncode
    ):
        return
    if not _pip(*arguments, python=python):
        raise AmorcageImpossible(
            "Les dépendances n’ont pas pu être installées : l’index des paquets Python est-il joignable d’ici ?"
        )


def amorcer(groupe: str) -> None:
    """Make the group ready to use; return at once when it is."""
    if _est_pret(groupe):
        return
    _creer_env(ENV, PYTHON)
    _installer(groupe)
    for inclus in GROUPES[: GROUPES.index(groupe) + 1]:
        (ENV / f"ok-{inclus}").write_text(empreinte(inclus) + "\n")


def amorcer_a_part(groupe: str, env: Path) -> Path:
    """Install one lock apart from ours, in ``env``: a peer that we measure beside us. Return its Python."""
    python, temoin = env / "bin" / "python", env / f"ok-{groupe}"
    if not (temoin.exists() and temoin.read_text().strip() == empreinte(groupe) and _fonctionne(str(python))):
        _creer_env(env, python)
        _installer(groupe, python)
        temoin.write_text(empreinte(groupe) + "\n")
    return python


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in GROUPES:
        print(f"Usage : python3 outils/amorcer.py {{{'|'.join(GROUPES)}}}", file=sys.stderr)
        return 2
    try:
        amorcer(arguments[0])
    except AmorcageImpossible as erreur:
        print(erreur, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
