"""Templates called by « :: », drafts that belong to each, who else is looking."""

import pytest
from django.test import Client
from django.utils import timezone

from collectivites.models import Agent, Collectivite, Service
from collectivites.permissions import Role
from demandes.models import Brouillon, Demande, ModeleReponse, TypeDemande
from tests.demandes.conftest import Ouvrir, join
from tests.demandes.ecrans.conftest import url

pytestmark = pytest.mark.django_db
MODELE = {
    "titre": "Réparation prévue",
    "raccourci": "eclairage",
    "corps": "Bonjour {{ usager }}, dossier {{ numero }}.",
}


@pytest.fixture
def modele(ville: Collectivite, type_eclairage: TypeDemande) -> ModeleReponse:
    return ModeleReponse.objects.create(**MODELE, type=type_eclairage, updated_at=timezone.now())


@pytest.fixture
def administrateur(ville: Collectivite, service: Service) -> Client:
    client = Client()
    client.force_login(join(ville, "admin@aurelle.example", "Paul Nguyen", service, roles=(Role.ADMINISTRATEUR,)))
    return client


def test_a_shortcut_proposes_the_text_filled(poste: Client, demande: Demande, modele: ModeleReponse) -> None:
    page = poste.get(url("modeles_proposes", demande.pk), {"q": "ecl"}).content.decode()
    assert f"dossier {demande.numero}." in page
    assert "Aucun modèle" in poste.get(url("modeles_proposes", demande.pk), {"q": "zzz"}).content.decode()


def test_templates_of_another_type_are_not_proposed(
    poste: Client, demande: Demande, modele: ModeleReponse, type_social: TypeDemande
) -> None:
    ModeleReponse.objects.filter(pk=modele.pk).update(type=type_social)
    assert modele.titre not in poste.get(url("modeles_proposes", demande.pk)).content.decode()


def test_without_javascript_the_text_is_added_to_what_was_typed(
    poste: Client, demande: Demande, modele: ModeleReponse
) -> None:
    typed = {"texte": "Déjà écrit.", "canal": "note"}
    choice = poste.post(url("inserer", demande.pk), typed).content.decode()
    assert 'value="Déjà écrit."' in choice
    page = poste.post(url("inserer", demande.pk), typed | {"modele": "eclairage"}).content.decode()
    assert "Déjà écrit.\n\nBonjour" in page


def test_a_reply_with_a_hole_does_not_leave(poste: Client, ouvrir: Ouvrir, modele: ModeleReponse) -> None:
    demande = ouvrir(usager=None)
    hole = "Bonjour [à compléter\u00a0: nom de l'usager],"
    answer = poste.post(url("repondre", demande.pk), {"texte": hole, "canal": "telephone", "version": demande.version})
    assert answer.status_code == 422
    assert "rien n'est parti" in answer.content.decode().replace("&#x27;", "'")
    assert hole in answer.content.decode().replace("&#x27;", "'")
    assert demande.messages.filter(sens="sortant", is_automatique=False).count() == 0


def test_a_template_is_counted_when_its_reply_leaves(poste: Client, demande: Demande, modele: ModeleReponse) -> None:
    sent = {"texte": "Bonjour.", "canal": "telephone", "version": demande.version, "modele": "eclairage"}
    assert poste.post(url("repondre", demande.pk), sent).status_code == 302
    modele.refresh_from_db()
    assert modele.utilisations == 1


@pytest.mark.parametrize(
    ("corps", "sentence"),
    [
        ("Bonjour {{ prenom }}", "La variable « prenom » n'existe pas ici."),
        ("Merci de confirmer votre demande par courrier.", "L112-8"),
        ("Bonjour {% now %}", "deux accolades"),
    ],
)
def test_a_wrong_template_is_refused_with_what_was_typed(administrateur: Client, corps: str, sentence: str) -> None:
    answer = administrateur.post(url("modele_nouveau"), MODELE | {"corps": corps})
    assert answer.status_code == 422
    page = answer.content.decode().replace("&#x27;", "'")
    assert sentence in page
    assert corps in page
    assert not ModeleReponse.objects.exists()


def test_a_template_is_written_then_changed(administrateur: Client) -> None:
    assert administrateur.post(url("modele_nouveau"), MODELE | {"is_active": "on"}).status_code == 302
    made = ModeleReponse.objects.get()
    again = administrateur.post(url("modele", made.pk), MODELE | {"titre": "Autre", "is_active": "on"})
    assert again.status_code == 302
    assert "::eclairage" in administrateur.get(url("modeles")).content.decode()


def test_each_agent_has_a_draft_and_sees_that_another_has_one(
    poste: Client, demande: Demande, ville: Collectivite, service: Service, agent: Agent
) -> None:
    yann = join(ville, "yann@aurelle.example", "Yann Le Goff", service, roles=(Role.INSTRUCTEUR,))
    other = Client()
    other.force_login(yann)
    keep = {"texte": "Je prépare", "canal": "note"}
    assert other.post(url("brouillon", demande.pk), keep, headers={"X-Guichet-Brouillon": "1"}).status_code == 204
    assert poste.post(url("brouillon", demande.pk), {"texte": "Moi aussi"}).status_code == 302
    assert {(draft.agent_id, draft.texte) for draft in Brouillon.objects.all()} == {
        (yann.pk, "Je prépare"),
        (agent.pk, "Moi aussi"),
    }
    page = poste.get(url("fiche", demande.pk)).content.decode()
    assert "Moi aussi" in page
    assert "Je prépare" not in page
    assert "Yann Le Goff a un brouillon" in poste.post(url("presence", demande.pk)).content.decode()


def test_a_sent_reply_drops_the_draft(poste: Client, demande: Demande) -> None:
    poste.post(url("brouillon", demande.pk), {"texte": "Bonjour"})
    poste.post(url("repondre", demande.pk), {"texte": "Bonjour.", "canal": "telephone", "version": demande.version})
    assert not Brouillon.objects.exists()


def test_presence_names_who_writes_and_forgets_who_left(
    poste: Client, demande: Demande, ville: Collectivite, service: Service
) -> None:
    other = Client()
    other.force_login(join(ville, "yann@aurelle.example", "Yann Le Goff", service, roles=(Role.INSTRUCTEUR,)))
    other.post(url("presence", demande.pk), {"fait": "ecrit"})
    assert "Yann Le Goff est en train d&#x27;écrire" in poste.post(url("presence", demande.pk)).content.decode()
    other.post(url("presence", demande.pk), {"fait": ""})
    assert "Yann" not in poste.post(url("presence", demande.pk)).content.decode()
