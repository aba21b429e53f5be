"""Counters, bundles of motifs and ways between lieux through HTTP."""

import re
from typing import Any

from django.test import Client

from collectivites.models import Lieu, Service
from rendezvous.models import EtapeParcours, Guichet, ModeleParcours, Motif, Ressource, Trajet
from tests.rendezvous.ecrans_offre.conftest import text, url
from tests.rendezvous.monde import make_lieu, make_motif


def test_a_counter_is_made_refused_and_put_out_of_service(
    client: Client, lieu: Lieu, django_assert_max_num_queries: Any
) -> None:
    assert "Aucun guichet ici" in text(client.get(url("guichets")))
    asked = {"lieu": lieu.pk, "libelle": "Guichet 3", "is_accessible": "on", "is_active": "on"}
    assert client.post(url("guichet_nouveau"), asked).status_code == 302
    twin = client.post(url("guichet_nouveau"), asked | {"libelle": " guichet  3"})
    assert twin.status_code == 422
    assert "déjà un guichet" in text(twin)
    guichet = Guichet.objects.get()
    asked.pop("is_active")
    assert client.post(url("guichet", guichet.pk), asked | {"version": 1}).status_code == 302
    assert not Ressource.objects.get(guichet=guichet).is_active
    with django_assert_max_num_queries(12):
        assert "hors service" in text(client.get(url("guichets")))
    late = client.post(url("guichet", guichet.pk), asked | {"libelle": "Bureau 3", "is_active": "on", "version": 1})
    assert late.status_code == 409
    for said in ("Ce guichet a changé entre-temps", 'value="Bureau 3"', 'name="version" value="2"'):
        assert said in text(late)
    gaps = re.findall(r'data-titre="Champ">([^<]+)', text(late))
    assert gaps == ["Nom", "En service"]
    again = asked | {"libelle": "Bureau 3", "is_active": "on", "version": 2}  # knowingly
    assert client.post(url("guichet", guichet.pk), again).status_code == 302
    assert (Guichet.objects.get().libelle, Ressource.objects.get().is_active) == ("Bureau 3", True)


def test_a_bundle_keeps_its_order(
    client: Client, motif: Motif, service: Service, django_assert_max_num_queries: Any
) -> None:
    school = make_motif(service, "Inscription scolaire")
    asked = {"libelle": "J'emménage", "is_active": "on", "etape_1": school.pk, "etape_4": motif.pk}
    assert client.post(url("parcours_modele_nouveau"), asked).status_code == 302
    modele = ModeleParcours.objects.get()
    steps = EtapeParcours.objects.filter(modele=modele).order_by("rang")
    assert list(steps.values_list("motif_id", "rang")) == [(school.pk, 1), (motif.pk, 2)]
    for wrong, said in (
        ({"etape_4": ""}, "au moins deux étapes"),
        ({"etape_2": school.pk}, "déjà dans le parcours"),
        ({"libelle": ""}, "Un parcours a un nom."),
    ):
        answer = client.post(url("parcours_modele", modele.pk), asked | wrong)
        assert (answer.status_code, said in text(answer)) == (422, True)
    turned = asked | {"etape_1": motif.pk, "etape_4": school.pk, "version": 1}
    assert client.post(url("parcours_modele", modele.pk), turned).status_code == 302
    late = client.post(url("parcours_modele", modele.pk), asked | {"version": 1, "libelle": "Je déménage"})
    assert late.status_code == 409
    assert "Ce parcours a changé" in text(late)
    assert re.findall(r'data-titre="Champ">([^<]+)', text(late))[:2] == ["Nom", "Étape 1"]
    assert list(steps.values_list("motif_id", flat=True)) == [motif.pk, school.pk]
    with django_assert_max_num_queries(14):
        assert "Inscription scolaire" in text(client.get(url("parcours_modeles")))


def test_ways_between_lieux(client: Client, lieu: Lieu) -> None:
    annexe = make_lieu("Mairie annexe")
    name = f"trajet_{lieu.pk}_{annexe.pk}"
    assert name in text(client.get(url("parcours_modeles")))
    assert client.post(url("trajets"), {name: "25"}).status_code == 302
    assert Trajet.objects.get().minutes == 25
    wrong = client.post(url("trajets"), {name: "900"})
    assert wrong.status_code == 422
    assert "De 0 à 600 minutes." in text(wrong)
    client.post(url("trajets"), {name: ""})
    assert not Trajet.objects.exists()
