"""Opening a demande: number, code, routing, deadline, timeline, journal, acknowledgement, double submit."""

from datetime import datetime, timedelta
from unittest.mock import patch
from uuid import uuid4

import pytest

from citoyens.models import Interaction, Usager
from collectivites.acteur import Acteur
from collectivites.models import Service
from demandes.actions import ObjetVide, ReceptionImpossible, acknowledge
from demandes.actions import ouverture as module
from demandes.models import Boite, Demande, Message, PartieDemande, Thematique, TypeDemande
from journal.models import Evenement
from messagerie.models import Envoi
from socle.identifiants import read_references
from tests.demandes.conftest import PARIS, Ouvrir


def test_a_demande_has_a_number_of_the_year_and_a_tracking_code(ouvrir: Ouvrir) -> None:
    first, second = ouvrir(), ouvrir()
    assert (first.numero, second.numero) == ("DEM-2026-0001", "DEM-2026-0002")
    assert len(first.code_suivi) == 9
    assert first.code_suivi != second.code_suivi


def test_the_year_is_the_one_on_the_towns_wall(ouvrir: Ouvrir) -> None:
    new_year = datetime(2027, 1, 1, 0, 30, tzinfo=PARIS)  # still 2026 in UTC
    assert ouvrir(received_at=new_year, at=new_year).numero == "DEM-2027-0001"


def test_the_type_gives_service_domain_and_deadline(demande: Demande, service: Service) -> None:
    assert (demande.service, demande.domaine, demande.etat) == (service, "cadre_de_vie", "a_traiter")
    assert demande.echeance_at == datetime(2026, 11, 19, 18, 0, tzinfo=PARIS)  # five business days


def test_without_a_type_it_waits_to_be_qualified(ouvrir: Ouvrir) -> None:
    demande = ouvrir(type=None)
    assert (demande.etat, demande.service, demande.echeance_at) == ("nouvelle", None, None)


def test_a_type_without_service_waits_to_be_qualified_with_a_deadline(ouvrir: Ouvrir) -> None:
    orphan = TypeDemande.objects.create(libelle="Divers", thematique=Thematique.objects.named("Autre"))
    demande = ouvrir(type=orphan)
    assert demande.etat == "nouvelle"
    assert demande.echeance_at is not None


def test_a_sealed_service_seals_the_demande(ouvrir: Ouvrir, ccas: Service) -> None:
    assert ouvrir(service=ccas).domaine == "social"


def test_the_first_message_is_what_was_said(demande: Demande, usager: Usager) -> None:
    message = Message.objects.get(demande=demande, sens="entrant")
    assert message.texte.startswith("Bonjour, le lampadaire")
    assert (message.usager_id, message.adresse, message.expediteur_libelle) == (
        usager.pk, "samira@exemple.fr", "Samira Ben Amar",
    )  # fmt: skip


def test_the_usager_becomes_demandeur_and_sees_it_in_the_timeline(demande: Demande, usager: Usager) -> None:
    assert PartieDemande.objects.get(demande=demande).role == "demandeur"
    row = Interaction.objects.get(objet_type="demande", objet_id=demande.pk, genre="demande")
    assert (row.usager_id, row.sens, row.canal, row.domaine) == (usager.pk, "entrant", "courriel", "cadre_de_vie")


def test_the_journal_says_it_without_personal_data(demande: Demande) -> None:
    line = Evenement.objects.get(verbe="demande.ouverte", objet_id=demande.pk)
    assert line.objet_libelle == demande.numero
    assert line.details == {"canal": "courriel", "version": 1}


def test_the_acknowledgement_goes_to_the_address_that_wrote(ouvrir: Ouvrir) -> None:
    Boite.objects.create(adresse="mairie@aurelle.example")
    demande = ouvrir(adresse="autre@exemple.fr")
    envoi = Envoi.objects.get(clef=f"demande:{demande.pk}:accuse")
    assert (envoi.canal, envoi.destinataire, envoi.repondre_a) == (
        "courriel", "autre@exemple.fr", "mairie@aurelle.example",
    )  # fmt: skip
    assert envoi.entetes["Auto-Submitted"] == "auto-replied"
    assert read_references(envoi.objet, collectivite_id=demande.collectivite_id) == [demande.numero]


def test_the_acknowledgement_carries_what_the_law_asks(demande: Demande) -> None:
    corps = Envoi.objects.get().corps_texte
    for mention in (demande.numero, "jeudi 12\u00a0novembre\u00a02026 à 16\u00a0h\u00a040", "Éclairage public",
                    "01\u00a099\u00a000\u00a012\u00a034", "jeudi 19\u00a0novembre\u00a02026", demande.code_suivi,
                    "R112-11-2"):  # fmt: skip
        assert mention in corps


def test_the_acknowledgement_is_in_the_conversation_with_its_message_id(demande: Demande) -> None:
    envoi, message = Envoi.objects.get(), Message.objects.get(demande=demande, is_automatique=True)
    assert (message.sens, message.envoi_id) == ("sortant", envoi.pk)
    assert envoi.entetes["Message-ID"] == f"<{message.message_id}>"


def test_the_acknowledgement_answers_the_mail_that_came(ouvrir: Ouvrir) -> None:
    ouvrir(message_id="abc@exemple.fr")
    assert Envoi.objects.get().entetes["In-Reply-To"] == "<abc@exemple.fr>"


def test_at_the_counter_the_wished_way_is_used(ouvrir: Ouvrir) -> None:
    ouvrir(canal="guichet", mode_reponse="sms", adresse="")
    assert (Envoi.objects.get().canal, Envoi.objects.get().destinataire) == ("sms", "+33639981234")


def test_nobody_to_write_to_is_said_in_the_journal(ouvrir: Ouvrir) -> None:
    demande = ouvrir(canal="guichet", mode_reponse="sur_place", usager=None, adresse="")
    assert not Envoi.objects.exists()
    assert Evenement.objects.get(verbe="demande.accusee", objet_id=demande.pk).details["sans_contact"] is True


def test_a_sender_whose_address_is_nonsense_still_has_their_demande(ouvrir: Ouvrir) -> None:
    demande = ouvrir(usager=None, adresse="pas une adresse")
    assert demande.pk
    assert not Envoi.objects.exists()


def test_no_acknowledgement_when_it_could_loop(ouvrir: Ouvrir) -> None:
    ouvrir(accuse=False)
    assert not Envoi.objects.exists()


def test_one_acknowledgement_in_a_life(demande: Demande, at: datetime) -> None:
    assert acknowledge(demande=demande, at=at) is None
    assert Envoi.objects.count() == 1


def test_the_same_form_sent_twice_is_one_demande(ouvrir: Ouvrir) -> None:
    clef = uuid4()
    assert ouvrir(clef=clef).pk == ouvrir(clef=clef).pk
    assert (Demande.objects.count(), Envoi.objects.count()) == (1, 1)


def test_a_code_already_given_is_drawn_again(ouvrir: Ouvrir) -> None:
    first = ouvrir()
    with patch.object(module, "draw_code_suivi", side_effect=[first.code_suivi, "QZ4K-8TTM"]):
        assert ouvrir().code_suivi == "QZ4K-8TTM"


def test_a_reception_in_the_future_is_refused(ouvrir: Ouvrir, at: datetime) -> None:
    with pytest.raises(ReceptionImpossible):
        ouvrir(received_at=at + timedelta(minutes=1))


def test_a_letter_of_last_week_has_its_deadline_from_its_reception(ouvrir: Ouvrir, at: datetime) -> None:
    demande = ouvrir(canal="courrier", mode_reponse="courrier", adresse="", received_at=at - timedelta(days=7))
    assert demande.echeance_at == datetime(2026, 11, 13, 18, 0, tzinfo=PARIS)  # 11 November does not count
    assert demande.created_at == at


def test_an_objet_is_needed(ouvrir: Ouvrir) -> None:
    with pytest.raises(ObjetVide):
        ouvrir(objet="  \x00 ")
    assert not Demande.objects.exists()


def test_what_an_usager_sends_is_unread_what_an_agent_types_is_not(ouvrir: Ouvrir, usager: Usager) -> None:
    assert not ouvrir().is_unread
    assert ouvrir(by=Acteur(nature="usager", libelle="Usager", usager_id=usager.pk)).is_unread


def test_a_number_is_not_lost_by_a_refused_opening(ouvrir: Ouvrir, at: datetime) -> None:
    with pytest.raises(ReceptionImpossible):
        ouvrir(received_at=at + timedelta(days=1))
    assert ouvrir().numero.endswith("-0001")
