"""Booking under contention, full HTTP: sixteen clients on one slot, a hundred times; then sixteen on different slots.

    python outils/mesures/reservations.py [--tours 100] [--reservations 800] [--sans-pair]

Starts gunicorn as in production (2 workers, 4 threads each) on an empty base of its own, fsync on, and books by
`POST /api/v1/rendezvous/` from sixteen kept connections: key, idempotency, person found or created, messages queued,
journal, history. Then django-appointment (PyPI) in its own environment, on the same server: sixteen threads, in
process, its two POSTs for one slot; whatever it stores beyond one is a double booking.
"""

import argparse
import http.client
import json
import os
import queue
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import psycopg

RACINE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(RACINE))

from outils.amorcer import amorcer_a_part  # noqa: E402
from outils.banc_courriels import own_database  # noqa: E402
from outils.serveurs import port_libre  # noqa: E402

ETAT = RACINE / ".guichet" / "mesure-reservations"
DANS_GUICHET = "outils.mesures.reservations_dans_guichet"
CLIENTS, OUVRIERS, FILS = 16, 2, 4
LENT = 2.0  # seconds
_DOUBLES = """
SELECT count(*) FROM rendezvous_occupation a JOIN rendezvous_occupation b ON a.id < b.id
   AND a.ressource_id = b.ressource_id AND a.place = b.place AND a.is_actif AND b.is_actif
   AND NOT a.is_surbooking AND NOT b.is_surbooking
   AND tstzrange(a.debut_at, a.fin_at) && tstzrange(b.debut_at, b.fin_at)
"""
_VERROUS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


@dataclass
class Maison:
    """A town served over HTTP. `lieux`: the one with one agent, the one with twenty."""

    port: int
    base: str
    motif: int
    lieux: list[int]
    secret: str

    def ask(self, connexion: http.client.HTTPConnection, path: str, body: dict[str, Any] | None = None) -> Any:
        """Return (status, JSON). Raises OSError when the server is gone."""
        headers = {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/json"}
        if body is not None:
            headers["Idempotency-Key"] = str(uuid4())
        connexion.request("POST" if body is not None else "GET", f"/api/v1/{path}", body and json.dumps(body), headers)
        answer = connexion.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if answer.status < 500 else None

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def list_debuts(self, lieu: int, combien: int) -> list[str]:
        """The first free starts of a lieu, as the API tells them."""
        connexion, found, du = self.connect(), list[str](), date.today() + timedelta(days=1)  # noqa: DTZ011 local
        while len(found) < combien:
            query = {"motif": self.motif, "lieu": lieu, "du": du.isoformat(),
                     "au": (du + timedelta(days=29)).isoformat()}  # fmt: skip
            _, answer = self.ask(connexion, f"creneaux/?{urlencode(query)}")
            if not answer["resultats"]:
                raise SystemExit("Pas assez de créneaux libres pour mesurer.")
            found += [each["debut"] for each in answer["resultats"]]
            du += timedelta(days=30)
        return found[:combien]


@dataclass
class Releve:
    """What the clients saw."""

    statuts: Counter[int] = field(default_factory=Counter)
    secondes: list[float] = field(default_factory=list)
    verrou: threading.Lock = field(default_factory=threading.Lock)

    def note(self, statut: int, secondes: float) -> None:
        with self.verrou:
            self.statuts[statut] += 1
            self.secondes.append(secondes)

    def percentile(self, share: int) -> float:
        return statistics.quantiles(self.secondes, n=100)[share - 1]


def book(maison: Maison, connexion: http.client.HTTPConnection, lieu: int, debut: str, releve: Releve) -> None:
    """One client books; each is a person nobody knows."""
    qui = uuid4().hex[:12]
    body = {"motif": maison.motif, "lieu": lieu, "debut": debut,
            "participants": [{"nom": f"Nom {qui}", "prenom": "Essai", "courriel": f"{qui}@exemple.fr"}]}  # fmt: skip
    start = time.perf_counter()
    statut, _ = maison.ask(connexion, "rendezvous/", body)
    releve.note(statut, time.perf_counter() - start)


def together(geste: Callable[[int], None]) -> float:
    """Run sixteen at once; return the seconds until the last one ends."""
    fils = [threading.Thread(target=geste, args=(rang,)) for rang in range(CLIENTS)]
    start = time.perf_counter()
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    return time.perf_counter() - start


def contend(maison: Maison, tours: int) -> tuple[Releve, float, list[int]]:
    """Sixteen on one slot, round after round. Returns what was seen, the seconds, the winners of each round."""
    debuts, releve, barriere = maison.list_debuts(maison.lieux[0], tours), Releve(), threading.Barrier(CLIENTS)

    def run(_rang: int) -> None:
        connexion = maison.connect()
        for debut in debuts:
            barriere.wait(timeout=120)
            book(maison, connexion, maison.lieux[0], debut, releve)

    seconds = together(run)
    with psycopg.connect(maison.base) as base:
        rows = base.execute(
            "SELECT count(*) FROM rendezvous_rendezvous WHERE lieu_id = %s GROUP BY debut_at", [maison.lieux[0]]
        ).fetchall()
    return releve, seconds, [int(count) for (count,) in rows]


def flow(maison: Maison, combien: int, sauter: int = 0) -> tuple[Releve, float]:
    """Sixteen clients, each on a slot of its own; the first `sauter` starts are left alone."""
    file: queue.SimpleQueue[str] = queue.SimpleQueue()
    debuts = maison.list_debuts(maison.lieux[1], combien // 20 + 1 + sauter)[sauter:]
    for debut in (debuts * 20)[:combien]:
        file.put(debut)
    releve = Releve()

    def run(_rang: int) -> None:
        connexion = maison.connect()
        while True:
            try:
                debut = file.get_nowait()
            except queue.Empty:
                return
            book(maison, connexion, maison.lieux[1], debut, releve)

    return releve, together(run)


@contextmanager
def serving(env: dict[str, str]) -> Iterator[Maison]:
    """Prepare the base, found the town, serve it."""
    ETAT.mkdir(parents=True, exist_ok=True)
    prepare = [sys.executable, "manage.py", "preparer_base", "--verbosity", "0"]
    subprocess.run(prepare, cwd=RACINE, env=env, check=True, stdout=subprocess.DEVNULL)
    told = subprocess.run([sys.executable, "-m", DANS_GUICHET], cwd=RACINE, env=env, check=True, capture_output=True)
    town, port = json.loads(told.stdout), port_libre()
    command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--preload", "--worker-class", "gthread",
               "--workers", str(OUVRIERS), "--threads", str(FILS), "--keep-alive", "75", "--bind", f"127.0.0.1:{port}",
               "config.wsgi"]  # fmt: skip
    with (ETAT / "web.log").open("wb") as trace:
        process = subprocess.Popen(command, cwd=RACINE, env=env, stdout=trace, stderr=trace)
    try:
        wait_for(port)
        yield Maison(port, env["DATABASE_URL"], town["motif"], town["lieux"], town["secret"])
    finally:
        process.terminate()
        process.wait(20)


def wait_for(port: int) -> None:
    for _ in range(600):
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=5).request("GET", "/sante/")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("gunicorn n'a pas démarré.")


def tell(titre: str, releve: Releve, seconds: float) -> None:
    total = sum(releve.statuts.values())
    lents = sum(each > LENT for each in releve.secondes)
    print(f"{titre}")
    print(f"  réponses            {dict(sorted(releve.statuts.items()))} sur {total}")
    print(f"  réservations        {releve.statuts[201] / seconds:.1f}/s, réponses {total / seconds:.1f}/s")
    print(f"  temps               médiane {statistics.median(releve.secondes) * 1e3:.0f} ms, "
          f"p95 {releve.percentile(95) * 1e3:.0f} ms, plus de {LENT:.0f} s : {lents}")  # fmt: skip


def measure(env: dict[str, str], choix: argparse.Namespace) -> None:
    """Ours."""
    with serving(env) as maison:
        flow(maison, CLIENTS * 2)  # warm both workers
        releve, seconds, winners = contend(maison, choix.tours)
        tell(f"{CLIENTS} clients sur un créneau, {choix.tours} fois (HTTP complet)", releve, seconds)
        print(f"  gagnants par tour   {dict(Counter(winners))}")
        tell(f"{CLIENTS} clients sur des créneaux différents", *flow(maison, choix.reservations, sauter=2))
        with psycopg.connect(maison.base) as base:
            for name, query in (("double réservation", _DOUBLES), ("étreintes fatales", _VERROUS)):
                row = base.execute(query).fetchone()
                print(f"  {name:<19} {row[0] if row else '?'}")
    sys.stdout.flush()


def measure_peer(env: dict[str, str], tours: int) -> None:
    """The peer on the same server, in an environment of its own."""
    python = amorcer_a_part("pair", RACINE / ".guichet" / "pair")
    name = f"mesure_pair_{os.getpid()}"
    admin_url = urlsplit(env["DATABASE_URL"])._replace(path="/postgres").geturl()
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        try:
            there = {
                "PATH": os.environ["PATH"], "PYTHONPATH": str(RACINE / "outils" / "mesures"),
                "DJANGO_SETTINGS_MODULE": "pair_rendezvous.reglages", "PAIR_BROUILLON": str(ETAT / "pair"),
                "PAIR_DATABASE_URL": urlsplit(admin_url)._replace(path=f"/{name}").geturl(),
            }  # fmt: skip
            (ETAT / "pair" / "migrations_pair").mkdir(parents=True, exist_ok=True)
            (ETAT / "pair" / "migrations_pair" / "__init__.py").touch()
            command = [str(python), "-m", "pair_rendezvous.contention", "--tours", str(tours)]
            subprocess.run(command, cwd=RACINE, env=there, check=True)
        finally:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # type: ignore[arg-type]


def main() -> None:
    analyse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    analyse.add_argument("--tours", type=int, default=100)
    analyse.add_argument("--reservations", type=int, default=800)
    analyse.add_argument("--sans-pair", action="store_true")
    choix = analyse.parse_args()
    shutil.rmtree(ETAT, ignore_errors=True)
    ETAT.mkdir(parents=True)
    with own_database("mesure_reservations", ETAT) as env:
        measure(env | {"API_DEBIT_MINUTE": "1000000", "NIVEAU_TRACES": "ERROR", "BASE_CONNEXIONS": "10"}, choix)
        if not choix.sans_pair:
            measure_peer(env, min(choix.tours, 20))


if __name__ == "__main__":
    main()
