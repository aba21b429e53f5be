"""Life of an appointment: option → confirmé → présent → en cours → honoré | absent | annulé.

Only a cancelled appointment, or an option that expired, frees its slot: an absent person has used theirs.
"""

from django.db import models


class Etat(models.TextChoices):
    """Where an appointment stands."""

    OPTION = "option", "Créneau retenu"
    CONFIRME = "confirme", "Confirmé"
    PRESENT = "present", "Présent"
    EN_COURS = "en_cours", "En cours"
    HONORE = "honore", "Honoré"
    ABSENT = "absent", "Absent"
    ANNULE_USAGER = "annule_usager", "Annulé par l'usager"
    ANNULE_SERVICE = "annule_service", "Annulé par le service"


VIVANTS = frozenset({Etat.CONFIRME, Etat.PRESENT, Etat.EN_COURS})  # still to be held
ANNULES = frozenset({Etat.ANNULE_USAGER, Etat.ANNULE_SERVICE})
TENUS = frozenset({Etat.HONORE, Etat.ABSENT})
OCCUPANTS = frozenset(Etat) - ANNULES  # an option too, until it expires

_SUIVANTS: dict[str, frozenset[str]] = {
    Etat.OPTION: frozenset({Etat.CONFIRME}),
    Etat.CONFIRME: VIVANTS | TENUS | ANNULES,
    Etat.PRESENT: VIVANTS | TENUS | ANNULES,
    Etat.EN_COURS: VIVANTS | TENUS,
    Etat.HONORE: VIVANTS | TENUS,  # a mistake at the counter is undone
    Etat.ABSENT: VIVANTS | TENUS,  # they came after all
    Etat.ANNULE_USAGER: frozenset(),  # the slot is gone: one books again
    Etat.ANNULE_SERVICE: frozenset(),
}


def can_pass(avant: str, apres: str) -> bool:
    """True when an appointment may go from one state to the other."""
    return avant != apres and apres in _SUIVANTS.get(avant, frozenset())
