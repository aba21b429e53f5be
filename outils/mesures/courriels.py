"""What taking in a mail costs, end to end: SMTP door, entry, worker, demande with its attachment and acknowledgement.

    python outils/mesures/courriels.py [--messages 600] [--ouvriers 2]

Starts its own PostgreSQL and Valkey (fsync on), the door and the workers, sends from two connections, waits until all
is read. Prints messages a second, CPU milliseconds a message by process (PostgreSQL included, all its processes), and
SQL statements a message. With DATABASE_URL and REDIS_URL it measures there, and counts PostgreSQL's backends only.
"""

import argparse
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import psycopg

RACINE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(RACINE))

from outils.banc_courriels import (  # noqa: E402
    DANS_GUICHET,
    Expediteur,
    Maison,
    found_house,
    own_database,
    write_mail,
)

ETAT = RACINE / ".guichet" / "mesure-courriels"
ECHAUFFEMENT = 40


def send(port: int, numeros: range) -> None:
    expediteur = Expediteur(port)
    for numero in numeros:
        expediteur.send(write_mail(numero))


def send_together(port: int, debut: int, fin: int) -> None:
    fils = [threading.Thread(target=send, args=(port, range(debut + rang, fin, 2))) for rang in range(2)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()


def wait_read(adresse: str, combien: int) -> None:
    with psycopg.connect(adresse, autocommit=True) as base:
        for _ in range(3000):
            row = base.execute("SELECT count(*) FROM demandes_demande").fetchone()
            if row and row[0] >= combien:
                return
            time.sleep(0.1)
    raise SystemExit("Tout n'a pas été lu : voyez les journaux.")


def read_cpu(maison: Maison) -> dict[str, float]:
    """CPU seconds so far: the door, the workers, PostgreSQL."""
    used = {"porte": _tree(maison.enfants["porte"].pid)}
    used["ouvriers"] = sum(_tree(enfant.pid) for nom, enfant in maison.enfants.items() if nom.startswith("ouvrier"))
    used["PostgreSQL"] = _postgresql(maison.env["DATABASE_URL"])
    return used


def _tree(pid: int) -> float:
    racine = psutil.Process(pid)
    return sum(sum(each.cpu_times()[:2]) for each in [racine, *racine.children(recursive=True)])


def _postgresql(adresse: str) -> float:
    with psycopg.connect(adresse) as base:
        pids = base.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()").fetchall()
        ici = base.info.backend_pid
    if "DATABASE_URL" not in os.environ:
        postmaster = psutil.Process(ici).parent()
        assert postmaster
        return _tree(postmaster.pid) + sum(postmaster.cpu_times()[2:4])
    return sum(_tree(pid) for (pid,) in pids if pid != ici and psutil.pid_exists(pid))


def measure(maison: Maison, messages: int) -> None:
    """Warm up, then send and wait; print the figures."""
    adresse = maison.env["DATABASE_URL"]
    send_together(maison.port, 0, ECHAUFFEMENT)
    wait_read(adresse, ECHAUFFEMENT)
    avant, debut = read_cpu(maison), time.monotonic()
    send_together(maison.port, ECHAUFFEMENT, ECHAUFFEMENT + messages)
    pris = time.monotonic() - debut
    wait_read(adresse, ECHAUFFEMENT + messages)
    lus, apres = time.monotonic() - debut, read_cpu(maison)
    cout = {nom: (apres[nom] - avant[nom]) / messages * 1000 for nom in apres}
    print(f"messages            {messages}, chacun d'un expéditeur nouveau, avec une pièce jointe et un accusé")
    print(f"acceptés            {messages / pris:.1f}/s (sur le disque et validés)")
    print(f"devenus demandes    {messages / lus:.1f}/s")
    detail = ", ".join(f"{nom} {ms:.1f}" for nom, ms in cout.items())
    print(f"CPU par message     {sum(cout.values()):.1f} ms ({detail})")
    sys.stdout.flush()
    subprocess.run([sys.executable, "-m", DANS_GUICHET, "requetes"], cwd=RACINE, env=maison.env, check=True)


def main() -> None:
    analyse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    analyse.add_argument("--messages", type=int, default=600)
    analyse.add_argument("--ouvriers", type=int, default=2)
    choix = analyse.parse_args()
    shutil.rmtree(ETAT, ignore_errors=True)
    ETAT.mkdir(parents=True)
    with own_database("mesure_courriels", ETAT) as env:
        maison = found_house(env, ETAT)
        try:
            for nom in ("porte", *(f"ouvrier-{rang + 1}" for rang in range(choix.ouvriers))):
                maison.start(nom)
            maison.wait_for_door()
            measure(maison, choix.messages)
        finally:
            maison.stop()


if __name__ == "__main__":
    main()
