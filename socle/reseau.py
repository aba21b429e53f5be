"""HTTP towards addresses that somebody typed: never the inside of our own network, never for long, never too much.

A calendar or a webhook is an address given by a user. Without care it reads our metadata service, our database, a
printer (OWASP « Server-Side Request Forgery »). Here: the name is resolved once, every address found is checked, and
the socket is opened to the address that was checked, so that a name that changes in between (DNS rebinding) gains
nothing. Redirections are not followed: each would be one more address. The whole exchange has one deadline, so that
a server that gives a byte a second does not hold a worker; bodies are bounded and never decompressed.

`RESEAU_INTERNE_AUTORISE` (empty by default) opens inner networks: « 10.12.0.0/16 » for an agenda server of the town,
« oui » for everything (tests). Only there may the address be in http.
"""

import http.client
import io
import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings

DELAI = 10.0  # seconds, name resolution apart (the system's resolver has its own)
DELAI_CONNEXION = 5.0
URL_MAX = 500
Adresse = ipaddress.IPv4Address | ipaddress.IPv6Address
Reseau = ipaddress.IPv4Network | ipaddress.IPv6Network

# IANA special-purpose registries. Our own list: `is_global` of Python 3.11.2 lets several of them through.
_REFUSES_V4 = [
    ipaddress.ip_network(each)
    for each in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
        "168.63.129.16/32",  # the host of a virtual machine at Azure, a public address all the same
    )
]  # fmt: skip
_PUBLIC_V6 = ipaddress.ip_network("2000::/3")
_REFUSES_V6 = [
    ipaddress.ip_network(each)
    for each in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")  # Teredo, documentation, 6to4
]
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_TOUT = [ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0")]
_CONTROLES = re.compile(r"[\x00-\x20\x7f]")


class ReseauEnEchec(Exception):
    """The exchange did not take place, or not to its end. `str()` is a French sentence."""


class AdresseRefusee(ReseauEnEchec):
    """This address will never be called: insisting is useless."""


class SansReponse(ReseauEnEchec):
    """Nobody answered, or not in time, or not in HTTP: perhaps later."""


class ReponseTropLourde(ReseauEnEchec):
    """More bytes than agreed, or compressed ones."""


@dataclass(frozen=True)
class Cible:
    """An address taken apart: `hote` in ASCII (IDNA), `chemin` with its query, ready for a request line."""

    schema: str
    hote: str
    port: int
    chemin: str


@dataclass(frozen=True)
class Reponse:
    """`entetes` by lower-case name; `corps` has `octets_max` bytes at most."""

    statut: int
    entetes: Mapping[str, str]
    corps: bytes


def check_url(url: str) -> Cible:
    """Take an address apart without touching the network: for forms. Raises AdresseRefusee.

    An address written in figures is judged at once; a name is judged when it is called.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or (80 if parts.scheme == "http" else 443)
        hote = (parts.hostname or "").encode("idna").decode() if not _is_literal(parts.hostname) else parts.hostname
    except ValueError:
        raise AdresseRefusee("Cette adresse est mal écrite.") from None
    if _CONTROLES.search(url) or len(url) > URL_MAX or not hote or parts.scheme not in {"http", "https"}:
        raise AdresseRefusee("Écrivez une adresse complète, qui commence par https://.")
    if parts.username is not None or parts.password is not None:
        raise AdresseRefusee("Ne mettez ni identifiant ni mot de passe dans l'adresse.")
    if parts.scheme == "http" and not list_autorises():
        raise AdresseRefusee("L'adresse doit commencer par https://.")
    if _is_literal(hote):
        _judge(ipaddress.ip_address(hote), parts.scheme)
    chemin = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
    return Cible(parts.scheme, hote, port, chemin + query)


def _is_literal(hote: str | None) -> bool:
    try:
        ipaddress.ip_address(hote or "")
    except ValueError:
        return False
    return True


def list_autorises() -> list[Reseau]:
    """Return the inner networks that the operator opened."""
    value = str(settings.RESEAU_INTERNE_AUTORISE).lower()
    if value in {"oui", "true", "1"}:
        return list(_TOUT)
    if value in {"", "non", "false", "0"}:
        return []
    return [ipaddress.ip_network(each.strip(), strict=False) for each in value.split(",") if each.strip()]


def is_public(adresse: Adresse) -> bool:
    """False for this machine, private and shared networks, link-local (metadata services), multicast, reserved.

    IPv6 forms that carry an IPv4 (mapped, NAT64) are judged by what they carry; tunnels (6to4, Teredo) are refused.
    """
    if isinstance(adresse, ipaddress.IPv4Address):
        return not any(adresse in each for each in _REFUSES_V4)
    inner = adresse.ipv4_mapped or (ipaddress.IPv4Address(int(adresse) & 0xFFFFFFFF) if adresse in _NAT64 else None)
    if inner is not None:
        return is_public(inner)
    return adresse in _PUBLIC_V6 and not any(adresse in each for each in _REFUSES_V6)


def _judge(adresse: Adresse, schema: str) -> None:
    """Raises AdresseRefusee unless the address is public and in https, or in a network that the operator opened."""
    plain = getattr(adresse, "ipv4_mapped", None) or adresse
    if any(plain.version == each.version and plain in each for each in list_autorises()):
        return
    if not is_public(adresse):
        raise AdresseRefusee("Cette adresse mène à un réseau interne\u00a0: Guichet ne l'appelle pas.")
    if schema != "https":
        raise AdresseRefusee("L'adresse doit commencer par https://.")


def resolve(cible: Cible) -> list[str]:
    """Return the addresses of the name, all checked: one inner address refuses them all."""
    try:
        found = socket.getaddrinfo(cible.hote, cible.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise SansReponse("Ce nom de serveur n'existe pas, ou ne répond pas pour l'instant.") from None
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    for each in addresses:
        _judge(ipaddress.ip_address(each.partition("%")[0]), cible.schema)
    return addresses


def call(
    methode: str,
    url: str,
    *,
    octets_max: int,
    corps: bytes = b"",
    entetes: Mapping[str, str] | None = None,
    secondes: float = DELAI,
) -> Reponse:
    """Make one exchange and return what was answered, whatever the status. No redirection is followed.

    `secondes` is for the whole exchange. Never inside a transaction: the caller says so.
    Raises AdresseRefusee, SansReponse, ReponseTropLourde.
    """
    cible = check_url(url)
    addresses = resolve(cible)
    fin = time.monotonic() + secondes
    try:
        link = _connect(cible, addresses, fin)
    except (OSError, ssl.SSLError) as error:
        raise SansReponse(_tell_failure(error)) from error
    try:
        link.request(methode, cible.chemin, corps or None, {"User-Agent": "Guichet", **(entetes or {})})
        return _read(link.getresponse(), octets_max)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise SansReponse(_tell_failure(error)) from error
    finally:
        link.close()


def _connect(cible: Cible, addresses: list[str], fin: float) -> http.client.HTTPConnection:
    """Open a socket to one of the addresses checked; the certificate is checked against the name."""
    raw = _open_first(addresses, cible.port, fin)
    try:
        raw.settimeout(_left(fin))
        if cible.schema == "https":
            link: http.client.HTTPConnection = http.client.HTTPSConnection(cible.hote, cible.port)
            link.sock = ssl.create_default_context().wrap_socket(raw, server_hostname=cible.hote)
        else:
            link = http.client.HTTPConnection(cible.hote, cible.port)
            link.sock = raw
        link.sock.settimeout(_left(fin))
    except BaseException:
        raw.close()
        raise
    link.response_class = _bound_reader(fin)
    return link


def _open_first(addresses: list[str], port: int, fin: float) -> socket.socket:
    failure: OSError = OSError("no address")
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout=min(DELAI_CONNEXION, _left(fin)))
        except OSError as error:
            failure = error
    raise failure


def _left(fin: float) -> float:
    """Seconds left. Raises TimeoutError when none is."""
    left = fin - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _Lecteur(io.RawIOBase):
    """Reads a socket until one deadline: each read has what is left, not a fresh timeout."""

    def __init__(self, sock: socket.socket, fin: float) -> None:
        self._sock, self._fin = sock, fin
        self._raw = sock.makefile("rb", buffering=0)  # keeps the socket alive when the connection is let go

    def readable(self) -> bool:
        """See io.RawIOBase."""
        return True

    def readinto(self, buffer: Any) -> int:
        """See io.RawIOBase."""
        self._sock.settimeout(_left(self._fin))
        return self._raw.readinto(buffer) or 0

    def close(self) -> None:
        """See io.IOBase."""
        self._raw.close()
        super().close()


def _bound_reader(fin: float) -> Any:
    """The response class of one exchange: status line, headers and body are all read before `fin`."""

    class Lue(http.client.HTTPResponse):
        def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
            super().__init__(sock, *args, **kwargs)
            self.fp.close()
            self.fp = io.BufferedReader(_Lecteur(sock, fin))

    return Lue


def _read(answer: http.client.HTTPResponse, octets_max: int) -> Reponse:
    entetes = {name.lower(): value for name, value in answer.getheaders()}
    if entetes.get("content-encoding", "identity").lower() not in {"", "identity"}:
        raise ReponseTropLourde("La réponse est compressée alors que Guichet ne l'a pas demandé.")
    corps = answer.read(octets_max + 1)
    if len(corps) > octets_max:
        raise ReponseTropLourde("La réponse est trop lourde.")
    if answer.length:  # announced, never received
        raise http.client.IncompleteRead(corps, answer.length)
    return Reponse(answer.status, entetes, corps)


def _tell_failure(error: Exception) -> str:
    """Why nobody answered, in French, without anything of the address."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "Le certificat de ce serveur n'est pas valable."
    if isinstance(error, ssl.SSLError):
        return "La connexion sécurisée avec ce serveur a échoué."
    if isinstance(error, TimeoutError):
        return "Le serveur n'a pas répondu à temps."
    if isinstance(error, ConnectionRefusedError):
        return "Le serveur refuse la connexion."
    if isinstance(error, (http.client.HTTPException, ValueError)):
        return "La réponse de ce serveur n'est pas lisible."
    return "Le serveur ne répond pas."
