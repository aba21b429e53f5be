"""The usual catalogue: its data, and what sowing it in a town does and does not."""

from datetime import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from collectivites.acteur import Acteur
from collectivites.domaines import Domaine
from collectivites.models import Collectivite, Service
from demandes.actions.semis import sow_catalogue
from demandes.actions.thematiques import move_thematique
from demandes.catalogue.publication import check_pieces
from demandes.catalogue.semis import PUBLICS, find_service, read_catalogue, read_services
from demandes.models import Demande, Regime, Thematique, TypeDemande, VersionFormulaire


def test_every_row_of_the_reference_is_there_once() -> None:
    rows = read_catalogue()
    assert len(rows) >= 50
    assert len({each.code for each in rows}) == len(rows)
    assert len({each.libelle.lower() for each in rows}) == len(rows)
    assert {"document", "rgpd", "accessibilite", "reclamation", "signalement"} <= {each.nature for each in rows}


@pytest.mark.parametrize("demarche", read_catalogue(), ids=lambda each: each.code)
def test_each_row_can_be_stored_and_says_its_law(demarche: object) -> None:
    each = next(row for row in read_catalogue() if row is demarche)
    assert each.base
    assert each.lu_on.year == 2026
    assert each.regime in Regime.values
    assert set(each.canaux) <= set(Demande.Canal.values)
    assert set(each.publics) <= set(PUBLICS)
    assert len(each.libelle) <= 120
    assert len(each.base) <= 300
    assert bool(each.recours) == (each.regime == "svr")
    assert list(check_pieces(each.schema.pieces)) == []  # CR-16: the seed itself passes the lint
    # what is not sure is never announced: CRPA R112-11-1 mentions only a certain date
    assert not (each.a_verifier and each.regime in {"sva", "svr"})


def test_the_texts_have_their_no_break_spaces() -> None:
    for each in read_catalogue():
        for text in (each.aide, each.base, *(champ.libelle for champ in each.schema.champs)):
            assert not any(f" {sign}" in text for sign in ":;?!»"), text


def test_a_service_is_found_by_its_usual_names() -> None:
    services = {"1": "État civil et citoyenneté", "2": "Voirie et propreté", "3": "CCAS", "4": "Accueil"}
    usual = read_services()
    assert find_service(usual["etat_civil"], services) == "1"
    assert find_service(usual["proprete"], services) == "2"
    assert find_service(usual["eclairage"], services) == "2"
    assert find_service(usual["relations_usagers"], services) == "4"
    assert find_service(usual["dechets"], services) is None


@pytest.fixture
def services(ville: Collectivite, service: Service) -> None:
    ville.courriel = "contact@aurelle.example"
    ville.save()
    for nom, domaine in (("État civil", "etat_civil"), ("CCAS", "social")):
        Service.objects.create(nom=nom, domaine=domaine)


def test_sowing_adds_publishes_and_leaves_drafts(services: None, by: Acteur, at: datetime) -> None:
    bilan = sow_catalogue(by=by, at=at)
    assert bilan.crees == TypeDemande.objects.count()
    acte = TypeDemande.objects.select_related("service", "version_courante").get(code="acte_naissance")
    assert acte.is_active
    assert acte.service is not None
    assert acte.service.nom == "État civil"
    assert acte.version_courante is not None
    assert acte.version_courante.schema["champs"][0]["code"] == "document"
    draft = TypeDemande.objects.get(code="permis_construire")  # nobody answers for urbanisme here
    assert not draft.is_active
    assert bilan.brouillons == TypeDemande.objects.filter(is_active=False).count()
    assert not TypeDemande.objects.filter(code="bac").exists()  # waste belongs to the EPCI
    assert TypeDemande.objects.get(code="domiciliation").domaine == Domaine.SOCIAL


def test_sowing_twice_changes_nothing_and_keeps_what_the_town_wrote(services: None, by: Acteur, at: datetime) -> None:
    sow_catalogue(by=by, at=at)
    acte = TypeDemande.objects.get(code="acte_naissance")
    acte.libelle, acte.engagement_jours, acte.is_active = "Naissance : copies", 1, False
    acte.save()
    types, versions = TypeDemande.objects.count(), VersionFormulaire.objects.count()
    bilan = sow_catalogue(by=by, at=at)
    assert (bilan.crees, bilan.completes, bilan.intacts) == (0, 0, types)
    assert (TypeDemande.objects.count(), VersionFormulaire.objects.count()) == (types, versions)
    acte.refresh_from_db()
    assert (acte.libelle, acte.engagement_jours, acte.is_active) == ("Naissance : copies", 1, False)


def test_a_type_of_the_same_name_is_completed_not_doubled(services: None, by: Acteur, at: datetime) -> None:
    service = Service.objects.get(nom="CCAS")
    mine = TypeDemande.objects.create(
        libelle="signaler un lampadaire éteint", thematique=Thematique.objects.named("Rue"), service=service,
        engagement_jours=3,
    )  # fmt: skip
    bilan = sow_catalogue(by=by, at=at)
    assert bilan.completes == 1
    mine.refresh_from_db()
    assert mine.code == "signalement_eclairage"
    assert (mine.service_id, mine.engagement_jours) == (service.pk, 3)
    assert mine.brouillon["champs"]


def _roots() -> list[str]:
    return [each.libelle for each in Thematique.objects.filter(parent=None).order_by("rang", "libelle")]


def test_subjects_take_their_usual_order_once(services: None, by: Acteur, at: datetime) -> None:
    Thematique.objects.named("Culture")
    sow_catalogue(by=by, at=at)
    names = _roots()
    assert (names[0], names[-1]) == ("Signaler un problème", "Culture")
    move_thematique(thematique=Thematique.objects.get(libelle="Culture"), vers_le_haut=True, by=by, at=at)
    mine = _roots()
    sow_catalogue(by=by, at=at)
    assert _roots() == mine  # the order of the town


def test_the_command_speaks(services: None, ville: Collectivite) -> None:
    out = StringIO()
    call_command("semer_catalogue", collectivite="aurelle", stdout=out)
    assert "types créés" in out.getvalue()
    with pytest.raises(CommandError, match="inconnue-sur-loire"):
        call_command("semer_catalogue", collectivite="inconnue-sur-loire")
