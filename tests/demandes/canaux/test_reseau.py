"""A post or a partner's form becomes a demande, goes on with its own conversation, and enters nobody else's."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from collectivites.models import Service
from collectivites.permissions import Role
from demandes.connecteurs import renew_clefs, set_active
from demandes.models import Connecteur, Demande, Entree, Message
from demandes.reception.ecrits import OCTETS_MAX
from demandes.reception.quarantaine import open_from_entree, read_courriel
from tests.demandes.canaux.conftest import Ouvrir, Porte, lire, recevoir
from tests.demandes.conftest import join

POST = {
    "id": "p1", "auteur": {"id": "leila_m", "nom": "Leïla M."}, "fil": "t9",
    "texte": "Le banc du square est cassé.", "lien": "https://reseau.example/p1",
}  # fmt: skip


def autre(**champs: Any) -> dict[str, Any]:
    return POST | champs


def test_a_post_opens_a_demande_to_be_answered_on_the_network(reseau: Porte, service: Service) -> None:
    entree = recevoir(reseau, POST)
    demande = Demande.objects.get(pk=entree.demande_id)
    assert (demande.canal, demande.mode_reponse, demande.service, demande.usager) == (
        "reseau",
        "reseau",
        service,
        None,
    )
    message = Message.objects.get(demande=demande, sens="entrant")
    assert (message.expediteur_libelle, message.adresse) == ("Leïla M.", "leila_m")
    assert message.texte.endswith("Publication : https://reseau.example/p1")
    assert demande.is_unread
    assert demande.objet == "Le banc du square est cassé."


def test_the_same_author_in_the_same_thread_goes_on(reseau: Porte) -> None:
    first = recevoir(reseau, POST)
    second = recevoir(reseau, autre(id="p2", texte="Toujours cassé."))
    assert (second.issue, second.demande_id) == (Entree.Issue.RATTACHEE, first.demande_id)


@pytest.mark.parametrize("champs", [{"auteur": {"id": "paul"}}, {"fil": "t10"}])
def test_another_author_or_another_thread_opens_another(reseau: Porte, champs: dict[str, Any]) -> None:
    first = recevoir(reseau, POST)
    second = recevoir(reseau, autre(id="p2", **champs))
    assert second.issue == Entree.Issue.NOUVELLE
    assert second.demande_id != first.demande_id


def test_two_connectors_may_use_the_same_ids(reseau: Porte, ouvrir_porte: Ouvrir) -> None:
    first = recevoir(reseau, POST)
    second = recevoir(ouvrir_porte("reseau", libelle="Autre réseau"), POST)
    assert second.demande_id not in (None, first.demande_id)


def test_the_same_id_is_kept_once(reseau: Porte) -> None:
    first, again = reseau.post(POST), reseau.post(autre(texte="Autre chose"))
    assert (again.json()["entree"], again.json()["deja_recue"]) == (first.json()["entree"], True)
    assert Entree.objects.count() == 1


def test_a_partner_form_finds_the_usager_and_is_answered_by_mail(reseau: Porte, usager: Any) -> None:
    auteur = {"id": "7", "nom": "Samira Ben Amar", "courriel": "Samira@exemple.fr"}
    entree = recevoir(reseau, {"id": "f1", "genre": "formulaire", "auteur": auteur, "texte": "Inscription au repas"})
    demande = Demande.objects.get(pk=entree.demande_id)
    assert (demande.canal, demande.mode_reponse, demande.usager) == ("formulaire", "courriel", usager)


@pytest.mark.parametrize(
    "brut",
    [b"{", b"[]", b'{"id":"x"}', b'{"auteur":{"id":"a"},"texte":""}', b'{"auteur":"a","texte":"b"}',
     b'{"auteur":{"id":["a"]},"texte":"b"}', b"\xff\xfe", b"[" * 50_000],
)  # fmt: skip
def test_what_cannot_be_read_waits_for_a_human_who_may_open_it(reseau: Porte, by: Any, at: Any, brut: bytes) -> None:
    entree = recevoir(reseau, brut)
    assert entree.etat == Entree.Etat.QUARANTAINE
    assert "illisible" in entree.motif
    assert read_courriel(entree).texte
    assert open_from_entree(entree=entree, by=by, at=entree.processed_at).canal == "reseau"


def test_a_rush_of_one_author_waits_for_a_human(reseau: Porte, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("demandes.reception.boucles.MESSAGES_PAR_HEURE", 2)
    issues = [recevoir(reseau, autre(id=f"p{rang}")).issue for rang in range(3)]
    assert issues == ["nouvelle", "rattachee", "quarantaine"]


def test_too_heavy_is_refused_before_anything_is_kept(reseau: Porte) -> None:
    answer = reseau.post(b" " * (OCTETS_MAX + 1))
    assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")
    assert not Entree.objects.exists()


def test_a_wrong_signature_is_refused_and_shown_to_the_administrator(reseau: Porte) -> None:
    answer = reseau.post(POST, signature="v1=00")
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:guichet:probleme:signature-fausse")
    assert "signature" in Connecteur.objects.get(pk=reseau.connecteur.pk).erreur
    assert not Entree.objects.exists()


def test_an_old_message_cannot_be_played_again(reseau: Porte) -> None:
    assert reseau.post(POST, seconds=1_700_000_000).json()["type"].endswith("horodatage-perime")


def test_an_unknown_closed_or_renewed_door_answers_the_same(
    reseau: Porte, ouvrir_porte: Ouvrir, by: Any, at: Any
) -> None:
    closed, renewed = ouvrir_porte("sms"), ouvrir_porte("reseau", libelle="ancien")
    set_active(connecteur=closed.connecteur, is_active=False, by=by, at=at)
    renew_clefs(connecteur=renewed.connecteur, by=by, at=at)
    unknown = Porte(reseau.ville, reseau.connecteur, type(reseau.clefs)("inconnu", "s"))
    bodies = {(each.post(POST).status_code, each.post(POST).content) for each in (closed, renewed, unknown)}
    assert len(bodies) == 1
    assert next(iter(bodies))[0] == 404


def test_a_telephony_connector_opens_no_door_for_messages(ouvrir_porte: Ouvrir) -> None:
    porte = ouvrir_porte("cti")
    elsewhere = Porte(porte.ville, Connecteur(genre="reseau"), porte.clefs)
    assert elsewhere.post(POST).status_code == 404


def test_reading_it_twice_changes_nothing(reseau: Porte) -> None:
    entree = recevoir(reseau, POST)
    lire(reseau.ville, entree.pk)
    assert Demande.objects.count() == 1


def test_the_answer_to_a_post_is_noted_to_be_published(reseau: Porte, ville: Any, agent: Any) -> None:
    pk = recevoir(reseau, POST).demande_id
    client = Client()
    client.force_login(agent)
    page = client.get(f"/c/{ville.slug}/demandes/{pk}/").content.decode()
    assert "Noter la réponse à publier" in page
    form = {"canal": "reseau", "texte": "Réparé demain.", "clef": str(uuid4()), "version": "1"}
    assert client.post(f"/c/{ville.slug}/demandes/{pk}/repondre/", form).status_code == 302
    noted = Message.objects.get(demande_id=pk, sens="sortant")
    assert (noted.canal, noted.envoi_id) == ("reseau", None)
    assert "à publier sur le réseau" in client.get(f"/c/{ville.slug}/demandes/{pk}/").content.decode()


def test_what_a_sealed_service_receives_waits_for_its_own_agents(
    ouvrir_porte: Ouvrir, ccas: Service, ville: Any, agent: Any
) -> None:
    sealed, opened = ouvrir_porte("reseau", service=ccas, libelle="CCAS"), ouvrir_porte("sms")
    hidden, shown = recevoir(sealed, b"{").pk, recevoir(opened, b"{").pk
    theirs = join(ville, "helene@aurelle.example", "Hélène Roussel", ccas, roles=(Role.INSTRUCTEUR,))
    client, page = Client(), f"/c/{ville.slug}/demandes/quarantaine/"
    client.force_login(agent)
    assert (client.get(f"{page}{hidden}/").status_code, client.get(f"{page}{shown}/").status_code) == (404, 200)
    client.force_login(theirs)
    assert client.get(f"{page}{hidden}/").status_code == 200
