"""``make bench``: run the measures of ``outils/mesures/`` on a base of their own, and print their figures.

Each measure is a program that fills an empty prepared base when told ``--remplir``, measures, and prints. They run one
after the other, each on a fresh base of a PostgreSQL started for the occasion (``.guichet/mesures``), unless
DATABASE_URL names a superuser of another one, whose bases ``guichet_mesure_*`` are then replaced.
``OPTIONS="recherche"`` chooses; what follows ``--`` goes to the measure: ``OPTIONS="recherche -- --usagers 50000"``.
"""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from outils.services import DONNEES, RACINE, Services

MESURES = RACINE / "outils" / "mesures"


@contextlib.contextmanager
def serveurs() -> Iterator[dict[str, str]]:
    """Give DATABASE_URL and REDIS_URL, the operator's or our own for the time of the measures."""
    if {"DATABASE_URL", "REDIS_URL"} <= os.environ.keys():
        yield {nom: os.environ[nom] for nom in ("DATABASE_URL", "REDIS_URL")}
        return
    with Services.du_profil("demo", prive=DONNEES / "mesures").en_usage() as adresses:
        yield adresses


def base_neuve(adresse: str, nom: str) -> str:
    """Replace the base ``guichet_mesure_<nom>`` by an empty one and return its address."""
    base = f"guichet_mesure_{nom}"
    with psycopg.connect(adresse, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(base)))
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(base)))
    return urlsplit(adresse)._replace(path=f"/{base}").geturl()


def mesurer(nom: str, options: list[str], adresses: dict[str, str]) -> bool:
    """Prepare a base, run one measure on it, return whether it went through."""
    env = {**os.environ, **adresses, "DATABASE_URL": base_neuve(adresses["DATABASE_URL"], nom)}
    env |= {"DJANGO_SETTINGS_MODULE": "config.settings.test", "PYTHONPATH": str(RACINE)}
    preparer = [sys.executable, "manage.py", "preparer_base", "--verbosity", "0", "--skip-checks"]
    subprocess.run(preparer, cwd=RACINE, env=env, check=True)
    commande = [sys.executable, str(MESURES / f"{nom}.py"), "--remplir", *options]
    return subprocess.run(commande, cwd=RACINE, env=env, check=False).returncode == 0


def main() -> int:
    arguments = sys.argv[1:]
    coupe = arguments.index("--") if "--" in arguments else len(arguments)
    connues = sorted(fichier.stem for fichier in MESURES.glob("[a-z]*.py"))
    choix, options = arguments[:coupe] or connues, arguments[coupe + 1 :]
    if inconnues := set(choix) - set(connues):
        print(f"Mesure inconnue : {', '.join(sorted(inconnues))}. Il y a : {', '.join(connues)}.", file=sys.stderr)
        return 2
    ratees = []
    with serveurs() as adresses:
        for nom in choix:
            debut = time.monotonic()
            print(f"── {nom}", flush=True)
            if not mesurer(nom, options, adresses):
                ratees.append(nom)
            print(f"   ({time.monotonic() - debut:.0f} s)", flush=True)
    if ratees:
        print(f"Mesures interrompues : {', '.join(ratees)}.", file=sys.stderr)
    return 1 if ratees else 0


if __name__ == "__main__":
    sys.exit(main())
