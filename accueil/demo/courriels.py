"""Messages that the machine could not understand: real bytes, received by the real door, waiting in quarantine."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from accueil.demo.horloge import Horloge
from accueil.demo.installation import Ville
from demandes.models import Boite
from demandes.reception.arrivee import receive_raw
from demandes.reception.traitement import process_entree


def _without_sender(at: datetime) -> bytes:
    """A scanner that sends its pages without saying who it is."""
    lines = (
        "Return-Path: <>",
        "To: contact@aurelle.exemple.fr",
        f"Date: {format_datetime(at)}",
        "Message-ID: <numerisation-0042@copieur.exemple.fr>",
        "Subject: Numerisation",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "",
        "Veuillez trouver ci-joint le document.",
        "",
    )
    return "\r\n".join(lines).encode()


def _out_of_office(at: datetime) -> bytes:
    """An answering machine that answers to nothing of ours."""
    message = EmailMessage()
    message["From"] = "Étude Le Roux <etude.leroux@exemple.fr>"
    message["To"] = "contact@aurelle.exemple.fr"
    message["Date"] = format_datetime(at)
    message["Message-ID"] = "<absence-1178@etude.exemple.fr>"
    message["Subject"] = "Absence du bureau"
    message["Auto-Submitted"] = "auto-replied"
    message.set_content("Bonjour,\n\nL'étude est fermée jusqu'à lundi.\n\nCordialement.")
    return message.as_bytes()


def leave_in_quarantine(ville: Ville, *, horloge: Horloge) -> int:
    """Receive two messages of Aurelle that nobody can file by machine; return how many."""
    if ville.demo.slug != "aurelle":
        return 0
    boite = Boite.objects.get(adresse=ville.demo.courriel)
    for build, jours, heure in ((_without_sender, 1, "16:12"), (_out_of_office, 0, "06:45")):
        at = horloge.ago(jours, heure, ouvre=False)
        entree = receive_raw(brut=build(at), collectivite_id=ville.collectivite.pk, boite_id=boite.pk, at=at)
        process_entree(collectivite_id=ville.collectivite.pk, entree_id=entree.pk, at=at + timedelta(seconds=4))
    return 2
