"""Whole numbers that come from an address or a form: digits of any alphabet, signs and giants are not numbers."""

ID_MAX = 2**63 - 1  # bigint


def read_nombre(texte: str, *, maximum: int = ID_MAX) -> int | None:
    """Return the number written in ASCII digits, None for anything else or beyond `maximum`."""
    if not (texte.isascii() and texte.isdigit() and len(texte) <= len(str(maximum))):
        return None
    number = int(texte)
    return number if number <= maximum else None
