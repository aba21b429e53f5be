"""`manage.py semer_catalogue --collectivite SLUG`: the usual démarches, added to a town's catalogue."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from collectivites.acteur import AUTOMATE
from collectivites.cloison import collectivite_active
from collectivites.models import Collectivite
from demandes.actions.semis import sow_catalogue


class Command(BaseCommand):
    """Sow the catalogue of one town; a second run changes nothing."""

    help = "Ajoute les démarches usuelles au catalogue d'une collectivité, sans toucher à ce qu'elle a écrit."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Only the town."""
        parser.add_argument("--collectivite", required=True, metavar="SLUG", help="nom dans l'adresse")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sow and say what was done."""
        town = Collectivite.objects.filter(slug=options["collectivite"]).first()
        if town is None:
            raise CommandError(f"Aucune collectivité ne s'appelle «\u00a0{options['collectivite']}\u00a0».")
        with collectivite_active(town.pk):
            bilan = sow_catalogue(by=AUTOMATE, at=timezone.now())
        self.stdout.write(
            f"{town.nom}\u00a0: {bilan.crees} types créés, {bilan.completes} complétés, {bilan.intacts} laissés tels "
            f"quels\u00a0; {bilan.brouillons} restent à compléter avant d'être proposés."
        )
