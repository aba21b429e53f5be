"""How well received mail is read: its new text without quotation nor signature, and the bounces among it.

    python outils/mesures/lecture.py [--corpus DIR]... [--voir]

Reads the messages of tests/donnees/courriels (written by us in the manner of each client, and bounces of the usual
mail systems). A corpus of your own may be added: a folder with `messages/` (raw files) and `attendu.json`
({"NAME": {"destinataires": […]}} where an empty list says « no bounce », any other keys an ordinary message). Prints
rates by client and language; --voir prints what was misread.
"""

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path

RACINE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(RACINE))

from socle.courriel import lire  # noqa: E402
from socle.courriel.citation import useful_text  # noqa: E402

DONNEES = RACINE / "tests" / "donnees" / "courriels"
MARQUE = "\n=== attendu ===\n"
LANGUES = {
    "fr": "français", "en": "anglais", "de": "allemand", "es": "espagnol", "it": "italien", "nl": "néerlandais",
    "pt": "portugais",
}  # fmt: skip


class Score:
    """Right answers by group."""

    def __init__(self, voir: bool) -> None:  # noqa: FBT001 passed on from the command line
        self.justes: Counter[str] = Counter()
        self.tous: Counter[str] = Counter()
        self.voir = voir

    def mark(self, groupe: str, nom: str, attendu: object, lu: object) -> None:
        """Count one answer."""
        self.tous[groupe] += 1
        self.justes[groupe] += attendu == lu
        if self.voir and attendu != lu:
            print(f"  {nom}\n    attendu : {attendu!r}\n    lu      : {lu!r}")

    def show(self, titre: str) -> None:
        """Print each group, then the whole."""
        print(f"\n{titre}")
        for groupe in sorted(self.tous, key=lambda each: (-self.tous[each], each)):
            self._line(groupe, self.justes[groupe], self.tous[groupe])
        self._line("ensemble", self.justes.total(), self.tous.total())

    @staticmethod
    def _line(groupe: str, justes: int, tous: int) -> None:
        print(f"  {groupe:<28} {justes:>4} / {tous:<4} {justes / max(1, tous):>7.1%}")


def measure_quotes(voir: bool) -> list[bytes]:  # noqa: FBT001 passed on from the command line
    """Score the new text of each message; return the messages, which are ordinary mail."""
    langues, clients = Score(voir), Score(voir=False)
    bruts, debut = [], time.perf_counter()
    for fichier in sorted((DONNEES / "clients").glob("*.txt")):
        brut, attendu = fichier.read_text(encoding="utf-8").split(MARQUE)
        code, client, *reste = fichier.stem.split("-")
        lu = lire(brut.encode()).texte_utile
        langues.mark(LANGUES.get(code, "autres langues"), fichier.stem, attendu.rstrip("\n"), lu)
        if code == "fr":
            page = " (page HTML)" if "html" in reste else ""
            clients.mark(client + page, fichier.stem, attendu.rstrip("\n"), lu)
        bruts.append(brut.encode())
    duree = time.perf_counter() - debut
    for fichier in sorted((DONNEES / "citations").glob("*.txt")):
        corps, attendu = fichier.read_text(encoding="utf-8").split(MARQUE)
        genre, corps = corps.split("\n", 1) if corps.startswith("#") else ("", corps)
        lu = useful_text(corps, is_reply=genre == "#reponse", is_forward=genre == "#transfert")
        langues.mark("français", fichier.stem, attendu.rstrip("\n"), lu)
    langues.show("Texte nouveau, par langue")
    clients.show("Texte nouveau, en français, par logiciel de courriel")
    print(f"\nLecture d’un message : {duree / max(1, len(bruts)) * 1000:.1f} ms en moyenne")
    return bruts


def measure_bounces(ordinaires: list[bytes], corpus: list[Path], voir: bool) -> None:  # noqa: FBT001 passed on
    """Score bounces seen, addresses said dead, and ordinary mail left alone."""
    score = Score(voir)
    for fichier in sorted((DONNEES / "rebonds").glob("*.eml")):
        rebond = lire(fichier.read_bytes()).rebond
        score.mark("avis de non-remise vus", fichier.name, True, rebond is not None)  # noqa: FBT003 an answer
        permanent = fichier.stem.endswith(".permanent")
        score.mark("adresse morte ou non", fichier.name, permanent, bool(rebond and rebond.permanent))
    for rang, brut in enumerate(ordinaires):
        score.mark("courriels ordinaires", str(rang), False, lire(brut).rebond is not None)  # noqa: FBT003 an answer
    for lot in corpus:
        for nom, attendu in json.loads((lot / "attendu.json").read_text(encoding="utf-8")).items():
            est_rebond = bool(attendu.get("destinataires"))
            vu = lire((lot / "messages" / nom).read_bytes()).rebond is not None
            groupe = "avis de non-remise vus" if est_rebond else "courriels ordinaires"
            score.mark(f"{groupe} ({lot.name})", nom, est_rebond, vu)
    score.show("Avis de non-remise")


def main() -> None:
    """Read the options, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, action="append", default=[])
    parser.add_argument("--voir", action="store_true")
    options = parser.parse_args()
    measure_bounces(measure_quotes(options.voir), options.corpus, options.voir)


if __name__ == "__main__":
    main()
