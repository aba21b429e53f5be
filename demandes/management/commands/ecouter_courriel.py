"""`manage.py ecouter_courriel`: the SMTP (or LMTP) door, until SIGTERM."""

import asyncio
import signal
from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from demandes.reception.smtp import open_door


class Command(BaseCommand):
    """Receive mail on `HOTE_SMTP_ENTRANT`:`PORT_SMTP_ENTRANT`. Put a mail server in front: this door has no TLS."""

    help = "Reçoit le courrier par SMTP (ou LMTP) et le garde avant d'en accuser réception."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--lmtp", action="store_true", help="parler LMTP (livraison locale de Postfix ou Dovecot)")
        parser.add_argument("--hote", default=settings.HOTE_SMTP_ENTRANT)
        parser.add_argument("--port", type=int, default=settings.PORT_SMTP_ENTRANT)

    def handle(self, *args: object, lmtp: bool, hote: str, port: int, **options: object) -> None:
        try:
            asyncio.run(self._listen(hote, port, lmtp=lmtp))
        except OSError as error:
            raise CommandError(f"Impossible d'écouter sur {hote}, port {port}\u00a0: {error.strerror}.") from error

    async def _listen(self, hote: str, port: int, *, lmtp: bool) -> None:
        server, porte = await open_door(hote=hote, port=port, now=timezone.now, lmtp=lmtp)
        stop = asyncio.Event()
        for signe in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(signe, stop.set)
        self.stdout.write(f"Le courrier est attendu en {'LMTP' if lmtp else 'SMTP'} sur {hote}, port {port}.")
        self.stdout.flush()
        async with server:
            await stop.wait()
        porte.fils.shutdown(wait=True)
