"""The catalogue through HTTP."""

import pytest
from django.test import Client

from collectivites.models import Collectivite, Service
from collectivites.permissions import Role
from demandes.models import TypeDemande
from tests.demandes.conftest import join
from tests.demandes.ecrans.conftest import url

pytestmark = pytest.mark.django_db


@pytest.fixture
def reglages(client_de, ville: Collectivite) -> Client:
    return client_de(join(ville, "admin@aurelle.example", "Ada Min", roles=(Role.ADMINISTRATEUR,)))


TYPE = {"libelle": "Voirie", "thematique": "Signaler", "domaine": "cadre_de_vie", "service": "", "engagement_jours": 8}


def test_creating_changing_retiring_a_type(reglages: Client, service: Service) -> None:
    assert reglages.post(url("type_nouveau"), TYPE).status_code == 302
    type_ = TypeDemande.objects.get()
    reglages.post(url("type", type_.pk), TYPE | {"engagement_jours": 3, "service": service.pk})
    reglages.post(url("type_activer", type_.pk), {"is_active": "non"})
    type_.refresh_from_db()
    assert (type_.engagement_jours, type_.service, type_.is_active) == (3, service, False)
    assert "retiré" in reglages.get(url("types")).content.decode()
    reglages.post(url("type_activer", type_.pk), {"is_active": "oui"})
    type_.refresh_from_db()
    assert type_.is_active


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"libelle": ""}, "Un type a un libellé."),
        ({"libelle": "éclairage"}, "Un type porte déjà ce libellé."),
        ({"engagement_jours": 0}, "de 1 à 365"),
        ({"engagement_jours": 400}, "de 1 à 365"),
        ({"thematique": ""}, "thématique"),
    ],
)
def test_a_wrong_type_comes_back_filled(
    reglages: Client, type_eclairage: TypeDemande, wrong: dict[str, object], said: str
) -> None:
    answer = reglages.post(url("type_nouveau"), TYPE | wrong)
    assert (answer.status_code, TypeDemande.objects.count()) == (422, 1)
    assert said in answer.content.decode()


def test_the_counter_does_not_change_the_catalogue(poste: Client, type_eclairage: TypeDemande) -> None:
    assert poste.get(url("types")).status_code == 403
    assert poste.post(url("type_nouveau"), TYPE).status_code == 403


def test_a_retired_type_is_not_offered(poste: Client, type_eclairage: TypeDemande) -> None:
    TypeDemande.objects.update(is_active=False)
    assert "Éclairage — " not in poste.get(url("nouvelle")).content.decode()
