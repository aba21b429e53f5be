"""`Idempotency-Key`: the same request sent again writes once (IETF draft httpapi-idempotency-key-header)."""

from uuid import UUID, uuid5

from rest_framework.exceptions import APIException

from collectivites.api.acces import RequeteClef

ESPACE = UUID("7c1f6f0e-2a51-4b0e-9a2c-2f1f6b4d9e10")
LONGUEUR_MAX = 255


class IdempotenceAbsente(APIException):
    """A write without the header."""

    status_code = 400
    default_detail = (
        "L'en-tête Idempotency-Key est obligatoire (255 caractères au plus)\u00a0: il évite un double dépôt."
    )
    default_code = "idempotence-absente"


class AutreContenu(APIException):
    """The same header came before with other data."""

    status_code = 422
    default_detail = "Cette Idempotency-Key a déjà servi pour un autre contenu\u00a0: tirez-en une nouvelle."
    default_code = "idempotence-autre-contenu"


def read_idempotence(request: RequeteClef) -> UUID:
    """Return the `clef` that an action takes: the same for the same header and API key. Raises IdempotenceAbsente."""
    value = request.headers.get("Idempotency-Key", "").strip()
    if not 0 < len(value) <= LONGUEUR_MAX:
        raise IdempotenceAbsente
    return uuid5(ESPACE, f"{request.auth.clef.pk}:{value}")
