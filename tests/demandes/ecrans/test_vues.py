"""Views that are kept, columns that are chosen, spreadsheets of what is shown."""

import io
import zipfile
from datetime import datetime

import pytest
from django.test import Client

from collectivites.models import Agent, Collectivite, Service
from collectivites.permissions import Role
from demandes import export
from demandes.models import Demande, TypeDemande, Vue
from journal.models import Evenement
from tests.demandes.conftest import Ouvrir, join
from tests.demandes.ecrans.conftest import url

pytestmark = pytest.mark.django_db


def test_columns_are_chosen_and_sorted(poste: Client, ouvrir: Ouvrir) -> None:
    ouvrir(objet="Banc", canal="guichet")
    page = poste.get(url("liste"), {"vue": "toutes", "colonne": ["canal", "dernier"], "tri": "-dernier"})
    assert [each.code for each in page.context["colonnes"]] == ["canal", "dernier"]
    text = page.content.decode()
    assert "<td>Guichet</td>" in text
    assert 'aria-sort="descending"' in text


def test_more_filters_narrow(poste: Client, ouvrir: Ouvrir) -> None:
    first, second = ouvrir(objet="Un"), ouvrir(objet="Deux")
    Demande.objects.filter(pk=first.pk).update(zone="Centre", priorite=2)

    def titles(**query: object) -> list[str]:
        rows = poste.get(url("liste"), {"vue": "toutes"} | query).context["lignes"]
        return [demande.objet for demande, *_ in rows]

    assert titles(zone="centre") == ["Un"]
    assert titles(priorite="2") == ["Un"]
    assert titles(du="2999-01-01") == []
    assert sorted(titles(du="pas une date", etat="inconnu")) == sorted([first.objet, second.objet])


def test_a_view_is_kept_reopened_and_dropped(poste: Client, agent: Agent, type_eclairage: TypeDemande) -> None:
    form = {
        "libelle": "Éclairage ",
        "partage": "prive",
        "parametres": f"vue=toutes&type={type_eclairage.pk}&col=canal",
    }
    answer = poste.post(url("vue_garder"), form)
    assert answer.status_code == 302
    vue = Vue.objects.get(agent=agent)
    assert (vue.filtres, vue.colonnes) == ({"vue": "toutes", "type": str(type_eclairage.pk)}, ["canal"])
    page = poste.get(answer["Location"])
    assert page.context["filtres"].garde_id == vue.pk
    assert "Éclairage" in page.content.decode()
    assert poste.post(url("vue_supprimer", vue.pk)).status_code == 302
    assert not Vue.objects.exists()


def test_a_view_that_cannot_be_kept_says_why(poste: Client) -> None:
    empty = poste.post(url("vue_garder"), {"libelle": " ", "parametres": "vue=toutes"})
    assert empty.status_code == 422
    assert "Donnez un nom" in empty.content.decode()
    all_agents = poste.post(url("vue_garder"), {"libelle": "À tous", "partage": "collectivite"})
    assert all_agents.status_code == 422
    assert 'value="À tous"' in all_agents.content.decode()


def test_somebody_elses_view_is_not_mine_to_drop(poste: Client, ville: Collectivite, service: Service) -> None:
    other = join(ville, "x@aurelle.example", "Autre Agent", service, roles=(Role.SUPERVISEUR,))
    vue = Vue.objects.create(agent=other, libelle="La sienne", filtres={"vue": "toutes"})
    assert poste.post(url("vue_supprimer", vue.pk)).status_code == 404
    assert "La sienne" not in poste.get(url("liste")).content.decode()


def test_csv_is_what_the_list_shows(poste: Client, ouvrir: Ouvrir, type_social: TypeDemande) -> None:
    ouvrir(objet="=HYPERLINK(1)", canal="guichet")
    ouvrir(objet="Lampadaire", canal="courriel")
    sealed = ouvrir(objet="Aide secrète", type=type_social)
    answer = poste.get(url("exporter_csv"), {"vue": "toutes", "canal": "guichet", "col": "canal,demandeur"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines[0] == "Numéro;Objet;Canal;Demandeur"
    assert len(lines) == 2
    assert "'=HYPERLINK(1);Guichet;" in lines[1]
    assert sealed.numero not in "".join(lines)
    told = Evenement.objects.get(verbe="demande.exportees")
    assert told.details == {"lignes": 1, "format": "csv", "filtres": ["canal"], "vue": "toutes"}


def test_xlsx_opens_and_holds_the_rows(poste: Client, ouvrir: Ouvrir) -> None:
    ouvrir(objet="Lampadaire éteint")
    answer = poste.get(url("exporter_xlsx"), {"vue": "toutes"})
    book = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert "Lampadaire éteint" in book.read("xl/worksheets/sheet1.xml").decode()


def test_too_wide_an_export_is_refused_in_words(
    poste: Client, ouvrir: Ouvrir, monkeypatch: pytest.MonkeyPatch, at: datetime
) -> None:
    monkeypatch.setattr(export, "LIGNES_MAX", 1)
    ouvrir(objet="Un")
    ouvrir(objet="Deux")
    answer = poste.get(url("exporter_csv"), {"vue": "toutes"}, follow=True)
    assert "exportez en plusieurs fois" in " ".join(answer.content.decode().split())
