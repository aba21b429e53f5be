"""Where a merged demande went: its number, its code and the mails that quote it lead to the one that was kept."""

from collections.abc import Iterable

from demandes.models import Demande

MAILLONS_MAX = 20  # A into B, B into C…; the chain has no ring: one merges only into an open demande


def find_kept(demande: Demande) -> Demande:
    """Return the demande that holds its conversation now: itself, unless merged (one query a link of the chain)."""
    for _ in range(MAILLONS_MAX):
        if demande.fusionnee_dans_id is None:
            return demande
        demande = Demande.objects.get(pk=demande.fusionnee_dans_id)
    return demande


def find_all_kept(demandes: Iterable[Demande]) -> list[Demande]:
    """Replace each merged demande by the one kept, in the same order, each once."""
    kept: dict[int, Demande] = {}
    for demande in demandes:
        found = find_kept(demande)
        kept.setdefault(found.pk, found)
    return list(kept.values())
