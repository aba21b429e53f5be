"""A demande that becomes sealed takes what was already written about it behind the seal."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accueil.actions import Contact, record_contact
from citoyens.models import Interaction, Usager
from collectivites.acteur import Acteur
from collectivites.actions import save_service
from collectivites.models import Service
from demandes import scelles
from demandes.actions import assign, qualify, receive_message
from demandes.actions.attributs import restore
from demandes.actions.fusion import merge_demandes
from demandes.models import ContactImmediat, Demande, RechercheDemande, TypeDemande
from journal.models import Evenement
from journal.phrases import tell
from tests.demandes.conftest import Ouvrir
from tests.demandes.ecrans.conftest import url

pytestmark = pytest.mark.django_db
SECRET = "Je ne mange plus depuis trois jours."


@pytest.fixture
def arrivee(ouvrir: Ouvrir, by: Acteur, at: datetime) -> Demande:
    """An e-mail nobody has qualified yet, and a second one."""
    opened = ouvrir(objet="Besoin urgent", description=SECRET, type=None)
    receive_message(demande=opened, canal="courriel", texte=f"{SECRET} Merci.", by=by, at=at)
    return Demande.objects.get(pk=opened.pk)


def test_qualifying_seals_the_rows_already_in_the_timeline(
    arrivee: Demande, usager: Usager, type_social: TypeDemande, by: Acteur, at: datetime, client: Client, agent: object
) -> None:
    client.force_login(agent)  # type: ignore[arg-type]
    fiche = reverse("citoyens:fiche", args=["aurelle", usager.pk])
    assert SECRET in client.get(fiche).content.decode()
    qualify(demande=arrivee, version=arrivee.version, type=type_social, service=None, priorite=0, by=by, at=at)
    assert set(Interaction.objects.values_list("domaine", flat=True)) == {"social"}
    page = client.get(fiche).content.decode()
    assert SECRET not in page
    assert "Besoin urgent" not in page


def test_sending_to_a_sealed_service_seals_them_too(arrivee: Demande, ccas: Service, by: Acteur, at: datetime) -> None:
    assign(demande=arrivee, version=arrivee.version, service=ccas, agent=None, by=by, at=at)
    assert set(Interaction.objects.values_list("domaine", flat=True)) == {"social"}


def test_the_journal_does_not_say_what_a_sealed_demande_asks(
    arrivee: Demande, type_social: TypeDemande, by: Acteur, at: datetime
) -> None:
    qualify(demande=arrivee, version=arrivee.version, type=type_social, service=None, priorite=0, by=by, at=at)
    line = Evenement.objects.get(verbe="demande.qualifiee")
    assert type_social.libelle not in f"{line.details} {tell(line)}"
    assert "Action sociale (CCAS)" in tell(line)


def test_whoever_seals_a_demande_is_not_sent_to_a_page_they_no_longer_read(
    arrivee: Demande, type_social: TypeDemande, client: Client, agent: object
) -> None:
    client.force_login(agent)  # type: ignore[arg-type]
    typed = {"type": type_social.pk, "version": arrivee.version, "priorite": 0}
    answer = client.post(url("qualifier", arrivee.pk), typed, follow=True)
    assert answer.status_code == 200
    assert "Demande qualifiée" in answer.content.decode()
    assert client.get(url("fiche", arrivee.pk)).status_code == 404


def change(service: Service, domaine: str, by: Acteur, at: datetime) -> None:
    service.domaine = domaine
    save_service(service=service, by=by, at=at)


def test_a_service_sealed_seals_its_demandes_with_their_timeline_and_what_was_merged_into_them(
    ouvrir: Ouvrir, service: Service, ccas: Service, type_eclairage: TypeDemande, type_social: TypeDemande,
    by: Acteur, at: datetime,
) -> None:  # fmt: skip
    une, fondue = ouvrir(type=type_eclairage, description=SECRET), ouvrir(type=None)
    sociale, ailleurs = ouvrir(type=type_social, service=service), ouvrir(type=None)
    merge_demandes(
        conservee=une, absorbee=fondue, version_conservee=une.version, version_absorbee=fondue.version, by=by, at=at
    )
    une.refresh_from_db()
    Demande.objects.filter(pk=fondue.pk).update(service=None)
    Demande.objects.filter(pk=ailleurs.pk).update(service=None)
    change(service, "securite", by, at)
    read = dict(Demande.objects.values_list("pk", "domaine"))
    assert read == {une.pk: "securite", fondue.pk: "securite", sociale.pk: "social", ailleurs.pk: "general"}
    assert read == dict(RechercheDemande.objects.values_list("demande_id", "domaine"))
    timeline = Interaction.objects.filter(objet_type="demande", objet_id=une.pk)
    assert set(timeline.values_list("domaine", flat=True)) == {"securite"}
    assert Demande.objects.get(pk=une.pk).version == une.version + 1  # a page open meanwhile is out of date
    assert tell(Evenement.objects.get(verbe="demande.domaine")) == "domaine de 1 demande(s) changé"
    change(service, "social", by, at)
    assert Demande.objects.get(pk=une.pk).domaine == "social"


def test_a_service_opened_opens_nothing_that_was_said_under_the_seal(
    ouvrir: Ouvrir, service: Service, by: Acteur, at: datetime
) -> None:
    libre = ouvrir(type=None, service=service)
    assert libre.domaine == "cadre_de_vie"
    change(service, "urbanisme", by, at)
    assert Demande.objects.get(pk=libre.pk).domaine == "urbanisme"
    change(service, "social", by, at)
    change(service, "urbanisme", by, at)
    assert Demande.objects.get(pk=libre.pk).domaine == "social"


def test_a_contact_at_the_counter_goes_behind_the_seal_of_its_service(
    usager: Usager, service: Service, by: Acteur, at: datetime
) -> None:
    said = Contact(type=None, service=service, usager=usager, canal="guichet", issue="oriente", precision=SECRET)
    record_contact(contact=said, clef=uuid4(), by=by, at=at)
    change(service, "social", by, at)
    assert ContactImmediat.objects.get().domaine == "social"
    assert Interaction.objects.get(objet_type="contact").domaine == "social"


def test_a_gesture_undone_takes_what_hangs_on_the_demande_along(
    arrivee: Demande, by: Acteur, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[list[int], str]] = []
    monkeypatch.setattr(scelles, "scelles", [lambda ids, domaine, *_: told.append((ids, domaine))])
    restore(demande=arrivee, version=arrivee.version, champs={"domaine": "social"}, by=by, at=at)
    assert told == [([arrivee.pk], "social")]
