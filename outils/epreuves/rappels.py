"""Ordeal of reminders: 10,000 steps due at once, two beats, two workers, three of them killed, then count.

Each step writes one line of the journal and tells one agent, in the transaction that closes it. Exit 1 when a step was
lost, done twice, or when the last one came more than 60 seconds after the start.

``--temoin`` is the negative control: the same with the claim and the single transaction switched off; it exits 1 when
nothing was done twice, because the ordeal would then prove nothing.

Own servers and own state under ``.guichet/epreuve-rappels``; with DATABASE_URL (a superuser) and REDIS_URL, a database
of its own there and one numbered Valkey database, emptied.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

RACINE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(RACINE))
from outils.epreuves.envois import serveurs, vider  # noqa: E402

ETAT = RACINE / ".guichet" / "epreuve-rappels"
DEDANS = "outils.epreuves.rappels_dans_guichet"
DELAI = 60.0  # seconds for all of them
PATIENCE = 240.0
FAUCHES = (0.1, 0.35, 0.6)  # a worker dies when this share is done
_COMPTE = "SELECT count(*) FROM demandes_rappel WHERE fait_at IS NOT NULL"
_DOUBLES = """
SELECT count(*) FROM (SELECT details->>'rappel' FROM journal_evenement WHERE verbe = 'demande.rappel'
                       GROUP BY 1 HAVING count(*) > 1) x
"""
_PERDUS = """
SELECT count(*) FROM demandes_rappel r
 WHERE NOT EXISTS (SELECT 1 FROM journal_evenement e
                    WHERE e.verbe = 'demande.rappel' AND e.details->>'rappel' = r.id::text)
    OR NOT EXISTS (SELECT 1 FROM demandes_notification n WHERE n.clef = 'rappel:' || r.id)
"""
_SANS_FIN = "SELECT count(*) FROM demandes_rappel WHERE fait_at IS NULL"


@dataclass
class Equipe:
    """Two workers and two beats, killed and started again."""

    env: dict[str, str]
    enfants: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def commandes(self) -> dict[str, list[str]]:
        celery = [sys.executable, "-m", "celery", "--app", DEDANS]
        ouvrier = [*celery, "worker", "--concurrency", "1", "--queues", "entrees", "--loglevel", "WARNING",
                   "--without-gossip", "--without-mingle", "--without-heartbeat"]  # fmt: skip
        horloge = [*celery, "beat", "--pidfile=", "--loglevel", "WARNING"]
        return {
            "horloge-1": [*horloge, "--schedule", str(ETAT / "horloge-1")],
            "horloge-2": [*horloge, "--schedule", str(ETAT / "horloge-2")],
            "ouvrier-1": [*ouvrier, "--hostname", "un@%h"],
            "ouvrier-2": [*ouvrier, "--hostname", "deux@%h"],
        }

    def lancer(self, nom: str) -> None:
        with (ETAT / f"{nom}.log").open("ab") as trace:
            self.enfants[nom] = subprocess.Popen(
                self.commandes()[nom], cwd=RACINE, env=self.env, stdin=subprocess.DEVNULL, stdout=trace,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def tuer(self, nom: str) -> None:
        """kill -9 of the whole group."""
        os.killpg(self.enfants[nom].pid, signal.SIGKILL)
        self.enfants[nom].wait()

    def arreter(self) -> None:
        for nom, enfant in self.enfants.items():
            if enfant.poll() is None:
                self.tuer(nom)


@dataclass
class Bilan:
    """What the database says at the end."""

    secondes: float
    fauches: int
    doubles: int
    perdus: int
    sans_fin: int


def eprouver(equipe: Equipe, combien: int) -> Bilan:
    with psycopg.connect(equipe.env["DATABASE_URL"], autocommit=True) as base:
        for nom in equipe.commandes():
            equipe.lancer(nom)
        debut, fauches, faits = time.monotonic(), 0, 0
        while faits < combien and time.monotonic() - debut < PATIENCE:
            time.sleep(0.1)
            faits = compter(base, _COMPTE)
            if fauches < len(FAUCHES) and faits >= combien * FAUCHES[fauches]:
                victime = f"ouvrier-{fauches % 2 + 1}"
                equipe.tuer(victime)
                equipe.lancer(victime)
                fauches += 1
        secondes = time.monotonic() - debut
        time.sleep(5)  # what was asked twice may still be done twice
        return Bilan(secondes, fauches, compter(base, _DOUBLES), compter(base, _PERDUS), compter(base, _SANS_FIN))


def compter(base: psycopg.Connection[tuple[int]], requete: str) -> int:
    ligne = base.execute(requete).fetchone()  # type: ignore[arg-type]
    assert ligne
    return int(ligne[0])


def dire(bilan: Bilan, combien: int) -> None:
    print(f"rappels             {combien} dus ensemble, deux horloges, deux ouvriers")
    print(f"temps               {bilan.secondes:.1f} s, démarrage des processus compris (limite {DELAI:.0f} s)")
    print(f"ouvriers tués       {bilan.fauches}")
    print(f"faits deux fois     {bilan.doubles}")
    print(f"perdus              {bilan.perdus}")
    print(f"restés à faire      {bilan.sans_fin}")


def juger(bilan: Bilan, *, temoin: bool) -> int:
    if temoin:
        print("Témoin : sans garde, des rappels sont faits deux fois." if bilan.doubles else
              "Témoin MUET : l’épreuve ne prouve rien.")  # fmt: skip
        return 0 if bilan.doubles else 1
    mal = bilan.doubles or bilan.perdus or bilan.sans_fin or bilan.secondes > DELAI or bilan.fauches < len(FAUCHES)
    print("ÉCHEC" if mal else "Chacun une fois, à temps.")
    return 1 if mal else 0


def derouler(choix: argparse.Namespace) -> int:
    ETAT.mkdir(parents=True, exist_ok=True)
    with serveurs() as adresses:
        propre = {
            "DJANGO_SETTINGS_MODULE": "config.settings.dev", "SECRET_KEY": "epreuve" * 10, "DONNEES": str(ETAT),
            "PYTHONPATH": str(RACINE), "GUICHET_DEMO": "non", "BASE_CONNEXIONS": "2",
            "EPREUVE_TEMOIN": "oui" if choix.temoin else "non",
        }  # fmt: skip
        os.environ.update(adresses | propre)
        vider(adresses["REDIS_URL"])
        preparer = [sys.executable, "manage.py", "preparer_base", "--verbosity", "0"]
        for commande in (preparer, [sys.executable, "-m", DEDANS, str(choix.rappels)]):
            subprocess.run(commande, cwd=RACINE, check=True, stdout=subprocess.DEVNULL)
        equipe = Equipe(dict(os.environ))
        try:
            bilan = eprouver(equipe, choix.rappels)
        finally:
            equipe.arreter()
    dire(bilan, choix.rappels)
    return juger(bilan, temoin=choix.temoin)


def main() -> int:
    analyse = argparse.ArgumentParser(description="Rappels dus, sous kill -9.")
    analyse.add_argument("--rappels", type=int, default=10_000)
    analyse.add_argument("--temoin", action="store_true", help="sans réclamation ni transaction unique")
    return derouler(analyse.parse_args())


if __name__ == "__main__":
    sys.exit(main())
