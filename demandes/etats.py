"""The state of a demande, now, in a word and a tone: on its page, in lists, on the rows of the 360° timeline."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from citoyens.panneaux import EtatVivant
from collectivites.acces import Acces
from collectivites.permissions import Permission
from demandes.cycle import Etat
from demandes.models import Demande
from socle.ecriture import write_echeance

TONS: dict[str, str] = {
    Etat.NOUVELLE: "alerte",
    Etat.A_TRAITER: "info",
    Etat.EN_COURS: "info",
    Etat.EN_ATTENTE_USAGER: "neutre",
    Etat.EN_ATTENTE_TIERS: "neutre",
    Etat.TRAITEE: "bon",
    Etat.CLOSE: "neutre",
}


def describe_etat(demande: Demande) -> tuple[str, str]:
    """Return (word, tone) of the state: « Close, satisfaite »."""
    if demande.etat == Etat.CLOSE:
        return f"Close, {demande.get_issue_display().lower()}", "neutre"
    return demande.get_etat_display(), TONS[demande.etat]


def describe_urgence(demande: Demande, *, now: datetime) -> tuple[str, str]:
    """Return (word, tone) of what matters most: « en retard de 2 j » before « en cours »."""
    if demande.is_overdue(now) and demande.echeance_at is not None:
        return write_echeance(demande.echeance_at, now=now), "retard"
    word, tone = describe_etat(demande)
    return word[:1].lower() + word[1:], tone


def read_etats(acces: Acces, ids: Sequence[int], at: Any) -> dict[int, EtatVivant]:
    """Return the live state of these demandes (one query). A sealed one shows its state and has no link."""
    fields = ("etat", "issue", "echeance_at", "domaine", "numero")
    found = Demande.objects.filter(pk__in=list(ids)).only(*fields)
    return {demande.pk: _live(acces, demande, at) for demande in found}


def _live(acces: Acces, demande: Demande, at: datetime) -> EtatVivant:
    word, tone = describe_urgence(demande, now=at)
    readable = demande.domaine in acces.domaines and acces.can(Permission.DEMANDE_LIRE)
    url = reverse("demandes:fiche", args=[acces.collectivite.slug, demande.pk]) if readable else ""
    return EtatVivant(libelle=word, ton=tone, url=url, numero=demande.numero)


def load_panneau(acces: Acces, usager_id: int, at: Any) -> dict[str, Any]:
    """Return what the panel of the 360° page shows: the usager's open demandes the agent may read, first due first."""
    mine = Demande.objects.visible_to(acces).open().filter(usager_id=usager_id).select_related("service", "type")
    rows = [
        {
            "demande": demande,
            "urgence": describe_urgence(demande, now=at),
            "url": reverse("demandes:fiche", args=[acces.collectivite.slug, demande.pk]),
        }
        for demande in mine.order_by("echeance_at", "-received_at")[:8]
    ]
    return {"demandes": rows, "nouvelle_url": reverse("demandes:nouvelle", args=[acces.collectivite.slug])}
