"""A double of clamd: speaks INSTREAM on loopback, knows one virus (EICAR), and can be told to misbehave."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class _Dialogue(socketserver.StreamRequestHandler):
    server: "_Serveur"

    def handle(self) -> None:
        command = b""
        while not command.endswith(b"\0") and (sign := self.rfile.read(1)):
            command += sign
        if command != b"zINSTREAM\0":
            self.wfile.write(b"PONG\0" if command == b"zPING\0" else b"UNKNOWN COMMAND\0")
            return
        received = b""
        while length := struct.unpack("!L", self.rfile.read(4))[0]:
            if len(received) + length > self.server.limite:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
            received += self.rfile.read(length)
        self.server.vus.append(received)
        if self.server.muet:
            return
        found = EICAR in received
        self.wfile.write(b"stream: Eicar-Test-Signature FOUND\0" if found else b"stream: OK\0")


class _Serveur(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    limite = 25 * 2**20
    muet = False

    def __init__(self) -> None:
        self.vus: list[bytes] = []
        super().__init__(("127.0.0.1", 0), _Dialogue)

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self.server_address[1]}"


class _ServeurUnix(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    limite, muet = 25 * 2**20, False

    def __init__(self, path: Path) -> None:
        self.vus: list[bytes] = []
        self.url = f"unix://{path}"
        super().__init__(str(path), _Dialogue)  # type: ignore[arg-type]


@contextmanager
def clamd(path: Path | None = None) -> Iterator[_Serveur]:
    """Run the double, by TCP or on the Unix socket `path`."""
    server = _ServeurUnix(path) if path else _Serveur()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server  # type: ignore[misc]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
