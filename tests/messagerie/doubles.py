"""Providers on the loopback: they answer what the test says and remember what they were asked."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Double(ThreadingHTTPServer):
    """`reponse` is (status, body, seconds before it); `recus` holds (path, headers, JSON body)."""

    daemon_threads = True

    def __init__(self, reponse: tuple[int, str, float]) -> None:
        super().__init__(("127.0.0.1", 0), _Poignee)
        self.reponse = reponse
        self.par_chemin: dict[str, tuple[int, str, float]] = {}
        self.recus: list[tuple[str, dict[str, str], dict[str, Any]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Poignee(BaseHTTPRequestHandler):
    server: Double

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.recus.append((self.path, dict(self.headers.items()), json.loads(body)))
        statut, corps, attente = self.server.reponse
        time.sleep(attente)
        try:
            self.send_response(statut)
            self.send_header("Content-Length", str(len(corps.encode())))
            self.end_headers()
            self.wfile.write(corps.encode())
        except OSError:
            pass  # the caller hung up: that is the test

    def do_GET(self) -> None:
        """`reponse` may be given by path: the same body for each otherwise."""
        self.server.recus.append((self.path, dict(self.headers.items()), {}))
        statut, corps, _ = self.server.par_chemin.get(self.path.partition("?")[0], self.server.reponse)
        self.send_response(statut)
        self.send_header("Content-Length", str(len(corps.encode())))
        self.end_headers()
        self.wfile.write(corps.encode())

    def log_message(self, *_arguments: Any) -> None:
        pass


@contextmanager
def double(statut: int = 200, corps: str = "{}", attente: float = 0) -> Iterator[Double]:
    with Double((statut, corps, attente)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()
