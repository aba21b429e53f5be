"""What a connected screen costs: 2,000 live connections on one `/flux/` process, and how fast an event reaches them.

Run inside the environment with REDIS_URL set: python outils/mesures/flux.py [--ecrans 2000]
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import psutil

RACINE = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(RACINE))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

import django  # noqa: E402

django.setup()

import redis  # noqa: E402
from django.conf import settings  # noqa: E402

from outils.serveurs import port_libre  # noqa: E402
from socle.direct import mint_token, name_channel  # noqa: E402

EVENEMENTS = 5


async def measure(port: int, ecrans: int, pid: int) -> None:
    """Open the screens, publish, read; print bytes per screen and percentiles of the latency."""
    process = psutil.Process(pid)
    token = mint_token(collectivite_id=1, sujet="mesure")
    first = await _open(port, token)  # the first one starts the subscription
    await asyncio.sleep(1)
    before = process.memory_info().rss
    streams = [await _open(port, token) for _ in range(ecrans)]
    await asyncio.sleep(1)
    each = (process.memory_info().rss - before) / ecrans
    print(f"flux : {ecrans} écrans, {each / 1000:.1f} ko chacun (cible ≤ 15), {process.num_threads()} fils")
    delays: list[float] = []
    for _ in range(EVENEMENTS):
        delays += await _publish_and_time(streams)
    cuts = statistics.quantiles(delays, n=100)
    print(
        f"flux : événement reçu en {cuts[49] * 1e3:.0f} ms (médiane), {cuts[94] * 1e3:.0f} ms (p95), {len(delays)} lus"
    )
    for _, writer in [first, *streams]:
        writer.close()


async def _open(port: int, token: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /flux/?jeton={token} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    await reader.readuntil(b"retry: 2000\n\n")
    return reader, writer


async def _publish_and_time(streams: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]) -> list[float]:
    waiting = [asyncio.create_task(_read(reader)) for reader, _ in streams]
    await asyncio.sleep(0.2)
    started = time.perf_counter()
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.publish(name_channel(collectivite_id=1, sujet="mesure"), '{"version": 1}')
    return [ended - started for ended in await asyncio.wait_for(asyncio.gather(*waiting), 30)]


async def _read(reader: asyncio.StreamReader) -> float:
    await reader.readuntil(b"event: maj")
    return time.perf_counter()


async def _wait_open(port: int) -> None:
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise SystemExit("Le processus /flux/ n'a pas démarré.")


def main() -> None:
    """Start the process, measure, stop it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--ecrans", type=int, default=2000)
    options = parser.parse_args()
    port = port_libre()
    command = [sys.executable, "-m", "uvicorn", "config.flux:application", "--port", str(port), "--log-level", "error"]
    process = subprocess.Popen(command, cwd=RACINE)
    try:
        asyncio.run(_wait_open(port))
        asyncio.run(measure(port, options.ecrans, process.pid))
    finally:
        process.terminate()
        process.wait(20)


if __name__ == "__main__":
    main()
