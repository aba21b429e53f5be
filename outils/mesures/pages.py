"""What the pages of the desk cost over HTTP, on a base filled by `manage.py peupler`.

    DATABASE_URL=… REDIS_URL=… python outils/mesures/pages.py [--ville volume-000] [--tours 150]

Starts its own gunicorn on the loopback, signs in as the town's agent, asks one page after the other. Wall milliseconds
per percentile; CPU milliseconds of the web process; resident memory. The database's CPU is not counted.
"""

import argparse
import http.client
import os
import random
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

import psutil
import psycopg

RACINE = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(RACINE))

from outils.serveurs import port_libre  # noqa: E402

MOT_DE_PASSE = "mesure-guichet-2026"  # the one of accueil/volume/villes.py
OUVRIERS = 2
MOTS = [
    "lampadaire tanneurs",
    "crèche",
    "permis de construire",
    "dépôt sauvage rue du port",
    "élagage",
    "dossier 0001f4",
]


class Navigateur:
    """A client with a cookie jar of two cookies and one kept connection."""

    def __init__(self, port: int) -> None:
        self.connexion = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}

    def ask(self, path: str, data: dict[str, str] | None = None) -> tuple[int, str]:
        """Return status and body; raises OSError when the server is gone."""
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        body = urlencode(data).encode() if data else None
        if body:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self._origin()}
        self.connexion.request("POST" if body else "GET", path, body, headers)
        response = self.connexion.getresponse()
        text = response.read().decode()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return response.status, text

    def _origin(self) -> str:
        return f"http://127.0.0.1:{self.connexion.port}"

    def sign_in(self, slug: str) -> None:
        """Sign in as the first agent of a volume town."""
        _, page = self.ask("/connexion/")
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        if found is None:
            raise SystemExit("La page de connexion n'a pas de jeton.")
        data = {"login": f"agent0@{slug}.exemple.fr", "password": MOT_DE_PASSE, "csrfmiddlewaretoken": found[1]}
        status, _ = self.ask("/connexion/", data)
        if status != 302:
            raise SystemExit(f"Connexion refusée ({status}).")


@contextmanager
def serving() -> Iterator[tuple[int, psutil.Process]]:
    """Run gunicorn as in production, on a free port."""
    port = port_libre()
    command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--preload", "--worker-class", "gthread"]
    command += ["--workers", str(OUVRIERS), "--threads", "4", "--bind", f"127.0.0.1:{port}", "config.wsgi"]
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.dev", "NIVEAU_TRACES": "ERROR"}
    manage = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(manage, cwd=RACINE, env=env, check=True)
    process = subprocess.Popen(command, cwd=RACINE, env=env, stderr=subprocess.DEVNULL)
    try:
        _wait(port)
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=2).request("GET", "/sante/")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("gunicorn n'a pas démarré.")


def measure(name: str, browser: Navigateur, path: Callable[[], str], tours: int, process: psutil.Process) -> float:
    """Ask `tours` pages after ten of warm-up; print percentiles; return the CPU milliseconds a page."""
    for _ in range(10):
        browser.ask(path())
    cpu, walls, sizes = _cpu(process), [], []
    for _ in range(tours):
        where, started = path(), time.perf_counter()
        status, body = browser.ask(where)
        walls.append((time.perf_counter() - started) * 1e3)
        sizes.append(len(body))
        if status != 200:
            raise SystemExit(f"{where} : {status}")
    spent = (_cpu(process) - cpu) * 1e3 / tours
    cuts = statistics.quantiles(walls, n=100)
    print(f"{name:34} p50 {cuts[49]:6.1f}  p95 {cuts[94]:6.1f}  p99 {cuts[98]:6.1f} ms   "
          f"web {spent:5.1f} ms CPU   {statistics.mean(sizes) / 1000:.0f} ko", flush=True)  # fmt: skip
    return spent


def _cpu(process: psutil.Process) -> float:
    every = [process, *process.children(recursive=True)]
    return sum(sum(one.cpu_times()[:2]) for one in every)


def draw_questions(slug: str, rng: random.Random) -> tuple[list[str], list[int]]:
    """Return what agents type (names, ends of phones, mails, births) and ids of usagers of this town."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as base:
        rows = base.execute(
            "SELECT u.id, u.nom, u.prenoms, u.naissance_on, p.normalisee FROM citoyens_usager u "
            "JOIN collectivites_collectivite c ON c.id = u.collectivite_id "
            "JOIN citoyens_liencontact l ON l.usager_id = u.id AND l.is_prefere "
            "JOIN citoyens_pointcontact p ON p.id = l.point_id "
            "WHERE c.slug = %s AND u.prenoms <> '' ORDER BY md5(u.id::text) LIMIT 500",
            [slug],
        ).fetchall()
    questions = []
    for pk, nom, prenom, born, phone in rows:
        shapes = [f"{nom} {prenom}", f"{prenom} {nom}", f"{nom} {phone[-4:]}", phone[-6:], f"usager.{pk}@exemple.fr",
                  f"{nom} {born:%d/%m/%Y}", nom[:4], f"{nom[:5]} {prenom[:4]}"]  # fmt: skip
        questions.append(rng.choice(shapes))
    return questions, [row[0] for row in rows]


def measure_town(slug: str, tours: int, port: int, process: psutil.Process) -> dict[str, float]:
    """Measure the pages of one town; return CPU milliseconds by page."""
    rng = random.Random(2026)
    questions, people = draw_questions(slug, rng)
    browser = Navigateur(port)
    browser.sign_in(slug)
    town = f"/c/{slug}"
    views = ["a_qualifier", "moi", "service", "en_retard", "toutes", "closes"]
    pages: dict[str, Callable[[], str]] = {
        "recherche d'identité": lambda: f"{town}/recherche/?q={quote(rng.choice(questions))}",
        "page 360°": lambda: f"{town}/usagers/{rng.choice(people)}/",
        "liste des demandes": lambda: f"{town}/demandes/?vue={rng.choice(views)}",
        "recherche plein texte": lambda: f"{town}/demandes/?vue=toutes&texte={quote(rng.choice(MOTS))}",
        "poste d'accueil": lambda: f"{town}/",
    }
    print(f"— {slug} : {tours} demandes par page, {OUVRIERS} ouvriers gunicorn")
    return {name: measure(name, browser, path, tours, process) for name, path in pages.items()}


def main() -> None:
    """Measure one or several towns of the same base, then the memory of the web process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--ville", action="append")
    parser.add_argument("--tours", type=int, default=150)
    options = parser.parse_args()
    with serving() as (port, process):
        for slug in options.ville or ["volume-000"]:
            measure_town(slug, options.tours, port, process)
        for child in process.children():
            print(f"mémoire d'un ouvrier web : {child.memory_info().rss / 2**20:.0f} Mio (cible ≤ 200)")


if __name__ == "__main__":
    main()
