"""`Authorization: Bearer <clef>`: the only way into the API; no session, no cookie."""

from typing import Any

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from collectivites.clefs import AccesClef, ClefRefusee, find_acces


class AuthentificationClef(BaseAuthentication):
    """Finds the key; the town comes from it, so a key of one town can't even name another."""

    def authenticate(self, request: Request) -> tuple[Any, AccesClef] | None:
        """Return the access twice, as user and as auth; None without the header. Raises AuthenticationFailed."""
        header = request.headers.get("Authorization", "")
        if not header:
            return None
        scheme, _, secret = header.partition(" ")
        if scheme.lower() != "bearer":
            raise AuthenticationFailed(
                "L'en-tête attendu est «\u00a0Authorization: Bearer <clef>\u00a0».", "clef-illisible"
            )
        try:
            acces = find_acces(secret.strip(), at=timezone.now())
        except ClefRefusee as refus:
            raise AuthenticationFailed(str(refus), refus.code) from refus
        return acces, acces

    def authenticate_header(self, request: Request) -> str:
        """Make an absent key a 401, not a 403 (RFC 6750)."""
        return 'Bearer realm="Guichet"'


class SchemaClef(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # drf-spectacular's metaclass
    """How OpenAPI writes it."""

    target_class = AuthentificationClef
    name = "clef"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A bearer token."""
        return {"type": "http", "scheme": "bearer", "description": "Clef créée dans Réglages › Clefs d'API."}
