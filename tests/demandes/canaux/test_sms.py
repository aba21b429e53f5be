"""An SMS goes on with the open demande we last wrote to at this number, or opens one; STOP is obeyed; loops end."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from citoyens.actions import Contact, create_usager
from citoyens.models import PointContact, Usager
from collectivites.acteur import Acteur
from demandes.actions import reply
from demandes.models import Demande, Entree, Message
from messagerie.accuses import ENTETE, sign
from messagerie.models import Envoi
from tests.demandes.canaux.conftest import Porte, lire, recevoir

SAMIRA = "+33639981234"


def texto(texte: str, *, de: str = SAMIRA, ident: str = "") -> dict[str, str]:
    return {"id": ident or texte, "de": de, "texte": texte}


def ecrire_par_sms(demande: Demande, *, by: Acteur, at: datetime, agent: Any) -> None:
    reply(
        demande=demande, version=Demande.objects.get(pk=demande.pk).version, canal="sms", texte="Quel jour ?",
        clef=uuid4(), by=by, at=at, agent=agent,
    )  # fmt: skip


def test_a_known_number_opens_a_demande_of_its_owner_acknowledged_by_sms(sms: Porte, usager: Usager) -> None:
    entree = recevoir(sms, texto("Bonjour, ma poubelle n'a pas été vidée", de="06 39 98 12 34"))
    demande = Demande.objects.get(pk=entree.demande_id)
    assert (demande.canal, demande.mode_reponse, demande.usager) == ("sms", "sms", usager)
    assert entree.expediteur == SAMIRA
    assert [e.destinataire for e in Envoi.objects.filter(canal="sms")] == [SAMIRA]


def test_an_unknown_number_becomes_a_nameless_usager_reached_there(sms: Porte) -> None:
    entree = recevoir(sms, texto("Bonjour", de="+33639989999"))
    demande = Demande.objects.get(pk=entree.demande_id)
    assert demande.usager is not None
    assert demande.usager.nom == ""
    assert PointContact.objects.get(normalisee="+33639989999").nature == "mobile"


def test_a_shared_number_names_nobody(sms: Porte, usager: Usager, by: Acteur, at: datetime) -> None:
    create_usager(
        nature="personne", nom="Ben Amar", prenoms="Karim", contacts=[Contact("mobile", SAMIRA)], by=by, at=at
    )
    entree = recevoir(sms, texto("Bonjour"))
    demande = Demande.objects.get(pk=entree.demande_id)
    assert demande.usager is None
    assert Message.objects.get(entree=entree).expediteur_libelle.replace("\u00a0", " ") == "06 39 98 12 34"


def test_it_goes_on_with_the_open_demande_we_last_wrote_to(
    sms: Porte, ouvrir: Any, by: Acteur, agent: Any, maintenant: datetime
) -> None:
    first, second = ouvrir(objet="Première"), ouvrir(objet="Seconde")
    ecrire_par_sms(first, by=by, at=maintenant, agent=agent)
    entree = recevoir(sms, texto("Jeudi"))
    assert (entree.issue, entree.demande_id) == (Entree.Issue.RATTACHEE, first.pk)
    ecrire_par_sms(second, by=by, at=maintenant + timedelta(seconds=2), agent=agent)
    assert recevoir(sms, texto("Vendredi")).demande_id == second.pk


def test_a_closed_demande_is_not_gone_on_with(
    sms: Porte, ouvrir: Any, by: Acteur, agent: Any, maintenant: datetime
) -> None:
    demande = ouvrir()
    ecrire_par_sms(demande, by=by, at=maintenant, agent=agent)
    Demande.objects.filter(pk=demande.pk).update(etat="close", issue="resolue", closed_at=maintenant)
    assert recevoir(sms, texto("Merci")).demande_id != demande.pk


def test_a_second_sms_goes_on_with_the_demande_the_first_opened_without_another_acknowledgement(sms: Porte) -> None:
    first = recevoir(sms, texto("Bonjour", de="+33639989999"))
    second = recevoir(sms, texto("C'est au 12", de="+33639989999"))
    assert second.demande_id == first.demande_id
    assert Envoi.objects.filter(canal="sms").count() == 1


@pytest.mark.parametrize("jours", [1, 90])  # within the window of reopening, and beyond
def test_what_follows_a_sealed_demande_that_ended_stays_sealed(sms: Porte, jours: int) -> None:
    first = recevoir(sms, texto("Je n'ai plus de quoi manger", de="+33639989999"))
    ended = timezone.now() - timedelta(days=jours)
    Demande.objects.filter(pk=first.demande_id).update(
        domaine="social", etat="close", issue="satisfaite", closed_at=ended
    )
    second = recevoir(sms, texto("Et pour ce mois-ci ?", de="+33639989999"))
    assert Demande.objects.get(pk=second.demande_id).domaine == "social"


@pytest.mark.parametrize("mot", ["STOP", "stop sms", "Stop au 36111", "ARRÊT"])
def test_stop_is_obeyed_and_opens_nothing(sms: Porte, usager: Usager, mot: str) -> None:
    entree = recevoir(sms, texto(mot))
    assert (entree.issue, entree.demande_id, entree.etat) == (Entree.Issue.AUTOMATIQUE, None, Entree.Etat.TRAITEE)
    assert PointContact.objects.get(normalisee=SAMIRA).failing_since is not None
    after = recevoir(sms, texto("Bonjour, ma poubelle"))
    assert after.issue == Entree.Issue.NOUVELLE
    assert not Envoi.objects.filter(canal="sms").exists()


def test_start_gives_sms_back(sms: Porte, usager: Usager) -> None:
    recevoir(sms, texto("STOP"))
    recevoir(sms, texto("START"))
    recevoir(sms, texto("Bonjour"))
    assert Envoi.objects.filter(canal="sms").count() == 1


def test_stop_inside_a_sentence_is_a_sentence(sms: Porte) -> None:
    assert recevoir(sms, texto("Stop au bruit la nuit rue des Lilas")).issue == Entree.Issue.NOUVELLE


@pytest.mark.parametrize("de", ["36180", "MAIRIE", "+3361"])
def test_a_sender_one_cannot_answer_waits_for_a_human(sms: Porte, de: str) -> None:
    entree = recevoir(sms, texto("Votre colis arrive", de=de))
    assert (entree.etat, entree.issue) == (Entree.Etat.QUARANTAINE, Entree.Issue.AUTOMATIQUE)


def test_an_sms_without_text_waits_for_a_human(sms: Porte) -> None:
    assert recevoir(sms, {"id": "1", "de": SAMIRA, "texte": ""}).etat == Entree.Etat.QUARANTAINE


def test_the_gateway_of_the_demonstration_hands_an_sms_over(ville: Any, usager: Usager) -> None:
    brut = json.dumps(texto("Bonjour la mairie")).encode()
    door = f"/entrees/{ville.slug}/sms/"
    refused = Client().post(door, brut, content_type="application/json", headers={ENTETE: "faux"})
    assert refused.status_code == 401
    kept = Client().post(door, brut, content_type="application/json", headers={ENTETE: sign(brut)})
    assert kept.status_code == 202
    assert lire(ville, kept.json()["entree"]).usager_id == usager.pk
