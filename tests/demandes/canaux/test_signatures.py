"""What is not signed by whom we know, now, is refused."""

from datetime import UTC, datetime

import pytest

from demandes.reception.signatures import FENETRE, SignatureRefusee, sign, verify_signature

AT = datetime(2026, 11, 24, 8, 40, tzinfo=UTC)
CLEF = "s"
SECONDES = int(AT.timestamp())


def verifier(*, secret: str = CLEF, corps: bytes = b"{}", decalage: int = 0, horodatage: str = "") -> None:
    signature = sign(CLEF, b"{}", seconds=SECONDES + decalage)
    verify_signature(secret, corps, signature=signature, horodatage=horodatage or str(SECONDES + decalage), at=AT)


def test_the_right_secret_body_and_instant_pass() -> None:
    verifier()
    verifier(decalage=int(FENETRE.total_seconds()))
    verifier(decalage=-int(FENETRE.total_seconds()))


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"secret": "autre"}, "signature-fausse"),
        ({"corps": b"{ }"}, "signature-fausse"),
        ({"horodatage": str(SECONDES + 1)}, "signature-fausse"),  # the instant is signed too
        ({"horodatage": "hier"}, "horodatage-absent"),
        ({"horodatage": "²"}, "horodatage-absent"),
        ({"decalage": -301}, "horodatage-perime"),
        ({"decalage": 301}, "horodatage-perime"),
    ],
)
def test_anything_else_is_refused_with_its_reason(options: dict, code: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(SignatureRefusee) as refus:
        verifier(**options)
    assert refus.value.code == code


def test_a_connector_without_secret_signs_nothing() -> None:
    with pytest.raises(SignatureRefusee) as refus:
        verify_signature("", b"{}", signature=sign("", b"{}", seconds=SECONDES), horodatage=str(SECONDES), at=AT)
    assert refus.value.code == "secret-perdu"
