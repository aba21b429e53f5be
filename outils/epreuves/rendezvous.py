"""Ordeal of booking: four processes book, move and cancel; kill -9 strikes them forty times; then count.

Exit 1 when half a booking stays (an appointment without its time, without who comes, without its line of the journal,
time held by nobody), when somebody is booked twice, or when a booking that
was promised is not there.

``--temoin`` is the negative control: the same with each statement committed by itself; it exits 1 when nothing was
left in halves, because the ordeal would then prove nothing.

Own servers and own state under ``.guichet/epreuve-rendezvous``; with DATABASE_URL (a superuser) and REDIS_URL, a
database of its own there.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

RACINE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(RACINE))
from outils.epreuves.envois import serveurs  # noqa: E402

ETAT = RACINE / ".guichet" / "epreuve-rendezvous"
DEDANS = "outils.epreuves.rendezvous_dans_guichet"
VILLE = "outils.mesures.reservations_dans_guichet"
PASSANTS = 4
VIE = (1, 8)  # bookings of one life, drawn by lot
NUMERO = len("RDV-2026-00042\n")
ECART = 0.8  # seconds: it dies anywhere in its next bookings, not only between two
PATIENCE = 600.0  # seconds

FAUTES = {
    "sans leur temps": """
SELECT count(*) FROM rendezvous_rendezvous r WHERE r.etat NOT LIKE 'annule%' AND NOT EXISTS (SELECT 1
  FROM rendezvous_occupation o WHERE o.rendezvous_id = r.id AND o.is_actif AND o.debut_at = r.debut_at)""",
    "temps tenu pour rien": """
SELECT count(*) FROM rendezvous_occupation o WHERE o.is_actif AND NOT EXISTS (SELECT 1
  FROM rendezvous_rendezvous r WHERE r.id = o.rendezvous_id AND r.etat NOT LIKE 'annule%')""",
    "sans personne": """
SELECT count(*) FROM rendezvous_rendezvous r WHERE r.etat <> 'option' AND NOT EXISTS (SELECT 1
  FROM rendezvous_participation p WHERE p.rendezvous_id = r.id)""",
    "sans journal": """
SELECT count(*) FROM rendezvous_rendezvous r WHERE r.etat <> 'option' AND NOT EXISTS (SELECT 1
  FROM journal_evenement e WHERE e.verbe = 'rendezvous.pris' AND e.objet_id = r.id)""",
    "sans fil": """
SELECT count(*) FROM rendezvous_rendezvous r WHERE r.etat <> 'option' AND NOT EXISTS (SELECT 1
  FROM citoyens_interaction i WHERE i.objet_type = 'rendezvous' AND i.objet_id = r.id)""",
    "annulés sans le dire": """
SELECT count(*) FROM rendezvous_rendezvous r WHERE r.etat LIKE 'annule%' AND NOT EXISTS (SELECT 1
  FROM journal_evenement e WHERE e.verbe = 'rendezvous.annule' AND e.objet_id = r.id)""",
    "pris deux fois": """
SELECT count(*) FROM rendezvous_occupation a JOIN rendezvous_occupation b ON a.id < b.id
   AND a.ressource_id = b.ressource_id AND a.place = b.place AND a.is_actif AND b.is_actif
   AND tstzrange(a.debut_at, a.fin_at) && tstzrange(b.debut_at, b.fin_at)""",
}


@dataclass
class Foule:
    """Four processes, killed and started again."""

    env: dict[str, str]
    enfants: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)
    promis: dict[int, int] = field(default_factory=dict)  # what it has written when it dies

    def lancer(self, rang: int) -> None:
        self.promis[rang] = self.peser(rang) + random.randint(*VIE) * NUMERO
        with (ETAT / f"passant-{rang}.log").open("ab") as trace:
            self.enfants[rang] = subprocess.Popen(
                [sys.executable, "-m", DEDANS, str(rang)], cwd=RACINE, env=self.env, stdin=subprocess.DEVNULL,
                stdout=trace, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def peser(self, rang: int) -> int:
        """Octets promised by this rank so far."""
        promesses = ETAT / f"promesses-{rang}"
        return promesses.stat().st_size if promesses.exists() else 0

    def choisir(self) -> int | None:
        """Return one that has booked enough since it started; None while none has."""
        return next((rang for rang in self.enfants if self.peser(rang) >= self.promis[rang]), None)

    def tuer(self, rang: int) -> bool:
        """kill -9; False when it had died by itself, which is a fault of ours."""
        was_alive = self.enfants[rang].poll() is None
        if was_alive:
            os.killpg(self.enfants[rang].pid, signal.SIGKILL)
        self.enfants[rang].wait()
        return was_alive

    def arreter(self) -> None:
        for rang in self.enfants:
            self.tuer(rang)


@dataclass
class Bilan:
    """What the storm did, and what the database says."""

    coups: int
    morts: int
    pris: int
    perdus: int
    fautes: dict[str, int]


def compter(base: psycopg.Connection[tuple[int]], requete: str) -> int:
    ligne = base.execute(requete).fetchone()  # type: ignore[arg-type]
    assert ligne
    return int(ligne[0])


def eprouver(foule: Foule, combien: int) -> Bilan:
    with psycopg.connect(foule.env["DATABASE_URL"], autocommit=True) as base:
        for rang in range(PASSANTS):
            foule.lancer(rang)
        coups, morts, fin = 0, 0, time.monotonic() + PATIENCE
        while coups < combien and time.monotonic() < fin:
            time.sleep(random.uniform(0, 0.1))
            rang_pris = foule.choisir()
            if rang_pris is not None:
                time.sleep(random.uniform(0, ECART))
                morts += not foule.tuer(rang_pris)
                foule.lancer(rang_pris)
                coups += 1
        foule.arreter()
        calmer(base)
        return lire(base, coups, morts)


def calmer(base: psycopg.Connection[tuple[int]]) -> None:
    """Until the server has noticed that the last ones are gone."""
    autres = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    for _ in range(100):
        if not compter(base, autres):
            return
        time.sleep(0.1)


def lire(base: psycopg.Connection[tuple[int]], coups: int, morts: int) -> Bilan:
    promis = {numero for fichier in ETAT.glob("promesses-*") for numero in fichier.read_text().split()}
    la = {str(numero) for (numero,) in base.execute("SELECT numero FROM rendezvous_rendezvous").fetchall()}
    fautes = {nom: compter(base, requete) for nom, requete in FAUTES.items()}
    return Bilan(coups, morts, len(promis), len(promis - la), fautes)


def dire(bilan: Bilan) -> None:
    print(f"kill -9               {bilan.coups}, dont {bilan.morts} déjà morts d’eux-mêmes")
    print(f"promis                {bilan.pris}")
    print(f"promis et perdus      {bilan.perdus}")
    for nom, combien in bilan.fautes.items():
        print(f"{nom:<22}{combien}")


def juger(bilan: Bilan, *, combien: int, temoin: bool) -> int:
    moities = sum(abs(combien) for combien in bilan.fautes.values())
    if temoin:
        print("Témoin : sans transaction, il reste des moitiés." if moities else
              "Témoin MUET : l’épreuve ne prouve rien.")  # fmt: skip
        return 0 if moities else 1
    mal = moities or bilan.perdus or bilan.morts or bilan.coups < combien
    print("ÉCHEC" if mal else "Aucune moitié, aucun double, aucune promesse perdue.")
    return 1 if mal else 0


def derouler(choix: argparse.Namespace) -> int:
    ETAT.mkdir(parents=True, exist_ok=True)
    for fichier in ETAT.glob("promesses-*"):
        fichier.unlink()
    with serveurs() as adresses:
        os.environ.update(adresses | {
            "DJANGO_SETTINGS_MODULE": "config.settings.dev", "SECRET_KEY": "epreuve" * 10, "DONNEES": str(ETAT),
            "PYTHONPATH": str(RACINE), "GUICHET_DEMO": "non", "BASE_CONNEXIONS": "2", "NIVEAU_TRACES": "ERROR",
            "EPREUVE_TEMOIN": "oui" if choix.temoin else "non", "EPREUVE_PROMESSES": str(ETAT / "promesses-"),
        })  # fmt: skip
        for commande in (["manage.py", "preparer_base", "--verbosity", "0"], ["-m", VILLE]):
            subprocess.run([sys.executable, *commande], cwd=RACINE, check=True, stdout=subprocess.DEVNULL)
        foule = Foule(dict(os.environ))
        try:
            bilan = eprouver(foule, choix.coups)
        finally:
            foule.arreter()
    dire(bilan)
    return juger(bilan, combien=choix.coups, temoin=choix.temoin)


def main() -> int:
    analyse = argparse.ArgumentParser(description="Réservations sous kill -9.")
    analyse.add_argument("--coups", type=int, default=40)
    analyse.add_argument("--temoin", action="store_true", help="chaque instruction validée à part")
    return derouler(analyse.parse_args())


if __name__ == "__main__":
    sys.exit(main())
