"""Hashes of what a slow preparation depends on: the same hash means that it is already done."""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

IMPORTE = re.compile(r"^(?:from|import) ([\w.]+)", re.MULTILINE)
RACINE = Path(__file__).resolve().parent.parent


def empreinte(fichiers: Iterable[Path]) -> str:
    """Return one hash of the names and contents of these files of the checkout."""
    somme = hashlib.sha256()
    for fichier in sorted(fichiers):
        somme.update(str(fichier.relative_to(RACINE)).encode() + b"\0" + fichier.read_bytes())
    return somme.hexdigest()


def empreinte_schema() -> str:
    """Hash what decides of the schema: migrations, what they import of ours, their command, libraries."""
    migrations = {*RACINE.glob("*/migrations/*.py"), *RACINE.glob("*/migrations/*.sql")}
    noms = {nom for migration in migrations for nom in IMPORTE.findall(migration.read_text())}
    importes = {chemin for nom in noms if (chemin := RACINE / f"{nom.replace('.', '/')}.py").exists()}
    fichiers = [*(migrations | importes)]
    fichiers += [*RACINE.glob("*/management/commands/preparer_base.py"), *RACINE.glob("collectivites/preparation.py")]
    return empreinte([*fichiers, RACINE / "requirements" / "base.txt"])


def empreinte_statiques() -> str:
    """Hash what decides of the collected files: ours, the libraries' versions, and how we name and compress them."""
    fichiers = [fichier for fichier in (RACINE / "static").rglob("*") if fichier.is_file()]
    return empreinte([*fichiers, RACINE / "requirements" / "base.txt", RACINE / "socle" / "statiques.py"])


def empreinte_ville() -> str:
    """Hash the demonstration's code: another town or other accounts are loaded, or at least asked for, again."""
    return empreinte([*RACINE.glob("accueil/demo/**/*.py"), *RACINE.glob("accueil/management/commands/demo.py")])
