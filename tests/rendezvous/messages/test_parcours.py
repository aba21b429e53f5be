"""A visit of several appointments: one message, one reminder, a calendar file for each."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from citoyens.models import Usager
from collectivites.acces import Acces
from collectivites.acteur import Acteur
from collectivites.models import Lieu, Service
from messagerie.lecture import can_read_body
from messagerie.models import Envoi, PieceEnvoi
from rendezvous.etats import Etat
from rendezvous.evenements import Evenement, Genre
from rendezvous.messages.ecoute import follow
from rendezvous.messages.parcours import queue_parcours
from rendezvous.models import Parcours, RendezVous, Ressource
from tests.rendezvous.monde import make_motif, make_participation, make_rendezvous

Pair = tuple[Parcours, list[RendezVous]]


@pytest.fixture
def visite(
    service: Service, ressource: Ressource, lieu: Lieu, usager: Usager, debut_at: datetime, at: datetime
) -> Pair:
    parcours = Parcours.objects.create(numero="PAR-2026-00001", usager=usager, created_at=at)
    booked = []
    for rang, libelle in enumerate(("Carte d'identité", "Inscription scolaire")):
        start = debut_at + timedelta(hours=rang)
        rdv = make_rendezvous(
            make_motif(service, libelle, pieces=["Livret de famille", f"Pièce {rang}"]), ressource, lieu, start,
            fin_at=start + timedelta(minutes=20), usager=usager, at=at, parcours=parcours, rang_parcours=rang + 1,
        )  # fmt: skip
        make_participation(rdv, usager, courriel="samira@exemple.fr")
        booked.append(rdv)
    return parcours, booked


def list_envois() -> list[tuple[str, str]]:
    return [(each.clef.split(":")[2], each.etat) for each in Envoi.objects.order_by("pk")]


def test_one_message_and_one_reminder(visite: Pair, by: Acteur, at: datetime, debut_at: datetime) -> None:
    parcours, rows = visite
    for rdv in rows:
        follow(Evenement(Genre.CONFIRME, rdv, by, at, is_groupe=True))
    queue_parcours(parcours, by, at)
    queue_parcours(parcours, by, at)
    assert list_envois() == [("confirmation", "a_envoyer"), ("rappel", "a_envoyer")]
    told, rappel = Envoi.objects.order_by("pk")
    body = told.corps_texte.replace("\u00a0", " ")
    assert "2 rendez-vous mardi 24 novembre à partir de 9 h 40" in body
    assert "1. mardi 24 novembre à 9 h 40 (20 min) – Carte d'identité" in body
    assert body.count("- Livret de famille") == 1
    assert body.count("/gerer/") == 3
    assert [piece.nom for piece in PieceEnvoi.objects.order_by("rang")] == ["rendez-vous-1.ics", "rendez-vous-2.ics"]
    assert (rappel.prevu_at, rappel.perime_at) == (debut_at - timedelta(days=2), debut_at)


def test_one_stop_less(visite: Pair, by: Acteur, at: datetime, debut_at: datetime) -> None:
    parcours, (first, second) = visite
    queue_parcours(parcours, by, at)
    cancel(first, at)
    follow(Evenement(Genre.ANNULE, first, by, at))
    assert list_envois() == [
        ("confirmation", "a_envoyer"), ("rappel", "annule"), ("annulation", "a_envoyer"), ("rappel", "a_envoyer"),
    ]  # fmt: skip
    kept = Envoi.objects.order_by("pk").last()
    assert kept is not None
    assert kept.objet_id == second.pk
    assert kept.prevu_at == debut_at + timedelta(hours=1) - timedelta(days=2)


def test_the_whole_visit_cancelled(
    visite: Pair, by: Acteur, at: datetime, django_assert_max_num_queries: Callable[..., object]
) -> None:
    parcours, rows = visite
    queue_parcours(parcours, by, at)
    for rdv in rows:
        cancel(rdv, at)
        follow(Evenement(Genre.ANNULE, rdv, by, at, is_groupe=True))
    queue_parcours(parcours, by, at)
    assert list_envois() == [("confirmation", "a_envoyer"), ("rappel", "annule"), ("annulation", "a_envoyer")]


def test_a_sealed_stop_seals_the_message_of_the_visit(visite: Pair, acces: Acces, by: Acteur, at: datetime) -> None:
    """It tells every stop and holds their links: who receives at the other counter must not read it."""
    parcours, (_, second) = visite
    RendezVous.objects.filter(pk=second.pk).update(domaine="social")
    queue_parcours(parcours, by, at)
    told = list(Envoi.objects.all())
    assert len(told) == 2
    assert not any(can_read_body(acces, envoi) for envoi in told)
    RendezVous.objects.filter(pk=second.pk).update(domaine="etat_civil")
    assert all(can_read_body(acces, envoi) for envoi in told)


def cancel(rdv: RendezVous, at: datetime) -> None:
    rdv.etat, rdv.cancelled_at, rdv.version = Etat.ANNULE_USAGER, at, rdv.version + 1
    rdv.save()
