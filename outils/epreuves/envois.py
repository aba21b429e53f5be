"""Ordeal of sending: kill -9 workers, clock and web while messages leave, empty Valkey, then count.

Two towns write at the same time, one through a provider that honours an idempotency key, the other through one that
takes none. Every fact is a line of the journal written in the transaction of its message: what must have been sent is
known without the ledger. A gateway of this program records each call. Exit 1 when a message is lost or sent twice.

``--temoin`` is the negative control: same storm with the conditional claim and the sweeper switched off; it exits 1
when nothing bad happens, because the ordeal would then prove nothing.

Own servers and own state under ``.guichet/epreuve-envois``; with DATABASE_URL (a superuser) and REDIS_URL, a database
of its own there and one numbered Valkey database, emptied by FLUSHDB instead of FLUSHALL.
"""

import argparse
import contextlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import psycopg
import redis

RACINE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(RACINE))
from outils.serveurs import Services  # noqa: E402

ETAT = RACINE / ".guichet" / "epreuve-envois"
NUMERO = re.compile(r"Message (\d+)\.")
PAUSE = (1.0, 2.4)  # seconds between two blows
BAIL = 120.0
DANS_GUICHET = [sys.executable, "-m", "outils.epreuves.dans_guichet"]
CALME = 30.0  # beyond the lease, time given to the sweeper


# ── The gateway ───────────────────────────────────────────────────────────────────────────────────────────────────


class Passerelle(ThreadingHTTPServer):
    """Records (number of the fact, key) of each call it accepts, then answers after 4 to 12 ms."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Poignee)
        self.verrou = threading.Lock()
        self.appels: list[tuple[int, str]] = []

    def noter(self, texte: str, clef: str) -> int:
        trouve = NUMERO.search(texte)
        assert trouve
        with self.verrou:
            self.appels.append((int(trouve[1]), clef))
            return len(self.appels)


class Poignee(BaseHTTPRequestHandler):
    server: Passerelle

    def do_POST(self) -> None:
        recu = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/sms":
            rang = self.server.noter(recu["texte"], recu["reference"])
            reponse: dict[str, Any] = {"id": str(rang)}
        else:
            rang = self.server.noter(recu["message"], f"appel-{len(self.server.appels)}")
            reponse = {"ids": [rang], "invalidReceivers": [], "validReceivers": recu["receivers"]}
        time.sleep(random.uniform(0.004, 0.012))
        corps = json.dumps(reponse).encode()
        with contextlib.suppress(OSError):  # the caller was killed meanwhile
            self.send_response(200)
            self.send_header("Content-Length", str(len(corps)))
            self.end_headers()
            self.wfile.write(corps)

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


# ── The processes under test ──────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Tempete:
    """Starts the processes, kills them, starts them again."""

    env: dict[str, str]
    messages: int
    coups_max: int
    temoin: bool
    hasard: random.Random
    coups: Counter[str] = field(default_factory=Counter)
    enfants: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def commandes(self) -> dict[str, list[str]]:
        celery = [sys.executable, "-m", "celery", "--app", "outils.epreuves.dans_guichet"]
        ouvrier = [*celery, "worker", "--concurrency", "2", "--queues", "envois", "--loglevel", "WARNING",
                   "--without-gossip", "--without-mingle", "--without-heartbeat"]  # fmt: skip
        horloge = [*celery, "beat", "--schedule", str(ETAT / "horloge"), "--pidfile=", "--loglevel", "WARNING"]
        tous = {
            "web": [*DANS_GUICHET, "web", str(self.messages)],
            "ouvrier-1": [*ouvrier, "--hostname", "un@%h"],
            "ouvrier-2": [*ouvrier, "--hostname", "deux@%h"],
        }
        return tous if self.temoin else tous | {"horloge": horloge}

    def lancer(self, nom: str) -> None:
        with (ETAT / f"{nom}.log").open("ab") as trace:
            self.enfants[nom] = subprocess.Popen(
                self.commandes()[nom], cwd=RACINE, env=self.env, stdin=subprocess.DEVNULL, stdout=trace,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def is_vivant(self, nom: str) -> bool:
        return self.enfants[nom].poll() is None

    def tuer(self, nom: str) -> None:
        """kill -9 of the whole group: no farewell, no acknowledgement."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.enfants[nom].pid, signal.SIGKILL)
        self.enfants[nom].wait()

    def tuer_un_enfant(self, nom: str) -> bool:
        """kill -9 of one pool process, perhaps in the middle of a call."""
        with contextlib.suppress(psutil.Error):
            enfants = psutil.Process(self.enfants[nom].pid).children()
            if enfants:
                self.hasard.choice(enfants).kill()
                return True
        return False

    def frapper(self) -> None:
        """One blow at random, and what it felled stands up again."""
        quoi = self.hasard.choices(["enfant", "ouvrier", "web", "vider", "horloge"], [9, 2, 2, 2, 1])[0]
        if quoi == "enfant":
            self.coups["processus d'ouvrier"] += self.tuer_un_enfant(self.hasard.choice(["ouvrier-1", "ouvrier-2"]))
        elif quoi == "vider":
            vider(self.env["REDIS_URL"])
            self.coups["Valkey vidé"] += 1
        elif quoi != "horloge" or not self.temoin:
            nom = self.hasard.choice(["ouvrier-1", "ouvrier-2"]) if quoi == "ouvrier" else quoi
            if self.is_vivant(nom):
                self.tuer(nom)
                self.coups[quoi] += 1
                self.lancer(nom)

    def relever(self) -> None:
        """What a supervisor does: start again what ended by itself, the web only when it had not finished."""
        for nom, enfant in list(self.enfants.items()):
            if enfant.poll() is not None and (nom != "web" or enfant.returncode):
                self.lancer(nom)

    def arreter(self) -> None:
        for nom in self.enfants:
            self.tuer(nom)


def vider(adresse: str) -> None:
    with contextlib.suppress(redis.RedisError), redis.Redis.from_url(adresse) as client:
        client.flushall() if os.environ.get("EPREUVE_A_PART") == "oui" else client.flushdb()


# ── What the database promises ────────────────────────────────────────────────────────────────────────────────────


def lire_la_base(adresse: str) -> tuple[set[int], dict[int, str]]:
    """Return the facts, and the state of the message of each; as a superuser, above the wall."""
    with psycopg.connect(adresse) as connexion:
        faits = connexion.execute("SELECT objet_id FROM journal_evenement WHERE objet_type = 'epreuve'").fetchall()
        envois = connexion.execute("SELECT clef, etat FROM messagerie_envoi").fetchall()
    return {numero for (numero,) in faits}, {int(clef.removeprefix("epreuve:")): etat for clef, etat in envois}


# ── The verdict ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Bilan:
    """What the gateway saw against what the journal promised."""

    faits: int
    perdus: list[int]
    doubles: list[int]
    repetes: int
    clefs_differentes: list[int]
    incertains: int
    incertains_partis: int
    contredits: list[int]


def compter(adresse: str, appels: list[tuple[int, str]]) -> Bilan:
    faits, etats = lire_la_base(adresse)
    clefs: dict[int, list[str]] = defaultdict(list)
    for numero, clef in appels:
        clefs[numero].append(clef)
    avec_clef = {n: c for n, c in clefs.items() if n % 2 == 0}
    incertains = {n for n, etat in etats.items() if etat == "incertain"}
    return Bilan(
        faits=len(faits),
        perdus=sorted(n for n in faits if n not in clefs and n not in incertains),
        doubles=sorted(n for n, c in clefs.items() if n % 2 and len(c) > 1),
        repetes=sum(len(c) - 1 for c in avec_clef.values()),
        clefs_differentes=sorted(n for n, c in avec_clef.items() if len(set(c)) > 1),
        incertains=len(incertains),
        incertains_partis=sum(n in clefs for n in incertains),
        contredits=sorted(n for n, etat in etats.items() if etat == "envoye" and n not in clefs),
    )


def dire(bilan: Bilan, coups: Counter[str], drainage: float) -> None:
    print(f"coups               {dict(coups)} (total {sum(coups.values())})")
    print(f"faits               {bilan.faits}")
    print(f"perdus              {len(bilan.perdus)} {bilan.perdus[:10]}")
    print(f"partis deux fois    {len(bilan.doubles)} (fournisseur sans clef) {bilan.doubles[:10]}")
    print(f"clefs différentes   {len(bilan.clefs_differentes)} (un même message, fournisseur à clef)")
    print(f"appels répétés      {bilan.repetes} (même clef, absorbés par le fournisseur)")
    print(f"incertains          {bilan.incertains}, dont {bilan.incertains_partis} bien partis (laissés à un agent)")
    print(f"contredits          {len(bilan.contredits)} (dits envoyés, jamais reçus)")
    print(f"écoulement          {drainage:.0f} s après la tempête")


def is_fini(tempete: Tempete) -> bool:
    faits, etats = lire_la_base(tempete.env["DATABASE_URL"])
    return len(faits) == tempete.messages and not {"a_envoyer", "en_cours"} & set(etats.values())


def eprouver(tempete: Tempete, passerelle: Passerelle) -> tuple[Bilan, float]:
    for nom in tempete.commandes():
        tempete.lancer(nom)
    while tempete.is_vivant("web") and sum(tempete.coups.values()) < tempete.coups_max:
        time.sleep(tempete.hasard.uniform(*PAUSE))
        tempete.frapper()
        tempete.relever()
    fin = time.monotonic()
    while tempete.is_vivant("web"):  # the last facts are written in the calm
        time.sleep(1)
        tempete.relever()
        fin = time.monotonic()
    while time.monotonic() - fin < BAIL + CALME and not is_fini(tempete):
        time.sleep(1)
        tempete.relever()
    return compter(tempete.env["DATABASE_URL"], passerelle.appels), time.monotonic() - fin


# ── Own servers, own database ─────────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def serveurs() -> Iterator[dict[str, str]]:
    """Yield DATABASE_URL and REDIS_URL of a fresh database."""
    if {"DATABASE_URL", "REDIS_URL"} <= os.environ.keys():
        with base_a_part(os.environ["DATABASE_URL"]) as base:
            yield {"DATABASE_URL": base, "REDIS_URL": os.environ["REDIS_URL"]}
        return
    os.environ["EPREUVE_A_PART"] = "oui"
    with Services.du_profil("test", prive=ETAT).en_usage() as adresses, base_a_part(adresses["DATABASE_URL"]) as base:
        yield {**adresses, "DATABASE_URL": base}


@contextlib.contextmanager
def base_a_part(adresse: str) -> Iterator[str]:
    nom = f"guichet_epreuve_envois_{os.getpid()}"
    with psycopg.connect(urlsplit(adresse)._replace(path="/postgres").geturl(), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {nom}")  # type: ignore[arg-type]
        try:
            yield urlsplit(adresse)._replace(path=f"/{nom}").geturl()
        finally:
            admin.execute(f"DROP DATABASE IF EXISTS {nom} WITH (FORCE)")  # type: ignore[arg-type]


def derouler(choix: argparse.Namespace) -> int:
    ETAT.mkdir(parents=True, exist_ok=True)
    with serveurs() as adresses, Passerelle() as passerelle:
        threading.Thread(target=passerelle.serve_forever, daemon=True).start()
        page = f"http://127.0.0.1:{passerelle.server_port}"
        propre = {
            "DJANGO_SETTINGS_MODULE": "config.settings.dev", "SECRET_KEY": "epreuve" * 10, "DONNEES": str(ETAT),
            "PYTHONPATH": str(RACINE), "GUICHET_DEMO": "non", "PASSERELLE_URL": page, "OVH_URL": f"{page}/1.0",
            "EPREUVE_TEMOIN": "oui" if choix.temoin else "non", "BASE_CONNEXIONS": "2",
        }  # fmt: skip
        os.environ.update(adresses | propre)
        vider(adresses["REDIS_URL"])
        for commande in (
            [sys.executable, "manage.py", "preparer_base", "--verbosity", "0"],
            [*DANS_GUICHET, "villes"],
        ):
            subprocess.run(commande, cwd=RACINE, check=True, stdout=subprocess.DEVNULL)
        hasard = random.Random(choix.graine)
        tempete = Tempete(dict(os.environ), choix.messages, choix.coups, choix.temoin, hasard)
        try:
            bilan, drainage = eprouver(tempete, passerelle)
        finally:
            tempete.arreter()
            passerelle.shutdown()
    dire(bilan, tempete.coups, drainage)
    return juger(bilan, choix)


def juger(bilan: Bilan, choix: argparse.Namespace) -> int:
    mal = bilan.perdus or bilan.doubles or bilan.clefs_differentes or bilan.contredits
    if choix.temoin:
        print("Témoin : la tempête fait bien perdre ou doubler." if mal else "Témoin MUET : l’épreuve ne prouve rien.")
        return 0 if mal else 1
    print("ÉCHEC" if mal else "Rien de perdu, rien en double.")
    return 1 if mal or bilan.faits < choix.messages else 0


def main() -> int:
    analyse = argparse.ArgumentParser(description="Envois sous kill -9.")
    analyse.add_argument("--messages", type=int, default=2000)
    analyse.add_argument("--coups", type=int, default=40)
    analyse.add_argument("--temoin", action="store_true", help="sans réclamation conditionnelle ni balayage")
    analyse.add_argument("--graine", type=int, default=1)
    return derouler(analyse.parse_args())


if __name__ == "__main__":
    sys.exit(main())
