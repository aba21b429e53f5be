"""``make bench``: fill a database with volume once, then print every figure. Nothing is asserted: figures are read.

    make bench                              1,000,000 usagers, 3,000,000 demandes, 200 collectivités (≈ 15 min to fill)
    make bench OPTIONS=--petit              20,000 usagers, 60,000 demandes, 20 collectivités
    make bench OPTIONS="--seulement flux"   one measure: recherche, pages, voisins, courriels, flux, lecture,
                                            creneaux (its own base, 1,000,000 rendez-vous; beside its peer)

The volume stays in .guichet/mesure for the next time; `--refaire` empties it. DATABASE_URL and REDIS_URL are used when
given (the database must be empty or already filled by us).
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg

RACINE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(RACINE))

from outils.serveurs import Services  # noqa: E402

PRIVE = RACINE / ".guichet" / "mesure"
GRAND = {"collectivites": 200, "usagers": 1_000_000, "demandes": 3_000_000}
PETIT = {"collectivites": 20, "usagers": 20_000, "demandes": 60_000}
SUR_LE_VOLUME = {"recherche", "pages", "voisins"}  # the measures that need those towns
VOISIN = 12  # rank of the ordinary town compared with the same one alone on its installation


def run(*command: str, env: dict[str, str] | None = None) -> None:
    """Run one of our programs; stop everything if it fails."""
    print(f"\n$ {' '.join(command)}", flush=True)
    subprocess.run([sys.executable, *command], cwd=RACINE, env=os.environ | (env or {}), check=True)


def url_of(base: str) -> str:
    """DATABASE_URL with another database name."""
    return os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{base}"


def is_filled(url: str) -> bool:
    """True when the volume towns are there."""
    with psycopg.connect(url) as base:
        table = base.execute("SELECT to_regclass('collectivites_collectivite')").fetchone()
        if not table or table[0] is None:
            return False
        row = base.execute("SELECT 1 FROM collectivites_collectivite WHERE slug = 'volume-000'").fetchone()
        return row is not None


def fill(url: str, volume: dict[str, int]) -> None:
    """Create the schema and the volume, unless they are there."""
    if is_filled(url):
        return
    env = {"DATABASE_URL": url}
    run("manage.py", "preparer_base", "--verbosity", "0", env=env)
    options = [word for name, number in volume.items() for word in (f"--{name}", str(number))]
    run("manage.py", "peupler", *options, "--graine", "1", env=env)


def create_base(name: str, *, afresh: bool) -> str:
    """Create an empty database beside the main one; return its URL."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as base:
        if afresh:
            base.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        if not base.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            base.execute(f"CREATE DATABASE {name}")
    return url_of(name)


def measure_neighbours(url: str, afresh: bool, tours: str) -> None:  # noqa: FBT001 passed on from the command line
    """The same town among all the others, then alone: what the neighbours cost."""
    slug = f"volume-{VOISIN:03d}"
    with psycopg.connect(url) as base:
        row = base.execute(
            "SELECT (SELECT count(*) FROM citoyens_usager u WHERE u.collectivite_id = c.id), "
            "(SELECT count(*) FROM demandes_demande d WHERE d.collectivite_id = c.id) "
            "FROM collectivites_collectivite c WHERE slug = %s",
            [slug],
        ).fetchone()
    if row is None:
        raise SystemExit(f"La ville {slug} manque.")
    alone = create_base("mesure_seule", afresh=afresh)
    fill(alone, {"collectivites": 1, "usagers": row[0], "demandes": row[1]})
    for _ in range(2):  # interleaved twice: the machine's mood changes, the ratio should not
        run("outils/mesures/pages.py", "--ville", slug, "--tours", tours, env={"DATABASE_URL": url})
        run("outils/mesures/pages.py", "--ville", "volume-000", "--tours", tours, env={"DATABASE_URL": alone})


def main() -> None:
    """Start the services, fill, measure, stop."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--petit", action="store_true")
    parser.add_argument("--refaire", action="store_true")
    parser.add_argument("--seulement", action="append")
    parser.add_argument("--tours", default="150")
    options = parser.parse_args()
    services = None
    if "DATABASE_URL" not in os.environ or "REDIS_URL" not in os.environ:
        services = Services.du_profil("mesure", prive=PRIVE)
        os.environ |= services.start()
    try:
        measure(options)
    finally:
        if services:
            services.stop()


def measure(options: argparse.Namespace) -> None:
    """Run each measure asked for, all by default."""
    env = {"DATABASE_URL": url_of("mesure_petite" if options.petit else "mesure_grande")}
    if not options.seulement or SUR_LE_VOLUME & set(options.seulement):
        create_base(env["DATABASE_URL"].rsplit("/", 1)[1], afresh=options.refaire)
        fill(env["DATABASE_URL"], PETIT if options.petit else GRAND)
    measures: dict[str, Callable[[], None]] = {
        "recherche": lambda: run("outils/mesures/recherche.py", "--ville", "volume-000", env=env),
        "pages": lambda: run("outils/mesures/pages.py", "--tours", options.tours, env=env),
        "voisins": lambda: measure_neighbours(env["DATABASE_URL"], options.refaire, options.tours),
        "courriels": lambda: run("outils/mesures/courriels.py"),
        "flux": lambda: run("outils/mesures/flux.py"),
        "lecture": lambda: run("outils/mesures/lecture.py"),
        "reservations": lambda: run("outils/mesures/reservations.py"),
        "creneaux": lambda: run("outils/mesures/creneaux.py", *(["--refaire"] if options.refaire else [])),
    }
    for name, work in measures.items():
        if not options.seulement or name in options.seulement:
            work()


if __name__ == "__main__":
    main()
