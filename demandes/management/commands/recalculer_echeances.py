"""`manage.py recalculer_echeances [SLUG…]`: the dates of every open demande, again, from their events."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from collectivites.models import Collectivite
from demandes.delais.reprise import recompute_town


class Command(BaseCommand):
    """Recompute the open demandes of the towns named, of all by default. Running it twice is harmless."""

    help = "Recalcule les échéances des demandes ouvertes (après un changement d'horaires, de règles ou de réglages)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slugs", nargs="*", metavar="SLUG", help="collectivités\u00a0; toutes par défaut")

    def handle(self, *args: object, slugs: list[str], **options: object) -> None:
        towns = Collectivite.objects.filter(is_active=True).order_by("slug")
        if slugs:
            towns = towns.filter(slug__in=slugs)
        missing = set(slugs) - {town.slug for town in towns}
        if missing:
            raise CommandError(f"Aucune collectivité active ne s'appelle «\u00a0{min(missing)}\u00a0».")
        for town in towns:
            done = recompute_town(collectivite_id=town.pk, at=timezone.now())
            s = "s" if done > 1 else ""
            self.stdout.write(f"{town.nom}\u00a0: {done} demande{s} recalculée{s}.")
