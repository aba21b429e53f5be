"""Measures the search of usagers at volume: time in PostgreSQL and recall, by kind of question.

    DATABASE_URL=postgresql://…/a_scratch_base python outils/mesures/recherche.py --remplir --usagers 300000

`--remplir` fills an empty prepared base (manage.py preparer_base): one large town, ten small ones, names by Zipf's law
(the first surname is 0.4 % of people, as in France). Needs a superuser. Without it, only measures. Times are those of
EXPLAIN (ANALYZE): planning and execution of every statement of one search, contacts included.
"""

import argparse
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django
import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

NOMS = (
    "Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel Lefèvre Leroy Roux David "
    "Bertrand Morel Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Vincent Muller Faure Mercier Blanc Guérin "
    "Boyer Garnier Chevalier Legrand Gauthier Garcia Perrin Robin Clément Morin Nicolas Henry Roussel Mathieu Gautier "
    "Masson Marchand Duval Denis Dumont Marie Lemaire Noël Meyer Dufour Meunier Brun Blanchard Giraud Joly Rivière "
    "Lucas Brunet Gaillard Barbier Arnaud Martinez Gérard Roche Renard Schmitt Leroux Colin Vidal Caron Picard Roger "
    "Fabre Aubert Lemoine Renaud Dumas Lacroix Olivier Philippe Bourgeois Pierre Benoît Rey Leclerc Payet Rolland "
    "Leclercq Guillaume Lecomte Lopez Jean Dupuy Guillot Hubert Berger Carpentier Sanchez Dupuis Moulin Louis Thibault"
).split()
PRENOMS = (
    "Marie Jean Pierre Michel André Philippe Nathalie Isabelle Sylvie Catherine Nicolas Christophe Patrick Christine "
    "Françoise Valérie Julien Sandrine Sébastien Stéphanie Véronique Alain Éric Céline Laurent David Stéphane Aurélie "
    "Thomas Camille Léa Emma Chloé Inès Jade Louise Manon Sarah Lucas Hugo Enzo Nathan Mathis Karim Samira Mohamed "
    "Fatima Yann Gaëlle Maël Noé Zoé Élodie Émilie Anne-Sophie Jean-Pierre Marie-Claude Jean-Baptiste Yvette Odette"
).split()
SYLLABES = "ba be bi bo bou ca co da de du fa fe gou gue ha je ka la le lo ma me mo na no pa pe ra re ri ro"


def build_names(count: int, rng: random.Random) -> list[str]:
    """Real surnames first, then built ones, rare as real rare names are."""
    ends = ["rd", "n", "t", "c", "ux", "l", "s", "ier", "eau", "ot", "in", "ic", "ec", "y", "a", "o"]
    built = set(NOMS)
    names = list(NOMS)
    while len(names) < count:
        name = ("".join(rng.choices(SYLLABES.split(), k=rng.choice([2, 2, 3]))) + rng.choice(ends)).capitalize()
        name = rng.choice(["Le ", "Ben ", "De ", "", "", "", "", "", "", ""]) + name
        if name not in built:
            built.add(name)
            names.append(name)
    return names


# ruff: noqa: S608 constants put together
POINT = "INSERT INTO citoyens_pointcontact (collectivite_id, nature, valeur, normalisee) "
LIEN = "INSERT INTO citoyens_liencontact (collectivite_id, usager_id, point_id, libelle, is_prefere) "
# One statement at a time, with fresh statistics: the planner knows nothing of tables it has just seen filled.
FILL = (
    """
    INSERT INTO citoyens_usager (collectivite_id, nature, civilite, nom, nom_naissance, prenoms, naissance_on, siret,
                                 rna, langue, verification, created_at, version)
    SELECT %(c)s, 'personne', '', n.nom, CASE WHEN t.i %% 6 = 0 THEN m.nom ELSE '' END, p.prenom,
           date '1930-01-01' + (random() * 33000)::int, '', '', 'fr', 'declaratif', now(), 1
      FROM (SELECT i, floor(30 * power(%(noms)s / 30.0, random()))::int - 30 AS a,
                   floor(30 * power(%(noms)s / 30.0, random()))::int - 30 AS b,
                   floor(8 * power(%(prenoms)s / 8.0, random()))::int - 8 AS q
              FROM generate_series(1, %(combien)s) i) t
      JOIN volume_noms n ON n.rang = t.a JOIN volume_noms m ON m.rang = t.b JOIN volume_prenoms p ON p.rang = t.q
    """,
    """
    CREATE TABLE volume_points AS
    SELECT u.id, 'mobile' AS nature, '+336' || lpad(((u.id * 7919) %% 100000000)::text, 8, '0') AS valeur
      FROM citoyens_usager u WHERE u.collectivite_id = %(c)s AND u.id %% 5 < 4
    UNION ALL
    SELECT u.id, 'courriel', replace(citoyens_normaliser(u.prenoms || '.' || u.nom), ' ', '.') || u.id || '@exemple.fr'
      FROM citoyens_usager u WHERE u.collectivite_id = %(c)s AND u.id %% 5 < 3
    UNION ALL
    SELECT u.id, 'adresse', (u.id %% 97 + 1) || ' rue ' || citoyens_normaliser(n.nom) || ' 29000 aurelle'
      FROM citoyens_usager u JOIN volume_noms n ON n.rang = u.id %% 400 WHERE u.collectivite_id = %(c)s
    """,
    POINT + "SELECT DISTINCT %(c)s::bigint, nature, valeur, valeur FROM volume_points",
    LIEN
    + """SELECT %(c)s, v.id, p.id, '', v.nature = 'courriel' FROM volume_points v JOIN citoyens_pointcontact p
             ON p.collectivite_id = %(c)s AND p.nature = v.nature AND p.normalisee = v.valeur""",
    "DROP TABLE volume_points",
)
TABLES = ("citoyens_usager", "citoyens_pointcontact", "citoyens_liencontact")


def fill(url: str, usagers: int, others: int) -> None:
    """Load the towns with triggers off, then rebuild the index as an operator would after a COPY."""
    names = build_names(20_000, random.Random(7))
    with psycopg.connect(url, autocommit=True) as base:
        base.execute("CREATE TABLE IF NOT EXISTS volume_noms (rang int PRIMARY KEY, nom text)")
        base.execute("CREATE TABLE IF NOT EXISTS volume_prenoms (rang int PRIMARY KEY, prenom text)")
        with base.cursor() as cursor:
            for table, words in (("volume_noms", names), ("volume_prenoms", PRENOMS)):
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    for row in enumerate(words):
                        copy.write_row(row)
        for table in TABLES:
            base.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        base.execute("SELECT setseed(0.42)")
        sizes = {"volume-grande": usagers} | {f"volume-{i}": others // 10 for i in range(10 if others else 0)}
        for slug, count in sizes.items():
            fill_town(base, slug, count, len(names))
        for table in TABLES:
            base.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        base.execute("VACUUM ANALYZE")


def fill_town(base: psycopg.Connection[Any], slug: str, count: int, names: int) -> None:
    """One town, and its search index."""
    row = base.execute(
        "INSERT INTO collectivites_collectivite (slug, nom, nature, code_insee, adresse, code_postal, ville,"
        " telephone, courriel, fuseau, zone_feries, accent, is_active, created_at)"
        " VALUES (%s, %s, 'commune', '', '', '', '', '', '', 'Europe/Paris', 'metropole', '#0b5563', true, now())"
        " RETURNING id",
        [slug, slug],
    ).fetchone()
    assert row
    cursor = psycopg.ClientCursor(base)  # a table is created: no server-side parameters
    for statement in FILL:
        cursor.execute(statement, {"c": row[0], "noms": names + 29, "prenoms": len(PRENOMS) + 7, "combien": count})
        base.execute("ANALYZE")
    start = time.perf_counter()
    base.execute("SELECT citoyens_reconstruire_recherche(%s)", row)
    print(f"{slug} : {count} usagers, index reconstruit en {time.perf_counter() - start:.1f} s", flush=True)


def spoil(word: str, rng: random.Random) -> str:
    """One typing fault: a letter lost, doubled, changed, or two swapped; never the first."""
    if len(word) < 4:
        return word
    at = rng.randrange(1, len(word) - 1)
    return rng.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + rng.choice("aeirst") + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )


def questions(rng: random.Random) -> dict[str, Callable[[dict[str, str]], str]]:
    """What agents type about one person, by kind."""
    return {
        "nom prénom": lambda p: f"{p['nom']} {p['prenom']}",
        "prénom nom": lambda p: f"{p['prenom']} {p['nom']}",
        "nom seul": lambda p: p["nom"],
        "3 lettres": lambda p: p["nom"][:3],
        "4 + 3 lettres": lambda p: f"{p['nom'][:4]} {p['prenom'][:3]}",
        "nom + 4 derniers chiffres": lambda p: f"{p['nom']} {p['mobile'][-4:]}",
        "nom prénom 0612": lambda p: f"{p['nom']} {p['prenom']} {p['mobile'][:4]}",
        "6 derniers chiffres": lambda p: p["mobile"][-6:],
        "4 derniers chiffres": lambda p: p["mobile"][-4:],
        "téléphone entier": lambda p: " ".join(p["mobile"][i : i + 2] for i in range(0, 10, 2)),
        "courriel": lambda p: p["courriel"],
        "nom + date de naissance": lambda p: f"{p['nom']} {p['naissance']}",
        "date de naissance": lambda p: p["naissance"],
        "nom + rue": lambda p: f"{p['nom']} rue {p['rue']}",
        "numéro + rue": lambda p: f"{p['numero']} rue {p['rue']}",
        "faute dans le nom + prénom": lambda p: f"{spoil(p['nom'], rng)} {p['prenom']}",
        "faute dans les deux": lambda p: f"{spoil(p['nom'], rng)} {spoil(p['prenom'], rng)}",
        "faute + téléphone": lambda p: f"{spoil(p['nom'], rng)} {p['mobile'][-4:]}",
    }


PERSONS = """
SELECT u.id, u.nom, u.prenoms, u.naissance_on, '0' || substr(max(p.normalisee) FILTER (WHERE p.nature = 'mobile'), 4),
       max(p.normalisee) FILTER (WHERE p.nature = 'courriel'), max(p.normalisee) FILTER (WHERE p.nature = 'adresse')
  FROM (SELECT * FROM citoyens_usager WHERE id %% 5 < 3 AND id > %s ORDER BY id LIMIT 1) u
  JOIN citoyens_liencontact l ON l.usager_id = u.id JOIN citoyens_pointcontact p ON p.id = l.point_id
 GROUP BY 1, 2, 3, 4
"""


def draw_persons(cursor: Any, count: int, rng: random.Random) -> Iterator[tuple[int, dict[str, str]]]:
    """Draw people of the large town, every one with a phone, an e-mail and an address."""
    cursor.execute("SELECT min(id), max(id) FROM citoyens_usager")
    low, high = cursor.fetchone()
    for _ in range(count):
        cursor.execute(PERSONS, [rng.randrange(low, high - 10)])
        for pk, nom, prenoms, born, mobile, courriel, adresse in cursor.fetchall()[:1]:
            number, _, street = adresse.removesuffix(" 29000 aurelle").partition(" rue ")
            yield pk, {
                "nom": nom, "prenom": prenoms, "naissance": f"{born:%d/%m/%Y}", "mobile": mobile,
                "courriel": courriel, "numero": number, "rue": street,
            }  # fmt: skip


class Chrono:
    """A database wrapper that runs each statement a second time under EXPLAIN (ANALYZE) and adds the time up."""

    def __init__(self) -> None:
        self.ms = 0.0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: FBT001
        execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params, many, context)
        plan = context["cursor"].fetchone()[0]
        plan = json.loads(plan) if isinstance(plan, str) else plan
        self.ms += plan[0]["Planning Time"] + plan[0]["Execution Time"]
        return execute(sql, params, many, context)


def measure(tours: int) -> None:
    """Print p50, p95, the worst, and recall at 10, by kind of question."""
    django.setup()
    from django.db import connection  # noqa: PLC0415 Django first needs its settings

    from citoyens.recherche import search_usagers  # noqa: PLC0415
    from collectivites.cloison import collectivite_active  # noqa: PLC0415
    from collectivites.models import Collectivite  # noqa: PLC0415

    rng = random.Random(11)
    town = Collectivite.objects.get(slug="volume-grande")
    times: list[float] = []
    print(f"{'question':28} {'p50 ms':>7} {'p95 ms':>7} {'max ms':>7} {'rappel@10':>9}")
    with collectivite_active(town.pk), connection.cursor() as cursor:
        persons = list(draw_persons(cursor, tours, rng))
        for kind, ask in questions(rng).items():
            spent, found = [], 0
            for pk, person in persons:
                chrono = Chrono()
                with connection.execute_wrapper(chrono):
                    found += pk in {usager.pk for usager in search_usagers(ask(person))}
                spent.append(chrono.ms)
            times += spent
            show(kind, spent, found / len(persons))
    show("ensemble", times, None)


def show(kind: str, spent: list[float], recall: float | None) -> None:
    """One line of the table."""
    cuts = statistics.quantiles(spent, n=20)
    told = f"{recall:9.0%}" if recall is not None else ""
    print(f"{kind:28} {statistics.median(spent):7.1f} {cuts[18]:7.1f} {max(spent):7.1f} {told}", flush=True)


def main() -> None:
    """Read the arguments, fill if asked, measure."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--remplir", action="store_true")
    arguments.add_argument("--usagers", type=int, default=300_000, help="in the large town")
    arguments.add_argument("--autres", type=int, default=100_000, help="in the ten others together")
    arguments.add_argument("--tours", type=int, default=100, help="people asked about, for each kind of question")
    chosen = arguments.parse_args()
    if chosen.remplir:
        fill(os.environ["DATABASE_URL"], chosen.usagers, chosen.autres)
    measure(chosen.tours)


if __name__ == "__main__":
    main()
