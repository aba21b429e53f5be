"""``make epreuve``: the ordeals of faults, one after the other, each followed by its negative control.

    make epreuve                                 everything (≈ 30 min on two calm cores)
    make epreuve OPTIONS="--seulement envois"    one ordeal: pannes, envois, rappels, courriels, rendezvous
    make epreuve OPTIONS=--sans-temoins          without the negative controls

An ordeal exits 0 when nothing was lost nor doubled; a negative control exits 0 when, a safeguard switched off, the
ordeal did find a fault. Exits 1 at the end if any of them disappointed.
"""

import argparse
import subprocess
import sys
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent
EPREUVES: dict[str, list[list[str]]] = {
    "pannes": [["outils/epreuves/pannes.py"]],
    "envois": [["outils/epreuves/envois.py"], ["outils/epreuves/envois.py", "--messages", "600", "--temoin"]],
    "rappels": [["outils/epreuves/rappels.py"], ["outils/epreuves/rappels.py", "--rappels", "3000", "--temoin"]],
    "courriels": [
        ["outils/epreuves/courriels.py"],
        *[
            ["outils/epreuves/courriels.py", "--messages", "300", "--temoin", safeguard]
            for safeguard in ("clef", "transaction", "bail")
        ],
    ],
    "rendezvous": [
        ["outils/epreuves/rendezvous.py"],
        ["outils/epreuves/rendezvous.py", "--coups", "20", "--temoin"],
    ],
}


def run(command: list[str]) -> bool:
    """Run one ordeal; True when it ended as it should."""
    print(f"\n── {' '.join(command)}", flush=True)
    return subprocess.run([sys.executable, *command], cwd=RACINE, check=False).returncode == 0


def main() -> int:
    """Run what is asked; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seulement", action="append", choices=list(EPREUVES))
    parser.add_argument("--sans-temoins", action="store_true")
    options = parser.parse_args()
    wanted = [command for name in options.seulement or EPREUVES for command in EPREUVES[name]]
    if options.sans_temoins:
        wanted = [command for command in wanted if "--temoin" not in command]
    failed = [" ".join(command) for command in wanted if not run(command)]
    print(f"\n{len(wanted) - len(failed)} épreuve(s) réussie(s) sur {len(wanted)}.", *failed, sep="\n  échec : ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
