"""A server on the loopback that answers bytes, at the pace the test wants."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Reponse = Callable[[socket.socket], None]


@contextmanager
def serve(answer: Reponse) -> Iterator[tuple[str, list[bytes]]]:
    """Yield the address, and what each caller sent."""
    received: list[bytes] = []
    door = socket.create_server(("127.0.0.1", 0))

    def work() -> None:
        while True:
            try:
                caller, _ = door.accept()
            except OSError:
                return
            with caller, suppress(OSError):  # the caller may hang up: that is often the test
                received.append(_read_request(caller))
                answer(caller)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{door.getsockname()[1]}", received
    door.shutdown(socket.SHUT_RDWR)
    door.close()
    thread.join(timeout=5)


def _read_request(caller: socket.socket) -> bytes:
    """Head, then as much body as announced: they come in two pieces."""
    text = b""
    while b"\r\n\r\n" not in text and not text.startswith(b"\x16") and (piece := caller.recv(65_536)):  # 0x16: TLS
        text += piece
    head, _, body = text.partition(b"\r\n\r\n")
    announced = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    left = int(announced[0].partition(b":")[2]) - len(body) if announced else 0
    return text + (caller.recv(left, socket.MSG_WAITALL) if left > 0 else b"")


def say(*pieces: bytes, pause: float = 0) -> Reponse:
    """Send these pieces, one after the other."""

    def answer(caller: socket.socket) -> None:
        for piece in pieces:
            caller.sendall(piece)
            time.sleep(pause)

    return answer


def drip(head: bytes, *, pause: float) -> Reponse:
    """Send `head`, then one byte at a time, for ever."""

    def answer(caller: socket.socket) -> None:
        caller.sendall(head)
        while True:
            caller.sendall(b"x")
            time.sleep(pause)

    return answer
