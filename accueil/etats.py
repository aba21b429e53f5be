"""The live state of contacts answered on the spot, on the rows of the 360° timeline."""

from collections.abc import Sequence
from typing import Any

from citoyens.panneaux import EtatVivant
from collectivites.acces import Acces
from demandes.models import ContactImmediat

ETATS = {
    ContactImmediat.Issue.REPONDU: EtatVivant("résolu", "bon"),
    ContactImmediat.Issue.ORIENTE: EtatVivant("orienté", "info"),
}


def read_contacts(acces: Acces, ids: Sequence[int], at: Any) -> dict[int, EtatVivant]:
    """Return how these contacts ended (one query)."""
    found = ContactImmediat.objects.filter(pk__in=list(ids)).values_list("pk", "issue")
    return {pk: ETATS[ContactImmediat.Issue(issue)] for pk, issue in found}
