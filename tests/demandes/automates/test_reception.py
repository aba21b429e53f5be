"""Routing inside the opening: order, final rule, errors that stop nothing, districts."""

from datetime import date, datetime

import pytest

from collectivites.acteur import Acteur
from collectivites.models import Service
from demandes.actions import open_demande, qualify
from demandes.models import AccuseReception, Demande, ExecutionRegle, Message, Thematique, TypeDemande, Zone
from journal.models import Evenement
from tests.demandes.automates.conftest import Poser, alors, si
from tests.demandes.conftest import Ouvrir

pytestmark = pytest.mark.django_db
LAMPE = si("texte", "un", "lampadaire")


def test_a_rule_routes_what_matches_before_the_acknowledgement(
    ouvrir: Ouvrir, poser: Poser, type_eclairage: TypeDemande, service: Service
) -> None:
    poser("Lampadaires", [LAMPE], [alors("qualifier", type=type_eclairage.pk), alors("prioriser", priorite=1)])
    demande = ouvrir(type=None)
    assert (demande.type, demande.service, demande.etat, demande.priorite) == (
        type_eclairage, service, "a_traiter", 1,
    )  # fmt: skip
    assert demande.echeance_at is not None
    assert service.nom in Message.objects.get(sens="sortant").texte
    assert AccuseReception.objects.count() == 1
    assert list(ExecutionRegle.objects.values_list("resultat", "clef")) == [("appliquee", "reception")]
    line = Evenement.objects.get(verbe="demande.qualifiee")
    assert line.acteur_libelle == "Règle «\u00a0Lampadaires\u00a0»"


def test_what_does_not_match_is_left_alone(ouvrir: Ouvrir, poser: Poser, type_eclairage: TypeDemande) -> None:
    poser("Lampadaires", [LAMPE], [alors("qualifier", type=type_eclairage.pk)])
    demande = ouvrir(type=None, objet="Poubelle", description="Elle déborde.")
    assert (demande.type, demande.version) == (None, 1)
    assert not ExecutionRegle.objects.exists()


def test_rules_run_in_order_each_sees_the_one_before_and_a_final_one_stops(
    ouvrir: Ouvrir, poser: Poser, type_eclairage: TypeDemande
) -> None:
    poser("Dernière", [], [alors("prioriser", priorite=2)], ordre=9)
    poser("Ensuite", [si("type", "rempli")], [alors("prioriser", priorite=1)], ordre=2, is_finale=True)
    poser("D'abord", [LAMPE], [alors("qualifier", type=type_eclairage.pk)], ordre=1)
    assert ouvrir(type=None).priorite == 1
    assert list(ExecutionRegle.objects.order_by("pk").values_list("regle__libelle", flat=True)) == [
        "D'abord", "Ensuite",
    ]  # fmt: skip


def test_a_rule_in_error_stops_neither_the_reception_nor_the_next_rule(
    ouvrir: Ouvrir, poser: Poser, type_eclairage: TypeDemande
) -> None:
    poser("Cassée", [LAMPE], [alors("prioriser", priorite=2), alors("affecter", service=987_654)])
    poser("Saine", [LAMPE], [alors("qualifier", type=type_eclairage.pk)])
    demande = ouvrir(type=None)
    assert (demande.type, demande.priorite) == (type_eclairage, 0)  # the broken rule took back its first gesture
    broken = ExecutionRegle.objects.get(resultat="erreur")
    assert broken.details == {"raison": "Le service choisi n'existe plus."}
    assert Message.objects.filter(demande=demande, sens="entrant").exists()


def test_an_unforeseen_error_is_written_without_its_text(ouvrir: Ouvrir, poser: Poser) -> None:
    poser("Illisible", [LAMPE], [alors("prioriser", priorite="beaucoup")])
    demande = ouvrir()
    assert demande.pk
    assert ExecutionRegle.objects.get().details == {"raison": "Erreur interne\u00a0: rien n'a été fait."}


def test_a_sealed_demande_stays_sealed_when_a_rule_gives_it_away(
    ouvrir: Ouvrir, poser: Poser, type_social: TypeDemande, service: Service
) -> None:
    poser("Tout à l'éclairage", [], [alors("affecter", service=service.pk)])
    demande = ouvrir(type=type_social)
    assert (demande.service, demande.domaine) == (service, "social")


def test_a_loop_is_not_answered_because_a_rule_qualified(
    ouvrir: Ouvrir, poser: Poser, type_eclairage: TypeDemande
) -> None:
    poser("Lampadaires", [LAMPE], [alors("qualifier", type=type_eclairage.pk)])
    ouvrir(type=None, accuse=False)
    assert not Message.objects.filter(sens="sortant").exists()


@pytest.fixture
def type_complet(service: Service) -> TypeDemande:
    """Everything the receipt must say is known: it could leave as soon as the demande is qualified."""
    service.courriel, service.adresse = "eclairage@aurelle.example", "1 place de la République, 44999 Aurelle"
    service.save()
    return TypeDemande.objects.create(
        libelle="Échafaudage", thematique=Thematique.objects.named("Voirie"), service=service, regime_silence="svr",
        silence_base="CRPA L231-4 2°", silence_lu_on=date(2026, 11, 20),
        recours="recours gracieux auprès du maire, ou devant le tribunal administratif dans les deux mois.",
    )  # fmt: skip


@pytest.mark.parametrize(("accuse", "natures"), [(True, ["are"]), (False, [])])
def test_what_a_rule_qualifies_is_acknowledged_once_at_the_end_and_never_in_a_loop(
    ouvrir: Ouvrir, poser: Poser, type_complet: TypeDemande, natures: list[str], *, accuse: bool
) -> None:
    poser("Complet", [LAMPE], [alors("qualifier", type=type_complet.pk)])
    demande = ouvrir(type=None, accuse=accuse)
    assert demande.type == type_complet
    assert list(AccuseReception.objects.values_list("nature", flat=True)) == natures


def test_a_rule_out_of_service_does_nothing(ouvrir: Ouvrir, poser: Poser) -> None:
    poser("Éteinte", [], [alors("prioriser", priorite=2)], is_active=False)
    assert ouvrir().priorite == 0


def test_a_qualification_that_leaves_it_without_service_runs_routing_again_once(
    ouvrir: Ouvrir, poser: Poser, service: Service, type_eclairage: TypeDemande, by: Acteur, at: datetime
) -> None:
    TypeDemande.objects.filter(pk=type_eclairage.pk).update(service=None)
    type_eclairage.refresh_from_db()
    poser("Par type", [si("type", "est", str(type_eclairage.pk))], [alors("affecter", service=service.pk)])
    demande = ouvrir(type=None)
    assert demande.service is None
    done = qualify(
        demande=demande, version=demande.version, type=type_eclairage, service=None, priorite=0, by=by, at=at
    )
    assert (done.service, done.etat) == (service, "a_traiter")
    assert ExecutionRegle.objects.count() == 1


def test_the_zone_is_found_from_the_text_or_from_where_the_usager_lives_and_gives_its_service(
    ouvrir: Ouvrir, poser: Poser, service: Service, ccas: Service
) -> None:
    Zone.objects.create(libelle="Tanneries", voies="rue des Tanneurs", service=service)
    Zone.objects.create(libelle="Nord", voies="rue du Nord", service=ccas)
    poser("Secteur", [si("zone", "rempli")], [alors("affecter_secteur")])
    demande = ouvrir(type=None)
    assert (demande.zone, demande.service) == ("Tanneries", service)
    assert Demande.objects.get(pk=demande.pk).zone == "Tanneries"
    assert ouvrir(type=None, objet="Bruit", description="La nuit.").zone == ""


def test_opening_costs_two_questions_more_when_the_town_has_no_rule(
    usager: object, at: datetime, by: Acteur, django_assert_max_num_queries: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from demandes.declencheurs import apres_reception  # noqa: PLC0415

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            open_demande(objet="Lampe", description="", canal="guichet", mode_reponse="sur_place", received_at=at,
                         by=by, at=at)  # fmt: skip
        return len(captured)

    count()
    with_rules = count()
    monkeypatch.setattr(apres_reception, "_entries", {})
    assert with_rules - count() == 2
