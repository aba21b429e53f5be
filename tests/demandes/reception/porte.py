"""The SMTP door on a free port of this machine, for tests that speak to it."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event, Thread

from demandes.reception import smtp

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


class PorteOuverte:
    """A door on a free port of this machine, in a thread of its own."""

    def __init__(self, *, lmtp: bool = False, now: Callable[[], datetime] = lambda: AT) -> None:
        self.port, self._pret = 0, Event()
        self._lmtp, self._now = lmtp, now
        self._fil = Thread(target=lambda: asyncio.run(self._vivre()), daemon=True)
        self._fil.start()
        assert self._pret.wait(10)

    async def _vivre(self) -> None:
        self._boucle, self._fin = asyncio.get_running_loop(), asyncio.Event()
        serveur, porte = await smtp.open_door(hote="127.0.0.1", port=0, now=self._now, lmtp=self._lmtp)
        self.port = serveur.sockets[0].getsockname()[1]
        self._pret.set()
        async with serveur:
            await self._fin.wait()
        porte.fils.shutdown(wait=True)

    def fermer(self) -> None:
        self._boucle.call_soon_threadsafe(self._fin.set)
        self._fil.join(10)
