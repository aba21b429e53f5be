"""An ordered registry filled in `AppConfig.ready()`: the only way a lower floor calls an upper one."""

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class DejaInscrit(ValueError):
    """Two entries claim the same key."""


class Registre(Generic[T]):
    """Keyed entries, iterated by rank then key, so the order never depends on the order of imports."""

    def __init__(self) -> None:
        self._entries: dict[str, tuple[int, T]] = {}

    def add(self, clef: str, entree: T, *, rang: int = 100) -> None:
        """Register `entree`. Raises DejaInscrit when `clef` is taken by another object."""
        if clef in self._entries and self._entries[clef][1] is not entree:
            raise DejaInscrit(f"« {clef} » est déjà inscrit.")
        self._entries[clef] = (rang, entree)

    def get(self, clef: str) -> T | None:
        """Return the entry, or None."""
        found = self._entries.get(clef)
        return found[1] if found else None

    def keys(self) -> list[str]:
        """The keys, in alphabetical order."""
        return sorted(self._entries)

    def __iter__(self) -> Iterator[T]:
        ordered = sorted(self._entries.items(), key=lambda item: (item[1][0], item[0]))
        return iter([entry for _, (_, entry) in ordered])

    def __len__(self) -> int:
        return len(self._entries)
