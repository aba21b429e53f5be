"""``make check``: every rule a machine can hold. Runs them all, prints what fails, exits 1 if any does."""

import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
ETAGES = ("config", "accueil", "supervision", "widgets", "file_attente", "rendezvous", "demandes", "citoyens",
          "connaissances", "journal", "messagerie", "collectivites", "socle")  # fmt: skip
PROD = {
    "DJANGO_SETTINGS_MODULE": "config.settings.prod",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "ALLOWED_HOSTS": "guichet.example",
}
SANS_BASE = {
    "DJANGO_SETTINGS_MODULE": "config.settings.test",
    "DATABASE_URL": "postgresql://guichet@127.0.0.1:9/guichet",  # nothing listens there, and no pool waits for it
}


def lancer(*commande: str, **variables: str) -> Callable[[], str]:
    """Return a check that runs a command of the environment and gives what it prints when it fails."""

    def verifier() -> str:
        programme = [str(BIN / commande[0]), *commande[1:]]
        env = {**os.environ, **variables}
        fini = subprocess.run(programme, cwd=RACINE, env=env, capture_output=True, text=True, check=False)
        return "" if fini.returncode == 0 else (fini.stdout + fini.stderr).strip() or f"code {fini.returncode}"

    return verifier


def verrous_sans_adresse() -> str:
    """Locks name versions and hashes, never a host: where packages come from is each site's business."""
    return "\n".join(
        f"{fichier.name}:{numero} {ligne}"
        for fichier in sorted((RACINE / "requirements").glob("*.txt"))
        for numero, ligne in enumerate(fichier.read_text().splitlines(), 1)
        if re.search(r"://|^\s*(-i|-f|--(extra-)?index-url|--find-links)\b", ligne)
    )


VERIFICATIONS: dict[str, Callable[[], str]] = {
    "style": lancer("ruff", "check", "."),
    "mise en forme": lancer("ruff", "format", "--check", "."),
    "étages": lancer("lint-imports", "--no-logo"),
    "types": lancer("mypy", *ETAGES),
    "gabarits": lancer("djlint", "--lint", "--quiet", "templates"),
    "migrations": lancer("python", "manage.py", "makemigrations", "--check", "--dry-run", **SANS_BASE),
    "déploiement": lancer(
        "python", "-W", "error", "manage.py", "check", "--deploy", "--fail-level", "WARNING", **PROD
    ),
    "verrous": verrous_sans_adresse,
}


def main() -> int:
    choix = sys.argv[1:] or list(VERIFICATIONS)
    echecs = 0
    for nom in choix:
        debut = time.monotonic()
        probleme = VERIFICATIONS[nom]()
        echecs += bool(probleme)
        print(f"{'échec' if probleme else 'bon  '}  {nom} ({time.monotonic() - debut:.1f} s)", flush=True)
        if probleme:
            print(probleme[-6000:], flush=True)
    print(f"{len(choix) - echecs} passed, {echecs} failed")
    return 1 if echecs else 0


if __name__ == "__main__":
    sys.exit(main())
