"""The coordination of France Titres, as practised: numbers, appointments, a token; on loopback."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

JETON = "jeton-de-coordination"


@dataclass
class Coordination:
    """What it knows and what it was told. `panne`: the status it answers with, whatever is asked."""

    url: str = ""
    statuts: dict[str, str] = field(default_factory=dict)
    rendezvous: list[dict[str, str]] = field(default_factory=list)
    appels: list[tuple[str, str]] = field(default_factory=list)
    panne: int = 0

    def answer(self, methode: str, chemin: str, query: dict[str, list[str]], jeton: str) -> tuple[int, object]:
        self.appels.append((methode, chemin))
        if self.panne:
            return self.panne, {}
        if jeton != JETON or not query.get("meeting_point_id"):
            return 401, {}
        if chemin == "/status":
            return 200, {numero: self._tell(numero) for numero in query["application_ids"]}
        said = {clef: values[0] for clef, values in query.items()}
        return self._create(said) if methode == "POST" else self._delete(said)

    def _tell(self, numero: str) -> dict[str, object]:
        kept = [each for each in self.rendezvous if each["application_id"] == numero]
        return {"status": self.statuts.get(numero, "unknown"), "appointments": kept}

    def _create(self, said: dict[str, str]) -> tuple[int, object]:
        self.rendezvous.append(said)
        return 200, {"success": True}

    def _delete(self, said: dict[str, str]) -> tuple[int, object]:
        same = ("application_id", "meeting_point_id", "appointment_date")
        kept = [each for each in self.rendezvous if any(each[clef] != said[clef] for clef in same)]
        found = len(kept) < len(self.rendezvous)
        self.rendezvous = kept
        return (200, {"rowcount": 1}) if found else (404, {})


@contextmanager
def serve() -> Iterator[Coordination]:
    """Run the double for the length of a test."""
    double = Coordination()

    class Porte(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            parts = urlsplit(self.path)
            jeton = self.headers.get("x-rdv-opt-auth-token", "")
            status, body = double.answer(str(self.command), parts.path, parse_qs(parts.query), jeton)
            raw = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = do_DELETE = handle_any  # noqa: N815 names of http.server

        def log_message(self, *_: object) -> None:
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Porte)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    double.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield double
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
