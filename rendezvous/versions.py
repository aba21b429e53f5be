"""The optimistic lock: two people can't overwrite each other, and the second is told what the first did."""

from collections.abc import Sequence


class VersionPerimee(Exception):
    """Somebody wrote in between: nothing was written. `quoi` moved: « Ce motif », « Ce rendez-vous ».

    `changes` says what was done, by whom, oldest first, where the journal knows: for agents only. HTTP 409.
    """

    def __init__(self, quoi: str, changes: Sequence[str] = ()) -> None:
        self.changes = list(changes)
        what = f"\u00a0: {' ; '.join(changes)}" if changes else ""
        super().__init__(f"{quoi} a changé entre-temps{what}. Relisez, puis recommencez.")
        self.publique = f"{quoi} a changé entre-temps. Relisez, puis recommencez."
