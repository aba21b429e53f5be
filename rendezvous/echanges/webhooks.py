"""Appointments told to other programs: written in the booking's transaction, sent by messagerie.

No name, no address, no telephone: whoever receives and needs them asks the API, where rights are checked. Of a sealed
domain (social, securite) or a sensitive motif, only the number and the state: the reason for coming and the hour would
say too much, even without a name, to a program that whole teams may read.
"""

from typing import Any

from collectivites.domaines import RESERVES
from messagerie.webhooks.actions import queue_webhooks
from messagerie.webhooks.evenements import EvenementWebhook, declare
from rendezvous.evenements import Evenement, Genre, ecouteurs
from rendezvous.heures import to_local
from rendezvous.models import RendezVous

EVENEMENTS = {
    Genre.CONFIRME: "Rendez-vous pris",
    Genre.DEPLACE: "Rendez-vous déplacé",
    Genre.ANNULE: "Rendez-vous annulé",
    Genre.PRESENT: "Usager arrivé",
    Genre.HONORE: "Rendez-vous honoré",
    Genre.ABSENT: "Usager absent",
    Genre.RETABLI: "Pointage corrigé",  # else the receiver would go on believing the mistake
}


def follow(evenement: Evenement) -> None:
    """Queue what happened for the programs that listen. One query when none does."""
    if evenement.genre not in EVENEMENTS:
        return
    rdv = evenement.rendezvous
    queue_webhooks(
        evenement=f"rendezvous.{evenement.genre}",
        charge=build_charge(rdv),
        clef=f"rendezvous:{rdv.pk}:{evenement.genre}:{rdv.version}",
        at=evenement.at,
    )


def build_charge(rdv: RendezVous) -> dict[str, Any]:
    """Return what is told of an appointment. `version` orders deliveries that arrive in another order."""
    told: dict[str, Any] = {"numero": rdv.numero, "etat": rdv.etat, "version": rdv.version}
    if is_discret(rdv):
        return told
    fuseau = rdv.lieu.fuseau
    return told | {
        "motif": rdv.motif.nom_message,
        "lieu": rdv.lieu.nom,
        "debut": to_local(rdv.debut_at, fuseau).isoformat(),
        "fin": to_local(rdv.fin_at, fuseau).isoformat(),
    }


def is_discret(rdv: RendezVous) -> bool:
    """True when nothing but the number and the state may leave."""
    return rdv.domaine in RESERVES or rdv.motif.is_sensible


def declare_all() -> None:
    """Say which events exist, and listen to them."""
    declare(*(EvenementWebhook(f"rendezvous.{genre}", libelle) for genre, libelle in EVENEMENTS.items()))
    ecouteurs.add("webhooks", follow, rang=80)
