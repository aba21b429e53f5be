"""The menu: what each role may open, one figure, one query."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accueil.navigation import PLAFOND, Reperes, build_menu, load_reperes
from collectivites.acces import Acces
from collectivites.models import Agent, Collectivite, Rattachement
from collectivites.permissions import Role
from demandes.models import Demande, Entree, TypeDemande

Trouver = Callable[[Agent], Acces]
Mur = Callable[[], object]
OLD = timedelta(days=20)
ONE = "1\u00a0message à trier"


def names(acces: Acces) -> list[str]:
    return [each["libelle"] for each in build_menu(acces, chemin="/c/aurelle/", reperes=Reperes())]


def test_each_role_sees_what_it_may_open_and_nothing_else(claire: Agent, paul: Agent, acces: Trouver) -> None:
    assert names(acces(claire)) == [
        "Accueil", "Demandes", "Rendez-vous", "Appels", "Quarantaine", "Courrier", "Usagers", "Envois",
    ]  # fmt: skip
    assert names(acces(paul)) == ["Accueil", "Envois", "Journal", "Satisfaction", "Réglages"]


def test_the_current_entry_is_the_longest_that_fits(claire: Agent, acces: Trouver) -> None:
    menu = build_menu(acces(claire), chemin="/c/aurelle/demandes/12/", reperes=Reperes())
    assert [each["libelle"] for each in menu if each["actif"]] == ["Demandes"]
    menu = build_menu(acces(claire), chemin="/c/aurelle/profil/", reperes=Reperes())
    assert not [each["libelle"] for each in menu if each["actif"]]


def test_every_entry_answers(poste: Client, claire: Agent, paul: Agent, acces: Trouver) -> None:
    for agent in (claire, paul):
        poste.force_login(agent)
        for each in build_menu(acces(agent), chemin="/", reperes=Reperes()):
            assert poste.get(each["url"]).status_code == 200, each["libelle"]


def test_late_demandes_are_counted_in_one_query_without_the_sealed_ones(
    claire: Agent, acces: Trouver, mur: Mur, types: dict[str, TypeDemande], at: datetime,
    ouvrir: Callable[..., Demande], django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    ouvrir("Lampadaire", type=types["Lampadaire éteint"], received_at=at - OLD)
    ouvrir("Aide", type=types["Aide d'urgence"], received_at=at - OLD)
    ouvrir("À l'heure", type=types["Lampadaire éteint"])
    with mur():
        rights = acces(claire)
        assert rights.domaines  # one query for the services
        with django_assert_num_queries(1):
            assert load_reperes(rights, at=at).retards == 1


def test_an_instructor_counts_their_own_services(
    yann: Agent, acces: Trouver, mur: Mur, types: dict[str, TypeDemande], at: datetime, ouvrir: Callable[..., Demande]
) -> None:
    ouvrir("Lampadaire", type=types["Lampadaire éteint"], received_at=at - OLD)
    ouvrir("Carte", type=types["Carte d'identité"], received_at=at - OLD)
    with mur():
        assert load_reperes(acces(yann), at=at).retards == 1


def test_a_badge_says_its_words_and_stops_counting(claire: Agent, acces: Trouver) -> None:
    def badge(late: int) -> dict[str, object]:
        menu = build_menu(acces(claire), chemin="/", reperes=Reperes(retards=late))
        return next(each for each in menu if each["libelle"] == "Demandes")

    assert "badge" not in badge(0)
    assert (badge(1)["badge"], badge(1)["badge_libelle"], badge(1)["ton"]) == (
        "1",
        "1\u00a0demande en retard",
        "retard",
    )
    assert badge(PLAFOND)["badge_libelle"] == "99+\u00a0demandes en retard"


def test_messages_to_sort_are_counted(claire: Agent, acces: Trouver, mur: Mur, at: datetime) -> None:
    with mur():
        Entree.objects.create(
            canal="courriel", externe_id="x", empreinte="x", brut="x", octets=1, etat="quarantaine", received_at=at
        )
        reperes = load_reperes(acces(claire), at=at)
    menu = build_menu(acces(claire), chemin="/", reperes=reperes)
    assert [each.get("badge_libelle") for each in menu if each["libelle"] == "Quarantaine"] == [
        "1\u00a0message à trier"
    ]


def test_a_second_town_is_seen(
    claire: Agent, acces: Trouver, mur: Mur, autre_ville: Collectivite, at: datetime
) -> None:
    with mur():
        assert not load_reperes(acces(claire), at=at).has_autre_ville
    Rattachement.objects.create(agent=claire, collectivite=autre_ville, roles=[Role.ACCUEIL])
    with mur():
        assert load_reperes(acces(claire), at=at).has_autre_ville


def test_a_fragment_pays_nothing_for_the_menu(
    poste: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    page = poste.get("/c/aurelle/recherche/?q=b", headers={"HX-Request": "true"}).content.decode()
    assert "Principale" not in page
    with django_assert_num_queries(7):  # session, agent, rattachement, and the four statements of the wall
        poste.get("/c/aurelle/recherche/?q=b", headers={"HX-Request": "true"})


def test_a_page_of_refusal_is_drawn_without_the_wall(client: Client, paul: Agent) -> None:
    client.force_login(paul)
    assert client.get("/c/aurelle/?usager=1").status_code == 403
