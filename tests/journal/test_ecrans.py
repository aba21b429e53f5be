"""The journal on screen: sentences, filters, pages, readings, export; closed to those who have no business there."""

import csv
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.test import Client
from django.urls import reverse

from collectivites.acteur import AUTOMATE, Acteur
from collectivites.cloison import collectivite_active
from collectivites.models import Agent, Collectivite, Rattachement
from collectivites.permissions import Role
from journal.actions import record, record_reading
from journal.models import Consultation, Evenement
from journal.phrases import declare, phrases, tell


def url(**asked: object) -> str:
    return reverse("journal:liste", args=["aurelle"], query=asked or None)  # type: ignore[call-arg]


def write(by: Acteur, at: datetime, verbe: str = "usager.cree", **champs: object) -> Evenement:
    options = {"objet_type": "usager", "objet_id": 12, "libelle": ""} | champs
    return record(verbe=verbe, by=by, at=at, **options)  # type: ignore[arg-type]


def text(response: object) -> str:
    return response.content.decode().replace("&#x27;", "'")  # type: ignore[attr-defined]


def ask(client: Client, **asked: object) -> str:
    response = client.get(reverse("journal:liste", args=["aurelle"]), asked)
    assert response.status_code == 200, response.context["form"].errors
    return text(response)


def test_each_line_says_who_did_what_to_what(client: Client, by: Acteur, at: datetime) -> None:
    write(by, at)
    write(by, at, "usager.modifie", champs=["nom", "naissance_on"])
    write(AUTOMATE, at, "demande.ouverte", objet_type="demande", objet_id=4, libelle="DEM-2026-0004")
    write(by, at, "verbe.inconnu", objet_type="chose", objet_id=1)
    page = ask(client)
    for shown in ("Nadia Roux", "Fiche d'usager créée", "Identité modifiée\u00a0: nom, date de naissance", "Guichet",
                  "DEM-2026-0004", "Verbe.inconnu", "chose n°\u00a01", 'href="/c/aurelle/usagers/12/"'):  # fmt: skip
        assert shown in page


def test_filters_narrow_the_lines(client: Client, by: Acteur, at: datetime, agent: Agent) -> None:
    other = Agent.objects.create_user("yann@aurelle.example", prenom="Yann", nom="Le Goff")
    Rattachement.objects.create(collectivite_id=Collectivite.objects.get().pk, agent=other, roles=[Role.ACCUEIL])
    write(by, at, libelle="a1")
    write(by, at, "service.cree", libelle="A2", objet_type="service")
    write(Acteur(nature="agent", libelle="Yann", agent_id=other.pk), at, libelle="a3", objet_id=99)
    write(by, at - timedelta(days=2), libelle="a4")

    def labels(**asked: object) -> set[str]:
        return set(re.findall(r">([aA]\d)<", ask(client, **asked)))

    assert labels() == {"a1", "A2", "a3", "a4"}
    assert labels(agent=agent.pk) == {"a1", "A2", "a4"}
    assert labels(verbe="service.cree") == {"A2"}
    assert labels(usager=99) == {"a3"}
    assert labels(objet=" a2 ") == {"A2"}
    assert labels(du="2026-11-20", au="2026-11-21") == {"a1", "A2", "a3"}
    assert labels(au="2026-11-19") == {"a4"}
    assert labels(du="2026-11-22") == set()


@pytest.mark.parametrize(
    "asked",
    [{"agent": "x"}, {"agent": "999999"}, {"verbe": "nimporte"}, {"usager": "-1"}, {"usager": "9" * 30},
     {"du": "hier"}, {"du": "2026-11-21", "au": "2026-11-20"}, {"quoi": "tout"}],
)  # fmt: skip
def test_a_filter_that_makes_no_sense_is_said(asked: dict[str, str], client: Client, by: Acteur, at: datetime) -> None:
    write(by, at)
    response = client.get(reverse("journal:liste", args=["aurelle"]), asked)
    assert response.status_code == 422
    assert 'class="champ-erreur"' in text(response)
    assert "Fiche d'usager créée" not in text(response)


def test_pages_follow_one_another_without_a_gap_nor_a_double(client: Client, by: Acteur, at: datetime) -> None:
    for n in range(120):
        write(by, at - timedelta(seconds=n // 4), libelle=f"l{n:03d}")
    seen: list[str] = []
    following: str | None = reverse("journal:liste", args=["aurelle"]) + "?verbe=usager.cree"
    while following:
        page = text(client.get(following))
        seen += re.findall(r">(l\d{3})<", page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        following = older[1].replace("&amp;", "&") if older else None
    assert len(seen) == len(set(seen)) == 120


def test_who_read_a_profile_is_listed(client: Client, at: datetime, agent: Agent) -> None:
    for usager in (12, 13):
        record_reading(vue=Consultation.Vue.PROFIL, agent_id=agent.pk, usager_id=usager, at=at, motif="Accueil")
    record_reading(vue=Consultation.Vue.PIECE, agent_id=987654, objet_id=5, at=at)
    page = ask(client, quoi="lectures", usager=12)
    assert "Lecture\u00a0: Page 360° (Accueil)" in page
    assert "usager n° 12" in page
    assert "usager n° 13" not in page
    everything = ask(client, quoi="lectures")
    assert "agent n° 987654" in everything
    assert "objet n° 5" in everything


def test_another_town_has_its_own_journal(client: Client, by: Acteur, at: datetime) -> None:
    elsewhere = Collectivite.objects.create(slug="valmont", nom="Valmont")
    with collectivite_active(elsewhere.pk):
        write(by, at, libelle="secret-valmont")
    assert "secret-valmont" not in ask(client)


@pytest.mark.parametrize("role", [Role.ACCUEIL, Role.INSTRUCTEUR])
def test_the_journal_is_closed_without_its_permission(role: str, client: Client, rattachement: Rattachement) -> None:
    Rattachement.objects.filter(pk=rattachement.pk).update(roles=[role])
    assert client.get(reverse("journal:liste", args=["aurelle"])).status_code == 403
    assert client.post(reverse("journal:exporter", args=["aurelle"])).status_code == 403


def export(client: Client, **asked: object) -> list[list[str]]:
    response = client.post(reverse("journal:exporter", args=["aurelle"]), asked)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="journal-aurelle-')
    content = response.content.decode()
    assert content.startswith("\ufeff")
    return list(csv.reader(StringIO(content[1:]), delimiter=";"))


def test_the_export_holds_what_the_filter_shows_and_is_told(client: Client, by: Acteur, at: datetime) -> None:
    write(by, at, libelle="a1")
    write(by, at, "service.cree", objet_type="service", libelle="=cmd|' /C calc'!A0")
    rows = export(client, verbe="service.cree")
    assert rows == [
        ["Quand", "Qui", "Quoi", "Sur"],
        ["21/11/2026 10:30:00", "Nadia Roux", "Service créé", "'=cmd|' /C calc'!A0"],
    ]
    told = Evenement.objects.get(verbe="journal.exporte")
    assert told.details == {"lignes": 1}
    assert len(export(client)) == 1 + 3


def test_an_export_with_a_filter_that_makes_no_sense_is_refused(client: Client) -> None:
    assert client.post(reverse("journal:exporter", args=["aurelle"]), {"du": "hier"}).status_code == 422
    assert client.get(reverse("journal:exporter", args=["aurelle"])).status_code == 405
    assert not Evenement.objects.exists()


def test_the_empty_journal_says_so(client: Client) -> None:
    assert "Aucune ligne" in ask(client)


def test_the_page_costs_few_queries(
    client: Client, by: Acteur, at: datetime, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    for n in range(60):
        write(by, at - timedelta(minutes=n))
    with django_assert_max_num_queries(11):
        client.get(reverse("journal:liste", args=["aurelle"]))


def test_a_floor_declares_its_sentences(ville: Collectivite, by: Acteur, at: datetime) -> None:
    line = write(by, at, "essai.fait", nombre=3)
    assert tell(line) == "essai.fait"
    declare({"essai.fait": lambda each: f"essai fait {each.details['nombre']} fois"})
    assert tell(line) == "essai fait 3 fois"
    phrases._entries.pop("essai.fait")
