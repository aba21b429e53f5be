"""What demandes tell the floors below: live states, panel of the 360° page, sentences, fate of messages."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from citoyens.models import Usager
from citoyens.panneaux import etats_vivants, panneaux
from collectivites.acces import Acces
from collectivites.acteur import Acteur
from collectivites.menu import entrees
from collectivites.models import Collectivite
from collectivites.permissions import Role
from collectivites.reglages import declares
from demandes.actions import assign, close, move
from demandes.models import Demande, TypeDemande
from demandes.phrases import PHRASES
from journal.models import Evenement
from journal.phrases import pages, tell
from messagerie.suites import objets, suites
from tests.demandes.conftest import Ouvrir, acces_of, join

pytestmark = pytest.mark.django_db


def test_everything_is_registered() -> None:
    assert etats_vivants.get("demande")
    assert panneaux.get("demandes")
    assert suites.get("demande")
    assert objets.get("demande")
    assert pages.get("demande")("aurelle", 12) == "/c/aurelle/demandes/12/"
    assert entrees.get("types_demande")
    assert declares.get("demande.reouverture_jours").defaut == 30


def test_live_states_are_words_in_one_query(
    ouvrir: Ouvrir, acces: Acces, type_social: TypeDemande, by: Acteur, at: datetime
) -> None:
    waiting, late, done, closed, sealed = (ouvrir() for _ in range(5))
    move(demande=waiting, version=1, etat="en_attente_usager", by=by, at=at)
    move(demande=done, version=1, etat="traitee", by=by, at=at)
    close(demande=closed, version=1, issue="satisfaite", by=by, at=at)
    Demande.objects.filter(pk=late.pk).update(echeance_at=at - timedelta(days=2))
    Demande.objects.filter(pk=sealed.pk).update(domaine="social")
    to_qualify = ouvrir(type=None)
    asked = [each.pk for each in (waiting, late, done, closed, sealed, to_qualify)]
    with CaptureQueriesContext(connection) as captured:
        acces.services  # noqa: B018 known by the page already
        found = etats_vivants.get("demande")(acces, asked, at)
    assert len(captured) <= 2
    assert [(found[pk].libelle, found[pk].ton) for pk in asked] == [
        ("en attente de l'usager", "neutre"),
        ("en retard de 2\u00a0j", "retard"),
        ("traitée", "bon"),
        ("close, satisfaite", "neutre"),
        ("à traiter", "info"),
        ("à qualifier", "alerte"),
    ]
    assert found[late.pk].url == f"/c/aurelle/demandes/{late.pk}/"
    assert found[sealed.pk].url == ""  # its state, not its content


def test_an_administrator_sees_states_without_links(ville: Collectivite, demande: Demande, at: datetime) -> None:
    admin = join(ville, "admin@aurelle.example", "Ada Min", roles=(Role.ADMINISTRATEUR,))
    assert etats_vivants.get("demande")(acces_of(admin, ville), [demande.pk], at)[demande.pk].url == ""


def test_the_panel_shows_open_demandes_the_agent_may_read(
    ouvrir: Ouvrir, acces: Acces, usager: Usager, type_social: TypeDemande, by: Acteur, at: datetime
) -> None:
    shown = ouvrir(objet="Lampadaire éteint")
    ouvrir(objet="Aide alimentaire", type=type_social)
    close(demande=ouvrir(objet="Finie"), version=1, issue="satisfaite", by=by, at=at)
    panneau = panneaux.get("demandes")
    page = render_to_string(panneau.template, panneau.load(acces, usager.pk, at))
    assert shown.numero in page
    assert "Aide alimentaire" not in page
    assert "Finie" not in page


def test_an_empty_panel_says_so(acces: Acces, usager: Usager, at: datetime) -> None:
    panneau = panneaux.get("demandes")
    assert "Aucune demande ouverte" in render_to_string(panneau.template, panneau.load(acces, usager.pk, at))


def test_every_verb_written_has_a_sentence(demande: Demande, service, agent, by: Acteur, at: datetime) -> None:
    mine = assign(demande=demande, version=1, service=service, agent=agent, by=by, at=at)
    close(demande=mine, version=2, issue="hors_competence", by=by, at=at)
    told = [tell(line) for line in Evenement.objects.about("demande", demande.pk).order_by("pk")]
    assert told == [
        "demande reçue par courriel", "accusé d'enregistrement par courriel", "prise en charge",
        "close : hors compétence",
    ]  # fmt: skip


@pytest.mark.parametrize("verbe", PHRASES)
def test_a_sentence_never_breaks_on_an_old_line(ville: Collectivite, verbe: str) -> None:
    assert tell(Evenement(verbe=verbe, details={})).strip()
    assert tell(Evenement(verbe=verbe, details={"issue": "disparue", "apres": "disparu", "canal": "pigeon"})).strip()


def test_the_text_of_a_message_follows_the_seal_of_its_demande(
    ouvrir: Ouvrir, acces: Acces, demande: Demande, type_social: TypeDemande
) -> None:
    can_read = objets.get("demande").can_read
    assert can_read(acces, demande.pk)
    assert not can_read(acces, ouvrir(type=type_social).pk)
