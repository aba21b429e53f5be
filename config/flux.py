"""The `/flux/` process: server-sent events to live screens, by a raw ASGI application.

No Django middleware, no ORM: a Django view would hold one thread per screen (measured: 505 threads for 500 screens;
here 5 for 2,000, about 12 kB each). One Redis connection for the whole process feeds every screen.

    GET /flux/?jeton=…  →  text/event-stream; events `maj` with {"version": n}; a comment every 20 s keeps it open
"""

import asyncio
import contextlib
import os
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core import signing  # noqa: E402
from redis.asyncio import Redis  # noqa: E402
from redis.exceptions import RedisError  # noqa: E402

from socle.direct import AGE_MAX, PREFIX, SALT  # noqa: E402

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Queue = asyncio.Queue[bytes]

HEARTBEAT = 20.0  # seconds
QUEUE_SIZE = 8  # events waiting for a slow screen; the oldest is dropped: only the last matters
RETRY_REDIS = 1.0
GONE = b""


class Central:
    """One subscription to Redis, spread to the queues of the screens by channel."""

    def __init__(self) -> None:
        self.screens: dict[str, set[Queue]] = defaultdict(set)
        self.task: asyncio.Task[None] | None = None

    def join(self, channel: str) -> Queue:
        """Add a screen to a channel; start listening to Redis at the first one."""
        if self.task is None or self.task.done():
            self.task = asyncio.create_task(self._listen_forever())
        queue: Queue = asyncio.Queue(QUEUE_SIZE)
        self.screens[channel].add(queue)
        return queue

    def leave(self, channel: str, queue: Queue) -> None:
        """Remove a screen."""
        self.screens[channel].discard(queue)
        if not self.screens[channel]:
            del self.screens[channel]

    def spread(self, channel: str, data: bytes) -> None:
        """Give an event to every screen of the channel, never waiting for a slow one."""
        for queue in self.screens.get(channel, ()):
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(data)

    async def _listen_forever(self) -> None:
        while True:
            try:
                await self._listen()
            except (RedisError, OSError):
                await asyncio.sleep(RETRY_REDIS)

    async def _listen(self) -> None:
        client = Redis.from_url(settings.REDIS_URL, socket_keepalive=True, health_check_interval=15)
        async with client, client.pubsub() as pubsub:
            await pubsub.psubscribe(f"{PREFIX}*")
            for channel in list(self.screens):  # what moved while Redis was away is re-read
                self.spread(channel, b"{}")
            async for message in pubsub.listen():
                if message["type"] == "pmessage":
                    self.spread(message["channel"].decode(), message["data"])


central = Central()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI entry: lifespan, then one stream per screen."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] == "http":
        channel = _read_channel(scope)
        if channel is None:
            await _refuse(send)
        else:
            await _stream(channel, receive, send)


def _read_channel(scope: Scope) -> str | None:
    """Return the channel of the signed token, None when it is absent, forged or too old."""
    token = parse_qs(scope["query_string"].decode("latin-1")).get("jeton", [""])[0]
    try:
        channel = signing.loads(token, salt=SALT, max_age=AGE_MAX)
    except signing.BadSignature:
        return None
    return channel if isinstance(channel, str) else None


async def _stream(channel: str, receive: Receive, send: Send) -> None:
    queue = central.join(channel)
    gone = asyncio.create_task(_wait_disconnect(receive, queue))
    try:
        await send({"type": "http.response.start", "status": 200, "headers": _headers()})
        await _write(send, b"retry: 2000\n\n")
        while (data := await _next(queue)) != GONE:
            await _write(send, data)
    except OSError:
        pass  # the screen closed while we wrote: nothing to tell anyone
    finally:
        gone.cancel()
        central.leave(channel, queue)


async def _next(queue: Queue) -> bytes:
    """Return what to write next: an event, a sign of life when nothing happens, GONE when the screen left."""
    try:
        data = await asyncio.wait_for(queue.get(), HEARTBEAT)
    except TimeoutError:
        return b": vivant\n\n"
    return data if data == GONE else b"event: maj\ndata: " + data + b"\n\n"


async def _wait_disconnect(receive: Receive, queue: Queue) -> None:
    with contextlib.suppress(asyncio.CancelledError):
        while (await receive())["type"] != "http.disconnect":
            continue
        if queue.full():
            queue.get_nowait()
        queue.put_nowait(GONE)


def _headers() -> list[tuple[bytes, bytes]]:
    """No cache, no proxy buffering; the page may be on another port in the demo."""
    origin = settings.URL_PUBLIQUE.encode()
    return [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"access-control-allow-origin", origin),
    ]


async def _write(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _refuse(send: Send) -> None:
    await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": "Jeton absent ou périmé.".encode()})


async def _live(receive: Receive, send: Send) -> None:
    while (event := (await receive())["type"]) != "lifespan.shutdown":
        if event == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
    if central.task is not None:
        central.task.cancel()
    await send({"type": "lifespan.shutdown.complete"})
