"""Pre-application numbers checked with France Titres while one books online: for one appointment, and for a visit."""

from collections.abc import Iterator
from typing import Any

import pytest

from rendezvous.models import EtapeParcours, ModeleParcours, Motif, RendezVous
from tests.rendezvous.ants.coordination_double import JETON, Coordination, serve
from tests.rendezvous.monde import make_motif, make_plage
from tests.rendezvous.usager.conftest import BASE, QUI, Bureau, Visiteur, read_field, read_text
from tests.rendezvous.usager.test_visite import choose

BON = "A1B2C3D4E5"
AILLEURS = {
    "application_id": BON, "meeting_point": "Mairie de Kervec", "meeting_point_id": "9",
    "appointment_date": "2026-12-01 10:00:00", "management_url": "https://kervec.exemple.fr/",
}  # fmt: skip


@pytest.fixture
def double(settings: Any) -> Iterator[Coordination]:
    with serve() as running:
        settings.ANTS_COORDINATION_URL, settings.ANTS_COORDINATION_JETON = running.url, JETON
        settings.RESEAU_INTERNE_AUTORISE = "oui"
        running.statuts[BON] = "validated"
        yield running


@pytest.fixture(params=["seul", "venue"])
def page(request: Any, visiteur: Visiteur, bureau: Bureau) -> Any:
    """The page that asks who comes: for one appointment, for a visit."""
    Motif.objects.update(categorie_ants="CNI")
    bureau.motif.refresh_from_db()
    if request.param == "seul":
        return visiteur.choose(visiteur.open_creneaux(bureau.motif))
    retrait = make_motif(bureau.service, "Retrait d'un titre", (10,))
    make_plage(bureau.ressource, bureau.lieu, retrait, jours=(bureau.jour,), is_ferie_travaille=True)
    modele = ModeleParcours.objects.create(libelle="Titres", is_public=True)
    EtapeParcours.objects.create(modele=modele, motif=bureau.motif, rang=1)
    EtapeParcours.objects.create(modele=modele, motif=retrait, rang=2)
    return choose(visiteur, visiteur.get(f"{BASE}venue/{modele.pk}/"))


def send(visiteur: Visiteur, page: Any, **typed: str) -> Any:
    return visiteur.post(page.request["PATH_INFO"], QUI | {"predemande": "a1b2 c3d4 e5"} | typed)


def test_a_good_number_goes_on(visiteur: Visiteur, page: Any, double: Coordination) -> None:
    assert "Écrivez le code reçu" in read_text(send(visiteur, page))
    assert double.appels == [("GET", "/status")]


@pytest.mark.parametrize(("statut", "phrase"), [("consumed", "déjà été instruit"), ("unknown", "ne connaît pas")])
def test_a_refused_number_is_an_error_of_its_field(
    visiteur: Visiteur, page: Any, double: Coordination, statut: str, phrase: str
) -> None:
    double.statuts[BON] = statut
    refused = send(visiteur, page)
    assert refused.status_code == 422
    assert phrase in read_text(refused)
    assert 'value="samira@exemple.fr"' in read_text(refused)
    assert 'value="a1b2 c3d4 e5"' in read_text(refused)


def test_no_answer_keeps_everything(visiteur: Visiteur, page: Any, double: Coordination) -> None:
    double.panne = 503
    refused = send(visiteur, page)
    assert refused.status_code == 422
    assert "France Titres ne répond pas" in read_text(refused)
    assert 'value="samira@exemple.fr"' in read_text(refused)
    assert "Écrivez le code reçu" in read_text(send(visiteur, page, predemande=""))  # one may bring it


def test_an_appointment_elsewhere_is_said_then_goes_on(visiteur: Visiteur, page: Any, double: Coordination) -> None:
    double.rendezvous.append(AILLEURS)
    warned = send(visiteur, page)
    assert warned.status_code == 409
    assert "Mairie de Kervec" in read_text(warned)
    double.rendezvous.append(AILLEURS | {"meeting_point": "Mairie de Plouzan"})
    again = send(visiteur, page, vu=read_vu(warned))
    assert again.status_code == 409  # another one: not what was read
    assert "Écrivez le code reçu" in read_text(send(visiteur, page, vu=read_vu(again)))
    assert RendezVous.objects.filter(etat="option").exists()


def read_vu(page: Any) -> str:
    return read_field(page, 'vu" id="id_vu')


def test_nothing_is_asked_without_a_pass_of_ours_nor_without_a_number(
    visiteur: Visiteur, page: Any, double: Coordination
) -> None:
    send(visiteur, page, predemande="")
    route = page.request["PATH_INFO"].rsplit("/", 2)[0]
    assert visiteur.post(f"{route}/faux/", QUI | {"predemande": BON}).status_code == 410
    assert double.appels == []
