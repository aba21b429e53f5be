"""Which mailbox an address of ours is: the only question asked before a collectivité is known."""

from django.db import connection


def find_boite(adresse: str) -> tuple[int, int] | None:
    """Return (collectivité, mailbox) of an address, « +anything » after the name ignored; None when it is not ours."""
    nom, arobase, domaine = adresse.strip().strip("<>").lower().rpartition("@")
    if not arobase or "\x00" in adresse:
        return None
    for forme in dict.fromkeys((nom, nom.partition("+")[0])):
        with connection.cursor() as cursor:
            cursor.execute("SELECT collectivite_id, id FROM demandes_trouver_boite(%s)", [f"{forme}@{domaine}"])
            if found := cursor.fetchone():
                return int(found[0]), int(found[1])
    return None
