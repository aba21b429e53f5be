"""A mail comes in by a socket, its acknowledgement leaves by another; the answer is an SMS; the usager writes back."""

import email
import email.policy
import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller
from django.utils import timezone

from citoyens.actions import Contact, add_contact
from citoyens.models import Interaction
from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite, Rattachement
from collectivites.permissions import Role
from demandes.actions import close, reply
from demandes.models import Boite, Demande, Entree, Message
from demandes.tasks import process_entree
from journal.models import Evenement
from messagerie import envoi as sortie
from messagerie.models import Envoi
from outils.passerelles import Boite as Puisard
from outils.passerelles import Puits, Serveur
from outils.serveurs import port_libre
from tests.demandes.reception.porte import PorteOuverte

pytestmark = pytest.mark.django_db(transaction=True)
BOITE, SAMIRA = "contact@aurelle.example", "samira@exemple.fr"


@pytest.fixture
def dehors(settings: Any, tmp_path: Path) -> Iterator[Puisard]:
    """What is outside the house: a mail server and an SMS provider that keep what they are given."""
    puisard = Puisard(tmp_path / "dehors")
    puits = Controller(Puits(puisard), "127.0.0.1", port_libre())
    puits.start()
    passerelle = Serveur(("127.0.0.1", 0), puisard, "http://127.0.0.1:9")
    fil = Thread(target=passerelle.serve_forever)
    fil.start()
    settings.DEPOT = tmp_path / "depot"
    settings.SMTP_URL = f"smtp://127.0.0.1:{puits.port}"
    settings.DEMO, settings.PASSERELLE_URL = True, f"http://127.0.0.1:{passerelle.server_port}"
    yield puisard
    passerelle.shutdown()
    fil.join()
    passerelle.server_close()
    puits.stop()


@pytest.fixture
def porte() -> Iterator[PorteOuverte]:
    ouverte = PorteOuverte(now=lambda: datetime.now(UTC))
    yield ouverte
    ouverte.fermer()


@pytest.fixture
def ville() -> Collectivite:
    town = Collectivite.objects.create(slug="aurelle", nom="Ville d'Aurelle", telephone="+33199000100")
    with collectivite_active(town.pk):
        Boite.objects.create(adresse=BOITE)
    return town


@pytest.fixture
def agent(ville: Collectivite) -> Agent:
    claire = Agent.objects.create_user("claire@aurelle.example", prenom="Claire", nom="Morvan")
    Rattachement.objects.create(agent=claire, collectivite=ville, roles=[Role.INSTRUCTEUR])
    return claire


def write(porte: PorteOuverte, objet: str, texte: str, **entetes: str) -> None:
    """Send a mail as Samira, by a real connection."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = f"Samira Ben Amar <{SAMIRA}>", BOITE, objet
    message["Message-ID"] = f"<{uuid4()}@exemple.fr>"
    for nom, valeur in entetes.items():
        message[nom.replace("_", "-")] = valeur
    message.set_content(texte)
    with smtplib.SMTP("127.0.0.1", porte.port, timeout=20) as client:
        client.send_message(message)


def let_workers_work(ville: Collectivite) -> None:
    """Do what the two Celery queues would do: read what came in, send what must leave."""
    with collectivite_active(ville.pk):
        pending = list(Entree.objects.filter(etat=Entree.Etat.RECUE).values_list("pk", flat=True))
    for pk in pending:
        process_entree(ville.pk, pk)
    with collectivite_active(ville.pk):
        leaving = list(Envoi.objects.filter(etat=Envoi.Etat.A_ENVOYER).values_list("pk", flat=True))
    for pk in leaving:
        sortie.send_one(ville.pk, pk, clock=timezone.now)


def last_mail(dehors: Puisard) -> EmailMessage:
    fichier = max(dehors.courriels_recus.glob("*.eml"))
    message = email.message_from_bytes(fichier.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def read_acknowledgement(dehors: Puisard, demande: Demande) -> EmailMessage:
    accuse = last_mail(dehors)
    assert (accuse["To"], accuse["Auto-Submitted"]) == (SAMIRA, "auto-replied")
    assert BOITE in accuse["Reply-To"]
    assert demande.numero in accuse["Subject"]
    return accuse


def answer_by_sms(demande: Demande, agent: Agent, by: Acteur, texte: str) -> None:
    """The agent learns the mobile of the usager, then answers there."""
    assert demande.usager is not None
    at = timezone.now()
    add_contact(usager=demande.usager, contact=Contact("mobile", "06 39 98 12 34"), by=by, at=at)
    reply(demande=demande, version=demande.version, canal="sms", texte=texte, clef=uuid4(), by=by, at=at, agent=agent)


def check_what_is_told(demande: Demande) -> None:
    """The journal, the entries, the timeline and the ledger say the same story."""
    lignes = Evenement.objects.filter(objet_type="demande", objet_id=demande.pk).order_by("at", "pk")
    assert [ligne.verbe for ligne in lignes] == [
        "demande.ouverte", "demande.accusee", "demande.reponse", "demande.message_recu", "demande.close",
    ]  # fmt: skip
    assert [entree.issue for entree in Entree.objects.order_by("pk")] == ["nouvelle", "rattachee"]
    vecu = Interaction.objects.filter(usager_id=demande.usager_id).order_by("at", "pk")
    assert list(vecu.values_list("genre", "sens", "canal")) == [
        ("demande", "entrant", "courriel"), ("message", "sortant", "sms"), ("message", "entrant", "courriel"),
    ]  # fmt: skip
    assert set(Envoi.objects.values_list("canal", "etat")) == {("courriel", "envoye"), ("sms", "envoye")}


def test_from_a_mail_to_an_sms_and_back(
    ville: Collectivite, agent: Agent, porte: PorteOuverte, dehors: Puisard
) -> None:
    by = Acteur(nature="agent", libelle=str(agent), agent_id=agent.pk)
    write(porte, "Lampadaire éteint", "Bonjour,\n\nLe lampadaire du 8 rue des Tanneurs est éteint.\n")
    let_workers_work(ville)
    with collectivite_active(ville.pk):
        demande = Demande.objects.select_related("usager").get()
        accuse = read_acknowledgement(dehors, demande)
        answer_by_sms(demande, agent, by, "Bonjour, la réparation est prévue mardi.")
    let_workers_work(ville)
    (sms,) = dehors.sms()
    assert (sms["numero"], "mardi" in sms["texte"]) == ("+33639981234", True)

    cite = "\n\nLe 24/11/2026 à 9:40, Aurelle a écrit :\n> Bonjour"
    fil = {"In_Reply_To": str(accuse["Message-ID"]), "References": str(accuse["Message-ID"])}
    write(porte, f"Re: {accuse['Subject']}", f"Merci, mardi me convient.{cite}", **fil)
    let_workers_work(ville)
    with collectivite_active(ville.pk):
        demande = Demande.objects.get()  # the same one: no other was opened
        recus = Message.objects.filter(demande=demande, sens="entrant").order_by("pk")
        assert ([each.texte for each in recus][1], demande.is_unread) == ("Merci, mardi me convient.", True)
        close(demande=demande, version=demande.version, issue="satisfaite", by=by, at=timezone.now())
        check_what_is_told(demande)
    assert len(list(dehors.courriels_recus.glob("*.eml"))) == 1  # one acknowledgement in all
