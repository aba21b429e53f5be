"""The two clocks on the page of a demande, and the simulator of the settings."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from collectivites.models import Agent, Collectivite, Fermeture, Horaire, Lieu
from collectivites.permissions import Role
from demandes.actions import move
from demandes.models import Demande, Echeance, TypeDemande
from tests.demandes.conftest import acting, join
from tests.demandes.ecrans.conftest import url


@pytest.fixture
def reglages(ville: Collectivite, client_de: Callable[[Agent], Client]) -> Client:
    return client_de(join(ville, "paul@aurelle.example", "Paul Nguyen", roles=(Role.ADMINISTRATEUR,)))


def read(answer: object) -> str:
    return answer.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ").replace("&#x27;", "'")


class TestFiche:
    def test_two_clocks_and_why(self, poste: Client, demande: Demande) -> None:
        page = read(poste.get(url("fiche", demande.pk)))
        assert "Engagement du service" in page
        assert "Silence vaut rejet" in page
        assert page.count("Pourquoi cette date ?") >= 2
        assert "de quantième à quantième" in page

    def test_a_stopped_clock_says_so(self, poste: Client, demande: Demande, agent: Agent, at: datetime) -> None:
        move(demande=demande, version=demande.version, etat="en_attente_usager", by=acting(agent), at=at)
        page = read(poste.get(url("fiche", demande.pk)))
        assert "suspendue" in page
        assert "Pourquoi cette date manque ?" in page

    def test_silence_that_has_decided(self, poste: Client, demande: Demande, maintenant: datetime) -> None:
        Echeance.objects.filter(demande=demande, nature="decision").update(
            due_at=maintenant.replace(year=maintenant.year - 1)
        )
        assert "décision implicite née" in read(poste.get(url("fiche", demande.pk)))


class TestSimulateur:
    def test_it_uses_the_hours_and_closures_of_the_town(self, reglages: Client) -> None:
        lieu = Lieu.objects.create(nom="Hôtel de ville")
        for jour in range(5):
            Horaire.objects.create(lieu=lieu, jour=jour, debut_minute=510, fin_minute=720)
        Fermeture.objects.create(debut_on="2026-11-12", fin_on="2026-11-12")
        asked = {"regime": "engagement", "recue": "2026-11-10T10:00", "nombre": "240", "unite": "minutes_ouvrees"}
        answer = reglages.get(url("simulateur"), asked)
        page = read(answer)
        assert answer.status_code == 200
        assert "Vendredi 13 novembre 2026 à 10 h 30" in page
        assert "Mercredi 11 novembre 2026 (Armistice de 1918), non compté." in page
        assert 'value="2026-11-10T10:00"' in page

    def test_the_law_of_a_type_with_documents_asked_for(self, reglages: Client, type_eclairage: TypeDemande) -> None:
        asked = {
            "regime": "SVR", "recue": "2026-11-02T10:00", "type": type_eclairage.pk, "nombre": "",
            "s-0-debut": "2026-11-16T09:00", "s-0-nature": "pieces", "s-0-jours": "30",
        }  # fmt: skip
        assert "Lundi 1er février 2027, fin de journée" in read(reglages.get(url("simulateur"), asked))

    @pytest.mark.parametrize(
        ("asked", "phrase"),
        [
            ({"regime": "engagement", "recue": "2026-11-02T10:00"}, "Donnez une durée"),
            ({"regime": "SVR", "recue": "hier"}, "Donnez un jour et une heure"),
            ({"regime": "SVR", "recue": "2026-11-02T10:00", "nombre": "0"}, "supérieure ou égale à 1"),
            ({"regime": "SVR", "recue": "2026-11-02T10:00", "nombre": "9", "unite": "minutes_ouvrees"}, "délai légal"),
            ({"regime": "SVR", "recue": "2026-11-02T10:00", "s-0-fin": "2026-11-02T10:00"}, "quand la suspension"),
            ({"regime": "SLA", "recue": "2026-11-02T10:00"}, "choix valide"),
        ],
    )
    def test_what_is_wrong_is_said_and_kept(self, reglages: Client, asked: dict[str, str], phrase: str) -> None:
        answer = reglages.get(url("simulateur"), asked)
        page = read(answer)
        assert answer.status_code == 422
        assert phrase in page
        assert f'value="{asked["recue"]}"' in page

    def test_a_calendar_that_never_opens(self, reglages: Client) -> None:
        Fermeture.objects.create(debut_on="2026-01-01", fin_on="2046-01-01")
        asked = {"regime": "engagement", "recue": "2026-11-02T10:00", "nombre": "5", "unite": "jours_ouvres"}
        answer = reglages.get(url("simulateur"), asked)
        assert answer.status_code == 200
        assert "aucun jour d'ouverture" in read(answer)

    def test_it_is_a_setting(self, poste: Client) -> None:
        assert poste.get(url("simulateur")).status_code == 403

    def test_pages_speak_the_hour_of_the_town(self, poste: Client, ville: Collectivite, demande: Demande) -> None:
        far = datetime.fromisoformat("2026-11-02T23:30:00+00:00")
        Demande.objects.filter(pk=demande.pk).update(received_at=far)
        Collectivite.objects.filter(pk=ville.pk).update(fuseau="Indian/Reunion")
        assert "3 nov" in read(poste.get(url("fiche", demande.pk)))
