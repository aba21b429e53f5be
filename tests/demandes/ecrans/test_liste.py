"""The inbox through HTTP: its views, its filters, its pages, its budget; what must not appear."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from collectivites.acteur import Acteur
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite, Service
from collectivites.permissions import Role
from demandes.actions import close, open_demande
from demandes.models import Demande, TypeDemande
from tests.demandes.conftest import Ouvrir, join
from tests.demandes.ecrans.conftest import count_queries, url

pytestmark = pytest.mark.django_db


def test_the_inbox_opens_on_the_service(poste: Client, demande: Demande) -> None:
    answer = poste.get(url("liste"))
    assert answer.status_code == 200
    page = answer.content.decode()
    assert demande.objet in page
    assert 'aria-current="page">Mon service <span class="nombre">1</span>' in page


def test_htmx_gets_the_rows_only(poste: Client, demande: Demande) -> None:
    page = poste.get(url("liste"), headers={"HX-Request": "true"}).content.decode()
    assert page.strip().startswith('<div id="lignes"')
    assert demande.numero in page


@pytest.mark.parametrize("vue", ["a_qualifier", "moi", "service", "en_retard", "toutes", "closes"])
def test_each_view_shows_its_own(
    poste: Client, ouvrir: Ouvrir, vue: str, agent: Agent, service: Service, by: Acteur, at: datetime
) -> None:
    ouvrir(objet="Sans type", type=None)
    mine = ouvrir(objet="À moi")
    Demande.objects.filter(pk=mine.pk).update(agent=agent)
    late = ouvrir(objet="En retard")
    Demande.objects.filter(pk=late.pk).update(echeance_at=at - timedelta(days=2))
    close(demande=ouvrir(objet="Finie"), version=1, issue="satisfaite", by=by, at=at)
    expected = {
        "a_qualifier": {"Sans type"},
        "moi": {"À moi"},
        "service": {"À moi", "En retard"},
        "en_retard": {"En retard"},
        "toutes": {"Sans type", "À moi", "En retard", "Finie"},
        "closes": {"Finie"},
    }
    rows = poste.get(url("liste"), {"vue": vue}).context["lignes"]
    assert {demande.objet for demande, *_ in rows} == expected[vue]


def test_filters_add_up(poste: Client, ouvrir: Ouvrir, type_eclairage: TypeDemande, type_social: TypeDemande) -> None:
    ouvrir(objet="Banc cassé", description="", canal="guichet")
    ouvrir(objet="Lampadaire cassé", canal="guichet")
    ouvrir(objet="Lampadaire éteint")

    def titles(**query: object) -> list[str]:
        rows = poste.get(url("liste"), {"vue": "toutes"} | query).context["lignes"]
        return [demande.objet for demande, *_ in rows]

    assert titles(texte="lampadaire", canal="guichet") == ["Lampadaire cassé"]
    assert titles(type=type_eclairage.pk, texte="banc") == ["Banc cassé"]
    assert titles(type=type_social.pk) == []
    assert len(titles(type="x", service="'", agent="9" * 30, canal="pigeon", apres="hier_2", vue_="?")) == 3


def test_pages_go_forth_and_back_by_key(poste: Client, ouvrir: Ouvrir, at: datetime) -> None:
    made = [ouvrir(objet=f"N° {n}", received_at=at - timedelta(hours=n)).objet for n in range(55)]
    first = poste.get(url("liste"), {"vue": "toutes"})
    assert [demande.objet for demande, *_ in first.context["lignes"]] == made[:50]
    assert first.context["precedent"] == ""
    second = poste.get(url("liste") + first.context["suivant"])
    assert [demande.objet for demande, *_ in second.context["lignes"]] == made[50:]
    assert second.context["suivant"] == ""
    back = poste.get(url("liste") + second.context["precedent"])
    assert [demande.objet for demande, *_ in back.context["lignes"]] == made[:50]
    assert back.context["precedent"] == ""


def test_what_is_late_comes_by_deadline(poste: Client, ouvrir: Ouvrir, at: datetime) -> None:
    for days in (1, 3, 2):
        late = ouvrir(objet=f"{days} jours")
        Demande.objects.filter(pk=late.pk).update(echeance_at=at - timedelta(days=days))
    rows = poste.get(url("liste"), {"vue": "en_retard"}).context["lignes"]
    assert [demande.objet for demande, *_ in rows] == ["3 jours", "2 jours", "1 jours"]


@pytest.mark.parametrize("rows", [1, 30])
def test_the_inbox_asks_ten_questions_whatever_its_length(poste: Client, ouvrir: Ouvrir, rows: int) -> None:
    for n in range(rows):
        ouvrir(objet=f"N° {n}")
    with CaptureQueriesContext(connection) as captured:
        poste.get(url("liste"), {"vue": "toutes", "texte": "lampadaire semaine"})
    assert count_queries(captured) <= 11  # ten, and the search asked for
    with CaptureQueriesContext(connection) as captured:
        poste.get(url("liste"), {"vue": "toutes"})
    assert count_queries(captured) <= 10


def test_a_sealed_demande_is_not_in_the_inbox_and_its_page_does_not_exist(
    poste: Client, ouvrir: Ouvrir, type_social: TypeDemande
) -> None:
    sealed = ouvrir(objet="Aide alimentaire", type=type_social)
    assert "Aide alimentaire" not in poste.get(url("liste"), {"vue": "toutes"}).content.decode()
    assert poste.get(url("fiche", sealed.pk)).status_code == 404
    assert poste.post(url("repondre", sealed.pk), {"texte": "x"}).status_code == 404


def test_another_town_does_not_exist(poste: Client, at: datetime, by: Acteur) -> None:
    other = Collectivite.objects.create(slug="valmont", nom="Valmont")
    with collectivite_active(other.pk):
        theirs = open_demande(objet="Valmont", description="", canal="guichet", mode_reponse="sur_place",
                              received_at=at, by=by, at=at)  # fmt: skip
    assert poste.get(url("fiche", theirs.pk)).status_code == 404
    assert poste.get(reverse("demandes:liste", args=["valmont"])).status_code == 404


def test_an_administrator_reads_no_demande(client_de, ville: Collectivite, demande: Demande) -> None:
    admin = join(ville, "admin@aurelle.example", "Ada Min", roles=(Role.ADMINISTRATEUR,))
    browser = client_de(admin)
    assert browser.get(url("liste")).status_code == 403
    assert browser.get(url("fiche", demande.pk)).status_code == 403
