"""A demande that becomes sealed takes what was already written about it behind the seal."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from citoyens.models import Interaction, Usager
from collectivites.acteur import Acteur
from collectivites.models import Service
from demandes.actions import assign, qualify, receive_message
from demandes.models import Demande, TypeDemande
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
