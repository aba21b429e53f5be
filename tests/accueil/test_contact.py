"""« Répondu tout de suite », « Orienter »: one form, one contact; undone by its author, soon."""

import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accueil.actions import AnnulationImpossible, Contact, record_contact, undo_contact
from citoyens.models import Interaction, Usager
from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite, Service
from demandes.models import Appel, ContactImmediat, TypeDemande
from journal.models import Evenement

Issue, Canal = ContactImmediat.Issue, ContactImmediat.Canal
Mur = Callable[[], object]
CONTACT = "/c/aurelle/contact/"


def form(**champs: object) -> dict[str, object]:
    return {"clef": str(uuid.uuid4()), "issue": "repondu", "canal": "guichet", "sujet": ""} | champs


def test_a_known_usager_gets_the_contact_in_the_timeline_and_the_journal(
    mur: Mur, samira: Usager, types: dict[str, TypeDemande], by: Acteur, at: datetime
) -> None:
    asked = Contact(Issue.REPONDU, Canal.TELEPHONE, type=types["Carte d'identité"], usager=samira)
    with mur():
        row, is_new = record_contact(contact=asked, clef=uuid.uuid4(), by=by, at=at)
        line = Interaction.objects.get(objet_type="contact")
        event = Evenement.objects.get(objet_type="contact")
    assert is_new
    assert (line.usager_id, line.titre, line.resume) == (
        samira.pk,
        "Appel\u00a0: Carte d'identité",
        "Répondu tout de suite",
    )
    assert (line.domaine, row.domaine) == ("etat_civil", "etat_civil")
    assert (event.verbe, event.objet_id, event.details["canal"]) == ("contact.repondu", row.pk, "telephone")


def test_an_unknown_person_counts_without_a_timeline(mur: Mur, by: Acteur, at: datetime) -> None:
    with mur():
        record_contact(
            contact=Contact(Issue.REPONDU, Canal.GUICHET, precision="Horaires"), clef=uuid.uuid4(), by=by, at=at
        )
        assert ContactImmediat.objects.get().precision == "Horaires"
        assert not Interaction.objects.exists()


def test_a_sealed_service_seals_a_contact_about_an_open_subject(
    mur: Mur,
    samira: Usager,
    services: dict[str, Service],
    types: dict[str, TypeDemande],
    by: Acteur,
    at: datetime,
) -> None:
    asked = Contact(
        Issue.ORIENTE, Canal.GUICHET, type=types["Carte d'identité"], service=services["CCAS"], usager=samira
    )
    with mur():
        record_contact(contact=asked, clef=uuid.uuid4(), by=by, at=at)
        assert Interaction.objects.get(objet_type="contact").domaine == "social"
        assert Evenement.objects.get(objet_type="contact").objet_libelle == ""


def test_a_contact_sent_to_a_sealed_service_is_sealed(
    mur: Mur, samira: Usager, services: dict[str, Service], by: Acteur, at: datetime
) -> None:
    asked = Contact(Issue.ORIENTE, Canal.GUICHET, service=services["CCAS"], usager=samira)
    with mur():
        record_contact(contact=asked, clef=uuid.uuid4(), by=by, at=at)
        assert Interaction.objects.get().domaine == "social"
        assert Interaction.objects.get().resume == "Orienté vers CCAS"


def test_the_same_key_twice_is_one_contact(mur: Mur, samira: Usager, by: Acteur, at: datetime) -> None:
    clef, asked = uuid.uuid4(), Contact(Issue.REPONDU, Canal.GUICHET, usager=samira, precision="Plan de la ville")
    with mur():
        first, _ = record_contact(contact=asked, clef=clef, by=by, at=at)
        second, is_new = record_contact(contact=asked, clef=clef, by=by, at=at)
        assert (first.pk, is_new) == (second.pk, False)
        assert (Interaction.objects.count(), Evenement.objects.filter(objet_type="contact").count()) == (1, 1)


def test_undoing_takes_everything_back_but_the_journal(mur: Mur, samira: Usager, by: Acteur, at: datetime) -> None:
    asked = Contact(Issue.REPONDU, Canal.GUICHET, usager=samira, precision="Plan")
    with mur():
        row, _ = record_contact(contact=asked, clef=uuid.uuid4(), by=by, at=at)
        undo_contact(contact=row, by=by, at=at + timedelta(seconds=110))
        assert not ContactImmediat.objects.exists()
        assert not Interaction.objects.exists()
        verbes = set(Evenement.objects.filter(objet_type="contact").values_list("verbe", flat=True))
        assert verbes == {"contact.repondu", "contact.annule"}


def test_undoing_is_refused_to_another_agent_and_after_two_minutes(
    mur: Mur, by: Acteur, yann: Agent, at: datetime
) -> None:
    with mur():
        row, _ = record_contact(
            contact=Contact(Issue.REPONDU, Canal.GUICHET, precision="Plan"), clef=uuid.uuid4(), by=by, at=at
        )
        with pytest.raises(AnnulationImpossible, match="autre agent"):
            undo_contact(contact=row, by=Acteur("agent", "Yann", agent_id=yann.pk), at=at)
        with pytest.raises(AnnulationImpossible, match="deux minutes"):
            undo_contact(contact=row, by=by, at=at + timedelta(minutes=3))
        assert ContactImmediat.objects.count() == 1


def test_a_free_text_equal_to_a_demarche_counts_as_it(poste: Client, mur: Mur, types: dict[str, TypeDemande]) -> None:
    response = poste.post(CONTACT, form(sujet="carte d’identite"))
    assert response.status_code == 302
    with mur():
        row = ContactImmediat.objects.get()
        assert (row.type_id, row.precision) == (types["Carte d'identité"].pk, "")


def test_a_click_on_a_frequent_subject_is_enough(poste: Client, mur: Mur, types: dict[str, TypeDemande]) -> None:
    poste.post(CONTACT, form(type=types["Lampadaire éteint"].pk))
    with mur():
        assert ContactImmediat.objects.get().type_id == types["Lampadaire éteint"].pk


def test_nothing_said_comes_back_with_a_sentence_and_writes_nothing(poste: Client, mur: Mur) -> None:
    response = poste.post(CONTACT, form(canal="telephone"))
    assert response.status_code == 422
    assert "Dites en un mot ce qui était demandé." in response.content.decode()
    assert 'value="telephone" id="repondu_canal_1" checked' in response.content.decode()
    with mur():
        assert not ContactImmediat.objects.exists()


def test_an_unknown_service_is_refused_and_what_was_typed_is_kept(poste: Client, services: dict[str, Service]) -> None:
    response = poste.post(CONTACT, form(issue="oriente", service="Pompiers"), headers={"HX-Request": "true"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Aucun service ne s&#x27;appelle «\u00a0Pompiers\u00a0»" in page
    assert 'value="Pompiers"' in page
    assert response.headers["HX-Retarget"] == "#contact-oriente"


def test_the_beginning_of_a_service_is_enough_when_it_is_the_only_one(
    poste: Client, mur: Mur, services: dict[str, Service]
) -> None:
    poste.post(CONTACT, form(issue="oriente", service="etat"))
    with mur():
        assert ContactImmediat.objects.get().service_id == services["État civil"].pk


def test_a_person_of_another_town_is_refused(poste: Client, mur: Mur, autre_ville: Collectivite, at: datetime) -> None:
    with collectivite_active(autre_ville.pk):
        stranger = Usager.objects.create(nom="Voisin", created_at=at)
    response = poste.post(CONTACT, form(sujet="Plan", usager=stranger.pk))
    assert response.status_code == 422
    with mur():
        assert not ContactImmediat.objects.exists()


def test_htmx_gets_the_desk_back_with_a_way_to_undo_and_a_new_key(poste: Client, mur: Mur) -> None:
    sent = form(sujet="Horaires de la mairie")
    response = poste.post(CONTACT, sent, headers={"HX-Request": "true"})
    page = response.content.decode()
    with mur():
        row = ContactImmediat.objects.get()
    assert response.status_code == 200
    assert 'id="poste"' in page
    assert "<!doctype" not in page.lower()
    assert str(sent["clef"]) not in page
    assert reverse("accueil:annuler_contact", args=["aurelle", row.pk]) in page


def test_undo_through_the_page_then_too_late(poste: Client, mur: Mur, at: datetime, by: Acteur) -> None:
    poste.post(CONTACT, form(sujet="Horaires"))
    with mur():
        row = ContactImmediat.objects.get()
    undo = reverse("accueil:annuler_contact", args=["aurelle", row.pk])
    assert poste.post(undo).status_code == 302
    assert poste.post(undo).status_code == 404
    with mur():
        old, _ = record_contact(
            contact=Contact(Issue.REPONDU, Canal.GUICHET, precision="Plan"), clef=uuid.uuid4(), by=by,
            at=at - timedelta(minutes=5),
        )  # fmt: skip
    refused = poste.post(reverse("accueil:annuler_contact", args=["aurelle", old.pk]))
    assert refused.status_code == 409
    assert "plus de deux minutes" in refused.content.decode()


def test_undo_never_answers_to_a_get(poste: Client) -> None:
    assert poste.get("/c/aurelle/contact/1/annuler/").status_code == 405


def test_the_administrator_notes_no_contact(client: Client, paul: Agent) -> None:
    client.force_login(paul)
    assert client.get(CONTACT).status_code == 403
    assert client.post(CONTACT, form(sujet="Plan")).status_code == 403


def test_the_form_exists_without_script(poste: Client, services: dict[str, Service]) -> None:
    page = poste.get(f"{CONTACT}?issue=oriente").content.decode()
    assert "Orienter vers un service" in page
    assert '<option value="État civil">' in page
    assert poste.get(f"{CONTACT}?issue=autre&usager=x").status_code == 200


def test_a_contact_on_the_phone_ends_the_call_and_keeps_its_length(
    poste: Client, mur: Mur, types: dict[str, TypeDemande]
) -> None:
    poste.post("/c/aurelle/demandes/appels/commencer/")
    assert poste.post(CONTACT, form(canal="telephone", sujet="Horaires de la mairie")).status_code == 302
    with mur():
        assert Appel.objects.get().etat == "termine"
        assert re.fullmatch(r"Horaires de la mairie \(appel de \d\u00a0s\)", ContactImmediat.objects.get().precision)
