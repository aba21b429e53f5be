"""The antivirus: clamd, by its INSTREAM command (clamd(8)). Optional: without it, files are « non analysés ».

Never called inside a transaction: it is a network call.
"""

import socket
import struct
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO
from urllib.parse import urlsplit

from django.conf import settings

DELAI_CONNEXION = 4.0  # seconds
DELAI_PING = 2.0
DELAI_REPONSE = 60.0  # a heavy archive is long to read
MORCEAU = 2**16
_REPONSE_MAX = 4096


class Analyse(StrEnum):
    """What the antivirus said."""

    SAINE = "saine"
    INFECTEE = "infectee"
    NON_ANALYSEE = "non_analysee"


@dataclass(frozen=True)
class Resultat:
    """`detail`: the name of what was found, or why nothing could be said. `is_final`: asking again is useless."""

    analyse: Analyse
    detail: str = ""
    is_final: bool = True


class ClamdInjoignable(Exception):
    """No answer, or one we do not understand."""


def is_configured() -> bool:
    """True when the operator gave CLAMD_URL."""
    return bool(settings.CLAMD_URL)


def ping() -> bool:
    """True when clamd answers « PONG »; two seconds at most."""
    try:
        with closing(_connect(settings.CLAMD_URL)) as link:
            link.settimeout(DELAI_PING)
            link.sendall(b"zPING\0")
            return _receive(link) == "PONG"
    except (OSError, ClamdInjoignable):
        return False


def scan(flux: BinaryIO) -> Resultat:
    """Ask clamd about a stream, from its beginning; never raises for want of an antivirus."""
    if not is_configured():
        return Resultat(Analyse.NON_ANALYSEE, "Aucun antivirus n'est configuré.", is_final=False)
    flux.seek(0)
    try:
        return _read_answer(_ask(settings.CLAMD_URL, flux))
    except (OSError, ClamdInjoignable):
        return Resultat(Analyse.NON_ANALYSEE, "L'antivirus ne répond pas.", is_final=False)


def _read_answer(answer: str) -> Resultat:
    """« stream: OK », « stream: Win.Test.EICAR_HDB-1 FOUND », « INSTREAM size limit exceeded. ERROR »."""
    said = answer.removeprefix("stream: ")
    if said == "OK":
        return Resultat(Analyse.SAINE)
    if said.endswith(" FOUND"):
        return Resultat(Analyse.INFECTEE, said.removesuffix(" FOUND")[:200])
    if "size limit exceeded" in said:
        return Resultat(Analyse.NON_ANALYSEE, "Ce fichier est trop lourd pour l'antivirus.")
    raise ClamdInjoignable


def _ask(url: str, flux: BinaryIO) -> str:
    with closing(_connect(url)) as link:
        link.settimeout(DELAI_REPONSE)
        try:
            link.sendall(b"zINSTREAM\0")
            for block in _blocks(flux):
                link.sendall(struct.pack("!L", len(block)) + block)
            link.sendall(struct.pack("!L", 0))
        except (BrokenPipeError, ConnectionResetError):
            pass  # clamd answers « size limit exceeded » and closes while we are still speaking
        return _receive(link)


def _blocks(flux: BinaryIO) -> Iterator[bytes]:
    while block := flux.read(MORCEAU):
        yield block


def _receive(link: socket.socket) -> str:
    answer = b""
    while b"\0" not in answer and len(answer) < _REPONSE_MAX:
        received = link.recv(_REPONSE_MAX)
        if not received:
            break
        answer += received
    if not answer:
        raise ClamdInjoignable
    return answer.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _connect(url: str) -> socket.socket:
    """`tcp://host:3310` or `unix:///run/clamav/clamd.ctl`."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        link.settimeout(DELAI_CONNEXION)
        try:
            link.connect(parts.path)
        except OSError:
            link.close()
            raise
        return link
    if parts.scheme != "tcp" or not parts.hostname:
        raise ClamdInjoignable
    return socket.create_connection((parts.hostname, parts.port or 3310), timeout=DELAI_CONNEXION)
