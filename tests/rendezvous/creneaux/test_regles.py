"""What may be booked, and what may not: delays, buffers, places, sessions, sectors, whatever is put aside."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from collectivites.models import Agent, Fermeture, Lieu, Rattachement, Service
from demandes.models import Absence, Zone
from rendezvous.creneaux.alternatives import find_alternatives
from rendezvous.creneaux.lots import find_creneaux_de
from rendezvous.creneaux.modele import Creneau, RechercheRefusee
from rendezvous.creneaux.recherche import find_creneaux, find_offre, find_places, find_prochain, offer_usager
from rendezvous.models import (
    Guichet,
    Indisponibilite,
    Motif,
    Occupation,
    OccurrenceIndisponible,
    PlageOuverture,
    PlageZone,
    RendezVous,
    Ressource,
    Seance,
)
from tests.rendezvous.monde import make_agent, make_lieu, make_motif, make_plage, make_rendezvous, make_ressource

LUNDI = date(2026, 11, 23)  # in winter: the wall clock of Paris is one hour ahead of UTC
NEUF = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
JOUR = {"du": LUNDI, "au": LUNDI}


def minute(count: int) -> datetime:
    """That many minutes after nine on Monday."""
    return NEUF + timedelta(minutes=count)


def starts(creneaux: list[Creneau]) -> list[int]:
    """Minutes after nine on Monday."""
    return [int((each.debut_at - NEUF).total_seconds() // 60) for each in creneaux]


@pytest.fixture
def plage(ressource: Ressource, lieu: Lieu, motif: Motif) -> PlageOuverture:
    """Monday, nine to ten: three slots of twenty minutes."""
    return make_plage(ressource, lieu, motif, jours=(LUNDI,), blocs=((540, 600),))


@pytest.fixture
def ask(motif: Motif, plage: PlageOuverture, at: datetime) -> Callable[..., list[int]]:
    """Starts offered on Monday."""
    return lambda **options: starts(find_creneaux(**({"motif": motif, "at": at} | JOUR | options)))


def take(motif: Motif, ressource: Ressource, lieu: Lieu, start: int, end: int, **fields: object) -> RendezVous:
    return make_rendezvous(motif, ressource, lieu, minute(start), fin_at=minute(end), **fields)


def test_a_day_of_three(ask: Callable[..., list[int]]) -> None:
    assert ask() == [0, 20, 40]


def test_the_delay_before_is_an_absolute_time_for_usagers_only(ask: Callable[..., list[int]], motif: Motif) -> None:
    motif.delai_min_minutes = 48 * 60
    late = minute(20) - timedelta(hours=48)
    assert ask(at=late) == [20, 40]
    assert ask(at=late + timedelta(seconds=1)) == [40]
    assert ask(at=late + timedelta(seconds=1), pour_agent=True) == [0, 20, 40]


def test_the_delay_after_counts_local_days(ask: Callable[..., list[int]], motif: Motif, at: datetime) -> None:
    motif.delai_max_jours = 4  # Thursday to Monday
    assert ask() == [0, 20, 40]
    assert ask(at=datetime(2026, 11, 18, 22, 59, tzinfo=UTC)) == []  # Wednesday, 23 h 59
    assert ask(at=datetime(2026, 11, 18, 23, 0, tzinfo=UTC)) == [0, 20, 40]  # Thursday, midnight
    motif.delai_max_jours = 3
    assert ask() == []
    assert ask(pour_agent=True) == [0, 20, 40]


def test_the_past_is_never_offered_and_a_running_hour_goes_on_at_five(ask: Callable[..., list[int]]) -> None:
    assert ask(at=minute(1)) == [5, 25]
    assert ask(at=minute(5), pour_agent=True) == [5, 25]
    assert ask(at=minute(36)) == [40]
    assert ask(at=minute(41)) == []


def test_several_persons_take_the_time_of_the_table(
    service: Service, ressource: Ressource, lieu: Lieu, at: datetime
) -> None:
    motif = make_motif(service, "Passeport", (20, 25, 60))
    make_plage(ressource, lieu, motif, jours=(LUNDI,), blocs=((540, 600),))
    by_count = [starts(find_creneaux(motif=motif, **JOUR, at=at, personnes=n)) for n in (1, 2, 3)]
    assert by_count == [[0, 20, 40], [0, 25], [0]]
    with pytest.raises(RechercheRefusee, match="au plus 3\u00a0personnes"):
        find_creneaux(motif=motif, **JOUR, at=at, personnes=4)


def test_the_buffer_may_pass_the_closing_hour_but_not_the_next_appointment(
    service: Service, ressource: Ressource, lieu: Lieu, at: datetime
) -> None:
    motif = make_motif(service, "Avec battement", (20,), battement_minutes=10)
    make_plage(ressource, lieu, motif, jours=(LUNDI,), blocs=((540, 610),))
    assert starts(find_creneaux(motif=motif, **JOUR, at=at)) == [0, 30]
    take(motif, ressource, lieu, 50, 70)
    assert starts(find_creneaux(motif=motif, **JOUR, at=at)) == [0]
    found = find_places(motif=motif, lieu_id=lieu.pk, debut_at=minute(20), at=at)
    assert starts(found) == [20]  # off the grid, its buffer ends when the next begins
    assert find_places(motif=motif, lieu_id=lieu.pk, debut_at=minute(25), at=at) == []


def test_only_a_running_option_takes_its_slot(
    ask: Callable[..., list[int]], motif: Motif, ressource: Ressource, lieu: Lieu, at: datetime
) -> None:
    rdv = take(motif, ressource, lieu, 20, 40, etat="option", expire_at=at + timedelta(minutes=10))
    Occupation.objects.filter(rendezvous=rdv).update(expire_at=rdv.expire_at)
    assert ask() == [0, 40]
    assert ask(at=at + timedelta(minutes=10)) == [0, 20, 40]


def test_a_surbooking_is_taken_time_and_a_cancelled_one_is_not(
    ask: Callable[..., list[int]], motif: Motif, ressource: Ressource, lieu: Lieu
) -> None:
    over, gone = take(motif, ressource, lieu, 0, 20), take(motif, ressource, lieu, 40, 60)
    Occupation.objects.filter(rendezvous=over).update(is_surbooking=True)
    Occupation.objects.filter(rendezvous=gone).update(is_actif=False)
    assert ask() == [20, 40]


def test_a_move_sees_its_own_time_as_free(
    ask: Callable[..., list[int]], motif: Motif, ressource: Ressource, lieu: Lieu
) -> None:
    rdv = take(motif, ressource, lieu, 0, 20)
    assert ask() == [20, 40]
    assert ask(sauf_rendezvous=rdv.pk) == [0, 20, 40]


def test_a_counter_of_three_places_counts_what_is_left(service: Service, lieu: Lieu, at: datetime) -> None:
    motif = make_motif(service, "Retrait")
    guichet = make_ressource(Guichet.objects.create(lieu=lieu, libelle="Accueil"))
    make_plage(guichet, lieu, motif, jours=(LUNDI,), blocs=((540, 580),), capacite=3)
    take(motif, guichet, lieu, 0, 20, place=1)
    take(motif, guichet, lieu, 0, 20, place=3)
    found = find_creneaux(motif=motif, **JOUR, at=at)
    assert [(start, each.place, each.places_restantes) for start, each in zip(starts(found), found, strict=True)] == [
        (0, 2, 1),
        (20, 1, 3),
    ]


@pytest.mark.parametrize("cible", ["lieu", "ressource", "plage", "motif", "service", "guichet", "rattachement"])
def test_whatever_is_put_aside_offers_nothing(
    cible: str, service: Service, lieu: Lieu, motif: Motif, agent: Agent, at: datetime
) -> None:
    guichet = Guichet.objects.create(lieu=lieu, libelle="Guichet 1")
    ressource = make_ressource(guichet if cible == "guichet" else agent)
    plage = make_plage(ressource, lieu, motif, jours=(LUNDI,), blocs=((540, 600),))
    assert len(find_creneaux(motif=motif, **JOUR, at=at)) == 3
    row = {"lieu": lieu, "ressource": ressource, "plage": plage, "motif": motif, "service": service,
           "guichet": guichet, "rattachement": Rattachement.objects.get(agent=agent)}[cible]  # fmt: skip
    type(row).objects.filter(pk=row.pk).update(is_active=False)
    assert find_creneaux(motif=motif, **JOUR, at=at, pour_agent=True) == []


def test_closures_and_absences_take_effect_at_once(
    ask: Callable[..., list[int]], lieu: Lieu, agent: Agent, at: datetime
) -> None:
    elsewhere = Fermeture.objects.create(lieu=make_lieu("Annexe"), debut_on=LUNDI, fin_on=LUNDI)
    assert ask() == [0, 20, 40]
    Fermeture.objects.filter(pk=elsewhere.pk).update(lieu=lieu)
    assert ask() == []
    Fermeture.objects.filter(pk=elsewhere.pk).update(lieu=None)
    assert ask() == []
    Fermeture.objects.all().delete()
    Absence.objects.create(agent=agent, debut_on=LUNDI, fin_on=LUNDI, created_at=at)
    assert ask() == []


@pytest.mark.parametrize("qui", ["ressource", "lieu", "tous"])
def test_a_meeting_takes_its_minutes(
    qui: str, ask: Callable[..., list[int]], ressource: Ressource, lieu: Lieu, at: datetime
) -> None:
    who = {"ressource": {"ressource": ressource}, "lieu": {"lieu": lieu}, "tous": {}}[qui]
    rule = Indisponibilite.objects.create(debut_on=LUNDI, fin_on=LUNDI, created_at=at)
    OccurrenceIndisponible.objects.create(indisponibilite=rule, debut_at=minute(10), fin_at=minute(20), **who)
    assert ask() == [20, 40]


def test_a_motif_by_address_shows_the_ranges_of_the_zone_or_of_everybody(
    service: Service, agent: Agent, lieu: Lieu, at: datetime, ville: object
) -> None:
    motif = make_motif(service, "Encombrants", is_sectorise=True)
    nord, sud = (Zone.objects.create(libelle=name) for name in ("Nord", "Sud"))
    for rank, zone in enumerate((nord, sud, None)):
        who = make_ressource(make_agent(ville, f"Agent N{rank}", service))
        plage = make_plage(who, lieu, motif, jours=(LUNDI,), blocs=((540 + 60 * rank, 560 + 60 * rank),))
        if zone:
            PlageZone.objects.create(plage=plage, zone=zone)
    found = {zone: starts(find_creneaux(motif=motif, **JOUR, at=at, zone_id=zone)) for zone in (nord.pk, sud.pk, None)}
    assert found == {nord.pk: [0, 120], sud.pk: [60, 120], None: [120]}
    assert starts(find_creneaux(motif=motif, **JOUR, at=at, pour_agent=True)) == [0, 60, 120]
    Motif.objects.filter(pk=motif.pk).update(is_sectorise=False)
    assert starts(find_creneaux(motif=motif, **JOUR, at=at)) == [0, 60, 120]


@pytest.fixture
def seance(service: Service, ressource: Ressource, lieu: Lieu, at: datetime) -> Seance:
    """Monday at nine, ten seats, seven taken."""
    motif = make_motif(service, "Réunion", (60,), is_collectif=True, places=10)
    return Seance.objects.create(
        motif=motif, lieu=lieu, ressource=ressource, debut_at=NEUF, fin_at=minute(60), jour=LUNDI, places=10,
        inscrits=7, created_at=at,
    )  # fmt: skip


def test_a_session_offers_its_seats(seance: Seance, at: datetime, lieu: Lieu, agent: Agent) -> None:
    motif = seance.motif
    (found,) = find_creneaux(motif=motif, **JOUR, at=at, personnes=3)
    assert (found.seance_id, found.places_restantes, found.debut_at) == (seance.pk, 3, NEUF)
    assert find_prochain(motif=motif, du=at.date(), au=LUNDI, at=at) == found
    assert find_creneaux(motif=motif, **JOUR, at=at, personnes=4) == []
    assert find_creneaux(motif=motif, **JOUR, at=at, lieux=[lieu.pk + 1]) == []
    assert find_creneaux(motif=motif, **JOUR, at=minute(1)) == []
    Absence.objects.create(agent=agent, debut_on=LUNDI, fin_on=LUNDI, created_at=at)
    assert find_creneaux(motif=motif, **JOUR, at=at) == []


def test_a_session_cancelled_or_in_a_meeting_is_not_offered(seance: Seance, at: datetime) -> None:
    rule = Indisponibilite.objects.create(debut_on=LUNDI, fin_on=LUNDI, created_at=at)
    gene = OccurrenceIndisponible.objects.create(indisponibilite=rule, debut_at=minute(50), fin_at=minute(70))
    assert find_creneaux(motif=seance.motif, **JOUR, at=at) == []
    gene.delete()
    assert len(find_creneaux(motif=seance.motif, **JOUR, at=at)) == 1
    Seance.objects.update(is_annulee=True)
    assert find_creneaux(motif=seance.motif, **JOUR, at=at) == []


def test_who_leads_a_session_receives_nobody_else(
    ask: Callable[..., list[int]], seance: Seance, ressource: Ressource
) -> None:
    Occupation.objects.create(seance=seance, ressource=ressource, debut_at=NEUF, fin_at=minute(40))
    assert ask() == [40]


def test_usagers_see_one_slot_an_hour_with_the_least_loaded(
    service: Service,
    ville: object,
    lieu: Lieu,
    motif: Motif,
    plage: PlageOuverture,
    ressource: Ressource,
    at: datetime,
) -> None:
    other = make_ressource(make_agent(ville, "Yann Le Goff", service))
    make_plage(other, lieu, motif, jours=(LUNDI,), blocs=((540, 600),))
    take(motif, ressource, lieu, 0, 20)
    every = find_creneaux(motif=motif, **JOUR, at=at)
    assert starts(every) == [0, 20, 20, 40, 40]
    assert [each.ressource_id for each in offer_usager(every)] == [other.pk, ressource.pk, ressource.pk]
    shown = find_offre(motif=motif, **JOUR, at=at)
    assert [each.ressource_id for each in shown] == [other.pk] * 3
    assert starts(shown) == [0, 20, 40]
    free = find_places(motif=motif, lieu_id=lieu.pk, debut_at=minute(25), at=at)
    assert [each.ressource_id for each in free] == [other.pk, ressource.pk]


def test_the_nearest_come_first_then_other_lieux(
    motif: Motif, plage: PlageOuverture, ressource: Ressource, lieu: Lieu, at: datetime
) -> None:
    take(motif, ressource, lieu, 20, 40)
    near = {"motif": motif, "lieu_id": lieu.pk, "debut_at": minute(20), "at": at}
    assert starts(find_alternatives(**near)) == [0, 40]
    make_plage(ressource, lieu, motif, jours=(LUNDI,), blocs=((600, 660),))
    assert starts(find_alternatives(**near)) == [0, 40, 60]
    take(motif, ressource, lieu, 40, 120)
    annexe = make_lieu("Annexe")
    make_plage(ressource, annexe, motif, jours=(date(2026, 11, 24),), blocs=((540, 560),))
    found = find_alternatives(**near)
    assert starts(found) == [0, 1440]
    assert [each.lieu_id for each in found] == [lieu.pk, annexe.pk]


def test_the_next_one_may_be_months_away(motif: Motif, ressource: Ressource, lieu: Lieu, at: datetime) -> None:
    far = LUNDI + timedelta(days=84)
    make_plage(ressource, lieu, motif, jours=(far,), blocs=((540, 600),))
    whole = {"motif": motif, "du": at.date(), "au": at.date() + timedelta(days=400), "at": at}
    found = find_prochain(**whole)
    assert found is not None
    assert found.debut_at == NEUF + timedelta(days=84)
    motif.delai_max_jours = 60
    assert find_prochain(**whole) is None
    assert find_prochain(**whole, pour_agent=True) == found


@pytest.mark.parametrize(
    ("du", "au", "phrase"),
    [
        (LUNDI, date(2026, 11, 22), "avant le premier"),
        (LUNDI, date(2027, 1, 22), "60\u00a0jours au plus"),
        (date(9999, 12, 1), date(9999, 12, 31), "trop lointaine"),
        (date(1, 1, 1), date(1, 1, 2), "trop lointaine"),
    ],
)
def test_a_window_that_makes_no_sense_is_refused(du: date, au: date, phrase: str, motif: Motif, at: datetime) -> None:
    with pytest.raises(RechercheRefusee, match=phrase):
        find_creneaux(motif=motif, du=du, au=au, at=at)


def test_nobody_is_refused(motif: Motif, at: datetime) -> None:
    with pytest.raises(RechercheRefusee, match="au moins une personne"):
        find_creneaux(motif=motif, **JOUR, at=at, personnes=0)


def test_a_motif_longer_than_any_range_offers_nothing(
    service: Service, ressource: Ressource, lieu: Lieu, at: datetime
) -> None:
    motif = make_motif(service, "Trop long", (90,))
    make_plage(ressource, lieu, motif, jours=(LUNDI,), blocs=((540, 600),))
    assert find_creneaux(motif=motif, **JOUR, at=at) == []
    assert find_prochain(motif=motif, du=LUNDI, au=LUNDI + timedelta(days=90), at=at) is None


def test_each_motif_of_a_lot_has_its_own_slots(
    service: Service, motif: Motif, plage: PlageOuverture, seance: Seance, at: datetime
) -> None:
    autre = make_motif(service, "Sans plage")
    found = find_creneaux_de([motif, seance.motif, autre], **JOUR, at=at, personnes=1)
    assert {pk: starts(each) for pk, each in found.items()} == {
        motif.pk: [0, 20, 40],
        seance.motif_id: [0],
        autre.pk: [],
    }
    assert find_creneaux_de([motif, autre], **JOUR, at=at, personnes=2) == {motif.pk: [], autre.pk: []}
