"""Compile ``pyproject.toml`` into the locks of ``requirements/``: one resolution, four cuts, hashes and no host."""

import subprocess
import sys

from amorcer import RACINE, trouver_uv

COMMUN = ["--quiet", "--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate"]
GROUPES = {
    "e2e": ["demo", "dev", "e2e"],
    "dev": ["demo", "dev"],
    "demo": ["demo"],
    "base": [],
}


def compiler(uv: str, nom: str, *options: str) -> None:
    """Write ``requirements/<nom>.txt``. Raises CalledProcessError when the versions asked for do not exist."""
    sortie = ["-o", f"requirements/{nom}.txt"]
    subprocess.run([uv, "pip", "compile", *COMMUN, *options, *sortie, *sys.argv[1:]], cwd=RACINE, check=True)


def main() -> int:
    uv = trouver_uv()
    if uv is None:
        print("uv est introuvable et n’a pas pu être installé.", file=sys.stderr)
        return 1
    compiler(uv, "amorce", "--group", "amorce")
    compiler(uv, "pair", "--group", "pair")
    for nom, groupes in GROUPES.items():
        choix = [mot for groupe in groupes for mot in ("--group", groupe)]
        contrainte = [] if nom == "e2e" else ["-c", "requirements/e2e.txt"]
        compiler(uv, nom, "pyproject.toml", *choix, *contrainte)
    return 0


if __name__ == "__main__":
    sys.exit(main())
