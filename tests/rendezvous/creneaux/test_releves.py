"""What was offered is noted once a day; what runs out is said, and unsaid as soon as a range opens."""

from datetime import date, datetime, timedelta

from collectivites.acces import Acces
from collectivites.models import Lieu, Service
from rendezvous.creneaux.releves import read_alertes, take_releves
from rendezvous.models import Motif, PlageOuverture, ReleveOffre, Ressource, Seance
from rendezvous.tasks import take_releve_ville
from tests.rendezvous.monde import make_lieu, make_motif, make_plage

LUNDI = date(2026, 11, 23)


def read() -> set[tuple[str, str, int | None, int]]:
    rows = ReleveOffre.objects.values_list("motif__libelle", "lieu__nom", "delai_jours", "creneaux")
    return set(rows)


def test_the_wait_and_what_is_left_by_motif_and_lieu(
    service: Service, motif: Motif, ressource: Ressource, lieu: Lieu, at: datetime
) -> None:
    annexe, noumea = make_lieu("Annexe"), make_lieu("Nouméa", "Pacific/Noumea")
    plein = make_motif(service, "Plein", (300,))
    make_motif(service, "Interne", reservable_par=Motif.Reservable.AGENTS)
    make_plage(ressource, lieu, motif, plein, jours=(LUNDI,), capacite=2)
    make_plage(ressource, annexe, motif, jours=(LUNDI + timedelta(days=50),))
    make_plage(ressource, noumea, motif, jours=(LUNDI,))
    assert take_releves(at=at) == 4
    expected = {
        ("Carte d'identité", "Hôtel de ville", 4, 18),
        ("Carte d'identité", "Annexe", 54, 0),
        ("Carte d'identité", "Nouméa", 4, 9),
        ("Plein", "Hôtel de ville", None, 0),
    }
    assert read() == expected
    assert take_releves(at=at) == 4  # the same day, the same rows
    assert ReleveOffre.objects.count() == 4


def test_a_session_that_is_full_is_noted_as_such(
    service: Service, ressource: Ressource, lieu: Lieu, at: datetime
) -> None:
    motif = make_motif(service, "Réunion", (60,), is_collectif=True, places=8)
    start = datetime(2026, 11, 24, 9, 0, tzinfo=at.tzinfo)
    Seance.objects.create(
        motif=motif, lieu=lieu, ressource=ressource, debut_at=start, fin_at=start + timedelta(hours=1),
        jour=start.date(), places=8, inscrits=8, created_at=at,
    )  # fmt: skip
    take_releves(at=at)
    assert read() == {("Réunion", "Hôtel de ville", None, 0)}
    Seance.objects.update(inscrits=2)
    take_releves(at=at)
    assert read() == {("Réunion", "Hôtel de ville", 5, 6)}


def test_a_motif_that_runs_out_is_said_until_a_range_opens(
    service: Service, ccas: Service, motif: Motif, ressource: Ressource, lieu: Lieu, acces: Acces, at: datetime
) -> None:
    make_motif(ccas, "Aide sociale")  # sealed: not theirs to know
    make_plage(ressource, lieu, motif, jours=(LUNDI,), blocs=((540, 600),))
    take_releves(at=at)
    (alerte,) = read_alertes(acces=acces, at=at)
    assert (alerte.motif, alerte.creneaux, alerte.is_epuise) == (motif, 3, False)
    make_plage(ressource, lieu, motif, jours=(LUNDI + timedelta(days=1),), blocs=((540, 720),))
    assert read_alertes(acces=acces, at=at) == []
    PlageOuverture.objects.update(is_active=False)
    (alerte,) = read_alertes(acces=acces, at=at)
    assert alerte.is_epuise


def test_the_night_takes_a_town(motif: Motif, ressource: Ressource, lieu: Lieu, ville: object) -> None:
    make_plage(ressource, lieu, motif)
    take_releve_ville(ville.pk)
    assert ReleveOffre.objects.count() == 1
