"""One call to a provider, with the difference that matters for a POST: did it leave before the failure?"""

import http.client
import json
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from messagerie.fournisseurs.base import DELAI_CONNEXION, DELAI_REPONSE, PanneTemporaire, SortInconnu

REPONSE_MAX = 65_536


@dataclass(frozen=True)
class Reponse:
    """`corps` is the JSON object received, None when it was anything else (an HTML page of a proxy)."""

    statut: int
    corps: dict[str, Any] | None


def post(url: str, body: bytes, headers: dict[str, str]) -> Reponse:
    """POST and read the answer; redirections are not followed. Raises PanneTemporaire, SortInconnu."""
    parts = urlsplit(url)
    link = _open(parts.scheme, parts.hostname or "", parts.port)
    try:
        link.connect()
    except OSError as error:
        raise PanneTemporaire("Le fournisseur ne répond pas.") from error
    try:
        if link.sock:
            link.sock.settimeout(DELAI_REPONSE)
        link.request("POST", parts.path, body, headers)
        answer = link.getresponse()
        return Reponse(answer.status, _read_object(answer.read(REPONSE_MAX)))
    except (OSError, http.client.HTTPException) as error:
        raise SortInconnu("Le fournisseur n'a pas répondu à temps.") from error
    finally:
        link.close()


def get(url: str, headers: dict[str, str]) -> tuple[int, Any]:
    """GET and read the answer: (status, JSON value or None). Nothing happens by it: any failure is temporary."""
    parts = urlsplit(url)
    link = _open(parts.scheme, parts.hostname or "", parts.port)
    try:
        link.request("GET", f"{parts.path}?{parts.query}" if parts.query else parts.path, headers=headers)
        if link.sock:
            link.sock.settimeout(DELAI_REPONSE)
        answer = link.getresponse()
        return answer.status, json.loads(answer.read(REPONSE_MAX) or b"null")
    except ValueError:
        return answer.status, None
    except (OSError, http.client.HTTPException) as error:
        raise PanneTemporaire("Le fournisseur ne répond pas.") from error
    finally:
        link.close()


def _open(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=DELAI_CONNEXION, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=DELAI_CONNEXION)


def _read_object(body: bytes) -> dict[str, Any] | None:
    try:
        read = json.loads(body)
    except ValueError:
        return None
    return read if isinstance(read, dict) else None
