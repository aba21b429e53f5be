"""The conversation: answers through the ledger, what the usager writes, notes; refusals lose nothing."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from citoyens.models import Interaction, PointContact, Usager
from collectivites.acteur import AUTOMATE, Acteur
from collectivites.models import Agent, ReglageLegal
from demandes.actions import (
    ConflitVersion,
    DemandeClose,
    DestinataireInconnu,
    FenetreDepassee,
    IssueManquante,
    TexteVide,
    add_note,
    close,
    mark_read,
    move,
    receive_message,
    reply,
)
from demandes.cycle import PassageInterdit
from demandes.models import Boite, Demande, Entree, Message, Notification
from demandes.suites import follow_envoi
from journal.models import Evenement
from messagerie.actions import settle_envoi
from messagerie.destinataires import MessageRefuse
from messagerie.models import Envoi
from socle.identifiants import read_references
from tests.demandes.conftest import Ouvrir

pytestmark = pytest.mark.django_db


@pytest.fixture
def repondre(demande: Demande, agent: Agent, by: Acteur, at: datetime):
    def fabrique(**options: object) -> Message:
        defaults = {"demande": demande, "version": demande.version, "canal": "courriel", "texte": "Réparé mardi.",
                    "clef": uuid4(), "by": by, "at": at, "agent": agent}  # fmt: skip
        return reply(**(defaults | options))

    return fabrique


@pytest.fixture
def recevoir(demande: Demande, usager: Usager, at: datetime):
    def fabrique(**options: object) -> Message:
        who = Acteur(nature="usager", libelle=str(usager), usager_id=usager.pk)
        defaults = {"demande": demande, "canal": "courriel", "texte": "Toujours dans le noir.", "usager": usager,
                    "adresse": "samira@exemple.fr", "by": who, "at": at + timedelta(days=1)}  # fmt: skip
        return receive_message(**(defaults | options))

    return fabrique


def reponse() -> Envoi:
    return Envoi.objects.get(clef__contains=":reponse:")


# --- answering


def test_an_answer_leaves_by_the_ledger_and_starts_the_work(repondre, demande: Demande) -> None:
    message = repondre()
    demande.refresh_from_db()
    assert (demande.etat, demande.version) == ("en_cours", 2)
    assert (reponse().destinataire, reponse().objet_id, message.envoi_id) == (
        "samira@exemple.fr", demande.pk, reponse().pk,
    )  # fmt: skip
    assert "Réparé mardi." in reponse().corps_texte
    assert "Claire Moreau\nÉclairage public — 01\u00a099" in reponse().corps_texte


def test_an_answer_by_mail_brings_its_answer_back(ouvrir: Ouvrir, agent: Agent, by: Acteur, at: datetime) -> None:
    Boite.objects.create(adresse="mairie@aurelle.example")
    demande = ouvrir(message_id="premier@exemple.fr")
    message = reply(
        demande=demande, version=1, canal="courriel", texte="Oui.", clef=uuid4(), by=by, at=at, agent=agent
    )
    envoi = reponse()
    assert envoi.objet.startswith("Re: Lampadaire éteint rue des Tanneurs [DEM-2026-0001-")
    assert read_references(envoi.objet, collectivite_id=demande.collectivite_id) == [demande.numero]
    assert envoi.entetes["Message-ID"] == f"<{message.message_id}>"
    assert demande.numero in message.message_id
    assert envoi.entetes["In-Reply-To"] == "<premier@exemple.fr>"
    accuse = Message.objects.get(demande=demande, is_automatique=True)
    assert envoi.entetes["References"] == f"<premier@exemple.fr> <{accuse.message_id}>"
    assert envoi.repondre_a == "mairie@aurelle.example"
    assert "Auto-Submitted" not in envoi.entetes


def test_an_answer_by_sms_goes_to_the_mobile(repondre) -> None:
    message = repondre(canal="sms", destinataire="06 39 98 12 34")
    assert (reponse().canal, reponse().destinataire) == ("sms", "+33639981234")
    assert reponse().corps_texte.startswith("Réparé mardi.")
    assert message.texte == "Réparé mardi."


@pytest.mark.parametrize("canal", ["telephone", "guichet"])
def test_an_answer_by_another_channel_is_noted_and_sends_nothing(repondre, canal: str) -> None:
    assert repondre(canal=canal).envoi_id is None
    assert not Envoi.objects.filter(clef__contains=":reponse:").exists()
    assert Evenement.objects.get(verbe="demande.reponse").details == {"canal": canal, "version": 2}


def test_an_answer_is_in_the_timeline(repondre, usager: Usager) -> None:
    repondre()
    row = Interaction.objects.get(genre="message")
    assert (row.usager_id, row.sens, row.resume) == (usager.pk, "sortant", "Réparé mardi.")


def test_nobody_outside_the_conversation_can_be_written_to(repondre) -> None:
    with pytest.raises(DestinataireInconnu):
        repondre(destinataire="journaliste@exemple.fr")
    assert not Envoi.objects.filter(clef__contains=":reponse:").exists()


def test_an_unknown_usager_is_answered_where_they_wrote_from(
    ouvrir: Ouvrir, agent: Agent, by: Acteur, at: datetime
) -> None:
    demande = ouvrir(usager=None, adresse="inconnue@exemple.fr")
    reply(demande=demande, version=1, canal="courriel", texte="Oui.", clef=uuid4(), by=by, at=at, agent=agent)
    assert reponse().destinataire == "inconnue@exemple.fr"
    with pytest.raises(DestinataireInconnu):
        reply(demande=demande, version=2, canal="sms", texte="Oui.", clef=uuid4(), by=by, at=at, agent=agent)


def test_an_empty_answer_is_refused(repondre) -> None:
    with pytest.raises(TexteVide):
        repondre(texte=" \n ")


def test_a_too_long_sms_is_refused_and_nothing_is_written(repondre, demande: Demande) -> None:
    with pytest.raises(MessageRefuse):
        repondre(canal="sms", texte="a" * 5000)
    demande.refresh_from_db()
    assert (demande.version, demande.etat) == (1, "a_traiter")


def test_the_same_answer_sent_twice_leaves_once(repondre) -> None:
    clef = uuid4()
    assert repondre(clef=clef).pk == repondre(clef=clef).pk
    assert Envoi.objects.filter(clef__contains=":reponse:").count() == 1


def test_a_conflict_says_what_changed_and_by_whom(repondre, demande: Demande, collegue: Agent, at: datetime) -> None:
    who = Acteur(nature="agent", libelle=str(collegue), agent_id=collegue.pk)
    move(demande=demande, version=1, etat="en_attente_tiers", by=who, at=at)
    with pytest.raises(ConflitVersion) as refusal:
        repondre(version=1)
    assert refusal.value.changes == ["Yann Le Goff — passée à «\u00a0en attente d'un tiers\u00a0»"]
    assert "Votre texte est gardé" in str(refusal.value)
    assert not Envoi.objects.filter(clef__contains=":reponse:").exists()


def test_an_answer_may_close_in_the_same_gesture(repondre, demande: Demande, at: datetime) -> None:
    repondre(suite="close", issue="satisfaite")
    demande.refresh_from_db()
    assert (demande.etat, demande.issue, demande.closed_at, demande.version) == ("close", "satisfaite", at, 3)


def test_an_answer_may_wait_for_the_usager(repondre, demande: Demande) -> None:
    repondre(suite="en_attente_usager")
    demande.refresh_from_db()
    assert demande.etat == "en_attente_usager"


def test_a_refused_sequel_sends_nothing(repondre) -> None:
    with pytest.raises(IssueManquante):
        repondre(suite="close")
    with pytest.raises(PassageInterdit):
        repondre(suite="nouvelle")
    assert not Envoi.objects.filter(clef__contains=":reponse:").exists()


def test_a_closed_demande_is_not_answered(repondre, demande: Demande, by: Acteur, at: datetime) -> None:
    closed = close(demande=demande, version=1, issue="satisfaite", by=by, at=at)
    with pytest.raises(DemandeClose):
        repondre(demande=closed, version=2)


# --- receiving


def test_what_the_usager_writes_is_unread_and_makes_the_version_grow(recevoir, demande: Demande) -> None:
    recevoir()
    demande.refresh_from_db()
    assert (demande.is_unread, demande.version, demande.etat) == (True, 2, "a_traiter")
    assert Interaction.objects.filter(genre="message", sens="entrant").count() == 1


def test_a_call_noted_without_a_name_is_the_demandeurs(recevoir, usager: Usager) -> None:
    assert recevoir(canal="telephone", usager=None, adresse="").usager_id == usager.pk
    stranger = recevoir(usager=None, adresse="autre@exemple.fr")
    assert (stranger.usager_id, stranger.expediteur_libelle) == (None, "autre@exemple.fr")


def test_an_answer_of_the_usager_ends_the_wait(recevoir, demande: Demande, by: Acteur, at: datetime) -> None:
    move(demande=demande, version=1, etat="en_attente_usager", by=by, at=at)
    recevoir()
    demande.refresh_from_db()
    assert demande.etat == "en_cours"


def test_an_out_of_office_ends_no_wait(recevoir, demande: Demande, by: Acteur, at: datetime) -> None:
    move(demande=demande, version=1, etat="en_attente_usager", by=by, at=at)
    recevoir(is_automatique=True)
    demande.refresh_from_db()
    assert (demande.etat, demande.is_unread) == ("en_attente_usager", False)


def test_a_message_reopens_what_was_closed_lately(recevoir, demande: Demande, by: Acteur, at: datetime) -> None:
    close(demande=demande, version=1, issue="satisfaite", by=by, at=at)
    recevoir(at=at + timedelta(days=30))
    demande.refresh_from_db()
    assert (demande.etat, demande.issue, demande.closed_at) == ("en_cours", "", None)
    assert Evenement.objects.get(verbe="demande.rouverte").details["message"] is True


def test_an_out_of_office_reopens_nothing(recevoir, demande: Demande, by: Acteur, at: datetime) -> None:
    close(demande=demande, version=1, issue="satisfaite", by=by, at=at)
    recevoir(is_automatique=True, at=at + timedelta(days=90))
    demande.refresh_from_db()
    assert demande.etat == "close"


def test_after_the_window_a_new_demande_is_needed(recevoir, demande: Demande, by: Acteur, at: datetime) -> None:
    close(demande=demande, version=1, issue="satisfaite", by=by, at=at)
    with pytest.raises(FenetreDepassee):
        recevoir(at=at + timedelta(days=30, seconds=1))
    assert Message.objects.filter(demande=demande, sens="entrant").count() == 1


def test_the_window_is_the_towns(recevoir, demande: Demande, by: Acteur, at: datetime) -> None:
    ReglageLegal.objects.create(clef="demande.reouverture_jours", valeur=5, motif="délibération", changed_at=at)
    close(demande=demande, version=1, issue="satisfaite", by=by, at=at)
    with pytest.raises(FenetreDepassee):
        recevoir(at=at + timedelta(days=6))


def test_the_same_entry_twice_is_one_message(recevoir, at: datetime) -> None:
    entree = Entree.objects.create(canal="courriel", externe_id="x", empreinte="0" * 64, brut="1/2026/11/" + "0" * 64,
                                   octets=1, received_at=at)  # fmt: skip
    assert recevoir(entree=entree).pk == recevoir(entree=entree).pk


# --- notes, reading, fate


def test_a_note_is_internal_and_overwrites_nothing(demande: Demande, agent: Agent, by: Acteur, at: datetime) -> None:
    clef = uuid4()
    note = add_note(demande=demande, texte="Pièce commandée.", by=by, at=at, agent=agent, clef=clef)
    assert add_note(demande=demande, texte="Pièce commandée.", by=by, at=at, agent=agent, clef=clef).pk == note.pk
    demande.refresh_from_db()
    assert (note.sens, note.envoi_id, demande.version) == ("interne", None, 1)
    assert not Interaction.objects.filter(genre="message").exists()
    with pytest.raises(TexteVide):
        add_note(demande=demande, texte="", by=by, at=at, agent=agent)


def test_reading_is_not_a_change(recevoir, demande: Demande) -> None:
    recevoir()
    mark_read(demande=demande)
    demande.refresh_from_db()
    assert (demande.is_unread, demande.version) == (False, 2)


def test_a_bounce_makes_the_demande_ask_for_attention(repondre, demande: Demande, agent: Agent, at: datetime) -> None:
    repondre()
    assert settle_envoi(envoi=_sent(reponse(), at), etat="rejete", at=at, raison="boîte inconnue")
    demande.refresh_from_db()
    assert demande.is_unread
    line = Evenement.objects.get(verbe="demande.non_remis")
    told = Notification.objects.get(agent=agent)
    assert demande.numero in told.texte
    assert (line.objet_id, line.acteur_nature) == (demande.pk, AUTOMATE.nature)


def test_a_delivery_changes_nothing(repondre, demande: Demande, at: datetime) -> None:
    repondre()
    settle_envoi(envoi=_sent(reponse(), at), etat="remis", at=at)
    demande.refresh_from_db()
    assert not demande.is_unread


def test_a_bounce_about_a_demande_gone_is_nothing(repondre, at: datetime) -> None:
    repondre()
    lost = reponse()
    lost.objet_id, lost.etat = 987_654, "rejete"
    follow_envoi(lost, at)
    assert not Evenement.objects.filter(verbe="demande.non_remis").exists()


def _sent(envoi: Envoi, at: datetime) -> Envoi:
    Envoi.objects.filter(pk=envoi.pk).update(etat="envoye", sent_at=at, fournisseur="smtp")
    envoi.refresh_from_db()
    return envoi


def test_an_address_in_failure_comes_last(repondre, usager: Usager, at: datetime) -> None:
    PointContact.objects.filter(nature="mobile").update(failing_since=at)
    assert repondre(canal="sms").adresse == "+33639981234"  # the only one: the agent decides
