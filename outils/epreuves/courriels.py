"""Incoming mail under kill -9: each message accepted becomes one demande, whole, whatever dies and whenever.

    python outils/epreuves/courriels.py [--messages 1000] [--coups 20] [--temoin clef|transaction|bail]

A sender delivers by SMTP, every tenth message twice, and insists until the door says « received ». Meanwhile the door
and the two workers are killed at random and started again. Then the database and the store are compared with what was
sent: lost, doubled, half-written. Exit code 1 when there is any. `--temoin` takes one safeguard away (the unique key,
the single transaction, the lease): the ordeal must then find a fault, else it proves nothing.
"""

import argparse
import hashlib
import random
import shutil
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import psycopg

RACINE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(RACINE))

from outils.banc_courriels import Expediteur, Maison, found_house, own_database, write_mail  # noqa: E402

ETAT = RACINE / ".guichet" / "epreuve-courriels"
VICTIMES = ("porte", "ouvrier-1", "ouvrier-2", "ouvrier-1", "ouvrier-2")
CADENCE = 0.05  # seconds between two messages of one sender
MISE_EN_TRAIN = 4.0  # seconds a worker needs before it holds something worth losing
ECOULEMENT = 240.0  # seconds given to what is left, leases included


def send_all(maison: Maison, messages: int, coups: Counter[str]) -> None:
    """Two senders share the messages; every tenth goes twice, at once or after all the others."""
    halves = [list(range(rang, messages, 2)) for rang in range(2)]
    fils = [threading.Thread(target=send_some, args=(maison, numeros, coups)) for numeros in halves]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()


def send_some(maison: Maison, numeros: list[int], coups: Counter[str]) -> None:
    expediteur = Expediteur(maison.port)
    for numero in numeros:
        for _ in range(2 if numero % 20 == 5 else 1):
            expediteur.send(write_mail(numero))
        time.sleep(CADENCE)
    for numero in (each for each in numeros if each % 20 == 0):
        expediteur.send(write_mail(numero))
    coups["remises reprises"] += expediteur.reprises


def strike(maison: Maison, coups: Counter[str], combien: int, hasard: random.Random) -> None:
    """Fell one process after the other until the blows are spent."""
    while sum(coups[nom] for nom in set(VICTIMES)) < combien:
        time.sleep(hasard.uniform(0.8, 2.2))
        nom = hasard.choice(VICTIMES)
        if nom != "porte" and time.monotonic() - maison.depuis[nom] < MISE_EN_TRAIN:
            continue
        maison.kill(nom)
        coups[nom] += 1
        maison.start(nom)


def wait_until_read(adresse: str) -> float:
    """Return the seconds it took until no entry is left to read."""
    debut = time.monotonic()
    while time.monotonic() - debut < ECOULEMENT:
        with psycopg.connect(adresse) as base:
            row = base.execute("SELECT count(*) FROM demandes_entree WHERE etat = 'recue'").fetchone()
        if row and not row[0]:
            break
        time.sleep(1)
    return time.monotonic() - debut


HALF_WRITTEN = {
    "sans message": "SELECT d.objet FROM demandes_demande d WHERE NOT EXISTS (SELECT FROM demandes_message m "
    "WHERE m.demande_id = d.id AND m.sens = 'entrant' AND m.entree_id IS NOT NULL)",
    "sans pièce": "SELECT d.objet FROM demandes_demande d WHERE NOT EXISTS (SELECT FROM demandes_piecejointe p "
    "JOIN demandes_message m ON m.id = p.message_id WHERE m.demande_id = d.id)",
    "sans accusé": "SELECT d.objet FROM demandes_demande d WHERE NOT EXISTS (SELECT FROM messagerie_envoi e "
    "WHERE e.objet_type = 'demande' AND e.objet_id = d.id)",
    "sans usager": "SELECT objet FROM demandes_demande WHERE usager_id IS NULL",
    "sans journal": "SELECT d.objet FROM demandes_demande d WHERE NOT EXISTS (SELECT FROM journal_evenement j "
    "WHERE j.verbe = 'demande.ouverte' AND j.objet_id = d.id)",
    "entrée non close": "SELECT objet FROM demandes_entree WHERE etat <> 'traitee' OR demande_id IS NULL",
    "entrée sans sa demande": "SELECT e.objet FROM demandes_entree e WHERE NOT EXISTS (SELECT FROM demandes_message m "
    "WHERE m.entree_id = e.id AND m.demande_id = e.demande_id)",
    "usager en double": "SELECT max(nom) FROM citoyens_usager GROUP BY nom HAVING count(*) > 1",
}


def judge(adresse: str, depot: Path, messages: int) -> dict[str, list[str]]:
    """Compare what is kept with what was sent."""
    with psycopg.connect(adresse) as base:
        objets = Counter(objet for (objet,) in base.execute("SELECT objet FROM demandes_demande"))
        fautes = {nom: [str(o) for (o,) in base.execute(sql)] for nom, sql in HALF_WRITTEN.items()}  # type: ignore[arg-type]
        files = list(base.execute("SELECT brut, empreinte FROM demandes_entree"))
        files += list(base.execute("SELECT fichier, empreinte FROM demandes_piecejointe"))
    attendus = [f"Épreuve n° {numero}" for numero in range(messages)]
    fautes["fichier absent ou abîmé"] = [chemin for chemin, empreinte in files if _digest(depot / chemin) != empreinte]
    return {
        "perdus": [objet for objet in attendus if not objets[objet]],
        "doublés": [objet for objet in objets if objets[objet] > 1],
        "à moitié écrits": [f"{nom} : {objet}" for nom, trouves in fautes.items() for objet in trouves],
    }


def _digest(fichier: Path) -> str:
    return hashlib.sha256(fichier.read_bytes()).hexdigest() if fichier.exists() else ""


def run(choix: argparse.Namespace) -> int:
    shutil.rmtree(ETAT, ignore_errors=True)
    ETAT.mkdir(parents=True)
    coups: Counter[str] = Counter()
    with own_database("epreuve_courriels", ETAT) as env:
        maison = found_house(env | {"EPREUVE_TEMOIN": choix.temoin or ""}, ETAT)
        if choix.temoin == "clef":
            with psycopg.connect(env["DATABASE_URL"]) as base:
                base.execute("DROP INDEX IF EXISTS entree_unique")
                base.execute("ALTER TABLE demandes_entree DROP CONSTRAINT IF EXISTS entree_unique")
        try:
            for nom in ("porte", "ouvrier-1", "ouvrier-2", "horloge"):
                maison.start(nom)
            maison.wait_for_door()
            frappe = threading.Thread(target=strike, args=(maison, coups, choix.coups, random.Random(choix.graine)))
            frappe.start()
            send_all(maison, choix.messages, coups)
            frappe.join()
            ecoulement = wait_until_read(env["DATABASE_URL"])
        finally:
            maison.stop()
        fautes = judge(env["DATABASE_URL"], ETAT / "depot", choix.messages)
    print(f"courriels           {choix.messages}, un sur dix remis deux fois")
    print(f"coups               {dict(coups)}")
    print(f"écoulement          {ecoulement:.0f} s après le dernier coup")
    for nom, trouves in fautes.items():
        print(f"{nom:<19} {len(trouves)} {trouves[:5]}")
    return conclude(any(fautes.values()), choix.temoin)


def conclude(mal: bool, temoin: str) -> int:  # noqa: FBT001
    if temoin:
        print(
            "Témoin : sans cette garde, la tempête fait une faute."
            if mal
            else "Témoin MUET : l'épreuve ne prouve rien."
        )
        return 0 if mal else 1
    print("ÉCHEC" if mal else "Rien de perdu, rien en double, rien à moitié écrit.")
    return 1 if mal else 0


def main() -> int:
    analyse = argparse.ArgumentParser(description="Courrier entrant sous kill -9.")
    analyse.add_argument("--messages", type=int, default=1000)
    analyse.add_argument("--coups", type=int, default=20)
    analyse.add_argument("--graine", type=int, default=1)
    analyse.add_argument("--temoin", choices=["clef", "transaction", "bail"])
    return run(analyse.parse_args())


if __name__ == "__main__":
    sys.exit(main())
