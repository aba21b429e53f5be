"""Who is told, of which place, how often; what ends a wait."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from unittest.mock import patch

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from collectivites.acteur import Acteur
from collectivites.models import Collectivite, Lieu, ReglageLegal
from journal.models import Evenement as Ligne
from messagerie.models import Envoi
from rendezvous.attente.actions import ask_plus_tot, find_plus_tot, is_plus_tot_possible, stop_plus_tot
from rendezvous.attente.balayage import offer_ville
from rendezvous.attente.ecoute import follow
from rendezvous.evenements import Evenement, Genre
from rendezvous.models import Motif, Participation, PlageOuverture, RendezVous, Ressource
from rendezvous.reservation.refus import RendezVousRefuse
from rendezvous.tasks import sweep_plus_tot
from tests.rendezvous.attente.conftest import Attente, slot
from tests.rendezvous.monde import make_plage, make_rendezvous

Book = Callable[..., RendezVous]
pytestmark = pytest.mark.usefixtures("plage")


@pytest.fixture
def sweep(ville: Collectivite, at: datetime) -> Callable[..., int]:
    def run(later: timedelta = timedelta(hours=1), *, is_balayage: bool = True) -> int:
        return offer_ville(collectivite_id=ville.pk, at=at + later, is_balayage=is_balayage)

    return run


def list_told() -> list[str]:
    return list(Envoi.objects.filter(clef__contains="plus_tot").order_by("pk").values_list("destinataire", flat=True))


def test_the_oldest_first_as_many_as_places(attente: Attente, sweep: Callable[..., int]) -> None:
    waiting = [attente(rang) for rang in (3, 1, 2)]
    assert sweep() == 2
    assert list_told() == ["u1@exemple.fr", "u2@exemple.fr"]
    for demande in waiting:
        demande.refresh_from_db()
    assert [demande.propose_at for demande in waiting] == [None, slot(9, 0), slot(9, 20)]
    assert sweep(timedelta(hours=3)) == 0  # both places are kept for who was told
    assert sweep(timedelta(days=1, hours=2)) == 2  # they did not come: who was never told, then the oldest again
    assert list_told()[2:] == ["u3@exemple.fr", "u1@exemple.fr"]


def test_what_is_written(attente: Attente, sweep: Callable[..., int], at: datetime) -> None:
    attente(1)
    sweep()
    told = Envoi.objects.get(clef__contains="plus_tot")
    body = told.corps_texte.replace("\u00a0", " ")
    assert "Une place s'est libérée le mardi 24 novembre à 9 h." in body
    assert "Date : jeudi 10 décembre 2026 à 9 h 20" in body
    assert "/deplacer/" in body
    assert (told.voie, told.perime_at) == (Envoi.Voie.RAPPEL, slot(9, 0))


def test_three_messages_at_most(attente: Attente, sweep: Callable[..., int]) -> None:
    demande = attente(1)
    assert [sweep(timedelta(days=day)) for day in range(5)] == [1, 1, 1, 0, 0]
    demande.refresh_from_db()
    assert (demande.envois, demande.ended_at is None) == (3, False)
    with pytest.raises(RendezVousRefuse, match="déjà proposé trois"):
        ask_plus_tot(rendezvous=demande.rendezvous, at=demande.created_at)


@pytest.mark.parametrize(
    ("hour", "is_balayage", "told"),
    [(8, True, 0), (9, True, 1), (17, True, 1), (18, True, 0), (18, False, 1), (22, False, 0)],
)
def test_hours_of_the_lieu(
    attente: Attente,
    sweep: Callable[..., int],
    hour: int,
    is_balayage: bool,
    told: int,
) -> None:
    attente(1)
    assert sweep(timedelta(hours=hour + 14), is_balayage=is_balayage) == told


def test_nothing_free_or_nothing_sooner(
    attente: Attente, sweep: Callable[..., int], plage: PlageOuverture, motif: Motif, ressource: Ressource, lieu: Lieu
) -> None:
    attente(1)
    for minute in (0, 20):
        start = slot(9, minute)
        make_rendezvous(motif, ressource, lieu, start, fin_at=start + timedelta(minutes=20))
    make_plage(ressource, lieu, motif, jours=(date(2026, 12, 9),))  # one day sooner only
    assert sweep() == 0


# ── Asking, stopping, ending ──────────────────────────────────────────────────────────────────────────────────────


def test_ask_and_stop(far: Book, at: datetime) -> None:
    rdv = far(1)
    assert is_plus_tot_possible(rdv, at=at)
    demande = ask_plus_tot(rendezvous=rdv, at=at)
    assert ask_plus_tot(rendezvous=rdv, at=at) == demande == find_plus_tot(rdv)
    assert stop_plus_tot(rendezvous=rdv, at=at)
    assert not stop_plus_tot(rendezvous=rdv, at=at)
    assert find_plus_tot(rdv) is None
    assert ask_plus_tot(rendezvous=rdv, at=at) == demande
    told = (
        Ligne.objects.filter(objet_type="rendezvous", objet_id=rdv.pk).order_by("pk").values_list("verbe", flat=True)
    )
    assert [verbe.rpartition("_")[2] for verbe in told] == ["demande", "arrete", "demande"]


def test_refusals(far: Book, at: datetime) -> None:
    rdv = far(1)
    ReglageLegal.objects.create(clef="rendezvous.plus_tot_jours", valeur=30, motif="Essai", changed_at=at)
    with pytest.raises(RendezVousRefuse, match="moins de 31"):
        ask_plus_tot(rendezvous=rdv, at=at)
    ReglageLegal.objects.all().delete()
    Participation.objects.update(courriel="")
    rdv.usager.liens_contact.all().delete()  # type: ignore[union-attr]
    with pytest.raises(RendezVousRefuse, match="une adresse électronique ou un mobile"):
        ask_plus_tot(rendezvous=rdv, at=at)


@pytest.mark.parametrize("genre", [Genre.ANNULE, Genre.DEPLACE, Genre.PRESENT])
def test_an_event_of_its_own_ends_the_wait(attente: Attente, by: Acteur, at: datetime, genre: Genre) -> None:
    demande = attente(1)
    follow(Evenement(genre, demande.rendezvous, by, at))
    demande.refresh_from_db()
    assert demande.ended_at == at


def test_a_place_that_comes_free_asks_for_a_sweep(
    attente: Attente, far: Book, by: Acteur, at: datetime, ville: Collectivite,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:  # fmt: skip
    other = far(5)
    with patch("rendezvous.attente.ecoute.ask_worker") as asked:
        with django_capture_on_commit_callbacks(execute=True):
            follow(Evenement(Genre.ANNULE, other, by, at))
        assert not asked.called  # nobody waits
        attente(1)
        with django_capture_on_commit_callbacks(execute=True):
            follow(Evenement(Genre.LIBERE, other, by, at))
        asked.assert_called_once_with("rendezvous.tasks.offer_plus_tot", ville.pk)


def test_the_regular_sweep_finds_the_towns_where_somebody_waits(attente: Attente, ville: Collectivite) -> None:
    with patch("rendezvous.tasks.offer_plus_tot_ville.apply_async") as asked:
        sweep_plus_tot()
        assert not asked.called
        demande = attente(1)
        RendezVous.objects.filter(pk=demande.rendezvous_id).update(
            debut_at=datetime.now(tz=slot(9, 0).tzinfo) + timedelta(days=30),
            fin_at=datetime.now(tz=slot(9, 0).tzinfo) + timedelta(days=31),
        )
        sweep_plus_tot()
        assert [call.args[0] for call in asked.call_args_list] == [(ville.pk,)]
