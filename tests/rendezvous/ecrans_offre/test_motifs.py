"""Motifs through HTTP: list, create, refuse, stale, copy, archive."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from collectivites.models import Agent, Lieu, Service
from demandes.models import Thematique, TypeDemande
from rendezvous.models import Motif, Ressource
from tests.rendezvous.ecrans_offre.conftest import text, url
from tests.rendezvous.monde import make_motif, make_rendezvous


def fill(service: Service, **changes: Any) -> dict[str, Any]:
    return {
        "libelle": "Passeport", "service": service.pk, "genre": "sur_place", "couleur": "3", "places": "1",
        "unite_personnes": "personne", "durees_0": "20", "durees_1": "35", "battement_minutes": "5",
        "reservable_par": "tous", "delai_min_minutes_0": "2", "delai_min_minutes_1": "60", "delai_max_jours": "90",
        "annulable_minutes_0": "1", "annulable_minutes_1": "1440", "deplacable_minutes_0": "4",
        "deplacable_minutes_1": "60", "pieces": "Photo d'identité\n\n  Justificatif   de domicile ", "version": "0",
    } | changes  # fmt: skip


def test_a_motif_is_written_in_units_people_use(client: Client, service: Service) -> None:
    assert client.post(url("motif_nouveau"), fill(service)).status_code == 302
    motif = Motif.objects.get()
    assert (motif.durees, motif.delai_min_minutes, motif.annulable_minutes) == ([20, 35], 120, 1440)
    assert motif.pieces == ["Photo d'identité", "Justificatif de domicile"]
    page = text(client.get(url("motif", motif.pk)))
    assert "20 à 35 min" in page  # what the usager will see
    assert 'value="2"' in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"libelle": " "}, "Un motif a un nom."),
        ({"libelle": "carte d'identité"}, "déjà un motif de ce nom"),
        ({"durees_0": ""}, "Donnez la durée pour une personne."),
        ({"durees_3": "50"}, "sans sauter de ligne"),
        ({"durees_1": "10"}, "moins de temps"),
        ({"durees_0": "3"}, "va de 5 minutes à 8 heures"),
        ({"delai_max_jours": "400"}, "De 1 à 366 jours."),
        ({"delai_min_minutes_0": "90", "delai_min_minutes_1": "1440"}, "personne ne pourrait réserver"),
        ({"genre": "visio"}, "l'adresse où les salons sont ouverts"),
        ({"genre": "visio", "visio_base": "http://visio.exemple.fr"}, "qui commence par https"),
        ({"is_collectif": "on", "places": "900"}, "De 1 à 500 places."),
        ({"battement_minutes": "500"}, "de 0 à 240"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(
    client: Client, motif: Motif, service: Service, wrong: dict[str, str], said: str
) -> None:
    answer = client.post(url("motif_nouveau"), fill(service, consignes_apres="2e étage") | wrong)
    assert answer.status_code == 422
    assert said in text(answer)
    assert "2e étage" in text(answer)
    assert Motif.objects.count() == 1


def test_the_second_of_two_writers_is_told(client: Client, motif: Motif, service: Service) -> None:
    first = fill(service, version="1", libelle="Titre d'identité")
    assert client.post(url("motif", motif.pk), first).status_code == 302
    late = client.post(url("motif", motif.pk), first | {"libelle": "Autre nom"})
    assert late.status_code == 409
    assert "a changé entre-temps" in text(late)
    assert "Autre nom" in text(late)
    assert 'data-titre="Enregistré">Titre d\'identité' in text(late)
    assert text(late).count('data-titre="Champ"') == 1  # hours, delays and lines are read the same way on both sides
    motif.refresh_from_db()
    assert motif.libelle == "Titre d'identité"


def test_who_comes_with_more_than_the_motif_takes_now_is_shown(
    client: Client, motif: Motif, service: Service, ressource: Ressource, lieu: Lieu
) -> None:
    soon = timezone.now() + timedelta(days=9)
    Motif.objects.update(durees=[20, 30, 40])
    make_rendezvous(motif, ressource, lieu, soon, fin_at=soon + timedelta(minutes=40), personnes=3)
    assert "Plus nombreux que permis" not in text(client.get(url("motif", motif.pk)))
    shorter = fill(service, version="1", libelle=motif.libelle)
    page = text(client.post(url("motif", motif.pk), shorter, follow=True))
    assert "1 rendez-vous à venir dépasse le nombre permis." in page
    assert "3 personnes" in page


def test_a_motif_with_appointments_keeps_its_kind(
    client: Client, motif: Motif, service: Service, ressource: Ressource, lieu: Lieu, at: datetime
) -> None:
    make_rendezvous(motif, ressource, lieu, at, fin_at=at + timedelta(minutes=20))
    client.post(url("motif", motif.pk), fill(service, version="1", genre="telephone", is_collectif="on"))
    motif.refresh_from_db()
    assert (motif.libelle, motif.genre, motif.is_collectif) == ("Passeport", "sur_place", False)


def test_from_a_demarche_from_another_motif_and_back_from_the_archive(
    client: Client, motif: Motif, service: Service
) -> None:
    kind = TypeDemande.objects.create(
        libelle="Carte", thematique=Thematique.objects.named("Identité"), service=service, engagement_jours=5,
        rdv_motif="Dépôt de dossier", rdv_minutes=25,
    )  # fmt: skip
    assert f"?type={kind.pk}" in text(client.get(url("motifs")))
    page = text(client.get(url("motif_nouveau"), {"type": kind.pk}))
    assert 'value="Dépôt de dossier"' in page
    assert 'value="25"' in page
    assert "(copie)" in text(client.get(url("motif_nouveau"), {"copie": motif.pk}))
    assert client.post(url("motif_archiver", motif.pk), {"version": 1}).status_code == 302
    assert client.post(url("motif_archiver", motif.pk), {"version": 1}).status_code == 409
    make_motif(service)  # the name is taken meanwhile
    refused = client.post(url("motif_restaurer", motif.pk), {"version": 2})
    assert refused.status_code == 409
    assert "existe déjà dans ce service" in text(refused)


def test_the_list_of_motifs(
    client: Client, motif: Motif, service: Service, receveur: Agent, django_assert_max_num_queries: Any
) -> None:
    for rank in range(5):
        make_motif(service, f"Motif {rank}")
    with django_assert_max_num_queries(13):
        page = text(client.get(url("motifs")))
    assert "aucune plage" in page
    client.force_login(receveur)
    assert client.get(url("motifs")).status_code == 403
