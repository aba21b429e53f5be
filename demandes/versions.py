"""The optimistic lock: two agents can't overwrite each other, and the second is told what the first did."""

from copy import copy
from typing import Any

from django.db.models import F

from demandes.models import Demande
from journal.models import Evenement
from journal.phrases import tell


class ConflitVersion(Exception):
    """Somebody wrote in between: nothing was written. `changes` says what, by whom, oldest first."""

    def __init__(self, changes: list[str]) -> None:
        self.changes = changes
        what = " ; ".join(changes) or "elle a été modifiée"
        super().__init__(
            f"Cette demande a changé pendant que vous écriviez\u00a0: {what}. "
            "Votre texte est gardé\u00a0: relisez, puis recommencez."
        )


class DemandeClose(Exception):
    """The demande is closed: it must be reopened first."""

    def __init__(self) -> None:
        super().__init__("Cette demande est close. Rouvrez-la pour continuer.")


class DemandeFusionnee(Exception):
    """The demande was merged into another: its life goes on there."""

    def __init__(self) -> None:
        super().__init__("Cette demande a été fusionnée dans une autre\u00a0: annulez la fusion pour la rouvrir.")


def update_at_version(demande: Demande, version: int, **champs: Any) -> Demande:
    """Write `champs` only if nobody wrote since `version`; `version` grows by one. Raises ConflitVersion.

    One conditional UPDATE: a second writer waits for the first one's commit, then finds another version and writes
    nothing. The row stays locked until the end of the transaction. Returns the demande as it is now written.
    """
    mine = Demande.objects.filter(pk=demande.pk, version=version)
    if not mine.update(version=F("version") + 1, **champs):
        raise ConflitVersion(tell_changes(demande.pk, since=version))
    if demande.version != version:  # the object given is older than what was read on the page
        return Demande.objects.for_fiche().get(pk=demande.pk)
    fresh = copy(demande)
    fresh.version += 1
    for name, value in champs.items():
        setattr(fresh, name, value)
    return fresh


def touch(demande_id: int, **champs: Any) -> Demande:
    """Write whatever the version (the usager's own act can't be refused), and make it grow."""
    Demande.objects.filter(pk=demande_id).update(version=F("version") + 1, **champs)
    return Demande.objects.for_fiche().get(pk=demande_id)


def tell_changes(demande_id: int, *, since: int) -> list[str]:
    """Say what was done after version `since`, at most five facts: « Yann Le Goff — prise en charge »."""
    lines = Evenement.objects.about("demande", demande_id).filter(details__version__gt=since)
    newest = list(lines.newest_first()[:5])
    return [f"{line.acteur_libelle} — {tell(line)}" for line in reversed(newest)]
