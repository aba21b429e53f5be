"""What each verb of rendezvous means in French: for the journal and the page of an appointment."""

from collections.abc import Mapping

from journal.phrases import Phrase

PHRASES: Mapping[str, Phrase | str] = {
    "rendezvous.pris": "rendez-vous pris",
    "rendezvous.deplace": "rendez-vous déplacé",
    "rendezvous.annule": "rendez-vous annulé",
    "rendezvous.etat": "état du rendez-vous changé",
    "rendezvous.modifie": "rendez-vous modifié",
}
