"""The SMTP and LMTP door: says « received » only when the message is on the disk and its row committed.

One asyncio loop speaks to the senders; the database is touched in a few threads beside it.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, TypeVar

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import connections

from demandes.reception.adresses import find_boite
from demandes.reception.arrivee import Enveloppe, receive_raw

logger = logging.getLogger(__name__)
logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd writes every address it hears
T = TypeVar("T")

TAILLE_MAX = 70 * 2**20  # bytes: 50 MB of files once in base64
DESTINATAIRES_MAX = 100  # RFC 5321 §4.5.3.1.8
LIGNE_MAX = 8 * 2**20  # bytes; real senders break the limit of 998, and a refused message would be lost
FILS = 4  # threads that touch the database
SILENCE_MAX = 300  # seconds, RFC 5321 §4.5.3.2

RECU = "250 2.0.0 Message recu"
INCONNU = "550 5.1.1 Adresse inconnue"
PLUS_TARD = "451 4.3.0 Service momentanement indisponible, reessayez plus tard"
TROP = "452 4.5.3 Trop de destinataires"


class Porte:
    """aiosmtpd handler. `now` gives the instant of a reception; `par_destinataire` answers once a recipient (LMTP)."""

    def __init__(self, now: Callable[[], datetime], *, par_destinataire: bool = False) -> None:
        self.now = now
        self.par_destinataire = par_destinataire
        self.fils = ThreadPoolExecutor(FILS, thread_name_prefix="porte")

    async def handle_RCPT(  # noqa: N802 aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        """Accept an address only if it is an active mailbox of a collectivité."""
        if len(envelope.rcpt_tos) >= DESTINATAIRES_MAX:
            return TROP
        try:
            boite = await self._beside(find_boite, address)
        except Exception as error:  # noqa: BLE001 the sender keeps the message and comes back
            logger.warning("porte_indisponible", extra={"cause": type(error).__name__})
            return PLUS_TARD
        if boite is None:
            return INCONNU
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the message for each mailbox. One failure refuses it all for now: what was kept is recognised later."""
        brut = bytes(envelope.original_content or b"")
        replies = [await self._keep(brut, envelope.mail_from or "", address) for address in envelope.rcpt_tos]
        if self.par_destinataire:
            return "\r\n".join(replies)
        return RECU if all(reply == RECU for reply in replies) else PLUS_TARD

    async def _keep(self, brut: bytes, expediteur: str, address: str) -> str:
        try:
            await self._beside(self._receive, brut, Enveloppe(expediteur.strip("<>"), address))
        except Exception as error:  # noqa: BLE001 disk full, database away: the sender keeps the message
            logger.warning("reception_refusee", extra={"cause": type(error).__name__})
            return PLUS_TARD
        return RECU

    def _receive(self, brut: bytes, enveloppe: Enveloppe) -> None:
        boite = find_boite(enveloppe.destinataire)
        if boite is None:
            raise LookupError("boîte retirée pendant la réception")
        receive_raw(brut=brut, collectivite_id=boite[0], boite_id=boite[1], at=self.now(), enveloppe=enveloppe)

    async def _beside(self, call: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.fils, _with_connection, call, *args)


def _with_connection(call: Callable[..., T], *args: Any) -> T:
    """Run with a connection taken from the pool and given back, whatever happens."""
    try:
        return call(*args)
    finally:
        connections.close_all()


class _Smtp(SMTP):
    line_length_limit = LIGNE_MAX


class _Lmtp(LMTP):
    line_length_limit = LIGNE_MAX


async def open_door(
    *, hote: str, port: int, now: Callable[[], datetime], lmtp: bool = False
) -> tuple[asyncio.Server, Porte]:
    """Listen. Raises OSError when the port is taken."""
    porte = Porte(now, par_destinataire=lmtp)
    protocole = _Lmtp if lmtp else _Smtp
    options: dict[str, Any] = {
        "data_size_limit": TAILLE_MAX,
        "enable_SMTPUTF8": True,
        "timeout": SILENCE_MAX,
        "hostname": settings.DOMAINE_COURRIEL,
        "ident": "Guichet",
    }
    server = await asyncio.get_running_loop().create_server(lambda: protocole(porte, **options), hote, port)
    return server, porte
