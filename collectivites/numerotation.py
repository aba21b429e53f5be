"""Numbers that people read: gap-free within a committed year, never reused, unique per collectivité."""

from django.db import connection

from collectivites.cloison import get_active_id

_NEXT = """
INSERT INTO collectivites_compteur (collectivite_id, nature, annee, valeur) VALUES (%s, %s, %s, 1)
ON CONFLICT (collectivite_id, nature, annee) DO UPDATE SET valeur = collectivites_compteur.valeur + 1
RETURNING valeur
"""


def draw_number(*, nature: str, annee: int) -> int:
    """Return the next number of this nature and year; the row stays locked until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [get_active_id(), nature, annee])
        row = cursor.fetchone()
    return int(row[0])
