"""`manage.py demo [--comptes]`: three believable towns, loaded once."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accueil.demo.agents import AGENTS, MOT_DE_PASSE
from accueil.demo.chargement import is_loaded, load_demo
from collectivites.permissions import Role


class Command(BaseCommand):
    """Load the demonstration, or say that it is there."""

    help = "Crée les villes de démonstration (une seule fois)\u00a0; --comptes affiche les comptes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One option: print the accounts and do nothing else."""
        parser.add_argument("--comptes", action="store_true", help="affiche les comptes et le mot de passe commun")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, unless it was done before; a second run changes nothing."""
        if options["comptes"]:
            self._print_accounts()
        elif is_loaded():
            self.stdout.write("La démonstration est déjà là.")
        else:
            start = time.monotonic()
            for each in load_demo(at=timezone.now()):
                self.stdout.write(
                    f"{each.nom}\u00a0: {each.usagers} usagers, {each.demandes} demandes, {each.contacts} contacts au "
                    f"guichet, {each.envois} envois."
                )
            self.stdout.write(f"Démonstration prête en {time.monotonic() - start:.1f} s.")

    def _print_accounts(self) -> None:
        self.stdout.write(f"Comptes (mot de passe commun\u00a0: «\u00a0{MOT_DE_PASSE}\u00a0»)")
        for each in AGENTS:
            seats = "\u00a0; ".join(
                f"{poste.ville}\u00a0: {', '.join(Role(role).label.lower() for role in poste.roles)}"
                for poste in each.postes
            )
            self.stdout.write(f"  {each.email:<38} {seats}")
