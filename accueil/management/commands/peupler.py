"""`manage.py peupler`: fill a database with volume, to measure. Deterministic; loaded by COPY; prints its timings."""

import time
from argparse import ArgumentParser
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from accueil.volume.chargement import copy_rows, reserve_ids, stripped, without_word_indexes
from accueil.volume.lignes import Fabrique, Ville, describe_ville
from accueil.volume.villes import create_ville, share_out


class Command(BaseCommand):
    """One town holds three usagers in ten, the others share the rest."""

    help = "Remplit la base de données de volume, pour les mesures."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How much of everything, and the seed."""
        parser.add_argument("--collectivites", type=int, default=20)
        parser.add_argument("--usagers", type=int, default=20_000)
        parser.add_argument("--demandes", type=int, default=60_000)
        parser.add_argument("--graine", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, index, print. Raises CommandError for numbers that can't be."""
        if min(options["collectivites"], options["usagers"], options["demandes"]) < 1:
            raise CommandError("Donnez des nombres d'au moins 1.")
        started = time.perf_counter()
        with transaction.atomic():
            towns = self._create_towns(options)
            self._load(towns, Fabrique(options["graine"], timezone.now()))
        self._timed("recherche", lambda: self._index(towns))
        self._timed("statistiques", self._analyse)
        self.stdout.write(f"total : {time.perf_counter() - started:.1f} s")

    def _create_towns(self, options: dict[str, Any]) -> list[Ville]:
        usagers = share_out(options["usagers"], options["collectivites"])
        demandes = share_out(options["demandes"], options["collectivites"])
        towns = []
        for index, (people, requests) in enumerate(zip(usagers, demandes, strict=True)):
            slug, nom = describe_ville(index)
            ids = (
                reserve_ids("citoyens_usager", people),
                reserve_ids("citoyens_pointcontact", 2 * people),
                reserve_ids("demandes_demande", requests),
            )
            towns.append(create_ville(slug=slug, nom=nom, usagers=people, demandes=requests, ids=ids))
        return towns

    def _load(self, towns: list[Ville], fabrique: Fabrique) -> None:
        makers = {
            "citoyens_usager": fabrique.usagers,
            "citoyens_pointcontact": fabrique.points,
            "citoyens_liencontact": fabrique.liens,
            "demandes_demande": fabrique.demandes,
            "demandes_partiedemande": fabrique.parties,
            "demandes_message": fabrique.messages,
            "citoyens_interaction": fabrique.interactions,
        }
        with stripped():
            for table, make in makers.items():
                rows = (row for town in towns for row in make(town))
                self._timed(table, lambda table=table, rows=rows: copy_rows(table, rows))
            started = time.perf_counter()
        self.stdout.write(f"clefs et index : {time.perf_counter() - started:.1f} s")

    def _index(self, towns: list[Ville]) -> None:
        """Rebuild the search tables: usagers on one connection, demandes on another."""
        with ThreadPoolExecutor(2) as pool:
            jobs = [pool.submit(_index_usagers, towns), pool.submit(_call, "demandes_reconstruire_recherche()")]
            for job in jobs:
                job.result()

    @staticmethod
    def _analyse() -> None:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def _timed(self, name: str, work: Any) -> None:
        started = time.perf_counter()
        work()
        self.stdout.write(f"{name} : {time.perf_counter() - started:.1f} s")
        self.stdout.flush()


def _index_usagers(towns: list[Ville]) -> None:
    """Town by town, the owner's function; words are indexed at the end."""
    with without_word_indexes("citoyens_recherche", "citoyens_lexique"):
        for town in towns:
            _call(f"citoyens_reconstruire_recherche({town.collectivite_id})")


def _call(function: str) -> None:
    """Run one of the owner's functions on this thread's own connection."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}")
