"""What free slots cost, over HTTP, beside django-appointment in the same run.

    DATABASE_URL=… REDIS_URL=… python outils/mesures/creneaux.py [--tours 60] [--refaire]

Its own base beside DATABASE_URL: 1,000,000 appointments, 300 agents (creneaux_volume.py), filled once and again after
a week, since dates pass. Bars: 20 agents × 30 days p95 ≤ 200 ms; search of France Titres, 60 agents × 3 months over
five lieux, p95 ≤ 1.5 s; eight reads at most. The peer is asked in process, without a server: it is spared that.
"""

import argparse
import http.client
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import psutil
import psycopg

RACINE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(RACINE))

from outils.amorcer import amorcer_a_part  # noqa: E402
from outils.mesurer import create_base, run  # noqa: E402
from outils.mesures.pages import serving  # noqa: E402

BASE, BASE_PAIR = "mesure_creneaux", "mesure_pair"
PAIR = RACINE / ".guichet" / "pair"
JETON_ANTS = "mesure"
SLUG = "mesure-rendezvous"
SEMAINE = 7


def is_fresh(url: str) -> bool:
    """True when the volume is there and begins this week."""
    with psycopg.connect(url) as base:
        if base.execute("SELECT to_regclass('rendezvous_occupation')").fetchone() == (None,):
            return False
        row = base.execute("SELECT max(debut_at) > now() + make_interval(days => 100 - %s) "
                           "FROM rendezvous_occupation", [SEMAINE]).fetchone()  # fmt: skip
        return bool(row and row[0])


def prepare(*, afresh: bool) -> str:
    """Return the address of the filled base."""
    url = create_base(BASE, afresh=afresh)
    if not is_fresh(url):
        url = create_base(BASE, afresh=True)
        run("manage.py", "preparer_base", "--verbosity", "0", env={"DATABASE_URL": url})
        run("outils/mesures/creneaux_volume.py", env={"DATABASE_URL": url})
    return url


class Ville:
    """The filled town, seen in process: its ids, a key for the program that asks, its count of queries."""

    def __init__(self) -> None:
        import django  # noqa: PLC0415 settings first

        django.setup()
        from django.utils import timezone  # noqa: PLC0415

        from collectivites.acteur import Acteur  # noqa: PLC0415
        from collectivites.clefs import create_clef  # noqa: PLC0415
        from collectivites.cloison import collectivite_active  # noqa: PLC0415
        from collectivites.models import Collectivite, Lieu, Rattachement  # noqa: PLC0415
        from rendezvous.models import Motif  # noqa: PLC0415

        town, now = Collectivite.objects.get(slug=SLUG), timezone.now()
        agent = Rattachement.objects.filter(collectivite=town).earliest("pk").agent_id
        with collectivite_active(town.pk):
            self.vingt = Motif.objects.get(categorie_ants="").pk
            self.lieux = list(Lieu.objects.order_by("pk").values_list("pk", flat=True))
            _, self.clef = create_clef(
                nom="Mesure", portees=["rendezvous_lire"], domaines=[], expires_at=now + timedelta(days=1),
                saisie=uuid4(), agent_id=agent, by=Acteur(nature="automate", libelle="Mesure"), at=now,
            )  # fmt: skip

    def count(self, path: str, headers: dict[str, str]) -> tuple[int, int]:
        """Return how many reads one request makes, and how many statements in all."""
        from django.db import connection  # noqa: PLC0415
        from django.test import Client  # noqa: PLC0415

        seen: list[str] = []

        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 Django's
            seen.append(sql.lstrip("(\n ").upper())
            return execute(sql, params, many, context)

        client = Client(headers=headers, SERVER_NAME="localhost")
        client.get(path)  # the key notes its use once every ten minutes
        with connection.execute_wrapper(note):
            answer = client.get(path)
        if answer.status_code != 200:
            raise SystemExit(f"{path} : {answer.status_code} {answer.content[:300]!r}")
        return sum(sql.startswith("SELECT") for sql in seen), len(seen)


def ask(port: int, path: str, headers: dict[str, str]) -> bytes:
    """One request on a connection of its own, as a partner makes it."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    link.request("GET", path, headers=headers)
    answer = link.getresponse()
    body = answer.read()
    link.close()
    if answer.status != 200:
        raise SystemExit(f"{path} : {answer.status} {body[:300]!r}")
    return body


def measure(nom: str, tours: int, process: psutil.Process, work: Callable[[], bytes]) -> list[float]:
    """Print wall percentiles, CPU of the web processes and the count of slots; return wall milliseconds."""
    for _ in range(4):
        body = work()
    cpu, walls = spend(process), []
    for _ in range(tours):
        start = time.perf_counter()
        body = work()
        walls.append((time.perf_counter() - start) * 1e3)
    spent = (spend(process) - cpu) * 1e3 / tours
    found = json.loads(body)
    slots = len(found["resultats"]) if "resultats" in found else sum(map(len, found.values()))
    print(f"  {nom:46} {show(walls)}   web {spent:5.1f} ms CPU   {slots} créneaux, {len(body) / 1000:.0f} ko")
    return walls


def spend(process: psutil.Process) -> float:
    """CPU seconds of the web processes."""
    return sum(sum(each.cpu_times()[:2]) for each in [process, *process.children(recursive=True)])


def show(walls: list[float]) -> str:
    """Percentiles on one line."""
    cuts = statistics.quantiles(walls, n=100)
    return f"p50 {cuts[49]:6.1f}  p95 {cuts[94]:6.1f} ms"


def measure_ours(tours: int) -> float:
    """Measure both searches over HTTP; return the median of the first, in milliseconds."""
    ville, today = Ville(), date.today()  # noqa: DTZ011 the local day of this machine
    vingt = urlencode({"motif": ville.vingt, "du": today, "au": today + timedelta(days=29), "personnes": 1})
    question = [("meeting_point_ids", lieu) for lieu in ville.lieux]
    question += [("start_date", today), ("end_date", today + timedelta(days=91)), ("reason", "CNI")]
    calls = {
        "20 agents × 30 jours, GET /api/v1/creneaux/": (
            f"/api/v1/creneaux/?{vingt}", {"Authorization": f"Bearer {ville.clef}"}, tours
        ),
        "60 agents × 3 mois × 5 lieux, France Titres": (
            f"/ants/availableTimeSlots?{urlencode([*question, ('documents_number', 1)])}",
            {"X-HUB-RDV-AUTH-TOKEN": JETON_ANTS}, max(20, tours // 2),
        ),
    }  # fmt: skip
    volume = f"{count_rendezvous():,}".replace(",", "\u202f")
    print(f"\n— Guichet : {volume} rendez-vous, HTTP complet")
    medians = []
    with serving() as (port, process):
        for nom, (path, headers, count) in calls.items():
            walls = measure(nom, count, process, lambda p=path, h=headers: ask(port, p, h))
            reads, every = ville.count(path, headers)
            print(f"  {'':46} {reads} lectures, {every} ordres SQL en tout")
            medians.append(statistics.median(walls))
    return medians[0]


def count_rendezvous() -> int:
    """How many appointments the base holds."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as base:
        row = base.execute("SELECT count(*) FROM rendezvous_rendezvous").fetchone()
    return row[0] if row else 0


def measure_peer(echantillon: int) -> float:
    """Measure the peer in its own environment and base; return the milliseconds that its whole page would take."""
    python, scratch = amorcer_a_part("pair", PAIR), PAIR / "brouillon"
    shutil.rmtree(scratch, ignore_errors=True)
    (scratch / "migrations_pair").mkdir(parents=True)
    (scratch / "migrations_pair" / "__init__.py").touch()
    env = os.environ | {
        "PAIR_DATABASE_URL": create_base(BASE_PAIR, afresh=True), "PAIR_BROUILLON": str(scratch),
        "DJANGO_SETTINGS_MODULE": "pair_rendezvous.reglages", "PYTHONPATH": str(Path(__file__).parent),
    }  # fmt: skip
    command = [str(python), "-W", "ignore", "-m", "pair_rendezvous.banc", "--preparer"]
    done = subprocess.run(
        [*command, "--echantillon", str(echantillon)], env=env, check=True, capture_output=True, text=True
    )
    found = json.loads(done.stdout.splitlines()[-1])
    whole = statistics.mean(found["ms"]) * found["tous"]
    print(f"\n— django-appointment 3.12.0 : 1 agent × 1 jour par appel, dans le processus, {found['appels']} appels "
          f"tirés au sort sur {found['tous']}")  # fmt: skip
    print(f"  {'un appel':46} {show(found['ms'])}   {found['cpu_ms']:5.1f} ms CPU   "
          f"{found['requetes']:.0f} requêtes, {found['creneaux']:.1f} créneaux")  # fmt: skip
    print(f"  {'20 agents × 30 jours, les 600 appels (calculé)':46} {whole / 1e3:.1f} s, "
          f"{found['requetes'] * found['tous']:.0f} requêtes")  # fmt: skip
    return float(whole)


def main() -> None:
    """Prepare, measure ours, the peer, ours again: the machine's mood shows."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tours", type=int, default=60)
    parser.add_argument("--echantillon", type=int, default=60)
    parser.add_argument("--refaire", action="store_true")
    options = parser.parse_args()
    os.environ |= {
        "DATABASE_URL": prepare(afresh=options.refaire), "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "ANTS_HUB_JETON": JETON_ANTS, "API_DEBIT_MINUTE": "100000", "NIVEAU_TRACES": "ERROR",
    }  # fmt: skip
    ours = measure_ours(options.tours)
    theirs = measure_peer(options.echantillon)
    again = measure_ours(options.tours)
    print(f"\n20 agents × 30 jours : {theirs / max(ours, again):.0f} à {theirs / min(ours, again):.0f} fois plus vite")


if __name__ == "__main__":
    main()
