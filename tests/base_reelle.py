"""The databases of the suite: one migrated template, one copy for each worker.

The template is built once for a given set of migrations, by the very command an operator runs
(``manage.py preparer_base``), and copied in a tenth of a second. Names and locks live in PostgreSQL, so that several
sessions work side by side and what a killed session left is seen and dropped by the next.
"""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from outils.empreintes import empreinte_schema

RACINE = Path(__file__).resolve().parent.parent
MODELES_GARDES = 4


def _adresse(base: str) -> str:
    """Return DATABASE_URL with another database name."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{base}").geturl()


def _connecter() -> psycopg.Connection:
    return psycopg.connect(_adresse("postgres"), autocommit=True)


def _executer(admin: psycopg.Connection, requete: str, *noms: str) -> None:
    admin.execute(sql.SQL(requete).format(*map(sql.Identifier, noms)))


def _lister(admin: psycopg.Connection, prefixe: str) -> list[str]:
    lignes = admin.execute("SELECT datname FROM pg_database WHERE datname ^@ %s ORDER BY oid", (prefixe,))
    return [nom for (nom,) in lignes]


def _batir(modele: str) -> None:
    environnement = {
        **os.environ,
        "DATABASE_URL": _adresse(modele),
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "GUICHET_ROLE_BASE": "guichet_proprietaire",
    }
    commande = [sys.executable, str(RACINE / "manage.py"), "preparer_base", "--skip-checks"]
    fini = subprocess.run(commande, cwd=RACINE, env=environnement, check=False, capture_output=True, text=True)
    if fini.returncode:
        raise RuntimeError(f"manage.py preparer_base failed:\n{fini.stdout}\n{fini.stderr}")


def preparer_modele(admin: psycopg.Connection) -> str:
    """Return the name of the migrated template, built now if these migrations are new."""
    modele = f"guichet_modele_{empreinte_schema()[:16]}"
    admin.execute("SELECT pg_advisory_lock(hashtext('guichet_modele'))")
    try:
        if modele not in _lister(admin, modele):
            chantier = f"guichet_chantier_{modele[-16:]}"
            _executer(admin, "DROP DATABASE IF EXISTS {} WITH (FORCE)", chantier)
            _executer(admin, "CREATE DATABASE {} TEMPLATE template0", chantier)
            _batir(chantier)
            _executer(admin, "ALTER DATABASE {} RENAME TO {}", chantier, modele)
            for ancien in _lister(admin, "guichet_modele_")[:-MODELES_GARDES]:
                _executer(admin, "DROP DATABASE {}", ancien)
    finally:
        admin.execute("SELECT pg_advisory_unlock(hashtext('guichet_modele'))")
    return modele


def _balayer(admin: psycopg.Connection) -> None:
    """Drop the copies whose session is gone: its lock went with its connection."""
    for base in _lister(admin, "guichet_test_"):
        (libre,) = admin.execute("SELECT pg_try_advisory_lock(hashtext(%s))", (base,)).fetchone() or (False,)
        if libre:
            _executer(admin, "DROP DATABASE IF EXISTS {} WITH (FORCE)", base)
            admin.execute("SELECT pg_advisory_unlock(hashtext(%s))", (base,))


def copier(admin: psycopg.Connection, modele: str, base: str) -> None:
    """Make ``base`` a fresh copy of the template, in place of the one there may be."""
    _executer(admin, "DROP DATABASE IF EXISTS {} WITH (FORCE)", base)
    _executer(admin, "CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", base, modele)


class BaseDeTest:
    """The copy of one worker. ``renouveler`` brings it back to the state of the template."""

    def __init__(self, admin: psycopg.Connection) -> None:
        self._admin = admin
        self.modele = preparer_modele(admin)
        self.nom = f"guichet_test_{os.getpid()}_{secrets.token_hex(4)}"
        admin.execute("SELECT pg_advisory_lock(hashtext(%s))", (self.nom,))
        self.renouveler()

    def renouveler(self) -> None:
        copier(self._admin, self.modele, self.nom)

    @property
    def adresse_superutilisateur(self) -> str:
        """Return the URL of this copy for a superuser: for tests that look at the catalogue or at both sides."""
        return _adresse(self.nom)


@contextmanager
def base_de_test() -> Iterator[BaseDeTest]:
    with _connecter() as admin:
        _balayer(admin)
        base = BaseDeTest(admin)
        try:
            yield base
        finally:
            _executer(admin, "DROP DATABASE IF EXISTS {} WITH (FORCE)", base.nom)
